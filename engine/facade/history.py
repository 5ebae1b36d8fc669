# SPDX-License-Identifier: Apache-2.0
"""Reading, replaying and verifying what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from engine import definitions, files
from engine.errors import NotFound
from engine.facade.core import Core
from engine.history import log, replay, seal
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    Actor,
    Event,
    Json,
    LocalData,
    Step,
    Verdict,
)

VERIFICATIONS = "verifications"  #: the stream that tells of them
PAGE = 500  #: cases whose ids are read at once


class HistoryFacade(Core):
    def history(self, actor: Actor, case_id: str) -> tuple[Event, ...]:
        """The events of a case, in order."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return log.read(tx, case_id)

    def steps(self, actor: Actor, case_id: str) -> tuple[Step, ...]:
        """The history as steps with positions, for replaying on the diagram."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            row = instance_store.get(tx.connection, case_id)
            if row is None:
                raise NotFound(f"There is no case '{case_id}'.")
            return tuple(replay.steps(log.read(tx, case_id), partial(definitions.names, tx)))

    def data_at(self, actor: Actor, case_id: str, seq: int) -> Mapping[str, Json]:
        """The variables of a case as they were after the event with that number, from its history."""
        events = self.history(actor, case_id)
        if not 1 <= seq <= len(events):
            raise NotFound(f"The history of the case has no event {seq}.", hint=f"It has 1 to {len(events)}.")
        return replay.data_at(events, seq)

    def locals_at(self, actor: Actor, case_id: str, seq: int) -> tuple[LocalData, ...]:
        """The variables of the scopes within a case (turns, subprocesses, activities) after the event with that number."""
        return replay.locals_at(self.history(actor, case_id), seq)

    def verify(self, actor: Actor, case_id: str) -> Verdict:
        """Check a case whole: hash chain and sealed heads, its outcome by running every recorded command again, and the
        rows of the case, its tasks, timers, subscriptions, calls and files against what that leads to."""
        return self._verdict(actor, case_id, with_tasks=True)

    def replay(self, actor: Actor, case_id: str) -> Verdict:
        """Run every recorded command of a case again and compare each step with the record."""
        return self._verdict(actor, case_id, with_tasks=False)

    def verify_all(self, actor: Actor, after: str | None = None) -> Iterator[Verdict]:
        """Verify case by case, the oldest first; those that began later than the case ``after``."""
        return (self.verify(actor, case_id) for case_id in self._every_case(actor, after))

    def replay_all(self, actor: Actor) -> Iterator[Verdict]:
        """Replay case by case, the oldest first."""
        return (self.replay(actor, case_id) for case_id in self._every_case(actor))

    def _verdict(self, actor: Actor, case_id: str, *, with_tasks: bool) -> Verdict:
        with self.read() as tx:
            self._require(tx, actor, "history.verify", case_id)
            row = instance_store.get(tx.connection, case_id)
            if row is None:
                raise NotFound(f"There is no case '{case_id}'.")
            verdict = seal.judge(tx, replay.verify(tx, self._stepper, case_id, row, with_tasks=with_tasks))
            fault = files.altered(tx, log.read(tx, case_id)) if with_tasks and verdict.ok else None
        if fault is None:
            return verdict
        return replace(verdict, reproduced=False, parted_at=fault[0].seq, reason=fault[1])

    def note_verification(self, actor: Actor, checked: int, failed: int) -> None:
        """Keep in the history that somebody has verified every case, and how that came out."""

        def do(tx: Tx) -> None:
            self._require(tx, actor, "history.verify")
            log.append(tx, VERIFICATIONS, actor, "history.verified", {"checked": checked, "failed": failed})

        self._carry_out(do)

    def last_verification(self, actor: Actor) -> Event | None:
        """When every case was verified last, by whom and how that came out; None when never."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return log.last(tx, VERIFICATIONS)

    def count_cases(self, actor: Actor) -> int:
        """How many cases there are, counted one by one: for who goes through all of them."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            return instance_store.count(tx.connection)

    def _every_case(self, actor: Actor, after: str | None = None) -> Iterator[str]:
        """The ids of all cases, a page at a time, so that neither memory nor a transaction grows with their number."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            before = instance_store.summary(tx.connection, after) if after else None
        last: tuple[datetime, str] | None = (before["started_at"], before["id"]) if before else None
        while True:
            with self.read() as tx:
                page = instance_store.ids_after(tx.connection, last, PAGE)
            for started_at, case_id in page:
                last = started_at, case_id
                yield case_id
            if len(page) < PAGE:
                return
