# SPDX-License-Identifier: Apache-2.0
"""Sequence flows: where a path may begin, end and lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.check.diagram import (
    Diagram,
    Node,
    children,
    definitions_of,
    is_ad_hoc,
    is_event_subprocess,
    is_handler,
    kind,
    label,
    links_of,
    scope_of,
)
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import ACTIVITIES, EVENTS, SUBPROCESSES


@rule("flow-border")
def flow_border(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A sequence flow does not cross the border of a subprocess or process, and lies where its ends lie."""
    for flow in diagram.flows:
        source, target = diagram.source(flow), diagram.target(flow)
        if source is None or target is None:
            continue
        if scope_of(source) is not scope_of(target):
            message = f"The flow from {label(source)} to {label(target)} crosses the border of a subprocess or process."
            yield Fault(flow, message, "End the subprocess and continue behind it; between pools send a message.")
        elif scope_of(flow) is not scope_of(source):
            message = f"The flow from {label(source)} to {label(target)} is written down in another process."
            yield Fault(flow, message, "Draw it anew.")


@rule("boundary-place")
def boundary_place(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A boundary event lies in the same process or subprocess as its activity."""
    for event in diagram.of_kind("boundaryEvent"):
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        if activity is not None and scope_of(activity) is not scope_of(event):
            message = f"The boundary event {label(event)} does not lie beside its activity {label(activity)}."
            yield Fault(event, message, "Draw it anew on the activity.")


@rule("start-incoming")
def start_incoming(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No flow leads to a start event or a boundary event."""
    for node in diagram.of_kind("startEvent", "boundaryEvent"):
        for flow in diagram.incoming(node):
            message = f"A flow leads to {label(node)}, which is a {kind(node)}."
            yield Fault(flow, message, "Lead the flow to the element behind it.")


@rule("end-outgoing")
def end_outgoing(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No flow leaves an end event."""
    for node in diagram.of_kind("endEvent"):
        for flow in diagram.outgoing(node):
            yield Fault(flow, f"A flow leaves the end event {label(node)}.", "Use an intermediate throw event there.")


@rule("start-required")
def start_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every process has a start event, at most one of them without a trigger; every subprocess has exactly one.

    An ad hoc subprocess has none.
    """
    for scope in diagram.scopes():
        if not _is_content(scope) or is_ad_hoc(scope):
            continue
        starts = children(scope, "startEvent")
        plain = [start for start in starts if not definitions_of(start)]
        if not starts:
            yield Fault(scope, f"{label(scope)} has no start event.", "Draw one.")
        for start in plain[1:]:
            message = f"{label(scope)} has a second start event without a trigger."
            yield Fault(start, message, "Join the beginnings behind one start event.")
        if kind(scope) in SUBPROCESSES and len(starts) > 1 and len(plain) < 2:
            yield Fault(starts[1], f"The subprocess {label(scope)} has two start events.", "Keep one.")


@rule("end-required")
def end_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every process and every subprocess has an end event, but for ad hoc subprocesses."""
    for scope in diagram.scopes():
        if _is_content(scope) and not is_ad_hoc(scope) and not children(scope, "endEvent"):
            yield Fault(scope, f"{label(scope)} has no end event.", "Draw one where a path ends.")


@rule("dead-end")
def dead_end(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A path ends in an end event and nowhere else; in an ad hoc subprocess it just ends."""
    for node in diagram.flow_nodes:
        if not _goes_on(node) and not diagram.outgoing(node):
            yield Fault(node, f"No flow leaves {label(node)}.", "Draw the flow on, or end the path with an end event.")


@rule("unreachable")
def unreachable(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every element can be reached from a start event (an event subprocess or what undoes begins by itself)."""
    links = {(scope_of(event), name): event for event, _, name in links_of(diagram, "intermediateCatchEvent")}
    thrown = {
        event: links.get((scope_of(event), name)) for event, _, name in links_of(diagram, "intermediateThrowEvent")
    }
    for scope in diagram.scopes():
        nodes = diagram.nodes_in(scope)
        starts = [node for node in nodes if kind(node) == "startEvent"]
        starts += diagram.entries(scope) if is_ad_hoc(scope) else []
        reached = _reached(diagram, starts, thrown)
        for node in nodes:
            if starts and node not in reached and not is_event_subprocess(node) and not is_handler(node):
                yield Fault(
                    node, f"No path from a start event leads to {label(node)}.", "Draw the flow to it, or delete it."
                )


def _goes_on(node: Node) -> bool:
    """Whether nothing need leave a node: the path ends there, or goes on in another way than by a flow."""
    undoes = kind(node) == "boundaryEvent" and bool(children(node, "compensateEventDefinition"))
    ends = kind(node) == "endEvent" or is_event_subprocess(node) or is_handler(node)
    ends = ends or (is_ad_hoc(scope_of(node)) and kind(node) != "eventBasedGateway")
    return ends or undoes or bool(children(node, "linkEventDefinition"))


def _is_content(scope: Node) -> bool:
    """A process that is a mere pool, without any node, needs no start."""
    return (
        kind(scope) in SUBPROCESSES
        or scope.get("isExecutable") == "true"
        or any(kind(n) in EVENTS | ACTIVITIES for n in scope)
    )


def _reached(diagram: Diagram, starts: list[Node], links: Mapping[Node, Node | None]) -> set[Node]:
    reached: set[Node] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node in reached:
            continue
        reached.add(node)
        waiting += [target for flow in diagram.outgoing(node) if (target := diagram.target(flow)) is not None]
        waiting += diagram.boundary_events(node)
        if (caught := links.get(node)) is not None:
            waiting.append(caught)
    return reached
