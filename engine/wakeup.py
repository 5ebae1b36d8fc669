# SPDX-License-Identifier: Apache-2.0
"""Wakes the process when the next timer is due: one APScheduler job at exactly that moment.

The rows are the truth, and what a process waits for can be wrong in three ways: another process armed an earlier timer
in the same database; somebody set the clock; the machine slept, while the clock that threads wait by stood still. So the
alarm looks up every `LOOK`: what is due by the wall clock now, and what is due next by the rows (the smallest entry of an
index). Nothing is late by more than that. Firing is a command like any other.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from engine.ports import Clock, SystemClock

logger = logging.getLogger(__name__)
_JOB = "next-due"
#: How often to compare what is waited for with the wall clock and the rows.
LOOK = timedelta(seconds=1)
#: How long what failed in an unexpected way rests (a full disk, say), so as not to spin.
RETRY_AFTER = timedelta(minutes=1)
#: Between two rounds: whatever cannot be fired although it is due must not keep the processor busy.
PAUSE = timedelta(milliseconds=200)

#: The earliest due time of all, or of those after a moment.
NextDue = Callable[[datetime | None], datetime | None]


class Alarm:
    """Calls ``fire`` at the earliest of the moments it was told; afterwards asks ``next_due`` for the next.

    One round at a time, unless rounds may run ``together`` (because one can wait long for somebody else).
    """

    def __init__(self, fire: Callable[[], object], next_due: NextDue, clock: Clock, *, together: bool = False) -> None:
        self._fire, self._next_due, self._clock, self._together = fire, next_due, clock, together
        # A job may come due while one with the same id still runs; APScheduler would leave it out for good.
        defaults = {"misfire_grace_time": None, "max_instances": 1_000}
        self._scheduler = _Scheduler(self._look, timezone=UTC, job_defaults=defaults)
        self._at: datetime | None = None
        self._rounds = 0
        self._failed_at: datetime | None = None  #: what was due by then rests
        self._rests_until: datetime | None = None
        self._lock = threading.Lock()
        self.stopping = False  #: a long round should come to its end

    def start(self) -> None:
        """Fires what is overdue at once, in order, then waits for the next."""
        self.stopping = False
        self._scheduler.start()
        self._scheduler.add_job(self._ring, trigger=DateTrigger(run_date=None), id="first")

    def stop(self) -> None:
        with self._lock:
            self.stopping = True  # from here on no round waits for anything: the scheduler would wait for it in turn
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def wake(self, at: datetime) -> None:
        """A timer was armed for ``at``; earlier than what we wait for means waiting anew."""
        with self._lock:
            now = self._clock.now()
            if self.stopping or not self._scheduler.running or (self._at is not None and now < self._at <= at):
                return
            # What should have rung by now and has not (the clock was put forward) rings at once.
            self._at = at = at if self._at is None else min(at, self._at)
            when = SystemClock().now() + (at - now)  # the scheduler knows the machine's clock only
            self._scheduler.add_job(self._ring, trigger=DateTrigger(run_date=when), id=_JOB, replace_existing=True)

    def _ring(self) -> None:
        with self._lock:
            self._at = None
            if self._rounds and not self._together:
                return  # the round that runs looks for what is due next when it ends
            self._rounds += 1
        now = self._clock.now()
        try:
            self._fire()
        except Exception:
            logger.exception("firing what is due failed; what was due rests for a minute")
            self._failed_at, self._rests_until = now, now + RETRY_AFTER
        else:
            self._failed_at = self._rests_until = None
        finally:
            with self._lock:
                self._rounds -= 1
        self._wait_for_next()

    def _look(self) -> None:
        with self._lock:
            if self._rounds and not self._together:
                return
        self._wait_for_next()

    def _wait_for_next(self) -> None:
        """Wait for what is due next; what failed does not keep anything else from its time."""
        now = self._clock.now()
        rests = self._rests_until is not None and self._rests_until - RETRY_AFTER <= now < self._rests_until
        try:
            due = self._next_due(self._failed_at if rests else None)
        except Exception:
            logger.warning("what is due next cannot be read; looking again soon", exc_info=True)
            return
        if rests:
            assert self._rests_until is not None
            due = self._rests_until if due is None else min(due, self._rests_until)
        if due is not None:
            self.wake(due if due > now else now + PAUSE)


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]
    """APScheduler waits by a clock that nobody can set; this one looks at the wall clock again every `LOOK`."""

    def __init__(self, look: Callable[[], None], **options: object) -> None:
        super().__init__(**options)
        self._fitsm_look = look
        self._looked = time.monotonic()

    def _process_jobs(self) -> float:
        if time.monotonic() - self._looked >= LOOK.total_seconds():
            self._looked = time.monotonic()
            self._fitsm_look()
        wait: float | None = super()._process_jobs()
        return LOOK.total_seconds() if wait is None else min(wait, LOOK.total_seconds())
