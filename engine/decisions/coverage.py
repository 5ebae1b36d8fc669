# SPDX-License-Identifier: Apache-2.0
"""Which combinations of input values a table covers, by trying one value out of each stretch between its constants.

Best effort: a table with a cell that looks at more than its own input has no `Coverage`, nor has one with too many
combinations. Between whole numbers no fractions are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from math import prod

from engine.decisions.table import DecisionTable, Input, Rule
from engine.errors import ExpressionError
from engine.scripts.context import Context, Scope
from engine.scripts.data import is_number, same, show
from engine.scripts.unary import Cell, compile_cell
from engine.values import Json

_MOST_COMBINATIONS = 20_000
_MOST_RULES = 200
ANYWHERE = Context(datetime(2000, 1, 1, tzinfo=UTC))  #: constants do not look at it


@dataclass(frozen=True)
class Coverage:
    """`values`: what is tried for each input; `matches`: for each rule and input, which of them match."""

    rules: tuple[Rule, ...]
    values: tuple[tuple[Json, ...], ...]
    matches: tuple[tuple[frozenset[int], ...], ...]

    @classmethod
    def of(cls, table: DecisionTable) -> Coverage | None:
        """The coverage of a table whose cells compile; None if it cannot be told."""
        if len(table.rules) > _MOST_RULES:
            return None
        columns = [[compile_cell(rule.cells[number]) for rule in table.rules] for number in range(len(table.inputs))]
        values = [_values(column, cells) for column, cells in zip(table.inputs, columns, strict=True)]
        known = [each for each in values if each is not None]
        if len(known) < len(values) or prod(map(len, known)) > _MOST_COMBINATIONS:
            return None
        try:
            by_column = [
                [_matching(cell, tried) for cell in cells] for cells, tried in zip(columns, known, strict=True)
            ]
        except ExpressionError:  # values of several kinds in one column
            return None
        matches = tuple(tuple(column[row] for column in by_column) for row in range(len(table.rules)))
        return cls(table.rules, tuple(map(tuple, known)), matches)

    def overlaps(self) -> Iterator[tuple[Rule, Rule, tuple[str, ...]]]:
        """Pairs of rules that both match, with an example."""
        for second, rule in enumerate(self.rules):
            for first in range(second):
                common = [a & b for a, b in zip(self.matches[first], self.matches[second], strict=True)]
                if all(common):
                    yield self.rules[first], rule, self._shown(tuple(min(each) for each in common))

    def shadowed(self) -> Iterator[tuple[Rule, Rule]]:
        """(rule, an earlier one that matches whatever it matches)."""
        for second, rule in enumerate(self.rules):
            for first in range(second):
                columns = zip(
                    self.rules[first].cells, rule.cells, self.matches[first], self.matches[second], strict=True
                )
                # Where anything may stand, more values may come than are tried.
                if all(_is_any(a) or (not _is_any(b) and those <= these) for a, b, these, those in columns):
                    yield rule, self.rules[first]
                    break

    def gaps(self, most: int) -> Iterator[tuple[str, ...]]:
        """Up to `most` combinations that no rule matches."""
        for combination in product(*(range(len(tried)) for tried in self.values)):
            if not any(all(at in own for at, own in zip(combination, rule, strict=True)) for rule in self.matches):
                yield self._shown(combination)
                most -= 1
                if not most:
                    return

    def _shown(self, combination: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(show(tried[at]) for tried, at in zip(self.values, combination, strict=True))


def _is_any(cell: str) -> bool:
    return cell.strip() in ("", "-")


def _values(column: Input, cells: list[Cell]) -> list[Json] | None:
    """What to try for one input: its declared values, else the constants of its cells and what lies between them."""
    declared = [compile_cell(value) for value in column.values]
    samples: list[Json] = []
    for cell in declared or cells:
        if cell.samples is None:
            return None
        samples += [value for value in cell.samples if not any(same(value, known) for known in samples)]
    if all(map(is_number, samples)) and samples and not all(cell.listed for cell in declared or cells):
        return _between(sorted(samples))
    if not all(cell.listed for cell in declared or cells):
        return None
    if samples and all(isinstance(value, bool) for value in samples):
        return [True, False]
    return samples or [None]


def _between(numbers: list[Json]) -> list[Json]:
    """The numbers, one in each gap between two of them, and one beyond each end."""
    tried: list[Json] = [numbers[0] - 1]
    for low, high in zip(numbers, [*numbers[1:], None], strict=True):
        tried.append(low)
        middle = low + 1 if high is None else (low + high) / 2
        if isinstance(low, int) and isinstance(high, int):
            middle = (low + high) // 2
        if middle != low:
            tried.append(middle)
    return tried


def _matching(cell: Cell, tried: list[Json]) -> frozenset[int]:
    return frozenset(at for at, value in enumerate(tried) if cell.matches(Scope({}, ANYWHERE, value)))
