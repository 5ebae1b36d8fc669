# SPDX-License-Identifier: Apache-2.0
"""The append-only history: rows are added and read, never changed. There is no update and no delete here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from engine.store.prepared import Prepared
from engine.store.schema import event

_ADD = Prepared(event.insert())
_OF = select(event).where(event.c.instance_id == bindparam("stream")).order_by(event.c.seq)
_SINCE = Prepared(
    select(event.c.seq, event.c.hash, event.c.kind, event.c.payload)
    .where(event.c.instance_id == bindparam("stream"), event.c.seq >= bindparam("first"))
    .order_by(event.c.seq)
)
_HEAD = Prepared(
    select(event.c.seq, event.c.hash)
    .where(event.c.instance_id == bindparam("stream"))
    .order_by(event.c.seq.desc())
    .limit(1)
)


def append(connection: Connection, values: Mapping[str, Any]) -> None:
    _ADD.run(connection, values)


def lock_stream(connection: Connection, stream: str) -> None:
    """Until the transaction ends nobody else appends to the stream. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(stream, 0))))


def of(connection: Connection, instance_id: str) -> list[Any]:
    return list(connection.execute(_OF, {"stream": instance_id}))


def since(connection: Connection, instance_id: str, seq: int) -> list[dict[str, Any]]:
    """``seq``, ``hash``, ``kind`` and ``payload`` of a stream's events from one on, in order."""
    return _SINCE.all(connection, {"stream": instance_id, "first": seq})


def after(connection: Connection, instance_id: str, kinds: Collection[str], at: datetime) -> list[Any]:
    """Payloads of a stream's events of some kinds from a moment on, in order."""
    query = select(event.c.payload).where(event.c.instance_id == instance_id, event.c.kind.in_(kinds), event.c.at >= at)
    return list(connection.scalars(query.order_by(event.c.seq)))


def head(connection: Connection, instance_id: str) -> tuple[int, str]:
    """(seq, hash) of the last event of a stream; (0, "") when it has none."""
    row = _HEAD.first(connection, {"stream": instance_id})
    return (row["seq"], row["hash"]) if row else (0, "")


def last(connection: Connection, instance_id: str) -> Any:
    """The last event of a stream; None when it has none."""
    return connection.execute(
        select(event).where(event.c.instance_id == instance_id).order_by(event.c.seq.desc()).limit(1)
    ).first()


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(event)) or 0
