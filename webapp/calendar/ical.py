# SPDX-License-Identifier: Apache-2.0
"""A calendar as RFC 5545 wants it: moments in UTC, days as days, and an id that a thing keeps while it moves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event

from webapp.calendar.items import Book, Item, period_words
from webapp.filters import person_name, role_title

LENGTH = timedelta(minutes=30)  #: of what has a time of day: so that it can be seen
REFRESH = "PT6H"


def write(book: Book, items: Iterable[Item], name: str, site: str) -> bytes:
    """The file. Each next time is certain, or confirmed by its record; expected ones are tentative."""
    calendar = Calendar()
    calendar.add("prodid", "-//FitSM Flow//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", REFRESH)
    for item in items:
        p = item.planned
        if p.at is None or p.often:
            continue
        for number, at in enumerate((p.at, *p.later)):
            calendar.add_component(_event(book, item, at, number, site))
    return bytes(calendar.to_ical())


def _event(book: Book, item: Item, at: datetime, number: int, site: str) -> Event:
    p, event = item.planned, Event()
    day = at.astimezone(book.zone).date()
    event.add("uid", _uid(item, day, number))
    event.add("dtstamp", book.now.astimezone(UTC))
    if p.all_day:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", at.astimezone(UTC))
        event.add("dtend", at.astimezone(UTC) + LENGTH)
    event.add("summary", f"{p.name}: {item.title}" if p.what == "review" and p.name else item.title)
    event.add("description", _told(book, item, day))
    event.add("categories", [item.folder or p.process])
    event.add("status", "TENTATIVE" if number and not p.certain else "CONFIRMED")
    event.add("url", site + item.url)
    return event


def _uid(item: Item, day: date, number: int) -> str:
    """The next date of a record moves and stays the same event; a tick of a cycle is one of its own."""
    moves = not number and item.planned.what != "start"
    own = item.key if moves else f"{item.key}.{day.isoformat()}"
    return f"{hashlib.sha256(own.encode()).hexdigest()[:32]}@fitsm-flow"


def _told(book: Book, item: Item, day: date) -> str:
    p = item.planned
    who = person_name(p.person) if p.person else role_title(p.role) if p.role else ""
    last = f"{p.last_at.astimezone(book.zone):%-d %B %Y}" if p.last_at and p.what in ("start", "review") else ""
    lines = (
        p.process,
        p.case,
        f"For: {who}" if who else "",
        f"Repeats: {period_words(p.period)}" if p.period else "",
        f"Last begun: {last}" if last else "",
        *book.days.notes(day),
    )
    return "\n".join(line for line in lines if line)
