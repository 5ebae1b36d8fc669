# SPDX-License-Identifier: Apache-2.0
"""The business calendar: what is open when, and durations counted in opening time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.errors import TimeInvalid
from engine.iso8601 import Duration, parse_duration
from engine.worktime.counting import DAY, SEARCH_DAYS, Count, Segment, in_reach, never_open
from engine.worktime.days import Days
from engine.worktime.opening import Slots
from engine.worktime.week import read_week

_SPAN_DAYS = 36_600  # a hundred years between two moments


@dataclass(frozen=True, eq=False)
class Calendar:
    """Opening hours, holidays and time zone. Immutable; safe to share between threads."""

    days: Days

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calendar:
        """A calendar's file, shaped as the package says. Raises `TimeInvalid` naming what is wrong."""
        return cls(Days(read_week(data)))

    @property
    def title(self) -> str:
        return self.days.week.title

    @property
    def zone(self) -> ZoneInfo:
        return self.days.zone

    def add(self, when: datetime, duration: str | Duration) -> datetime:
        """`when` plus a duration counted in working time (see the package), in the calendar's zone.

        The result lies in opening hours, their closing moment included. Raises `TimeInvalid` for an unreadable
        duration, a `when` without time zone, and when ten years are not enough.
        """
        return Count(self.days, None).add(in_reach(when), _length(duration)).astimezone(self.zone)

    def explain(self, when: datetime, duration: str | Duration) -> list[Segment]:
        """The working of `add`: every stretch of opening time and every day passed, in order.

        The last segment that counts something ends where `add` ends. Raises `TimeInvalid` as `add` does.
        """
        working: list[Segment] = []
        Count(self.days, working).add(in_reach(when), _length(duration))
        return working

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The opening time from `start` to `end`; negative if `end` is earlier. Raises `TimeInvalid`."""
        a, b = in_reach(start), in_reach(end)
        if b < a:
            return -self.between(end, start)
        if b - a > timedelta(days=_SPAN_DAYS):
            given = f"{start.isoformat()} to {end.isoformat()}"
            raise TimeInvalid("These two moments are too far apart.", value=given, hint="At most a hundred years.")
        day, last, total = a.astimezone(self.zone).date(), b.astimezone(self.zone).date(), timedelta(0)
        while day <= last:
            for opens, closes in self.days.slots(day):
                if opens < b and closes > a:
                    total += min(closes, b) - max(opens, a)
            day += DAY
        return total

    def put_off(self, when: datetime, start: datetime, end: datetime) -> datetime:
        """`when`, as much later as it is open from `start` to `end`: then the count stood still. Raises `TimeInvalid`."""
        return self.add(when, Duration.of(self.between(start, end)))

    def is_open(self, when: datetime) -> bool:
        """Whether it is open then; at the closing moment it is not."""
        moment = in_reach(when)
        return any(opens <= moment < closes for opens, closes in self.slots(moment.astimezone(self.zone).date()))

    def next_opening(self, when: datetime) -> datetime:
        """`when` itself if it is open then, else the next opening, in the calendar's zone.

        Raises `TimeInvalid` when there is none within ten years.
        """
        moment = in_reach(when)
        day = moment.astimezone(self.zone).date()
        for _ in range(SEARCH_DAYS):
            for opens, closes in self.slots(day):
                if moment < closes:
                    return max(opens, moment).astimezone(self.zone)
            day += DAY
        raise never_open(self.days, when)

    def slots(self, day: date) -> Slots:
        """The opening hours of a day as (opens, closes) in UTC, in order; empty when closed."""
        return self.days.slots(day)

    def is_holiday(self, day: date) -> bool:
        """Whether it is closed on a day whose weekday has opening hours."""
        return not self.slots(day) and bool(self.days.week.hours[day.weekday()])

    def why_closed(self, day: date) -> str:
        """Why there are no opening hours that day, for people; empty when there are."""
        return self.days.why_closed(day)


def _length(duration: str | Duration) -> Duration:
    return duration if isinstance(duration, Duration) else parse_duration(duration)
