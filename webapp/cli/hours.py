# SPDX-License-Identifier: Apache-2.0
"""What is typed of opening hours, holidays and zones, turned into what a calendar says. The engine checks the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from engine.errors import Invalid

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HINT = 'As in: --open "monday-friday 08:00-12:00 13:00-17:00" --open "saturday 09:00-12:00"'


def opening_hours(told: Iterable[str]) -> dict[str, list[str]]:
    """``monday-friday 08:00-18:00`` and the like, a text for each day or row of days; days that none names are closed."""
    found: dict[str, list[str]] = {}
    for text in told:
        days, *times = text.split()
        if not times:
            raise Invalid(f"'{text}' does not say when it is open.", hint=_HINT)
        first, _, last = days.partition("-")
        for day in _from_to(_day(first), _day(last or first)):
            if day in found:
                raise Invalid(f"The opening hours of {day} are told twice.", hint="Give all times of a day together. " + _HINT)
            found[day] = times
    return found


def _day(name: str) -> str:
    """A weekday, also by its first letters (at least two)."""
    found = [day for day in DAYS if len(name) > 1 and day.startswith(name.lower())]
    if len(found) != 1:
        raise Invalid(f"There is no weekday '{name}'.", hint=did_you_mean(name, DAYS) or _HINT)
    return found[0]


def _from_to(first: str, last: str) -> Sequence[str]:
    """The days from one to another, across the end of the week if need be."""
    start, count = DAYS.index(first), (DAYS.index(last) - DAYS.index(first)) % 7 + 1
    return [(DAYS * 2)[start + number] for number in range(count)]


def holidays(
    country: str | None, region: str | None, before: Mapping[str, Any], known: Mapping[str, str]
) -> dict[str, Any]:
    """Whose public holidays a calendar has: of a country (``none``: of none) and a part of it, else as ``before``."""
    if country is None:
        if region is not None and not before.get("country"):
            raise Invalid("A region needs its country.", hint="As in: --country DE --region BY")
        return {**before, **({"subdivision": region} if region is not None else {})}
    if country.lower() == "none":
        if region is not None:
            raise Invalid("Without a country there is no region.", hint="Leave out --region, or name a --country.")
        return {}
    if country.upper() not in known:
        codes = {name.casefold(): code for code, name in known.items()}
        near = get_close_matches(country.casefold(), codes, n=1)
        meant = f"Did you mean {codes[near[0]]} ({known[codes[near[0]]]})?" if near else ""
        raise Invalid(f"The holidays of '{country}' are not known.", hint=meant or "Use an ISO 3166 code such as DE.")
    return {"country": country.upper(), "subdivision": region}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The name most like it in a sentence, by its last part (`berlin` of `Europe/Berlin`) or as a whole; else nothing."""
    whole = {one.casefold(): one for one in known}
    last = {text.rpartition("/")[2]: one for text, one in whole.items()}
    for names, typed in ((whole, name.casefold()), (last, name.casefold().replace(" ", "_").rpartition("/")[2])):
        if near := get_close_matches(typed, names, n=1, cutoff=0.75):
            return f"Did you mean '{names[near[0]]}'?"
    return ""
