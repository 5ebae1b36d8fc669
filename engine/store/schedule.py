# SPDX-License-Identifier: Apache-2.0
"""Queries for the calendar: what waits for a time, and what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, tuple_

from engine.store.schema import ASSIGNED, CLAIMED, OFFERED, instance, record, record_start, start_timer, task, timer

_CHUNK = 400  #: values of one question
_CASE = (instance.c.title.label("case_title"), instance.c.business_key)
_TASK = (
    task.c.id, task.c.instance_id, task.c.process_id, task.c.element, task.c.name, task.c.role, task.c.assignee,
    task.c.claimed_by, task.c.excluded, task.c.due_at, task.c.created_at, *_CASE,
)  # fmt: skip
_TASKS = select(*_TASK).join(instance, instance.c.id == task.c.instance_id).where(task.c.purpose == "work")
_DUE_TASKS = tuple(
    _TASKS.where(*of, task.c.due_at <= bindparam("by")).order_by(task.c.due_at, task.c.id).limit(bindparam("most"))
    for of in (CLAIMED, ASSIGNED, OFFERED)
)
_TIMERS = (
    select(timer, instance.c.process_id, *_CASE)
    .join(instance, and_(instance.c.id == timer.c.instance_id, instance.c.state == "running"))
    .where(timer.c.due_at <= bindparam("by"))
    .order_by(timer.c.due_at, timer.c.instance_id, timer.c.element)
    .limit(bindparam("most"))
)


def starts(connection: Connection) -> list[Any]:
    """All start timers, with the case that each began last (``state`` and ``ended_at``) and the expression of a record's."""
    watched = and_(
        record_start.c.register == start_timer.c.register,
        record_start.c.process_id == start_timer.c.process_id,
        record_start.c.element == start_timer.c.element,
    )
    query = (
        select(start_timer, record_start.c.expression, instance.c.state, instance.c.started_at, instance.c.ended_at)
        .outerjoin(record_start, watched)
        .outerjoin(instance, instance.c.id == start_timer.c.last_case)
        .order_by(start_timer.c.process_id, start_timer.c.element, start_timer.c.record_id)
    )
    return list(connection.execute(query))


def records(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """(register, id) -> the record."""
    wanted, found = sorted(set(keys)), dict[tuple[str, str], Any]()
    for at in range(0, len(wanted), _CHUNK):
        own = tuple_(record.c.register, record.c.id).in_(wanted[at : at + _CHUNK])
        rows = connection.execute(select(record.c.register, record.c.id, record.c.label, record.c.data).where(own))
        found.update({(row.register, row.id): row for row in rows})
    return found


def tasks_of(connection: Connection, case_ids: Iterable[str]) -> list[Any]:
    """The open tasks of such cases."""
    wanted, found = sorted(set(case_ids)), list[Any]()
    for at in range(0, len(wanted), _CHUNK):
        own = task.c.instance_id.in_(wanted[at : at + _CHUNK])
        found += connection.execute(_TASKS.where(own, or_(and_(*CLAIMED), and_(*ASSIGNED), and_(*OFFERED))))
    return found


def due_tasks(connection: Connection, by: datetime, most: int) -> list[Any]:
    """Open tasks that are due by then, the first ``most`` of each kind (claimed, assigned, offered)."""
    return [row for query in _DUE_TASKS for row in connection.execute(query, {"by": by, "most": most})]


def due_timers(connection: Connection, by: datetime, most: int) -> list[Any]:
    """Timers of running cases that are due by then, the first ``most``."""
    return list(connection.execute(_TIMERS, {"by": by, "most": most}))
