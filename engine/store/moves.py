# SPDX-License-Identifier: Apache-2.0
"""Queries on migrations of cases and the cases of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select, update

from engine.store.schema import instance, migration, migration_case

#: Everything but the state before the move.
_SLIM = [c for c in migration_case.c if c.name != "tokens"]


def standing(connection: Connection, process_id: str, digest: str, case_ids: Sequence[str] | None) -> list[str]:
    """Ids of cases that have not ended and are on another version than ``digest``, the oldest first."""
    query = select(instance.c.id).where(instance.c.process_id == process_id, instance.c.digest != digest)
    query = query.where(instance.c.state.in_(["running", "failed"]))
    if case_ids is not None:
        query = query.where(instance.c.id.in_(case_ids))
    return list(connection.scalars(query.order_by(instance.c.started_at, instance.c.id)))


def add(connection: Connection, values: Mapping[str, Any], cases: Iterable[Mapping[str, Any]]) -> None:
    connection.execute(migration.insert().values(**values))
    rows = [{"migration_id": values["id"], **case} for case in cases]
    if rows:
        connection.execute(migration_case.insert(), rows)


def get(connection: Connection, migration_id: str, *, lock: bool = False) -> Mapping[str, Any] | None:
    query = select(migration).where(migration.c.id == migration_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return row._asdict() if row else None


def of_process(connection: Connection, process_id: str | None) -> list[Mapping[str, Any]]:
    """Migrations, the newest first."""
    query = select(migration)
    if process_id:
        query = query.where(migration.c.process_id == process_id)
    rows = connection.execute(query.order_by(migration.c.created_at.desc(), migration.c.id.desc()))
    return [row._asdict() for row in rows]


def counts(connection: Connection, migration_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Migration -> state -> number of its cases."""
    rows = connection.execute(
        select(migration_case.c.migration_id, migration_case.c.state, func.count())
        .where(migration_case.c.migration_id.in_(migration_ids))
        .group_by(migration_case.c.migration_id, migration_case.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for own, state, number in rows:
        found.setdefault(own, {})[state] = number
    return found


def cases(connection: Connection, migration_id: str, limit: int, offset: int = 0) -> list[Mapping[str, Any]]:
    """The cases of a migration in its order, with their titles; those it could not move first."""
    worst = migration_case.c.state.not_in(["refused", "stays"])
    rows = connection.execute(
        select(*_SLIM, instance.c.title, instance.c.business_key)
        .join(instance, instance.c.id == migration_case.c.instance_id)
        .where(migration_case.c.migration_id == migration_id)
        .order_by(worst, migration_case.c.number)
        .limit(limit)
        .offset(offset)
    )
    return [row._asdict() for row in rows]


def next_ids(connection: Connection, migration_id: str, state: str, limit: int) -> list[str]:
    """The next cases of a migration that are in a state."""
    return list(
        connection.scalars(
            select(migration_case.c.instance_id)
            .where(migration_case.c.migration_id == migration_id, migration_case.c.state == state)
            .order_by(migration_case.c.number)
            .limit(limit)
        )
    )


def case(connection: Connection, migration_id: str, case_id: str) -> Mapping[str, Any] | None:
    """The row of one case, locked until the transaction ends."""
    own = (migration_case.c.instance_id == case_id) & (migration_case.c.migration_id == migration_id)
    row = connection.execute(select(migration_case).where(own).with_for_update()).first()
    return row._asdict() if row else None


def save_case(connection: Connection, migration_id: str, case_id: str, values: Mapping[str, Any]) -> None:
    own = (migration_case.c.instance_id == case_id) & (migration_case.c.migration_id == migration_id)
    connection.execute(update(migration_case).where(own).values(**values))


def save(connection: Connection, migration_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(migration).where(migration.c.id == migration_id).values(**values))
