# SPDX-License-Identifier: Apache-2.0
"""Beginning and ending a session, and the brake on guessed passwords."""

from __future__ import annotations

from flask import current_app, request, session

from engine.values import Person
from webapp.ext import get_engine
from webapp.log import log
from webapp.passwords import check_password, hash_password, needs_rehash
from webapp.throttle import Throttle

TRIES = 8  #: failures of one login or twenty of one address …
WINDOW = 15 * 60.0  #: … within this many seconds, then the door stays shut for the rest of them


def brakes() -> tuple[Throttle, Throttle]:
    """By login and by address; one pair for each application."""
    made: tuple[Throttle, Throttle] = current_app.extensions.setdefault(
        "sign-in brakes", (Throttle(TRIES, WINDOW), Throttle(20, WINDOW))
    )
    return made


def wait_for(login: str) -> int:
    """Seconds until this login may be tried again from this address."""
    by_login, by_address = brakes()
    return max(by_login.wait(login.lower()), by_address.wait(_address()))


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
    by_login, by_address = brakes()
    if ok:
        by_login.succeeded(login.lower())
        return
    by_login.failed(login.lower())
    by_address.failed(_address())


def _address() -> str:
    return request.remote_addr or "unknown"
