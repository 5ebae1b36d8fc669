# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: DTZ001 - naive date-times are what is refused, and the raw material of the strategies
"""ISO 8601 moments, durations and cycles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.errors import TimeInvalid
from engine.iso8601 import (
    Cycle,
    Duration,
    format_datetime,
    parse_cycle,
    parse_datetime,
    parse_duration,
    parse_zone,
)

BERLIN, AUCKLAND, KATHMANDU = (ZoneInfo(name) for name in ("Europe/Berlin", "Pacific/Auckland", "Asia/Kathmandu"))

zones = st.sampled_from([BERLIN, AUCKLAND, KATHMANDU, UTC])
clock_changes = st.sampled_from(
    [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 4, 4, 14), datetime(2026, 9, 26, 14)]
)
moments = st.one_of(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.builds(lambda when, s: when.replace(tzinfo=UTC) + timedelta(seconds=s), clock_changes, st.integers(-8000, 8000)),
)
exact = st.builds(
    Duration,
    hours=st.integers(0, 500),
    minutes=st.integers(0, 200),
    seconds=st.integers(0, 10**9).map(lambda micro: Decimal(micro) / 10**6),
)
durations = st.builds(
    Duration,
    years=st.integers(0, 30),
    months=st.integers(0, 40),
    weeks=st.just(0),
    days=st.integers(0, 800),
    hours=st.integers(0, 500),
    minutes=st.integers(0, 200),
    seconds=st.integers(0, 10**9).map(lambda micro: Decimal(micro) / 10**6),
)
beats = st.builds(
    Duration,
    years=st.integers(0, 2),
    months=st.integers(0, 14),
    days=st.integers(0, 60),
    hours=st.integers(3, 50),
    minutes=st.integers(0, 59),
)


def local(text: str, zone: ZoneInfo) -> datetime:
    return parse_datetime(text, zone)


# durations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT4H", Duration(hours=4)),
        ("P5D", Duration(days=5)),
        ("P2W", Duration(weeks=2)),
        ("P1M", Duration(months=1)),
        ("PT1M", Duration(minutes=1)),
        ("P1Y2M10DT2H30M5.25S", Duration(1, 2, 0, 10, 2, 30, Decimal("5.25"))),
        ("PT1,5H", Duration(hours=1, minutes=30)),
        ("P1.5D", Duration(days=1, hours=12)),
        ("P0.5W", Duration(days=3, hours=12)),
        ("PT0S", Duration()),
        ("PT36H", Duration(hours=36)),
    ],
)
def test_a_duration_is_read_unit_by_unit(text: str, expected: Duration) -> None:
    """No unit is turned into another, except the fraction of the last number into smaller ones."""
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "-PT1H",
        "PT-1H",
        "P-1D",
        "+PT1H",
        "P1W2D",
        "P1Y2W",
        "P1.5DT1H",
        "P1.5M",
        "P0.5Y",
        "1H",
        "P1H",
        "p1d",
        "PT1S1M",
        "P1D ",
        " P1D",
        "PT1.0000001S",
        "P1D1D",
        "P١D",
        "PT1H30",
        "P1234567890D",
        "P2026-01-01T00:00:00",
        "PT1..5H",
        5,
        None,
        ["PT1H"],
    ],
)
def test_what_has_no_single_reading_is_no_duration(text: str) -> None:
    """Empty, signed, mixed and half-written durations are refused with a sentence and what to write."""
    with pytest.raises(TimeInvalid) as caught:
        parse_duration(text)
    assert caught.value.value == text
    assert caught.value.hint


@given(durations)
def test_a_duration_written_and_read_is_itself(duration: Duration) -> None:
    """`str` gives ISO 8601 that `parse_duration` reads back unchanged."""
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2028-01-31T10:00", "P1M", "2028-02-29T10:00"),
        ("2028-02-29T10:00", "P1Y", "2029-02-28T10:00"),
        ("2028-02-29T10:00", "P4Y", "2032-02-29T10:00"),
        ("2026-12-31T23:30", "PT1H", "2027-01-01T00:30"),
        ("2026-11-30T09:00", "P3M", "2027-02-28T09:00"),
        ("2026-01-31T10:00", "P1M1D", "2026-03-01T10:00"),
        ("2026-03-28T09:00", "P1D", "2026-03-29T09:00"),
        ("2026-03-28T09:00", "PT24H", "2026-03-29T10:00"),
        ("2026-10-24T09:00", "P1D", "2026-10-25T09:00"),
        ("2026-10-24T09:00", "PT24H", "2026-10-25T08:00"),
        ("2026-03-28T02:30", "P1D", "2026-03-29T03:30"),
    ],
)
def test_days_keep_the_time_of_day_and_hours_do_not(start: str, duration: str, end: str) -> None:
    """In Berlin: days and larger are the local calendar's, with the last of the month; hours are exact."""
    assert parse_duration(duration).add_to(local(start, BERLIN)) == local(end, BERLIN)


def test_the_hour_that_occurs_twice_keeps_its_offset() -> None:
    """A moment in the second 2:30 of the night on which clocks go back stays in the second one."""
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC).astimezone(BERLIN)
    assert Duration(days=0, hours=0).add_to(second).astimezone(UTC) == second.astimezone(UTC)
    week_before = datetime(2026, 10, 18, 2, 30, tzinfo=BERLIN)
    assert Duration(weeks=1).add_to(week_before).astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_southern_clocks_change_the_other_way_round() -> None:
    """In Auckland September has the day of 23 hours and April the one of 25."""
    spring = local("2026-09-26T12:00", AUCKLAND)
    assert Duration(days=1).add_to(spring).astimezone(UTC) - spring.astimezone(UTC) == timedelta(hours=23)
    autumn = local("2026-04-04T12:00", AUCKLAND)
    assert Duration(days=1).add_to(autumn).astimezone(UTC) - autumn.astimezone(UTC) == timedelta(hours=25)


@given(moments, exact, exact, zones)
def test_exact_durations_add_up(when: datetime, one: Duration, other: Duration, zone: ZoneInfo) -> None:
    """Hours and smaller: adding two is adding their sum, in any zone, to the microsecond."""
    both = other.add_to(one.add_to(when, zone), zone)
    assert both.astimezone(UTC) == when + one.exact + other.exact


@given(moments, durations, zones)
def test_the_result_is_in_the_zone_and_never_earlier(when: datetime, duration: Duration, zone: ZoneInfo) -> None:
    """A duration never leads back, whatever the clocks do."""
    result = duration.add_to(when, zone)
    assert result.tzinfo is zone
    assert result.astimezone(UTC) >= when


@given(moments, st.integers(0, 40), st.integers(0, 400), st.sampled_from([BERLIN, AUCKLAND]))
def test_calendar_units_keep_the_time_of_day(when: datetime, months: int, days: int, zone: ZoneInfo) -> None:
    """Unless that time of day is skipped by the clocks, which then show at most an hour later."""
    begun = when.astimezone(zone).replace(tzinfo=None)
    landed = Duration(months=months, days=days).add_to(when, zone).replace(tzinfo=None)
    midnight = landed.replace(hour=0, minute=0, second=0, microsecond=0)
    shift = (landed - midnight) - timedelta(
        hours=begun.hour, minutes=begun.minute, seconds=begun.second, microseconds=begun.microsecond
    )
    assert shift in (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize("text", ["P9000Y", "P999999999D", "PT999999999H", "P999999999Y"])
def test_a_duration_beyond_the_calendar_is_refused(text: str) -> None:
    """Results after the year 9999 are an error of the engine's own, not an overflow."""
    with pytest.raises(TimeInvalid):
        parse_duration(text).add_to(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_start_without_zone_is_refused() -> None:
    """A naive date-time has no meaning here."""
    with pytest.raises(TimeInvalid):
        Duration(days=1).add_to(datetime(2026, 1, 1))


# moments


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-26T09:00:00Z", "2026-01-26T09:00:00+00:00"),
        ("2026-01-26T09:00:00+01:00", "2026-01-26T08:00:00+00:00"),
        ("2026-01-26T09:00+0545", "2026-01-26T03:15:00+00:00"),
        ("2026-01-26T09:00-05", "2026-01-26T14:00:00+00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00+00:00"),
        ("2026-11-01T12:00:00", "2026-11-01T11:00:00+00:00"),
        ("2026-01-26T24:00:00Z", "2026-01-27T00:00:00+00:00"),
        ("2026-12-31T24:00Z", "2027-01-01T00:00:00+00:00"),
        ("2026-01-26T09:00:00.123456789Z", "2026-01-26T09:00:00.123456+00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
        ("2026-03-29T02:30", "2026-03-29T01:30:00+00:00"),
        ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_a_date_time_is_read(text: str, utc: str) -> None:
    """With its own offset, or as Berlin's local time on that date (not on the day of import)."""
    assert parse_datetime(text, BERLIN).astimezone(UTC).isoformat() == utc


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-26",
        "2026-W05-1",
        "2026-W05-1T09:00Z",
        "2026W051",
        "2026-026",
        "2026-026T09:00Z",
        "20260126T090000Z",
        "2026-01-26 09:00Z",
        "2026-01-26t09:00:00z",
        "2026-02-30T09:00Z",
        "2027-02-29T09:00Z",
        "2026-01-26T24:01Z",
        "2026-01-26T25:00Z",
        "2026-01-26T09:60Z",
        "2026-01-26T23:59:60Z",
        "2026-01-26T09:00+25:00",
        "2026-01-26T09:00+01:75",
        "tomorrow",
        "",
        "2026-01-26T09:00:00Z\n",
        "9999-12-31T24:00Z",
        7,
    ],
)
def test_other_forms_are_refused_clearly(text: str) -> None:
    """Dates alone, week dates, ordinal dates, other separators, days that do not exist."""
    with pytest.raises(TimeInvalid) as caught:
        parse_datetime(text, UTC)
    assert caught.value.hint


def test_without_offset_and_zone_a_date_time_is_refused() -> None:
    """Nobody guesses a zone."""
    with pytest.raises(TimeInvalid, match="no time zone"):
        parse_datetime("2026-01-26T09:00:00")


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=zones))
def test_a_date_time_written_and_read_is_the_same_moment(when: datetime) -> None:
    """`format_datetime` gives what `parse_datetime` reads, unless the offset has seconds (before 1900)."""
    assume(not when.utcoffset() % timedelta(minutes=1))  # type: ignore[operator]
    assert parse_datetime(format_datetime(when)).astimezone(UTC) == when.astimezone(UTC)


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc/passwd", "CET/../x"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    """And a path is no zone."""
    with pytest.raises(TimeInvalid):
        parse_zone(name)


# cycles


def ticks(cycle: Cycle, anchor: datetime, count: int) -> list[datetime]:
    """The first ticks of a cycle that is fired in time each time."""
    found: list[datetime] = []
    due = cycle.next_after(anchor, None, anchor)
    while due is not None and len(found) < count:
        found.append(due)
        due = cycle.next_after(anchor, due, due)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R3/PT1H", Cycle(Duration(hours=1), 3)),
        ("R/P1M", Cycle(Duration(months=1))),
        ("R/2026-01-01T09:00:00Z/P1M", Cycle(Duration(months=1), None, datetime(2026, 1, 1, 9, tzinfo=UTC))),
        (
            "R2/2026-01-01T00:00:00Z/2026-01-01T06:00:00Z",
            Cycle(Duration(seconds=Decimal(21600)), 2, datetime(2026, 1, 1, tzinfo=UTC)),
        ),
    ],
)
def test_a_cycle_is_read(text: str, expected: Cycle) -> None:
    """Repetitions, start and duration; an interval by its end has the exact length."""
    assert parse_cycle(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "PT1H",
        "R",
        "R/",
        "R3",
        "R0/PT1H",
        "R-1/PT1H",
        "Rx/PT1H",
        "R/PT0S",
        "R/P",
        "R3/PT1H/2026-01-01T00:00:00",
        "R/2026-01-01T09:00:00/P1M",
        "R/2026-01-01T00:00:00Z/2025-01-01T00:00:00Z",
        "R/2026-01-01T00:00:00Z/PT1H/PT2H",
        "0 9 * * 1",
        3,
    ],
)
def test_what_is_no_cycle_is_refused(text: str) -> None:
    """Plain durations, cron lines, cycles that never happen, that never advance or have no zone."""
    with pytest.raises(TimeInvalid):
        parse_cycle(text)


def test_without_start_the_first_tick_is_one_duration_after_the_anchor() -> None:
    """R3/PT1H ticks three times and is over."""
    anchor = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert ticks(parse_cycle("R3/PT1H"), anchor, 9) == [anchor + timedelta(hours=n) for n in (1, 2, 3)]


def test_with_a_start_the_first_tick_is_the_start() -> None:
    """And the end of a start/end interval is the second."""
    cycle = parse_cycle("R2/2026-01-01T09:00:00Z/2026-01-01T15:00:00Z")
    anchor = datetime(2025, 6, 1, tzinfo=UTC)
    assert ticks(cycle, anchor, 9) == [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (9, 15)]


def test_a_start_long_ago_does_not_fire_what_it_never_had_to() -> None:
    """Armed in 2026, a review that began in 2020 is due in 2026; a counted one is over."""
    anchor = datetime(2026, 11, 25, tzinfo=UTC)
    start = "2020-01-15T09:00:00Z"
    assert parse_cycle(f"R/{start}/P1M").next_after(anchor, None, anchor) == datetime(2026, 12, 15, 9, tzinfo=UTC)
    assert parse_cycle(f"R3/{start}/P1M").next_after(anchor, None, anchor) is None


def test_a_monthly_cycle_from_the_31st_does_not_drift() -> None:
    """After February it is on the 31st again."""
    days = [tick.day for tick in ticks(parse_cycle("R/P1M"), datetime(2026, 1, 31, 9, tzinfo=UTC), 6)]
    assert days == [28, 31, 30, 31, 30, 31]


def test_a_yearly_cycle_from_29_february_comes_back_to_it() -> None:
    """28 February in common years."""
    days = [(t.year, t.day) for t in ticks(parse_cycle("R/P1Y"), datetime(2028, 2, 29, 9, tzinfo=UTC), 4)]
    assert days == [(2029, 28), (2030, 28), (2031, 28), (2032, 29)]


@pytest.mark.parametrize("zone", [BERLIN, AUCKLAND, KATHMANDU])
def test_a_daily_cycle_keeps_local_time_all_year(zone: ZoneInfo) -> None:
    """At 9:00 before and after both changes of the clocks."""
    anchor = datetime(2026, 1, 1, 9, tzinfo=zone)
    found = ticks(parse_cycle("R/P1D", zone), anchor.astimezone(UTC), 400)
    assert {tick.hour for tick in found} == {9}
    assert len({tick.date() for tick in found}) == 400


@given(moments, beats, st.integers(1, 30), zones)
def test_the_nth_tick_is_n_durations_after_the_anchor(
    anchor: datetime, beat: Duration, count: int, zone: ZoneInfo
) -> None:
    """Never the previous tick plus one: no drift."""
    found = ticks(Cycle(beat, count, None, zone), anchor, 99)
    assert found == [(beat * n).add_to(anchor, zone) for n in range(1, count + 1)]


@given(moments, st.integers(60, 10**6), st.integers(1, 10**9))
def test_a_missed_tick_never_bursts(anchor: datetime, seconds: int, late: int) -> None:
    """After one late fire the next is the first tick after now, still on the cycle's own beat."""
    cycle = Cycle(Duration(seconds=Decimal(seconds)))
    first = cycle.next_after(anchor, None, anchor)
    assert first is not None
    now = first + timedelta(seconds=late)
    following = cycle.next_after(anchor, first, now)
    assert following is not None
    assert now < following <= now + timedelta(seconds=seconds)
    assert (following - anchor) % timedelta(seconds=seconds) == timedelta(0)


@given(moments, beats, st.floats(0, 30), zones)
def test_the_next_tick_is_the_first_after_now(anchor: datetime, beat: Duration, missed: float, zone: ZoneInfo) -> None:
    """Also for calendar units, where no division finds the number of the tick."""
    cycle = Cycle(beat, None, None, zone)
    every = [(beat * n).add_to(anchor, zone) for n in range(1, 50)]
    now = anchor + (every[0].astimezone(UTC) - anchor) * (1 + missed)
    expected = next(tick for tick in every if tick.astimezone(UTC) > now)
    assert cycle.next_after(anchor, every[0], now) == expected


def test_a_counted_cycle_that_was_missed_is_over_when_it_was_meant_to_be() -> None:
    """R3/PT1H, asleep for five hours: one late fire, and no more."""
    anchor = datetime(2026, 1, 1, 9, tzinfo=UTC)
    cycle = parse_cycle("R3/PT1H")
    first = cycle.next_after(anchor, None, anchor)
    assert cycle.next_after(anchor, first, anchor + timedelta(hours=5)) is None


def test_a_cycle_ends_with_the_calendar() -> None:
    """After the year 9999 there is no next tick, and no overflow."""
    anchor = datetime(9998, 6, 1, tzinfo=UTC)
    assert len(ticks(parse_cycle("R/P1Y"), anchor, 5)) == 1
