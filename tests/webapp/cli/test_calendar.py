# SPDX-License-Identifier: Apache-2.0
"""Opening hours, holidays and the time zone from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from tests.webapp.cli.conftest import Said

Fitsm = Callable[..., Said]
LONG = ["07:30-12:00", "13:00-18:00"]


def test_opening_hours_are_told_by_rows_of_days(fitsm: Fitsm, filled: Engine) -> None:
    """All of them at once; what is not told of stays: title, zone, holidays."""
    before = filled.calendar("default")
    said = fitsm("calendar", "set", "--open", "mon-thursday 07:30-12:00 13:00-18:00", "--open", "FRI 08:00-14:00")
    assert "new process versions" in said.out, said.err
    hours = {"monday": LONG, "tuesday": LONG, "wednesday": LONG, "thursday": LONG, "friday": ["08:00-14:00"]}
    assert filled.calendar("default") == {**before, "opening_hours": hours}
    shown = fitsm("calendar", "show").out
    assert "07:30-12:00, 13:00-18:00" in shown
    assert "closed" in shown


def test_holidays_are_those_of_a_country_and_its_part(fitsm: Fitsm, filled: Engine) -> None:
    """By ISO code; a part alone is one of the country that is there; none closes on no holiday."""
    assert fitsm("calendar", "set", "--country", "at", "--region", "9").status == 0
    assert filled.calendar("default")["holidays"] == {"country": "AT", "subdivision": "9"}
    assert fitsm("calendar", "set", "--region", "7").status == 0
    assert filled.calendar("default")["holidays"] == {"country": "AT", "subdivision": "7"}
    assert fitsm("calendar", "set", "--country", "none").status == 0
    assert filled.calendar("default")["holidays"] == {}
    said = fitsm("calendar", "set", "--region", "7")
    assert (said.status, "A region needs its country." in said.err) == (1, True)


def test_a_calendar_is_added_by_its_hours(fitsm: Fitsm, filled: Engine) -> None:
    """In the zone of the site."""
    assert fitsm("calendar", "set", "--name", "shop", "--open", "sat-sun 10:00-16:00").status == 0
    assert filled.calendar("shop")["time_zone"] == "Europe/Berlin"
    assert filled.calendar("shop")["opening_hours"] == {"saturday": ["10:00-16:00"], "sunday": ["10:00-16:00"]}


def test_what_is_shown_can_be_set_again(fitsm: Fitsm, filled: Engine, tmp_path: Path) -> None:
    """As a file."""
    file = tmp_path / "hours.json"
    file.write_text(fitsm("calendar", "show", "--json").out)
    assert json.loads(file.read_text()) == filled.calendar("default")
    assert fitsm("calendar", "set", "--name", "copy", str(file)).status == 0
    assert filled.calendar("copy") == filled.calendar("default")
    said = fitsm("calendar", "show", "shpo")
    assert (said.status, "no calendar 'shpo'" in said.err) == (1, True)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Give a file, or say what is to be changed"),
        (("--open", "monday"), "'monday' does not say when it is open."),
        (("--open", "mnday 08:00-18:00"), "Did you mean 'monday'?"),
        (("--open", "mon 08:00-18:00", "--open", "mon-fri 09:00-12:00"), "The opening hours of monday are told twice."),
        (("--open", "mon 8-18"), "This is no opening time on monday."),
        (("--open", "mon 18:00-08:00"), "ends before it begins"),
        (("--country", "Germany"), "Did you mean DE (Germany)?"),
        (("--country", "DE", "--region", "XX"), "DE has no such part."),
        (("--country", "none", "--region", "BY"), "Without a country there is no region."),
    ],
)
def test_what_is_no_calendar_is_told(fitsm: Fitsm, options: tuple[str, ...], told: str) -> None:
    """What, where, and what was meant."""
    said = fitsm("calendar", "set", *options)
    assert said.status == 1
    assert told in said.err


def test_the_zone_is_told_and_set(fitsm: Fitsm, filled: Engine) -> None:
    """As the page of the system does, with the calendar that was in it."""
    assert fitsm("calendar", "zone").out == "Europe/Berlin\n"
    said = fitsm("calendar", "zone", "Asia/Tokyo")
    assert "Local time is that of Asia/Tokyo" in said.out
    assert str(filled.time_zone()) == filled.calendar("default")["time_zone"] == "Asia/Tokyo"
    assert fitsm("calendar", "zone", "--json").json == {"zone": "Asia/Tokyo", "processes": []}
    assert fitsm("calendar", "zone", "UTC", "--json").json["zone"] == "UTC"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"), ("Europe/Lisabon", "Europe/Lisbon"), ("new york", "America/New_York")],
)
def test_an_unknown_zone_is_told_with_the_nearest(fitsm: Fitsm, filled: Engine, typed: str, meant: str) -> None:
    """And nothing changes."""
    said = fitsm("calendar", "zone", typed)
    assert said.status == 1
    assert said.err.splitlines() == [f"There is no time zone '{typed}'.", f"Did you mean '{meant}'?"]
    assert "Use an IANA name" in fitsm("calendar", "zone", "Mars/Olympus").err
    assert str(filled.time_zone()) == "Europe/Berlin"


@pytest.mark.usefixtures("filled")
def test_it_is_for_those_who_may(fitsm: Fitsm) -> None:
    """Staff change neither hours nor zone."""
    assert fitsm("calendar", "set", "--country", "none", "--as", "dana").status == 1
    assert fitsm("calendar", "zone", "UTC", "--as", "dana").status == 1
