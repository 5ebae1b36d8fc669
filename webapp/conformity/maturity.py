# SPDX-License-Identifier: Apache-2.0
"""How mature a process was at the end of each quarter: the same report on what had been done by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.conformity.report import STATES, Conformity

QUARTERS = 8  #: looked back


@dataclass(frozen=True, slots=True)
class Quarter:
    """A process at the end of a quarter (``at``, its last moment), or now (None)."""

    at: datetime | None
    found: Conformity

    @property
    def label(self) -> str:
        """As in ``Q3 2026``."""
        return "now" if self.at is None else f"Q{(self.at.month + 2) // 3} {self.at.year}"

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """(state of requirements, how many), the best first, without those that are in none."""
        return tuple((state, number) for state in STATES if (number := self.found.count(state)))

    @property
    def words(self) -> str:
        """The same for who does not see the picture."""
        told = ", ".join(f"{number} {STATES[state][1]}" for state, number in self.shares)
        return f"{self.label}: level {self.found.level} of 3. Requirements: {told}."


def quarters(now: datetime) -> list[datetime]:
    """The last moments of the quarters before this one, the oldest first, by the time of ``now``'s zone."""
    begun, found = now.replace(month=(now.month - 1) // 3 * 3 + 1, day=1, hour=0, minute=0, second=0, microsecond=0), []
    for _ in range(QUARTERS):
        found.append(begun - timedelta(microseconds=1))
        year, month = (begun.year, begun.month - 3) if begun.month > 3 else (begun.year - 1, 10)
        begun = begun.replace(year=year, month=month)
    return found[::-1]


def since_begun(found: Sequence[Quarter]) -> tuple[Quarter, ...]:
    """Without the quarters before anything was done, but for the last of them."""
    first = next((number for number, one in enumerate(found) if one.found.level), len(found) - 1)
    return tuple(found[max(first - 1, 0) :])
