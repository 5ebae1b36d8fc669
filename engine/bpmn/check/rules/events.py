# SPDX-License-Identifier: Apache-2.0
"""Events: which event definition may stand at which event."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, scope_of
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import AUTOMATIC_TASKS, HUMAN_TASKS, INSTEAD, POSITIONS


@rule("event-definition")
def event_definition(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An event has at most one event definition, and one that the engine executes in that position."""
    for event in diagram.of_kind(*POSITIONS):
        definitions = [part for part in event if kind(part).endswith("EventDefinition")]
        allowed = POSITIONS[_position(event)]
        if not definitions and "none" not in allowed:
            yield Fault(event, f"{label(event)} waits for nothing.", f"Choose one of: {_words(allowed)}.")
        for definition in definitions[1:]:
            yield Fault(definition, f"{label(event)} has two event definitions.", "Draw one event for each.")
        for definition in definitions[:1]:
            if kind(definition) not in allowed:
                message = f"{label(event)}: {_words((kind(definition),))} cannot stand at a {_position(event)}."
                hint = INSTEAD.get(kind(definition), f"Possible are: {_words(allowed)}.")
                yield Fault(definition, message, hint)


@rule("event-definition-shared")
def event_definition_shared(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An event holds its definition itself; one that stands elsewhere would be ignored."""
    for node in diagram.elements:
        parent = node.getparent()
        if kind(node).endswith("EventDefinition") and parent is not None and kind(parent) == "definitions":
            yield Fault(node, f"{label(node)} stands outside of an event and would be ignored.", "Draw the event anew.")
        if kind(node) == "eventDefinitionRef":
            yield Fault(node, "A reference to an event definition would be ignored.", "Draw the event anew.")


@rule("error-boundary")
def error_boundary(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An error boundary event stands on a subprocess or call activity and ends it."""
    for event in diagram.of_kind("boundaryEvent"):
        if not children(event, "errorEventDefinition"):
            continue
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        if activity is not None and kind(activity) in HUMAN_TASKS | {"receiveTask"}:
            message = f"{label(event)} would never happen: {label(activity)} throws no errors."
            yield Fault(
                event, message, "Let the person choose the outcome in the form, and draw a gateway behind the task."
            )
        if event.get("cancelActivity") == "false":
            message = f"{label(event)}: an error always ends the activity."
            yield Fault(event, message, "Make it interrupting.")


@rule("boundary-never")
def boundary_never(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A boundary event stands on an activity that takes time; a task that passes on at once leaves it none."""
    for event in diagram.of_kind("boundaryEvent"):
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        if activity is not None and kind(activity) in AUTOMATIC_TASKS:
            message = f"{label(event)} would never happen: {label(activity)} passes on at once."
            yield Fault(event, message, "Attach it to an activity that waits, or delete it.")


def _position(event: Node) -> str:
    scope = scope_of(event)
    inner = kind(event) == "startEvent" and scope is not None and kind(scope) == "subProcess"
    return "startEvent in a subProcess" if inner else kind(event)


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(name.removesuffix("EventDefinition") for name in names)
