# SPDX-License-Identifier: Apache-2.0
"""The three sheets of the calendar: a month, a list, a plan of two years."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.calendar.items import MONTHS, Book, Days, Entry, Freeze, Item, plus_months, week_of

IN_A_CELL = 3  #: entries of a day that stand in its cell; the others in the day's own list
LINES = 300  #: of the list
SOON = timedelta(days=30)
_DIGITS = re.compile(r"(\d+)", re.ASCII)

Sortable = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    inside: bool  #: of the month
    entries: tuple[Entry, ...]
    holiday: str
    freezes: tuple[Freeze, ...]

    @property
    def first(self) -> tuple[Entry, ...]:
        return self.entries if len(self.entries) <= IN_A_CELL else self.entries[: IN_A_CELL - 1]

    @property
    def more(self) -> tuple[Entry, ...]:
        return self.entries[len(self.first) :]


@dataclass(frozen=True, slots=True)
class Collision:
    """A day on which something runs into a holiday or a change freeze, in words."""

    day: date
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]


def collisions(entries: Iterable[Entry]) -> tuple[Collision, ...]:
    """By day, in order."""
    found: dict[date, list[Entry]] = {}
    for entry in sorted(entries, key=lambda e: in_order(e.title)):
        if entry.notes:
            found.setdefault(entry.day, []).append(entry)
    return tuple(Collision(day, found[day][0].notes, tuple(found[day])) for day in sorted(found))


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: tuple[tuple[Day, ...], ...]
    count: int
    collisions: tuple[Collision, ...]


def month(days: Days, entries: Iterable[Entry], first: date) -> Month:
    """The sheet of a month in whole weeks; entries of other months are left out."""
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    end = plus_months(first, 1)
    met = collisions(e for day, found in by_day.items() if first <= day < end for e in found)
    weeks, monday, count = [], week_of(first), 0
    while monday < end:
        week = []
        for number in range(7):
            day = monday + timedelta(days=number)
            inside = first <= day < end
            found = tuple(by_day.get(day, ())) if inside else ()
            week.append(Day(day, inside, found, days.closed.get(day, ""), days.frozen(day)))
            count += len(found)
        weeks.append(tuple(week))
        monday += timedelta(days=7)
    return Month(first, tuple(weeks), count, met)


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hint: str
    items: tuple[Item, ...]


def groups(book: Book, items: Iterable[Item]) -> tuple[tuple[Group, ...], int]:
    """The list in its parts, the urgent first; and how many lines were left out."""
    today, parts = book.days.today, dict[str, list[Item]]()
    for item in items:
        parts.setdefault(_part(item, today), []).append(item)
    left, found = LINES, []
    for name, (title, hint) in _PARTS.items():
        listed = sorted(parts.get(name, ()), key=_order)[: max(left, 0)]
        left -= len(listed)
        if listed:
            found.append(Group(title, hint, tuple(listed)))
    total = sum(len(part) for name, part in parts.items() if name)
    return tuple(found), max(total - LINES, 0)


def _order(item: Item) -> tuple[date, str, Sortable]:
    """By day, what is for the whole day first, then by the hour."""
    p = item.planned
    return (item.day or date.max, "" if p.all_day or p.at is None else p.at.isoformat(), in_order(item.title))


def in_order(title: str) -> Sortable:
    """Numbers by their size: `SVC-2` before `SVC-10`."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _DIGITS.split(title) if part)


_PARTS = {
    "late": ("Late", ""),
    "lost": ("Without a next date", "The last one is over, and no new date was written. Nothing will come by itself."),
    "soon": ("Next 30 days", ""),
    "later": ("Later", ""),
    "under_way": ("Under way", "Begun, not finished; the next date comes when it is."),
    "often": ("More often than weekly", "Left out of month and year."),
}


def _part(item: Item, today: date) -> str:
    p = item.planned
    if item.late:
        return "late"
    if p.often:
        return "often"
    if item.day is None:
        return "under_way" if p.under_way else "lost" if p.without_next else ""
    return "soon" if item.day <= today + SOON else "later"


# --- two years -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of a line: how many entries, and what the first is like."""

    first: date
    count: int = 0
    mark: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    item: Item
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    months: tuple[date, ...]
    years: tuple[tuple[int, int], ...]  #: year, how many of its months
    parts: tuple[tuple[str, tuple[Line, ...]], ...]
    totals: tuple[int, ...]
    freezes: tuple[str, ...]  #: by month, empty for none
    frozen: tuple[str, ...]  #: each freeze in words
    collisions: tuple[Collision, ...]
    left_out: int


def plan(book: Book, items: Iterable[Item]) -> Plan:
    """A line for each review and each process that begins, by folder; 24 months from the present one."""
    months = months_from(book.days.today)
    kept = [i for i in items if i.planned.what in ("start", "review") and i.day is not None and not i.planned.often]
    parts: dict[str, list[Line]] = {}
    everything: list[Entry] = []
    for item in sorted(kept, key=lambda i: (i.planned.process, in_order(i.title)))[:LINES]:
        entries = [e for e in book.entries([item], months[0], plus_months(months[-1], 1)) if e.kind != "done"]
        everything += entries
        parts.setdefault(item.folder, []).append(Line(item, cells(months, entries)))
    totals = [sum(line.cells[n].count for part in parts.values() for line in part) for n in range(len(months))]
    seen = [f for f in book.days.freezes if f.first < plus_months(months[-1], 1)]
    by_month = tuple("; ".join(f.told for f in seen if f.first < plus_months(m, 1) and f.last >= m) for m in months)
    order = {folder: number for number, folder in enumerate(dict.fromkeys(i.folder for i in kept))}
    named = tuple(
        (folder, tuple(lines)) for folder, lines in sorted(parts.items(), key=lambda p: _natural(p[0], order))
    )
    return Plan(
        months, years(months), named, tuple(totals), by_month, tuple(f.told for f in seen), collisions(everything),
        max(len(kept) - LINES, 0),
    )  # fmt: skip


def months_from(today: date) -> tuple[date, ...]:
    first = today.replace(day=1)
    return tuple(plus_months(first, number) for number in range(MONTHS))


def years(months: Iterable[date]) -> tuple[tuple[int, int], ...]:
    counted: dict[int, int] = {}
    for one in months:
        counted[one.year] = counted.get(one.year, 0) + 1
    return tuple(counted.items())


def cells(months: tuple[date, ...], entries: Iterable[Entry]) -> tuple[Cell, ...]:
    """What lies in each month. What is late stands in the present one."""
    found: dict[date, list[Entry]] = {}
    for entry in entries:
        found.setdefault(max(entry.day.replace(day=1), months[0]), []).append(entry)
    return tuple(_cell(one, found.get(one, [])) for one in months)


def _cell(first: date, entries: list[Entry]) -> Cell:
    if not entries:
        return Cell(first)
    e = _gravest(entries)
    marks = ((e.late, "late"), (bool(e.notes), "meets"), (e.expected, "expected"))
    mark = next((name for holds, name in marks if holds), "sure")
    told = "; ".join(" · ".join((f"{e.day:%a %-d %b %Y}", *e.notes)) for e in entries)
    return Cell(first, len(entries), mark, told)


def _gravest(entries: list[Entry]) -> Entry:
    return max(entries, key=lambda e: (e.late, bool(e.notes), not e.expected))


def _natural(folder: str, order: dict[str, int]) -> tuple[int, str]:
    digits = "".join(letter for letter in folder.partition("-")[0] if letter.isdigit())
    return (int(digits) if digits else 1_000 + order[folder], folder)
