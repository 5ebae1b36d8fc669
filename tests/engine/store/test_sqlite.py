# SPDX-License-Identifier: Apache-2.0
"""Connections that stay open: used again after success, given up after a failure, opened anew after closing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from engine.store import Store, open_store
from engine.store.prepared import Prepared
from engine.store.schema import counter


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'x.db'}")
    yield opened
    opened.close()


def raw(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(counter)) or 0)


def put(store: Store, name: str, *, fail: bool = False) -> None:
    with store.write() as connection:
        Prepared(counter.insert()).run(connection, {"name": name, "value": 1})
        if fail:
            raise RuntimeError


def test_the_writer_is_always_the_same(store: Store) -> None:
    """And it is never lent to somebody who reads."""
    with store.write() as first:
        own = raw(first)
    with store.read() as reader:
        assert raw(reader) is not own
    with store.write() as again:
        assert raw(again) is own


def test_readers_at_the_same_time_have_a_connection_each(store: Store) -> None:
    """One after the other they share it."""
    with store.read() as one, store.read() as other:
        both = {raw(one), raw(other)}
        assert len(both) == 2
    with store.read() as later:
        assert raw(later) in both


@pytest.mark.parametrize("core_first", [True, False])
def test_what_is_committed_is_seen_and_what_fails_is_not(store: Store, core_first: bool) -> None:
    """Also after SQLAlchemy has run a statement on the connection, which begins a transaction of its own there."""
    if core_first:
        assert count(store) == 0
        with store.write() as connection:
            connection.execute(counter.insert(), {"name": "core", "value": 1})
    before = count(store)
    put(store, "a")
    with pytest.raises(RuntimeError):
        put(store, "b", fail=True)
    put(store, "c")
    assert count(store) == before + 2


def test_a_part_can_be_undone_alone(store: Store) -> None:
    """A savepoint in a transaction, as deliveries use it."""

    def part(connection: Connection) -> None:
        with connection.begin_nested():
            Prepared(counter.insert()).run(connection, {"name": "part", "value": 1})
            raise RuntimeError

    with store.write() as connection:
        Prepared(counter.insert()).run(connection, {"name": "whole", "value": 1})
        with pytest.raises(RuntimeError):
            part(connection)
    assert count(store) == 1


def test_a_closed_store_opens_again(store: Store) -> None:
    """Nothing of the old connections is used."""
    with store.write() as connection:
        old = raw(connection)
    store.close()
    put(store, "a")
    assert count(store) == 1
    with store.write() as connection:
        assert raw(connection) is not old


def test_a_reader_sees_one_state_throughout(store: Store) -> None:
    """What is committed meanwhile belongs to the next reader."""
    with store.read() as connection:
        before = connection.scalar(select(func.count()).select_from(counter))
        put(store, "a")
        assert connection.scalar(select(func.count()).select_from(counter)) == before
    assert count(store) == 1
