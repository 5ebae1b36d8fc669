# SPDX-License-Identifier: Apache-2.0
"""Texts that are dates or date-times, as the language's operators and functions read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from engine.errors import TimeInvalid
from engine.iso8601 import Duration, format_datetime, parse_datetime, parse_duration
from engine.scripts.data import Trouble, described
from engine.values import Json

_LONGEST = 64  #: characters of any date-time or duration


def moment_or_none(text: str) -> datetime | None:
    """The moment that the text names, if it is a date-time with offset; else None."""
    if not (16 < len(text) <= _LONGEST and text[10] == "T" and text[4] == "-"):
        return None
    try:
        return parse_datetime(text)
    except TimeInvalid:
        return None


def moment(value: Json, where: str) -> datetime:
    """The moment that a date-time text names. A date without time of day is refused."""
    text = _text(value, where, "a date-time such as 2026-01-26T09:00:00Z")
    try:
        return parse_datetime(text)
    except TimeInvalid as error:
        raise Trouble(f"{where}: {described(value)} is not a date-time: {error.sentence}", error.hint) from None


def day(value: Json, where: str) -> date:
    """The calendar day of a date, or of a date-time as written (in its own offset)."""
    text = _text(value, where, "a date such as 2026-01-26")
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return parse_datetime(text).date()
    except (TimeInvalid, ValueError):
        raise Trouble(f"{where}: {described(value)} is not a date", "Write it as in 2026-01-26.") from None


def length(value: Json, where: str) -> Duration:
    text = _text(value, where, "a duration such as PT4H or P5D")
    try:
        return parse_duration(text)
    except TimeInvalid as error:
        raise Trouble(f"{where}: {described(value)} is not a duration: {error.sentence}", error.hint) from None


def is_day(value: Json) -> bool:
    return isinstance(value, str) and len(value) == 10


def written(when: datetime) -> str:
    """The date-time as text in UTC, to the second."""
    return format_datetime(when.astimezone(UTC).replace(microsecond=0))


def written_length(elapsed: timedelta) -> str:
    """The ISO 8601 duration of an elapsed time, in hours, minutes and seconds; fractions of a second are dropped."""
    return str(Duration.of(max(elapsed, timedelta(0))))


def _text(value: Json, where: str, wanted: str) -> str:
    if not isinstance(value, str):
        hint = "It has no value yet." if value is None else ""
        raise Trouble(f"{where} needs {wanted} and saw {described(value)}", hint)
    if len(value) > _LONGEST:
        raise Trouble(f"{where} needs {wanted} and saw a text of {len(value)} characters")
    return value
