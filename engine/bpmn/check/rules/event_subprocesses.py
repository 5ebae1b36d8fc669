# SPDX-License-Identifier: Apache-2.0
"""Event subprocesses: parts of a process that no flow leads to, and that begin when their start event happens."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, children, is_event_subprocess, kind, label, scope_of
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule

_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


@rule("event-subprocess")
def event_subprocess(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No flow leads to an event subprocess or leaves it, and it has no boundary event and no loop marker."""
    for node in filter(is_event_subprocess, diagram.of_kind("subProcess")):
        for flow in (*diagram.incoming(node), *diagram.outgoing(node)):
            message = f"A flow leads to or leaves the event subprocess {label(node)}."
            yield Fault(flow, message, "Delete it: the subprocess begins when its start event happens.")
        for event in diagram.boundary_events(node):
            message = f"The boundary event {label(event)} stands on the event subprocess {label(node)}."
            yield Fault(event, message, "Put what is in the subprocess into one within it, and the event on that.")
        for loop in (part for part in node if kind(part) in _LOOPS):
            message = f"The event subprocess {label(node)} has a loop marker."
            yield Fault(loop, message, "Put what is in the subprocess into one within it, and the marker on that.")


@rule("start-interrupting")
def start_interrupting(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Only the start event of an event subprocess can leave what is around it under way, and one for errors
    or compensation cannot."""
    for start in diagram.of_kind("startEvent"):
        if start.get("isInterrupting") != "false":
            continue
        if not is_event_subprocess(scope_of(start)):
            message = f"The start event {label(start)} has nothing around it to leave under way."
            yield Fault(start, message, "Delete isInterrupting; it belongs to the start of an event subprocess.")
        elif children(start, "errorEventDefinition"):
            yield Fault(start, f"{label(start)}: an error always ends what is around it.", "Make it interrupting.")
        elif children(start, "compensateEventDefinition"):
            yield Fault(start, f"{label(start)}: nothing is left under way around it.", "Delete isInterrupting.")
