# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: DTZ001 - naive date-times are what is refused, and the raw material of the strategies
"""Durations counted in opening hours."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import TimeInvalid
from engine.iso8601 import Duration
from engine.worktime import Calendar, parse_datetime

BERLIN = ZoneInfo("Europe/Berlin")
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
EVERY_DAY = (*WORKDAYS, "saturday", "sunday")


def calendar(hours: list[str], days: tuple[str, ...] = WORKDAYS, zone: str = "Europe/Berlin", **more: Any) -> Calendar:
    """A calendar that is open at the same hours on some weekdays."""
    opening = dict.fromkeys(days, hours)
    return Calendar.from_json({"time_zone": zone, "opening_hours": opening, **more})


OFFICE = calendar(["09:00-17:00"])
BREAK = calendar(["08:00-12:00", "13:00-17:00"], holidays={"country": "DE", "subdivision": "BY"})
SHORT_FRIDAY = Calendar.from_json(
    {
        "title": "Short Friday",
        "time_zone": "Europe/Berlin",
        "opening_hours": {**{day: ["08:00-17:00"] for day in WORKDAYS[:4]}, "friday": ["09:00-11:00", "12:00-15:00"]},
        "extra_holidays": {"2026-12-24": "Christmas Eve"},
        "extra_working_days": {"2026-10-24": ["10:00-13:00"]},
    }
)
ROUND_THE_CLOCK = calendar(["00:00-24:00"], EVERY_DAY)
NIGHT = calendar(["00:00-06:00", "22:00-24:00"], EVERY_DAY)
AUCKLAND = calendar(["01:00-05:30"], EVERY_DAY, "Pacific/Auckland", holidays={"country": "NZ"})
KATHMANDU = calendar(["10:00-17:00"], ("sunday", *WORKDAYS), "Asia/Kathmandu", holidays={"country": "NP"})
ALL = [OFFICE, BREAK, SHORT_FRIDAY, ROUND_THE_CLOCK, NIGHT, AUCKLAND, KATHMANDU]

clock_changes = st.sampled_from(
    [datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1), datetime(2026, 4, 4, 14), datetime(2026, 9, 26, 14)]
)
moments = st.one_of(
    st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),
    st.builds(
        lambda when, s: when.replace(tzinfo=UTC) + timedelta(seconds=s), clock_changes, st.integers(-90000, 90000)
    ),
)
calendars = st.sampled_from(ALL)
hours = st.builds(
    Duration, hours=st.integers(0, 200), seconds=st.integers(0, 10**10).map(lambda micro: Decimal(micro) / 10**6)
)
working_days = st.builds(Duration, days=st.integers(0, 40))
any_length = st.builds(Duration, months=st.integers(0, 3), days=st.integers(0, 20), hours=st.integers(0, 60))


def at(text: str) -> datetime:
    """A local time of Berlin."""
    return parse_datetime(text, BERLIN)


def inside(opening: Calendar, when: datetime) -> bool:
    """Whether a moment lies in opening hours, both ends included."""
    moment = when.astimezone(UTC)
    day = when.astimezone(opening.zone).date()
    return any(a <= moment <= b for d in (day, day - timedelta(days=1)) for a, b in opening.slots(d))


# hours


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-25T09:00", "PT4H", "2026-11-25T13:00"),
        ("2026-11-25T15:00", "PT4H", "2026-11-26T11:00"),
        ("2026-11-27T16:00", "PT4H", "2026-11-30T12:00"),
        ("2026-11-27T13:00", "PT4H", "2026-11-27T17:00"),
        ("2026-11-28T13:00", "PT1H", "2026-11-30T10:00"),
        ("2026-11-27T17:00", "PT1H", "2026-11-30T10:00"),
        ("2026-11-25T06:00", "PT1M", "2026-11-25T09:01"),
        ("2026-11-28T13:00", "PT0S", "2026-11-30T09:00"),
        ("2026-11-27T17:00", "PT0S", "2026-11-27T17:00"),
        ("2026-12-31T16:00", "PT2H", "2027-01-01T10:00"),
        ("2028-02-29T16:00", "PT2H", "2028-03-01T10:00"),
    ],
)
def test_hours_are_opening_hours(start: str, duration: str, end: str) -> None:
    """From 9 to 17 on weekdays: nights and weekends do not count, the closing moment is a possible end."""
    assert OFFICE.add(at(start), duration) == at(end)


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-25T11:00", "PT2H", "2026-11-25T14:00"),
        ("2026-11-25T12:30", "PT1H", "2026-11-25T14:00"),
        ("2026-11-25T11:00", "PT1H", "2026-11-25T12:00"),
        ("2026-06-03T16:30", "PT1H", "2026-06-05T08:30"),
        ("2026-12-24T16:00", "PT2H", "2026-12-28T09:00"),
    ],
)
def test_breaks_and_public_holidays_do_not_count(start: str, duration: str, end: str) -> None:
    """The break at noon, Corpus Christi in Bavaria, both days of Christmas."""
    assert BREAK.add(at(start), duration) == at(end)


def test_the_days_on_which_clocks_change_are_counted_as_they_are() -> None:
    """Round the clock the night of spring has 23 hours and that of autumn 25."""
    assert ROUND_THE_CLOCK.between(at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta(hours=23)
    assert ROUND_THE_CLOCK.between(at("2026-10-25T00:00"), at("2026-10-26T00:00")) == timedelta(hours=25)
    assert ROUND_THE_CLOCK.add(at("2026-03-29T00:00"), "PT23H") == at("2026-03-30T00:00")
    assert ROUND_THE_CLOCK.add(at("2026-10-25T00:00"), "PT25H") == at("2026-10-26T00:00")


def test_a_break_inside_the_skipped_hour_does_not_make_hours_overlap() -> None:
    """Open 0:00-2:30 and 3:00-5:00: on the night of spring that is 2 and 2 hours."""
    night = calendar(["00:00-02:30", "03:00-05:00"], EVERY_DAY)
    slots = night.slots(date(2026, 3, 29))
    assert [b - a for a, b in slots] == [timedelta(hours=2), timedelta(hours=2)]
    assert slots[0][1] <= slots[1][0]
    gone = calendar(["02:00-03:00"], EVERY_DAY)
    assert gone.slots(date(2026, 3, 29)) == ()
    assert gone.why_closed(date(2026, 3, 29))


# days


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-25T10:15", "P1D", "2026-11-26T10:15"),
        ("2026-11-25T10:15", "P5D", "2026-12-02T10:15"),
        ("2026-11-27T17:00", "P1D", "2026-11-30T17:00"),
        ("2026-11-28T12:00", "P1D", "2026-12-01T09:00"),
        ("2026-11-25T10:15", "P1DT8H", "2026-11-27T10:15"),
        ("2026-11-25T10:15", "P0D", "2026-11-25T10:15"),
        ("2026-11-25T10:15", "P1M", "2026-12-25T10:15"),
        ("2026-10-28T10:15", "P1M", "2026-11-30T09:00"),
        ("2026-11-25T10:15", "P1W", "2026-12-02T10:15"),
        ("2026-10-23T10:15", "P1D", "2026-10-26T10:15"),
        ("2026-03-27T10:15", "P1D", "2026-03-30T10:15"),
    ],
)
def test_days_are_working_days_at_the_same_time_of_day(start: str, duration: str, end: str) -> None:
    """Also over the change of clocks; months and weeks go by the calendar and then into opening hours."""
    assert OFFICE.add(at(start), duration) == at(end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-26T16:00", "2026-11-27T15:00"),
        ("2026-11-26T08:10", "2026-11-27T09:00"),
        ("2026-11-26T11:30", "2026-11-27T12:00"),
        ("2026-10-23T14:30", "2026-10-24T13:00"),
        ("2026-10-24T10:30", "2026-10-26T10:30"),
        ("2026-12-23T10:00", "2026-12-25T10:00"),
    ],
)
def test_the_time_of_day_is_brought_into_the_hours_of_the_day_reached(start: str, end: str) -> None:
    """Before opening: the opening; in a break: its end; after closing: the closing; extra days count."""
    assert SHORT_FRIDAY.add(at(start), "P1D") == at(end)


def test_a_working_day_that_ends_at_midnight_is_still_that_day() -> None:
    """Friday 24:00 plus one working day is Monday 24:00, though the clock says Saturday."""
    late = calendar(["16:00-24:00"])
    friday = late.add(at("2026-11-27T20:00"), "PT4H")
    assert friday == at("2026-11-28T00:00")
    assert late.add(friday, "P1D") == at("2026-12-01T00:00")


# properties


@given(calendars, moments, hours)
def test_between_undoes_add(opening: Calendar, when: datetime, length: Duration) -> None:
    """For hours, minutes and seconds, to the microsecond, in every zone and across every change of clocks."""
    assert opening.between(when, opening.add(when, length)) == length.exact


@given(calendars, moments, moments, hours)
def test_later_starts_never_end_earlier(opening: Calendar, one: datetime, other: datetime, length: Duration) -> None:
    """Adding hours keeps the order of moments."""
    first, second = sorted((one, other))
    assert opening.add(first, length).astimezone(UTC) <= opening.add(second, length).astimezone(UTC)


@given(st.sampled_from([OFFICE, BREAK, SHORT_FRIDAY, KATHMANDU]), moments, moments, working_days)
def test_days_keep_the_order_too(opening: Calendar, one: datetime, other: datetime, length: Duration) -> None:
    """For calendars that are closed while the clocks change."""
    first, second = sorted((one, other))
    assert opening.add(first, length).astimezone(UTC) <= opening.add(second, length).astimezone(UTC)


@given(calendars, moments, hours, hours)
def test_hours_add_up(opening: Calendar, when: datetime, one: Duration, other: Duration) -> None:
    """Adding two is adding their sum."""
    both = Duration(hours=one.hours + other.hours, seconds=one.seconds + other.seconds)
    assert opening.add(opening.add(when, one), other) == opening.add(when, both)


@given(st.sampled_from([OFFICE, BREAK, KATHMANDU]), moments, working_days, working_days)
def test_days_add_up_where_all_days_are_alike(
    opening: Calendar, when: datetime, one: Duration, other: Duration
) -> None:
    """Where the hours differ from day to day a time of day can be cut, as 31 January can."""
    both = Duration(days=one.days + other.days)
    assert opening.add(opening.add(when, one), other) == opening.add(when, both)


@given(calendars, moments, any_length)
def test_the_result_lies_in_opening_hours(opening: Calendar, when: datetime, length: Duration) -> None:
    """Whatever is added; the closing moment is inside."""
    result = opening.add(when, length)
    assert inside(opening, result)
    assert result.tzinfo is opening.zone
    assert result.astimezone(UTC) >= when


@given(calendars, moments, moments, moments)
def test_between_is_additive_and_antisymmetric(opening: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    """The way over a third moment is as long, in any order."""
    assert opening.between(a, b) + opening.between(b, c) == opening.between(a, c)
    assert opening.between(a, b) == -opening.between(b, a)


@given(calendars, moments, any_length)
def test_the_working_agrees_with_the_result(opening: Calendar, when: datetime, length: Duration) -> None:
    """The segments count exactly what was asked and end where `add` ends."""
    segments = opening.explain(when, length)
    assert sum((segment.counted for segment in segments), timedelta(0)) == length.exact
    assert sum(segment.working_days for segment in segments) == length.days
    counting = [segment for segment in segments if segment.counted or segment.working_days]
    if counting:
        assert counting[-1].end == opening.add(when, length)
    assert all(segment.reason for segment in segments)


@given(calendars, moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(opening: Calendar, when: datetime) -> None:
    """An open moment is its own next opening; no opening time lies between."""
    following = opening.next_opening(when)
    assert opening.is_open(following)
    assert opening.between(when, following) == timedelta(0)
    assert opening.is_open(when) == (following.astimezone(UTC) == when)


# the working


def test_the_working_says_why_days_do_not_count() -> None:
    """Day, from, to, counted, and the holiday's name or the weekday."""
    segments = BREAK.explain(at("2026-12-24T15:00"), "PT3H")
    assert [(s.day.isoformat(), s.counted, s.reason) for s in segments] == [
        ("2026-12-24", timedelta(hours=2), "open"),
        ("2026-12-25", timedelta(0), "Christmas Day"),
        ("2026-12-26", timedelta(0), "Second Day of Christmas"),
        ("2026-12-27", timedelta(0), "no opening hours on Sunday"),
        ("2026-12-28", timedelta(hours=1), "open"),
    ]
    assert (segments[0].start, segments[0].end) == (at("2026-12-24T15:00"), at("2026-12-24T17:00"))


def test_the_working_numbers_working_days() -> None:
    """And the last one ends at the deadline."""
    segments = OFFICE.explain(at("2026-11-27T10:00"), "P2D")
    assert [s.reason for s in segments if s.working_days] == ["working day 1 of 2", "working day 2 of 2"]
    assert segments[-1].end == at("2026-12-01T10:00")


# the file


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"time_zone": "Europe/Atlantis"}, "time zone"),
        ({"time_zone": None}, "time_zone"),
        ({"opening_hours": {}}, "never open"),
        ({"opening_hours": {"monday": []}}, "never open"),
        ({"opening_hours": {"lundi": ["09:00-17:00"]}}, "lundi"),
        ({"opening_hours": {"monday": "09:00-17:00"}}, "list"),
        ({"opening_hours": {"monday": ["9-17"]}}, "monday"),
        ({"opening_hours": {"monday": ["17:00-09:00"]}}, "ends before"),
        ({"opening_hours": {"monday": ["09:00-24:30"]}}, "time of day"),
        ({"opening_hours": {"monday": ["09:00-12:00", "11:00-17:00"]}}, "overlap"),
        ({"holidays": {"country": "XX"}}, "not known"),
        ({"holidays": {"country": "DE", "subdivision": "ZZ"}}, "no such part"),
        ({"holidays": {"subdivision": "BY"}}, "country"),
        ({"extra_holidays": {"24.12.2026": "x"}}, "no such day"),
        ({"extra_holidays": ["2026-12-24"]}, "object"),
        ({"extra_working_days": {"2026-02-30": ["09:00-10:00"]}}, "no such day"),
        ({"opening": {}}, "opening"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(wrong: dict[str, Any], says: str) -> None:
    """Never read half: an unknown key is as wrong as a bad time."""
    data = {"time_zone": "Europe/Berlin", "opening_hours": {"monday": ["09:00-17:00"]}, **wrong}
    with pytest.raises(TimeInvalid, match=says) as caught:
        Calendar.from_json(data)
    assert caught.value.hint


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text("019:-ab ", max_size=12)
    | st.sampled_from(["09:00-17:00", "DE", "2026-12-24"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["monday", "country", "x"]), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["title", "opening_hours", "holidays", "extra_holidays", "extra_working_days"]), _json
    )
)
def test_no_file_makes_reading_fail_otherwise(data: dict[str, Any]) -> None:
    """Any JSON is a calendar or the engine's own error."""
    with suppress(TimeInvalid):
        Calendar.from_json({"time_zone": "Europe/Berlin", **data})


def test_slots_that_touch_are_one() -> None:
    """8-12 and 12-17 is 8-17."""
    assert len(calendar(["12:00-17:00", "08:00-12:00"]).slots(date(2026, 11, 25))) == 1


def test_an_empty_extra_working_day_is_closed() -> None:
    """The exception has the last word in both directions."""
    opening = calendar(["09:00-17:00"], extra_working_days={"2026-11-25": [], "2026-11-28": ["10:00-12:00"]})
    assert not opening.is_open(at("2026-11-25T10:00"))
    assert opening.is_open(at("2026-11-28T10:00"))


def test_the_names_of_holidays_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """English unless the file names a language."""
    monkeypatch.setenv("LANGUAGE", "de")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    german = calendar(["09:00-17:00"], holidays={"country": "DE", "language": "de"})
    assert BREAK.why_closed(date(2031, 1, 1)) == "New Year's Day"
    assert german.why_closed(date(2031, 1, 1)) == "Neujahr"


# limits


def test_a_calendar_that_stays_shut_is_an_error_and_no_endless_search() -> None:
    """Open on one day only, and that is over."""
    once = calendar([], extra_working_days={"2026-11-25": ["09:00-17:00"]})
    with pytest.raises(TimeInvalid, match="no opening hours in the ten years"):
        once.add(at("2026-11-26T09:00"), "PT1H")
    with pytest.raises(TimeInvalid, match="no opening hours in the ten years"):
        once.next_opening(at("2026-11-26T09:00"))
    with pytest.raises(TimeInvalid, match="more than ten years"):
        once.add(at("2026-11-25T09:00"), "PT9H")
    with pytest.raises(TimeInvalid, match="more than ten years"):
        once.add(at("2026-11-25T09:00"), "P1D")


@pytest.mark.parametrize("text", ["PT999999999H", "P999999999D", "P5000Y", "-PT1H", "tomorrow"])
def test_absurd_durations_are_refused(text: str) -> None:
    """Quickly, and as the engine's own error."""
    with pytest.raises(TimeInvalid):
        OFFICE.add(at("2026-11-25T09:00"), text)


def test_moments_without_zone_or_beyond_the_calendar_are_refused() -> None:
    """Nobody guesses, and no century is walked through day by day."""
    with pytest.raises(TimeInvalid):
        OFFICE.add(datetime(2026, 11, 25, 9), "PT1H")
    with pytest.raises(TimeInvalid):
        OFFICE.is_open(datetime(9999, 12, 31, tzinfo=UTC))
    with pytest.raises(TimeInvalid, match="too far apart"):
        OFFICE.between(datetime(1900, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))


def test_adding_eight_hours_takes_microseconds() -> None:
    """Typical below 100 µs; the bound here leaves room for a busy machine."""
    start = at("2026-11-25T15:00")
    BREAK.add(start, "PT8H")
    best = min(_timed(lambda: BREAK.add(start, "PT8H")) for _ in range(20))
    assert best < 500e-6


def _timed(call: Any) -> float:
    begun = time.perf_counter()
    for _ in range(50):
        call()
    return (time.perf_counter() - begun) / 50
