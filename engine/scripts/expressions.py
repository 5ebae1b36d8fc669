# SPDX-License-Identifier: Apache-2.0
"""Expressions: conditions, cells, titles, payloads. Compile once, evaluate often; Python is given nothing to run.

    compile_expression('priority == "P1" and not is_empty(service)').evaluate(variables, context)

Bounds: 4,000 characters, 50 levels, 500 parts; texts, lists and numbers as in `data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from engine.errors import ExpressionFailed, ExpressionInvalid
from engine.scripts.context import Context, Scope
from engine.scripts.data import Trouble, capitalised, described, detached, show
from engine.scripts.nodes import SUBJECT, Builder, Node
from engine.scripts.syntax import character, parse_expression
from engine.values import Json

MAX_LENGTH = 4_000
MAX_NODES = 500
MAX_DEPTH = 50
CACHED = 4_096  #: compiled expressions kept

_SHOWN = 20  #: variables shown in an error


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `names`: the case variables it reads; `calls`: the library functions it calls."""

    source: str
    names: frozenset[str]
    calls: frozenset[str]
    _node: Node = field(repr=False, compare=False)

    def evaluate(self, variables: Mapping[str, Json], context: Context) -> Json:
        """The value, as a copy that shares nothing with `variables`. Raises `ExpressionFailed`."""
        return self.run(Scope(variables, context))

    def holds(self, variables: Mapping[str, Json], context: Context) -> bool:
        """Whether the condition is met; nothing (None) counts as no. Raises `ExpressionFailed` for other values."""
        value = self.evaluate(variables, context)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self._failed(
            Trouble(
                f"a condition is true or false, and this is {described(value)}",
                "Compare it: … == …, or use is_empty(…).",
            ),
            variables,
        )

    def run(self, scope: Scope) -> Json:
        """As `evaluate`, for a scope that may hold the input value of a decision table's cell."""
        try:
            return detached(self._node(scope))
        except Trouble as trouble:
            raise self._failed(trouble, scope.variables) from None
        except RecursionError:
            raise self._failed(Trouble("a value is nested too deeply"), scope.variables) from None

    def _failed(self, trouble: Trouble, variables: Mapping[str, Json]) -> ExpressionFailed:
        return ExpressionFailed(
            sentence(trouble, self.source), expression=self.source, names=seen(self.names, variables), hint=trouble.hint
        )


@lru_cache(maxsize=CACHED)
def compile_expression(source: str) -> Expression:
    """The expression in executable form. Raises `ExpressionInvalid` with the place and a hint."""
    return _compiled(source, source, with_subject=False)


def compile_cell_expression(source: str) -> Expression:
    """As `compile_expression`, where the character `SUBJECT` stands for the input value (shown as `?`)."""
    return _compiled(source, source.replace(SUBJECT, "?"), with_subject=True)


def sentence(trouble: Trouble, source: str) -> str:
    """What went wrong and where: ``Unknown variable 'impct' (at character 8 of: urgent and impct > 2)``."""
    text = capitalised(trouble.sentence)
    shown = " ".join(source.split())
    shown = shown if len(shown) <= 200 else shown[:199] + "…"
    if trouble.place is None:
        return f"{text} (in: {shown})"
    line, column = character(source, trouble.place)
    where = f"line {line}, character {column}" if "\n" in source.strip() else f"character {column}"
    return f"{text} (at {where} of: {shown})"


def seen(names: frozenset[str], variables: Mapping[str, Json]) -> dict[str, Json]:
    """The values of these names for an error: small ones as they are, larger ones described."""
    present = [name for name in sorted(names) if name in variables][:_SHOWN]
    return {name: _small(variables[name]) for name in present}


def _small(value: Json) -> Json:
    if isinstance(value, str) and len(value) > 200:
        return value[:199] + "…"
    if isinstance(value, list | dict):
        return value if _is_small(value) else show(value)
    return value if value is None or isinstance(value, bool | str | float) else _small_number(value)


def _small_number(value: Json) -> Json:
    return value if isinstance(value, int) and show(value) == str(value) else show(value)


def _is_small(value: Json) -> bool:
    parts = list(value.values()) if isinstance(value, dict) else value
    scalars = all(each is None or isinstance(each, bool | float | str) or _small_number(each) is each for each in parts)
    return len(parts) <= 10 and scalars and sum(len(each) for each in parts if isinstance(each, str)) <= 500


def _compiled(source: str, shown: str, *, with_subject: bool) -> Expression:
    builder = Builder(with_subject=with_subject)
    try:
        if not isinstance(source, str):
            raise Trouble("an expression is a text")
        node = builder.build(parse_expression(source, MAX_LENGTH, MAX_NODES, MAX_DEPTH))
    except Trouble as trouble:
        raise ExpressionInvalid(sentence(trouble, shown), expression=shown, hint=trouble.hint) from None
    return Expression(shown, frozenset(builder.names), frozenset(builder.calls), node)
