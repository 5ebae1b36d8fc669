# SPDX-License-Identifier: Apache-2.0
"""Service tasks: what they call, with what, and how often it is tried again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, extensions, label
from engine.bpmn.check.known import Known
from engine.bpmn.check.language import parameters
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import SPIFF

_PARTS = (f"{{{SPIFF}}}parameters", f"{{{SPIFF}}}retry")
_DIGITS = 7  # a retry after more than eleven days is no retry
_WRITTEN_OUT = re.compile(r"""(["'])([^"'\\]*)\1""")
#: Parameter -> what it looks like where it is written out, and what to write.
_LOOKS: dict[str, tuple[re.Pattern[str], str]] = {
    "url": (re.compile(r"https?://[^\s/]+\S*"), 'Write for example "https://example.org/orders".'),
    "to": (re.compile(r"[^@]*[^@\s<]@[^@\s>]+>?"), 'Write for example "ann@example.org".'),
}


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


@rule("service-unknown", "warning")
def service_unknown(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A service task calls an operator that comes with FitSM Flow; any other must come with the installation."""
    for task, operator in _operators(diagram):
        if known.operators and operator not in known.operators:
            hint = f"There is {', '.join(sorted(known.operators))}. Ignore this if your installation brings its own."
            yield Fault(task, f"{label(task)} calls '{operator[:60]}', which is not built in.", hint)


@rule("service-parameter")
def service_parameter(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A service task gives its operator what it needs and nothing else; an address that is written out is one."""
    for task, operator in _operators(diagram):
        expected = known.operators.get(operator)
        given = {each.get("id", "").strip(): each for each in parameters(task)}
        if expected is None or "" in given:
            continue
        for name in (n for n, required in expected.items() if required and n not in given):
            yield Fault(task, f"{label(task)} does not give '{name}' to {operator}.", f"Add the parameter {name}.")
        for name in (n for n in given if n not in expected):
            hint = f"It takes {', '.join(expected)}."
            yield Fault(given[name], f"{operator} takes no '{name[:60]}' (of {label(task)}).", hint)
        for name, (looks, hint) in _LOOKS.items():
            written = _WRITTEN_OUT.fullmatch(given[name].get("value", "").strip()) if name in given else None
            if written and name in expected and not looks.fullmatch(written[2]):
                yield Fault(given[name], f"'{written[2][:80]}' cannot be the {name} of {label(task)}.", hint)


def _operators(diagram: Diagram) -> Iterator[tuple[Node, str]]:
    for task in diagram.of_kind("serviceTask"):
        for operator in [*extensions(task, "serviceTaskOperator")][:1]:
            if name := operator.get("id", "").strip():
                yield task, name
