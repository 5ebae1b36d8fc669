# SPDX-License-Identifier: Apache-2.0
"""The alarm rings when something is due: not late, not twice for nothing, and it never sleeps through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import apscheduler.schedulers.base
import pytest

from engine import SystemClock
from engine.wakeup import LOOK, PAUSE, Alarm

PATIENCE = 20.0  #: seconds; only a broken alarm needs them


class Bell:
    """Things that are due, and how often they were rung for."""

    def __init__(self, *, together: bool = False, clock: SystemClock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.due: list[datetime] = []
        self.rings: list[datetime] = []
        self.rang = threading.Semaphore(0)
        self.hold = threading.Event()
        self.hold.set()
        self.alarm = Alarm(self.fire, self.next_due, self.clock, together=together)

    def fire(self) -> None:
        now = self.clock.now()
        self.rings.append(now)
        self.rang.release()
        self.hold.wait(PATIENCE)
        self.due = [d for d in self.due if d > now]

    def next_due(self, after: datetime | None = None) -> datetime | None:
        return min((d for d in self.due if after is None or d > after), default=None)

    def add(self, seconds: float) -> datetime:
        due = self.clock.now() + timedelta(seconds=seconds)
        self.due.append(due)
        self.alarm.wake(due)
        return due

    def heard(self) -> bool:
        return self.rang.acquire(timeout=PATIENCE)


def rung(made: Bell) -> Iterator[Bell]:
    made.alarm.start()
    assert made.heard()  # what is overdue fires at the start
    yield made
    made.hold.set()
    made.alarm.stop()


@pytest.fixture
def bell() -> Iterator[Bell]:
    yield from rung(Bell())


@pytest.fixture
def choir() -> Iterator[Bell]:
    """Whose rounds may run together."""
    yield from rung(Bell(together=True))


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
    """A round that takes long is followed by another, and never joined by one."""
    bell.hold.clear()
    bell.add(0.0)
    assert bell.heard()
    due = bell.add(0.05)
    while bell.clock.now() < due + LOOK * 1.5:
        assert not bell.rang.acquire(timeout=0.1)
    bell.hold.set()
    assert bell.heard()


def test_rounds_that_wait_for_others_run_together(choir: Bell) -> None:
    """A service that takes long to answer keeps no other from being called."""
    choir.hold.clear()
    choir.add(0.0)
    assert choir.heard()
    choir.add(0.05)
    assert choir.heard()  # a second round comes although the first still runs


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
    bell.alarm._next_due = lambda after: stuck
    bell.add(0.0)
    for _ in range(4):
        assert bell.heard()
    second, third, fourth = bell.rings[2:5]
    assert fourth - third >= PAUSE * 0.9
    assert third - second >= PAUSE * 0.9


def test_what_failed_rests_but_keeps_nothing_else_from_its_time(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The alarm does not spin on it, and rings for what comes due meanwhile."""
    stuck = bell.clock.now()

    def fire() -> None:
        now = bell.clock.now()
        bell.rings.append(now)
        bell.due = [d for d in bell.due if d > now or d == stuck]
        bell.rang.release()
        raise OSError("no")

    bell.alarm._fire = fire
    bell.due.append(stuck)
    bell.alarm.wake(stuck)
    assert bell.heard()
    due = bell.add(LOOK.total_seconds() * 1.2)
    assert bell.heard()
    assert bell.rings[-1] >= due


def test_a_timer_that_another_process_armed_is_found(bell: Bell) -> None:
    """Nobody wakes the alarm for it; it looks for itself."""
    bell.add(3600)
    due = bell.clock.now() + timedelta(milliseconds=50)
    bell.due.append(due)
    assert bell.heard()
    assert bell.rings[-1] - due < LOOK + timedelta(seconds=1)


class SetClock(SystemClock):
    """A wall clock that somebody sets, while the clock that threads wait by goes on as it did."""

    def __init__(self) -> None:
        self.off = timedelta(0)

    def now(self, _zone: object = None) -> datetime:
        return datetime.now(UTC) + self.off


@pytest.fixture
def set_bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bell]:
    """On a clock that can be set, for the alarm and for its scheduler."""
    clock = SetClock()
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", clock)
    monkeypatch.setattr(SystemClock, "now", lambda _: clock.now())
    yield from rung(Bell(clock=clock))


def jump(bell: Bell, by: timedelta) -> None:
    assert isinstance(bell.clock, SetClock)
    bell.clock.off += by


def test_a_clock_that_jumps_forward_makes_nothing_late(set_bell: Bell) -> None:
    """A machine that slept for two hours: what came due meanwhile fires at once, not two hours later."""
    due = set_bell.add(3600)
    jump(set_bell, timedelta(hours=2))
    assert set_bell.heard()
    assert set_bell.rings[-1] >= due


def test_a_clock_of_the_engine_alone_may_jump(bell: Bell) -> None:
    """The scheduler knows the machine's clock; what is due by the engine's rings all the same."""
    clock = bell.clock = bell.alarm._clock = SetClock()
    due = bell.add(3600)
    clock.off += timedelta(hours=2)
    assert bell.heard()
    assert bell.rings[-1] >= due


def test_a_clock_that_is_set_back_fires_nothing_early_or_twice(set_bell: Bell) -> None:
    """What was due in a second is due in an hour and a second now; it fires when the clock shows its time."""
    due = set_bell.add(0.3)
    jump(set_bell, timedelta(hours=-1))
    assert not set_bell.rang.acquire(timeout=LOOK.total_seconds() + 0.5)
    jump(set_bell, timedelta(hours=1))
    assert set_bell.heard()
    assert set_bell.rings[-1] >= due
    assert not set_bell.rang.acquire(timeout=LOOK.total_seconds() + 0.5)


def test_a_time_years_away_is_waited_for(bell: Bell) -> None:
    """However far it is, what is near still fires."""
    bell.add(9 * 365 * 86_400.0)
    bell.due.append(datetime(9999, 12, 31, tzinfo=UTC))
    bell.add(0.05)
    assert bell.heard()
    assert len(bell.due) == 2
