# SPDX-License-Identifier: Apache-2.0
"""Queries on what was done: the newest cases of a process, and the human tasks that were completed in cases.

None of them looks at more than the newest cases, or counts further than ``MOST``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, select

from engine.store.prepared import Prepared
from engine.store.schema import instance, record, task

MOST = 1_000  #: cases or records that are counted
_AT_ONCE = 500  #: cases of one query
#: What was cancelled proves nothing.
_STATES = ("completed", "running", "failed")

_OF_PROCESS = (
    instance.c.process_id == bindparam("process"),
    instance.c.state == bindparam("of_state"),
    instance.c.started_at <= bindparam("until"),
)
_NEWEST = Prepared(
    select(instance.c.id, instance.c.started_at)
    .where(*_OF_PROCESS)
    .order_by(instance.c.started_at.desc(), instance.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = Prepared(
    select(func.count().label("found")).select_from(
        select(literal_column("1")).where(*_OF_PROCESS).limit(MOST + 1).subquery()
    )
)
_RECORDS = Prepared(
    select(func.count().label("found")).select_from(
        select(literal_column("1")).where(record.c.register == bindparam("of")).limit(MOST + 1).subquery()
    )
)
_DONE = (
    select(task.c.instance_id, task.c.element, func.max(task.c.ended_at).label("at"))
    .where(task.c.instance_id.in_(bindparam("cases", expanding=True)))
    .where(task.c.state == "completed", task.c.element.in_(bindparam("elements", expanding=True)))
    .where(task.c.ended_at <= bindparam("until"))
    .group_by(task.c.instance_id, task.c.element)
)


def newest(connection: Connection, process_id: str, most: int, until: datetime) -> list[dict[str, Any]]:
    """``id`` and ``started_at`` of a process's newest cases of then that were not cancelled, the newest first."""
    rows = [
        row
        for state in _STATES
        for row in _NEWEST.all(connection, {"process": process_id, "of_state": state, "most": most, "until": until})
    ]
    return sorted(rows, key=lambda row: (row["started_at"], row["id"]), reverse=True)[:most]


def count(connection: Connection, process_id: str, until: datetime) -> int:
    """How many cases of a process there were that were not cancelled; over ``MOST`` it is only sure that there are more."""
    asked = {"process": process_id, "until": until}
    return sum(_COUNT.value(connection, {**asked, "of_state": state}) for state in _STATES)


def records(connection: Connection, register: str) -> int:
    """How many records a register has, counted as `count` does."""
    return int(_RECORDS.value(connection, {"of": register}))


def done(
    connection: Connection, case_ids: Sequence[str], elements: Collection[str], until: datetime
) -> Iterator[Any]:
    """(case, element, when last) of human tasks with such elements that were completed in those cases by then."""
    if not elements:
        return
    for at in range(0, len(case_ids), _AT_ONCE):
        asked = {"cases": list(case_ids[at : at + _AT_ONCE]), "elements": sorted(elements), "until": until}
        yield from connection.execute(_DONE, asked)
