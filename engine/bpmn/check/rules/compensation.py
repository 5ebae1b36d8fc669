# SPDX-License-Identifier: Apache-2.0
"""Compensation: what undoes an activity, and what can be undone from where."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import (
    Diagram,
    Node,
    children,
    is_event_subprocess,
    is_handler,
    kind,
    label,
    owner_of,
    scope_of,
)
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import ACTIVITIES, SUBPROCESSES

_THROWING = ("endEvent", "intermediateThrowEvent")
_ASSOCIATE = (
    "Draw an association from the boundary event to the activity that undoes, and mark that one for compensation."
)


@rule("compensation-boundary")
def compensation_boundary(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """From a compensation boundary event, one association and no flow leads to an activity beside it that undoes."""
    for event in _boundary_events(diagram):
        for flow in diagram.outgoing(event):
            yield Fault(flow, f"A flow leaves the compensation boundary event {label(event)}.", _ASSOCIATE)
        for part in children(event, "dataOutputAssociation"):
            message = f"The data association of {label(event)} would be ignored."
            yield Fault(part, message, "Let the activity that undoes write the record.")
        if event.get("cancelActivity") == "false":
            message = f"{label(event)}: what is undone has ended already."
            yield Fault(event, message, "Delete cancelActivity.")
        targets = _undone_by(diagram, event)
        fitting = [t for t in targets if is_handler(t) and scope_of(t) is scope_of(event)]
        if len(targets) != 1 or not fitting:
            what = "several" if targets[1:] else "an element that does not undo" if targets else "nothing"
            yield Fault(event, f"The compensation boundary event {label(event)} leads to {what}.", _ASSOCIATE)
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        if activity is not None and is_handler(activity):
            message = f"{label(event)} stands on {label(activity)}, which undoes: that is never undone itself."
            yield Fault(event, message, "Delete it.")


@rule("compensation-handler")
def compensation_handler(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An activity marked for compensation has no flows and no boundary events; a boundary event leads to it."""
    led_to = {id(target) for event in _boundary_events(diagram) for target in _undone_by(diagram, event)}
    for node in filter(is_handler, diagram.of_kind(*ACTIVITIES)):
        for flow in (*diagram.incoming(node), *diagram.outgoing(node)):
            message = f"A flow leads to or leaves {label(node)}, which is marked for compensation."
            yield Fault(flow, message, "Delete it: the activity runs when another one is undone.")
        for event in diagram.boundary_events(node):
            if not children(event, "compensateEventDefinition"):
                message = (
                    f"The boundary event {label(event)} stands on {label(node)}, which is marked for compensation."
                )
                yield Fault(event, message, "Mark a subprocess for compensation, and put both into it.")
        if is_event_subprocess(node):
            message = f"{label(node)} is triggered by an event and marked for compensation."
            yield Fault(node, message, "Delete isForCompensation; its start event says it.")
        elif id(node) not in led_to:
            message = f"Nothing leads to {label(node)}, which is marked for compensation."
            yield Fault(node, message, "Draw an association from a compensation boundary event to it.")


@rule("compensation-twice")
def compensation_twice(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An activity is undone in one way: by one boundary event, or by one event subprocess for compensation in it."""
    for activity in diagram.of_kind("process", *ACTIVITIES):
        for other in _ways(diagram, activity)[1:]:
            message = f"{label(activity)} is undone in two ways, the second is {label(other)}."
            yield Fault(other, message, "Keep one; let it do both.")


@rule("compensation-thrown")
def compensation_thrown(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Thrown compensation names no activity, or one that is beside it (or around its event subprocess) and undone."""
    for definition in diagram.of_kind("compensateEventDefinition"):
        event = owner_of(definition)
        activity = diagram.resolve(definition.get("activityRef"), *ACTIVITIES)
        if kind(event) not in _THROWING:
            for name in ("activityRef", "waitForCompletion"):
                if name in definition.attrib:
                    yield Fault(definition, f"{name} of {label(event)} would be ignored.", "Delete it.")
        elif activity is not None:
            scope = scope_of(event)
            reached = [scope, scope_of(scope) if is_event_subprocess(scope) else None]
            if scope_of(activity) not in reached:
                message = f"{label(event)} cannot undo {label(activity)}: it lies in another process or subprocess."
                yield Fault(definition, message, "Name the subprocess that it lies in, or throw beside it.")
            elif not _can_be_undone(diagram, activity):
                message = f"{label(event)} undoes {label(activity)}, and nothing says how."
                yield Fault(definition, message, "Draw a compensation boundary event on it.")


@rule("compensation-never", "warning")
def compensation_never(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where activities can be undone, something throws compensation or cancels (it can be the process that calls)."""
    thrown = [d for d in diagram.of_kind("compensateEventDefinition") if kind(owner_of(d)) in _THROWING]
    if not thrown and next(diagram.of_kind("cancelEventDefinition"), None) is None:
        for event in _boundary_events(diagram):
            message = f"{label(event)} happens only if a process that calls this one throws compensation."
            yield Fault(event, message, "Draw an event that throws compensation, or delete it.")


def _boundary_events(diagram: Diagram) -> list[Node]:
    return [e for e in diagram.of_kind("boundaryEvent") if children(e, "compensateEventDefinition")]


def _undone_by(diagram: Diagram, event: Node) -> list[Node]:
    """What associations lead to from a compensation boundary event, notes apart."""
    found = [
        diagram.ids.get(a.get("targetRef", ""))
        for a in diagram.of_kind("association")
        if a.get("sourceRef") == event.get("id")
    ]
    return [node for node in found if node is not None and kind(node) != "textAnnotation"]


def _ways(diagram: Diagram, activity: Node) -> list[Node]:
    events = [e for e in diagram.boundary_events(activity) if children(e, "compensateEventDefinition")]
    starts = [s for part in filter(is_event_subprocess, activity) for s in children(part, "startEvent")]
    return [*events, *(s for s in starts if children(s, "compensateEventDefinition"))]


def _can_be_undone(diagram: Diagram, activity: Node) -> bool:
    """By what is drawn at it or in it; what a call activity calls is not known here."""
    inside = kind(activity) in SUBPROCESSES and any(_can_be_undone(diagram, n) for n in diagram.nodes_in(activity))
    return kind(activity) == "callActivity" or bool(_ways(diagram, activity)) or inside
