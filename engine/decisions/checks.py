# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a decision table, found before it is published.

Errors: what would fail at every evaluation (cells that cannot be read, missing columns, rules that overlap in a
UNIQUE table). Warnings: what is probably not meant (a word without quotation marks, a combination without rule).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from engine.decisions.coverage import ANYWHERE, Coverage
from engine.decisions.evaluation import given
from engine.decisions.table import DecisionTable, Output, Rule
from engine.errors import ExpressionError, ExpressionInvalid
from engine.scripts.data import same
from engine.scripts.expressions import compile_expression
from engine.scripts.unary import Cell, compile_cell
from engine.values import Finding, Json

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    **dict.fromkeys(("number", "integer", "long", "double"), (int, float)),
}
#: Hit policies that give one result; without one for a combination it is nothing.
_ONE_RESULT = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
_MOST = 5  #: combinations named


def check(table: DecisionTable) -> list[Finding]:
    """All findings, in the order of the file. An empty list: the table can be published."""
    checker = _Checker(table)
    findings = [*checker.columns(), *checker.rules()]
    if not any(finding.severity == "error" for finding in findings):
        findings += checker.coverage()
    return findings


class _Checker:
    def __init__(self, table: DecisionTable) -> None:
        self._table = table

    def columns(self) -> Iterator[Finding]:
        """What is wrong with the table as a whole and its columns."""
        table = self._table
        if not table.outputs:
            yield self._table_error("dmn-output", "the table has no output", "Add a column for the result.")
        if not table.rules:
            yield self._table_error("dmn-rules", "the table has no rules", "Add a rule.")
        names = [output.name for output in table.outputs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield self._table_error("dmn-output", f"two outputs are named '{name}'", "Each sets its own variable.")
        if table.aggregation and len(table.outputs) != 1:
            yield self._table_error("dmn-aggregation", f"{table.aggregation} needs exactly one output")
        ordered = any(output.values for output in table.outputs)
        if table.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not ordered:
            hint = "List the output's values, the most important first."
            yield self._table_error("dmn-priority", f"{table.hit_policy} needs output values", hint)
        for column in table.inputs:
            yield from self._compiles(column.expression, column.id, column.line, "the input")
            for value in column.values:
                yield from self._cell(value, column.id, column.line, "the input values")
        for output in table.outputs:
            yield from self._output(output)

    def _output(self, output: Output) -> Iterator[Finding]:
        for value in output.values:
            yield from self._compiles(value, output.id, output.line, "the output values")
        if output.default is not None and given(output.default):
            yield from self._compiles(output.default, output.id, output.line, "the default")

    def rules(self) -> Iterator[Finding]:
        """What is wrong with the cells."""
        for rule in self._table.rules:
            for column, text in zip(self._table.inputs, rule.cells, strict=False):
                where = f"rule {rule.number}, {column.title}"
                yield from self._cell(text, rule.id, rule.line, where, column.type)
            for output, text in zip(self._table.outputs, rule.results, strict=False):
                where = f"rule {rule.number}, {output.name}"
                if given(text):
                    yield from self._compiles(text, rule.id, rule.line, where, output.type)

    def coverage(self) -> Iterator[Finding]:
        """Overlaps, gaps and rules without effect of a table that gives one result and whose cells are constants."""
        policy = self._table.hit_policy
        coverage = Coverage.of(self._table) if policy in _ONE_RESULT else None
        if coverage is None:
            return
        for first, second, example in coverage.overlaps() if policy in ("UNIQUE", "ANY") else ():
            message = f"rules {first.number} and {second.number} both match: {self._example(example)}"
            if policy == "UNIQUE":
                yield self._finding("error", second.id, second.line, "dmn-overlap", message, "Only one rule may match.")
            elif _differ(first, second):
                hint = "With the hit policy ANY they must give the same results."
                yield self._finding("error", second.id, second.line, "dmn-any", f"{message}, and differ", hint)
        for rule, earlier in coverage.shadowed() if policy == "FIRST" else ():
            message = f"rule {rule.number} never decides: rule {earlier.number} matches whatever it matches"
            yield self._finding("warning", rule.id, rule.line, "dmn-unreachable", message, "Move it up, or delete it.")
        if all(output.default is None for output in self._table.outputs):
            for gap in coverage.gaps(_MOST):
                hint = "Add a rule, or a default output, if this can happen."
                yield self._table_error("dmn-gap", f"no rule matches: {self._example(gap)}", hint, "warning")

    def _example(self, values: tuple[str, ...]) -> str:
        return ", ".join(f"{title} = {value}" for title, value in zip(self._table.titles, values, strict=True))

    def _cell(self, text: str, element: str, line: int, where: str, kind: str = "") -> Iterator[Finding]:
        try:
            cell = compile_cell(text)
        except ExpressionInvalid as error:
            yield self._finding("error", element, line, "dmn-expression", f"{where}: {error.sentence}", error.hint)
            return
        for name in cell.bare_names:
            yield self._bare_name(name, element, line, where)
        yield from self._type(cell, element, line, where, kind)

    def _type(self, cell: Cell, element: str, line: int, where: str, kind: str) -> Iterator[Finding]:
        kinds = _KINDS.get(kind)
        for value in cell.samples or ():
            if kinds and not _is_of(value, kinds):
                message = f"{where}: {cell.source.strip()} can never match an input of type {kind}"
                hint = "Texts have quotation marks, numbers have none; or change the input's type."
                yield self._finding("warning", element, line, "dmn-type", message, hint)
                return

    def _compiles(self, text: str, element: str, line: int, where: str, kind: str = "") -> Iterator[Finding]:
        try:
            expression = compile_expression(text)
        except ExpressionInvalid as error:
            yield self._finding("error", element, line, "dmn-expression", f"{where}: {error.sentence}", error.hint)
            return
        if kind == "string" and text.strip() in expression.names:
            yield self._bare_name(text.strip(), element, line, where)

    def _bare_name(self, name: str, element: str, line: int, where: str) -> Finding:
        message = f"{where}: {name} is the case variable of that name"
        return self._finding(
            "warning", element, line, "dmn-bare-name", message, f'If you mean the word, write "{name}".'
        )

    def _table_error(
        self, rule: str, message: str, hint: str = "", severity: Literal["error", "warning"] = "error"
    ) -> Finding:
        return self._finding(severity, self._table.id, self._table.line, rule, message, hint)

    def _finding(
        self, severity: Literal["error", "warning"], element: str, line: int, rule: str, message: str, hint: str
    ) -> Finding:
        return Finding(severity, self._table.file, line, element, rule, message, hint)


def _differ(one: Rule, other: Rule) -> bool:
    """Whether two rules surely give different results: those that are constants and not the same."""
    for left, right in zip(one.results, other.results, strict=True):
        compiled = [compile_expression(text if given(text) else "None") for text in (left, right)]
        if not any(each.names for each in compiled):
            try:
                values = [each.evaluate({}, ANYWHERE) for each in compiled]
            except ExpressionError:
                continue
            if not same(*values):
                return True
    return False


def _is_of(value: Json, kinds: tuple[type, ...]) -> bool:
    return value is None or type(value) in kinds
