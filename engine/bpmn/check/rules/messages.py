# SPDX-License-Identifier: Apache-2.0
"""Messages: a name, and a key by which sender and receiver find each other."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import (
    Diagram,
    Node,
    children,
    is_event_subprocess,
    kind,
    label,
    owner_of,
    prop,
    scope_of,
)
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule

_CATCHING = ("intermediateCatchEvent", "boundaryEvent")
_SENDING = ("intermediateThrowEvent", "endEvent", "sendTask")


@rule("message-name")
def message_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every message has a name, and no two of a file have the same."""
    names: set[str] = set()
    for message in diagram.of_kind("message"):
        name = message.get("name", "").strip()
        if not name:
            yield Fault(message, f"The message {label(message)} has no name.", "Give it one, such as rfc.submitted.")
        elif name in names:
            yield Fault(message, f"There are two messages '{name}'.", "Use one of them in both places.")
        names.add(name)


@rule("message-key")
def message_key(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Whoever waits for a message says by correlationKey for which one; a process's start event waits for any."""
    for holder, owner in _uses(diagram):
        waits = kind(owner) in (*_CATCHING, "receiveTask") or is_event_subprocess(scope_of(owner))
        if waits and kind(owner) not in _SENDING and not prop(holder, "correlationKey"):
            message = f"{label(owner)} waits for a message and does not say for which case's."
            yield Fault(holder, message, "Set the property correlationKey, for example to incident_id.")


@rule("message-key-sent", "warning")
def message_key_sent(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A sent message has a correlationKey: without one only a start event can receive it."""
    for holder, owner in _uses(diagram):
        if kind(owner) in _SENDING and not prop(holder, "correlationKey"):
            message = f"{label(owner)} sends a message without correlationKey: only a start event can receive it."
            yield Fault(holder, message, "Set the property correlationKey if a running case waits for the message.")


@rule("message-start-twice")
def message_start_twice(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No two start events of a process wait for the same message or signal."""
    seen: set[tuple[Node | None, str]] = set()
    for name in ("message", "signal"):
        for definition in diagram.of_kind(f"{name}EventDefinition"):
            owner = owner_of(definition)
            if kind(owner) != "startEvent" or kind(owner_of(owner)) != "process":
                continue
            use = (owner.getparent(), definition.get(f"{name}Ref", ""))
            if use in seen:
                yield Fault(owner, f"Another start event waits for the same {name} as {label(owner)}.", "Keep one.")
            seen.add(use)


def _uses(diagram: Diagram) -> Iterator[tuple[Node, Node]]:
    """(element that holds the message's details, element as drawn)."""
    for task in diagram.of_kind("sendTask", "receiveTask"):
        yield task, task
    for event in diagram.of_kind("startEvent", "endEvent", "intermediateThrowEvent", *_CATCHING):
        for definition in children(event, "messageEventDefinition"):
            yield definition, event
