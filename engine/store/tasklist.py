# SPDX-License-Identifier: Apache-2.0
"""The list of open tasks, most urgent first, as each person has it.

A person is offered what they have claimed, what is assigned to them (or to somebody whose deputy they are) and nobody
has claimed, and what is open to their roles: each of these has an index of its own over the open tasks alone, in the
list's order (`engine.store.lists`). Tasks of held cases (``held``) are in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from engine.store.lists import SEARCHED, Branch, Slice, contains, matches, page, pattern
from engine.store.prepared import Prepared
from engine.store.schema import ASSIGNED, CLAIMED, OFFERED, OPEN, instance, task
from engine.store.tasks import joined

_ORDER = (task.c.urgency, task.c.created_at, task.c.id)
_NEVER = "~"  #: comes after every moment
_OF_IDS = joined().where(task.c.id.in_(bindparam("ids", expanding=True)))
_WHOSE: Mapping[str, tuple[ColumnElement[bool], ...]] = {
    "claimed": (*CLAIMED, task.c.claimed_by == bindparam("who")),
    "assigned": (*ASSIGNED, task.c.assignee == bindparam("who")),
    "offered": (
        *OFFERED,
        task.c.role == bindparam("who"),
        or_(task.c.excluded.is_(None), ~contains(task.c.excluded, "self")),
    ),
    "everybody": OPEN,
}


def urgency(priority: str | None, due_at: datetime | None, purpose: str = "work") -> str:
    """By what the list is ordered: priority (none comes after P5), then due time (none comes last).

    What nobody has to do, but may choose to (``purpose``), comes after all work.
    """
    due = due_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if due_at else _NEVER
    return f"{'' if purpose == 'work' else _NEVER}{priority or 'P9'} {due}"


@cache
def _branch(whose: str, *, role: bool, process: bool, overdue: bool, search: str = "") -> Branch:
    query = select(*_ORDER).where(*_WHOSE[whose])
    if role:
        query = query.where(task.c.role == bindparam("of_role"))
    if process:
        query = query.where(task.c.process_id == bindparam("of_process"))
    if overdue:
        query = query.where(task.c.urgency >= bindparam("since"), task.c.urgency < bindparam("until"))
    query = query.order_by(*_ORDER)
    if search:
        return Branch(_searched(query) if search == "text" else _keyed(query))
    return Branch(query)


def _searched(query: Any) -> Any:
    """Of the most urgent tasks those in which a text occurs."""
    looked = query.add_columns(task.c.name, task.c.instance_id).limit(SEARCHED).subquery()
    shown = (looked.c.name, instance.c.title, instance.c.business_key)
    found = or_(*(contains(column) for column in shown))
    order = (looked.c.urgency, looked.c.created_at, looked.c.id)
    return select(*order).join(instance, instance.c.id == looked.c.instance_id).where(found).order_by(*order)


def _keyed(query: Any) -> Any:
    """The tasks of the case with a business key."""
    return query.join(instance, instance.c.id == task.c.instance_id).where(instance.c.business_key == bindparam("key"))


@cache
def _next_priority(whose: str) -> Prepared:
    """The most urgent task after ``since``: leads from one priority to the next."""
    query = select(task.c.urgency).where(*_WHOSE[whose], task.c.urgency > bindparam("since"))
    return Prepared(query.order_by(*_ORDER).limit(1))


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
) -> tuple[list[Mapping[str, Any]], Slice]:
    """Open tasks for a person (``person_ids``: they, then those deputised for; None: everybody's), most urgent first."""
    shape = {"process": bool(process_id), "overdue": overdue_at is not None}
    common: dict[str, Any] = {"of_process": process_id} if process_id else {}
    parts: list[tuple[str, bool, dict[str, Any]]] = []
    for whose, who in _whose(person_ids, roles, scope, role):
        by_role = bool(role) and whose != "offered"
        values = {**common, **({"who": who} if who else {}), **({"of_role": role} if by_role else {})}
        if whose == "offered" and person_ids:
            values["self"] = pattern(f" {person_ids[0]} ")
        if overdue_at is None:
            parts.append((whose, by_role, values))
        else:
            ranges = _overdue(connection, whose, values, overdue_at)
            parts += [(whose, by_role, {**values, "since": since, "until": until}) for since, until in ranges]
    branches = [(_branch(whose, role=by_role, **shape), values) for whose, by_role, values in parts]
    if search:
        cut = any(branch.count(connection, values, SEARCHED + 1) > SEARCHED for branch, values in branches)
        asked = (("text", {"text": pattern(search)}), ("key", {"key": search.upper()}))
        looked = [
            (_branch(whose, role=by_role, **shape, search=how), {**values, **what})
            for whose, by_role, values in parts
            for how, what in asked
        ]
        found = matches(connection, looked, limit=limit, offset=offset, cut=cut)
    else:
        found = page(connection, branches, limit=limit, offset=offset)
    return _rows(connection, [key[-1] for key in found.keys]), found


def _rows(connection: Connection, ids: Sequence[str]) -> list[Mapping[str, Any]]:
    rows = {row.id: row._asdict() for row in connection.execute(_OF_IDS, {"ids": ids})} if ids else {}
    return [rows[own] for own in ids]


def _whose(
    person_ids: Sequence[str] | None, roles: Sequence[str], scope: str, role: str | None
) -> Iterator[tuple[str, str]]:
    """(branch, who) of everything that a person is offered."""
    if person_ids is None:
        yield "everybody", ""
        return
    if scope in {"mine", "all"}:
        yield "claimed", person_ids[0]
        yield from (("assigned", person) for person in dict.fromkeys(person_ids))
    if scope in {"group", "all"}:
        yield from (("offered", own) for own in roles if role in (None, own))


def _overdue(connection: Connection, whose: str, values: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    """From where to where the overdue tasks of each priority are: within a priority they come first."""
    at, last = "", {name: values[name] for name in ("who", "self") if name in values}
    while (found := _next_priority(whose).value(connection, {**last, "since": at})) is not None:
        priority = found.partition(" ")[0]
        yield f"{priority} ", urgency(priority, now)
        at = f"{priority} {_NEVER}{_NEVER}"
