# SPDX-License-Identifier: Apache-2.0
"""What is in somebody's calendar: the items, whose they are, on which days they lie, and what they run into."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from engine import Coming, Engine, Planned
from engine.errors import EngineError
from engine.values import Actor
from webapp.filters import length_words
from webapp.studio.present import by_folder

MONTHS = 24
SCOPES = {"mine": "Mine", "ours": "My processes", "all": "All"}
KINDS = {
    "review": "Review of a record", "start": "A process begins", "task": "Task is due", "timer": "Timer of a case",
    "done": "Begun before", "ahead": "Rehearsed",
}  # fmt: skip
_CYCLE = re.compile(r"R\d*/(?:.*/)?(P[^/]+)(?:/.*)?")
_REHEARSED = {"task": "Task opened", "due": "Task is due", "timer": "Timer fires", "held": "Case is held"}


@dataclass(frozen=True, slots=True)
class Freeze:
    first: date
    last: date
    reason: str
    register: str
    record_id: str

    @property
    def told(self) -> str:
        return f"{self.reason} ({self.first:%-d %b} – {self.last:%-d %b %Y})"


@dataclass(frozen=True, slots=True)
class Days:
    """What days are: ``closed`` by a holiday, in a freeze of changes."""

    today: date
    closed: Mapping[date, str] = field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()

    def notes(self, day: date) -> tuple[str, ...]:
        """What something on this day runs into."""
        if day < self.today:
            return ()
        frozen = [f"Change freeze: {one.reason}" for one in self.frozen(day)]
        return ((f"Holiday: {self.closed[day]}",) if day in self.closed else ()) + tuple(frozen)

    def frozen(self, day: date) -> tuple[Freeze, ...]:
        return tuple(one for one in self.freezes if one.first <= day <= one.last)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item on one day. ``expected``: counted on, not armed; ``who``: (person, role)."""

    day: date
    kind: str
    title: str
    under: str
    url: str
    time: str = ""
    who: tuple[str, str] = ("", "")
    late: bool = False
    expected: bool = False
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """All of it in one line, for the title of a mark."""
        parts = (KINDS[self.kind], self.title, self.under, self.time, "late" if self.late else "", *self.notes)
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the calendar as the page shows it."""

    planned: Planned
    folder: str
    day: date | None
    late: bool
    mine: bool

    @property
    def title(self) -> str:
        p = self.planned
        if p.what == "review":
            return f"{p.record_id} {p.label}" if p.label != p.record_id else p.label
        return (p.name or p.process) if p.what != "start" else p.process

    @property
    def under(self) -> str:
        """What stands below the title."""
        p = self.planned
        if p.what in ("task", "timer"):
            return p.case or p.process
        return p.name if p.what == "start" else f"{p.name} · {p.process}" if p.name else p.process

    @property
    def short(self) -> tuple[str, str]:
        """Title and what stands below it where there is little room: of a record, what is to be done comes first."""
        p = self.planned
        if p.what != "review" or not p.name:
            return self.title, self.under
        return f"{p.record_id} {p.name}", " · ".join(dict.fromkeys((p.label, p.process)))

    @property
    def url(self) -> str:
        p = self.planned
        if p.what == "task":
            return url_for("tasks.show", task_id=p.task_id)
        if p.what == "timer":
            return url_for("cases.show", case_id=p.case_id)
        own: dict[str, Any] = {"record_id": p.record_id} if p.record_id else {}
        return url_for("calendar.item", process_id=p.process_id, element=p.element, **own)

    @property
    def key(self) -> str:
        """The same for the same thing, at any time."""
        p = self.planned
        return ".".join(part for part in (p.what, p.task_id or p.case_id, p.process_id, p.element, p.record_id) if part)

    @property
    def repeats(self) -> str:
        return period_words(self.planned.period)


@dataclass(frozen=True)
class Book:
    """Everything that somebody may see, and the days it lies on."""

    items: tuple[Item, ...]
    days: Days
    zone: ZoneInfo
    now: datetime
    whole: bool
    ours: frozenset[str]  #: folders of the processes that somebody has a part in
    folders: Mapping[str, str]  #: process -> its folder, in reading order

    def in_scope(self, scope: str, folder: str = "") -> tuple[Item, ...]:
        kept = (item for item in self.items if folder in ("", item.folder))
        if scope == "mine":
            return tuple(item for item in kept if item.mine)
        return tuple(item for item in kept if scope == "all" or item.folder in self.ours)

    def entries(self, items: Iterable[Item], first: date, last: date) -> list[Entry]:
        """All on days between, in their order: what is to come, and when each was last."""
        found = [e for item in items for e in self._of(item) if first <= e.day <= last]
        return sorted(found, key=lambda e: (e.day, not e.late, e.time, e.title))

    def _of(self, item: Item) -> Iterator[Entry]:
        p, (title, under) = item.planned, item.short
        who = (p.person, p.role)
        if p.what in ("start", "review") and p.last_at is not None and not p.often:
            day = p.last_at.astimezone(self.zone).date()
            state = "under way" if p.under_way else "done"
            yield Entry(day, "done", title, state, item.url, who=who)
        if p.at is None or p.often:
            return
        for number, at in enumerate((p.at, *p.later)):
            local = at.astimezone(self.zone)
            day = local.date()
            yield Entry(
                day, p.what, title, under, item.url, "" if p.all_day else f"{local:%H:%M}", who,
                late=item.late and not number, expected=bool(number) and not p.certain, notes=self.days.notes(day),
            )  # fmt: skip

    def foreseen(
        self, found: Iterable[Coming], scope: str, folder: str, actor: Actor, *, deadlines: bool
    ) -> list[Entry]:
        """What a rehearsal adds: what cases do that have not begun yet, and those that run.

        ``deadlines``: those of running cases are told already.
        """
        kept = [c for c in found if c.what in _REHEARSED and c.at >= self.now]
        kept = [c for c in kept if c.is_new or not (deadlines and c.what in ("due", "timer"))]
        kept = [c for c in kept if folder in ("", self.folders.get(c.process_id))]
        if scope == "ours":
            kept = [c for c in kept if self.folders.get(c.process_id) in self.ours]
        elif scope == "mine":
            kept = [c for c in kept if belongs(c, actor)]
        entries = []
        for one in kept:
            local = one.at.astimezone(self.zone)
            url = url_for("studio.show", process_id=one.process_id)
            url = url if one.is_new else url_for("cases.show", case_id=one.case_id)
            title = one.name or one.element or one.process
            under = f"{_REHEARSED[one.what]} · {one.case or one.process}"
            who, notes = (one.person, one.role), self.days.notes(local.date())
            entries.append(Entry(local.date(), "ahead", title, under, url, f"{local:%H:%M}", who, notes=notes))
        return entries


def period_words(period: str) -> str:
    """How something repeats, for people: `every 3 months`; what is no plain period as it is written."""
    if not period:
        return ""
    match = _CYCLE.fullmatch(period)
    length = match[1] if match else period
    if not length.startswith("P"):
        return period
    return "every " + re.sub(r"^1 ", "", length_words(length))


def belongs(one: Planned | Coming, actor: Actor) -> bool:
    """Whether something is this person's: by name, or by role where nobody is named."""
    return one.person == actor.person_id if one.person else one.role in actor.roles


def folders_of(engine: Engine) -> dict[str, str]:
    """Process -> its folder, in reading order."""
    return {one.process_id: folder for folder, found in by_folder(engine.definitions()).items() for one in found}


def open_book(engine: Engine, actor: Actor, zone: ZoneInfo, *, deadlines: bool = False) -> Book:
    """The calendar of somebody, for the two years to come and what was last."""
    now = engine.clock.now()
    today = now.astimezone(zone).date()
    folders = folders_of(engine)
    until = horizon(today, zone)
    schedule = engine.schedule(actor, until, deadlines=deadlines)
    items = []
    for planned in schedule.planned:
        day = planned.at.astimezone(zone).date() if planned.at else None
        late = day is not None and (day < today if planned.all_day else planned.at is not None and planned.at < now)
        folder = folders.get(planned.process_id, "")
        items.append(Item(planned, folder, day, late, belongs(planned, actor)))
    ours = frozenset(role.process for role in engine.roles() if role.id in actor.roles and role.process)
    days = Days(today, _holidays(engine, today, until.date()), _freezes(engine, actor, today))
    return Book(tuple(items), days, zone, now, schedule.whole, ours, folders)


def horizon(today: date, zone: ZoneInfo) -> datetime:
    """As far as the calendar looks."""
    return datetime.combine(plus_months(today.replace(day=1), MONTHS + 1), datetime.min.time(), zone)


def plus_months(first: date, months: int) -> date:
    """The first day of a month so many months later."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _holidays(engine: Engine, today: date, last: date) -> dict[date, str]:
    names = list(engine.calendars())
    if not names:
        return {}
    return engine.holidays(today, last, "default" if "default" in names else names[0])


def _freezes(engine: Engine, actor: Actor, today: date) -> tuple[Freeze, ...]:
    """Of every register whose records say from when until when nothing is changed (``freeze_from``, ``freeze_to``)."""
    found: list[Freeze] = []
    for register in engine.registers():
        fields = register.schema.get("properties")
        if not isinstance(fields, Mapping) or not {"freeze_from", "freeze_to"} <= set(fields):
            continue
        try:
            rows = engine.ask(actor, register.name, {"where": {"freeze_to": {"from": today.isoformat()}}})
        except EngineError:  # not for this person, or not found by that field
            continue
        assert isinstance(rows, list)
        found += [f for row in rows if (f := _freeze(register.name, row)) is not None]
    return tuple(sorted(found, key=lambda one: one.first))


def _freeze(register: str, row: Mapping[str, object]) -> Freeze | None:
    if row.get("state") == "cancelled":
        return None
    try:
        first = date.fromisoformat(str(row.get("freeze_from") or row["freeze_to"])[:10])
        last = date.fromisoformat(str(row["freeze_to"])[:10])
    except ValueError:
        return None
    reason = str(row.get("freeze_reason") or row["label"])
    return Freeze(first, last, reason, register, str(row["id"]))


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())
