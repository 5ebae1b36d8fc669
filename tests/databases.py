# SPDX-License-Identifier: Apache-2.0
"""Databases of both kinds for tests, each with a way past the engine: to look, to tamper, to go back in time."""

from __future__ import annotations

import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from engine.store.database import MIGRATIONS, revision_of
from tests.postgres import Postgres, server

KINDS = ("sqlite", "postgresql")
#: For tests of what only one of them has.
only_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


#: On PostgreSQL what SQLite gets below: any bytes as text, and back.
_FUNCTIONS = """
SET session_replication_role = replica;  -- foreign keys stop nobody who has the database
CREATE OR REPLACE FUNCTION to_bytes(text) RETURNS bytea LANGUAGE sql AS $$ SELECT convert_to($1, 'LATIN1') $$;
CREATE OR REPLACE FUNCTION to_text(bytea) RETURNS text LANGUAGE sql AS $$ SELECT convert_from($1, 'LATIN1') $$;
"""


class Past:
    """A transaction past the engine. SQL with ``?`` for values, and ``to_bytes`` and ``to_text`` for columns of bytes."""

    def __init__(self, connection: Any, kind: str) -> None:
        self._connection, self.kind = connection, kind

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        if self.kind == "postgresql":
            return self._connection.execute(statement.replace("?", "%s"), values or None)
        return self._connection.execute(statement, values)


class Database(ABC):
    """``url`` is SQLAlchemy's."""

    kind: str
    url: str

    @abstractmethod
    def past(self) -> Any:
        """A context: one transaction past the engine (`Past`)."""

    @abstractmethod
    def copy(self, folder: Path) -> Database:
        """A copy as it is now, while nobody is connected."""

    @abstractmethod
    def restore(self, kept: Database) -> None:
        """Make this what that copy is, while nobody is connected."""

    @abstractmethod
    def drop(self) -> None:
        """It is no longer needed."""


@dataclass
class SqliteDatabase(Database):
    """A file; its copies have the same name in other folders."""

    file: Path
    kind: str = "sqlite"

    @property
    def url(self) -> str:  # type: ignore[override]
        return f"sqlite:///{self.file}"

    @contextmanager
    def past(self) -> Iterator[Past]:
        with closing(sqlite3.connect(self.file, timeout=10)) as connection, connection:
            connection.create_function("to_bytes", 1, lambda t: None if t is None else t.encode("latin-1"))
            connection.create_function("to_text", 1, lambda b: None if b is None else bytes(b).decode("latin-1"))
            yield Past(connection, self.kind)

    def copy(self, folder: Path) -> Database:
        for part in self.file.parent.glob(f"{self.file.name}*"):
            shutil.copy(part, folder / part.name)
        return SqliteDatabase(folder / self.file.name)

    def restore(self, kept: Database) -> None:
        assert isinstance(kept, SqliteDatabase)
        with closing(sqlite3.connect(kept.file)) as source, closing(sqlite3.connect(self.file, timeout=10)) as target:
            source.backup(target)

    def drop(self) -> None:
        """It goes with its folder."""


@dataclass
class PostgresDatabase(Database):
    """A database of a server; its copies are made by the server."""

    server: Postgres
    name: str
    kind: str = "postgresql"

    @property
    def url(self) -> str:  # type: ignore[override]
        return self.server.url(self.name)

    @contextmanager
    def past(self) -> Iterator[Past]:
        with psycopg.connect(self.server.dsn(self.name)) as connection:
            connection.execute(_FUNCTIONS)
            yield Past(connection, self.kind)

    def copy(self, folder: Path) -> Database:
        return PostgresDatabase(self.server, self.server.create(self.name))

    def restore(self, kept: Database) -> None:
        assert isinstance(kept, PostgresDatabase)
        self.server.drop(self.name)
        self.server.create(kept.name, own=self.name)

    def drop(self) -> None:
        self.server.drop(self.name)


def empty(kind: str, folder: Path, name: str = "w.db") -> Database:
    """A new database. ``name``: of the file, where it is one."""
    if kind == "sqlite":
        return SqliteDatabase(folder / name)
    return PostgresDatabase(server(), server().create())


def at_revision(revision: str, url: str) -> None:
    """Give a database the schema of an earlier (or, if it is empty, of that) release."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    sql = create_engine(url)
    with sql.begin() as connection:
        config.attributes["connection"] = connection
        if revision_of(connection) is None:
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
    sql.dispose()


@dataclass(frozen=True)
class Furnished:
    """A database made once, and the folder of the content in it; each test has a copy of its own."""

    content: Path
    database: Database

    def copy(self, folder: Path) -> Database:
        return self.database.copy(folder)
