# SPDX-License-Identifier: Apache-2.0
"""A copy of what runs, in an SQLite file of its own, on which anything may be tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, event, literal, select, text, update

from engine.store import schema
from engine.store.database import Store, open_store
from engine.store.schema import file, instance, message, metadata, task

#: What has ended, only proves what has been or helps to search; the copy begins a history of its own.
_LEFT_OUT = {
    "case_word", "event", "seal_leaf", "seal_node", "tree_head", "access_token", "command_key", "firing", "record_version",
    "migration", "migration_case",
}  # fmt: skip
_ONLY = {
    "instance": select(instance).where(instance.c.state.in_(("running", "failed"))),
    "task": select(task).where(task.c.state == "open"),
    "file": select(*(literal(b"").label("content") if c.name == "content" else c for c in file.c)),  # only their names count
    "message": select(message).where(message.c.state.in_(("pending", "kept"))),
}
_CHUNK = 500


def copied(source: Store, url: str) -> Store:
    """What runs in ``source``, as of one moment, copied to the empty database at ``url``. Nothing in ``source`` changes.

    Raises:
        StorageFailed: one of the two cannot be used.
    """
    target = open_store(url)
    event.listen(target.sql, "connect", _without_care)
    target.sql.dispose()
    with source.read() as reading, target.write() as writing:
        for table in metadata.sorted_tables:
            if table.name not in _LEFT_OUT:
                for rows in _rows(reading, table):
                    writing.execute(table.insert(), rows)
        ended = message.c.source_id.not_in(select(instance.c.id))
        writing.execute(update(message).where(ended).values(source_id=None))  # nothing can be noted on what is not here
    return target


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query: Select[Any] = _ONLY.get(table.name, select(table))
    found = connection.execute(query)
    while chunk := found.fetchmany(_CHUNK):
        yield [dict(row._mapping) for row in chunk]


def _without_care(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # a copy that is lost in a crash is made again


def case_ids(connection: Connection) -> set[str]:
    return set(connection.scalars(select(instance.c.id)))


def new_events(connection: Connection, after: int) -> list[Any]:
    """(place, event) of a copy's events behind a place, in the order in which they happened."""
    query = select(text("rowid AS place"), schema.event).where(text("rowid > :after")).order_by(text("rowid"))
    return list(connection.execute(query, {"after": after}))


def open_tasks(connection: Connection, since: datetime | None = None) -> list[Any]:
    """Open tasks of running cases (those created since a moment), the oldest first."""
    query = select(task).join(instance, instance.c.id == task.c.instance_id)
    query = query.where(task.c.state == "open", instance.c.state == "running")
    if since is not None:
        query = query.where(task.c.created_at >= since)
    return list(connection.execute(query.order_by(task.c.created_at, task.c.id)))
