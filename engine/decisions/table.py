# SPDX-License-Identifier: Apache-2.0
"""What a decision table is, and what it answers: frozen values, as written in its file (cells are texts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.values import Json

HitPolicy = Literal["UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregation = Literal["", "SUM", "MIN", "MAX", "COUNT"]
HIT_POLICIES: tuple[HitPolicy, ...] = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS: tuple[Aggregation, ...] = ("", "SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions. `values`: the values that may occur, as cell texts; empty if any may."""

    id: str
    label: str
    expression: str
    values: tuple[str, ...] = ()
    type: str = ""
    line: int = 0

    @property
    def title(self) -> str:
        """What people call the column."""
        return self.label or self.expression


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

    @property
    def gives_lists(self) -> bool:
        """Whether every output is a list, one value for each hit."""
        return self.hit_policy in ("RULE ORDER", "OUTPUT ORDER", "COLLECT") and not self.aggregation

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the inputs, made different where two are equal."""
        titles = [each.title for each in self.inputs]
        return tuple(
            title if titles.count(title) == 1 else f"{title} ({number})" for number, title in enumerate(titles, 1)
        )


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
