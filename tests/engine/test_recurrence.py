# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: DTZ001  wall times have no zone: that is what they are
"""What repeats, repeats when the calendar says so: through clock changes, month ends and leap years, against an oracle.

The oracle is dateutil: `relativedelta` for calendar arithmetic, `dateutil.tz` for zones (our own code uses `zoneinfo`).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from dateutil.relativedelta import relativedelta
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engine.errors import TimeInvalid
from engine.iso8601 import Duration, parse_duration
from engine.recurrence import Recurrence, check_recurrence, is_cron, is_recurrence, parse_recurrence

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "UTC")
BERLIN = ZoneInfo("Europe/Berlin")
#: dateutil.tz reads zones up to 2037 only.
WALL = st.datetimes(datetime(1990, 1, 1), datetime(2036, 1, 1)).map(lambda d: d.replace(microsecond=0))
SPRING, AUTUMN = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)


def ticks(recurrence: Recurrence, anchor: datetime, most: int) -> list[datetime]:
    """The first so many ticks, each fired when it was due."""
    found: list[datetime] = []
    due = recurrence.next_after(anchor, None, anchor)
    while due is not None and len(found) < most:
        found.append(due.astimezone(UTC))  # Python takes no moment of an hour shown twice for equal to another zone's
        due = recurrence.next_after(anchor, due, due)
    return found


def walls(recurrence: Recurrence, anchor: datetime, most: int) -> list[str]:
    """The same as Berlin's clocks show it, with the offset."""
    return [t.astimezone(BERLIN).isoformat(timespec="minutes") for t in ticks(recurrence, anchor, most)]


def oracle(wall: datetime, zone: str, prefer: timedelta | None = None) -> datetime:
    """The moment of a wall time: skipped ones as much later as the clocks jump; of two the preferred, else the first."""
    place = tz.gettz(zone)
    local = tz.resolve_imaginary(wall.replace(tzinfo=place))
    if prefer is not None and tz.datetime_ambiguous(wall, place):
        later = tz.enfold(local, 1)
        local = later if local.utcoffset() != prefer and later.utcoffset() == prefer else local
    return local.astimezone(UTC)


def once(moments: list[datetime]) -> list[datetime]:
    """Samoa skipped a whole day: what was meant for it and what was meant for the next day is one moment, one tick."""
    return list(dict.fromkeys(moments))


# --- ISO 8601 ------------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(
    start=WALL,
    zone=st.sampled_from(ZONES),
    years=st.integers(0, 3),
    months=st.integers(0, 14),
    days=st.integers(0, 40),
    count=st.integers(1, 12),
)
@example(start=datetime(2026, 1, 31, 9), zone="Europe/Berlin", years=0, months=1, days=0, count=12)
@example(start=datetime(2024, 2, 29, 9), zone="Europe/Berlin", years=1, months=0, days=0, count=9)
@example(start=datetime(2026, 3, 20, 2, 30), zone="Europe/Berlin", years=0, months=0, days=1, count=12)
@example(start=datetime(2026, 10, 20, 2, 30), zone="Europe/Berlin", years=0, months=0, days=1, count=12)
@example(start=datetime(2011, 12, 28, 10), zone="Pacific/Apia", years=0, months=0, days=1, count=4)
def test_calendar_cycles_are_those_of_the_oracle(
    start: datetime, zone: str, years: int, months: int, days: int, count: int
) -> None:
    """Each tick is counted from the start: n times the duration, on the local calendar, at the same wall time."""
    assume(years or months or days)
    length = Duration(years, months, 0, days)
    cycle = parse_recurrence(f"R{count}/{start.isoformat()}/{length}", ZoneInfo(zone))
    begun = oracle(start, zone)
    offset, wall = (
        begun.astimezone(tz.gettz(zone)).utcoffset(),
        begun.astimezone(tz.gettz(zone)).replace(tzinfo=None, fold=0),
    )
    wanted = [
        oracle(wall + relativedelta(years=years * n, months=months * n, days=days * n), zone, offset)
        for n in range(count)
    ]
    known = [moment for moment in once(wanted) if moment.year < 2037]
    assert ticks(cycle, begun, 20)[: len(known)] == known
    assert len(ticks(cycle, begun, 20)) == len(once(wanted))


@settings(max_examples=50)
@given(start=WALL, zone=st.sampled_from(ZONES), seconds=st.integers(1, 400_000), count=st.integers(1, 12))
def test_exact_cycles_last_as_long_everywhere(start: datetime, zone: str, seconds: int, count: int) -> None:
    """Hours, minutes and seconds know no clock changes."""
    cycle = parse_recurrence(f"R{count}/{start.isoformat()}/PT{seconds}S", ZoneInfo(zone))
    begun = oracle(start, zone)
    assert ticks(cycle, begun, 20) == [begun + timedelta(seconds=seconds * n) for n in range(count)]


@settings(max_examples=50)
@given(
    end=WALL, zone=st.sampled_from(ZONES), months=st.integers(0, 14), days=st.integers(0, 40), count=st.integers(1, 12)
)
@example(end=datetime(2026, 3, 31, 9), zone="Europe/Berlin", months=1, days=0, count=4)
@example(end=datetime(2026, 3, 31, 2, 30), zone="Europe/Berlin", months=0, days=1, count=5)
def test_a_cycle_before_its_end_is_counted_back_from_it(
    end: datetime, zone: str, months: int, days: int, count: int
) -> None:
    """The last tick is the end; the others lie whole durations before it, on the local calendar."""
    assume(months or days)
    cycle = parse_recurrence(f"R{count}/{Duration(0, months, 0, days)}/{end.isoformat()}", ZoneInfo(zone))
    last = oracle(end, zone)
    offset, wall = (
        last.astimezone(tz.gettz(zone)).utcoffset(),
        last.astimezone(tz.gettz(zone)).replace(tzinfo=None, fold=0),
    )
    wanted = [
        oracle(wall - relativedelta(months=months * n, days=days * n), zone, offset) for n in reversed(range(count))
    ]
    assert ticks(cycle, wanted[0], 20) == once(wanted)


@settings(max_examples=50)
@given(
    start=WALL,
    zone=st.sampled_from(ZONES),
    text=st.sampled_from(("P1M", "P1D", "P1W", "PT7H", "P1Y")),
    away=st.integers(0, 500_000),
    seen=st.integers(0, 300_000),
)
def test_after_a_standstill_the_next_tick_is_the_first_after_now(
    start: datetime, zone: str, text: str, away: int, seen: int
) -> None:
    """On the grid, later than now and than the one that fired; none between is left for a burst."""
    cycle, begun = parse_recurrence(f"R/{text}", ZoneInfo(zone)), oracle(start, zone)
    first = cycle.next_after(begun, None, begun)
    assert first is not None
    now = first + timedelta(minutes=away)
    due = cycle.next_after(begun, first, now)
    assert due is not None
    assert due > now
    grid = ticks(cycle, begun, 3)
    assert due in grid or due - now <= parse_duration(text).add_to(now, ZoneInfo(zone)) - now + timedelta(days=4)


def test_the_31st_becomes_the_last_day_of_each_month_and_the_31st_again() -> None:
    """Our choice where ISO 8601 leaves one; a recurrence rule leaves such months out (RFC 5545)."""
    anchor = datetime(2026, 1, 1, tzinfo=UTC)
    cycle = parse_recurrence("R12/2026-01-31T09:00:00/P1M", BERLIN)
    assert [t[5:10] for t in walls(cycle, anchor, 20)] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31",
    ]  # fmt: skip
    rule = parse_recurrence("DTSTART:20260131T090000 RRULE:FREQ=MONTHLY;COUNT=4", BERLIN)
    assert [t[5:10] for t in walls(rule, anchor, 20)] == ["01-31", "03-31", "05-31", "07-31"]


def test_the_29th_of_february_becomes_the_28th_in_common_years() -> None:
    """And is the 29th again in leap years; 2100 is none. A recurrence rule waits for leap years."""
    anchor = datetime(2096, 1, 1, tzinfo=UTC)
    cycle = parse_recurrence("R/2096-02-29T09:00:00Z/P1Y", UTC)
    assert [t.isoformat()[:10] for t in ticks(cycle, anchor, 9)] == [
        "2096-02-29", "2097-02-28", "2098-02-28", "2099-02-28", "2100-02-28", "2101-02-28", "2102-02-28", "2103-02-28", "2104-02-29",
    ]  # fmt: skip
    rule = parse_recurrence("DTSTART:20960229T090000Z RRULE:FREQ=YEARLY;COUNT=2", UTC)
    assert [t.year for t in ticks(rule, anchor, 9)] == [2096, 2104]


DAILY = ("R/{start}/P1D", "30 2 * * *", "DTSTART:{compact} RRULE:FREQ=DAILY")


@pytest.mark.parametrize("form", DAILY)
def test_daily_at_half_past_two_through_the_night_without_it(form: str) -> None:
    """In spring 02:30 is skipped: the tick comes at 03:30, an hour of clock later, and only that day."""
    text = form.format(start="2026-03-27T02:30:00", compact="20260327T023000")
    found = walls(parse_recurrence(text, BERLIN), datetime(2026, 3, 27, tzinfo=UTC), 4)
    assert found == [
        "2026-03-27T02:30+01:00",
        "2026-03-28T02:30+01:00",
        "2026-03-29T03:30+02:00",
        "2026-03-30T02:30+02:00",
    ]


@pytest.mark.parametrize("form", DAILY[1:])
def test_daily_at_half_past_two_through_the_night_with_two_of_them(form: str) -> None:
    """In autumn 02:30 is shown twice: it ticks once, at the first."""
    text = form.format(compact="20261024T023000")
    found = walls(parse_recurrence(text, BERLIN), datetime(2026, 10, 23, 22, 30, tzinfo=UTC), 4)
    assert found == [
        "2026-10-24T02:30+02:00",
        "2026-10-25T02:30+02:00",
        "2026-10-26T02:30+01:00",
        "2026-10-27T02:30+01:00",
    ]


def test_an_interval_between_two_moments_repeats_its_exact_length() -> None:
    """`R5/start/end`: five times, the first at the start; 24 hours are not a day when the clocks change."""
    cycle = parse_recurrence("R3/2026-03-28T02:30:00/2026-03-29T02:30:00", BERLIN)
    assert walls(cycle, datetime(2026, 3, 1, tzinfo=UTC), 9) == [
        "2026-03-28T02:30+01:00", "2026-03-29T03:30+02:00", "2026-03-30T03:30+02:00",
    ]  # fmt: skip
    five = parse_recurrence("R5/2026-01-01T00:00:00Z/2026-01-01T06:00:00Z", UTC)
    assert len(ticks(five, datetime(2025, 1, 1, tzinfo=UTC), 9)) == 5


def test_before_an_end_without_number_it_goes_on_until_then() -> None:
    """`R/P3M/end` ticks each quarter from the anchor on, the last time at the end."""
    cycle = parse_recurrence("R/P3M/2027-01-31T18:00:00", BERLIN)
    found = walls(cycle, datetime(2026, 5, 1, tzinfo=UTC), 9)
    assert [t[:10] for t in found] == ["2026-07-31", "2026-10-31", "2027-01-31"]
    assert cycle.next_after(datetime(2027, 3, 1, tzinfo=UTC), None, datetime(2027, 3, 1, tzinfo=UTC)) is None


# --- cron and recurrence rules --------------------------------------------------------------------------------------

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@settings(max_examples=50)
@given(
    anchor=WALL,
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    day=st.none() | st.integers(1, 31),
    weekday=st.none() | st.integers(0, 6),
)
@example(anchor=datetime(2026, 3, 29, 1, 59), zone="Europe/Berlin", minute=30, hour=2, day=None, weekday=None)
@example(anchor=datetime(2026, 3, 29, 3, 15), zone="Europe/Berlin", minute=30, hour=2, day=None, weekday=None)
@example(anchor=datetime(2026, 10, 25, 2, 15), zone="Europe/Berlin", minute=30, hour=2, day=None, weekday=None)
@example(anchor=datetime(2011, 12, 29, 23, 0), zone="Pacific/Apia", minute=30, hour=2, day=None, weekday=None)
def test_a_cron_line_and_a_rule_fire_on_the_days_that_fit(
    anchor: datetime, zone: str, minute: int, hour: int, day: int | None, weekday: int | None
) -> None:
    """Looked for day by day; cron and rule agree, and nothing is left out or doubled."""
    assume(day is None or weekday is None)
    line = f"{minute} {hour} {day or '*'} * {'*' if weekday is None else NAMES[weekday]}"
    parts = [f"BYMONTHDAY={day}"] * (day is not None) + [f"BYDAY={NAMES[weekday or 0][:2].upper()}"] * (
        weekday is not None
    )
    from_ = f"DTSTART:{anchor - timedelta(days=2):%Y%m%d}T000000 "
    rule = from_ + ";".join(["RRULE:FREQ=DAILY", *parts, f"BYHOUR={hour}", f"BYMINUTE={minute}", "BYSECOND=0"])
    begun, wanted = oracle(anchor, zone), list[datetime]()
    fits = (anchor.date() + timedelta(days=n) for n in range(-2, 400))
    for one in fits:
        if (day is None or one.day == day) and (weekday is None or one.weekday() == weekday):
            moment = oracle(datetime(one.year, one.month, one.day, hour, minute), zone)
            if moment >= begun and moment not in wanted:
                wanted.append(moment)
    assert ticks(parse_recurrence(rule, ZoneInfo(zone)), begun, 5) == wanted[:5]
    assert ticks(parse_recurrence(line, ZoneInfo(zone)), begun, 5) == [w for w in wanted if w > begun][:5]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0", ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15", ["2026-01-15", "2026-07-15", "2027-01-15", "2027-07-15"]),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ["2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=2", ["2026-01-13", "2026-01-27"]),
        ("FREQ=DAILY;UNTIL=20260103", ["2026-01-02", "2026-01-03"]),
        ("FREQ=DAILY;UNTIL=20260103T120000Z", ["2026-01-02", "2026-01-03"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", ["2044-02-29", "2072-02-29"]),
    ],
)  # fmt: skip
def test_reviews_as_organisations_plan_them(rule: str, days: list[str]) -> None:
    """Last Friday of the month, first working day of a quarter, twice a year; bounded by number or by day."""
    anchor = datetime(2026, 1, 1, 9, tzinfo=BERLIN)
    assert [
        t[:10]
        for t in walls(
            parse_recurrence(f"RRULE:{rule}", BERLIN), anchor, len(days) + (len(days) < 3 and "29" not in rule)
        )
    ] == days


def test_a_start_may_name_its_own_zone() -> None:
    """Nine o'clock in New York, wherever the engine is."""
    rule = parse_recurrence("DTSTART;TZID=America/New_York:20260302T090000\n RRULE:FREQ=WEEKLY;COUNT=3", BERLIN)
    found = ticks(rule, datetime(2026, 1, 1, tzinfo=UTC), 9)
    assert [t.astimezone(UTC).isoformat() for t in found] == [
        "2026-03-02T14:00:00+00:00", "2026-03-09T13:00:00+00:00", "2026-03-16T13:00:00+00:00",
    ]  # fmt: skip


@settings(max_examples=50)
@given(
    anchor=WALL,
    text=st.sampled_from(
        (
            "R/P1M",
            "R/PT36H",
            "15 */6 * * *",
            "0 0 31 * *",
            "RRULE:FREQ=WEEKLY;BYDAY=SU,WE",
            "RRULE:FREQ=DAILY;BYHOUR=1,2,3",
        )
    ),
)
def test_ticks_only_go_forward(anchor: datetime, text: str) -> None:
    """Each is later than the one before, also where the clocks are changed."""
    found = ticks(parse_recurrence(text, BERLIN), oracle(anchor, "Europe/Berlin"), 30)
    assert len(found) == 30
    assert all(one.astimezone(UTC) < other.astimezone(UTC) for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("30 2 * * 1", "two readings"),
        ("30 2 1 * mon", "two readings"),
        ("61 2 * * *", "no cron line"),
        ("0 0 32 1 *", "no cron line"),
        ("RRULE:FREQ=HOURLY", "HOURLY"),
        ("RRULE:FREQ=SOMETIMES", "SOMETIMES"),
        ("RRULE:INTERVAL=2", "no recurrence rule"),
        ("RRULE:FREQ=DAILY;COUNT=0", "never happens"),
        ("RRULE:FREQ=DAILY;COUNT=x", "no recurrence rule"),
        ("RRULE:FREQ=YEARLY;INTERVAL=0", "interval '0'"),
        ("RRULE:FREQ=DAILY;INTERVAL=-1", "interval '-1'"),
        ("RRULE:FREQ=YEARLY;INTERVAL=1000", "interval '1000'"),
        ("RRULE:FREQ=MONTHLY;INTERVAL=x", "no recurrence rule"),
        ("DTSTART:20260230T090000 RRULE:FREQ=DAILY", "no recurrence rule"),
        ("DTSTART:20260101T090000", "no recurrence rule"),
        ("DTSTART;TZID=Middle/Earth:20260101T090000 RRULE:FREQ=DAILY", "no such time zone"),
        ("RRULE:FREQ=DAILY RRULE:FREQ=DAILY", "no recurrence rule"),
        ("R/P1M/P1D", "no ISO 8601 date-time"),
    ],
)  # fmt: skip
def test_what_has_two_readings_or_none_is_refused(text: str, said: str) -> None:
    """With a sentence that says why and a hint that says what to write."""
    with pytest.raises(TimeInvalid, match=said) as error:
        parse_recurrence(text, BERLIN)
    assert error.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "0 0 30 2 *",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99991231",
    ],
)
def test_what_never_happens_is_not_looked_for_for_ever(text: str) -> None:
    """It is over at once (the search ends after forty years)."""
    began = time.process_time()
    assert parse_recurrence(text, BERLIN).next_after(SPRING, None, SPRING) is None
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 0 30 2 *", "never happens"),
        ("RRULE:FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("R/P1000Y", "P1000Y is too long: 100 years at most"),
        ("R/2026-01-01T00:00:00Z/P101Y", "P101Y is too long"),
        ("R/PT0.5S", "too short: 1 second at least"),
        ("R/P0D", "longer than nothing"),
        ("R/-P1D", "no ISO 8601 duration"),
    ],
)
def test_what_nobody_can_have_meant_is_refused_where_it_is_written(text: str, said: str) -> None:
    """On a diagram and in the calendar; what hardly ever comes is let be."""
    with pytest.raises(TimeInvalid, match=said) as error:
        check_recurrence(text)
    assert error.value.hint
    for well in ("R/P100Y", "R/PT1S", "0 0 29 2 *", "RRULE:FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29", "R/P1M/2031-01-01T00:00:00Z"):
        check_recurrence(well)


@pytest.mark.parametrize(("text", "cron", "any_"), [
    ("30 2 * * *", True, True), ("*/5 8-17 * * mon-fri", True, True), ("0 9 1 jan,jul *", True, True), ("R/PT1H", False, True),
    ("RRULE:FREQ=DAILY", False, True), ("DTSTART:2026", False, True), ("PT4H", False, False), ("2026-01-01T00:00:00Z", False, False),
    ("a if b else c", False, False), ("1 + 2 - 3", False, False), ("2 * x * y", False, False),
])  # fmt: skip
def test_forms_are_told_apart_from_expressions(text: str, cron: bool, any_: bool) -> None:
    """By their shape."""
    assert (is_cron(text), is_recurrence(text)) == (cron, any_)
