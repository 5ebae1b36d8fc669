# SPDX-License-Identifier: Apache-2.0
"""Seals by itself: an APScheduler job that looks every few seconds whether a seal is due, beside the steps, not in them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine.config import Sealing
from engine.errors import EngineError
from engine.ports import Clock

logger = logging.getLogger(__name__)
#: How often to ask how many events came in; one look-up by key.
LOOK = timedelta(seconds=5)


class Sealer:
    """Calls ``seal`` when a seal is due, and once more when it is stopped."""

    def __init__(self, seal: Callable[[], object], pending: Callable[[], int], clock: Clock) -> None:
        self._seal, self._pending, self._clock = seal, pending, clock
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._next: datetime | None = None

    def start(self, plan: Sealing) -> None:
        """Seal what is not sealed yet, then keep to the plan."""
        trigger = IntervalTrigger(seconds=max(1, int(min(LOOK, plan.every).total_seconds())))
        self._scheduler.add_job(self.look, trigger=DateTrigger(run_date=None), args=[plan], id="first")
        self._scheduler.add_job(self.look, trigger=trigger, args=[plan], id="seal")
        self._scheduler.start()

    def stop(self) -> None:
        """Seal the last events and end."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
            self._try()

    def look(self, plan: Sealing) -> None:
        """Seal if it is time, or if enough events came in."""
        now = self._clock.now()
        if self._next is not None and now < self._next and self._pending() < plan.events:
            return
        self._next = now + plan.every
        self._try()

    def _try(self) -> None:
        try:
            self._seal()
        except EngineError as error:
            logger.error("histories are not sealed: %s %s", error.sentence, error.hint)
        except Exception:
            logger.exception("histories are not sealed")
