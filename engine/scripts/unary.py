# SPDX-License-Identifier: Apache-2.0
"""The input cells of decision tables: ``-``, ``"P1", "P2"``, ``>= 3``, ``[1..5)``, ``not("x")``, ``? > impact``.

A cell is a list of alternatives; each is a small test of the input value. The forms are those of DMN 1.3 unary
tests; what is inside them is our expression language, in which `?` is the input value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from engine.errors import ExpressionFailed, ExpressionInvalid
from engine.scripts.context import Context, Scope
from engine.scripts.data import Trouble, described
from engine.scripts.expressions import CACHED, MAX_LENGTH, Expression, compile_cell_expression, sentence
from engine.scripts.nodes import SUBJECT
from engine.scripts.operators import COMPARISONS
from engine.scripts.quoting import find_outside, split_outside
from engine.values import Json

Test = Callable[[Scope], bool]
_COMPARISON = re.compile(r"(<=|>=|!=|==|<|>|=)")
_IN = re.compile(r"(not\s+)?in(?=[\s\[(])")
_NOT = re.compile(r"not\s*\(")
_NOTHING = Scope({}, Context(datetime(2000, 1, 1, tzinfo=UTC)))


@dataclass(frozen=True, slots=True)
class Cell:
    """A compiled cell. `any`: it matches everything.

    `samples`: the constants at which its answer may change, None if it depends on anything else than the input.
    `listed`: it names single values only, no ranges. `bare_names`: alternatives that are nothing but a variable.
    """

    source: str
    any: bool
    samples: tuple[Json, ...] | None
    listed: bool
    bare_names: tuple[str, ...]
    _test: Test = field(repr=False, compare=False)

    def matches(self, scope: Scope) -> bool:
        """Whether `scope.subject` passes. Raises `ExpressionFailed`."""
        return self.any or self._test(scope)


@lru_cache(maxsize=CACHED)
def compile_cell(source: str) -> Cell:
    """The cell in executable form. Raises `ExpressionInvalid`."""
    text = source.strip()
    if text in ("", "-"):
        return Cell(source, True, (), True, (), lambda scope: True)
    if len(text) > MAX_LENGTH:
        raise ExpressionInvalid(f"The cell is longer than {MAX_LENGTH:,} characters", expression=source[:MAX_LENGTH])
    if SUBJECT in text:
        raise ExpressionInvalid(f"The character {SUBJECT} cannot be used in a cell", expression=source)
    if _NOT.match(text) and find_outside(text, ")") == len(text) - 1:
        inner = compile_cell(text[text.index("(") + 1 : -1])
        if inner.any:
            raise ExpressionInvalid("not(…) needs something inside", expression=source)
        return Cell(
            source, False, inner.samples, inner.listed, inner.bare_names, lambda scope: not inner.matches(scope)
        )
    alternatives = [_Alternative(each.strip(), source) for each in split_outside(text, ",")]
    tests = [each.test() for each in alternatives]
    samples = [each.samples for each in alternatives]
    known = None if None in samples else tuple(value for values in samples for value in values or ())
    names = tuple(each.bare_name for each in alternatives if each.bare_name)
    listed = all(each.listed for each in alternatives)
    return Cell(source, False, known, listed, names, lambda scope: any(test(scope) for test in tests))


class _Alternative:
    """One alternative of a cell: finds out which form it has, and what can be said about it without running it."""

    def __init__(self, text: str, cell: str) -> None:
        self.samples: list[Json] | None = None
        self.listed = False
        self.bare_name = ""
        self._text = text
        self._cell = cell
        if not text:
            raise self._invalid("there is an empty alternative", "Write the alternatives with one comma between them.")

    def test(self) -> Test:
        text = self._text
        if _has_subject(text):
            return self._condition(self._compile(text))
        if match := _IN.match(text):
            return self._membership(text[match.end() :].strip(), negated=bool(match[1]))
        if match := _COMPARISON.match(text):
            return self._comparison(match[1], self._compile(text[match.end() :]))
        if text[0] in "[(" and text[-1] in "])" and (dots := find_outside(text[1:-1], "..")) >= 0:
            return self._range(text[1 : dots + 1], text[dots + 3 : -1], closed=(text[0] == "[", text[-1] == "]"))
        return self._equality(self._compile(text))

    def _condition(self, expression: Expression) -> Test:
        def test(scope: Scope) -> bool:
            result = expression.run(scope)
            if result is None or isinstance(result, bool):
                return bool(result)
            raise self._failed(
                expression, Trouble(f"a cell with ? is true or false, and this is {described(result)}"), scope
            )

        return test

    def _membership(self, text: str, *, negated: bool) -> Test:
        if text[:1] in ("[", "(") and find_outside(text[1:-1], "..") >= 0:
            span = _Alternative(text, self._cell)
            inner = span.test()
            self.samples = span.samples
            return (lambda scope: not inner(scope)) if negated else inner
        expression = self._compile(text)
        values = self._constants(expression)
        if values and isinstance(values[0], list):
            self.samples, self.listed = values[0], True
        return self._compared("not in" if negated else "in", expression)

    def _comparison(self, symbol: str, expression: Expression) -> Test:
        symbol = "==" if symbol == "=" else symbol
        self.samples = self._constants(expression)
        if symbol in ("==", "!="):
            self.listed = True
            return lambda scope: alike(scope.subject, expression.run(scope)) is (symbol == "==")
        test = self._compared(symbol, expression)
        return lambda scope: scope.subject is not None and test(scope)

    def _range(self, low: str, high: str, *, closed: tuple[bool, bool]) -> Test:
        first, last = self._compile(low), self._compile(high)
        self.samples = self._constants(first, last)
        above = self._compared(">=" if closed[0] else ">", first)
        below = self._compared("<=" if closed[1] else "<", last)
        return lambda scope: scope.subject is not None and above(scope) and below(scope)

    def _equality(self, expression: Expression) -> Test:
        self.samples, self.listed = self._constants(expression), True
        self.bare_name = self._text if self._text in expression.names else ""
        return lambda scope: alike(scope.subject, expression.run(scope))

    def _compared(self, symbol: str, expression: Expression) -> Test:
        compare = COMPARISONS[symbol]

        def test(scope: Scope) -> bool:
            value = expression.run(scope)
            try:
                return compare(scope.subject, value)
            except Trouble as trouble:
                raise self._failed(expression, trouble, scope) from None

        return test

    def _constants(self, *expressions: Expression) -> list[Json] | None:
        """The values of expressions that look at nothing, or None."""
        if any(expression.names or expression.calls for expression in expressions):
            return None
        try:
            return [expression.run(_NOTHING) for expression in expressions]
        except ExpressionFailed:
            return None

    def _compile(self, text: str) -> Expression:
        return compile_cell_expression(_with_subject(text))

    def _invalid(self, message: str, hint: str = "") -> ExpressionInvalid:
        return ExpressionInvalid(sentence(Trouble(message), self._cell), expression=self._cell, hint=hint)

    def _failed(self, expression: Expression, trouble: Trouble, scope: Scope) -> ExpressionFailed:
        names = {"?": scope.subject}
        return ExpressionFailed(sentence(trouble, self._cell), expression=self._cell, names=names, hint=trouble.hint)


def alike(left: Json, right: Json) -> bool:
    """Equality in which true is not 1 (for Python it is)."""
    return isinstance(left, bool) == isinstance(right, bool) and COMPARISONS["=="](left, right)


def _has_subject(text: str) -> bool:
    return find_outside(text, "?", any_depth=True) >= 0


def _with_subject(text: str) -> str:
    return SUBJECT.join(split_outside(text, "?", any_depth=True))
