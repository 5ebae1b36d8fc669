# SPDX-License-Identifier: Apache-2.0
"""What every page shows around its content: the sections this person may open, and who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, session, url_for

from engine.values import TaskFilter
from webapp.ext import current_actor, current_person, get_engine, may
from webapp.replies import is_htmx, new_key


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the main menu. ``count`` is what waits there, shown beside the name."""

    title: str
    url: str
    current: bool
    count: int = 0


SECTIONS = (
    ("Home", "home", "home.show", None),
    ("My work", "tasks", "tasks.home", None),
    ("Calendar", "calendar", "calendar.index", None),
    ("Cases", "cases", "cases.index", None),
    ("Registers", "registers", "registers.index", "register.read"),
    ("Figures", "figures", "figures.index", "register.read"),
    ("Processes", "studio", "studio.index", None),
    ("Audit", "audit", "audit.index", "history.read"),
    ("People", "people", "people.index", "people.manage"),
    ("Standstills", "standstills", "standstills.index", None),
    ("System", "system", "system.show", "system.look"),
)


def install(app: Flask) -> None:
    """Give every template the menu, the person and ``may``."""
    app.context_processor(_around)


def _around() -> dict[str, Any]:
    person = current_person()
    common = {"me": person, "may": may, "new_key": new_key, "session_epoch": session.get("epoch")}
    if person is None or is_htmx():
        return {**common, "sections": ()}
    return {**common, "sections": _sections()}


def _sections() -> tuple[Section, ...]:
    counts = {"tasks": _waiting(), "standstills": get_engine().standstills(current_actor())}
    return tuple(
        Section(title, url_for(endpoint), request.blueprint == room, counts.get(room) or 0)
        for title, room, endpoint, action in SECTIONS
        if (action is None or may(action)) and counts.get(room, 0) is not None
    )


def _waiting() -> int:
    return get_engine().tasks(current_actor(), TaskFilter(scope="mine", limit=0)).total
