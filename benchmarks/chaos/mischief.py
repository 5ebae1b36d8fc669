# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, drawn from a seeded chance: nodes die, the database restarts, connections are cut, deadlocks."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import psycopg

from benchmarks.chaos.nodes import Node
from benchmarks.chaos.postgres import Postgres

#: What may happen besides a kill, and how often (of 100 rounds).
_DATABASE = {"restart fast": 4, "restart immediate": 4, "connections cut": 14, "isolation changed": 6}
_LEVELS = ("read committed", "repeatable read", "serializable")


class Mischief:
    """Kills until it has killed ``kills`` times."""

    def __init__(self, nodes: Sequence[Node], postgres: Postgres | None, kills: int, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._nodes, self._postgres, self._kills = nodes, postgres, kills
        self._chance = random.Random(seed)

    def run(self, progress: Callable[[], None], deadline: float) -> None:
        """One blow after the other; ``progress`` is told of each kill. Ends early at ``deadline`` (monotonic)."""
        while self.counts["kill -9"] < self._kills and time.monotonic() < deadline:
            if self._postgres is not None and self._chance.random() * 100 < sum(_DATABASE.values()):
                self._hurt_database(self._postgres)
                self._wait()
                continue
            node = self._chance.choice(self._nodes)
            node.await_ready()
            self._wait()
            node.kill()
            self.counts["kill -9"] += 1
            progress()
            if self._chance.random() < 0.7:
                node.start()  # else it stays away until its next turn
        if self._postgres is not None:
            self._hurt(lambda: self._postgres.isolate("read committed"))  # type: ignore[union-attr]

    def _wait(self) -> None:
        time.sleep(self._chance.uniform(0.02, 0.8))

    def _hurt_database(self, postgres: Postgres) -> None:
        what = self._chance.choices(list(_DATABASE), list(_DATABASE.values()))[0]
        share, level = self._chance.uniform(0.2, 1.0), self._chance.choice(_LEVELS)
        self.counts[what] += 1
        if what.startswith("restart"):
            postgres.restart(what.partition(" ")[2])
        elif what == "connections cut":
            self._hurt(lambda: postgres.cut(share))
        else:
            self._hurt(lambda: postgres.isolate(level))

    @staticmethod
    def _hurt(do: Callable[[], object]) -> None:
        """A cut may hit the hand that cuts."""
        for _ in range(20):
            try:
                do()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)


class Rival:
    """Locks rows of open cases in the other order than the product does, so that each waits for the other."""

    def __init__(self, postgres: Postgres, open_cases: Callable[[], list[str]], seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._postgres, self._open_cases = postgres, open_cases
        self._chance = random.Random(seed)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._postgres.connected() as connection:
                    while not self._stop.is_set():
                        self._collide(connection)
                        self._stop.wait(0.02)
            except psycopg.Error:
                self._stop.wait(0.2)

    def _collide(self, connection: psycopg.Connection) -> None:
        cases = self._open_cases()
        if not cases:
            return
        case_id = self._chance.choice(cases)
        self.counts["rows locked by a rival"] += 1
        try:
            with connection.transaction():
                connection.execute("SELECT id FROM instance WHERE id = %s FOR UPDATE", (case_id,))
                self._stop.wait(self._chance.uniform(0.0, 0.15))
                connection.execute("SELECT id FROM task WHERE instance_id = %s FOR UPDATE", (case_id,))
        except psycopg.errors.DeadlockDetected:
            self.counts["deadlocks that the rival lost"] += 1
