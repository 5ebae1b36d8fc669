# SPDX-License-Identifier: Apache-2.0
"""Opens the database, brings its schema up to date, and hands out transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool

from engine.errors import StorageFailed
from engine.store.turns import Turns

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """A database and its transactions. SQLite has one writer at a time; readers are never blocked (WAL)."""

    def __init__(self, sql: SqlEngine) -> None:
        self.sql = sql
        self.is_sqlite = sql.dialect.name == "sqlite"
        self._writer = Turns()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits when the block succeeds and is undone whole when it raises.

        Raises:
            StorageFailed: the database could not keep it (disk full, read only, locked); nothing was changed.
        """
        with _failing_plainly():
            if self.is_sqlite:
                with self._writer:
                    yield from self._sqlite("BEGIN IMMEDIATE")
            else:
                with self.sql.begin() as connection:
                    yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view that changes nothing."""
        with _failing_plainly():
            if self.is_sqlite:
                yield from self._sqlite("BEGIN")
            else:
                with self.sql.connect() as connection:
                    yield connection

    def _sqlite(self, begin: str) -> Iterator[Connection]:
        """The driver is told itself where a transaction begins and ends, which costs a third of what asking it through
        SQLAlchemy does; SQLAlchemy's own begin and end do nothing on this connection (`_prepare_sqlite`)."""
        with self.sql.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(begin)
            try:
                yield connection
                raw.execute("COMMIT")
            except BaseException:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise

    def close(self) -> None:
        self.sql.dispose()


def open_store(url: str) -> Store:
    """Open (and create) the database at ``url`` (SQLAlchemy URL) and upgrade its schema.

    Raises:
        StorageFailed: it cannot be opened or created there.
    """
    try:
        store = Store(_engine(url))
        upgrade(store)
    except DBAPIError as error:
        raise storage_failed(error) from error
    return store


def upgrade(store: Store) -> None:
    """Bring the schema to this release's state; a database that is there already is not kept waiting for Alembic."""
    with store.sql.connect() as connection:
        if revision_of(connection) == newest_revision():
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.sql.begin() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The revision that the database's schema is at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def newest_revision() -> str:
    """The newest migration's revision: the number that its file's name begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _engine(url: str) -> SqlEngine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    memory = parsed.database in (None, "", ":memory:")
    if not memory:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {"pool_size": 20, "max_overflow": 20}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _failing_plainly() -> Iterator[None]:
    """What the database refuses, as StorageFailed; but not a broken constraint or a wrong query, which are faults."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise storage_failed(error) from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
            raise storage_failed(error) from error
        raise


def storage_failed(error: Exception) -> StorageFailed:
    """What a person can do about a database error, in one sentence."""
    text = str(getattr(error, "orig", None) or error)
    if "full" in text:
        return StorageFailed("The disk is full: nothing was changed.", hint="Free some space, then send again.")
    if "readonly" in text or "read-only" in text:
        return StorageFailed("The database is read only.", hint="Check the rights of the database file.")
    if "locked" in text:
        return StorageFailed("The database is busy.", hint="Send again; if it stays so, look for a second server.")
    if "malformed" in text or "not a database" in text:
        return StorageFailed("The database file is damaged.", hint="Restore the last backup; keep the damaged file.")
    return StorageFailed(f"The database could not do it: {text}", hint="Nothing was changed. Look at the server's log.")
