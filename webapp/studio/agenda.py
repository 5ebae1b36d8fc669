# SPDX-License-Identifier: Apache-2.0
"""What will come up in the next year, for the owner of a process: found out on a copy, shown by the month."""

from __future__ import annotations

from calendar import Calendar, day_name
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from engine import Coming
from webapp import rehearsal
from webapp.ext import get_engine, require, site_zone

MONTHS = 12
LISTED = 400  #: lines on the page
WORDS = {"started": "Case begins", "timer": "Timer fires", "task": "Task opened", "due": "Task is due", "ended": "Case ends",
         "held": "Case is held"}  # fmt: skip
#: What a day is marked with, the gravest first; a case that ends is not worth a mark.
MARKS = ("held", "due", "timer", "started", "task")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a month's sheet. ``mark``: the gravest of what comes up, empty for nothing."""

    day: date
    count: int = 0
    mark: str = ""

    @property
    def told(self) -> str:
        return f"{self.day:%-d %B %Y}: {self.count} {'entry' if self.count == 1 else 'entries'}"


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: tuple[tuple[Day | None, ...], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Agenda:
    today: date
    months: tuple[Month, ...]
    days: tuple[tuple[date, tuple[Coming, ...]], ...]
    total: int
    listed: int
    reached: datetime
    whole: bool  #: the year was rehearsed to its end


def show() -> ResponseReturnValue:
    """The year to come: sheets with marks, and a list."""
    require("definition.publish")
    engine, chosen = get_engine(), request.args.get("process", "")
    definitions = sorted(engine.definitions(), key=lambda d: d.name)
    if chosen and all(d.process_id != chosen for d in definitions):
        raise BadRequest("There is no such process.")
    zone = site_zone()
    now = engine.clock.now().astimezone(zone)
    found = rehearsal.rehearse(engine, datetime(now.year + 1, now.month, 1, tzinfo=zone), complete=_complete())
    shown = [one for one in found.found if chosen in ("", one.process_id)]
    return render_template(
        "studio/agenda.html", agenda=agenda(shown, engine.clock.now(), found.reached, found.until, zone), definitions=definitions,
        chosen=chosen, complete=_complete(), words=WORDS, weekdays=list(day_name), seconds=rehearsal.SECONDS, zone=zone,
    )  # fmt: skip


def _complete() -> bool:
    return request.args.get("people", "") == "complete"


def agenda(found: list[Coming], now: datetime, reached: datetime, until: datetime, zone: ZoneInfo) -> Agenda:
    """Twelve months from the present one, days by local date."""
    by_day: dict[date, list[Coming]] = {}
    for one in found:
        by_day.setdefault(one.at.astimezone(zone).date(), []).append(one)
    today = now.astimezone(zone).date()
    first = today.replace(day=1)
    months = []
    for _ in range(MONTHS):
        months.append(_month(first, by_day))
        first = (first + timedelta(days=31)).replace(day=1)
    listed = list(_first_of(by_day, LISTED))
    return Agenda(
        today, tuple(months), tuple(listed), len(found), sum(len(day[1]) for day in listed), reached, reached >= until
    )


def _first_of(by_day: dict[date, list[Coming]], most: int) -> Iterator[tuple[date, tuple[Coming, ...]]]:
    for day, entries in by_day.items():
        if most <= 0:
            return
        yield day, tuple(entries[:most])
        most -= len(entries)


def _month(first: date, by_day: dict[date, list[Coming]]) -> Month:
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    sheet = tuple(tuple(_day(day, by_day) if day.month == first.month else None for day in week) for week in weeks)
    return Month(first, sheet, sum(day.count for week in sheet for day in week if day))


def _day(day: date, by_day: dict[date, list[Coming]]) -> Day:
    entries = by_day.get(day, [])
    kinds = {one.what for one in entries}
    return Day(day, len(entries), next((mark for mark in MARKS if mark in kinds), ""))
