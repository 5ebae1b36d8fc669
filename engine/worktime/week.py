# SPDX-License-Identifier: Apache-2.0
"""A calendar's file turned into values: opening hours by weekday, exceptional days. All checks of the file are here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import TimeInvalid
from engine.iso8601 import parse_zone
from engine.worktime.holidays_of import check_place

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Hours = tuple[tuple[int, int], ...]  #: slots of one day: (from, to) in minutes after midnight, in order, apart

_KEYS = {"title", "time_zone", "opening_hours", "holidays", "extra_holidays", "extra_working_days"}
_SLOT = re.compile(r"(\d{2}):(\d{2})\s?[-–]\s?(\d{2}):(\d{2})", re.ASCII)
_SLOT_HINT = 'Write opening hours as in ["08:00-12:00", "13:00-17:00"].'


@dataclass(frozen=True)
class Week:
    """What a calendar's file says."""

    zone: ZoneInfo
    hours: tuple[Hours, ...]  #: Monday first
    title: str = ""
    country: str | None = None
    subdivision: str | None = None
    language: str | None = None
    extra_holidays: Mapping[date, str] = field(default_factory=dict)
    extra_working_days: Mapping[date, Hours] = field(default_factory=dict)


def read_week(data: Mapping[str, Any]) -> Week:
    """The file's content, checked. Raises `TimeInvalid` naming the key that is wrong."""
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise TimeInvalid(
            f"A calendar has no '{unknown[0]}'.",
            value=unknown[0],
            hint="Known: " + ", ".join(sorted(_KEYS)) + ".",
        )
    if not isinstance(data.get("time_zone"), str):
        raise TimeInvalid(
            "A calendar needs a time_zone.",
            value=data.get("time_zone"),
            hint="An IANA name such as Europe/Berlin.",
        )
    place = _mapping(data, "holidays")
    country, subdivision, language = place.get("country"), place.get("subdivision"), place.get("language")
    if set(place) - {"country", "subdivision", "language"} or (place and not country):
        raise TimeInvalid(
            "holidays names a country and, if needed, a subdivision and a language.",
            value=dict(place),
            hint='As in {"country": "DE", "subdivision": "BY"}.',
        )
    if country:
        check_place(country, subdivision)
    week = Week(
        zone=parse_zone(data["time_zone"]),
        hours=_opening_hours(_mapping(data, "opening_hours")),
        title=str(data.get("title", "")),
        country=country,
        subdivision=subdivision,
        language=language,
        extra_holidays={_day(day): str(name) for day, name in _mapping(data, "extra_holidays").items()},
        extra_working_days={
            _day(day): read_hours(day, slots) for day, slots in _mapping(data, "extra_working_days").items()
        },
    )
    if not any(week.hours) and not any(week.extra_working_days.values()):
        raise TimeInvalid(
            "This calendar is never open.", value=week.title, hint="Give at least one weekday opening hours."
        )
    return week


def read_hours(day: str, slots: object) -> Hours:
    """The slots of one day, in order and apart; those that touch become one. Raises `TimeInvalid`."""
    if not isinstance(slots, list | tuple):
        raise TimeInvalid(f"The opening hours of {day} are no list.", value=slots, hint=_SLOT_HINT)
    hours: list[tuple[int, int]] = []
    for start, end in sorted(_slot(day, slot) for slot in slots):
        if hours and start < hours[-1][1]:
            raise TimeInvalid(f"The opening hours of {day} overlap.", value=list(slots), hint=_SLOT_HINT)
        if hours and start == hours[-1][1]:
            hours[-1] = (hours[-1][0], end)
        else:
            hours.append((start, end))
    return tuple(hours)


def _opening_hours(data: Mapping[str, Any]) -> tuple[Hours, ...]:
    unknown = sorted(set(data) - set(WEEKDAYS))
    if unknown:
        raise TimeInvalid(
            f"There is no weekday '{unknown[0]}'.", value=unknown[0], hint="Use " + ", ".join(WEEKDAYS) + "."
        )
    return tuple(read_hours(day, data.get(day, [])) for day in WEEKDAYS)


def _slot(day: str, slot: object) -> tuple[int, int]:
    match = _SLOT.fullmatch(slot) if isinstance(slot, str) else None
    if match is None:
        raise TimeInvalid(f"This is no opening time on {day}.", value=slot, hint=_SLOT_HINT)
    start, end = _minutes(slot, match[1], match[2]), _minutes(slot, match[3], match[4])
    if start >= end:
        raise TimeInvalid(
            f"The opening time on {day} ends before it begins.",
            value=slot,
            hint="A shift across midnight is two parts: 22:00-24:00 and, on the next day, 00:00-06:00.",
        )
    return start, end


def _minutes(slot: object, hour: str, minute: str) -> int:
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > 24 * 60:
        raise TimeInvalid("There is no such time of day.", value=slot, hint="From 00:00 to 24:00.")
    return minutes


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise TimeInvalid("There is no such day.", value=text, hint="Write it as in 2026-12-24.") from error


def _mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise TimeInvalid(f"{key} must be an object.", value=value, hint="See the calendar's description of the keys.")
    return value
