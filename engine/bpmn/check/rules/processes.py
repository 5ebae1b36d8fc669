# SPDX-License-Identifier: Apache-2.0
"""The file as a whole: one executable process, in one pool."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, kind, label, prop
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import FLOW_NODES


@rule("not-executable")
def not_executable(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Exactly one process of a file has isExecutable="true"."""
    executable = [process for process in diagram.processes if process.get("isExecutable") == "true"]
    if not executable:
        at = diagram.processes[0] if diagram.processes else diagram.root
        yield Fault(at, "No process of this file is executable.", 'Set "Executable" at the process.')
    for process in executable[1:]:
        message = f"The file has a second executable process, {label(process)}."
        yield Fault(process, message, "Put each process into a file of its own; they talk by messages.")


@rule("process-drawn-only")
def process_drawn_only(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A process that is not executable is an empty pool: what is drawn in it would be ignored."""
    executable = [process for process in diagram.processes if process.get("isExecutable") == "true"]
    for process in diagram.processes if executable else []:
        if process.get("isExecutable") != "true" and any(kind(node) in FLOW_NODES for node in process):
            message = f"The process {label(process)} is not executable, so its content would be ignored."
            yield Fault(process, message, "Collapse the pool, or put the process into a file of its own.")


@rule("process-name", "warning")
def process_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The process has a name that people understand."""
    for process in diagram.processes:
        if process.get("isExecutable") == "true" and not process.get("name", "").strip():
            yield Fault(process, f"The process {label(process)} has no name.", "Name what it achieves.")


@rule("process-title", "warning")
def process_title(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The process says how its cases are titled."""
    for process in diagram.processes:
        if process.get("isExecutable") == "true" and not prop(process, "title"):
            message = f"The cases of {label(process)} would all have the same title."
            yield Fault(process, message, "Set the property title to an expression.")
