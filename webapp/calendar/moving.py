# SPDX-License-Identifier: Apache-2.0
"""Another date, and another period, for the review of a record: what was asked for, and what it would make of two years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import EngineError
from engine.values import Json
from webapp.calendar.items import MONTHS, Book, Entry, Item, period_words, plus_months
from webapp.ext import get_engine

#: What is offered where the register names no choices.
PERIODS = ("P1M", "P2M", "P3M", "P6M", "P1Y", "P2Y")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. ``first`` is in local time; ``fields`` is what would be written."""

    asked: bool
    on: str
    period: str
    reason: str = ""
    first: datetime | None = None
    fields: dict[str, Json] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def entries(self, book: Book, item: Item) -> list[Entry]:
        """The two years as they would be."""
        if self.first is None:
            return []
        last = plus_months(book.days.today.replace(day=1), MONTHS)
        until = datetime.combine(last, datetime.min.time(), book.zone)
        later = get_engine().repeats(self.first, self.period, until) if self.period else ()
        changed = replace(item.planned, at=self.first, later=later, often=False)
        return [
            e for e in book.entries([replace(item, planned=changed, late=False)], date.min, last) if e.kind != "done"
        ]


def asked(values: Mapping[str, str], item: Item, zone: ZoneInfo) -> Wish:
    """Read the form; without a date in it the present one is shown."""
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
        faults["on"] = "Give a day." if p.all_day else "Give a day and a time."
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


def periods(item: Item) -> tuple[tuple[str, str], ...]:
    """The periods on offer with their words; none if the record has no field for one."""
    p = item.planned
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
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _fault(period: str) -> str:
    far = datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))
    try:
        get_engine().repeats(far, period, far)
    except EngineError as error:
        return error.sentence
    return ""
