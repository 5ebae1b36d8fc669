# SPDX-License-Identifier: Apache-2.0
"""How much stands on a level, and that nothing stands on anything else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bpmn.check.diagram import kind, label
from engine.bpmn.check.rule import Fault
from engine.bpmn.style.picture import Picture, Shape
from engine.bpmn.style.rule import rule

MANY, TOO_MANY = 25, 30
_HINT = "Put a part that belongs together into a subprocess, or make it a process of its own."


@rule("level-size", "warning")
def level_size(picture: Picture) -> Iterator[Fault]:
    """At most 25 events, activities and gateways stand on a level: more nobody takes in at once."""
    for scope, nodes in picture.levels():
        if MANY < len(nodes) <= TOO_MANY:
            yield Fault(scope, f"{label(scope)} has {len(nodes)} elements on one level.", _HINT)


@rule("level-too-large")
def level_too_large(picture: Picture) -> Iterator[Fault]:
    """No level has more than 30."""
    for scope, nodes in picture.levels():
        if len(nodes) > TOO_MANY:
            yield Fault(scope, f"{label(scope)} has {len(nodes)} elements on one level.", _HINT)


@rule("shape-overlap")
def shape_overlap(picture: Picture) -> Iterator[Fault]:
    """No two shapes overlap, but boundary events and their hosts, and what holds and what lies in it."""
    for one, other in combinations(picture.shapes.values(), 2):
        if one.plane == other.plane and not _belong_together(one, other) and one.box.overlaps(other.box):
            yield Fault(other.node, f"{label(other.node)} stands on {label(one.node)}.", "Move one of them.")


def _belong_together(one: Shape, other: Shape) -> bool:
    if one.frame and other.frame and {kind(one.node), kind(other.node)} & {"participant", "lane"}:
        return one.box.contains(other.box) or other.box.contains(one.box)
    if kind(one.node) in ("participant", "lane") or kind(other.node) in ("participant", "lane"):
        frame, thing = (one, other) if one.frame else (other, one)
        return frame.box.contains(thing.box)
    if one.id in other.inside or other.id in one.inside:
        return True
    hosts = one.node.get("attachedToRef", ""), other.node.get("attachedToRef", "")
    return one.id in hosts or other.id in hosts
