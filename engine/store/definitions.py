# SPDX-License-Identifier: Apache-2.0
"""Queries on contents, current assets and published definitions."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from engine.store.prepared import Prepared
from engine.store.schema import ALIVE, asset, blob, definition, instance

MOST_COUNTED = 1_000

_GET_BLOB = Prepared(select(blob.c.content).where(blob.c.digest == bindparam("digest")))
#: The same content may have been published again later: the newest of its versions.
_BY_DIGEST = Prepared(
    select(definition).where(definition.c.digest == bindparam("digest")).order_by(definition.c.version.desc()).limit(1)
)
_NAME = Prepared(select(definition.c.name).where(definition.c.digest == bindparam("digest")).limit(1))
_NEWEST = Prepared(
    select(definition)
    .where(definition.c.process_id == bindparam("process"))
    .order_by(definition.c.version.desc())
    .limit(1)
)
_ONE = select(definition).where(
    definition.c.process_id == bindparam("process"), definition.c.version == bindparam("number")
)
_LAST = (
    select(definition.c.process_id, func.max(definition.c.version).label("version"))
    .group_by(definition.c.process_id)
    .subquery()
)
_NEWEST_OF_ALL = (
    select(definition)
    .join(_LAST, (definition.c.process_id == _LAST.c.process_id) & (definition.c.version == _LAST.c.version))
    .order_by(definition.c.name)
)
_ASSETS = select(asset).where(asset.c.kind == bindparam("of_kind")).order_by(asset.c.name)
_ASSET_DIGESTS = Prepared(
    select(asset.c.name, asset.c.digest).where(asset.c.kind == bindparam("of_kind")).order_by(asset.c.name)
)


def _running(of: FromClause, *same: ColumnElement[bool]) -> ScalarSelect[int]:
    """In the order of an index: else PostgreSQL looks for enough of such cases in the whole table."""
    order = (instance.c.process_id, instance.c.version)
    one: Select[Any] = select(literal_column("1").label("one"))
    alive = one.where(*ALIVE, *same).order_by(*order).limit(MOST_COUNTED)
    return select(func.count()).select_from(alive.correlate(of).subquery()).correlate(of).scalar_subquery()


_PROCESS = select(definition.c.process_id).distinct().subquery("process")
_RUNNING_OF_ALL = Prepared(
    select(_PROCESS.c.process_id, _running(_PROCESS, instance.c.process_id == _PROCESS.c.process_id).label("running"))
)
_RUNNING_BY_VERSION = Prepared(
    select(
        definition.c.version,
        _running(
            definition,
            instance.c.process_id == definition.c.process_id,
            instance.c.version == definition.c.version,
        ).label("running"),
    ).where(definition.c.process_id == bindparam("process"))
)
_STAMP = {"of_kind": "stamp", "named": ""}
_THE_STAMP = Prepared(
    select(asset.c.digest).where(asset.c.kind == bindparam("of_kind"), asset.c.name == bindparam("named"))
)
_ASSET = (
    select(blob.c.content)
    .join(asset, asset.c.digest == blob.c.digest)
    .where(asset.c.kind == bindparam("of_kind"), asset.c.name == bindparam("named"))
)
_ALL_ASSETS = (
    select(asset.c.name, blob.c.content)
    .join(blob, asset.c.digest == blob.c.digest)
    .where(asset.c.kind == bindparam("of_kind"))
    .order_by(asset.c.name)
)


def insert_on(dialect: str, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT on such a database."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def insert_for(connection: Connection, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT on this database."""
    return insert_on(connection.dialect.name, table)


def put_blob(connection: Connection, content: bytes) -> str:
    """Keep ``content``; returns its SHA-256 in hex."""
    digest = hashlib.sha256(content).hexdigest()
    connection.execute(insert_for(connection, blob).values(digest=digest, content=content).on_conflict_do_nothing())
    return digest


def get_blob(connection: Connection, digest: str) -> bytes | None:
    found: bytes | None = _GET_BLOB.value(connection, {"digest": digest})
    return found


def put_asset(connection: Connection, kind: str, name: str, digest: str, origin: str, now: datetime) -> None:
    rows = [(kind, name, digest, origin), (*_STAMP.values(), secrets.token_hex(32), "")]
    for of_kind, named, content, by in rows:
        values = {"digest": content, "origin": by, "updated_at": now}
        statement = insert_for(connection, asset).values(kind=of_kind, name=named, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["kind", "name"], set_=values))


def stamp(connection: Connection) -> str:
    """Another one after each change of any asset, in any database; in a database without assets a new one each time."""
    found: str | None = _THE_STAMP.value(connection, _STAMP)
    return found or secrets.token_hex(32)


def assets(connection: Connection, kind: str) -> dict[str, Mapping[str, Any]]:
    """All current assets of a kind: name -> digest, origin, updated_at."""
    return {row.name: row._asdict() for row in connection.execute(_ASSETS, {"of_kind": kind})}


def asset_digests(connection: Connection, kind: str) -> tuple[tuple[str, str], ...]:
    """(name, digest) of all current assets of a kind."""
    return tuple((row["name"], row["digest"]) for row in _ASSET_DIGESTS.all(connection, {"of_kind": kind}))


def asset_content(connection: Connection, kind: str, name: str) -> bytes | None:
    return connection.scalar(_ASSET, {"of_kind": kind, "named": name})


def all_assets(connection: Connection, kind: str) -> dict[str, bytes]:
    """All current assets of a kind with their content."""
    return {row.name: row.content for row in connection.execute(_ALL_ASSETS, {"of_kind": kind})}


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(definition.insert().values(**values))


def tell(connection: Connection, process_id: str, version: int, about: Mapping[str, Any]) -> None:
    """Keep what was read in a diagram later than at its publishing; the definition itself never changes."""
    of_one = (definition.c.process_id == process_id, definition.c.version == version)
    connection.execute(definition.update().where(*of_one).values(about=about))


def newest(connection: Connection, process_id: str) -> Mapping[str, Any] | None:
    return _NEWEST.first(connection, {"process": process_id})


def one(connection: Connection, process_id: str, version: int) -> Mapping[str, Any] | None:
    row = connection.execute(_ONE, {"process": process_id, "number": version}).first()
    return row._asdict() if row else None


def by_digest(connection: Connection, digest: str) -> Mapping[str, Any] | None:
    return _BY_DIGEST.first(connection, {"digest": digest})


def name_of(connection: Connection, digest: str) -> str | None:
    found: str | None = _NAME.value(connection, {"digest": digest})
    return found


def versions(connection: Connection, process_id: str) -> list[Mapping[str, Any]]:
    rows = connection.execute(
        select(definition).where(definition.c.process_id == process_id).order_by(definition.c.version.desc())
    )
    return [row._asdict() for row in rows]


def newest_of_all(connection: Connection) -> list[Mapping[str, Any]]:
    return [row._asdict() for row in connection.execute(_NEWEST_OF_ALL)]


def running_of_all(connection: Connection) -> dict[str, int]:
    """How many cases of each process have not ended, counted up to `MOST_COUNTED` each."""
    return dict(_RUNNING_OF_ALL.tuples(connection, {}))


def running_by_version(connection: Connection, process_id: str) -> dict[int, int]:
    """The same of each version of a process."""
    return dict(_RUNNING_BY_VERSION.tuples(connection, {"process": process_id}))
