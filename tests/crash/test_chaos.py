# SPDX-License-Identifier: Apache-2.0
"""A short run of `benchmarks.chaos` on each database, and the proof that its check notices what is not exact."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest

from benchmarks.chaos import subject
from benchmarks.chaos.check import check
from benchmarks.chaos.clients import Order
from benchmarks.chaos.postgres import is_installed
from benchmarks.chaos.receiver import Receiver
from benchmarks.chaos.run import run
from engine import SYSTEM, Engine, EngineConfig, Services, VirtualClock, open_engine
from engine.ports import SystemClock

LOCAL = Services(hosts=("127.0.0.1",))
KILLS = int(os.environ.get("FITSM_CHAOS_KILLS", "10"))


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_done_twice_when_everything_dies(database: str) -> None:
    """Nodes are killed while people work; on PostgreSQL the database is restarted and cut as well."""
    if database == "postgresql" and not is_installed():
        pytest.fail("There is no PostgreSQL server on this machine; install the package 'postgresql'.")
    report = run(database, KILLS, seed=7)
    assert report.violations == []
    assert report.events["kill -9"] == KILLS
    assert report.counts["cases verified and replayed"] >= report.counts["cases completed"] > 0  # some are under way
    assert report.counts["acknowledged commands found once"] >= KILLS


class Undisturbed:
    """One order and its child played to their ends on one engine, and what its client was told."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "fitsm.db"
        self.receiver = Receiver(1)
        self.receiver.peaceful = True
        self.clock = VirtualClock(SystemClock().now())
        config = EngineConfig(f"sqlite:///{self.file}", subject.write_content(folder / "content"), services=LOCAL)
        self.engine: Engine = open_engine(config, self.clock)
        subject.furnish(self.engine)
        self.order = self._play()

    def _play(self) -> Order:
        wanda = self.engine.people.actor(subject.CLIENT)
        case = self.engine.start(wanda, subject.ORDER, {"n": "o-1", "receiver": self.receiver.url}, key="o-1.start")
        self.engine.run_calls()
        for element in sorted(subject.TASKS):
            [task] = [t for t in self.engine.case(SYSTEM, case.id).tasks if t.state == "open"]
            assert task.element == element
            self.engine.complete(wanda, task.id, {}, key=f"o-1.{element}")
        self.engine.correlate(wanda, subject.GO, "o-1", key="o-1.message")
        for _ in range(2):
            self.clock.set(self.engine.next_due() or self.clock.now())
            self.engine.fire_due()
        return Order("o-1", case.id, {"start": case.id})

    def found(self) -> list[str]:
        return check(self.engine, [self.order], self.receiver).violations

    def close(self) -> None:
        self.engine.close()
        self.receiver.close()


@pytest.fixture
def played(tmp_path: Path):
    made = Undisturbed(tmp_path)
    yield made
    made.close()


def test_an_undisturbed_case_has_no_violation(played: Undisturbed) -> None:
    """Else the faults below would prove nothing."""
    assert played.found() == []


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM instance WHERE process_id = 'chaos_order'", "is not there"),
        ("DELETE FROM event WHERE kind = 'timer.fired'", "timers fired"),
        ("UPDATE instance SET state = 'running' WHERE process_id = 'chaos_child'", "is running and waits for"),
        ("UPDATE message SET state = 'pending' WHERE name = 'chaos.go'", "is pending"),
        ("UPDATE instance SET parent_id = NULL", "0 cases that its message started"),
        ("DELETE FROM record", "wrote 0 records"),
        ("UPDATE event SET actor = 'mallory' WHERE kind = 'case.started'", "does not verify"),
    ],
)
def test_the_check_notices_what_is_not_exact(played: Undisturbed, statement: str, says: str) -> None:
    """A lost case, a lost timer, a stuck case, a stuck message, a lost child, a lost record, an altered history."""
    with sqlite3.connect(played.file) as database:
        database.execute(statement)
    assert any(says in violation for violation in played.found())


def test_the_check_notices_what_the_client_or_the_receiver_saw_otherwise(played: Undisturbed) -> None:
    """A second case for one order, a call that the receiver never saw, one that it did twice."""
    wanda = played.engine.people.actor(subject.CLIENT)
    second = played.engine.start(wanda, subject.ORDER, {"n": "o-1", "receiver": played.receiver.url})
    assert any(f"{second.id} is there and nobody was told" in v for v in played.found())
    [key] = played.receiver.effects
    played.receiver.requests.clear()
    assert any(f"never saw the key {key}" in v for v in played.found())
    played.receiver.effects[hashlib.sha256(b"x").hexdigest()] = {}
    assert any("which no case has" in v for v in played.found())
