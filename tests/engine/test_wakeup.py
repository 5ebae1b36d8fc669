# SPDX-License-Identifier: Apache-2.0
"""The alarm rings when something is due: not late, not twice for nothing, and it never sleeps through."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from engine import SystemClock
from engine.wakeup import PAUSE, Alarm

PATIENCE = 20.0  #: seconds; only a broken alarm needs them


class Bell:
    """Things that are due, and how often they were rung for."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.due: list[datetime] = []
        self.rings: list[datetime] = []
        self.rang = threading.Semaphore(0)
        self.hold = threading.Event()
        self.hold.set()
        self.alarm = Alarm(self.fire, self.next_due, self.clock)

    def fire(self) -> None:
        now = self.clock.now()
        self.rings.append(now)
        self.rang.release()
        self.hold.wait(PATIENCE)
        self.due = [d for d in self.due if d > now]

    def next_due(self) -> datetime | None:
        return min(self.due, default=None)

    def add(self, seconds: float) -> datetime:
        due = self.clock.now() + timedelta(seconds=seconds)
        self.due.append(due)
        self.alarm.wake(due)
        return due

    def heard(self) -> bool:
        return self.rang.acquire(timeout=PATIENCE)


@pytest.fixture
def bell():
    made = Bell()
    made.alarm.start()
    assert made.heard()  # what is overdue fires at the start
    yield made
    made.hold.set()
    made.alarm.stop()


def test_it_rings_when_it_is_time(bell: Bell) -> None:
    """Not before."""
    due = bell.add(0.1)
    assert bell.heard()
    assert bell.rings[-1] >= due


def test_an_earlier_time_comes_first(bell: Bell) -> None:
    """Waiting for something far away does not hide what is near."""
    bell.add(3600)
    bell.add(0.1)
    assert bell.heard()
    assert bell.next_due() is not None


def test_a_time_that_comes_while_it_rings_is_not_lost(bell: Bell) -> None:
    """A round that takes long is followed by another."""
    bell.hold.clear()
    bell.add(0.0)
    assert bell.heard()
    bell.add(0.05)
    assert bell.heard()  # a second round comes although the first still runs
    bell.hold.set()


def test_a_round_that_fails_is_tried_again_later(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause, not at once: an error must not keep the processor busy."""
    monkeypatch.setattr("engine.wakeup.RETRY_AFTER", timedelta(milliseconds=100))
    failing = [True]

    def fire() -> None:
        if failing.pop() if failing else False:
            raise OSError("no")
        bell.rang.release()

    bell.alarm._fire = fire
    bell.add(0.0)
    assert bell.heard()


def test_something_that_stays_due_does_not_spin(bell: Bell) -> None:
    """Between two rounds there is a pause."""
    stuck = bell.clock.now()
    bell.alarm._next_due = lambda: stuck
    bell.add(0.0)
    for _ in range(4):
        assert bell.heard()
    second, third, fourth = bell.rings[2:5]
    assert fourth - third >= PAUSE * 0.9
    assert third - second >= PAUSE * 0.9
