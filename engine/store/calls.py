# SPDX-License-Identifier: Apache-2.0
"""Queries on calls of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, exists, func, or_, select, update

from engine.store.prepared import Prepared
from engine.store.schema import call, instance

_SOON = (
    select(call.c.next_at)
    .where(exists().where(instance.c.id == call.c.instance_id, instance.c.state == "running"), call.c.state != "failed")
    .order_by(call.c.next_at)
    .limit(1)
)
_NEXT, _NEXT_AFTER = Prepared(_SOON), Prepared(_SOON.where(call.c.next_at > bindparam("moment")))


def _here(instance_id: str, token: str, element: str) -> Any:
    return (call.c.instance_id == instance_id) & (call.c.token == token) & (call.c.element == element)


def of_case(connection: Connection, instance_id: str) -> list[Any]:
    return list(connection.execute(select(call).where(call.c.instance_id == instance_id).order_by(call.c.next_at)))


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(call.insert(), list(rows))


def get(connection: Connection, instance_id: str, token: str, element: str) -> Any:
    """The call, locked until the transaction ends."""
    return connection.execute(select(call).where(_here(instance_id, token, element)).with_for_update()).first()


def save(connection: Connection, instance_id: str, token: str, element: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(call).where(_here(instance_id, token, element)).values(**values))


def drop(connection: Connection, instance_id: str, token: str | None = None, element: str | None = None) -> None:
    here = call.c.instance_id == instance_id
    if token is not None:
        here = here & (call.c.token == token) & (call.c.element == element)
    connection.execute(delete(call).where(here))


def due(connection: Connection, now: datetime, limit: int) -> list[Any]:
    """Calls to be made now, of running cases; those that were being made when a process died are among them."""
    return list(
        connection.execute(
            select(call)
            .where(exists().where(instance.c.id == call.c.instance_id, instance.c.state == "running"))
            .where(call.c.state != "failed", call.c.next_at <= now)
            .order_by(call.c.next_at)
            .limit(limit)
        )
    )


def one_due(connection: Connection, instance_id: str, token: str, element: str, now: datetime) -> Any:
    """The call if it is to be made now, else None."""
    query = (
        select(call)
        .join(instance, instance.c.id == call.c.instance_id)
        .where(_here(instance_id, token, element))
        .where(instance.c.state == "running", call.c.state != "failed", call.c.next_at <= now)
    )
    return connection.execute(query).first()


def next_at(connection: Connection, after: datetime | None = None) -> datetime | None:
    found: datetime | None
    found = _NEXT.value(connection, {}) if after is None else _NEXT_AFTER.value(connection, {"moment": after})
    return found


def troubled(connection: Connection, limit: int) -> list[Any]:
    """Calls that wait for somebody to retry or skip them, then those that failed and will be made again."""
    given_up = call.c.state == "failed"
    query = (
        select(call, instance.c.title.label("case_title"), instance.c.business_key)
        .join(instance, instance.c.id == call.c.instance_id)
        .where(or_(given_up, call.c.error != ""))
        .order_by(case((given_up, 0), else_=1), call.c.next_at, call.c.instance_id)
        .limit(limit)
    )
    return list(connection.execute(query))


def standstills(connection: Connection) -> int:
    """How many calls were given up, and how many cases are held."""
    calls = select(func.count()).select_from(call).where(call.c.state == "failed")
    held = select(func.count()).select_from(instance).where(instance.c.state == "failed")
    return (connection.scalar(calls) or 0) + (connection.scalar(held) or 0)
