# SPDX-License-Identifier: Apache-2.0
"""The input cells of decision tables: ``-``, ``"P1", "P2"``, ``>= 3``, ``[1..5)``, ``not("x")``, ``? > impact``.

A cell is a list of alternatives; each is a small test of the input value. The forms are those of DMN 1.3 unary
tests; what is inside them is our expression language, in which `?` is the input value.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from engine.errors import ExpressionFailed, ExpressionInvalid
from engine.scripts.context import Scope
from engine.scripts.data import Trouble, described
from engine.scripts.expressions import CACHED, Expression, compile_cell_expression, sentence
from engine.scripts.nodes import SUBJECT
from engine.scripts.operators import COMPARISONS
from engine.scripts.quoting import find_outside, split_outside
from engine.scripts.syntax import CONSTANTS
from engine.values import Json

Test = Callable[[Scope], bool]
_COMPARISON = re.compile(r"(<=|>=|!=|==|<|>|=)")
_IN = re.compile(r"(not\s+)?in(?=[\s\[(])")
_NOT = re.compile(r"not\s*\(")


@dataclass(frozen=True, slots=True)
class Cell:
    """A compiled cell. `literals`: the values it lists, if it lists nothing else; `any`: it matches everything."""

    source: str
    any: bool
    literals: tuple[Json, ...] | None
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
        return Cell(source, True, None, (), lambda scope: True)
    if SUBJECT in text:
        raise ExpressionInvalid(f"The character {SUBJECT} cannot be used in a cell", expression=source)
    if _NOT.match(text) and find_outside(text, ")") == len(text) - 1:
        inner = compile_cell(text[text.index("(") + 1 : -1])
        if inner.any:
            raise ExpressionInvalid("not(…) needs something inside", expression=source)
        return Cell(source, False, None, inner.bare_names, lambda scope: not inner.matches(scope))
    alternatives = [_Alternative(each.strip(), source) for each in split_outside(text, ",")]
    tests = [each.test() for each in alternatives]
    literals = [each.literal for each in alternatives if each.is_literal]
    names = tuple(each.bare_name for each in alternatives if each.bare_name)
    listed = tuple(literals) if len(literals) == len(alternatives) else None
    return Cell(source, False, listed, names, lambda scope: any(test(scope) for test in tests))


class _Alternative:
    """One alternative of a cell: finds out which form it has."""

    def __init__(self, text: str, cell: str) -> None:
        self.is_literal = False
        self.literal: Json = None
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
            inner = _Alternative(text, self._cell).test()
            return (lambda scope: not inner(scope)) if negated else inner
        return self._compared("not in" if negated else "in", self._compile(text))

    def _comparison(self, symbol: str, expression: Expression) -> Test:
        symbol = "==" if symbol == "=" else symbol
        if symbol in ("==", "!="):
            return lambda scope: alike(scope.subject, expression.run(scope)) is (symbol == "==")
        test = self._compared(symbol, expression)
        return lambda scope: scope.subject is not None and test(scope)

    def _range(self, low: str, high: str, *, closed: tuple[bool, bool]) -> Test:
        above = self._compared(">=" if closed[0] else ">", self._compile(low))
        below = self._compared("<=" if closed[1] else "<", self._compile(high))
        return lambda scope: scope.subject is not None and above(scope) and below(scope)

    def _equality(self, expression: Expression) -> Test:
        self._note_literal()
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

    def _note_literal(self) -> None:
        if self._text in CONSTANTS:
            self.is_literal, self.literal = True, CONSTANTS[self._text]
            return
        try:
            self.literal = ast.literal_eval(self._text)
            self.is_literal = True
        except (ValueError, SyntaxError):
            self.bare_name = self._text if self._text.isidentifier() else ""

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
