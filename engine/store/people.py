# SPDX-License-Identifier: Apache-2.0
"""Queries on people, their roles and access tokens, and on idempotency keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from engine.store.definitions import insert_on
from engine.store.prepared import Prepared
from engine.store.schema import access_token, command_key, person, person_role

_GET = Prepared(select(person).where(person.c.id == bindparam("own")))
_BY_LOGIN = Prepared(select(person).where(func.lower(person.c.login) == bindparam("wanted")))
_ROLES = Prepared(select(person_role.c.role).where(person_role.c.person_id == bindparam("own")))
_DEPUTISED = Prepared(select(person.c.id).where(person.c.deputy_id == bindparam("deputy")))
_WITH_ROLES = select(person, person_role.c.role).outerjoin(person_role, person_role.c.person_id == person.c.id)
_ONE_WITH_ROLES = Prepared(_WITH_ROLES.where(person.c.id == bindparam("own")))
_BY_TOKEN = Prepared(
    _WITH_ROLES.join(access_token, access_token.c.person_id == person.c.id).where(
        access_token.c.token_hash == bindparam("hashed"), access_token.c.purpose == bindparam("for_what")
    )
)
_ANSWER = Prepared(
    select(command_key).where(command_key.c.actor == bindparam("by"), command_key.c.key == bindparam("with_key"))
)
_KEEP_ANSWER = Prepared(
    update(command_key)
    .where(command_key.c.actor == bindparam("by"), command_key.c.key == bindparam("with_key"))
    .values(answer=bindparam("answer"))
)


def get(connection: Connection, person_id: str) -> Mapping[str, Any] | None:
    return _GET.first(connection, {"own": person_id})


def get_with_roles(connection: Connection, person_id: str) -> tuple[Mapping[str, Any], frozenset[str]] | None:
    return _with_roles(_ONE_WITH_ROLES.all(connection, {"own": person_id}))


def _with_roles(rows: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], frozenset[str]] | None:
    return (rows[0], frozenset(row["role"] for row in rows if row["role"])) if rows else None


def by_login(connection: Connection, login: str) -> Mapping[str, Any] | None:
    return _BY_LOGIN.first(connection, {"wanted": login.lower()})


def roles_of(connection: Connection, person_id: str) -> frozenset[str]:
    return frozenset(row["role"] for row in _ROLES.all(connection, {"own": person_id}))


def roles_of_all(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in connection.execute(select(person_role)):
        found.setdefault(row.person_id, set()).add(row.role)
    return found


def holders(connection: Connection) -> list[Mapping[str, Any]]:
    """Everybody active once for each role that they hold, by name."""
    query = _WITH_ROLES.where(person.c.active, person_role.c.role.is_not(None)).order_by(person.c.name, person.c.id)
    return [row._asdict() for row in connection.execute(query)]


def holding(connection: Connection, roles: Collection[str]) -> dict[str, set[str]]:
    """Who holds each of the roles, of those who are active."""
    found: dict[str, set[str]] = {}
    query = select(person_role.c.role, person_role.c.person_id).join(person, person.c.id == person_role.c.person_id)
    for row in connection.execute(query.where(person.c.active, person_role.c.role.in_(sorted(roles)))):
        found.setdefault(row.role, set()).add(row.person_id)
    return found


def held(connection: Connection) -> frozenset[str]:
    """The roles that somebody active holds."""
    query = select(person_role.c.role).join(person, person.c.id == person_role.c.person_id).where(person.c.active).distinct()
    return frozenset(connection.scalars(query))


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(person.insert().values(**values))


def save(connection: Connection, person_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(person).where(person.c.id == person_id).values(**values))


def set_roles(connection: Connection, person_id: str, roles: Iterable[str]) -> None:
    connection.execute(delete(person_role).where(person_role.c.person_id == person_id))
    rows = [{"person_id": person_id, "role": role} for role in sorted(set(roles))]
    if rows:
        connection.execute(person_role.insert(), rows)


def find(connection: Connection, q: str, role: str | None, limit: int, active_only: bool) -> list[Mapping[str, Any]]:
    query = select(person)
    if active_only:
        query = query.where(person.c.active)
    if q:
        query = query.where(
            or_(person.c.name.icontains(q, autoescape=True), person.c.login.istartswith(q, autoescape=True))
        )
    if role:
        query = query.where(person.c.id.in_(select(person_role.c.person_id).where(person_role.c.role == role)))
    return [row._asdict() for row in connection.execute(query.order_by(person.c.name).limit(limit))]


def is_nobody(connection: Connection) -> bool:
    """Whether there is not a single person."""
    return connection.execute(select(person.c.id).limit(1)).first() is None


def deputised(connection: Connection, person_id: str) -> list[str]:
    """Ids of the people for whom ``person_id`` is the deputy."""
    return [row["id"] for row in _DEPUTISED.all(connection, {"deputy": person_id})]


def add_token(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(access_token.insert().values(**values))


def by_token(connection: Connection, token_hash: str, purpose: str) -> tuple[Mapping[str, Any], frozenset[str]] | None:
    """The person that a token of this purpose stands for, with their roles."""
    return _with_roles(_BY_TOKEN.all(connection, {"hashed": token_hash, "for_what": purpose}))


def tokens(connection: Connection, person_id: str) -> list[Any]:
    return list(connection.execute(select(access_token).where(access_token.c.person_id == person_id)))


def drop_token(connection: Connection, person_id: str, token_id: str) -> None:
    connection.execute(delete(access_token).where(access_token.c.person_id == person_id, access_token.c.id == token_id))


@cache
def _take(dialect: str) -> Prepared:
    return Prepared(insert_on(dialect, command_key).on_conflict_do_nothing().returning(command_key.c.key))


def take_key(connection: Connection, actor: str, key: str, fingerprint: str, at: datetime) -> Mapping[str, Any] | None:
    """Take an idempotency key for this transaction; None, or who had it before (``fingerprint``, ``answer``).

    Two at once: the second waits here until the first has committed, and then gets its answer.
    """
    values = {"actor": actor, "key": key, "fingerprint": fingerprint, "at": at}
    if _take(connection.dialect.name).first(connection, values) is not None:
        return None
    return _ANSWER.first(connection, {"by": actor, "with_key": key})


def keep_answer(connection: Connection, actor: str, key: str, answer: Any) -> None:
    _KEEP_ANSWER.run(connection, {"by": actor, "with_key": key, "answer": answer})


def forget_keys(connection: Connection, before: datetime) -> None:
    """Drop the idempotency keys that were used before then."""
    connection.execute(delete(command_key).where(command_key.c.at < before))
