# SPDX-License-Identifier: Apache-2.0
"""Timers: what is armed, and firing what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from engine import cases, definitions, record_timers, timers
from engine.errors import CaseEnded, Conflict, StorageFailed, TaskGone
from engine.facade.core import Core
from engine.store import firings as firing_store
from engine.store import instances as instance_store
from engine.store import people as people_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Json,
    Timer,
)

logger = logging.getLogger(__name__)
Prepared = tuple[Actor, str, str, dict[str, Json]]
#: Due timers looked up in one go.
BATCH = 100
#: How long figures on lateness are kept; the events themselves are kept for good.
KEPT_FOR = timedelta(days=30)
#: A command may be sent again with its idempotency key for so long.
KEYS_KEPT_FOR = timedelta(days=30)


class Due(NamedTuple):
    """A timer whose time has come. ``owner``: a case, or (without token) the process that a start event begins;
    ``record``: the record whose date it is."""

    at: datetime
    owner: str
    token: str
    element: str
    record: str = ""


class TimeFacade(Core):
    def start_timers(self, concurrency: int = 4) -> None:
        """From now on what is due is done by itself: timers, service calls, messages on their way.

        What is overdue is done at once, each once, in order. ``concurrency``: how many steps a queue's worker does at
        the same time (`EngineConfig.queue`).
        """
        if not self.config.queue:
            self._deliver_pending()
        self._wakeup.start(concurrency)

    def stop_timers(self) -> None:
        """The step that is being done is finished; then no more."""
        self._wakeup.stop()

    def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the next timer is due: the earliest of all, or of those due after a moment."""
        with self.read() as tx:
            return instance_store.next_due(tx.connection, after)

    def fire_due(self, now: datetime | None = None) -> int:
        """Fire every timer that is due, in order of due time; returns how many fired.

        Each fires in a short transaction of its own, and others get their turn between two of them. Messages that are
        still on their way are delivered first, and kept ones whose time is over expire. A timer that fails in an
        unexpected way keeps no other from firing; the first such error is raised at the end.
        """
        return self._fire_until(now or self.clock.now(), lambda: False)

    def ring(self) -> None:
        """A round of the alarm: `fire_due`, given up between two timers when the process stops."""
        now = self.clock.now()
        with self._store.of_the_clock():
            if self._fire_until(now, lambda: self._alarm.stopping):
                self._forget(now)

    def _fire_until(self, limit: datetime, stopped: Callable[[], bool]) -> int:
        fired, passed, faults = 0, set[Due](), list[Exception]()
        self._deliver_pending()
        self.expire_messages(limit)
        while not stopped():
            batch = [due for due in self._due(limit, BATCH + len(passed)) if due not in passed][:BATCH]
            if not batch:
                break
            for due in batch:
                if stopped():
                    break
                if self._tried(due, faults):
                    fired += 1
                else:
                    passed.add(due)
        for fault in faults:
            raise fault
        return fired

    def _due(self, limit: datetime, most: int) -> list[Due]:
        with self.read() as tx:
            found = [Due(*row) for row in instance_store.due_timers(tx.connection, limit, most)]
            starts = instance_store.start_timers(tx.connection, limit, most=most)
        return sorted([*found, *map(self._of_row, starts)])

    @staticmethod
    def _of_row(row: Any) -> Due:
        return Due(row.due_at, row.process_id, "", row.element, row.record_id)

    def _deliver_pending(self) -> None:
        with self.read() as tx:
            pending = [m.id for m in instance_store.pending_messages(tx.connection)]
        self._deliver(pending)

    def _tried(self, due: Due, faults: list[Exception]) -> bool:
        try:
            return self._fire(due)
        except StorageFailed:
            raise
        except Exception as error:
            logger.exception("timer %s failed", due)
            faults.append(error)
            return False

    def _fire(self, due: Due) -> bool:
        """Fire one timer if it is still armed for that moment; its firing is counted even if its step fails."""
        late: list[float] = []
        begun: list[str] = []

        def prepare(tx: Tx) -> Prepared:
            by, case_id, kind, inputs = self._of_start(tx, due) if not due.token else self._of_case(tx, due)
            late[:], begun[:] = [inputs["late_seconds"]], [case_id]
            return by, case_id, kind, inputs

        def besides(tx: Tx) -> None:
            if not due.token:
                row = instance_store.lock_start_timer(tx.connection, due.owner, due.element, due.record)
                if row is not None:
                    timers.move_on(tx, row, due.at, begun[0], definitions.zone(tx))
            firing_store.add(tx.connection, tx.now, late[0])

        try:
            self._step(SYSTEM, None, "fire", {}, prepare, self._run_step, besides=besides)
        except (TaskGone, CaseEnded, Conflict):
            return False
        self.meter.fired(late[0])
        return True

    @staticmethod
    def _of_case(tx: Tx, due: Due) -> Prepared:
        cases.lock(tx, due.owner)
        row = instance_store.timer_of(tx.connection, due.owner, due.token, due.element)
        if row is None or row.due_at != due.at:
            raise TaskGone("This timer is no longer armed.")
        return SYSTEM, due.owner, "timer.fired", {"token": due.token, **timers.told(row, tx.now)}

    @staticmethod
    def _of_start(tx: Tx, due: Due) -> Prepared:
        """A start event's time has come: the next due time is set in the step that begins the case."""
        row = TimeFacade._start_timer(tx, due)
        inputs = {"start": due.element, "digest": definitions.find(tx, due.owner)["digest"], **timers.told(row, tx.now)}
        if due.record:
            inputs["data"] = record_timers.data(tx, row)
        return SYSTEM, tx.ids.new(), "case.started", inputs

    @staticmethod
    def _start_timer(tx: Tx, due: Due) -> Any:
        row = instance_store.lock_start_timer(tx.connection, due.owner, due.element, due.record)
        if row is None or row.due_at != due.at:
            raise TaskGone("This timer is no longer armed.")
        return row

    def _forget(self, now: datetime) -> None:
        """Once an hour, so that figures and idempotency keys do not grow for ever."""
        if self._forgot_at is None or now - self._forgot_at > timedelta(hours=1):
            self._forgot_at = now
            with self.write() as tx:
                firing_store.forget(tx.connection, now - KEPT_FOR)
                people_store.forget_keys(tx.connection, now - KEYS_KEPT_FOR)

    def timers(self, actor: Actor, case_id: str | None = None, *, limit: int | None = None) -> tuple[Timer, ...]:
        """Armed timers in order of their due time (the first ``limit``), of one case or of all."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return tuple(timers.as_value(r) for r in instance_store.timers(tx.connection, case_id, limit))
