# SPDX-License-Identifier: Apache-2.0
"""Lists of cases, newest first, for those who may read all of them and for those who see what they take part in.

Each list is made of branches that an index has in its order (`engine.store.lists`). What somebody takes part in without
having started it is found by looking through the newest cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, literal_column, or_, select

from engine.store import lists, words
from engine.store.lists import SEARCHED, Branch, Row, Slice, Walk, chosen, look, matches, page
from engine.store.prepared import Prepared
from engine.store.schema import case_word, event, instance, task

STATES = ("running", "completed", "failed", "cancelled")
_ALIVE = ("running", "failed")
#: Everything but the two large columns: enough for lists.
SLIM = [c for c in instance.c if c.name not in {"tokens", "variables"}]
_ORDER = (instance.c.started_at, instance.c.id)
_NEWEST_FIRST = tuple(column.desc() for column in _ORDER)
_OF_IDS = select(*SLIM).where(instance.c.id.in_(bindparam("ids", expanding=True)))
MOST_ROLES = 60  #: roles of one person that are looked at


@cache
def _branch(*, state: bool, process: bool, started: bool, involving: int) -> Branch:
    """``involving``: 0, or one more than the number of roles of whom takes part."""
    query = _of(select(*_ORDER), state=state, process=process)
    if started:
        query = query.where(instance.c.started_by == bindparam("starter"))
    query = query.order_by(*_NEWEST_FIRST)
    if not involving:
        return Branch(query)
    looked = query.limit(SEARCHED).subquery()
    order = (looked.c.started_at, looked.c.id)
    taken = select(*order).where(_takes_part(looked.c.id, involving))
    return Branch(taken.order_by(*(column.desc() for column in order)))


def _of(query: Select[Any], *, state: bool, process: bool) -> Select[Any]:
    if state:
        query = query.where(instance.c.state == bindparam("of_state"))
    if process:
        query = query.where(instance.c.process_id == bindparam("of_process"))
    return query


def _takes_part(case_id: ColumnElement[Any], involving: int) -> ColumnElement[bool]:
    roles: list[Any] = [bindparam(f"role{n}") for n in range(involving - 1)]
    offered = or_(task.c.assignee == bindparam("who"), *(task.c.role == role for role in roles))
    return or_(
        exists().where(event.c.actor == bindparam("who"), event.c.instance_id == case_id),
        exists().where(task.c.instance_id == case_id, offered),
    )


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
    parts = list(_parts(state, process_id))
    who = _who(involving, roles) if involving is not None else {}
    if search:
        found = _search(connection, search, state, process_id, who, limit=limit, offset=offset)
    elif involving is None:
        branches = [(_branch(**_shape(part), started=False, involving=0), part) for part in parts]
        found = page(connection, branches, limit=limit, offset=offset, descending=True)
    else:
        found = _involving(connection, parts, who, limit=limit, offset=offset)
    return _rows(connection, found), found


def _involving(
    connection: Connection, parts: Sequence[dict[str, Any]], who: dict[str, Any], *, limit: int, offset: int
) -> Slice:
    branches = []
    for part in parts:
        branches.append((_branch(**_shape(part), started=False, involving=len(who)), {**part, **who}))
        branches.append((_branch(**_shape(part), started=True, involving=0), {**part, "starter": who["who"]}))
    plain = [(_branch(**_shape(part), started=False, involving=0), part) for part in parts]
    cut = any(branch.count(connection, values, SEARCHED + 1) > SEARCHED for branch, values in plain)
    return matches(connection, branches, limit=limit, offset=offset, cut=cut, descending=True)


def _shape(part: Mapping[str, Any]) -> dict[str, bool]:
    return {"state": "of_state" in part, "process": "of_process" in part}


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


# --- searching -------------------------------------------------------------------------------------------------------


def _seen(involving: int) -> list[Any]:
    part = _takes_part(instance.c.id, involving) if involving else literal_column("1")
    return [instance.c.title, instance.c.business_key, part.label("part")]


@cache
def _walk(*, state: bool, process: bool, involving: int) -> Walk:
    return Walk(_of(select(*_ORDER, *_seen(involving)), state=state, process=process), _ORDER, descending=True)


@cache
def _walk_of_word(*, state: bool, process: bool, involving: int) -> Walk:
    order = (case_word.c.begun, case_word.c.instance_id)
    query = select(*order, *_seen(involving)).join(instance, instance.c.id == case_word.c.instance_id)
    query = query.where(case_word.c.alive == bindparam("is_alive"), case_word.c.word == bindparam("of_word"))
    return Walk(_of(query, state=state, process=process), order, descending=True)


@cache
def _of_words(*, state: bool, process: bool, involving: int) -> Prepared:
    query = select(*_ORDER, *_seen(involving)).join(words.CASES, words.CASES.c.instance_id == instance.c.id)
    return Prepared(_of(query, state=state, process=process))


@cache
def _of_id(*, state: bool, process: bool, involving: int) -> Prepared:
    query = select(*_ORDER, *_seen(involving)).where(instance.c.id == bindparam("own"))
    return Prepared(_of(query, state=state, process=process))


def _search(
    connection: Connection,
    search: str,
    state: str,
    process_id: str | None,
    who: dict[str, Any],
    *,
    limit: int,
    offset: int,
) -> Slice:
    """Cases that have every word in their title or number; and the one with that id.

    The cases that have the word that occurs least are looked at: all of them, or, where they are very many, the newest.
    """
    own = next(_parts(state, None)) | ({"of_process": process_id} if process_id else {})
    shape = {**_shape(own), "involving": len(who)}
    own |= who
    alive = [each for each in (True, False) if state == "any" or (state in _ALIVE) == each]
    wanted = words.asked(connection, search, alive)
    most = offset + limit + 1

    def fits(row: Row) -> bool:
        text = words.folded(f"{row[2]}\n{row[3]}")
        return bool(row[4]) and all(word.fits(text) for word in wanted)

    found = {_key(row) for row in _of_id(**shape).tuples(connection, {**own, "own": search.strip()}) if row[4]}
    if not wanted:
        return chosen(found, limit=limit, offset=offset, whole=True)
    times = {word: words.count(connection, word, alive) for word in wanted}
    rarest = min(wanted, key=lambda word: times[word])
    whole = times[rarest] <= lists.COUNTED
    if not whole:
        walks = _in_order_of_time(connection, rarest, alive, own, shape) or [
            (_walk(**_shape(part), involving=len(who)), {**part, **who}) for part in _parts(state, process_id)
        ]
        seen, whole = look(connection, walks, fits, most, descending=True)
        found |= {_key(key) for key in seen}
        if whole or len(seen) == most:
            return chosen(found, limit=limit, offset=offset, whole=whole, descending=True)
    for each in alive:
        values = {**own, **rarest.within(), "is_alive": each, "most": lists.COUNTED}
        found |= {_key(row) for row in _of_words(**shape).tuples(connection, values) if fits(row)}
    return chosen(found, limit=limit, offset=offset, whole=whole, descending=True)


def _in_order_of_time(
    connection: Connection, word: words.Word, alive: Sequence[bool], own: dict[str, Any], shape: dict[str, Any]
) -> list[tuple[Walk, dict[str, Any]]]:
    """Walks through the cases that have a word, newest first; none where too many words begin with it."""
    found: list[tuple[Walk, dict[str, Any]]] = []
    for each in alive:
        variants = words.variants(connection, word, alive=each)
        if variants is None:
            return []
        found += [(_walk_of_word(**shape), {**own, "is_alive": each, "of_word": one}) for one in variants]
    return found


def _key(row: Row) -> tuple[int, str]:
    """By what a search orders cases: when they began, as `case_word` has it."""
    return row[0] if isinstance(row[0], int) else words.micros(row[0]), row[1]
