# SPDX-License-Identifier: Apache-2.0
"""What was typed on the first-run page, checked: the first person, and the calendar of the opening hours."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from werkzeug.datastructures import MultiDict

from engine import Engine
from engine.values import Person
from webapp.people.present import NewPerson, new_person

ADMINISTRATOR, SMS_MANAGER = "administrator", "sms_manager"
ESTABLISH = "SMS_establish_sms"  #: the process with which a management system begins
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORKING = DAYS[:5]
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Typed:
    """The whole page as typed; ``faults`` by field, empty when all can be written."""

    person: NewPerson
    code: str = ""
    country: str = ""
    region: str = ""
    days: tuple[str, ...] = WORKING
    opens: str = "08:00"
    closes: str = "18:00"
    break_from: str = ""
    break_to: str = ""
    zone: str = ""
    manages: bool = True
    establish: bool = True
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def calendar(self) -> dict[str, Any]:
        """The calendar of these opening hours, as `engine.worktime` describes it."""
        closes = "24:00" if self.closes == "00:00" else self.closes
        times = [f"{self.opens}-{closes}"]
        if self.break_from:
            times = [f"{self.opens}-{self.break_from}", f"{self.break_to}-{closes}"]
        place = {"country": self.country, "subdivision": self.region or None}
        holidays: dict[str, Any] = {"holidays": place} if self.country else {}
        return {
            "title": "Office hours", "time_zone": self.zone, **holidays,
            "opening_hours": dict.fromkeys(self.days, times),
        }  # fmt: skip


def empty(zone: str, code: str) -> Typed:
    """The page before anything was typed."""
    return Typed(NewPerson(Person("", ""), "", ""), code, zone=zone)


def typed(engine: Engine, form: MultiDict[str, str]) -> Typed:
    """Read the form. The code is the view's to check."""
    manages = "manages" in form
    known = {role.id for role in engine.roles()}
    person = new_person(form, ())
    wanted = {ADMINISTRATOR, SMS_MANAGER} if manages else {ADMINISTRATOR}
    person = replace(person, person=replace(person.person, roles=frozenset(wanted & known)))
    text: dict[str, Any] = {name: form.get(name, "").strip() for name in ("code", "country", "region", "opens", "closes", "zone")}
    found = Typed(
        person, **text, days=tuple(day for day in DAYS if day in form.getlist("days")),
        break_from=form.get("break_from", "").strip(), break_to=form.get("break_to", "").strip(),
        manages=manages, establish="establish" in form,
    )  # fmt: skip
    faults = {**person.faults, **_faults(engine, found)}
    if person.password != form.get("again", "") and "password" not in faults:
        faults["again"] = "The two passwords differ. Type the same one twice."
    if ADMINISTRATOR not in known:
        faults["login"] = "The role 'administrator' is not published. Publish the content with: fitsm deploy"
    return replace(found, faults=faults)


def _faults(engine: Engine, found: Typed) -> dict[str, str]:
    faults = {}
    if found.country and found.country not in engine.countries():
        faults["country"] = "The holidays of this country are not known."
    elif found.region and found.region not in engine.parts_of(found.country):
        faults["region"] = "Choose a part of this country, or none."
    if found.zone not in zones():
        faults["zone"] = "Choose a time zone of the list."
    if not found.days:
        faults["days"] = "Tick at least one day."
    if fault := _time_fault(found):
        faults["opens"] = fault
    return faults


def _time_fault(found: Typed) -> str:
    closes = "24:00" if found.closes == "00:00" else found.closes
    times = [found.opens, closes]
    if found.break_from or found.break_to:
        times = [found.opens, found.break_from, found.break_to, closes]
    if not all(_TIME.fullmatch(time) or time == "24:00" for time in times):
        return "Write times as in 08:00; a break needs both its beginning and its end."
    if times != sorted(set(times)):
        return "These times are not in order: opens, break, closes."
    return ""


@cache
def zones() -> tuple[str, ...]:
    """Time zones that people choose from: places, and UTC."""
    places = (name for name in zoneinfo.available_timezones() if "/" in name)
    left_out = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")
    return ("UTC", *sorted(name for name in places if not name.startswith(left_out)))


def day_names() -> Mapping[str, str]:
    return {day: day.capitalize() for day in DAYS}
