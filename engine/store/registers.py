# SPDX-License-Identifier: Apache-2.0
"""Queries on records, their versions and links, and on counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select

from engine.store.definitions import insert_on
from engine.store.prepared import Prepared
from engine.store.schema import counter, record, record_link, record_value, record_version

_ONE = select(record).where(record.c.register == bindparam("of_register"), record.c.id == bindparam("own"))
_GET = Prepared(_ONE)
_SHARE = Prepared(_ONE.with_for_update(read=True))
_LOCK = Prepared(_ONE.with_for_update())
_ADD_VERSION = Prepared(record_version.insert())
_ADD_LINKS = Prepared(record_link.insert())
_DROP_LINKS = Prepared(
    delete(record_link).where(record_link.c.register == bindparam("of_register"), record_link.c.id == bindparam("own"))
)
_DROP_VALUES = Prepared(
    delete(record_value).where(
        record_value.c.register == bindparam("of_register"), record_value.c.id == bindparam("own")
    )
)
_ADD_VALUES = Prepared(record_value.insert())


@cache
def _count_up(dialect: str) -> Prepared:
    statement = insert_on(dialect, counter)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": counter.c.value + 1})
    return Prepared(statement.returning(counter.c.value))


@cache
def _put(dialect: str) -> Prepared:
    statement = insert_on(dialect, record)
    changed = {c.name: statement.excluded[c.name] for c in record.c if not c.primary_key}
    return Prepared(statement.on_conflict_do_update(index_elements=["register", "id"], set_=changed))


def next_number(connection: Connection, name: str) -> int:
    """The counter's next value, from 1."""
    return int(_count_up(connection.dialect.name).value(connection, {"name": name, "value": 1}))


def get(connection: Connection, register: str, record_id: str) -> Mapping[str, Any] | None:
    return _GET.first(connection, {"of_register": register, "own": record_id})


def hold(connection: Connection, register: str, record_id: str) -> Mapping[str, Any] | None:
    """The record, which others may read but not change until the transaction ends (one that only reads sees one moment).

    So a step's outcome fits what it read. Two that read and then write the same are a deadlock, and one is done again.
    """
    reading = connection.get_execution_options().get("postgresql_readonly")
    return (_GET if reading else _SHARE).first(connection, {"of_register": register, "own": record_id})


def lock(connection: Connection, register: str, record_id: str) -> Mapping[str, Any] | None:
    """The record, which nobody else changes until the transaction ends."""
    return _LOCK.first(connection, {"of_register": register, "own": record_id})


def get_version(connection: Connection, register: str, record_id: str, version: int) -> Mapping[str, Any] | None:
    row = connection.execute(
        select(record_version).where(
            record_version.c.register == register, record_version.c.id == record_id, record_version.c.version == version
        )
    ).first()
    return row._asdict() if row else None


def versions(connection: Connection, register: str, record_id: str) -> list[Mapping[str, Any]]:
    rows = connection.execute(
        select(record_version)
        .where(record_version.c.register == register, record_version.c.id == record_id)
        .order_by(record_version.c.version.desc())
    )
    return [row._asdict() for row in rows]


def put(connection: Connection, values: Mapping[str, Any], search: str, reason: str) -> None:
    """Write a new version of a record and make it the current one."""
    _put(connection.dialect.name).run(connection, {**values, "search": search})
    _ADD_VERSION.run(connection, {**values, "reason": reason})


def replace_links(
    connection: Connection, register: str, record_id: str, links: Sequence[tuple[str, str, str]], *, new: bool = False
) -> None:
    """``links``: (field, target register, target id). ``new``: the record has none yet."""
    if not new:
        _DROP_LINKS.run(connection, {"of_register": register, "own": record_id})
    own = {"register": register, "id": record_id}
    _ADD_LINKS.run_many(
        connection, [{**own, "field": f, "target_register": r, "target_id": i} for f, r, i in dict.fromkeys(links)]
    )


def replace_values(
    connection: Connection, register: str, record_id: str, values: Sequence[tuple[str, str]], *, new: bool = False
) -> None:
    """What a record is found by; ``values``: (field, value), several for a list. ``new``: it has none yet."""
    if not new:
        _DROP_VALUES.run(connection, {"of_register": register, "own": record_id})
    own = {"register": register, "id": record_id}
    _ADD_VALUES.run_many(connection, [{**own, "field": f, "value": v} for f, v in dict.fromkeys(values)])


def every(connection: Connection, register: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(id, data) of all records of a register, one after another."""
    query = select(record.c.id, record.c.data).where(record.c.register == register)
    for row in connection.execute(query.execution_options(yield_per=500)):
        yield row.id, row.data


def links(connection: Connection, register: str, record_id: str) -> tuple[list[Any], list[Any]]:
    """(links from this record, links to it)."""
    out = connection.execute(
        select(record_link).where(record_link.c.register == register, record_link.c.id == record_id)
    )
    into = connection.execute(
        select(record_link).where(record_link.c.target_register == register, record_link.c.target_id == record_id)
    )
    return list(out), list(into)


def find(
    connection: Connection, register: str, q: str, state: str | None, limit: int, offset: int
) -> tuple[list[Mapping[str, Any]], int]:
    """Records whose search text has every word of ``q``; newest first without words, else by label."""
    query = select(record).where(record.c.register == register)
    for word in q.split():
        query = query.where(
            or_(record.c.search.icontains(word, autoescape=True), record.c.id.istartswith(word, autoescape=True))
        )
    if state:
        query = query.where(record.c.state == state)
    total = connection.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (record.c.label,) if q else (record.c.written_at.desc(), record.c.id)
    rows = connection.execute(query.order_by(*order).limit(limit).offset(offset))
    return [row._asdict() for row in rows], total


def counts(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(record.c.register, func.count()).group_by(record.c.register))
    return {row[0]: row[1] for row in rows}


def written_by_case(connection: Connection, instance_id: str) -> list[Mapping[str, Any]]:
    """The records that a case has written, as they are now."""
    touched = (
        select(record_version.c.register, record_version.c.id)
        .where(record_version.c.instance_id == instance_id)
        .distinct()
        .subquery()
    )
    rows = connection.execute(
        select(record)
        .join(touched, (touched.c.register == record.c.register) & (touched.c.id == record.c.id))
        .order_by(record.c.register, record.c.id)
    )
    return [row._asdict() for row in rows]
