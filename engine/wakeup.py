# SPDX-License-Identifier: Apache-2.0
"""Wakes the process when the next timer is due: one APScheduler job at exactly that moment, no polling.

The rows are the truth; a lost wake-up is found again at the next commit or start. Firing is a command like any other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from engine.ports import Clock

logger = logging.getLogger(__name__)
_JOB = "next-due"
#: How long to wait after a failure of the whole round (a full disk, say), so as not to spin.
RETRY_AFTER = timedelta(minutes=1)
#: Between two rounds: whatever cannot be fired although it is due must not keep the processor busy.
PAUSE = timedelta(milliseconds=200)


class Alarm:
    """Calls ``fire`` at the earliest of the moments it was told; afterwards asks ``next_due`` for the next."""

    def __init__(self, fire: Callable[[], object], next_due: Callable[[], datetime | None], clock: Clock) -> None:
        self._fire, self._next_due, self._clock = fire, next_due, clock
        # A job may come due while one with the same id still runs; APScheduler would leave it out for good.
        defaults = {"misfire_grace_time": None, "max_instances": 1_000}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)
        self._at: datetime | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Fires what is overdue at once, in order, then waits for the next."""
        self._scheduler.start()
        self._scheduler.add_job(self._ring, trigger=DateTrigger(run_date=None), id="first")

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def wake(self, at: datetime) -> None:
        """A timer was armed for ``at``; earlier than what we wait for means waiting anew."""
        with self._lock:
            if not self._scheduler.running or (self._at is not None and self._at <= at):
                return
            self._at = at
            self._scheduler.add_job(self._ring, trigger=DateTrigger(run_date=at), id=_JOB, replace_existing=True)

    def _ring(self) -> None:
        with self._lock:
            self._at = None
        try:
            self._fire()
        except Exception:
            logger.exception("firing due timers failed; trying again in a minute")
            self.wake(self._clock.now() + RETRY_AFTER)
            return
        due = self._next_due()
        if due is not None:
            self.wake(max(due, self._clock.now() + PAUSE))
