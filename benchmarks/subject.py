# SPDX-License-Identifier: Apache-2.0
"""What is measured: engines on a scratch database, cases to step through, and the floor under an engine's step.

The floor of a step is what no engine can do without: the same recorded command on the same state once more (load, run,
save; `engine.bpmn` alone, without a database), and one durable SQLite commit of a row as large as the case's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from engine import SYSTEM, Actor, Engine, EngineConfig, open_engine
from engine.bpmn import Outcome, Program, Runner
from engine.cases import command_of
from engine.definitions import Programs
from engine.ports import Clock
from engine.scripts import Context, ScriptRunner
from engine.store.packing import unpacked
from engine.values import Event, Json, Person
from engine.worktime import Calendar
from engine.world import RecordedWorld

ROOT = Path(__file__).resolve().parent.parent
CONTENT = Path(__file__).parent / "content"
LOOP = "bench_loop"
WORKER = "worker"

#: A form's data for each of the loop's two tasks.
ANSWERS: dict[str, dict[str, Json]] = {
    "Task_Write": {"note": "The figures of this week, as they came from the field offices.", "amount": 41},
    "Task_Look": {"more": True},
}


def database(folder: Path) -> Path:
    return folder / "fitsm.db"


def open_on(folder: Path, content: Path = CONTENT, clock: Clock | None = None) -> Engine:
    """An engine with its content published, on a database in ``folder``."""
    engine = open_engine(EngineConfig(f"sqlite:///{database(folder)}", content), clock=clock)
    engine.publish_content(SYSTEM)
    return engine


def add_worker(engine: Engine) -> Actor:
    engine.people.add(SYSTEM, Person(WORKER, "Wanda Worker", roles=frozenset({WORKER})), login=WORKER)
    return engine.people.actor(WORKER)


class Rows:
    """Looks into an engine's database past the engine, so that looking costs the engine nothing."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(database(folder), check_same_thread=False)

    def close(self) -> None:
        self._connection.close()

    def open_task(self, case_id: str) -> tuple[str, str] | None:
        """(id, element) of the case's open task."""
        query = "SELECT id, element FROM task WHERE instance_id = ? AND state = 'open' ORDER BY created_at, id"
        found: tuple[str, str] | None = self._connection.execute(query, (case_id,)).fetchone()
        return found

    def state(self, case_id: str) -> tuple[bytes, dict[str, Json]]:
        query = "SELECT tokens, variables FROM instance WHERE id = ?"
        tokens, variables = self._connection.execute(query, (case_id,)).fetchone()
        return tokens, orjson.loads(unpacked(variables))


class Loop:
    """One case of the two-task loop."""

    def __init__(self, engine: Engine, rows: Rows, actor: Actor) -> None:
        self.engine, self.actor, self._rows = engine, actor, rows
        self.id = engine.start(actor, LOOP).id
        self._task = self._next()

    def step(self) -> None:
        """What is timed: complete the open task."""
        task_id, element = self._task
        self.engine.complete(self.actor, task_id, ANSWERS[element])

    def turn_over(self) -> None:
        """What is not timed: find the next task."""
        self._task = self._next()

    def go(self, turns: int) -> None:
        for _ in range(2 * turns):
            self.step()
            self.turn_over()

    def _next(self) -> tuple[str, str]:
        found = self._rows.open_task(self.id)
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step that an engine has done: its event, and the state before it."""

    event: Event
    tokens: bytes
    variables: Mapping[str, Json]
    digest: str
    initiator: str


class Floor:
    """Does recorded steps again without an engine, and commits one row for each."""

    def __init__(self, engine: Engine, folder: Path, zone: str = "Europe/Berlin") -> None:
        self._engine, self._zone = engine, ZoneInfo(zone)
        self._programs: dict[str, tuple[Program, Mapping[str, Calendar]]] = {}
        self.scripts = ScriptRunner()
        self._connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("CREATE TABLE case_row (id TEXT PRIMARY KEY, tokens BLOB, variables BLOB)")

    def close(self) -> None:
        self.scripts.close()
        self._connection.close()

    def prepare(self, digest: str) -> None:
        """Compile a definition, which is not a part of any step."""
        if digest not in self._programs:
            with self._engine.read() as tx:
                self._programs[digest] = Programs().get(tx, digest)

    def run(self, step: Recorded) -> Outcome:
        """Load, run, save."""
        event = step.event
        program, calendars = self._programs[step.digest]
        context = Context(event.at, event.actor, event.case_id, step.initiator, calendars)
        command = command_of(event.kind, event.payload["inputs"])
        runner = Runner(program, self.scripts, self._zone)
        return runner.advance(step.tokens, step.variables, command, context, RecordedWorld(event.payload["reads"]))

    def commit(self, case_id: str, tokens: bytes, variables: bytes) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT OR REPLACE INTO case_row VALUES (?, ?, ?)", (case_id, tokens, variables))
        self._connection.execute("COMMIT")

    def step(self, step: Recorded) -> None:
        """The floor of one step."""
        outcome = self.run(step)
        self.commit(step.event.case_id, outcome.state, orjson.dumps(dict(outcome.variables)))
