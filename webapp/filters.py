# SPDX-License-Identifier: Apache-2.0
"""Jinja filters: values into words. Time, names of people and roles, Markdown, priorities; no look-ups beyond names."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask, g
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from engine import FILE_KINDS, LARGEST_FILE, as_file
from engine.errors import NotFound
from engine.values import Page
from webapp.ext import get_engine, site_zone
from webapp.fields import described, words

SOON = timedelta(hours=24)  #: how long before its due time a task is shown as urgent

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")


def install(app: Flask) -> None:
    """Register every filter under its name, and the function that explains named values."""
    app.jinja_env.globals["described"] = described
    app.jinja_env.globals.update(file_kinds=FILE_KINDS, largest_file=LARGEST_FILE)
    app.jinja_env.tests["a_file"] = lambda value: as_file(value) is not None
    for name, function in (
        ("markdown", markdown),
        ("document", document),
        ("moment", moment),
        ("person", person_name),
        ("role", role_title),
        ("words", words),
        ("due_state", due_state),
        ("as_moment", as_moment),
        ("day", day),
        ("days", days),
        ("duration", duration),
        ("lateness", lateness),
        ("size_words", size_words),
        ("length_words", length_words),
        ("in_zone", in_zone),
        ("counted", counted),
        ("total", total),
    ):
        app.jinja_env.filters[name] = function


def counted(number: int, most: int) -> str:
    """A number that is counted up to ``most``: ``1,000+`` when there may be more."""
    return f"{most:,}+" if number >= most else f"{number:,}"


def total(page: Page[Any]) -> str:
    """How many rows a list has; ``1,000+`` when they were not all counted."""
    return f"{page.total:,}" + ("" if page.exact else "+")


def markdown(text: str) -> Markup:
    """Markdown as HTML; raw HTML and pictures in it are shown as text, so nothing an owner writes can run."""
    return Markup(_MARKDOWN.render(text or ""))  # noqa: S704  (html=False: the renderer escapes)


def parsed(text: str) -> list[Token]:
    """Markdown as the parts that it consists of, for whoever makes something else of it than a page."""
    return _MARKDOWN.parse(text or "")


def document(text: str, below: int = 2) -> Markup:
    """A document in Markdown within a page: the same, its headings ``below`` so many levels of the page's own."""
    tokens = parsed(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + below, 6)}"
        elif token.type == "table_open":
            token.attrSet("tabindex", "0")  # a wide one scrolls by itself, which the keyboard must reach
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))  # noqa: S704  (html=False, as above)


def moment(when: datetime | None, show: str = "both") -> Markup:
    """A ``<time>`` that the browser shows in the viewer's zone; without scripts in the configured one."""
    if when is None:
        return Markup("")
    local = when.astimezone(site_zone())
    text = f"{local:%-d %b %Y}" if show == "date" else f"{local:%-d %b %Y, %H:%M}"
    return Markup('<time datetime="{}" data-island="local-time" data-show="{}">{}</time>').format(
        when.astimezone(UTC).isoformat(timespec="seconds"), show, text
    )


def person_name(person_id: str | None) -> str:
    """The name of a person; the id itself for somebody unknown."""
    if not person_id:
        return "nobody"
    if person_id == "system":
        return "the system"
    names = cast("dict[str, str]", g.setdefault("person_names", {}))
    if person_id not in names:
        try:
            names[person_id] = get_engine().people.get(person_id).name
        except NotFound:
            names[person_id] = person_id
    return names[person_id]


def role_title(role_id: str) -> str:
    """The title of a role, e.g. ``Service desk``."""
    if "role_titles" not in g:
        g.role_titles = {role.id: role.title for role in get_engine().roles()}
    return cast("dict[str, str]", g.role_titles).get(role_id, words(role_id))


def due_state(due: datetime | None) -> str:
    """``overdue``, ``soon``, ``later`` or nothing."""
    if due is None:
        return ""
    left = due - get_engine().clock.now()
    return "overdue" if left < timedelta(0) else "soon" if left < SOON else "later"


def as_moment(value: Any) -> datetime | None:
    """The date-time a JSON text stands for, if it is one that can be shown in any zone."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return found if MINYEAR < found.year < MAXYEAR else None
    return None


def day(value: Any) -> str:
    """A date as JSON has it, as the pages write dates; anything else as it is, and a dash for nothing."""
    try:
        return f"{date.fromisoformat(str(value)):%-d %b %Y}"
    except ValueError:
        return str(value or "–")


def days(first: Any, last: Any) -> str:
    """A period between two dates as JSON has them: `21 Oct – 20 Nov 2026`."""
    begins, ends = day(first), day(last)
    return f"{begins[:-5] if begins[-5:] == ends[-5:] else begins} – {ends}"


def duration(start: datetime, end: datetime | None) -> str:
    """How long from start to end (or until now), in the largest unit that fits."""
    seconds = int(((end or get_engine().clock.now()) - start).total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"


def lateness(seconds: float) -> str:
    """A short or long time for people: 30 ms, 1.2 s, 5 min, 3 h, 2 days."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s"


def size_words(size: int) -> str:
    """How large a file is, for people: 812 bytes, 24 kB, 1.5 MB."""
    if size < 1_000:
        return f"{size} byte{'s' if size != 1 else ''}"
    return f"{size / 1_000:.0f} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"


def length_words(duration: str) -> str:
    """An ISO 8601 duration for people: PT7H30M is 7 hours 30 minutes; what is none stays as it is."""
    if not duration.startswith("P"):
        return duration
    date_part, _, time_part = duration.removeprefix("P").partition("T")
    units = {"Y": "year", "W": "week", "D": "day", "H": "hour", "S": "second"}
    told = []
    for part, minutes_or_months in ((date_part, "month"), (time_part, "minute")):
        for number, letter in re.findall(r"([\d.,]+)([A-Z])", part):
            told.append(f"{number} {units.get(letter, minutes_or_months)}{'' if number == '1' else 's'}")
    return " ".join(told) or "no time"


def in_zone(when: datetime, zone: str, shape: str = "%a %-d %b %Y, %H:%M") -> str:
    """A moment as the clocks of a zone show it, wherever the reader is."""
    return when.astimezone(ZoneInfo(zone)).strftime(shape)
