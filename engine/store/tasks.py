# SPDX-License-Identifier: Apache-2.0
"""Queries on human tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select, update

from engine.store.prepared import Prepared
from engine.store.schema import definition, instance, task

_FIELDS = [
    *task.c,
    instance.c.title.label("case_title"),
    instance.c.business_key,
    instance.c.process_id,
    instance.c.digest,
    instance.c.state.label("case_state"),
    definition.c.name.label("process_name"),
]


def _joined() -> Select[Any]:
    return (
        select(*_FIELDS)
        .join(instance, instance.c.id == task.c.instance_id)
        .join(
            definition,
            and_(definition.c.process_id == instance.c.process_id, definition.c.version == instance.c.version),
        )
    )


_CASE_LABELS = [(f"instance.{c.name}", c.name) for c in instance.c]
_ONE = _joined().where(task.c.id == bindparam("own"))
_ADD = Prepared(task.insert())
_GET = Prepared(_ONE)
_GET_LOCKED = Prepared(_ONE.with_for_update(of=task))
_OPEN = Prepared(select(task).where(task.c.instance_id == bindparam("case"), task.c.state == "open"))
_OF_CASE = Prepared(_joined().where(task.c.instance_id == bindparam("case")).order_by(task.c.created_at, task.c.id))
_WITH_CASE = Prepared(
    _joined()
    .add_columns(*(c.label(f"instance.{c.name}") for c in instance.c))
    .where(task.c.id == bindparam("own"))
    .with_for_update(of=[instance, task])
)
_WITHDRAW = Prepared(
    update(task)
    .where(task.c.instance_id == bindparam("case"), task.c.token == bindparam("at"), task.c.state == "open")
    .values(state="withdrawn", ended_at=bindparam("now"))
)
_SAVE = Prepared(update(task).where(task.c.id == bindparam("own")))
_CLAIM = Prepared(
    update(task)
    .where(task.c.id == bindparam("own"), task.c.state == "open")
    .where(or_(task.c.claimed_by.is_(None), task.c.claimed_by == bindparam("person")))
    .values(claimed_by=bindparam("person"))
)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    _ADD.run_many(connection, rows)


def get(connection: Connection, task_id: str, *, lock: bool = False) -> Mapping[str, Any] | None:
    """``lock``: nobody else works on it until the transaction ends."""
    return (_GET_LOCKED if lock else _GET).first(connection, {"own": task_id})


def get_with_case(connection: Connection, task_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """The task and its case's row, both locked until the transaction ends: the case first, as every step does it."""
    row = _WITH_CASE.first(connection, {"own": task_id})
    if row is None:
        return None
    return row, {name: row.pop(label) for label, name in _CASE_LABELS}


def withdraw(connection: Connection, instance_id: str, token: str, now: datetime) -> None:
    """The case has gone on another way: nobody needs to do its task any more."""
    _WITHDRAW.run(connection, {"case": instance_id, "at": token, "now": now})


def open_of(connection: Connection, instance_id: str) -> Sequence[Mapping[str, Any]]:
    return _OPEN.all(connection, {"case": instance_id})


def of_case(connection: Connection, instance_id: str) -> Sequence[Mapping[str, Any]]:
    return _OF_CASE.all(connection, {"case": instance_id})


def save(connection: Connection, task_id: str, values: Mapping[str, Any]) -> None:
    _SAVE.run(connection, {**values, "own": task_id})


def claim(connection: Connection, task_id: str, person_id: str) -> bool:
    """Take the task if nobody has it; false if somebody else was first."""
    return _CLAIM.run(connection, {"own": task_id, "person": person_id}) == 1


def _wanted(scope: str, *, role: bool, process: bool, overdue: bool) -> Select[Any]:
    """Open tasks; ``scope`` empty: everybody's."""
    query = _joined().where(task.c.state == "open", instance.c.state == "running")
    if scope:
        query = query.where(_offered(scope))
    if role:
        query = query.where(task.c.role == bindparam("of_role"))
    if process:
        query = query.where(instance.c.process_id == bindparam("of_process"))
    if overdue:
        query = query.where(task.c.due_at < bindparam("overdue_at"))
    return query


def _offered(scope: str) -> ColumnElement[bool]:
    to_them = task.c.assignee.in_(bindparam("persons", expanding=True))
    mine = or_(task.c.claimed_by == bindparam("me"), and_(task.c.claimed_by.is_(None), to_them))
    of_roles = task.c.role.in_(bindparam("roles", expanding=True))
    group = and_(task.c.claimed_by.is_(None), task.c.assignee.is_(None), of_roles)
    return {"mine": mine, "group": group, "all": or_(mine, group)}[scope]


def _most_urgent_first(query: Select[Any]) -> tuple[Select[Any], Select[Any]]:
    """(how many there are, one page of them)."""
    order = (
        case((task.c.purpose == "work", 0), else_=1),
        case((task.c.priority.is_(None), "P9"), else_=task.c.priority),
        case((task.c.due_at.is_(None), 1), else_=0),
        task.c.due_at,
        task.c.created_at,
        task.c.id,
    )
    page = query.order_by(*order).limit(bindparam("most")).offset(bindparam("first"))
    return select(func.count()).select_from(query.subquery()), page


@cache
def _unsearched(scope: str, *, role: bool, process: bool, overdue: bool) -> tuple[Select[Any], Select[Any]]:
    return _most_urgent_first(_wanted(scope, role=role, process=process, overdue=overdue))


def find(
    connection: Connection,
    *,
    person_ids: Sequence[str] | None,
    roles: Sequence[str],
    scope: str,
    role: str | None,
    process_id: str | None,
    search: str,
    overdue_at: datetime | None,
    limit: int,
    offset: int,
) -> tuple[list[Mapping[str, Any]], int]:
    """Open tasks for a person (and those deputised for), most urgent first, and how many there are in all.

    What may only be chosen comes last.

    ``person_ids`` None: everybody's.
    """
    shape = {"role": bool(role), "process": bool(process_id), "overdue": overdue_at is not None}
    whose = scope if person_ids is not None else ""
    if search:
        shown = (task.c.name, instance.c.title, instance.c.business_key)
        found = or_(*(column.icontains(search, autoescape=True) for column in shown))
        count, page = _most_urgent_first(_wanted(whose, **shape).where(found))
    else:
        count, page = _unsearched(whose, **shape)
    persons = list(person_ids or [""])
    values: dict[str, Any] = {
        "me": persons[0],
        "persons": persons,
        "roles": list(roles),
        "of_role": role,
        "of_process": process_id,
    }
    values |= {"overdue_at": overdue_at, "most": limit, "first": offset}
    total = connection.scalar(count, values) or 0
    return [row._asdict() for row in connection.execute(page, values)], total
