# SPDX-License-Identifier: Apache-2.0
"""The one page of the first run."""

from __future__ import annotations

from flask import current_app, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect

from engine import Engine
from engine.errors import Conflict
from engine.values import Actor
from webapp import passwords
from webapp.auth import sessions
from webapp.config import WebConfig
from webapp.ext import get_engine, site_zone
from webapp.first_code import is_code
from webapp.first_run import present
from webapp.replies import is_htmx, see, wants_page

_OPEN = {"first_run", "health", "metrics", "api"}


def lead_here() -> ResponseReturnValue | None:
    """For ``before_request`` of all: while nobody exists a page is this page."""
    if request.endpoint == "static" or request.blueprint in _OPEN or not wants_page() or not _is_first():
        return None
    return redirect(url_for("first_run.show"), 303)


def show() -> ResponseReturnValue:
    """The page; htmx asks for the parts of a country alone."""
    if not _is_first():
        raise NotFound
    if is_htmx():
        parts = get_engine().parts_of(request.args.get("country", ""))
        return render_template("first_run/_region.html", parts=parts, region="", faults={})
    return _page(present.empty(site_zone().key, request.args.get("code", "")))


def begin() -> ResponseReturnValue:
    """Make the first administrator and the calendar, sign the person in, and begin with the management system."""
    if not _is_first():
        raise NotFound
    engine, config = get_engine(), _config()
    typed = present.typed(engine, request.form)
    if not is_code(config.secret_key, typed.code):
        typed.faults["code"] = "This is not the code. It stands where “fitsm up” was started."
    if typed.faults:
        return _page(typed), 422
    secret = passwords.hash_password(typed.person.password)
    try:
        person = engine.begin(typed.person.person, typed.person.login, secret, typed.calendar)
    except Conflict:
        return see(url_for("auth.sign_in"), "Somebody was faster and has set this installation up.", kind="warning")
    session.clear()
    sessions.begin(person.id, engine.people.session_epoch(person.id))
    notice = f"Welcome, {person.name}. Add your colleagues under People."
    return see(_first_step(engine, Actor(person.id, person.roles), typed), notice)


def _first_step(engine: Engine, actor: Actor, typed: present.Typed) -> str:
    """Where to go on: into the case that establishes the management system, if that was wanted."""
    if not typed.establish or present.ESTABLISH not in {one.process_id for one in engine.startable(actor)}:
        return url_for("home.show")
    case = engine.start(actor, present.ESTABLISH)
    mine = [task for task in engine.case(actor, case.id).tasks if task.claimed_by == actor.person_id]
    return url_for("tasks.show", task_id=mine[0].id) if mine else url_for("cases.show", case_id=case.id)


def _page(typed: present.Typed) -> str:
    engine = get_engine()
    return render_template(
        "first_run/show.html", typed=typed, faults=typed.faults, countries=engine.countries(),
        parts=engine.parts_of(typed.country), zones=present.zones(), days=present.day_names(),
        may_establish=any(one.process_id == present.ESTABLISH for one in engine.definitions()),
        may_manage=any(role.id == present.SMS_MANAGER for role in engine.roles()),
    )  # fmt: skip


def _is_first() -> bool:
    """Whether nobody exists. Once somebody does it is not asked again: people are never deleted."""
    if not current_app.extensions.get("begun"):
        current_app.extensions["begun"] = not get_engine().people.is_nobody()
    return not current_app.extensions["begun"]


def _config() -> WebConfig:
    found: WebConfig = current_app.config["WEB"]
    return found
