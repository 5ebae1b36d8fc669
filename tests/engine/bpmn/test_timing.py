# SPDX-License-Identifier: Apache-2.0
"""When a timer event is due: dates, durations and cycles, plain or computed, on the local calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn.model import TimerUse
from engine.bpmn.timing import first_due, next_due, timer_text
from engine.errors import TimeInvalid

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # the clocks go forward in the night


def never(expression: str) -> object:
    raise AssertionError(f"{expression} is no expression")


@pytest.mark.parametrize(
    "text", ["PT4H", "P1M", "P1DT2H", "R/PT1H", "R3/2026-01-01T00:00:00Z/P1D", "2026-03-28", "2026-03-28T12:00:00Z"]
)
def test_plain_texts_are_not_evaluated(text: str) -> None:
    """ISO 8601 stands for itself."""
    assert timer_text(TimerUse("", f" {text} "), never) == text


def test_anything_else_is_an_expression() -> None:
    """That must give a text."""
    assert timer_text(TimerUse("", '"PT1H"'), lambda e: e.strip('"')) == "PT1H"
    with pytest.raises(TimeInvalid):
        timer_text(TimerUse("", "x"), lambda e: 5)


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDate", "2026-07-01T12:00:00", "2026-07-01T10:00:00+00:00"),  # local time, as it will be in July
        ("timeDate", "2026-01-01T12:00:00+05:00", "2026-01-01T07:00:00+00:00"),
        ("timeDuration", "P1D", "2026-03-29T11:00:00+00:00"),  # the same time of day, an hour less
        ("timeDuration", "PT24H", "2026-03-29T12:00:00+00:00"),  # exactly that long
        ("timeDuration", "P1M", "2026-04-28T11:00:00+00:00"),
        ("timeDuration", "PT0S", "2026-03-28T12:00:00+00:00"),
        ("timeCycle", "R/P1D", "2026-03-29T11:00:00+00:00"),
        ("timeCycle", "R/2026-01-31T09:00:00+01:00/P1M", "2026-03-31T07:00:00+00:00"),
    ],
)
def test_the_first_due_time(kind: str, text: str, due: str) -> None:
    """In UTC; days and months are those of the calendar."""
    assert first_due(kind, text, NOW, BERLIN).isoformat() == due


@pytest.mark.parametrize(
    ("kind", "text"),
    [("timeDuration", "-PT1H"), ("timeDuration", "P"), ("timeDuration", "PT"), ("timeDuration", "P1Y2W3X"), ("timeCycle", "R0/PT1H"),
     ("timeCycle", "R/PT0S"), ("timeDate", "tomorrow"), ("timeDate", "2026-02-30T00:00:00"), ("timeDuration", "R/PT1H")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(kind: str, text: str) -> None:
    """SpiffWorkflow takes several of these for something else."""
    with pytest.raises(TimeInvalid):
        first_due(kind, text, NOW, BERLIN)


def test_a_monthly_cycle_keeps_to_the_calendar() -> None:
    """From the 31st to the last day of each month, without drifting."""
    anchor = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)
    dues, due = [], anchor
    for _ in range(5):
        found = next_due("R/P1M", anchor, due, due, BERLIN)
        assert found is not None
        due = found
        dues.append(due.astimezone(BERLIN).isoformat()[:16])
    assert dues == ["2026-02-28T09:00", "2026-03-31T09:00", "2026-04-30T09:00", "2026-05-31T09:00", "2026-06-30T09:00"]


def test_what_was_missed_is_left_out() -> None:
    """The next due time is after now, on the grid."""
    found = next_due("R/PT1H", NOW, NOW, NOW.replace(hour=20, minute=30), BERLIN)
    assert found == NOW.replace(hour=21)
    assert next_due("R3/PT1H", NOW, NOW.replace(hour=13), NOW.replace(hour=20), BERLIN) is None
