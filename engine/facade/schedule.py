# SPDX-License-Identifier: Apache-2.0
"""The calendar of everything that comes up by itself (`engine.schedule`)."""

from __future__ import annotations

from datetime import date, datetime

from engine import definitions, registers, schedule
from engine.explaining import named
from engine.facade.calendars import CalendarsFacade
from engine.iso8601 import check_length
from engine.schedule import Retimed, Schedule
from engine.store import seals as event_store
from engine.values import Actor, Json


class ScheduleFacade(CalendarsFacade):
    def schedule(self, actor: Actor, until: datetime, *, deadlines: bool = False) -> Schedule:
        """What the actor may see of what comes up by itself, and the further times of each until then.

        Start timers are no secret; records are for those who may read registers and for their owners, tasks and timers for
        those who may read cases or work on them. ``deadlines``: also timers and due tasks of all running cases.
        """
        with self.read() as tx:
            look = schedule.Look(tx, actor, until, definitions.zone(tx))
            return look.everything(deadlines=deadlines)

    def repeats(self, first: datetime, period: str, until: datetime) -> tuple[datetime, ...]:
        """The times after the first at a period. Raises `TimeInvalid` for what is no period."""
        check_length(period)
        return schedule.repeats(first, period, until, self.time_zone())

    def retimed(self, process_id: str, element: str, cycle: str, until: datetime) -> Retimed:
        """What another cycle at a start event would make of a process; nothing is published.

        Raises:
            TimeInvalid: that is no cycle. NotFound: none stands there on the diagram as it is.
        """
        with self.read() as tx:
            return schedule.retimed(tx, process_id, element, cycle, until)

    def holidays(self, first: date, last: date, calendar: str = "default") -> dict[date, str]:
        """The days on which a calendar is closed although their weekday is open, and why.

        Raises:
            NotFound: there is no such calendar.
        """
        with self.read() as tx:
            return schedule.closed(named(self._calendars(tx), calendar), first, last)

    def ask(self, actor: Actor, register: str, question: dict[str, Json]) -> Json:
        """The answer to a question about a whole register (`engine.queries`), for those who may read it."""
        with self.read() as tx:
            self._require(tx, actor, "register.read", register)
            return registers.ask(tx, register, question)

    def place(self) -> int:
        """How far the history has come; `events_since` tells whether it has come further."""
        with self.read() as tx:
            return event_store.seen_now(tx.connection, tx.now)

    def events_since(self, place: int) -> int:
        """About how many events there were since."""
        with self.read() as tx:
            return event_store.pending(tx.connection, place)
