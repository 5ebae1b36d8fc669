# SPDX-License-Identifier: Apache-2.0
"""The owners' language: everything that is written in it compiles."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, children, label, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import fault_of, texts_of
from engine.bpmn.check.rule import Fault, rule


@rule("expression")
def expression(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every condition, property, payload, key, value and insertion can be read and calls functions that exist."""
    for written in texts_of(diagram):
        if written.language != "script" and (fault := fault_of(written)) is not None:
            yield fault


@rule("script")
def script(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every script keeps to the script language; a script task without one is a plain task."""
    for written in texts_of(diagram):
        if written.language == "script" and written.source and (fault := fault_of(written)) is not None:
            yield fault
    for task in diagram.of_kind("scriptTask"):
        scripts = children(task, "script")
        if not any(text(each) for each in scripts):
            yield Fault(task, f"The script task {label(task)} has no script.", "Write it, or draw a plain task.")
        for extra in scripts[1:]:
            yield Fault(extra, f"The second script of {label(task)} would be ignored.", "Join the two.")
