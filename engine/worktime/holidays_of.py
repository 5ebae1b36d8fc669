# SPDX-License-Identifier: Apache-2.0
"""Public holidays by country and year. The only module that asks the `holidays` package.

It is imported when the first calendar with holidays is read: it costs a command that needs none a third of a second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

from engine.errors import TimeInvalid

_LANGUAGE = "en_US"  # named, because the package would otherwise ask the environment of the machine


@cache
def known_places() -> Mapping[str, str]:
    """ISO 3166 code -> name of the countries whose holidays are known, by name."""
    from holidays.registry import COUNTRIES

    found = {names[1]: _spaced(names[0]) for names in COUNTRIES.values()}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def parts_of(country: str) -> Mapping[str, str]:
    """Code -> name of the parts of a country that have holidays of their own; empty if it or they are not known."""
    import holidays

    if country not in known_places():
        return {}
    known = holidays.country_holidays(country)
    names: dict[str, str] = {}
    for name, code in getattr(known, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    return {code: names.get(code, code) for code in known.subdivisions}


def _spaced(name: str) -> str:
    """`BosniaAndHerzegovina` as people write it."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return re.sub(r" (And|Of|The)(?= )", lambda match: match[0].lower(), words)


def check_place(country: str, subdivision: str | None) -> None:
    """Raises `TimeInvalid` if the holidays of that country (ISO 3166-1) or part (ISO 3166-2) are not known."""
    import holidays

    try:
        parts = holidays.country_holidays(country).subdivisions
    except (NotImplementedError, TypeError, AttributeError) as error:
        hint = "Use an ISO 3166 code such as DE, or list the days under extra_holidays."
        raise TimeInvalid("The holidays of this country are not known.", value=country, hint=hint) from error
    if subdivision is not None and subdivision not in parts:
        hint = f"Known parts: {', '.join(parts) or 'none'}."
        raise TimeInvalid(f"{country} has no such part.", value=subdivision, hint=hint)


@lru_cache(maxsize=1024)
def holidays_of(country: str, subdivision: str | None, language: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of one year by day; names in `language`, in English if the package knows it."""
    import holidays

    wanted = language or _LANGUAGE
    return dict(holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False, language=wanted))
