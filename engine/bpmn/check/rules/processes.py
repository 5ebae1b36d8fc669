# SPDX-License-Identifier: Apache-2.0
"""The file as a whole: its processes, those that run and those that are only drawn."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, is_executable, kind, label, prop
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import BPMN, FLOW_NODES, REFUSED_FLOW_NODES


@rule("not-executable", "warning", everywhere=True)
def not_executable(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A file has a process with isExecutable="true"; without one it is kept and shown, and no case can be started."""
    if not any(map(is_executable, diagram.processes)):
        at = diagram.processes[0] if diagram.processes else diagram.root
        message = "No process of this file is executable: it is kept and shown, and nothing of it is run."
        yield Fault(at, message, 'To run it, set "Executable" at the process (isExecutable="true").')


@rule("process-missing", everywhere=True)
def process_missing(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A file has a process: one that is executable, or one with something drawn in it."""
    if not any(
        is_executable(p) or any(kind(n) in FLOW_NODES | REFUSED_FLOW_NODES for n in p) for p in diagram.processes
    ):
        at = diagram.processes[0] if diagram.processes else diagram.root
        yield Fault(at, "There is no process in this file, or nothing in it.", "Draw the process of one participant.")


@rule("process-drawn-only", "warning", everywhere=True)
def process_drawn_only(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A process beside an executable one is executable too, or an empty pool: else it is shown and never run."""
    executable = any(map(is_executable, diagram.processes))
    for process in diagram.processes if executable else []:
        if not is_executable(process) and any(kind(node) in FLOW_NODES for node in process):
            message = f"The process {label(process)} is not executable: it is shown, and nothing of it is run."
            yield Fault(process, message, "Make it executable if it is to run, or collapse the pool.")


@rule("process-callable")
def process_callable(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The processes of a file do not call each other in a circle: that would never end."""
    called = {
        process.get("id", ""): {
            activity.get("calledElement", "") for activity in process.iter(f"{{{BPMN}}}callActivity")
        }
        for process in diagram.processes
    }
    for process in diagram.processes:
        own, seen, waiting = process.get("id", ""), set[str](), list(called[process.get("id", "")])
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += called.get(one, ())
        if own in seen and own not in called[own]:
            yield Fault(process, f"{label(process)} calls itself by way of others.", "Draw a loop with a gateway.")


@rule("process-name", "warning")
def process_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The process has a name that people understand."""
    for process in diagram.processes:
        if is_executable(process) and not process.get("name", "").strip():
            yield Fault(process, f"The process {label(process)} has no name.", "Name what it achieves.")


@rule("process-title", "warning")
def process_title(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The process says how its cases are titled."""
    for process in diagram.processes:
        if is_executable(process) and not prop(process, "title"):
            message = f"The cases of {label(process)} would all have the same title."
            yield Fault(process, message, "Set the property title to an expression.")
