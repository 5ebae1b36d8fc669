# SPDX-License-Identifier: Apache-2.0
"""Which start events wait for dates of records, and for which dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from engine.store.prepared import Prepared
from engine.store.schema import record_start, start_timer

_WATCHERS = Prepared(
    select(record_start)
    .where(record_start.c.register == bindparam("of_register"))
    .order_by(record_start.c.process_id, record_start.c.element)
)
_OF_RECORD = select(start_timer).where(
    start_timer.c.register == bindparam("of_register"), start_timer.c.record_id == bindparam("own")
)


def watchers(connection: Connection, register: str) -> list[dict[str, Any]]:
    """The start events that wait for dates of a register's records, in order of their process."""
    return _WATCHERS.all(connection, {"of_register": register})


def replace_watchers(connection: Connection, process_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make what a process waits for what ``rows`` says; timers of others of its start events are gone."""
    connection.execute(delete(record_start).where(record_start.c.process_id == process_id))
    if rows:
        connection.execute(record_start.insert(), [{"process_id": process_id, **row} for row in rows])
    left = start_timer.c.element.not_in([row["element"] for row in rows])
    own = (start_timer.c.process_id == process_id) & (start_timer.c.record_id != "")
    connection.execute(delete(start_timer).where(own, left))


def of_record(connection: Connection, register: str, record_id: str) -> Mapping[tuple[str, str], Any]:
    """(process, start event) -> the timer that is armed for a record, or was and has fired."""
    rows = connection.execute(_OF_RECORD, {"of_register": register, "own": record_id})
    return {(row.process_id, row.element): row for row in rows}


def of_start(connection: Connection, process_id: str, element: str) -> Mapping[str, Any]:
    """Record -> the timer of a start event that is armed for it, or was and has fired."""
    own = (start_timer.c.process_id == process_id) & (start_timer.c.element == element)
    rows = connection.execute(select(start_timer).where(own, start_timer.c.record_id != ""))
    return {row.record_id: row for row in rows}


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(start_timer.insert(), [dict(values)])


def move(connection: Connection, row: Any, text: str, anchor: datetime, due_at: datetime | None, name: str) -> None:
    """Another date, or none."""
    connection.execute(update(start_timer).where(_is(row)).values(text=text, anchor=anchor, due_at=due_at, name=name))


def drop(connection: Connection, row: Any) -> None:
    connection.execute(delete(start_timer).where(_is(row)))


def _is(row: Any) -> Any:
    own = (start_timer.c.process_id == row.process_id) & (start_timer.c.element == row.element)
    return own & (start_timer.c.register == row.register) & (start_timer.c.record_id == row.record_id)
