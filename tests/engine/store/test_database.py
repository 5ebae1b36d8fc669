# SPDX-License-Identifier: Apache-2.0
"""The database keeps what it acknowledged, says plainly what it cannot do, and never half does it."""

from __future__ import annotations

import random
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, inspect, text

from engine import SYSTEM, EngineConfig, open_engine
from engine.errors import StorageFailed
from engine.store import Store, open_store
from engine.store.schema import metadata
from engine.store.types import Utc
from tests.databases import SqliteDatabase, only_sqlite
from tests.engine.workshop import Workshop


def test_sqlite_writes_ahead_and_syncs_fully(tmp_path: Path) -> None:
    """WAL for readers that never wait; FULL so that an acknowledged commit survives a loss of power."""
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    with store.read() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys")
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    store.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    """Tables, columns and indexes of an upgraded database are those that the queries know (but for PostgreSQL's own)."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    known = {t.name: {c.name for c in t.columns} for t in metadata.tables.values()}
    found = inspect(store.sql)
    there = {t: {c["name"] for c in found.get_columns(t)} for t in found.get_table_names() if t != "alembic_version"}
    indexes = {
        t.name: {i.name for i in t.indexes if not i.dialect_options["postgresql"]["using"]}
        for t in metadata.tables.values()
    }
    there_indexes = {t: {i["name"] for i in found.get_indexes(t)} for t in there}
    store.close()
    assert there == known
    assert there_indexes == indexes


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """Upgrading an upgraded database is no work."""
    url = f"sqlite:///{tmp_path / 'x.db'}"
    open_store(url).close()
    before = (tmp_path / "x.db").read_bytes()
    open_store(url).close()
    assert (tmp_path / "x.db").read_bytes() == before


def test_a_transaction_that_fails_is_undone_whole(tmp_path: Path) -> None:
    """Whatever the reason."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")

    def half_done() -> None:
        with store.write() as connection:
            connection.execute(text("INSERT INTO counter (name, value) VALUES ('a', 1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM counter")).scalar() == 0
    store.close()


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """They see what was committed before."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    seen: list[int | None] = []

    def read() -> None:
        with store.read() as connection:
            seen.append(connection.execute(text("SELECT count(*) FROM counter")).scalar())

    with store.write() as connection:
        connection.execute(text("INSERT INTO counter (name, value) VALUES ('a', 1)"))
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=10)
        assert not reader.is_alive()
    assert seen == [0]
    store.close()


def test_writers_take_turns(workshop: Workshop) -> None:
    """Twenty threads count; no number is given twice or lost."""
    numbers: list[str] = []

    def write() -> None:
        for _ in range(5):
            numbers.append(workshop.engine.write_record(SYSTEM, "thing", {"title": "x"}).id)  # noqa: PERF401

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers, key=lambda n: int(n[4:])) == [f"THG-{n}" for n in range(1, 101)]


class Tight:
    """From now on every connection has a setting, until the end."""

    def __init__(self, store: Store, pragma: str) -> None:
        self._store, self._pragma = store, pragma
        event.listen(store.sql, "connect", self._set)
        store.close()

    def _set(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA {self._pragma}")

    def end(self) -> None:
        event.remove(self._store.sql, "connect", self._set)
        self._store.close()


@only_sqlite
class TestTheDiskIsFull:
    @staticmethod
    def fill(workshop: Workshop) -> Tight:
        """Allow the database no more pages than it has."""
        with workshop.engine._store.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        return Tight(workshop.engine._store, f"max_page_count={pages}")

    @staticmethod
    def make_room(tight: Tight) -> None:
        tight.end()

    def test_it_says_so_and_nothing_was_changed(self, workshop: Workshop) -> None:
        """Every kind of command; with room again the same command goes through, with the same key."""
        workshop.publish("P", "start S -> A\nuser A -> E\nend E")
        case = workshop.start()
        wanda, task, big = (
            workshop.actor("wanda"),
            workshop.task(case).id,
            {"x": random.Random(1).randbytes(450_000).hex()},
        )
        before = workshop.engine.history(SYSTEM, case.id)
        limit = self.fill(workshop)
        for refused in (
            lambda: workshop.engine.complete(wanda, task, big, key="k"),
            lambda: workshop.engine.start(wanda, "P", big, key="s"),
            lambda: workshop.engine.save_draft(wanda, task, big),
            lambda: workshop.engine.correlate(SYSTEM, "m", "1", big),
        ):
            with pytest.raises(StorageFailed, match="disk is full"):
                refused()
            assert workshop.engine.history(SYSTEM, case.id) == before
            assert workshop.engine.cases(SYSTEM).total == 1
        self.make_room(limit)
        assert workshop.engine.complete(wanda, task, big, key="k").state == "completed"
        assert workshop.engine.start(wanda, "P", big, key="s").state == "running"
        assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))

    def test_a_command_that_was_kept_is_not_refused_because_its_message_was_not(
        self, workshop: Workshop, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The message stays on its way and comes when there is room again."""
        workshop.publish("P", "start S | message: go -> A\nuser A -> E\nend E")
        workshop.publish("Q", 'start S -> A\nuser A -> E\nend E | message: go | payload: {"x": x}')
        sender = workshop.start("Q")
        limits: list[Tight] = []
        deliver = workshop.engine._deliver_one

        def no_room(message_id: str, link: int) -> list[str]:
            limits.append(self.fill(workshop))
            return deliver(message_id, link)

        workshop.engine._deliver_one = no_room  # type: ignore[method-assign]
        assert workshop.do(sender, x="x" * 90_000).state == "completed"
        workshop.engine._deliver_one = deliver  # type: ignore[method-assign]
        assert "trying again" in caplog.text
        assert workshop.engine.cases(SYSTEM).total == 1
        self.make_room(limits[0])
        workshop.engine.fire_due()
        assert len(workshop.data(workshop.only("P"))["x"]) == 90_000


@only_sqlite
def test_a_database_that_may_only_be_read_is_said_to_be_so(workshop: Workshop) -> None:
    """Looking works, changing does not."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    case = workshop.start()
    Tight(workshop.engine._store, "query_only=1")
    assert workshop.case(case).state == "running"
    with pytest.raises(StorageFailed, match="read only"):
        workshop.do(case)


def test_a_file_that_is_no_database_cannot_be_opened(tmp_path: Path) -> None:
    """And a folder that cannot be made neither; told, not crashed."""
    (tmp_path / "x.db").write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StorageFailed):
        open_engine(EngineConfig(f"sqlite:///{tmp_path / 'x.db'}", tmp_path))


@only_sqlite
def test_damage_of_the_file_is_told(workshop: Workshop) -> None:
    """As a failure of the storage, on reading as well."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    case = workshop.start()
    workshop.engine._store.close()
    assert isinstance(workshop.database, SqliteDatabase)
    file = workshop.database.file
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'event'").fetchone()[0]
        size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    content = bytearray(file.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    file.write_bytes(content)
    with pytest.raises(StorageFailed, match="damaged"):
        workshop.engine.history(SYSTEM, case.id)


def test_moments_come_back_as_they_went_in(tmp_path: Path) -> None:
    """Aware, in UTC, to the microsecond; one without a zone is refused."""
    store = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    dialect, kind = create_engine("sqlite://").dialect, Utc()
    when = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    kept = kind.process_bind_param(when, dialect)
    assert kind.process_result_value(kept, dialect) == when
    assert kind.process_result_value(kept, dialect).tzinfo == UTC
    with pytest.raises(ValueError):
        kind.process_bind_param(datetime(2026, 3, 2), dialect)  # noqa: DTZ001  that is the point
    store.close()
