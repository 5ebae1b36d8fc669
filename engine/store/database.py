# SPDX-License-Identifier: Apache-2.0
"""Opens the database, brings its schema up to date, and hands out transactions."""

from __future__ import annotations

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
        if self.is_sqlite:
            with self._writer:
                yield from self._transaction()
        else:
            yield from self._transaction()

    def _transaction(self) -> Iterator[Connection]:
        try:
            with self.sql.begin() as connection:
                yield connection
        except DatabaseError as error:
            if isinstance(error, OperationalError) or type(error) is DatabaseError:  # not: a constraint, a wrong query
                raise storage_failed(error) from error
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view that changes nothing."""
        try:
            with self.sql.connect().execution_options(fitsm_read=True) as connection:
                yield connection
        except DatabaseError as error:
            if isinstance(error, OperationalError) or type(error) is DatabaseError:  # not: a constraint, a wrong query
                raise storage_failed(error) from error
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
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("fitsm_read")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def storage_failed(error: DBAPIError) -> StorageFailed:
    """What a person can do about a database error, in one sentence."""
    text = str(error.orig or error)
    if "full" in text:
        return StorageFailed("The disk is full: nothing was changed.", hint="Free some space, then send again.")
    if "readonly" in text or "read-only" in text:
        return StorageFailed("The database is read only.", hint="Check the rights of the database file.")
    if "locked" in text:
        return StorageFailed("The database is busy.", hint="Send again; if it stays so, look for a second server.")
    if "malformed" in text or "not a database" in text:
        return StorageFailed("The database file is damaged.", hint="Restore the last backup; keep the damaged file.")
    return StorageFailed(f"The database could not do it: {text}", hint="Nothing was changed. Look at the server's log.")
