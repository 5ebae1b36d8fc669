# SPDX-License-Identifier: Apache-2.0
"""Working time: opening hours, holidays, and durations that are counted in them. Pure: no clock, no database.

How a duration is counted (`Calendar.add`), largest unit first:

1. Years, months and weeks are calendar units: `P1M` is the same day next month, whatever is open then.
2. The moment is brought into opening hours: when closed, the next opening. The closing moment itself counts
   as inside, so that a deadline is Friday 17:00 and not Monday 9:00.
3. Days are **working days**, days with opening hours. `P5D` is the fifth working day after the moment's own,
   at the same time of day, brought into that day's hours: before they begin, their beginning; in a break, the
   end of the break; after they end, their end.
4. Hours, minutes and seconds are **opening time**: `PT4H` ends when four opening hours have gone by, exactly,
   also on the days on which clocks are changed.

So `P1D` and `PT24H` differ, as they do in ISO 8601. `explain` lists every day that was passed and what it
counted.

A calendar's file (`from_json`); only `time_zone` and `opening_hours` are required:

    {"title": "Office hours", "time_zone": "Europe/Berlin",
     "opening_hours": {"monday": ["08:00-12:00", "13:00-17:00"], …, "friday": ["08:00-15:00"]},
     "holidays": {"country": "DE", "subdivision": "BY"},
     "extra_holidays": {"2026-12-24": "Christmas Eve"},
     "extra_working_days": {"2026-10-24": ["09:00-13:00"]}}

A day of `extra_working_days` has those hours whatever else is said of it. `24:00` is midnight at the end of a
day; a shift across midnight is written as two parts on two days. The texts themselves are read by
`engine.iso8601`, whose names are repeated here because who counts time needs both.
"""

from engine.iso8601 import (
    Cycle,
    Duration,
    format_datetime,
    parse_cycle,
    parse_datetime,
    parse_duration,
    parse_zone,
)
from engine.worktime.calendars import Calendar
from engine.worktime.counting import Segment
from engine.worktime.holidays_of import known_places, parts_of

__all__ = [
    "Calendar",
    "Cycle",
    "Duration",
    "Segment",
    "format_datetime",
    "known_places",
    "parse_cycle",
    "parse_datetime",
    "parse_duration",
    "parse_zone",
    "parts_of",
]
