# SPDX-License-Identifier: Apache-2.0
"""Decision tables and processes that a diagram asks for."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, extensions, is_executable, label, process_of, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.scripts.naming import suggestion


@rule("decision-known")
def decision_known(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A business rule task names a decision table that exists."""
    for task in diagram.of_kind("businessRuleTask"):
        named = extensions(task, "calledDecisionId")
        decision = text(named[0]) if named else ""
        if not decision:
            message = f"The business rule task {label(task)} names no decision table."
            yield Fault(task, message, "Set calledDecisionId to the id of a decision.")
        elif decision not in known.decisions:
            hint = suggestion(decision, known.decisions, "Put the DMN file beside the diagram, or correct the id.")
            yield Fault(named[0], f"{label(task)} asks the decision '{decision}', which does not exist.", hint)


@rule("process-known")
def process_known(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A call activity names a process that exists, and not its own."""
    processes = {*known.processes, *(p.get("id", "") for p in diagram.processes if is_executable(p))}
    for activity in diagram.of_kind("callActivity"):
        called, process = activity.get("calledElement", "").strip(), process_of(activity)
        if not called:
            yield Fault(activity, f"The call activity {label(activity)} calls nothing.", "Choose the process.")
        elif process is not None and called == process.get("id"):
            message = f"{label(activity)} calls its own process: that would never end."
            yield Fault(activity, message, "Draw a loop with an exclusive gateway.")
        elif called not in processes:
            hint = suggestion(called, processes, "Publish that process first, or correct the id.")
            yield Fault(activity, f"{label(activity)} calls the process '{called}', which does not exist.", hint)
