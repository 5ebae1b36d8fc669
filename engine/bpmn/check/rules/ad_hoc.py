# SPDX-License-Identifier: Apache-2.0
"""Ad hoc subprocesses: what people may begin in them, and when they end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, children, kind, label, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import ACTIVITIES


@rule("ad-hoc-content")
def ad_hoc_content(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An ad hoc subprocess has activities and no start and end events; each path in it begins with an activity."""
    for subprocess in diagram.of_kind("adHocSubProcess"):
        ends = [*children(subprocess, "startEvent"), *children(subprocess, "endEvent")]
        for event in ends:
            message = f"{label(event)} stands in the ad hoc subprocess {label(subprocess)}, which has no start and end."
            yield Fault(event, message, "Delete it: people begin the activities, and paths just end.")
        entries = [node for node in diagram.entries(subprocess) if node not in ends]
        for node in entries:
            if kind(node) not in ACTIVITIES:
                message = f"A path in the ad hoc subprocess {label(subprocess)} begins with {label(node)}."
                yield Fault(node, message, "Let it begin with an activity, which people can begin.")
        if not any(kind(node) in ACTIVITIES for node in entries):
            message = f"There is nothing to begin in the ad hoc subprocess {label(subprocess)}."
            yield Fault(subprocess, message, "Draw activities that no flow leads to.")


@rule("ad-hoc-condition")
def ad_hoc_condition(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An ad hoc subprocess has one completion condition or none."""
    for subprocess in diagram.of_kind("adHocSubProcess"):
        conditions = children(subprocess, "completionCondition")
        for condition in conditions[1:]:
            yield Fault(condition, f"{label(subprocess)} has two completion conditions.", "Join them with and or or.")
        for condition in conditions:
            if not text(condition):
                message = f"The completion condition of {label(subprocess)} is empty."
                yield Fault(condition, message, "Write an expression, or delete it: a person then finishes.")
        if not conditions and subprocess.get("cancelRemainingInstances") == "false":
            message = (
                f"cancelRemainingInstances of {label(subprocess)} would be ignored: a person finishes when all is done."
            )
            yield Fault(subprocess, message, "Write a completionCondition, or delete the attribute.")
