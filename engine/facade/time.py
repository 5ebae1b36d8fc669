# SPDX-License-Identifier: Apache-2.0
"""Timers: what is armed, and firing what is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine import timers
from engine.errors import CaseEnded, Conflict, TaskGone
from engine.facade.core import Core
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Json,
    Timer,
)


class TimeFacade(Core):
    def start_timers(self) -> None:
        """From now on due timers fire by themselves; those overdue fire at once, each once, in order."""
        with self.read() as tx:
            pending = [m.id for m in instance_store.pending_messages(tx.connection)]
        self._deliver(pending)
        self._alarm.start()

    def stop_timers(self) -> None:
        self._alarm.stop()

    def next_due(self) -> datetime | None:
        with self.read() as tx:
            return instance_store.next_due(tx.connection)

    def fire_due(self, now: datetime | None = None) -> int:
        """Fire every timer that is due, in order of due time; returns how many fired."""
        fired = 0
        limit = now or self.clock.now()
        while True:
            with self.read() as tx:
                due = instance_store.timers(tx.connection, due_by=limit)
            progress = [self._fire(row) for row in due]
            fired += sum(progress)
            if not any(progress):
                return fired

    def _fire(self, row: Any) -> bool:
        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            there = {(t.token, t.element, t.due_at) for t in instance_store.timers(tx.connection, row.instance_id)}
            if (row.token, row.element, row.due_at) not in there:
                raise TaskGone("This timer is no longer armed.")
            late = (tx.now - row.due_at).total_seconds()
            inputs = {"token": row.token, "element": row.element, "name": row.name, "due_at": row.due_at.isoformat()}
            return SYSTEM, row.instance_id, "timer.fired", {**inputs, "late_seconds": round(max(late, 0.0), 3)}

        try:
            self._step(SYSTEM, None, "fire", {}, prepare, self._run_step)
        except (TaskGone, CaseEnded, Conflict):
            return False
        return True

    def timers(self, actor: Actor, case_id: str | None = None) -> tuple[Timer, ...]:
        """Armed timers in order of their due time, of one case or of all."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return tuple(timers.as_value(r) for r in instance_store.timers(tx.connection, case_id))
