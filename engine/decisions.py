# SPDX-License-Identifier: Apache-2.0
"""Decision tables: what they are, how they decide, and why they decided so. Pure: no XML (`engine.bpmn.dmn` reads it).

Hit policies are those of DMN 1.3, chapter 8.2.8. They are all checked: a UNIQUE table with two hits and an ANY table
with two answers are errors that name the rules, never a silent first match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.errors import ExpressionFailed
from engine.scripts.context import Context, Scope
from engine.scripts.data import Trouble, bounded_number, described, is_number, same
from engine.scripts.expressions import compile_expression
from engine.scripts.unary import compile_cell
from engine.values import Json

HitPolicy = Literal["UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregation = Literal["", "SUM", "MIN", "MAX", "COUNT"]
HIT_POLICIES: tuple[HitPolicy, ...] = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS: tuple[Aggregation, ...] = ("", "SUM", "MIN", "MAX", "COUNT")

_LISTS = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions. `values`: the values that may occur, as cell texts; empty if any may."""

    id: str
    label: str
    expression: str
    values: tuple[str, ...] = ()
    type: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results. `values`: the possible results in falling priority, as expressions."""

    id: str
    name: str
    label: str = ""
    values: tuple[str, ...] = ()
    default: str | None = None
    type: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one cell for each input, one expression for each output. `number` counts from 1."""

    id: str
    number: int
    cells: tuple[str, ...]
    results: tuple[str, ...]
    annotations: tuple[str, ...] = ()
    description: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """One decision. `file` and the `line`s lead to it in its source."""

    id: str
    name: str
    hit_policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched: its row number, the cells that matched as (input's label, cell text), its annotations."""

    rule: str
    number: int
    cells: tuple[tuple[str, str], ...]
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a table decided and why. `inputs`: the values seen, by input label."""

    outputs: Mapping[str, Json]
    hits: tuple[Hit, ...] = ()
    inputs: Mapping[str, Json] = field(default_factory=dict)


def evaluate(table: DecisionTable, variables: Mapping[str, Json], context: Context) -> DecisionResult:
    """The decision on these variables.

    RULE ORDER, OUTPUT ORDER and COLLECT without aggregation give a list for each output; the others one value. With
    no hit the outputs are their defaults, else None (an empty list, a count of 0). Raises `ExpressionFailed`.
    """
    inputs = {_label(each): compile_expression(each.expression).evaluate(variables, context) for each in table.inputs}
    seen = list(inputs.values())
    rules = [rule for rule in table.rules if _matches(rule, seen, variables, context)]
    if table.hit_policy == "FIRST":
        rules = rules[:1]
    if table.hit_policy == "UNIQUE" and len(rules) > 1:
        raise _failed(
            table, f"{_numbers(rules)} both match, and only one may", inputs, "Make their conditions exclusive."
        )
    results = [_results(table, rule.results, variables, context) for rule in rules]
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
        if policy in _LISTS:
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


def _matches(rule: Rule, seen: list[Json], variables: Mapping[str, Json], context: Context) -> bool:
    return all(
        compile_cell(cell).matches(Scope(variables, context, value))
        for cell, value in zip(rule.cells, seen, strict=True)
    )


def _results(table: DecisionTable, cells: Sequence[str], variables: Mapping[str, Json], context: Context) -> list[Json]:
    return [compile_expression(cell).evaluate(variables, context) if _given(cell) else None for cell in cells]


def _no_hit(table: DecisionTable, variables: Mapping[str, Json], context: Context) -> dict[str, Json]:
    return {output.name: _default(table, output, variables, context) for output in table.outputs}


def _default(table: DecisionTable, output: Output, variables: Mapping[str, Json], context: Context) -> Json:
    listed = table.hit_policy in _LISTS and not table.aggregation
    if output.default is not None and _given(output.default):
        value = compile_expression(output.default).evaluate(variables, context)
        return [value] if listed else value
    if listed:
        return []
    return 0 if table.aggregation == "COUNT" else None


def _given(cell: str) -> bool:
    return cell.strip() not in ("", "-")


def _label(column: Input) -> str:
    return column.label or column.expression


def _hit(table: DecisionTable, rule: Rule) -> Hit:
    labels = [_label(column) for column in table.inputs]
    return Hit(rule.id, rule.number, tuple(zip(labels, rule.cells, strict=True)), rule.annotations)


def _numbers(rules: Sequence[Rule]) -> str:
    return "rules " + " and ".join(f"{rule.number} ({rule.id})" for rule in rules[:5])


def _failed(table: DecisionTable, message: str, inputs: Mapping[str, Json], hint: str = "") -> ExpressionFailed:
    return ExpressionFailed(
        f"Decision table '{table.name or table.id}': {message}", expression=table.id, names=inputs, hint=hint
    )
