# SPDX-License-Identifier: Apache-2.0
"""How late timers fired: one narrow row a firing, for figures; the events are the truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select

from engine.store.schema import firing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_ADD = firing.insert()
_BY_HOUR = (
    select(firing.c.hour, firing.c.late_ms, func.count().label("number"))
    .where(firing.c.hour >= bindparam("since"))
    .group_by(firing.c.hour, firing.c.late_ms)
    .order_by(firing.c.hour, firing.c.late_ms)
)


def add(connection: Connection, at: datetime, late_seconds: float) -> None:
    connection.execute(_ADD, {"hour": _hour(at), "late_ms": round(late_seconds * 1000)})


def by_hour(connection: Connection, since: datetime) -> list[tuple[datetime, int, int]]:
    """(hour, lateness in milliseconds, how many) in that order, from the hour of ``since`` on."""
    rows = connection.execute(_BY_HOUR, {"since": _hour(since)})
    return [(_EPOCH + row.hour * _HOUR, row.late_ms, row.number) for row in rows]


def forget(connection: Connection, before: datetime) -> None:
    """Drop the figures of the hours before that of ``before``."""
    connection.execute(delete(firing).where(firing.c.hour < _hour(before)))


def _hour(at: datetime) -> int:
    return (at - _EPOCH) // _HOUR
