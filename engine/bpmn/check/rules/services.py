# SPDX-License-Identifier: Apache-2.0
"""Service tasks: what they call, and how often it is tried again."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, extensions, label
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import parameters
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import SPIFF

_PARTS = (f"{{{SPIFF}}}parameters", f"{{{SPIFF}}}retry")
_DIGITS = 7  # a retry after more than eleven days is no retry


@rule("service-operator")
def service_operator(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A service task names its operator; its parameters have names and values, its retries are whole numbers."""
    for task in diagram.of_kind("serviceTask"):
        operators = list(extensions(task, "serviceTaskOperator"))
        if not operators or not operators[0].get("id", "").strip():
            hint = "Add spiffworkflow:serviceTaskOperator with an id, for example http/post."
            yield Fault(task, f"{label(task)} does not say which service it calls.", hint)
            continue
        for each in parameters(task):
            if not each.get("id", "").strip() or not each.get("value", "").strip():
                yield Fault(task, f"A parameter of {label(task)} has no id or no value.", "Give it both, or delete it.")
        for part in operators[0]:
            if part.tag not in _PARTS:
                message = f"An element in the operator of {label(task)} would be ignored."
                yield Fault(part, message, "Keep parameters and retry only.")
        for retry in operators[0].iterfind(f"{{{SPIFF}}}retry"):
            for name in ("retries", "backoff_base"):
                number = retry.get(name, "1")
                if not (number.isascii() and number.isdigit() and len(number) < _DIGITS):
                    message = f"{name} of {label(task)} is no whole number: {number[:40]}."
                    yield Fault(task, message, 'Write for example retries="5" backoff_base="10" (seconds).')
