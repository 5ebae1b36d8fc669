# SPDX-License-Identifier: Apache-2.0
"""People, the roles they hold, and how they are known when they sign in. Passwords are hashed by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import Conflict, Invalid, NotFound
from engine.history import log
from engine.store import events as event_store
from engine.store import people as store
from engine.store.transaction import Tx
from engine.values import Actor, Person

STREAM = "people"


def value(tx: Tx, row: Mapping[str, Any], roles: Iterable[str] | None = None) -> Person:
    held = frozenset(roles) if roles is not None else store.roles_of(tx.connection, row["id"])
    return Person(row["id"], row["name"], row["email"], held, row["active"], row["deputy_id"])


def row(tx: Tx, person_id: str) -> Mapping[str, Any]:
    found = store.get(tx.connection, person_id)
    if found is None:
        raise NotFound(f"There is no person '{person_id}'.")
    return found


def get(tx: Tx, person_id: str) -> Person:
    return with_epoch(tx, person_id)[0]


def with_epoch(tx: Tx, person_id: str) -> tuple[Person, int]:
    """The person, and the epoch that their sessions must be of."""
    found = store.get_with_roles(tx.connection, person_id)
    if found is None:
        raise NotFound(f"There is no person '{person_id}'.")
    row, roles = found
    return value(tx, row, roles), row["session_epoch"]


def by_token(tx: Tx, token_hash: str, purpose: str) -> Person | None:
    """The person that a token of this purpose stands for; nobody once they have left."""
    found = store.by_token(tx.connection, token_hash, purpose)
    return value(tx, *found) if found is not None and found[0]["active"] else None


def actor(tx: Tx, person_id: str) -> Actor:
    """The person with the roles held now; somebody who has left holds none."""
    found = get(tx, person_id)
    return Actor(found.id, found.roles if found.active else frozenset())


def find(tx: Tx, q: str, role: str | None, limit: int, active_only: bool = True) -> tuple[Person, ...]:
    roles = store.roles_of_all(tx.connection)
    rows = store.find(tx.connection, q, role, limit, active_only)
    return tuple(value(tx, r, roles.get(r["id"], set())) for r in rows)


def by_login(tx: Tx, login: str) -> tuple[Person, str, int] | None:
    """(person, password hash or "", session epoch)."""
    found = store.by_login(tx.connection, login)
    return (value(tx, found), found["password_hash"] or "", found["session_epoch"]) if found else None


def add(tx: Tx, by: Actor, person: Person, login: str, password_hash: str | None) -> Person:
    if not person.name.strip() or not login.strip():
        raise Invalid("A person needs a name and a login.")
    event_store.lock_stream(tx.connection, STREAM)  # nobody else takes the login meanwhile
    if store.by_login(tx.connection, login.strip()) is not None:
        raise Invalid(f"Somebody signs in as '{login}' already.", hint="Choose another login.")
    own = person.id or tx.ids.new()
    if store.get(tx.connection, own) is not None:
        raise Invalid(f"There is a person '{own}' already.", hint="Choose another id, or leave it out.")
    values = {
        "id": own,
        "login": login.strip(),
        "name": person.name.strip(),
        "email": person.email,
        "active": person.active,
        "deputy_id": person.deputy_id,
        "password_hash": password_hash,
        "session_epoch": 0,
    }
    store.add(tx.connection, values)
    store.set_roles(tx.connection, own, person.roles)
    told = {k: values[k] for k in ("id", "login", "name", "email", "active", "deputy_id")}
    log.append(tx, STREAM, by, "person.added", {**told, "roles": sorted(person.roles)})
    return get(tx, own)


def add_first(tx: Tx, person: Person, login: str, password_hash: str) -> Person:
    """The first person of all, added by themselves. Raises Conflict if there is anybody."""
    event_store.lock_stream(tx.connection, STREAM)  # of two at once the second sees the first
    if not store.is_nobody(tx.connection):
        raise Conflict("Somebody has set this installation up already.", hint="Sign in, or ask them for a login.")
    own = person.id or tx.ids.new()
    return add(tx, Actor(own), replace(person, id=own), login, password_hash)


def change(tx: Tx, by: Actor, person_id: str, kind: str, values: Mapping[str, Any], *, end_sessions: bool) -> Person:
    """Change columns of a person; ``kind`` is the event's kind. Secrets are not written to the history."""
    before = row(tx, person_id)
    changed = {**values, **({"session_epoch": before["session_epoch"] + 1} if end_sessions else {})}
    store.save(tx.connection, person_id, changed)
    told = {k: v for k, v in values.items() if k != "password_hash"}
    log.append(tx, STREAM, by, kind, {"id": person_id, **told})
    return get(tx, person_id)


def set_roles(tx: Tx, by: Actor, person_id: str, roles: Iterable[str]) -> Person:
    before = get(tx, person_id)
    store.set_roles(tx.connection, person_id, roles)
    payload = {"id": person_id, "before": sorted(before.roles), "after": sorted(set(roles))}
    log.append(tx, STREAM, by, "person.roles_changed", payload)
    return get(tx, person_id)


def deputised(tx: Tx, person_id: str) -> list[str]:
    """The people whose deputy this person is."""
    return store.deputised(tx.connection, person_id)
