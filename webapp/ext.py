# SPDX-License-Identifier: Apache-2.0
"""The bridge between a request and the engine: which engine, who acts, may they, whose clocks count.

Nothing else lives here: no rules, no queries, no pages.
"""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, g, session

from engine import Engine
from engine.errors import NotAllowed
from engine.values import Actor, Person


class SignedOut(Exception):
    """Nobody is signed in, or the session has ended."""


def get_engine() -> Engine:
    """The engine this application was built with."""
    return cast("Engine", current_app.extensions["engine"])


def site_zone() -> ZoneInfo:
    """Whose local time the pages show and people mean."""
    if "zone" not in g:
        g.zone = ZoneInfo(str(get_engine().time_zone()))
    return cast("ZoneInfo", g.zone)


def current_person() -> Person | None:
    """The person of this session; None when nobody is signed in or the session was ended elsewhere."""
    if "person" not in g:
        g.person = _person_of_session()
    return cast("Person | None", g.person)


def current_actor() -> Actor:
    """Who acts in this request. Raises SignedOut."""
    if "actor" not in g:
        person = current_person()
        if person is None:
            raise SignedOut
        g.actor = Actor(person.id, person.roles)
    return cast("Actor", g.actor)


def login_required() -> None:
    """For ``before_request``: nobody passes without a session. Raises SignedOut."""
    current_actor()


def may(action: str, subject: object = None) -> bool:
    """May the signed-in person do this? False for nobody."""
    return current_person() is not None and get_engine().may(current_actor(), action, subject)


def require(action: str, subject: object = None) -> None:
    """Raise NotAllowed unless the signed-in person may do this."""
    if not get_engine().may(current_actor(), action, subject):
        raise NotAllowed(
            "You are not allowed to open this page.",
            hint="Ask an administrator for the role if your work needs it.",
        )


def _person_of_session() -> Person | None:
    """A session counts only as long as the person is active and its epoch is the current one."""
    person_id = session.get("person_id")
    if not isinstance(person_id, str):
        return None
    epoch = session.get("epoch")
    return get_engine().people.of_session(person_id, epoch) if isinstance(epoch, int) else None
