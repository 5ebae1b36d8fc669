# SPDX-License-Identifier: Apache-2.0
"""The list of open tasks, most urgent first, as each person has it.

A person is offered what they have claimed, what is assigned to them (or to somebody whose deputy they are) and nobody
has claimed, and what is open to their roles: each of these has an index of its own over the open tasks alone, in the
list's order (`engine.store.lists`). Tasks of held cases (``held``) are in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select

from engine.store import lists, words
from engine.store.lists import Branch, Row, Slice, Walk, Walks, chosen, contains, look, page, pattern
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
def _branch(whose: str, *, role: bool, process: bool, overdue: bool) -> Branch:
    return Branch(_query(whose, role=role, process=process, overdue=overdue).order_by(*_ORDER))


def _query(whose: str, *, role: bool, process: bool, overdue: bool) -> Select[Any]:
    query = select(*_ORDER).where(*_WHOSE[whose])
    if role:
        query = query.where(task.c.role == bindparam("of_role"))
    if process:
        query = query.where(task.c.process_id == bindparam("of_process"))
    if overdue:
        query = query.where(task.c.urgency >= bindparam("since"), task.c.urgency < bindparam("until"))
    return query


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
    if search:
        walks = [(_walk(whose, role=by_role, **shape), values) for whose, by_role, values in parts]
        asked = _Asked(person_ids, roles, scope, role, process_id, overdue_at)
        found = _search(connection, search, asked, walks, limit=limit, offset=offset)
    else:
        branches = [(_branch(whose, role=by_role, **shape), values) for whose, by_role, values in parts]
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


# --- searching -------------------------------------------------------------------------------------------------------

_TEXTS = (task.c.name, instance.c.title, instance.c.business_key)
_SEEN = (*_ORDER, *_TEXTS, task.c.claimed_by, task.c.assignee, task.c.role, task.c.excluded, task.c.process_id)
_OF_NAME = Walk(
    select(*_SEEN).join(instance, instance.c.id == task.c.instance_id).where(*OPEN, task.c.name == bindparam("of_name")),
    _ORDER,
)
_OF_CASES = Prepared(
    select(*_SEEN)
    .join(words.CASES, words.CASES.c.instance_id == task.c.instance_id)
    .join(instance, instance.c.id == task.c.instance_id)
    .where(*OPEN)
)
_FIRST_NAME = select(func.min(task.c.name).label("name")).where(*OPEN).cte("names", recursive=True)
_NEXT_NAME = select(func.min(task.c.name)).where(*OPEN, task.c.name > _FIRST_NAME.c.name).scalar_subquery()
_NAMED = _FIRST_NAME.union_all(select(_NEXT_NAME).where(_FIRST_NAME.c.name.is_not(None)))
#: The names that open tasks have: each is found by a jump to the next one, however many tasks there are.
_NAMES = Prepared(select(_NAMED.c.name).where(_NAMED.c.name.is_not(None)).limit(bindparam("most")))
MOST_NAMES = 500  #: names of open tasks that a search looks at
FOLLOWED = 50  #: of these, names that it finds, whose tasks are looked up


@cache
def _walk(whose: str, *, role: bool, process: bool, overdue: bool) -> Walk:
    query = _query(whose, role=role, process=process, overdue=overdue)
    return Walk(query.add_columns(*_TEXTS).join(instance, instance.c.id == task.c.instance_id), _ORDER)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The parameters of `find`, for tasks that were not found by way of a person or a role."""

    person_ids: Sequence[str] | None
    roles: Sequence[str]
    scope: str
    role: str | None
    process_id: str | None
    overdue_at: datetime | None

    def fits(self, row: Row) -> bool:
        """Whether a row (`_SEEN`) is in the list."""
        claimed_by, assignee, role, excluded, process_id = row[-5:]
        if self.role not in (None, role) or self.process_id not in (None, process_id):
            return False
        if self.overdue_at is not None and row[0].partition(" ")[2] >= urgency(None, self.overdue_at).partition(" ")[2]:
            return False
        if self.person_ids is None:
            return True
        if claimed_by or assignee:
            own = claimed_by == self.person_ids[0] if claimed_by else assignee in self.person_ids
            return self.scope in {"mine", "all"} and own
        kept_out = f" {self.person_ids[0]} " in (excluded or "")
        return self.scope in {"group", "all"} and role in self.roles and not kept_out


def _search(
    connection: Connection, search: str, asked: _Asked, whole_list: Walks, *, limit: int, offset: int
) -> Slice:
    """Tasks that have every word in their name or in their case's title or number.

    Where a word occurs seldom, all tasks of the cases that have it are looked at; so are those whose name has all
    words. Only where every word is in very many cases, it is the beginning of the list that is looked through.
    """
    wanted = words.asked(connection, search, (True,))
    if not wanted:
        return Slice((), 0, exact=True)
    most = offset + limit + 1
    names = [name for (name,) in _NAMES.tuples(connection, {"most": MOST_NAMES + 1})]
    in_name = {name: [word for word in wanted if word.fits(words.folded(name))] for name in names}
    named = [name for name, fitting in in_name.items() if len(fitting) == len(wanted)]
    many = len(names) > MOST_NAMES or len(named) > FOLLOWED

    def fits(row: Row) -> bool:
        text = words.folded("\n".join(row[3:6]))
        return all(word.fits(text) for word in wanted)

    times = {word: words.count(connection, word, (True,)) for word in wanted}
    of_cases = [word for word in wanted if all(word not in fitting for fitting in in_name.values())]
    leading = [min(of_cases, key=lambda word: times[word])] if of_cases and not many else wanted
    many = many or any(times[word] > lists.COUNTED for word in leading)
    walks = [(_OF_NAME, {"of_name": name}) for name in named[:FOLLOWED]]
    found, whole = look(connection, walks, asked.fits, most)
    if many or not (whole or len(found) == most):
        seen, whole = look(connection, whole_list, fits, most)
        found |= seen
        if whole or len(seen) == most:
            return chosen(found, limit=limit, offset=offset, whole=whole)
    for word in leading:
        rows = _OF_CASES.tuples(connection, {**word.within(), "is_alive": True, "most": lists.COUNTED})
        found |= {row[:3] for row in rows if asked.fits(row) and fits(row)}
    return chosen(found, limit=limit, offset=offset, whole=whole and not many)
