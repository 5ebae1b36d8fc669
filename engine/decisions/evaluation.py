# SPDX-License-Identifier: Apache-2.0
"""How a table decides, and why it decided so. The hit policies are those of DMN 1.3, chapter 8.2.8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.decisions.table import DecisionResult, DecisionTable, Hit, Output, Rule
from engine.errors import ExpressionError, ExpressionFailed
from engine.scripts.context import Context, Scope
from engine.scripts.data import Trouble, bounded_number, described, is_number, same
from engine.scripts.expressions import compile_expression
from engine.scripts.unary import compile_cell
from engine.values import Json


def evaluate(table: DecisionTable, variables: Mapping[str, Json], context: Context) -> DecisionResult:
    """The decision on these variables.

    RULE ORDER, OUTPUT ORDER and COLLECT without aggregation give a list for each output; the others one value. With
    no hit the outputs are their defaults, else None (an empty list, a count of 0). Raises `ExpressionFailed`.
    """
    seen = [compile_expression(each.expression).evaluate(variables, context) for each in table.inputs]
    inputs = dict(zip(table.titles, seen, strict=True))
    rules = [rule for rule in table.rules if _matches(table, rule, seen, variables, context)]
    if table.hit_policy == "FIRST":
        rules = rules[:1]
    if table.hit_policy == "UNIQUE" and len(rules) > 1:
        raise _failed(
            table, f"{_numbers(rules)} both match, and only one may", inputs, "Make their conditions exclusive."
        )
    results = [_results(table, rule, variables, context) for rule in rules]
    if results:
        outputs = _Combined(table, variables, context, inputs).outputs(rules, results)
    else:
        outputs = _no_hit(table, variables, context)
    return DecisionResult(outputs, tuple(_hit(table, rule) for rule in rules), inputs)


@dataclass(frozen=True)
class _Combined:
    """Several hits made into one answer, by the table's hit policy."""

    table: DecisionTable
    variables: Mapping[str, Json]
    context: Context
    inputs: Mapping[str, Json]

    def outputs(self, rules: Sequence[Rule], results: list[list[Json]]) -> dict[str, Json]:
        policy, names = self.table.hit_policy, [output.name for output in self.table.outputs]
        if policy == "ANY":
            self._agree(rules, results)
        if policy in ("PRIORITY", "OUTPUT ORDER"):
            results = self._by_priority(results)
        if self.table.aggregation:
            return {names[0]: self._aggregate([result[0] for result in results])}
        if self.table.gives_lists:
            return {name: [result[column] for result in results] for column, name in enumerate(names)}
        return dict(zip(names, results[0], strict=True))

    def _agree(self, rules: Sequence[Rule], results: list[list[Json]]) -> None:
        for rule, result in zip(rules[1:], results[1:], strict=True):
            if not same(result, results[0]):
                message = f"{_numbers([rules[0], rule])} both match and give different results"
                raise _failed(self.table, message, self.inputs, "With the hit policy ANY they must agree.")

    def _by_priority(self, results: list[list[Json]]) -> list[list[Json]]:
        """Highest priority first; equal ones in the order of the rules."""
        orders = [
            [compile_expression(value).evaluate(self.variables, self.context) for value in output.values]
            for output in self.table.outputs
        ]

        def rank(result: list[Json]) -> list[int]:
            return [self._position(order, value) for order, value in zip(orders, result, strict=True) if order]

        return sorted(results, key=rank)

    def _position(self, order: list[Json], value: Json) -> int:
        for position, known in enumerate(order):
            if same(known, value):
                return position
        message = f"the result {described(value)} is not among the output's values"
        raise _failed(self.table, message, self.inputs, "The list of output values gives the priority.")

    def _aggregate(self, values: list[Json]) -> Json:
        if self.table.aggregation == "COUNT":
            return len(values)
        odd = next((value for value in values if not is_number(value)), None)
        if odd is not None or not all(map(is_number, values)):
            raise _failed(self.table, f"{self.table.aggregation} needs numbers and saw {described(odd)}", self.inputs)
        try:
            if self.table.aggregation == "SUM":
                return bounded_number(sum(values))
            return min(values) if self.table.aggregation == "MIN" else max(values)
        except Trouble as trouble:
            raise _failed(self.table, trouble.sentence, self.inputs) from None


def _matches(
    table: DecisionTable, rule: Rule, seen: Sequence[Json], variables: Mapping[str, Json], context: Context
) -> bool:
    for column, (cell, value) in enumerate(zip(rule.cells, seen, strict=True)):
        try:
            if not compile_cell(cell).matches(Scope(variables, context, value)):
                return False
        except ExpressionError as error:
            raise _in_cell(table, rule, table.titles[column], error) from None
    return True


def _results(table: DecisionTable, rule: Rule, variables: Mapping[str, Json], context: Context) -> list[Json]:
    values: list[Json] = []
    for output, cell in zip(table.outputs, rule.results, strict=True):
        try:
            values.append(compile_expression(cell).evaluate(variables, context) if given(cell) else None)
        except ExpressionError as error:
            raise _in_cell(table, rule, output.name, error) from None
    return values


def given(cell: str) -> bool:
    """Whether something is written in the cell."""
    return cell.strip() not in ("", "-")


def _no_hit(table: DecisionTable, variables: Mapping[str, Json], context: Context) -> dict[str, Json]:
    return {output.name: _default(table, output, variables, context) for output in table.outputs}


def _default(table: DecisionTable, output: Output, variables: Mapping[str, Json], context: Context) -> Json:
    if output.default is not None and given(output.default):
        value = compile_expression(output.default).evaluate(variables, context)
        return [value] if table.gives_lists else value
    if table.gives_lists:
        return []
    return 0 if table.aggregation == "COUNT" else None


def _hit(table: DecisionTable, rule: Rule) -> Hit:
    return Hit(rule.id, rule.number, tuple(zip(table.titles, rule.cells, strict=True)), rule.annotations)


def _numbers(rules: Sequence[Rule]) -> str:
    return "rules " + " and ".join(f"{rule.number} ({rule.id})" for rule in rules[:5])


def _in_cell(table: DecisionTable, rule: Rule, column: str, error: ExpressionError) -> ExpressionFailed:
    where = f"Decision table '{table.name or table.id}', rule {rule.number} ({rule.id}), {column}: "
    return ExpressionFailed(where + error.sentence, expression=error.expression, names=error.names, hint=error.hint)


def _failed(table: DecisionTable, message: str, inputs: Mapping[str, Json], hint: str = "") -> ExpressionFailed:
    return ExpressionFailed(
        f"Decision table '{table.name or table.id}': {message}", expression=table.id, names=inputs, hint=hint
    )
