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
    process_of,
    prop,
    scope_of,
    text,
)
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import fault_of_expression
from engine.bpmn.check.parallel import Parallel
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.correlations import FORMAL
from engine.bpmn.timing import is_plain
from engine.errors import TimeInvalid
from engine.iso8601 import parse_duration

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


@rule("message-key", "warning")
def message_key(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Whoever waits for a message says by correlationKey for which one; a process's start event waits for any."""
    for holder, owner in _waiting(diagram):
        if not diagram.has_key(holder, owner) or not _is_learnt(diagram, holder, owner):
            message = f"{label(owner)} waits for a message and does not say for which case's."
            hint = "It gets what its own conversation sends; else set the property correlationKey, say to incident_id."
            yield Fault(holder, message, hint)


@rule("message-ambiguous")
def message_ambiguous(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Messages without correlation where two could match: only one place may wait for such a message at a time."""
    parallel = Parallel(diagram)
    before: list[tuple[Node, str]] = []
    for holder, owner in _waiting(diagram):
        name = diagram.message_of(holder, owner)
        if not name or diagram.has_key(holder, owner):
            continue
        hint = "Set the property correlationKey at both ends, or give one of them another message."
        if parallel.together(owner, owner):
            message = f"{label(owner)} waits for '{name}' several times at once, without saying which is which."
            yield Fault(holder, message, hint)
        for other, same in before:
            if same == name and _could_both_match(diagram, parallel, owner, other):
                message = f"{label(owner)} and {label(other)} could both get a message '{name}': neither has a key."
                yield Fault(holder, message, hint)
        before.append((owner, name))


@rule("correlation-key")
def correlation_key(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A correlation key has properties, each found in some message by one messagePath; a subscription binds each."""
    for key in diagram.of_kind("correlationKey"):
        if not children(key, "correlationPropertyRef"):
            yield Fault(key, f"The correlation key {label(key)} has no property.", "Refer to one, or delete the key.")
    for node in diagram.of_kind("correlationPropertyRetrievalExpression", "correlationPropertyBinding"):
        part = "messagePath" if kind(node).endswith("Expression") else "dataPath"
        paths = [*children(node, part), *children(node, FORMAL)]
        if len(paths) != 1 or not text(paths[0]):
            yield Fault(node, f"{label(owner_of(node))} needs one {part}.", "Write an expression.")
    for node in diagram.of_kind("correlationProperty"):
        if not children(node, "correlationPropertyRetrievalExpression"):
            message = f"The correlation property {label(node)} is found in no message."
            yield Fault(node, message, "Add a correlationPropertyRetrievalExpression for each message that has it.")
    for node in diagram.of_kind("correlationSubscription"):
        key = diagram.resolve(node.get("correlationKeyRef"), "correlationKey")
        bound = {each.get("correlationPropertyRef") for each in children(node, "correlationPropertyBinding")}
        wanted = {text(each) for each in children(key, "correlationPropertyRef")} if key is not None else bound
        for one in sorted(wanted - bound):
            yield Fault(node, f"The subscription to {label(key)} does not bind '{one}'.", "Add its dataPath.")


@rule("message-flow")
def message_flow(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where an event or task names no message, its message flows leave no doubt which it is."""
    for holder, owner in _uses(diagram):
        names = diagram.message_flows.names(owner)
        if len(names) > 1 and not holder.get("messageRef"):
            message = f"The message flows of {label(owner)} carry {' and '.join(names[:3])}, so it is not clear which is meant."
            yield Fault(holder, message, "Choose the message at the event or task itself.")


@rule("message-key-sent", "warning")
def message_key_sent(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A sent message has a correlationKey: without one only a start event can receive it."""
    for holder, owner in _uses(diagram):
        if kind(owner) in _SENDING and not diagram.has_key(holder, owner):
            message = f"{label(owner)} sends a message without correlationKey: only a start event can receive it."
            yield Fault(holder, message, "Set the property correlationKey if a running case waits for the message.")


@rule("message-time-to-live")
def message_time_to_live(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """How long a sent message is kept is a duration in ISO 8601, or an expression that gives one."""
    for holder, owner in _uses(diagram):
        written = prop(holder, "timeToLive")
        what = f"The time to live of {label(owner)}"
        if not written:
            continue
        if not is_plain(written):
            fault = fault_of_expression(holder, what, written)
            if fault is not None:
                yield fault
            continue
        try:
            parse_duration(written)
        except TimeInvalid as error:
            yield Fault(holder, f"{what}, '{written[:80]}': {error.sentence}", error.hint or "Write it as in PT4H.")


@rule("message-start-twice")
def message_start_twice(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No two start events of a process wait for the same message or signal."""
    seen: set[tuple[Node | None, str]] = set()
    for name in ("message", "signal"):
        for definition in diagram.of_kind(f"{name}EventDefinition"):
            owner = owner_of(definition)
            if kind(owner) != "startEvent" or kind(owner_of(owner)) != "process":
                continue
            named = diagram.message_of(definition, owner) if name == "message" else definition.get("signalRef", "")
            use = (owner.getparent(), named)
            if use in seen:
                yield Fault(owner, f"Another start event waits for the same {name} as {label(owner)}.", "Keep one.")
            seen.add(use)


def _is_learnt(diagram: Diagram, holder: Node, owner: Node) -> bool:
    """Whether the case knows the key when it waits: it is bound to data, or a message before said what it is."""
    found = diagram.correlations.of(owner, holder.get("messageRef", ""))
    if found is None or found.bindings or prop(holder, "correlationKey"):
        return True
    for other, event in _uses(diagram):
        first = kind(event) in _SENDING or (kind(event) == "startEvent" and not is_event_subprocess(scope_of(event)))
        known = diagram.correlations.of(event, other.get("messageRef", ""))
        if first and known is not None and known.key == found.key and process_of(event) is process_of(owner):
            return True
    return False


def _waiting(diagram: Diagram) -> Iterator[tuple[Node, Node]]:
    """The uses that wait in a running case: all that catch but for the start events of processes."""
    for holder, owner in _uses(diagram):
        waits = kind(owner) in (*_CATCHING, "receiveTask") or is_event_subprocess(scope_of(owner))
        if waits and kind(owner) not in _SENDING:
            yield holder, owner


def _could_both_match(diagram: Diagram, parallel: Parallel, one: Node, other: Node) -> bool:
    if process_of(one) is not process_of(other) or parallel.together(one, other):
        return True
    sources = [{f.get("sourceRef") for f in diagram.incoming(event)} for event in (one, other)]
    races = [diagram.resolve(ref, "eventBasedGateway") for ref in sources[0] & sources[1]]
    return any(r is not None for r in races) or any(
        _waits_around(diagram, a, b) for a, b in ((one, other), (other, one))
    )


def _waits_around(diagram: Diagram, event: Node, inner: Node) -> bool:
    """Whether an event waits while what is in its activity, or beside its event subprocess, is under way."""
    if kind(event) == "boundaryEvent":
        return event.get("attachedToRef") in {each.get("id") for each in (inner, *inner.iterancestors())}
    scope = scope_of(event)
    return scope is not None and is_event_subprocess(scope) and scope.getparent() in list(inner.iterancestors())


def _uses(diagram: Diagram) -> Iterator[tuple[Node, Node]]:
    """(element that holds the message's details, element as drawn), in the order of the file."""
    tasks = ("sendTask", "receiveTask")
    for node in diagram.of_kind(*tasks, "startEvent", "endEvent", "intermediateThrowEvent", *_CATCHING):
        if kind(node) in tasks:
            yield node, node
        for definition in children(node, "messageEventDefinition"):
            yield definition, node
