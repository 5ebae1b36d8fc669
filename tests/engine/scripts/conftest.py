# SPDX-License-Identifier: Apache-2.0
"""The circumstances of a step, and script workers, for the tests of the language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine.scripts import Context, ScriptRunner
from engine.worktime import Calendar

OFFICE = Calendar.from_json(
    {
        "time_zone": "UTC",
        "opening_hours": {day: ["08:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
    }
)


@pytest.fixture(scope="session")
def context() -> Context:
    """A Monday morning; Ada does the step in a case that Grace started."""
    return Context(datetime(2026, 1, 26, 9, tzinfo=UTC), "ada", "C-1", "grace", {"default": OFFICE})


@pytest.fixture(scope="session")
def runner() -> Iterator[ScriptRunner]:
    """Workers that give a script 0.3 seconds instead of one."""
    with ScriptRunner(workers=1, seconds=0.3) as workers:
        yield workers
