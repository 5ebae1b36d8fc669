# SPDX-License-Identifier: Apache-2.0
"""The days of a calendar: when each is open, and why it is not."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from engine.worktime.holidays_of import holidays_of
from engine.worktime.opening import Slots, slots_of
from engine.worktime.week import WEEKDAYS, Hours, Week

_CACHED_DAYS = 20_000


class Days:
    """Opening hours by day, computed once. Safe to share: what two threads store for a day is equal."""

    def __init__(self, week: Week) -> None:
        self.week = week
        self.zone: ZoneInfo = week.zone
        self._slots: dict[date, Slots] = {}

    def slots(self, day: date) -> Slots:
        """The opening hours of a day as (opens, closes) in UTC, in order; empty when closed."""
        slots = self._slots.get(day)
        if slots is None:
            if len(self._slots) >= _CACHED_DAYS:
                self._slots.clear()
            slots = self._slots[day] = slots_of(day, self._hours(day), self.zone)
        return slots

    def why_closed(self, day: date) -> str:
        """Why there are no opening hours that day, for people; empty when there are."""
        if self.slots(day):
            return ""
        return self._holiday(day) or f"no opening hours on {WEEKDAYS[day.weekday()].capitalize()}"

    def _hours(self, day: date) -> Hours:
        extra = self.week.extra_working_days.get(day)
        if extra is not None:
            return extra
        return () if self._holiday(day) else self.week.hours[day.weekday()]

    def _holiday(self, day: date) -> str:
        week = self.week
        name = week.extra_holidays.get(day)
        if name is None and week.country:
            name = holidays_of(week.country, week.subdivision, week.language, day.year).get(day)
        return "" if name is None else name or "holiday"
