# SPDX-License-Identifier: Apache-2.0
"""Calendars for other programs: addresses that people make and withdraw, and the feed behind each (RFC 5545).

A program that shows calendars cannot sign in, so the address holds a secret: an access token that is good for this alone.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from flask import Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from engine.values import Actor
from webapp import passwords
from webapp.calendar import ical
from webapp.calendar.items import SCOPES, folders_of, open_book
from webapp.ext import current_actor, get_engine, site_zone
from webapp.replies import see

PURPOSE = "calendar"


def index() -> ResponseReturnValue:
    """The addresses I have made."""
    return _page()


def add() -> ResponseReturnValue:
    """A new address, shown this once."""
    actor, engine = current_actor(), get_engine()
    of = request.form.get("of", "mine")
    if of not in SCOPES and of not in folders_of(engine).values():
        raise BadRequest("There is no such calendar.")
    token, fingerprint = passwords.new_token()
    engine.people.add_token(actor, actor.person_id, fingerprint, name_of(of), purpose=PURPOSE)
    address = url_for("calendar.feed", token=token, _external=True)
    return _page(f"{address}?{urlencode({'of': of})}" if of != "mine" else address)


def drop(token_id: str) -> ResponseReturnValue:
    """Withdraw an address; programs that use it are refused from now on."""
    actor = current_actor()
    people = get_engine().people
    if any(one.id == token_id and one.purpose == PURPOSE for one in people.tokens(actor, actor.person_id)):
        people.drop_token(actor, actor.person_id, token_id)
    return see(url_for("calendar.subscribe"), "The address is withdrawn.")


def feed(token: str) -> ResponseReturnValue:
    """The calendar of whoever made the address, as they may see it now."""
    engine = get_engine()
    person = engine.people.by_token(hashlib.sha256(token.encode()).hexdigest(), PURPOSE)
    if person is None:
        raise NotFound
    g.person = person
    of = request.args.get("of", "mine")
    book = open_book(engine, Actor(person.id, person.roles), site_zone())
    scope, folder = (of, "") if of in SCOPES else ("all", of)
    found = book.in_scope(scope, folder)
    written = ical.write(book, found, f"FitSM Flow: {name_of(of)}", request.host_url.rstrip("/"))
    answer = Response(written, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="fitsm-flow.ics"'
    return answer


def name_of(of: str) -> str:
    return SCOPES.get(of, of)


def _page(address: str = "") -> str:
    actor, engine = current_actor(), get_engine()
    tokens = [one for one in engine.people.tokens(actor, actor.person_id) if one.purpose == PURPOSE]
    folders = list(dict.fromkeys(folders_of(engine).values()))
    return render_template("calendar/subscribe.html", address=address, tokens=tokens, scopes=SCOPES, folders=folders)
