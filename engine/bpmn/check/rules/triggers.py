# SPDX-License-Identifier: Apache-2.0
"""Signals, errors, escalations and conditions: what they are called, and where they can happen at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, children, kind, label, owner_of, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import AUTOMATIC_TASKS, SUBPROCESSES

_THROWING = ("endEvent", "intermediateThrowEvent")
_WITH_INSIDE = frozenset({*SUBPROCESSES, "callActivity"})
_CAN_FAIL = frozenset({"scriptTask", "businessRuleTask"})


@rule("signal-name")
def signal_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every signal has a name, and no two of a file have the same."""
    names: set[str] = set()
    for signal in diagram.of_kind("signal"):
        name = signal.get("name", "").strip()
        if not name:
            yield Fault(signal, f"The signal {label(signal)} has no name.", "Give it one, such as freeze.begun.")
        elif name in names:
            yield Fault(signal, f"There are two signals '{name}'.", "Use one of them in both places.")
        names.add(name)


@rule("code-required")
def code_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A thrown error or escalation says which: it refers to one that has a code."""
    for name in ("error", "escalation"):
        for definition in diagram.of_kind(f"{name}EventDefinition"):
            event, reference = owner_of(definition), definition.get(f"{name}Ref")
            thrown = diagram.resolve(reference, name)
            if kind(event) not in _THROWING or (reference and thrown is None):
                continue
            if thrown is None or not thrown.get(f"{name}Code", "").strip():
                message = f"{label(event)} throws an {name} without code: only what catches every {name} sees it."
                yield Fault(definition, message, f"Choose an {name} and give it a code, such as not_possible.")


@rule("error-boundary")
def error_boundary(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An error boundary event ends a subprocess, a call activity, or, for any error, a script or business rule task."""
    for event in diagram.of_kind("boundaryEvent"):
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        for definition in children(event, "errorEventDefinition"):
            if activity is not None and kind(activity) not in _WITH_INSIDE | _CAN_FAIL | AUTOMATIC_TASKS | {
                "serviceTask"
            }:
                message = f"{label(event)} would never happen: {label(activity)} throws no errors."
                hint = "Let the person choose the outcome in the form, and draw a gateway behind the task."
                yield Fault(event, message, hint)
            elif activity is not None and kind(activity) in _CAN_FAIL and definition.get("errorRef"):
                message = f"{label(event)} would never happen: when {label(activity)} fails, the error has no code."
                yield Fault(definition, message, "Remove the errorRef: it then catches every failure.")
            if event.get("cancelActivity") == "false":
                message = f"{label(event)}: an error always ends the activity."
                yield Fault(event, message, "Make it interrupting.")


@rule("escalation-boundary")
def escalation_boundary(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An escalation boundary event stands on a subprocess or call activity."""
    for event in diagram.of_kind("boundaryEvent"):
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        never = activity is not None and kind(activity) not in _WITH_INSIDE | AUTOMATIC_TASKS
        if never and children(event, "escalationEventDefinition"):
            message = f"{label(event)} would never happen: {label(activity)} throws no escalations."
            yield Fault(
                event, message, "Use a signal or a timer, or put the activity into a subprocess that throws it."
            )


@rule("boundary-never")
def boundary_never(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A boundary event stands on an activity that takes time, or that can fail: one that passes on leaves it none."""
    for event in diagram.of_kind("boundaryEvent"):
        activity = diagram.ids.get(event.get("attachedToRef", ""))
        fails = activity is not None and kind(activity) in _CAN_FAIL and children(event, "errorEventDefinition")
        if children(event, "compensateEventDefinition"):
            continue
        if activity is not None and kind(activity) in AUTOMATIC_TASKS and not fails:
            message = f"{label(event)} would never happen: {label(activity)} passes on at once."
            yield Fault(event, message, "Attach it to an activity that waits, or delete it.")


@rule("condition-required")
def condition_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A conditional event has one condition."""
    for definition in diagram.of_kind("conditionalEventDefinition"):
        conditions, event = children(definition, "condition"), owner_of(definition)
        if len(conditions) != 1 or not text(conditions[0]):
            message = (
                f"The conditional event {label(event)} has {'two conditions' if conditions[1:] else 'no condition'}."
            )
            yield Fault(definition, message, "Write one expression that becomes true when it is to happen.")
