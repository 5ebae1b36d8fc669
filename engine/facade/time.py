# SPDX-License-Identifier: Apache-2.0
"""Timers: what is armed, and firing what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from engine import cases, definitions, timers
from engine.errors import CaseEnded, Conflict, StorageFailed, TaskGone
from engine.facade.core import Core
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Json,
    Timer,
)

logger = logging.getLogger(__name__)
Prepare = Callable[[Tx], tuple[Actor, str, str, dict[str, Json]]]
Run = Callable[[Tx, Actor, str, str, dict[str, Json]], None]


class TimeFacade(Core):
    def start_timers(self) -> None:
        """From now on due timers fire by themselves; those overdue fire at once, each once, in order."""
        self._deliver_pending()
        self._alarm.start()
        self._caller.start()

    def stop_timers(self) -> None:
        self._alarm.stop()
        self._caller.stop()

    def next_due(self) -> datetime | None:
        with self.read() as tx:
            return instance_store.next_due(tx.connection)

    def fire_due(self, now: datetime | None = None) -> int:
        """Fire every timer that is due, in order of due time; returns how many fired.

        Messages that are still on their way are delivered first. A timer that fails in an unexpected way keeps no other
        from firing; the first such error is raised at the end.
        """
        fired, faults = 0, dict[Any, Exception]()
        limit = now or self.clock.now()
        self._deliver_pending()
        while True:
            with self.read() as tx:
                due = [(t.due_at, self._fire, t) for t in instance_store.timers(tx.connection, due_by=limit)]
                due += [(t.due_at, self._fire_start, t) for t in instance_store.start_timers(tx.connection, limit)]
            progress = [self._tried(fire, row, faults) for _, fire, row in sorted(due, key=lambda d: d[0])]
            fired += sum(progress)
            if not any(progress):
                break
        for fault in faults.values():
            raise fault
        return fired

    def _deliver_pending(self) -> None:
        with self.read() as tx:
            pending = [m.id for m in instance_store.pending_messages(tx.connection)]
        self._deliver(pending)

    @staticmethod
    def _tried(fire: Callable[[Any], bool], row: Any, faults: dict[Any, Exception]) -> bool:
        """Fire a timer, unless it failed in this round already."""
        if row in faults:
            return False
        try:
            return fire(row)
        except StorageFailed:
            raise
        except Exception as error:
            logger.exception("timer %s failed", row)
            faults[row] = error
            return False

    def _fire(self, row: Any) -> bool:
        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            cases.lock(tx, row.instance_id)
            there = {(t.token, t.element, t.due_at) for t in instance_store.timers(tx.connection, row.instance_id)}
            if (row.token, row.element, row.due_at) not in there:
                raise TaskGone("This timer is no longer armed.")
            return SYSTEM, row.instance_id, "timer.fired", {"token": row.token, **timers.told(row, tx.now)}

        return self._fires(prepare)

    def _fire_start(self, row: Any) -> bool:
        """A start event's time has come: the next due time is set in the step that begins the case."""

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            there = instance_store.lock_start_timer(tx.connection, row.process_id, row.element)
            if there is None or there.due_at != row.due_at:
                raise TaskGone("This timer is no longer armed.")
            digest = definitions.find(tx, row.process_id)["digest"]
            inputs = {"start": row.element, "digest": digest, **timers.told(row, tx.now)}
            return SYSTEM, tx.ids.new(), "case.started", inputs

        def run(tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
            timers.move_on(tx, row, self.config.zone)
            self._run_step(tx, by, case_id, kind, inputs)

        return self._fires(prepare, run)

    def _fires(self, prepare: Prepare, run: Run | None = None) -> bool:
        try:
            self._step(SYSTEM, None, "fire", {}, prepare, run or self._run_step)
        except (TaskGone, CaseEnded, Conflict):
            return False
        return True

    def timers(self, actor: Actor, case_id: str | None = None) -> tuple[Timer, ...]:
        """Armed timers in order of their due time, of one case or of all."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return tuple(timers.as_value(r) for r in instance_store.timers(tx.connection, case_id))
