# SPDX-License-Identifier: Apache-2.0
"""A migration as it stands, and each of its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

MigrationState = Literal["moving", "moved", "undoing", "undone"]
CaseMoveState = Literal["planned", "moved", "refused", "undone", "stays"]


@dataclass(frozen=True, slots=True)
class MigrationCase:
    """One case of a migration. ``seq`` is the event of its move; ``reason`` why it was not moved, or not back."""

    case_id: str
    title: str
    business_key: str
    state: CaseMoveState
    from_version: int
    reason: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """A move of cases to a version. ``counts``: number of its cases by their state."""

    id: str
    process_id: str
    to_version: int
    mapping: Mapping[str, str]
    plan: str
    comment: str
    state: MigrationState
    created_at: datetime
    created_by: str
    counts: Mapping[str, int]
    cases: tuple[MigrationCase, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many cases are still to be moved, or moved back."""
        return self.counts.get({"moving": "planned", "undoing": "moved"}.get(self.state, ""), 0)

    @property
    def done(self) -> int:
        return self.total - self.left


def as_value(row: Mapping[str, Any], counts: Mapping[str, int], cases: tuple[MigrationCase, ...] = ()) -> Migration:
    names = ("id", "process_id", "to_version", "mapping", "plan", "comment", "state", "created_at", "created_by")
    return Migration(**{name: row[name] for name in names}, counts=counts, cases=cases)


def case_value(row: Mapping[str, Any]) -> MigrationCase:
    names = ("title", "business_key", "state", "from_version", "reason", "seq")
    return MigrationCase(case_id=row["instance_id"], **{name: row[name] for name in names})
