# SPDX-License-Identifier: Apache-2.0
"""Names beside shapes and flows can be read."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import kind, label
from engine.bpmn.check.rule import Fault
from engine.bpmn.style.geometry import Piece, Point, runs_through
from engine.bpmn.style.picture import Label, Picture, Shape
from engine.bpmn.style.rule import rule

_HINT = "Move the label to where nothing is."


@rule("label-on-line")
def label_on_line(picture: Picture) -> Iterator[Fault]:
    """No label lies on a flow, on an association or on the border of a lane."""
    for one in picture.labels:
        for line in picture.lines:
            if line.plane == one.plane and any(runs_through(piece, one.box) for piece in line.pieces):
                yield Fault(one.node, f"The label of {label(one.node)} lies on a line.", _HINT)
                break
        else:
            if any(runs_through(piece, one.box) for piece in _borders(picture, one)):
                yield Fault(one.node, f"The label of {label(one.node)} lies on the border of a lane.", _HINT)


@rule("label-on-shape")
def label_on_shape(picture: Picture) -> Iterator[Fault]:
    """No label lies on a shape or on another label."""
    for number, one in enumerate(picture.labels):
        for shape in picture.solid(one.plane):
            if shape.box.overlaps(one.box):
                yield Fault(one.node, f"The label of {label(one.node)} lies on {label(shape.node)}.", _HINT)
        for other in picture.labels[:number]:
            if other.plane == one.plane and other.box.overlaps(one.box):
                message = f"The label of {label(one.node)} lies on that of {label(other.node)}."
                yield Fault(one.node, message, _HINT)


def _borders(picture: Picture, one: Label) -> Iterator[Piece]:
    """The upper and lower borders of lanes and pools, and those of open subprocesses."""
    for shape in picture.shapes.values():
        if shape.frame and shape.plane == one.plane:
            yield from _edges(shape)


def _edges(shape: Shape) -> Iterator[Piece]:
    x, y, width, height = shape.box
    corners = Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height)
    sides = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    level = (0, 2) if kind(shape.node) in ("lane", "participant") else (0, 1, 2, 3)
    yield from (Piece(*sides[number]) for number in level)
