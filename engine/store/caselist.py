# SPDX-License-Identifier: Apache-2.0
"""Lists of cases, newest first, for those who may read all of them and for those who see what they take part in.

Each list is made of branches that an index has in its order (`engine.store.lists`). What somebody takes part in without
having started it is found by looking through the newest cases, as a search does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select

from engine.store.lists import SEARCHED, Branch, Slice, contains, matches, page, pattern
from engine.store.schema import event, instance, task

STATES = ("running", "completed", "failed", "cancelled")
#: Everything but the two large columns: enough for lists.
SLIM = [c for c in instance.c if c.name not in {"tokens", "variables"}]
_ORDER = (instance.c.started_at, instance.c.id)
_NEWEST_FIRST = tuple(column.desc() for column in _ORDER)
_OF_IDS = select(*SLIM).where(instance.c.id.in_(bindparam("ids", expanding=True)))
MOST_ROLES = 60  #: roles of one person that are looked at


@cache
def _branch(*, state: bool, process: bool, started: bool, involving: int, search: str) -> Branch:
    """``involving``: 0, or one more than the number of roles of whom takes part."""
    query = select(*_ORDER)
    if state:
        query = query.where(instance.c.state == bindparam("of_state"))
    if process:
        query = query.where(instance.c.process_id == bindparam("of_process"))
    if started:
        query = query.where(instance.c.started_by == bindparam("starter"))
    query = query.order_by(*_NEWEST_FIRST)
    if search == "key":
        return Branch(query.where(or_(instance.c.business_key == bindparam("key"), instance.c.id == bindparam("own"))))
    if not involving and not search:
        return Branch(query)
    return Branch(_looked_through(query, involving, search=bool(search)))


def _looked_through(query: Select[Any], involving: int, *, search: bool) -> Select[Any]:
    looked = query.add_columns(instance.c.title, instance.c.business_key).limit(SEARCHED).subquery()
    order = (looked.c.started_at, looked.c.id)
    kept = [or_(contains(looked.c.title), contains(looked.c.business_key))] if search else []
    if involving:
        roles: list[Any] = [bindparam(f"role{n}") for n in range(involving - 1)]
        offered = or_(task.c.assignee == bindparam("who"), *(task.c.role == role for role in roles))
        kept.append(
            or_(
                exists().where(event.c.actor == bindparam("who"), event.c.instance_id == looked.c.id),
                exists().where(task.c.instance_id == looked.c.id, offered),
            )
        )
    return select(*order).where(and_(*kept)).order_by(*(column.desc() for column in order))


def find(
    connection: Connection,
    *,
    state: str,
    process_id: str | None,
    search: str,
    involving: Sequence[str] | None,
    roles: Sequence[str],
    limit: int,
    offset: int,
) -> tuple[list[Mapping[str, Any]], Slice]:
    """A page of cases. ``involving``: None for all cases; else (person id,): those this person takes part in, also by a
    role in ``roles``."""
    part = list(_parts(state, process_id))
    shape = {"state": any("of_state" in values for values in part), "process": process_id is not None}
    plain = [(_branch(**shape, started=False, involving=0, search=""), values) for values in part]
    if not search and involving is None:
        found = page(connection, plain, limit=limit, offset=offset, descending=True)
        return _rows(connection, found), found
    cut = any(branch.count(connection, values, SEARCHED + 1) > SEARCHED for branch, values in plain)
    branches: list[tuple[Branch, dict[str, Any]]] = []
    who = _who(involving, roles) if involving is not None else {}
    for values in part:
        asked = {**values, **who, **({"text": pattern(search)} if search else {})}
        how = "text" if search else ""
        branches.append((_branch(**shape, started=False, involving=len(who), search=how), asked))
        if search and involving is None:
            asked = {**values, "key": search.upper(), "own": search}
            branches.append((_branch(**shape, started=False, involving=0, search="key"), asked))
        if involving is not None and not search:
            asked = {**values, "starter": involving[0]}
            branches.append((_branch(**shape, started=True, involving=0, search=""), asked))
    found = matches(connection, branches, limit=limit, offset=offset, cut=cut, descending=True)
    return _rows(connection, found), found


def _parts(state: str, process_id: str | None) -> Iterator[dict[str, Any]]:
    """What the branches ask for: an index over process and state has all states of a process, one after another."""
    states = (state,) if state != "any" else STATES if process_id else (None,)
    for one in states:
        of_process = {"of_process": process_id} if process_id else {}
        yield {**({"of_state": one} if one else {}), **of_process}


def _who(involving: Sequence[str], roles: Sequence[str]) -> dict[str, Any]:
    return {"who": involving[0], **{f"role{n}": role for n, role in enumerate(roles[:MOST_ROLES])}}


def _rows(connection: Connection, found: Slice) -> list[Mapping[str, Any]]:
    ids = [key[-1] for key in found.keys]
    rows = {row.id: row._asdict() for row in connection.execute(_OF_IDS, {"ids": ids})} if ids else {}
    return [rows[own] for own in ids]
