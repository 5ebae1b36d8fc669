# SPDX-License-Identifier: Apache-2.0
"""The databases that are measured: SQLite in a scratch folder, and a PostgreSQL server of our own, if one is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.chaos.postgres import Postgres, is_installed
from benchmarks.measure import scratch

#: What one would set on a machine of this size; everything that makes a commit durable is left on.
_TUNED = ("shared_buffers = '512MB'", "max_wal_size = '4GB'", "work_mem = '16MB'")


@contextmanager
def sqlite() -> Iterator[list[str]]:
    """Three empty databases, by URL."""
    with scratch() as folder:
        yield [f"sqlite:///{folder / name}.db" for name in ("small", "large", "other")]


@contextmanager
def postgres() -> Iterator[list[str]]:
    """The same on PostgreSQL: three databases of one server, which is stopped and removed afterwards."""
    server = Postgres()
    try:
        with (server.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{line}\n" for line in _TUNED)
        server.restart("fast")
        names = ("small", "large", "other")
        with server.connected() as connection:
            for name in names:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        yield [server.url.rpartition("/")[0] + f"/{name}" for name in names]
    finally:
        server.close()


def everything() -> dict[str, object]:
    """Name -> context manager that gives databases."""
    return {"SQLite": sqlite, **({"PostgreSQL": postgres} if is_installed() else {})}
