# SPDX-License-Identifier: Apache-2.0
"""Counts over the tables, for monitors and the page on the state of the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from engine.store.schema import call, instance, start_timer, task, timer


def now(connection: Connection, at: datetime) -> dict[str, Any]:
    """The fields of `engine.values.Figures`."""
    due = [_timers(timer.c.due_at <= at), select(start_timer.c.due_at).where(start_timer.c.due_at <= at)]
    oldest = [connection.scalar(select(func.min(q.subquery().c.due_at))) for q in due]
    armed = [_timers(), select(start_timer.c.due_at).where(start_timer.c.due_at.is_not(None))]
    return {
        "cases_running": _count(connection, select(instance.c.id).where(instance.c.state == "running")),
        "cases_held": _count(connection, select(instance.c.id).where(instance.c.state == "failed")),
        "tasks_open": _count(connection, select(task.c.id).where(task.c.state == "open")),
        "tasks_overdue": _count(connection, select(task.c.id).where(task.c.state == "open", task.c.due_at < at)),
        "calls_failed": _count(connection, select(call.c.element).where(call.c.state == "failed")),
        "timers_armed": sum(_count(connection, query) for query in armed),
        "timers_due": sum(_count(connection, query) for query in due),
        "oldest_due": min((moment for moment in oldest if moment is not None), default=None),
    }


def _timers(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Due times of timers of running cases; those of held ones wait for a person."""
    query = select(timer.c.due_at).join(instance, instance.c.id == timer.c.instance_id)
    return query.where(instance.c.state == "running", *conditions)


def _count(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0
