# SPDX-License-Identifier: Apache-2.0
"""What jobs do (`engine.jobs.Work`): each looks at the rows, does what is due, and is harmless when nothing is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import calls, messages
from engine.errors import Invalid
from engine.facade.calls import CallsFacade
from engine.facade.messages import MessagesFacade
from engine.facade.time import Due, TimeFacade
from engine.store import calls as call_store
from engine.store import instances as instance_store
from engine.store import queue as queue_store
from engine.store.transaction import Armed, Tx
from engine.waking import Wakeup

#: How far this machine's clock may be behind the database's: a job that comes so much too early waits.
SKEW = timedelta(seconds=5)
#: A message that has been on its way for so long is looked after; its job, or its sender, should have come first.
OVERDUE = timedelta(seconds=10)


class WorkFacade(MessagesFacade, CallsFacade, TimeFacade):
    def _woken(self) -> Wakeup:
        """Jobs in the database if it is so configured, else this process."""
        if not self.config.queue:
            return super()._woken()
        if self._store.is_sqlite:
            raise Invalid("An SQLite database has no queue.", hint="Leave `queue` out, or use PostgreSQL.")
        from engine.jobs import Queue

        return Queue(self, self._store.conninfo)

    def fire_case(self, case_id: str) -> None:
        """Fire the timers of a case that are due, in their order."""
        with self.read() as tx:
            rows = instance_store.timers(tx.connection, case_id)
        self._fire_those_due([Due(row.due_at, case_id, row.token, row.element) for row in rows])

    def fire_process(self, process_id: str) -> None:
        """Fire the start timers of a process that are due."""
        with self.read() as tx:
            rows = instance_store.start_timers(tx.connection, tx.now + SKEW, process_id)
        self._fire_those_due([self._of_row(row) for row in rows])

    def _fire_those_due(self, armed: list[Due]) -> None:
        """Each once; one that is due again, or that the others have armed, has a job of its own."""
        now, faults = self.clock.now(), list[Exception]()
        for due in sorted(armed):
            if due.at <= now:
                self._tried(due, faults)
        for fault in faults:
            raise fault
        if any(now < due.at <= now + SKEW for due in armed):
            from engine.jobs import NotYet

            raise NotYet

    def deliver(self, message_id: str, link: int) -> None:
        """Deliver a message, number ``link`` of its chain; those that its receivers throw have jobs of their own."""
        self._deliver_one(message_id, link)

    def make_call(self, call_id: str) -> None:
        """Make a service call if it is due."""
        with self.read() as tx:
            row = call_store.one_due(tx.connection, *calls.parts(call_id), tx.now)
        if row is not None:
            self._make(row)

    def sweep(self) -> int:
        """Give a job to everything that is due soon and has none; returns how much that was."""
        from engine.jobs import NEAR

        def do(tx: Tx) -> int:
            soon = tx.now + NEAR
            tx.armed += _due(queue_store.timers_without_job(tx.connection, soon))
            tx.starts += _due(queue_store.starts_without_job(tx.connection, soon))
            tx.called += _due(queue_store.calls_without_job(tx.connection, soon))
            for row in queue_store.messages_without_job(tx.connection, tx.now - OVERDUE):
                messages.again(tx, row)
            return len(tx.armed) + len(tx.starts) + len(tx.called) + len(tx.to_deliver)

        self._forget(self.clock.now())
        self.expire_messages()
        return self._carry_out(do)


def _due(rows: list[Any]) -> list[Armed]:
    return [Armed(row.at, row.what) for row in rows]
