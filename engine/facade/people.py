# SPDX-License-Identifier: Apache-2.0
"""``Engine.people``: people, their roles, sign-in and access tokens. Commands are events of the stream ``people``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from engine import handover, people
from engine.errors import NotAllowed, NotFound
from engine.history import log
from engine.store import people as store
from engine.store.transaction import Tx
from engine.values import SYSTEM, AccessToken, Actor, Person

Open = Callable[[], AbstractContextManager[Tx]]
#: (actor, idempotency key, what, content, what to do) -> its answer
Command = Callable[[Actor, str | None, str, Mapping[str, Any], Callable[[Tx], str]], str]
T = TypeVar("T")


class CarryOut(Protocol):
    """Does something in one transaction, again from the start if the database undid it."""

    def __call__(self, do: Callable[[Tx], T], /) -> T: ...


class People:
    """Reading needs no right; changing needs ``people.manage``, but for one's own password and tokens."""

    def __init__(self, command: Command, carry_out: CarryOut, read: Open, require: Callable[..., None]) -> None:
        self._command, self._carry_out, self._read, self._require = command, carry_out, read, require

    def is_nobody(self) -> bool:
        """Whether there is not a single person yet."""
        with self._read() as tx:
            return store.is_nobody(tx.connection)

    def actor(self, person_id: str) -> Actor:
        """The person as an actor with the roles held now."""
        with self._read() as tx:
            return people.actor(tx, person_id)

    def get(self, person_id: str) -> Person:
        with self._read() as tx:
            return people.get(tx, person_id)

    def find(
        self, q: str = "", role: str | None = None, limit: int = 20, active_only: bool = True
    ) -> tuple[Person, ...]:
        """People by name or login."""
        with self._read() as tx:
            return people.find(tx, q, role, limit, active_only)

    def by_login(self, login: str) -> tuple[Person, str, int] | None:
        """(person, password hash, session epoch), or None."""
        with self._read() as tx:
            return people.by_login(tx, login)

    def login_of(self, person_id: str) -> str:
        with self._read() as tx:
            return str(people.row(tx, person_id)["login"])

    def of_session(self, person_id: str, epoch: int) -> Person | None:
        """The person whose session is of this epoch; None once it was ended, or they are unknown or inactive."""
        with self._read() as tx:
            try:
                found, current = people.with_epoch(tx, person_id)
            except NotFound:
                return None
        return found if found.active and current == epoch else None

    def session_epoch(self, person_id: str) -> int:
        """Counts up when sessions shall end; NotFound for somebody unknown or inactive."""
        with self._read() as tx:
            row = people.row(tx, person_id)
            if not row["active"]:
                raise NotFound(f"'{person_id}' is no longer active.")
            return int(row["session_epoch"])

    def add(
        self,
        actor: Actor,
        person: Person,
        login: str,
        password_hash: str | None = None,
        key: str | None = None,
    ) -> Person:
        """Add a person; an empty ``person.id`` gets a new one."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "people.manage")
            return people.add(tx, actor, person, login, password_hash).id

        told: dict[str, Any] = {"id": person.id, "name": person.name, "email": person.email, "deputy": person.deputy_id}
        told |= {"roles": sorted(person.roles), "active": person.active, "login": login}
        return self.get(self._command(actor, key, "add_person", told, do))

    def update(self, actor: Actor, person: Person, key: str | None = None) -> Person:
        """Change name, e-mail and deputy."""
        values = {"name": person.name, "email": person.email, "deputy_id": person.deputy_id}
        return self._change(actor, person.id, "person.changed", values, key)

    def set_active(self, actor: Actor, person_id: str, active: bool, key: str | None = None) -> Person:
        """Somebody who left no longer signs in; their history stays, their open tasks go to their deputy or their role."""
        return self._change(actor, person_id, "person.changed", {"active": active}, key, end_sessions=True)

    def set_roles(self, actor: Actor, person_id: str, roles: Iterable[str], key: str | None = None) -> Person:
        wanted = sorted(set(roles))

        def do(tx: Tx) -> str:
            self._require(tx, actor, "people.manage")
            return people.set_roles(tx, actor, person_id, wanted).id

        return self.get(self._command(actor, key, f"set_roles {person_id}", {"roles": wanted}, do))

    def set_password(self, actor: Actor, person_id: str, password_hash: str, key: str | None = None) -> Person:
        """Set a password's hash and end the person's sessions. One's own needs no right."""

        def do(tx: Tx) -> str:
            self._own_or_manage(tx, actor, person_id)
            values = {"password_hash": password_hash}
            return people.change(tx, actor, person_id, "person.password_changed", values, end_sessions=True).id

        return self.get(self._command(actor, key, f"set_password {person_id}", {}, do))

    def rehash(self, person_id: str, password_hash: str) -> None:
        """The same password hashed with stronger parameters; sessions go on, no event."""
        self._carry_out(lambda tx: store.save(tx.connection, person_id, {"password_hash": password_hash}))

    def record_sign_in(self, person_id: str, ok: bool, address: str) -> None:
        kind = "person.signed_in" if ok else "person.sign_in_refused"
        self._carry_out(lambda tx: log.append(tx, people.STREAM, Actor(person_id), kind, {"address": address}))

    def roles(self) -> frozenset[str]:
        """Roles that somebody active holds."""
        with self._read() as tx:
            return store.held(tx.connection)

    def holders(self) -> Mapping[str, tuple[Person, ...]]:
        """Who holds which role: everybody active, by name."""
        found: dict[str, list[Person]] = {}
        with self._read() as tx:
            rows = store.holders(tx.connection)
            roles: dict[str, set[str]] = {}
            for row in rows:
                roles.setdefault(row["id"], set()).add(row["role"])
            for row in rows:
                found.setdefault(row["role"], []).append(people.value(tx, row, roles[row["id"]]))
        return {role: tuple(holders) for role, holders in found.items()}

    # --- tokens for programs ---------------------------------------------------------------------------------------

    def add_token(
        self, actor: Actor, person_id: str, token_hash: str, label: str = "", *, purpose: str = "api"
    ) -> str:
        """Register an access token by its SHA-256; returns the id by which it can be dropped.

        ``purpose``: api (acts for the person in everything), or another for which alone it is good.
        """

        def do(tx: Tx) -> str:
            self._own_or_manage(tx, actor, person_id)
            token_id = tx.ids.new()
            values = {"id": token_id, "person_id": person_id, "token_hash": token_hash, "label": label}
            store.add_token(tx.connection, {**values, "created_at": tx.now, "purpose": purpose})
            told = {"id": token_id, "person": person_id, "label": label}
            log.append(tx, people.STREAM, actor, "token.added", {**told, **_unless_api(purpose)})
            return token_id

        return self._carry_out(do)

    def by_token(self, token_hash: str, purpose: str = "api") -> Person | None:
        """The active person that a token stands for; a token of another purpose is none."""
        with self._read() as tx:
            return people.by_token(tx, token_hash, purpose)

    def tokens(self, actor: Actor, person_id: str) -> tuple[AccessToken, ...]:
        with self._read() as tx:
            self._own_or_manage(tx, actor, person_id)
            found = store.tokens(tx.connection, person_id)
            return tuple(AccessToken(r.id, r.label, r.created_at, r.purpose) for r in found)

    def drop_token(self, actor: Actor, person_id: str, token_id: str) -> None:
        def do(tx: Tx) -> None:
            self._own_or_manage(tx, actor, person_id)
            store.drop_token(tx.connection, person_id, token_id)
            log.append(tx, people.STREAM, actor, "token.dropped", {"id": token_id, "person": person_id})

        self._carry_out(do)

    def _own_or_manage(self, tx: Tx, actor: Actor, person_id: str) -> None:
        if actor.person_id != person_id:
            self._require(tx, actor, "people.manage")

    def _change(
        self,
        actor: Actor,
        person_id: str,
        kind: str,
        values: dict[str, Any],
        key: str | None,
        *,
        end_sessions: bool = False,
    ) -> Person:
        def do(tx: Tx) -> str:
            self._require(tx, actor, "people.manage")
            if person_id == SYSTEM.person_id:
                raise NotAllowed("The system is not a person.")
            changed = people.change(tx, actor, person_id, kind, values, end_sessions=end_sessions)
            if not changed.active:
                handover.hand_over(tx, actor, person_id)
            return person_id

        return self.get(self._command(actor, key, f"change_person {person_id}", values, do))


def _unless_api(purpose: str) -> dict[str, Any]:
    return {} if purpose == "api" else {"purpose": purpose}
