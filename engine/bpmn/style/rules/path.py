# SPDX-License-Identifier: Apache-2.0
"""The main path is a straight line from left to right."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from engine.bpmn.check.diagram import Node, kind, label
from engine.bpmn.check.rule import Fault
from engine.bpmn.style.geometry import GRACE
from engine.bpmn.style.picture import Picture
from engine.bpmn.style.rule import rule

#: The straight path has at least this share of the longest one's elements.
SHARE = 0.5


@rule("main-path")
def main_path(picture: Picture) -> Iterator[Fault]:
    """From a start to an end there is a path that leads to the right and leaves its line only to change lanes."""
    for scope, nodes in picture.levels():
        straight = _longest(picture, nodes, straight=True)
        longest = _longest(picture, nodes, straight=False)
        if longest and straight < SHARE * longest:
            told = f"only {straight} of {longest} steps are" if straight else "no way to an end is"
            message = f"The main path of {label(scope)} is not straight: {told} on one line."
            yield Fault(scope, message, "Put the steps of the usual case on one line, and exceptions below.")


def _longest(picture: Picture, nodes: list[Node], *, straight: bool) -> int:
    """How many elements the longest path from a start to an end has that always leads to the right."""
    places = {str(n.get("id", "")): picture.shapes.get(str(n.get("id", ""))) for n in nodes}
    if not all(places.values()):
        return 0
    before: dict[str, list[str]] = {name: [] for name in places}
    for node in nodes:
        for flow in picture.outgoing(node):
            target = picture.target(flow)
            if target is not None and target.get("id") in before and _leads_right(picture, node, target, straight):
                before[str(target.get("id"))].append(str(node.get("id")))
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        return 0
    return _counted(picture, before, order)


def _counted(picture: Picture, before: dict[str, list[str]], order: list[str]) -> int:
    length: dict[str, int] = {}
    best = 0
    for name in order:
        node = picture.ids[name]
        reached = [length[each] for each in before[name] if each in length]
        if kind(node) == "startEvent":
            length[name] = 1
        elif reached:
            length[name] = 1 + max(reached)
        if name in length and not picture.outgoing(node):
            best = max(best, length[name])
    return best


def _leads_right(picture: Picture, source: Node, target: Node, straight: bool) -> bool:
    one, other = (picture.shapes[str(node.get("id"))].box.middle for node in (source, target))
    if other.x <= one.x:
        return False
    same_lane = picture.lane_of(source) is picture.lane_of(target)
    return not straight or not same_lane or abs(one.y - other.y) <= GRACE
