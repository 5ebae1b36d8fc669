# SPDX-License-Identifier: Apache-2.0
"""Opens the database, brings its schema up to date, and hands out transactions.

On PostgreSQL a transaction that changes something reads what is committed (READ COMMITTED) and locks the rows it will
change; one that only reads sees one moment (REPEATABLE READ), as on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy import Engine as SqlEngine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from engine.errors import StorageFailed
from engine.store import queue, sqlite
from engine.store.failures import failing_plainly, storage_failed

MIGRATIONS = Path(__file__).parent / "migrations"
#: How soon a PostgreSQL server that does not answer is noticed, in seconds and probes (libpq's own words).
_PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3}
_ONE_MOMENT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Store:
    """A database and its transactions. SQLite has one writer at a time; readers are never blocked (WAL)."""

    def __init__(self, sql: SqlEngine) -> None:
        self.sql = sql
        self.is_sqlite = sql.dialect.name == "sqlite"
        self._sqlite = sqlite.Connections(sql) if self.is_sqlite else None
        self._reading = sql if self.is_sqlite else sql.execution_options(**_ONE_MOMENT)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits when the block succeeds and is undone whole when it raises.

        Raises:
            StorageBusy: the database undid it for the sake of another transaction; the same can be tried again.
            StorageFailed: the database could not keep it (disk full, read only, locked); nothing was changed. If the
                connection was cut during the commit, that is not known, and the sentence says so.
        """
        with failing_plainly() as stage:
            if self._sqlite is not None:
                with self._sqlite.write() as connection:
                    yield connection
            else:
                with self.sql.begin() as connection:
                    yield connection
                    stage.committing = True

    def of_the_clock(self) -> AbstractContextManager[None]:
        """Meanwhile this thread's transactions are the clock's: they and all others' take turns (SQLite)."""
        return nullcontext() if self._sqlite is None else self._sqlite.turns.of_the_clock()

    @property
    def waiting(self) -> int:
        """How many wait for their turn to write (SQLite)."""
        return 0 if self._sqlite is None else self._sqlite.turns.waiting

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view that changes nothing."""
        with failing_plainly():
            if self._sqlite is not None:
                with self._sqlite.read() as connection:
                    yield connection
            else:
                with self._reading.connect() as connection:
                    yield connection

    @property
    def conninfo(self) -> str:
        """Where the database is, with its password, as libpq takes it."""
        return self.sql.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def close(self) -> None:
        """Close all connections; whoever asks next opens new ones."""
        if self._sqlite is not None:
            self._sqlite.close()
        self.sql.dispose()


def open_store(url: str) -> Store:
    """Open (and create) the database at ``url`` (SQLAlchemy URL) and upgrade its schema.

    Raises:
        StorageFailed: it cannot be opened or created there.
    """
    try:
        store = Store(_engine(url))
        upgrade(store)
    except ModuleNotFoundError as error:
        raise StorageFailed(
            f"This database needs the package '{error.name}', which is not installed.",
            hint="Install it with: pip install 'fitsm-flow[postgres]'",
        ) from error
    except DBAPIError as error:
        raise storage_failed(error) from error
    return store


def upgrade(store: Store) -> None:
    """Bring the schema to this release's state; a database that is there already is not kept waiting for Alembic.

    Of several processes that start at once on PostgreSQL one does it, and the others wait for it.
    """
    with store.sql.connect() as connection:
        if _is_current(connection):
            return
    with store.sql.begin() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _run_migrations(connection)
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('fitsm schema', 0))"))
            if not _is_current(connection):
                _run_migrations(connection)
                queue.install(connection)


def _is_current(connection: Connection) -> bool:
    current = revision_of(connection) == newest_revision()
    return current and (connection.dialect.name == "sqlite" or queue.is_current(connection))


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
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
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True, connect_args=_PATIENCE)
    memory = parsed.database in (None, "", ":memory:")
    if not memory:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {"pool_size": 20, "max_overflow": 20}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15}, **options)
    event.listen(engine, "connect", sqlite.prepare)
    return engine
