# SPDX-License-Identifier: Apache-2.0
"""Durations counted in opening time, and the working that is shown of it.

All comparing is done in UTC: Python compares two date-times of one zone as wall time, which is wrong on the night
on which the clocks go back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from engine.errors import TimeInvalid
from engine.iso8601 import Duration
from engine.iso8601.moment import at_wall_time, require_zone
from engine.worktime.days import Days

SEARCH_DAYS = 3660  # ten years: a calendar that is shut for longer is a mistake
DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2900
_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Segment:
    """One line of the working of `Calendar.explain`."""

    day: date  #: in the calendar's zone
    start: datetime
    end: datetime
    counted: timedelta  #: opening time that counts
    working_days: int  #: 1 for a working day that counts
    reason: str  #: why it counts or does not, for people


class Count:
    """One count over the days of a calendar. `working`: where to write the segments, or None."""

    def __init__(self, days: Days, working: list[Segment] | None) -> None:
        self._days = days
        self._working = working

    def add(self, moment: datetime, length: Duration) -> datetime:
        """`moment` (UTC) plus `length`, in UTC, by the rules that the package states."""
        if length.years or length.months or length.weeks:
            moment = self._by_calendar(moment, Duration(length.years, length.months, length.weeks))
        day, moment = self._into_hours(moment)
        if length.days:
            day, moment = self._working_days(day, moment, length.days)
        if length.exact:
            moment = self._opening_time(day, moment, length.exact)
        return moment

    def _by_calendar(self, moment: datetime, length: Duration) -> datetime:
        landed = length.add_to(moment, self._days.zone)
        self._note(self._local(moment).date(), moment, landed, reason=f"{length} by the calendar")
        return in_reach(landed)

    def _into_hours(self, moment: datetime) -> tuple[date, datetime]:
        """The working day to which the moment belongs, and the moment itself or the next opening."""
        first = day = self._local(moment).date()
        for _ in range(SEARCH_DAYS):
            for opens, closes in self._days.slots(day):
                if moment <= closes:
                    return day, max(opens, moment)
            if day == first and self._ends(first - DAY, moment):
                return first - DAY, moment  # a working day that ends at 24:00
            self._note_closed(day)
            day += DAY
        raise never_open(self._days, moment)

    def _ends(self, day: date, moment: datetime) -> bool:
        slots = self._days.slots(day)
        return bool(slots) and slots[-1][1] == moment

    def _working_days(self, day: date, moment: datetime, count: int) -> tuple[date, datetime]:
        local = self._local(moment)
        time_of_day = local.replace(tzinfo=None, fold=0) - datetime.combine(day, time.min)
        last, done = day + SEARCH_DAYS * DAY, 0
        while done < count:
            day += DAY
            if day > last:
                raise _too_far(self._days, moment)
            slots = self._days.slots(day)
            if slots:
                done += 1
                self._note(day, slots[0][0], slots[-1][1], days=1, reason=f"working day {done} of {count}")
            else:
                self._note_closed(day)
        wanted = at_wall_time(datetime.combine(day, time.min) + time_of_day, self._days.zone, local.utcoffset())
        landed = self._clamp(day, wanted.astimezone(UTC))
        if self._working:
            self._working[-1] = replace(self._working[-1], end=self._local(landed))
        return day, landed

    def _clamp(self, day: date, moment: datetime) -> datetime:
        slots = self._days.slots(day)
        return next((max(opens, moment) for opens, closes in slots if moment <= closes), slots[-1][1])

    def _opening_time(self, day: date, moment: datetime, remaining: timedelta) -> datetime:
        begun, last = moment, day + SEARCH_DAYS * DAY
        while day <= last:
            for opens, closes in self._days.slots(day):
                if closes <= moment:
                    continue
                start = max(opens, moment)
                counted = min(closes - start, remaining)
                remaining -= counted
                moment = start + counted
                self._note(day, start, moment, counted=counted, reason="open")
                if not remaining:
                    return moment
            self._note_closed(day)
            day += DAY
        raise _too_far(self._days, begun)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._days.zone)

    def _note_closed(self, day: date) -> None:
        if self._working is not None and not self._days.slots(day):
            start, end = (at_wall_time(datetime.combine(d, time.min), self._days.zone) for d in (day, day + DAY))
            self._note(day, start, end, reason=self._days.why_closed(day))

    def _note(
        self, day: date, start: datetime, end: datetime, *, counted: timedelta = _NOTHING, days: int = 0, reason: str
    ) -> None:
        if self._working is not None:
            self._working.append(Segment(day, self._local(start), self._local(end), counted, days, reason))


def in_reach(when: datetime) -> datetime:
    """`when` in UTC, if it has a time zone and lies in the years that calendars reach; else raises `TimeInvalid`."""
    moment = require_zone(when, "The date-time")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        hint = f"Use a year from {_FIRST_YEAR} to {_LAST_YEAR}."
        raise TimeInvalid("No calendar reaches there.", value=when.isoformat(), hint=hint)
    return moment.astimezone(UTC)


def never_open(days: Days, when: datetime) -> TimeInvalid:
    """The error for a calendar that is shut for ten years."""
    title = days.week.title
    sentence = f"The calendar '{title}' has no opening hours in the ten years after {when.isoformat()}."
    return TimeInvalid(sentence, value=title, hint="Give it opening hours.")


def _too_far(days: Days, when: datetime) -> TimeInvalid:
    title = days.week.title
    sentence = f"In the calendar '{title}' this leads more than ten years beyond {when.isoformat()}."
    return TimeInvalid(sentence, value=title, hint="Use a shorter duration, or one in months or years.")
