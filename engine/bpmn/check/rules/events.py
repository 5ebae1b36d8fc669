# SPDX-License-Identifier: Apache-2.0
"""Events: which event definition may stand at which event."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, definitions_of, is_event_subprocess, kind, label, scope_of
from engine.bpmn.check.instead import CONDITIONAL_START, SEVERAL_DEFINITIONS
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import POSITIONS, SUBPROCESSES


@rule("event-definition")
def event_definition(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An event has at most one event definition, and one that the engine executes in that position."""
    for event in diagram.of_kind(*POSITIONS):
        definitions = definitions_of(event)
        allowed = POSITIONS[_position(event)]
        if not definitions and "none" not in allowed:
            yield Fault(event, f"{label(event)} waits for nothing.", f"Choose one of: {_words(allowed)}.")
        for definition in definitions[1:]:
            yield Fault(definition, f"{label(event)} has two event definitions.", SEVERAL_DEFINITIONS[kind(event)])
        for definition in definitions[:1]:
            if kind(definition) not in allowed:
                message = f"{label(event)}: {_words((kind(definition),))} cannot stand at a {_position(event)}."
                hint = _condition_start(event, definition) or f"Possible are: {_words(allowed)}."
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


def _condition_start(event: Node, definition: Node) -> str:
    """A condition is asked of a case, and before a case has begun there is none."""
    scope = scope_of(event)
    at_start = kind(event) == "startEvent" and scope is not None and kind(scope) == "process"
    if not at_start or kind(definition) != "conditionalEventDefinition":
        return ""
    return CONDITIONAL_START


def _position(event: Node) -> str:
    scope = scope_of(event)
    if kind(event) != "startEvent" or scope is None or kind(scope) not in SUBPROCESSES:
        return kind(event)
    return f"startEvent in {'an event' if is_event_subprocess(scope) else 'a'} subProcess"


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(name.removesuffix("EventDefinition") for name in names)
