# SPDX-License-Identifier: Apache-2.0
"""The stories behind the sample cases, and when each of them begins."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

DAYS = 14  #: how far back the sample goes
RECENT = 10  #: reports of the last hours: whoever opens the sample finds work to do, at any time of the day
ZONE = ZoneInfo("Europe/Berlin")  #: where the sample organisation works

#: How many of the day's reports come in each hour of a working day; at night hardly anybody reports.
_HOURS = {7: 2, 8: 7, 9: 12, 10: 11, 11: 8, 12: 4, 13: 8, 14: 9, 15: 7, 16: 5, 17: 3, 18: 1, 20: 1, 22: 1}
_WEEKEND = {10: 1, 14: 1, 19: 1}
_WEIGHT = {True: 9, False: 1}  # working day : weekend


@dataclass(frozen=True, slots=True)
class Story:
    """One incident or request, and how it goes (`plot`). `service`, `ci` and `known` are keys of organisation.json."""

    title: str
    description: str
    reporter: str
    service: str
    impact: str
    urgency: str
    users: str
    plot: str
    category: str
    resolution: str
    ci: str | None = None
    known: str | None = None
    note: str = ""
    question: str = ""
    answer: str = ""
    comment: str = ""
    cause: str = ""
    rfc_title: str = ""
    rfc_reason: str = ""
    rfc_ci: str | None = None
    change: Mapping[str, Any] = field(default_factory=dict)  # what is entered in the change's forms


#: What the change advisory board does is part of no story of its own.
BOARD = Story("Change advisory board", "", "henrik", "", "low", "low", "several", "board", "other", "")


def stories() -> tuple[Story, ...]:
    """All stories, in the order in which they begin."""
    rows = orjson.loads(Path(__file__).with_name("stories.json").read_bytes())
    return tuple(Story(**row) for row in rows)


def moments(count: int, until: datetime, chance: random.Random) -> list[datetime]:
    """When `count` reports come in during the two weeks before `until`: by the hour of the day, few at weekends."""
    end = until.astimezone(ZONE)
    fresh = [end - timedelta(minutes=chance.uniform(20, 200)) for _ in range(min(RECENT, count // 4))]
    days = [(end - timedelta(days=back)).date() for back in range(DAYS, -1, -1)]
    found: list[datetime] = []
    while len(found) < count - len(fresh):
        day = chance.choices(days, [_WEIGHT[day.weekday() < 5] for day in days])[0]
        hours = _HOURS if day.weekday() < 5 else _WEEKEND
        hour = chance.choices(list(hours), list(hours.values()))[0]
        when = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), ZONE)
        if end - timedelta(days=DAYS) < when < end - timedelta(hours=4):
            found.append(when)
    return sorted(found + fresh)


def at_work(when: datetime, chance: random.Random) -> datetime:
    """`when` if the organisation is at work then, else early on the next working day."""
    local = when.astimezone(ZONE)
    if local.weekday() < 5 and 8 <= local.hour < 18:
        return local
    day = local.date() if local.weekday() < 5 and local.hour < 8 else local.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(8, 0), ZONE) + timedelta(minutes=chance.randrange(2, 75))
