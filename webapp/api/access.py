# SPDX-License-Identifier: Apache-2.0
"""Who calls: a bearer token of a program, or the session of a signed-in person.

The API's blueprint is exempt from the general CSRF check, since a foreign page cannot send a bearer token. A session
cookie can be sent by one: requests that come with nothing but the cookie must carry the CSRF token, checked here.
"""

from __future__ import annotations

import hashlib

from flask import Response, g, request
from werkzeug.exceptions import Unauthorized

from engine.values import Actor
from webapp.ext import SignedOut, current_actor, get_engine
from webapp.security import csrf

OPEN = {"api.docs_docs", "api.docs_openapi"}  #: what may be read without signing in


def admit() -> None:
    """Find out who acts, for `current_actor`. Raises Unauthorized, or CSRFError for a cookie without its token."""
    if request.endpoint in OPEN:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise Unauthorized("Only bearer tokens are accepted: Authorization: Bearer …")
        _admit_token(token.strip())
        return
    try:
        current_actor()
    except SignedOut:
        raise Unauthorized("Send a token: Authorization: Bearer … (made with 'fitsm user token LOGIN').") from None
    csrf.protect()


def challenge(response: Response) -> Response:
    """Say how to sign in, as RFC 6750 asks; nothing the API answers is kept by caches."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="FitSM Flow"'
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _admit_token(token: str) -> None:
    person = get_engine().people.by_token(hashlib.sha256(token.encode()).hexdigest())
    if person is None:
        raise Unauthorized("This token is unknown or was withdrawn.")
    g.person, g.actor = person, Actor(person.id, person.roles)
