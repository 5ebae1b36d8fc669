# SPDX-License-Identifier: Apache-2.0
"""What a rule is: a function over a diagram that reports faults, with an id, a severity and its statement."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.bpmn.check.diagram import Diagram, Node
from engine.bpmn.check.known import Known

Severity = Literal["error", "warning"]


class Fault(NamedTuple):
    """One thing that is wrong: at which XML element, one sentence, and what to do."""

    node: Node
    message: str
    hint: str


Find = Callable[[Diagram, Known], Iterator[Fault]]


@dataclass(frozen=True)
class Rule:
    """A rule; `statement` is what holds in a diagram that keeps it.

    ``everywhere``: also in a process that is not executable, which is only kept and shown.
    """

    id: str
    severity: Severity
    find: Find
    everywhere: bool = False

    @property
    def statement(self) -> str:
        return " ".join((inspect.getdoc(self.find) or "").split())


def rule(identifier: str, severity: Severity = "error", *, everywhere: bool = False) -> Callable[[Find], Rule]:
    """Makes a function a rule; its docstring is the rule's statement."""

    def made(find: Find) -> Rule:
        return Rule(identifier, severity, find, everywhere)

    return made
