# SPDX-License-Identifier: Apache-2.0
"""What a rule of style is: a function over a picture that reports faults, with an id, a severity and its statement."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.bpmn.check.rule import Fault, Severity
from engine.bpmn.style.picture import Picture

Find = Callable[[Picture], Iterator[Fault]]


@dataclass(frozen=True)
class Rule:
    """A rule; `statement` is what holds in a diagram that keeps it."""

    id: str
    severity: Severity
    find: Find

    @property
    def statement(self) -> str:
        return " ".join((inspect.getdoc(self.find) or "").split())


def rule(identifier: str, severity: Severity = "error") -> Callable[[Find], Rule]:
    """Makes a function a rule; its docstring is the rule's statement."""

    def made(find: Find) -> Rule:
        return Rule(identifier, severity, find)

    return made
