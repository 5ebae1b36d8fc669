# SPDX-License-Identifier: Apache-2.0
"""Figures for those who watch over the system: what waits, what stands still, how late timers fired."""

from __future__ import annotations

from datetime import datetime

from engine import timers
from engine.facade.core import Core
from engine.store import figures as figure_store
from engine.store import firings as firing_store
from engine.values import Actor, Figures, Punctuality


class FiguresFacade(Core):
    def figures(self, actor: Actor) -> Figures:
        """Counted in the database now, whichever process did the work."""
        with self.read() as tx:
            self._require(tx, actor, "system.look")
            return Figures(**figure_store.now(tx.connection, tx.now))

    def punctuality(self, actor: Actor, since: datetime) -> tuple[Punctuality, ...]:
        """How late timers fired, hour by hour (UTC) since the hour of ``since``, of all processes on this database.

        Hours in which no timer fired are left out.
        """
        with self.read() as tx:
            self._require(tx, actor, "system.look")
            return timers.by_hour(firing_store.by_hour(tx.connection, since))

    def punctuality_of_all(self, actor: Actor, since: datetime) -> Punctuality | None:
        """The same over all those hours together; None when no timer fired."""
        with self.read() as tx:
            self._require(tx, actor, "system.look")
            found = sorted((late, number) for _, late, number in firing_store.by_hour(tx.connection, since))
        return timers.punctuality(since, found) if found else None
