# SPDX-License-Identifier: Apache-2.0
"""Transactions: what cancels them, and where the case then goes on."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, is_event_subprocess, kind, label, scope_of
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule


@rule("cancel-place")
def cancel_place(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A cancel end event lies in a transaction, also deeper in it; a cancel boundary event stands on one and ends it."""
    for event in _ends(diagram):
        if _transaction_around(event) is None:
            message = f"{label(event)} cancels a transaction and lies in none."
            yield Fault(event, message, "Put it into a transaction, or throw an error.")
    for event in _boundary_events(diagram):
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        if activity is not None and kind(activity) != "transaction":
            message = f"{label(event)} would never happen: {label(activity)} is no transaction."
            yield Fault(event, message, "Make it a transaction, or catch an error.")
        if event.get("cancelActivity") == "false":
            message = f"{label(event)}: what is cancelled has ended."
            yield Fault(event, message, "Make it interrupting.")


@rule("cancel-caught")
def cancel_caught(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A transaction that can be cancelled has one cancel boundary event, and only then."""
    cancelled = {id(_transaction_around(event)) for event in _ends(diagram)}
    for transaction in diagram.of_kind("transaction"):
        events = [e for e in diagram.boundary_events(transaction) if children(e, "cancelEventDefinition")]
        if id(transaction) in cancelled and not events:
            message = f"Nothing says how the case goes on when {label(transaction)} is cancelled."
            yield Fault(transaction, message, "Draw a cancel boundary event on it.")
        for event in events if id(transaction) not in cancelled else ():
            message = f"{label(event)} would never happen: nothing in {label(transaction)} cancels it."
            yield Fault(event, message, "Draw a cancel end event in the transaction.")
        for event in events[1:]:
            yield Fault(event, f"{label(transaction)} has a second cancel boundary event.", "Keep one.")


def _ends(diagram: Diagram) -> list[Node]:
    return [e for e in diagram.of_kind("endEvent") if children(e, "cancelEventDefinition")]


def _boundary_events(diagram: Diagram) -> list[Node]:
    return [e for e in diagram.of_kind("boundaryEvent") if children(e, "cancelEventDefinition")]


def _transaction_around(event: Node) -> Node | None:
    """The nearest transaction around an event; what undoes it is not of it any more."""
    scope = scope_of(event)
    while scope is not None and kind(scope) != "transaction":
        if scope.get("isForCompensation") == "true" or (is_event_subprocess(scope) and _undoes(scope)):
            return None
        scope = scope_of(scope)
    return scope


def _undoes(subprocess: Node) -> bool:
    return any(children(start, "compensateEventDefinition") for start in children(subprocess, "startEvent"))
