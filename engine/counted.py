# SPDX-License-Identifier: Apache-2.0
"""Values that count: what a monitor and the system page show. They cross the engine's door with `engine.values`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How late timers fired (seconds after their due time) from ``since`` on: median, 99th percentile, worst."""

    since: datetime
    fired: int
    p50: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is and waits now, of all processes on this database. ``oldest_due``: of the timers due now."""

    cases_running: int
    cases_held: int
    tasks_open: int
    tasks_overdue: int
    calls_failed: int
    timers_armed: int
    timers_due: int
    oldest_due: datetime | None
