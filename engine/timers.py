# SPDX-License-Identifier: Apache-2.0
"""Armed timers: those of cases as values, and those of start events, which begin cases by themselves.

When one is due is `engine.bpmn.timing`'s word, firing is `engine.facade.time`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

from engine.bpmn.model import TimerUse
from engine.bpmn.timing import first_due, next_due, timer_text
from engine.recurrence import is_recurrence, parse_recurrence
from engine.scripts import Context, compile_expression
from engine.store import instances as store
from engine.store.transaction import Armed, Tx
from engine.values import Json, Punctuality, Timer


def as_value(row: Any) -> Timer:
    return Timer(
        id=f"{row.instance_id}.{row.token}.{row.element}",
        case_id=row.instance_id,
        element=row.element,
        name=row.name,
        due_at=row.due_at,
        case_title=row.case_title,
    )


def told(row: Any, now: datetime) -> dict[str, Json]:
    """What the event of a fired timer says about it."""
    late = max((now - row.due_at).total_seconds(), 0.0)
    return {
        "element": row.element,
        "name": row.name,
        "due_at": row.due_at.isoformat(),
        "late_seconds": round(late, 3),
    }


def arm_starts(
    tx: Tx, process_id: str, starts: Mapping[str, list[str]], calendars: Mapping[str, Any], zone: tzinfo
) -> None:
    """Arm the start timers of a version just published, in place of those of the one before.

    What repeats as before is counted from where it was: a version that changes something else puts nothing off.
    ``starts``: start event -> (name, kind of timer, text).
    """
    context = Context(now=tx.now, case_id="", calendars=calendars)
    rows, before = [], store.own_start_timers(tx.connection, process_id)
    for element, (name, kind, written) in starts.items():
        text = timer_text(TimerUse(kind, written), lambda source: compile_expression(source).evaluate({}, context))
        anchor, due = tx.now, first_due(kind, text, tx.now, zone)
        if element in before and before[element].text == text and is_recurrence(text):
            anchor, due = before[element].anchor, goes_on(before[element], tx.now, zone)
        rows.append({"element": element, "name": name, "text": text, "anchor": anchor, "due_at": due})
        tx.starts.append(Armed(due, process_id))
    store.replace_start_timers(tx.connection, process_id, rows)


def goes_on(row: Any, now: datetime, zone: tzinfo) -> datetime:
    """When a cycle is due that was armed before; in another zone at the same time of day. What is due by now stays due."""
    if row.due_at <= now:
        return row.due_at  # type: ignore[no-any-return]
    due = parse_recurrence(row.text, zone).next_after(row.anchor, row.last_due, now if row.last_due else row.anchor)
    return row.due_at if due is None else due.astimezone(UTC)


def move_on(tx: Tx, row: Any, fired: datetime, case_id: str, zone: tzinfo) -> None:
    """After a start timer has fired and a case began: a cycle is due again, anything else is done.

    Unless the step itself has written another date than that for which it ``fired``.
    """
    if row.due_at != fired:
        store.move_start_timer(tx.connection, row, row.due_at, fired, case_id)
        return
    due = next_due(row.text, row.anchor, row.due_at, tx.now, zone) if is_recurrence(row.text) else None
    store.move_start_timer(tx.connection, row, due, fired, case_id)
    if due is not None:
        tx.starts.append(Armed(due, row.process_id))


def by_hour(firings: Iterable[tuple[datetime, int, int]]) -> tuple[Punctuality, ...]:
    """Figures per hour of (hour, lateness in milliseconds, how many), which come in that order."""
    return tuple(punctuality(hour, [f[1:] for f in found]) for hour, found in groupby(firings, lambda f: f[0]))


def punctuality(since: datetime, lateness: Iterable[tuple[int, int]]) -> Punctuality:
    """Figures of (lateness in milliseconds, how many), the smallest lateness first."""
    listed = list(lateness)
    total = sum(number for _, number in listed)
    return Punctuality(since, total, _rank(listed, total, 50), _rank(listed, total, 99), listed[-1][0] / 1000)


def _rank(lateness: list[tuple[int, int]], total: int, percent: int) -> float:
    """The percentile by nearest rank, in seconds: a value that was really measured."""
    wanted, seen = -(-total * percent // 100), 0
    for milliseconds, number in lateness:
        seen += number
        if seen >= wanted:
            return milliseconds / 1000
    raise AssertionError("there is no such rank")
