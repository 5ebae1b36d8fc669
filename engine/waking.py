# SPDX-License-Identifier: Apache-2.0
"""Who sees to it that what a transaction asked for is done after its commit: timers, messages, service calls.

The rows are the truth, and doing what is due is a command like any other: a wake-up that is lost or comes twice does no
harm. Two ways stand behind one interface: `InProcess` here (alarms, no second process), and `engine.jobs.Queue` (jobs in
PostgreSQL, any number of workers).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from engine.store.transaction import Sent, Tx
from engine.wakeup import Alarm


class Wakeup(Protocol):
    """What the engine tells of each transaction that changes something."""

    def committing(self, tx: Tx) -> None:
        """The last thing in the transaction: what is written here is kept or undone with it."""

    def committed(self, tx: Tx) -> list[Sent]:
        """After the commit; returns the messages that the caller is to deliver itself, now."""

    def again(self, at: datetime) -> None:
        """A message could not be delivered; see to it that it is tried again, not before ``at``."""

    def start(self, concurrency: int) -> None:
        """From now on do what is due by itself; what is overdue at once. ``concurrency``: so much at the same time."""

    def stop(self) -> None:
        """Finish what is being done, then do no more."""


class InProcess:
    """Wakes this process when the next timer or call is due."""

    def __init__(self, timers: Alarm, calls: Alarm) -> None:
        self._timers, self._calls = timers, calls

    def committing(self, tx: Tx) -> None:
        """Nothing: who is woken is in this process."""

    def committed(self, tx: Tx) -> list[Sent]:
        armed = [*(one.at for one in (*tx.armed, *tx.starts)), *tx.expiring]
        if armed:
            self._timers.wake(min(armed))
        if tx.called:
            self._calls.wake(min(one.at for one in tx.called))
        return tx.to_deliver

    def again(self, at: datetime) -> None:
        self._timers.wake(at)

    def start(self, concurrency: int) -> None:
        """``concurrency`` has no meaning here: timers are fired in order, one after the other."""
        self._timers.start()
        self._calls.start()

    def stop(self) -> None:
        self._timers.stop()
        self._calls.stop()
