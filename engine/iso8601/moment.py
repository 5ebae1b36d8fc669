# SPDX-License-Identifier: Apache-2.0
"""Date-times: reading ISO 8601 text, time zones by IANA name, and local wall time turned into a moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.errors import TimeInvalid

_DATE_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?P<offset>Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_OTHER_FORMS = (
    (
        re.compile(r"\d{4}-?W\d{2}", re.ASCII),
        "Week dates are not read: write year, month and day, as in 2026-01-26T09:00:00Z.",
    ),
    (
        re.compile(r"\d{4}-\d{3}(?!\d)", re.ASCII),
        "Ordinal dates are not read: write year, month and day, as in 2026-01-26T09:00:00Z.",
    ),
    (re.compile(r"\d{4}-\d{2}-\d{2}$", re.ASCII), "Add the time of day, as in 2026-01-26T00:00:00Z."),
    (re.compile(r"\d{8}T", re.ASCII), "Write the separators, as in 2026-01-26T09:00:00Z."),
    (
        re.compile(r"\d{4}-\d{2}-\d{2}[ t]", re.ASCII),
        "Write a capital T between date and time, as in 2026-01-26T09:00:00Z.",
    ),
)
_HINT = "Write it as in 2026-01-26T09:00:00+01:00 or 2026-01-26T08:00:00Z."


def parse_datetime(text: str, zone: tzinfo | None = None) -> datetime:
    """The moment that an ISO 8601 date-time names; always with a time zone.

    With an offset or `Z` the result carries that offset. Without one it is local time in `zone` (an hour that
    occurs twice means the first; an hour that the clock skips is read with the offset before the jump, as RFC
    5545 3.3.5 does); without a `zone` it is refused. `24:00` is midnight at the end of the day; digits below
    the microsecond are dropped. Raises `TimeInvalid`.
    """
    match = _DATE_TIME.fullmatch(as_text(text, _HINT))
    if match is None:
        hint = next((hint for form, hint in _OTHER_FORMS if form.match(text)), _HINT)
        raise TimeInvalid("This is no ISO 8601 date-time.", value=text, hint=hint)
    naive = _wall_time(text, match)
    offset = match["offset"]
    if offset is None and zone is None:
        raise TimeInvalid("This date-time has no time zone.", value=text, hint="Add Z or an offset such as +01:00.")
    try:
        if offset is None:
            assert zone is not None
            return at_wall_time(naive, zone)
        when = naive.replace(tzinfo=_fixed_offset(text, offset))
        when.astimezone(UTC)  # the first and last hours of the calendar are outside of it elsewhere
        return when
    except OverflowError as error:
        raise TimeInvalid("This date-time lies outside the calendar.", value=text, hint=_HINT) from error


def format_datetime(when: datetime) -> str:
    """ISO 8601 text with offset (`+00:00` becomes `Z`), microseconds only where there are some."""
    if when.tzinfo is None:
        raise TimeInvalid(
            "This date-time has no time zone.",
            value=when.isoformat(),
            hint="Add Z or an offset such as +01:00.",
        )
    return when.isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=256)
def parse_zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name (`Europe/Berlin`). Raises `TimeInvalid`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise TimeInvalid(
            "There is no such time zone.", value=name, hint="Use an IANA name such as Europe/Berlin."
        ) from error


def at_wall_time(naive: datetime, zone: tzinfo, prefer: timedelta | None = None) -> datetime:
    """The moment at which the clocks of `zone` show `naive`.

    Shown twice: the one with the offset `prefer`, else the first. Never shown: as much later as the clocks
    jump.
    """
    first = naive.replace(tzinfo=zone, fold=0)
    second = naive.replace(tzinfo=zone, fold=1)
    if prefer is not None and first.utcoffset() != prefer and second.utcoffset() == prefer and exists(second):
        return second
    return first if exists(first) else first.astimezone(UTC).astimezone(zone)


def exists(when: datetime) -> bool:
    """Whether clocks really show this local time (False inside the hour that is skipped in spring)."""
    return when.astimezone(UTC).astimezone(when.tzinfo).replace(tzinfo=None) == when.replace(tzinfo=None)


def as_text(value: object, hint: str) -> str:
    """`value`, if it is a text; raises `TimeInvalid` otherwise (what an owner computes may be anything)."""
    if not isinstance(value, str):
        raise TimeInvalid("A text is needed here.", value=value, hint=hint)
    return value


def require_zone(when: datetime, what: str) -> datetime:
    """`when`, if it has a time zone; raises `TimeInvalid` otherwise. `what` names it in the sentence."""
    if when.tzinfo is None or when.utcoffset() is None:
        raise TimeInvalid(
            f"{what} has no time zone.", value=when.isoformat(), hint="Add Z or an offset such as +01:00."
        )
    return when


def _wall_time(text: str, match: re.Match[str]) -> datetime:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    micro = int((match["fraction"] or "").ljust(6, "0")[:6])
    end_of_day = (hour, minute, second, micro) == (24, 0, 0, 0)
    try:
        day = datetime.fromisoformat(match["date"])
        if end_of_day:
            return day + timedelta(days=1)
        return day.replace(hour=hour, minute=minute, second=second, microsecond=micro)
    except (ValueError, OverflowError) as error:
        raise TimeInvalid("There is no such day or time of day.", value=text, hint=_HINT) from error


def _fixed_offset(text: str, offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise TimeInvalid("There is no such offset from UTC.", value=text, hint=_HINT)
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
