# SPDX-License-Identifier: Apache-2.0
"""Transactions on SQLite: one writer at a time, readers beside it, on connections that stay open.

One connection writes and always the same: what it has read of the file stays good from one transaction to the next, since
nobody else in this process writes. The driver is told itself where a transaction begins and ends; asking it through
SQLAlchemy, which takes a connection from its pool and makes an object for the transaction each time, costs several times
as much. Statements run on these connections as on any other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine as SqlEngine

from engine.store.turns import Turns

#: Pages in the write-ahead log at which it is written back (4 kB each; SQLite's own 1,000 are 80 steps): what many
#: steps change is then written back once.
_CHECKPOINT = 4_000


def prepare(connection: Any, _record: Any) -> None:
    """A new connection of the driver: durable, and told by us where a transaction begins."""
    connection.isolation_level = None
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000")
    for pragma in (*pragmas, f"wal_autocheckpoint={_CHECKPOINT}"):
        connection.execute(f"PRAGMA {pragma}")


class Connections:
    """The open connections to a SQLite database: the one that writes, and as many as ever read at once."""

    def __init__(self, sql: SqlEngine) -> None:
        self._sql = sql
        self.turns = Turns()
        self._writer: Connection | None = None
        self._readers: deque[Connection] = deque()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The writer in a transaction; others wait until it is over."""
        with self.turns:
            connection, self._writer = self._writer or self._sql.connect(), None
            yield from self._transaction(connection, "BEGIN IMMEDIATE")
            self._writer = connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reader that sees the database as it is when it first looks."""
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._sql.connect()
        yield from self._transaction(connection, "BEGIN")
        self._readers.append(connection)

    @staticmethod
    def _transaction(connection: Connection, begin: str) -> Iterator[Connection]:
        """Whatever is wrong, the connection is given up with its transaction."""
        try:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(begin)
            yield connection
            raw.execute("COMMIT")
        except BaseException:
            connection.close()  # undoes what was not committed
            raise

    def close(self) -> None:
        """Close what is open and not in use; the next transaction opens anew."""
        with self.turns:
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.close()
        while self._readers:
            self._readers.pop().close()
