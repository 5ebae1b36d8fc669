# SPDX-License-Identifier: Apache-2.0
"""A real record to tamper with: a shipped incident, played to its end by the sample organisation and sealed as it went."""

from __future__ import annotations

import random
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from engine import SYSTEM, Engine, EngineConfig, Sealing, VirtualClock, open_engine
from engine.history import log
from engine.store.packing import unpacked as unpacked_row
from engine.values import Event
from tests.databases import Database, Past
from webapp.audit.bundle import VERIFIER, pack
from webapp.config import content_dir
from webapp.demo.answers import INCIDENTS, Scene, answer
from webapp.demo.organisation import write_registers
from webapp.demo.people import add_people, holders
from webapp.demo.stories import stories


class Record:
    """An engine on a folder, the case, and the database past the engine, as somebody with the file has it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self.clock = VirtualClock(datetime(2026, 11, 2, 9, tzinfo=UTC))
        self.engine = self.open()
        self.case = ""

    def open(self, **sealing: Any) -> Engine:
        plan = Sealing(**{"key_file": self.folder / "seal.key", "witness_dir": self.folder / "witness", **sealing})
        return open_engine(EngineConfig(self._database.url, content_dir(), sealing=plan), clock=self.clock)

    def play(self) -> None:
        """One incident to its end; sealed after every second step."""
        engine = self.engine
        engine.publish_content(SYSTEM)
        add_people(engine)
        ids = write_registers(engine)
        story = next(s for s in stories() if s.plot == "second")
        self.case = engine.start(engine.people.actor(holders("isrm_service_desk")[0]), INCIDENTS).id
        visits: Counter[str] = Counter()
        for turn in range(40):
            task = next((t for t in engine.case(SYSTEM, self.case).tasks if t.state == "open"), None)
            if task is None:
                break
            self.clock.advance(timedelta(minutes=7))
            person = task.claimed_by or task.assignee or holders(task.role)[0]
            actor = engine.people.actor(person)
            engine.claim(actor, task.id)
            scene = Scene(story, visits[task.element], self.clock.now(), ids, random.Random(3), person)
            data = answer(engine.task_form(actor, task.id), scene)
            if data is None:
                break
            engine.complete(actor, task.id, data)
            visits[task.element] += 1
            if turn % 2:
                engine.seal(SYSTEM)
        self.clock.advance(timedelta(minutes=1))
        engine.seal(SYSTEM)

    def database(self) -> AbstractContextManager[Past]:
        """The database itself, in one transaction."""
        return self._database.past()

    def keep(self) -> Database:
        """A copy of the database as it is now."""
        self.engine._store.close()
        folder = self.folder / "kept"
        folder.mkdir(exist_ok=True)
        return self._database.copy(folder)

    def restore(self, kept: Database) -> None:
        self._database.restore(kept)

    def close(self) -> None:
        self.engine.close()
        self._database.drop()

    def events(self) -> tuple[Event, ...]:
        return self.engine.history(SYSTEM, self.case)

    # --- what somebody with the database does to it ------------------------------------------------------------

    def alter(self, seq: int) -> None:
        """Another person did it."""
        with self.database() as database:
            database.execute("UPDATE event SET actor = 'mallory' WHERE instance_id = ? AND seq = ?", (self.case, seq))

    def alter_content(self, seq: int) -> None:
        """Something else was recorded."""
        with self.database() as database:
            row = database.execute(
                "SELECT payload FROM event WHERE instance_id = ? AND seq = ?", (self.case, seq)
            ).fetchone()
            payload = {**orjson.loads(unpacked_row(row[0])), "note": "nothing happened"}
            database.execute(
                "UPDATE event SET payload = ? WHERE instance_id = ? AND seq = ?",
                (orjson.dumps(payload), self.case, seq),
            )

    def drop(self, seq: int) -> None:
        with self.database() as database:
            database.execute("DELETE FROM event WHERE instance_id = ? AND seq = ?", (self.case, seq))

    def swap(self, seq: int) -> None:
        """The event and the one before it change places (the first: with the last)."""
        other = seq - 1 or len(self.events())
        with self.database() as database:
            for old, new in ((seq, -1), (other, seq), (-1, other)):
                database.execute("UPDATE event SET seq = ? WHERE instance_id = ? AND seq = ?", (new, self.case, old))

    def truncate(self, seq: int) -> None:
        """From the event on there is nothing, and the case knows of nothing."""
        with self.database() as database:
            database.execute("DELETE FROM event WHERE instance_id = ? AND seq >= ?", (self.case, seq))
        self._set_head()

    def forge(self, seq: int) -> None:
        """The event is altered and every hash after it is made to fit, the case's too."""
        self.alter(seq)
        self.rehash()

    def rehash(self) -> None:
        prev = log.GENESIS
        for event in self.events():
            own = log.event_hash(_with(event, prev_hash=prev))
            with self.database() as database:
                database.execute(
                    "UPDATE event SET prev_hash = ?, hash = ? WHERE instance_id = ? AND seq = ?",
                    (bytes.fromhex(prev), bytes.fromhex(own), self.case, event.seq),
                )
            prev = own
        self._set_head()

    def _set_head(self) -> None:
        events = self.events()
        seq, head = (events[-1].seq, events[-1].hash) if events else (0, "")
        with self.database() as database:
            database.execute("UPDATE instance SET seq = ?, head = ? WHERE id = ?", (seq, head, self.case))

    def forget_seals(self) -> None:
        """Whoever has the key starts the log anew."""
        with self.database() as database:
            for table in ("seal_leaf", "seal_node", "tree_head"):
                database.execute(f"DELETE FROM {table}")

    # --- outside -----------------------------------------------------------------------------------------------

    def evidence(self, name: str = "evidence.zip", since: int | None = None, *, with_log: bool = True) -> Path:
        path = self.folder / name
        path.write_bytes(pack(self.case, self.engine.evidence(SYSTEM, self.case, since, with_log=with_log)))
        return path


def _with(event: Event, **changes: Any) -> Event:
    return replace(event, **changes)


def verify(bundle: Path, *options: object) -> tuple[int, str]:
    """Run the verifier as an auditor does: another process, which knows nothing of the product."""
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(bundle), *map(str, options)],
        capture_output=True,
        text=True,
        check=False,
        cwd=bundle.parent,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def repack(source: Path, changes: Mapping[str, bytes | None]) -> Path:
    """The bundle with some of its files exchanged (None: left out)."""
    with zipfile.ZipFile(source) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    files.update({name: content for name, content in changes.items() if content is not None})
    path = source.with_name("repacked.zip")
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            if changes.get(name, b"") is not None:
                packed.writestr(name, content)
    return path


def unpacked(source: Path, name: str) -> bytes:
    with zipfile.ZipFile(source) as packed:
        return packed.read(name)
