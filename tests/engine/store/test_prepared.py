# SPDX-License-Identifier: Apache-2.0
"""A prepared statement gives what SQLAlchemy gives for the same statement: values, order, counts and errors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError, OperationalError

from engine.store import Store, open_store
from engine.store.prepared import Prepared
from engine.store.schema import asset, counter, instance

NOON = datetime(2026, 11, 2, 12, 30, 15, 123456, tzinfo=UTC)
ROW = {
    "id": "c1",
    "process_id": "p",
    "version": 1,
    "digest": "d" * 64,
    "title": "Ein Fall: ä ☃",
    "business_key": "",
    "state": "running",
    "outcome": "",
    "started_at": NOON.astimezone(timezone(timedelta(hours=5))),
    "started_by": "wanda",
    "seq": 3,
    "head": "",
    "tokens": b"\x00\xff",
    "variables": {"z": 1, "a": [1.5, None, "ä"]},
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    yield opened
    opened.close()


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.write() as opened:
        Prepared(instance.insert()).run(opened, ROW)
        yield opened


def test_a_row_comes_back_as_sqlalchemy_reads_it(connection: Connection) -> None:
    """Moments in UTC, JSON in the order of its keys, bytes, and what was never written."""
    one = select(instance).where(instance.c.id == bindparam("own"))
    found = Prepared(one).first(connection, {"own": "c1"})
    assert found == connection.execute(one, {"own": "c1"}).one()._asdict()
    assert found is not None
    assert (found["started_at"], found["tokens"], found["fault"]) == (NOON, b"\x00\xff", None)
    assert list(found["variables"]) == ["z", "a"]


def test_no_row_is_none_or_an_empty_list(connection: Connection) -> None:
    """For one row, for one value, and for many."""
    one = Prepared(select(instance.c.title).where(instance.c.id == bindparam("own")))
    assert one.first(connection, {"own": "nobody"}) is None
    assert one.value(connection, {"own": "nobody"}) is None
    assert one.all(connection, {"own": "nobody"}) == []
    assert one.value(connection, {"own": "c1"}) == "Ein Fall: ä ☃"


def test_one_statement_writes_different_columns(connection: Connection) -> None:
    """Only those that are named; the number of changed rows is told."""
    save = Prepared(update(instance).where(instance.c.id == bindparam("own")))
    assert save.run(connection, {"own": "c1", "seq": 4}) == 1
    assert save.run(connection, {"own": "c1", "variables": {"b": 2}, "ended_at": NOON}) == 1
    assert save.run(connection, {"own": "nobody", "seq": 5}) == 0
    row = connection.execute(select(instance)).one()
    assert (row.seq, row.variables, row.ended_at, row.title) == (4, {"b": 2}, NOON, ROW["title"])


def test_what_the_statement_itself_says_is_kept(connection: Connection) -> None:
    """Values in its text, limits and labels."""
    running = select(instance.c.id.label("case"), instance.c.variables).where(instance.c.state == "running").limit(1)
    assert Prepared(running).all(connection, {}) == [{"case": "c1", "variables": ROW["variables"]}]
    assert Prepared(delete(instance).where(instance.c.state == "completed")).run(connection, {}) == 0


@pytest.mark.parametrize("many", [0, 1, 3])
def test_many_rows_at_once(connection: Connection, many: int) -> None:
    """None, one or several."""
    rows = [{"kind": "form", "name": str(n), "digest": "d", "origin": "x", "updated_at": NOON} for n in range(many)]
    Prepared(asset.insert()).run_many(connection, rows)
    found = [row._asdict() for row in connection.execute(select(asset).order_by(asset.c.name))]
    assert found == rows


def test_a_writing_statement_may_return_values(connection: Connection) -> None:
    """As counters do."""
    statement = insert(counter).on_conflict_do_update(index_elements=["name"], set_={"value": counter.c.value + 1})
    count_up = Prepared(statement.returning(counter.c.value))
    assert [count_up.value(connection, {"name": "n", "value": 1}) for _ in range(3)] == [1, 2, 3]


def test_errors_are_those_of_sqlalchemy(store: Store) -> None:
    """With the driver's error inside, so that they are told apart in one place."""
    add = Prepared(counter.insert())
    with store.write() as connection:
        add.run(connection, {"name": "n", "value": 1})
        with pytest.raises(IntegrityError) as one:
            add.run(connection, {"name": "n", "value": 1})
        with pytest.raises(IntegrityError):
            add.run_many(connection, [{"name": "n", "value": 1}, {"name": "m", "value": 1}])
        connection.exec_driver_sql("DROP TABLE counter")
        with pytest.raises(OperationalError):
            Prepared(select(counter)).all(connection, {})
    assert type(one.value.orig).__module__ == "sqlite3"


def test_lists_of_any_length_are_refused(connection: Connection) -> None:
    """Their text is another for each length."""
    some = Prepared(select(instance).where(instance.c.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(TypeError):
        some.all(connection, {"ids": ["c1"]})


def test_it_takes_part_in_the_transaction(store: Store) -> None:
    """Undone with it, and seen by what SQLAlchemy runs beside it."""

    def half_done() -> None:
        with store.write() as connection:
            Prepared(counter.insert()).run(connection, {"name": "n", "value": 1})
            assert connection.scalar(select(func.count()).select_from(counter)) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(counter)) == 0
