# SPDX-License-Identifier: Apache-2.0
"""Library functions on dates, durations and working time. The only clock is the moment of the step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.errors import EngineError
from engine.iso8601 import Duration
from engine.scripts.context import Scope, WorkingCalendar
from engine.scripts.data import Trouble, described
from engine.scripts.functions import Shelf, a_number, a_text
from engine.scripts.moments import day, is_day, length, moment, written, written_length
from engine.scripts.naming import suggestion
from engine.values import Json

TIME = Shelf()


@TIME.add("now", "The moment of this step, as a date-time in UTC.", ("now()", "2026-01-26T09:00:00Z"), scoped=True)
def _now(scope: Scope) -> Json:
    return written(scope.context.now)


@TIME.add(
    "today",
    "The calendar day of this step, in the time zone of the default calendar.",
    ("today()", "2026-01-26"),
    scoped=True,
)
def _today(scope: Scope) -> Json:
    return scope.context.now.astimezone(scope.zone).date().isoformat()


@TIME.add(
    "date",
    "The calendar day of a date-time as it is written, or of a date.",
    ('date("2026-01-26T23:30:00+01:00")', "2026-01-26"),
)
def _date(s: Json) -> Json:
    return day(s, "date()").isoformat()


@TIME.add(
    "duration",
    "The duration in its usual form, after a check. Months and days stay months and days.",
    ('duration("P1W")', "P1W"),
    ('duration("PT1.5H")', "PT1H30M"),
)
def _duration(s: Json) -> Json:
    return str(length(s, "duration()"))


@TIME.add(
    "add_time",
    "The date-time so much later by the clock, in UTC. A date stays a date if only years to days are added.",
    ('add_time("2026-01-26T09:00:00Z", "PT4H")', "2026-01-26T13:00:00Z"),
    ('add_time("2026-01-31", "P1M")', "2026-02-28"),
)
def _add_time(when: Json, duration: Json) -> Json:
    return _moved("add_time()", when, length(duration, "add_time()"))


@TIME.add(
    "subtract_time",
    "The date-time so much earlier by the clock, in UTC. A date stays a date if only years to days are taken off.",
    ('subtract_time("2026-01-26T09:00:00Z", "P30D")', "2025-12-27T09:00:00Z"),
    ('subtract_time("2026-03-31", "P1M")', "2026-02-28"),
)
def _subtract_time(when: Json, duration: Json) -> Json:
    return _moved("subtract_time()", when, length(duration, "subtract_time()") * -1)


@TIME.add(
    "next_due",
    "The first day after today that lies one or more whole periods after a day; without a day (None) one period after today. "
    "So a review that was done late, or early, is due again when it would have been anyway.",
    ('next_due("2026-01-05", "P1M")', "2026-02-05"),
    ('next_due("2025-11-30", "P1M")', "2026-01-30"),
    ('next_due(None, "P1Y")', "2027-01-26"),
    scoped=True,
)
def _next_due(scope: Scope, last: Json, period: Json) -> Json:
    by = length(period, "next_due()")
    if not by or by.exact:
        raise Trouble(f"next_due() needs a period of days or more and saw {described(period)}", "Write P1Y or P3M.")
    today = _today(scope)
    if last is None:
        return _moved("next_due()", today, by)
    start, turns = day(last, "next_due()").isoformat(), 1
    while (found := _moved("next_due()", start, by * turns)) <= today:
        turns += max(_turns(found, today, by), 1)
    return found


def _turns(found: str, today: str, by: Duration) -> int:
    """How many periods surely lie between two days: not so many that the next one could be passed over."""
    longest = by.years * 366 + by.months * 31 + by.weeks * 7 + by.days
    return (date.fromisoformat(today) - date.fromisoformat(found)).days // longest


def _moved(where: str, when: Json, by: Duration) -> Json:
    try:
        if not is_day(when):
            return written(by.add_to(moment(when, where)))
        if by.exact:
            raise Trouble(f"{where} cannot add hours to a date", "Use a date-time such as 2026-01-26T09:00:00Z.")
        start = moment(f"{day(when, where).isoformat()}T00:00:00Z", where)
        return written(by.add_to(start))[:10]
    except (EngineError, OverflowError) as error:
        raise _because(where, error) from None


@TIME.add(
    "add_working_time",
    "The date-time when so much working time has passed, by the named calendar, in UTC. Pauses, a list of mappings with "
    "`from` and `to`, do not count.",
    ('add_working_time("2026-01-23T16:00:00Z", "PT2H")', "2026-01-26T09:00:00Z"),
    (
        (
            'add_working_time("2026-01-26T08:00:00Z", "PT2H", "default",'
            ' [{"from": "2026-01-26T09:00:00Z", "to": "2026-01-26T12:00:00Z"}])'
        ),
        "2026-01-26T13:00:00Z",
    ),
    scoped=True,
)
def _add_working_time(
    scope: Scope, when: Json, duration: Json, calendar: Json = "default", pauses: Json = None
) -> Json:
    hours = _calendar(scope, calendar, "add_working_time()")
    length(duration, "add_working_time()")
    start = moment(when, "add_working_time()")
    try:
        end = hours.add(start, duration)
        for begin, resumed in _pauses(pauses, start):
            if begin < end:
                end = hours.put_off(end, begin, resumed)
        return written(end)
    except (EngineError, OverflowError) as error:
        raise _because("add_working_time()", error) from None


def _pauses(pauses: Json, start: datetime) -> list[tuple[datetime, datetime]]:
    """The parts of the pauses after ``start``, the earliest first."""
    if not isinstance(pauses, list | None):
        raise Trouble(f"add_working_time() needs a list of pauses and saw {described(pauses)}")
    found = []
    for pause in pauses or ():
        if not isinstance(pause, dict) or not {"from", "to"} <= set(pause):
            hint = 'Write [{"from": "2026-01-26T09:00:00Z", "to": "2026-01-26T12:00:00Z"}].'
            raise Trouble(f"add_working_time() needs pauses with from and to and saw {described(pause)}", hint)
        begin, end = moment(pause["from"], "add_working_time()"), moment(pause["to"], "add_working_time()")
        found.append((max(begin, start), max(end, start)))
    return sorted(found)


@TIME.add(
    "working_time_between",
    "How much working time lies between two date-times, by the named calendar; PT0S if b is not after a.",
    ('working_time_between("2026-01-23T16:00:00Z", "2026-01-26T09:00:00Z")', "PT2H"),
    scoped=True,
)
def _working_time_between(scope: Scope, a: Json, b: Json, calendar: Json = "default") -> Json:
    hours = _calendar(scope, calendar, "working_time_between()")
    start, end = moment(a, "working_time_between()"), moment(b, "working_time_between()")
    if end <= start:
        return "PT0S"
    try:
        return written_length(hours.between(start, end))
    except (EngineError, OverflowError) as error:
        raise _because("working_time_between()", error) from None


@TIME.add(
    "part_of",
    "So many per cent of a duration of hours, minutes and seconds; fractions of a second are dropped.",
    ('part_of("PT8H", 75)', "PT6H"),
    ('part_of("PT1H", 50)', "PT30M"),
)
def _part_of(duration: Json, percent: Json) -> Json:
    share = Decimal(str(a_number(percent, "part_of()")))
    if share < 0:
        raise Trouble(f"part_of() needs 0 per cent or more and saw {described(percent)}")
    return written_length(_exact(duration, "part_of()") * float(share) / 100)


@TIME.add(
    "minutes",
    "How many minutes a duration of hours, minutes and seconds has, rounded to whole ones.",
    ('minutes("PT1H30M")', 90),
    ('minutes(working_time_between("2026-01-23T16:00:00Z", "2026-01-26T09:00:00Z"))', 120),
)
def _minutes(duration: Json) -> Json:
    return round(_exact(duration, "minutes()").total_seconds() / 60)


def _exact(duration: Json, where: str) -> timedelta:
    """A length that is the same on every day. Days are not: working days differ."""
    given = length(duration, where)
    if given != Duration(hours=given.hours, minutes=given.minutes, seconds=given.seconds):
        hint = "Count it by a calendar first: working_time_between(a, add_working_time(a, duration))."
        raise Trouble(f"{where} needs a duration of hours, minutes and seconds and saw {described(duration)}", hint)
    return given.exact


@TIME.add(
    "days_between",
    "How many days lie between two dates, or whole days of 24 hours between two date-times; negative if b is earlier.",
    ('days_between("2026-01-26", "2026-02-02")', 7),
    ('days_between("2026-01-26T09:00:00Z", "2026-01-27T08:00:00Z")', 0),
)
def _days_between(a: Json, b: Json) -> Json:
    if is_day(a) or is_day(b):
        return (day(b, "days_between()") - day(a, "days_between()")).days
    seconds = (moment(b, "days_between()") - moment(a, "days_between()")).total_seconds()
    return int(seconds / 86400)


def _calendar(scope: Scope, name: Json, where: str) -> WorkingCalendar:
    calendars = scope.context.calendars
    if a_text(name, where) in calendars:
        return calendars[name]
    hint = suggestion(name, calendars, f"Calendars: {', '.join(sorted(calendars)[:10]) or 'none'}.")
    raise Trouble(f"{where}: there is no calendar {described(name).removeprefix('the text ')}", hint)


def _because(where: str, error: Exception) -> Trouble:
    if isinstance(error, EngineError):
        return Trouble(f"{where}: {error.sentence}", error.hint)
    return Trouble(f"{where}: the result lies outside the calendar")
