# SPDX-License-Identifier: Apache-2.0
"""The beginning of an installation: its first person and its opening hours, in one transaction, once."""

from __future__ import annotations

from collections.abc import Mapping

from engine import calendars, people
from engine.facade.definitions import DefinitionsFacade
from engine.store.transaction import Tx
from engine.values import Actor, Definition, Json, Person
from engine.worktime import Calendar, known_places, parts_of


class BeginningFacade(DefinitionsFacade):
    def begin(
        self, person: Person, login: str, password_hash: str, calendar: Mapping[str, Json] | None = None
    ) -> Person:
        """Add the first person, who needs no right as there is nobody to ask, and make ``calendar`` the default one
        and its zone that of local times.

        Raises:
            Conflict: there is somebody. Invalid: name or login are missing. TimeInvalid: that is no calendar.
        """

        def do(tx: Tx) -> Person:
            added = people.add_first(tx, person, login, password_hash)
            if calendar is not None:
                self._change_times(tx, lambda: _times(tx, Actor(added.id), calendar))
            return added

        return self._carry_out(do)

    @staticmethod
    def countries() -> Mapping[str, str]:
        """ISO 3166 code -> name of the countries whose public holidays a calendar may name."""
        return known_places()

    @staticmethod
    def parts_of(country: str) -> Mapping[str, str]:
        """Code -> name of the parts of a country that have public holidays of their own."""
        return parts_of(country)


def _times(tx: Tx, by: Actor, calendar: Mapping[str, Json]) -> tuple[Definition, ...]:
    calendars.keep_zone(tx, by, Calendar.from_json(calendar).zone.key)
    return calendars.change(tx, by, "default", calendar)
