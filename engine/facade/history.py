# SPDX-License-Identifier: Apache-2.0
"""Reading, replaying and verifying what happened."""

from __future__ import annotations

from collections.abc import Iterator

from engine import definitions
from engine.errors import NotFound
from engine.facade.core import Core
from engine.history import log, replay, seal
from engine.store import instances as instance_store
from engine.values import (
    Actor,
    Event,
    Step,
    Verdict,
)


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
            names = definitions.by_digest(tx, row["digest"])["about"]["elements"]
            return tuple(replay.steps(log.read(tx, case_id), names))

    def verify(self, actor: Actor, case_id: str) -> Verdict:
        """Check the hash chain, the sealed heads and, by running every recorded command again, the outcome of a case."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify", case_id)
            row = instance_store.get(tx.connection, case_id)
            if row is None:
                raise NotFound(f"There is no case '{case_id}'.")
            return seal.judge(tx, replay.verify(tx, self._stepper, case_id, row))

    def verify_all(self, actor: Actor) -> Iterator[Verdict]:
        """Verify case by case, the oldest first."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            case_ids = instance_store.ids(tx.connection)
        for case_id in case_ids:
            yield self.verify(actor, case_id)
