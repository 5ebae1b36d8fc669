# SPDX-License-Identifier: Apache-2.0
"""Public holidays by country and year. The only module that asks the `holidays` package.

It is imported when the first calendar with holidays is read: it costs a command that needs none a third of a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from engine.errors import TimeInvalid

_LANGUAGE = "en_US"  # named, because the package would otherwise ask the environment of the machine


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
