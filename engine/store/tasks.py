# SPDX-License-Identifier: Apache-2.0
"""Queries on human tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, or_, select, update

from engine.store.prepared import Prepared
from engine.store.schema import OFFERED, definition, instance, task

_FIELDS = [
    *task.c,
    instance.c.title.label("case_title"),
    instance.c.business_key,
    instance.c.digest,
    instance.c.state.label("case_state"),
    definition.c.name.label("process_name"),
]


def joined() -> Select[Any]:
    """Tasks with what their lists show of the case."""
    return (
        select(*_FIELDS)
        .join(instance, instance.c.id == task.c.instance_id)
        .join(
            definition,
            and_(definition.c.process_id == instance.c.process_id, definition.c.version == instance.c.version),
        )
    )


_CASE_LABELS = [(f"instance.{c.name}", c.name) for c in instance.c]
_ONE = joined().where(task.c.id == bindparam("own"))
_ADD = Prepared(task.insert())
_GET = Prepared(_ONE)
_GET_LOCKED = Prepared(_ONE.with_for_update(of=task))
_OPEN = Prepared(select(task).where(task.c.instance_id == bindparam("case"), task.c.state == "open"))
_OF_CASE = Prepared(joined().where(task.c.instance_id == bindparam("case")).order_by(task.c.created_at, task.c.id))
_OPEN_OF_CASE = Prepared(joined().where(task.c.instance_id == bindparam("case"), task.c.state == "open"))
_LAST_OF_CASE = Prepared(
    joined()
    .where(task.c.instance_id == bindparam("case"), task.c.state != "open")
    .order_by(task.c.created_at.desc(), task.c.id.desc())
    .limit(bindparam("most"))
)
_WITH_CASE = Prepared(
    joined()
    .add_columns(*(c.label(f"instance.{c.name}") for c in instance.c))
    .where(task.c.id == bindparam("own"))
    .with_for_update(of=[instance, task])
)
_OFFERED_TO = Prepared(
    joined()
    .where(*OFFERED, task.c.role == bindparam("of_role"), task.c.purpose == "work")
    .order_by(task.c.urgency, task.c.created_at, task.c.id)
    .limit(bindparam("most"))
)
_WITHDRAW = Prepared(
    update(task)
    .where(task.c.instance_id == bindparam("case"), task.c.token == bindparam("at"), task.c.state == "open")
    .values(state="withdrawn", ended_at=bindparam("now"))
)
_HOLD = Prepared(
    update(task).where(task.c.instance_id == bindparam("case"), task.c.state == "open").values(held=bindparam("held"))
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


def newest_of_case(connection: Connection, instance_id: str, most: int) -> tuple[list[Mapping[str, Any]], bool]:
    """The open tasks of a case and at most so many others, oldest first; whether older ones were left out."""
    others = _LAST_OF_CASE.all(connection, {"case": instance_id, "most": most + 1})
    found = [*_OPEN_OF_CASE.all(connection, {"case": instance_id}), *others[:most]]
    return sorted(found, key=lambda row: (row["created_at"], row["id"])), len(others) > most


def save(connection: Connection, task_id: str, values: Mapping[str, Any]) -> None:
    _SAVE.run(connection, {**values, "own": task_id})


def claim(connection: Connection, task_id: str, person_id: str) -> bool:
    """Take the task if nobody has it; false if somebody else was first."""
    return _CLAIM.run(connection, {"own": task_id, "person": person_id}) == 1


def held_by(connection: Connection, person_id: str) -> list[Mapping[str, Any]]:
    """Open tasks that a person has claimed or that are assigned to them, in the order of their cases."""
    whose = or_(task.c.claimed_by == person_id, task.c.assignee == person_id)
    query = joined().where(task.c.state == "open", whose).order_by(task.c.instance_id, task.c.id)
    return [row._asdict() for row in connection.execute(query)]


def hold(connection: Connection, instance_id: str, *, held: bool) -> None:
    """Take a case's open tasks out of the lists while it stands still, or put them back."""
    _HOLD.run(connection, {"case": instance_id, "held": True if held else None})


def offered_to(connection: Connection, role: str, most: int) -> Sequence[Mapping[str, Any]]:
    """Open tasks of a role that nobody has, the most urgent first."""
    return _OFFERED_TO.all(connection, {"of_role": role, "most": most})
