# SPDX-License-Identifier: Apache-2.0
"""Calendars of working time, and how a due time was counted on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from engine import definitions, explaining, tasks
from engine.facade.core import Core
from engine.iso8601 import parse_datetime
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import Actor, Explanation, Json
from engine.worktime import Calendar


class CalendarsFacade(Core):
    def time_zone(self) -> tzinfo:
        """Whose local time counts: what was set, else what the configuration says."""
        with self.read() as tx:
            return definitions.zone(tx)

    def calendars(self) -> dict[str, str]:
        """Name -> title of the calendars that new versions of processes get."""
        with self.read() as tx:
            return {name: calendar.title or name for name, calendar in self._calendars(tx).items()}

    def calendar(self, name: str) -> Mapping[str, Json]:
        """What a calendar says that new versions of processes get, as `set_calendar` takes it.

        Raises:
            NotFound: there is no such calendar.
        """
        with self.read() as tx:
            explaining.named(self._calendars(tx), name)
            found: dict[str, Json] = definitions.asset_json(tx, "calendar")[name]
            return dict(found)

    def explain_working_time(self, calendar: str, start: datetime | str, duration: str) -> Explanation:
        """Which times a duration counts on a calendar as it is now, and which not, and why.

        ``start``: a moment, or its ISO 8601 text (local time of the engine without offset).

        Raises:
            NotFound: there is no such calendar. TimeInvalid: start or duration cannot be read.
        """
        with self.read() as tx:
            when = parse_datetime(start, definitions.zone(tx)) if isinstance(start, str) else start
            return explaining.explained(calendar, explaining.named(self._calendars(tx), calendar), when, duration)

    def why_due(self, actor: Actor, task_id: str) -> tuple[Explanation, ...]:
        """How the due time of a task was counted, on the calendars of its case's version; empty for no working time.

        Raises:
            NotFound: there is no such task. Conflict: that can no longer be shown. NotAllowed.
        """
        with self.read() as tx:
            task = tasks.row(tx, task_id)
            self._require(tx, actor, "case.read", task["instance_id"])
            case = instance_store.get(tx.connection, task["instance_id"])
            assert case is not None
            return explaining.due_of_task(tx, self._stepper, case, task)

    @staticmethod
    def _calendars(tx: Tx) -> dict[str, Calendar]:
        return explaining.read(definitions.asset_json(tx, "calendar").items())
