# SPDX-License-Identifier: Apache-2.0
"""Rehearsals for pages: bounded in time, one at a time, and kept until something happens."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

from engine import Coming, Engine, foreseen

#: A page may take so long; what comes after that is left out, and the page says so.
SECONDS = 8.0
#: A rehearsal counts as long as nothing has happened since, and no longer than this.
KEPT = timedelta(hours=1)
MOST_KEPT = 8
_one_at_a_time = threading.Semaphore(1)  #: a rehearsal keeps a processor busy


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What comes up until a moment; ``place`` and ``at``: how far the history and the clock had come."""

    found: tuple[Coming, ...]
    until: datetime
    reached: datetime
    place: int
    at: datetime

    @property
    def whole(self) -> bool:
        return self.reached >= self.until


def rehearse(engine: Engine, until: datetime, *, complete: bool = False) -> Rehearsed:
    """What comes up until then, found out now or kept from before. ``complete``: people complete every task, empty."""
    kept = cast("dict[tuple[datetime, bool], Rehearsed]", current_app.extensions.setdefault("rehearsals", {}))
    with _one_at_a_time:
        known = kept.get((until, complete))
        if known is not None and _counts(engine, known):
            return known
        found = _rehearsed(engine, until, complete=complete)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[until, complete] = found
        return found


def _counts(engine: Engine, known: Rehearsed) -> bool:
    return engine.clock.now() - known.at < KEPT and not engine.events_since(known.place)


def _rehearsed(engine: Engine, until: datetime, *, complete: bool) -> Rehearsed:
    ends = time.monotonic() + SECONDS
    place, at = engine.place(), engine.clock.now()
    with foreseen(engine) as rehearsal:
        found = tuple(rehearsal.until(until, complete=complete, goes_on=lambda: time.monotonic() < ends))
        return Rehearsed(found, until, rehearsal.now, place, at)
