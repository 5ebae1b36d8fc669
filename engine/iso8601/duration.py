# SPDX-License-Identifier: Apache-2.0
"""Durations (`P1Y2M10DT2H30M`, `P2W`): reading, writing and adding them to a moment."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.errors import TimeInvalid
from engine.iso8601.moment import as_text, at_wall_time, require_zone

_NUMBER = r"\d{1,9}(?:[.,]\d{1,9})?"
_DURATION = re.compile(
    rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?P<time>T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?",
    re.ASCII,
)
_UNITS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
_SMALLER = {"weeks": ("days", 7), "days": ("hours", 24), "hours": ("minutes", 60), "minutes": ("seconds", 60)}
_LETTERS = {
    "years": "Y",
    "months": "M",
    "weeks": "W",
    "days": "D",
    "hours": "H",
    "minutes": "M",
    "seconds": "S",
}
#: In seconds. A year is as long as in the Gregorian calendar on average: P12M is P1Y, P365D is shorter.
_ABOUT = (31_556_952, 2_629_746, 604_800, 86_400, 3600, 60, 1)
_HINT = "Write it as in PT4H, P5D, P2W, P1M or P1Y2M10DT2H30M."


@dataclass(frozen=True)
class Duration:
    """A length of time in calendar units (years to days) and exact units (hours to seconds); negative only as a multiple."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: Decimal = Decimal(0)  #: to the microsecond

    @classmethod
    def of(cls, elapsed: timedelta) -> Duration:
        """The exact duration of an elapsed time that is not negative; fractions of a second are dropped."""
        seconds = int(elapsed.total_seconds())
        return cls(hours=seconds // 3600, minutes=seconds // 60 % 60, seconds=Decimal(seconds % 60))

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __mul__(self, times: int) -> Duration:
        """Each unit multiplied: `P1M * 2` is two calendar months, not 62 days. Times -1 leads back."""
        return Duration(*(getattr(self, unit) * times for unit in _UNITS))

    def __str__(self) -> str:
        """The ISO 8601 text; `PT0S` for nothing. Weeks beside other units are written as days."""
        if self.weeks and self != Duration(weeks=self.weeks):
            return str(
                Duration(
                    self.years,
                    self.months,
                    0,
                    self.days + 7 * self.weeks,
                    self.hours,
                    self.minutes,
                    self.seconds,
                )
            )
        date = "".join(f"{getattr(self, unit)}{_LETTERS[unit]}" for unit in _UNITS[:4] if getattr(self, unit))
        time = "".join(f"{getattr(self, unit):f}{_LETTERS[unit]}" for unit in _UNITS[6:] if getattr(self, unit))
        time = "".join(f"{getattr(self, unit)}{_LETTERS[unit]}" for unit in _UNITS[4:6] if getattr(self, unit)) + time
        return f"P{date}" + (f"T{time}" if time else "") if date or time else "PT0S"

    @property
    def exact(self) -> timedelta:
        """The hours, minutes and seconds alone: they last the same everywhere and always."""
        return timedelta(hours=self.hours, minutes=self.minutes, microseconds=int(self.seconds * 1_000_000))

    @property
    def is_exact(self) -> bool:
        """Whether there are no years, months, weeks or days."""
        return not (self.years or self.months or self.weeks or self.days)

    @property
    def about(self) -> Decimal:
        """About how many seconds it lasts: to tell the longer of two."""
        return sum((getattr(self, unit) * worth for unit, worth in zip(_UNITS, _ABOUT, strict=True)), Decimal(0))

    @property
    def words(self) -> str:
        """As people say it: ``1 year 6 months``."""
        units = [(getattr(self, unit), unit) for unit in _UNITS if getattr(self, unit)]
        return " ".join(f"{count} {unit.removesuffix('s') if count == 1 else unit}" for count, unit in units)

    def add_to(self, when: datetime, zone: tzinfo | None = None) -> datetime:
        """`when` plus this duration, in `zone` (default: the zone of `when`).

        Years and months first (a day that the month does not have becomes its last), then weeks and days, all
        on the local calendar with the time of day kept; then hours, minutes and seconds, exactly. A time of
        day that the clocks skip is read with the offset before the jump; one shown twice keeps the offset of
        `when` if it can. Raises `TimeInvalid` for a `when` without time zone and for results after the year
        9999.
        """
        zone = zone or require_zone(when, "The start").tzinfo
        assert zone is not None
        local = require_zone(when, "The start").astimezone(zone)
        try:
            if not self.is_exact:
                local = self._on_the_calendar(local, zone)
            return (local.astimezone(UTC) + self.exact).astimezone(zone)
        except (OverflowError, ValueError) as error:
            raise TimeInvalid(
                "This duration leads out of the calendar.", value=str(self), hint="The year 9999 is the last."
            ) from error

    def _on_the_calendar(self, local: datetime, zone: tzinfo) -> datetime:
        months = local.year * 12 + (local.month - 1) + self.years * 12 + self.months
        year, month = months // 12, months % 12 + 1
        if not 1 <= year <= 9999:
            raise OverflowError(year)
        day = min(local.day, monthrange(year, month)[1])
        naive = local.replace(tzinfo=None, fold=0, year=year, month=month, day=day)
        return at_wall_time(naive + timedelta(weeks=self.weeks, days=self.days), zone, prefer=local.utcoffset())


LONGEST = Duration(years=100)


def check_length(text: str, least: Duration | None = None, most: Duration = LONGEST) -> None:
    """Whether somebody can have meant so long a time: longer than nothing, and not for ever.

    Raises `TimeInvalid`, also for what is no duration.
    """
    length = parse_duration(text)
    if not length:
        hint = "Write how long, as in P1M (a month) or PT4H (four hours)."
        raise TimeInvalid(f"{text} is no time at all.", value=text, hint=hint)
    if least is not None and length.about < least.about:
        raise TimeInvalid(f"{text} is too short: {least.words} at least.", value=text, hint=f"The shortest is {least}.")
    if length.about > most.about:
        raise TimeInvalid(f"{text} is too long: {most.words} at most.", value=text, hint=f"The longest is {most}.")


def parse_duration(text: str) -> Duration:
    """The duration that an ISO 8601 text names.

    Refused, with a sentence that says why: nothing at all (`P`, `PT`), a sign, weeks beside other units, a
    fraction anywhere but in the last number, a fraction of a year or a month (which has no fixed length), and
    what is finer than a microsecond. A fraction of a day or a week is counted in hours (`P1.5D` is a day and
    twelve hours). Raises `TimeInvalid`.
    """
    return _parse(as_text(text, _HINT))


@lru_cache(maxsize=1024)
def _parse(text: str) -> Duration:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise TimeInvalid("This is no ISO 8601 duration.", value=text, hint=_hint(text))
    given = {unit: Decimal(match[unit].replace(",", ".")) for unit in _UNITS if match[unit] is not None}
    if not given or match["time"] == "T":
        raise TimeInvalid("This duration names no length.", value=text, hint=_HINT)
    if "weeks" in given and len(given) > 1:
        raise TimeInvalid(
            "Weeks cannot stand beside other units.",
            value=text,
            hint="Write the weeks as days: P1W2D is P9D.",
        )
    return Duration(**_whole(text, given))


def _hint(text: str) -> str:
    if text.lstrip("+").startswith("-"):
        return "A duration cannot be negative. " + _HINT
    if text.startswith("P") and re.search(r"\d[HS]", text) and "T" not in text:
        return "Hours, minutes and seconds follow a T, as in PT4H."
    return _HINT


def _whole(text: str, given: dict[str, Decimal]) -> dict[str, Any]:
    """The units as whole numbers, the fraction of the last one carried into the smaller units."""
    *others, last = given
    if any(given[unit] % 1 for unit in others):
        raise TimeInvalid("Only the last number may have a fraction.", value=text, hint=_HINT)
    if last in ("years", "months") and given[last] % 1:
        raise TimeInvalid("A part of a year or month has no fixed length.", value=text, hint="Write it in days.")
    units: dict[str, Decimal] = dict(given)
    unit = last
    while unit in _SMALLER and units[unit] % 1:
        smaller, factor = _SMALLER[unit]
        fraction = units[unit] % 1
        units[unit] -= fraction
        units[smaller] = fraction * factor
        unit = smaller
    if units.get("seconds", Decimal(0)) * 1_000_000 % 1:
        raise TimeInvalid("This duration is finer than a microsecond.", value=text, hint=_HINT)
    whole: dict[str, Any] = {unit: int(number) for unit, number in units.items() if unit != "seconds"}
    if "seconds" in units:
        whole["seconds"] = units["seconds"].normalize()
    return whole
