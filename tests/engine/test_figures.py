# SPDX-License-Identifier: Apache-2.0
"""Figures of the whole database: what goes on, what waits, what stands still."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import NotAllowed
from engine.values import Figures
from tests.engine.test_timers import LATE
from tests.engine.workshop import START, Workshop


def test_everything_that_waits_is_counted(workshop: Workshop) -> None:
    """Timers of running cases and of start events; those of a held case wait for a person and are not due."""
    root = workshop.actor("root")
    assert workshop.engine.figures(root) == Figures(0, 0, 0, 0, 0, 0, 0, None)
    workshop.publish("P", LATE)
    workshop.publish("Q", "start S | cycle: R/2026-03-02T09:30:00Z/P1D -> A\nuser A -> E\nend E")
    workshop.publish(
        "R",
        'start S -> A\nuser A | due: add_time(now(), "PT30M") -> X\nscript X | do: y = 1 / 0 -> E\ntimer T | on: A | duration: PT5M -> X\nend E',
    )
    running, held = workshop.start("P"), workshop.start("R")
    workshop.clock.advance(timedelta(hours=2))
    found = workshop.engine.figures(root)
    assert found == Figures(2, 0, 2, 1, 0, 3, 3, START + timedelta(minutes=5))
    workshop.engine.fire_due()
    found = workshop.engine.figures(root)
    assert (found.cases_running, found.cases_held) == (2, 1)
    assert (found.timers_due, found.oldest_due, found.timers_armed) == (0, None, 1)
    assert workshop.case(held).state == "failed"
    assert workshop.case(running).state == "running"


def test_only_those_who_watch_over_the_system_see_them(workshop: Workshop) -> None:
    """Others have no need to know how much others do."""
    with pytest.raises(NotAllowed):
        workshop.engine.figures(workshop.actor("wanda"))
