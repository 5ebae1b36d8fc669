# SPDX-License-Identifier: Apache-2.0
"""Another date, and another period, for the review of a record or for a timer on a diagram: what was asked for, and what
it would make of two years."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine import Retimed
from engine.errors import EngineError
from engine.values import Json
from webapp.calendar.items import MONTHS, Book, Entry, Item, horizon, period_words, plus_months
from webapp.ext import get_engine

#: What is offered where the register names no choices.
PERIODS = ("P1M", "P2M", "P3M", "P6M", "P1Y", "P2Y")
OFTEN = ("P1W", "P2W")  #: and of a process that begins by itself
#: How often, and the period of a cycle that has no end.
_CYCLE = re.compile(r"(R\d*)/(?:[^/P][^/]*/)?(P[^/]+)")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. ``first`` is in local time; ``fields`` is what would be written into a record, ``cycle`` on a
    diagram, and ``retimed`` what that makes of its process."""

    asked: bool
    on: str
    period: str
    reason: str = ""
    first: datetime | None = None
    fields: dict[str, Json] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    cycle: str = ""
    retimed: Retimed | None = None

    def entries(self, book: Book, item: Item) -> list[Entry]:
        """The two years as they would be."""
        if self.first is None:
            return []
        last = plus_months(book.days.today.replace(day=1), MONTHS)
        if self.retimed:
            changed = replace(item.planned, at=self.first, later=self.retimed.later, often=self.retimed.often)
        else:
            later = get_engine().repeats(self.first, self.period, horizon(book.days.today, book.zone)) if self.period else ()
            changed = replace(item.planned, at=self.first, later=later, often=False)
        return [
            e for e in book.entries([replace(item, planned=changed, late=False)], date.min, last) if e.kind != "done"
        ]


def asked(values: Mapping[str, str], item: Item, book: Book) -> Wish:
    """Read the form; without a date in it the present one is shown."""
    return _of_timer(values, item, book) if item.planned.on_diagram else _of_record(values, item, book.zone)


def _of_record(values: Mapping[str, str], item: Item, zone: ZoneInfo) -> Wish:
    p = item.planned
    now = p.at.astimezone(zone) if p.at else None
    shown = (f"{now:%Y-%m-%d}" if p.all_day else f"{now:%Y-%m-%dT%H:%M}") if now else ""
    on, period = values.get("on", "").strip(), values.get("period", "").strip()
    reason = values.get("reason", "").strip()
    if "on" not in values or not p.field:
        return Wish(False, shown, p.period)
    faults: dict[str, str] = {}
    first = _moment(on, zone)
    if first is None:
        faults["on"] = f"There is no day {on[:16]}." if on else "Give a day." if p.all_day else "Give a day and a time."
    wanted = period if p.period_field else p.period
    if wanted and (fault := _fault(wanted)):
        faults["period"] = fault
        wanted = ""
    fields: dict[str, Json] = {}
    if first is not None:
        fields[p.field] = f"{first:%Y-%m-%d}" if p.all_day or len(on) == len("2026-01-31") else first.isoformat()
    if p.period_field and wanted and wanted != p.period:
        fields[p.period_field] = wanted
    return Wish(True, on, wanted, reason, first, fields, faults)


def _of_timer(values: Mapping[str, str], item: Item, book: Book) -> Wish:
    """Date and period make a cycle; one that is no such pair (a cron line, a rule) is asked for as it is written."""
    p, reason = item.planned, values.get("reason", "").strip()
    plain = _CYCLE.fullmatch(p.period)
    if "on" not in values and "cycle" not in values:
        shown = f"{p.at.astimezone(book.zone):%Y-%m-%dT%H:%M}" if p.at else ""
        return Wish(False, shown, plain[2] if plain else "", cycle=p.period)
    on, period = values.get("on", "").strip(), values.get("period", "").strip()
    cycle = values.get("cycle", "").strip()
    if plain:
        start = _moment(on, book.zone)
        if start is None:
            return Wish(True, on, period, reason, faults={"on": "Give a day and a time."})
        cycle = f"{plain[1]}/{start.astimezone(book.zone).replace(tzinfo=None).isoformat(timespec='seconds')}/{period}"
    told = "period" if plain else "cycle"
    try:
        found = get_engine().retimed(p.process_id, p.element, cycle, horizon(book.days.today, book.zone))
    except EngineError as error:
        said = f"{error.sentence} {error.hint}".strip()
        return Wish(True, on, period, reason, faults={told: said}, cycle=cycle)
    faults = {told: "These are the times that it has now."} if _same(found, item) else {}
    return Wish(True, on, period, reason, found.at.astimezone(book.zone), {}, faults, cycle, found)


def _same(found: Retimed, item: Item) -> bool:
    return (found.at, found.later, found.often) == (item.planned.at, item.planned.later, item.planned.often)


def has_pair(item: Item) -> bool:
    """Whether the cycle of a timer is a date and a period."""
    return _CYCLE.fullmatch(item.planned.period) is not None


def periods(item: Item) -> tuple[tuple[str, str], ...]:
    """The periods on offer with their words; none if the record has no field for one."""
    p = item.planned
    if p.on_diagram:
        plain = _CYCLE.fullmatch(p.period)
        offered = [*OFTEN, *PERIODS]
        if plain and plain[2] not in offered:
            offered.insert(0, plain[2])
        return tuple((one, period_words(one)) for one in offered) if plain else ()
    if not p.period_field:
        return ()
    prop: Any = get_engine().register(p.register).schema
    prop = prop["properties"].get(p.period_field, {})
    offered = [c["const"] for c in prop.get("oneOf", ()) if "const" in c] or list(prop.get("enum", ())) or list(PERIODS)
    if p.period and p.period not in offered:
        offered.insert(0, p.period)
    return tuple((one, period_words(one)) for one in offered)


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first hours of the calendar are outside of it elsewhere
        return None
    return found


def _fault(period: str) -> str:
    far = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
    try:
        get_engine().repeats(far, period, far)
    except EngineError as error:
        return f"{error.sentence} {error.hint}".strip()
    return ""
