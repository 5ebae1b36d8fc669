# SPDX-License-Identifier: Apache-2.0
"""Where flows and associations run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bpmn.check.diagram import label
from engine.bpmn.check.rule import Fault
from engine.bpmn.style.geometry import cross, runs_through, touch
from engine.bpmn.style.picture import Line, Picture, Shape
from engine.bpmn.style.rule import rule


@rule("flow-crossing")
def flow_crossing(picture: Picture) -> Iterator[Fault]:
    """No flow or association crosses another one; only flows that begin or end together may run on one line."""
    for one, other in combinations(picture.lines, 2):
        if one.plane != other.plane:
            continue
        if any(cross(a, b) for a in one.pieces for b in other.pieces):
            message = f"{_told(picture, one)} and {_told(picture, other)} cross."
            yield Fault(other.node, message, "Move what they lead to, or order the branches anew.")
        elif _mistakable(one, other) and any(touch(a, b) for a in one.pieces for b in other.pieces):
            message = f"{_told(picture, one)} and {_told(picture, other)} run on one line."
            yield Fault(other.node, message, "Draw them apart: nobody sees which leads where.")


@rule("flow-through-shape")
def flow_through_shape(picture: Picture) -> Iterator[Fault]:
    """No flow or association runs through a shape."""
    for line in picture.lines:
        for shape in picture.shapes.values():
            if shape.plane == line.plane and _in_the_way(line, shape):
                message = f"{_told(picture, line)} runs through {label(shape.node)}."
                yield Fault(line.node, message, "Lead it around, or move the shape.")


def _in_the_way(line: Line, shape: Shape) -> bool:
    """Of its own two ends a line may touch the border only; a subprocess it lies in is no obstacle."""
    if shape.frame and (shape.id in line.inside or not shape.is_subprocess):
        return False
    source, target = line.ends
    if not line.is_flow and shape.id in (source, target):
        return False
    pieces = line.pieces[shape.id == source : len(line.pieces) - (shape.id == target)]
    return any(runs_through(piece, shape.box) for piece in pieces)


def _mistakable(one: Line, other: Line) -> bool:
    """Whether two lines that meet could be taken for each other: flows with neither source nor target in common."""
    return one.is_flow and other.is_flow and one.ends[0] != other.ends[0] and one.ends[1] != other.ends[1]


def _told(picture: Picture, line: Line) -> str:
    """A line by what it connects: nobody knows flows by their ids."""
    source, target = (picture.ids.get(end) for end in line.ends)
    if source is None or target is None:
        return label(line.node)
    return f"{label(source)} → {label(target)}"
