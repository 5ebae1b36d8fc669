# SPDX-License-Identifier: Apache-2.0
"""Beginning and ending a session, and the brake on guessed passwords."""

from __future__ import annotations

from flask import current_app, request, session

from engine.values import Person
from webapp.ext import get_engine
from webapp.log import log
from webapp.passwords import check_password, hash_password, needs_rehash
from webapp.throttle import Throttle

WINDOW = 15 * 60.0  #: seconds in which failures are counted; after too many the door stays shut for the rest of them
#: Most failures of a login from one address, of a login from everywhere, of an address. The wide limits are generous:
#: a whole house may share one address, and nobody shall be able to lock a colleague out by a few wrong guesses.
LIMITS = {"pair": 8, "login": 60, "address": 120}


def _brakes() -> dict[str, Throttle]:
    """One set for each application."""
    made: dict[str, Throttle] = current_app.extensions.setdefault(
        "sign-in brakes", {name: Throttle(limit, WINDOW) for name, limit in LIMITS.items()}
    )
    return made


def _keys(login: str) -> dict[str, str]:
    name, address = login.lower()[:100], _address()
    return {"pair": f"{name} {address}", "login": name, "address": address}


def wait_for(login: str) -> int:
    """Seconds until this login may be tried again from this address."""
    keys = _keys(login)
    return max(brake.wait(keys[name]) for name, brake in _brakes().items())


def check(login: str, password: str) -> tuple[Person, int] | None:
    """The person and their session epoch if login and password are right. Every try is recorded."""
    people = get_engine().people
    found = people.by_login(login)
    right = check_password(found[1] if found else None, password)
    if found and right and found[0].active:
        _count(login, ok=True)
        people.record_sign_in(found[0].id, True, _address())
        if needs_rehash(found[1]):
            people.rehash(found[0].id, hash_password(password))
        return found[0], found[2]
    _count(login, ok=False)
    if found:
        people.record_sign_in(found[0].id, False, _address())
    log.warning("sign-in refused", known=found is not None)
    return None


def begin(person_id: str, epoch: int) -> None:
    """A new session; nothing of an older one stays."""
    session.clear()
    session.permanent = True
    session["person_id"] = person_id
    session["epoch"] = epoch


def _count(login: str, *, ok: bool) -> None:
    keys = _keys(login)
    for name, brake in _brakes().items():
        if not ok:
            brake.failed(keys[name])
        elif name != "address":
            brake.succeeded(keys[name])


def _address() -> str:
    return request.remote_addr or "unknown"
