# SPDX-License-Identifier: Apache-2.0
"""Pages about people; everything but the search is for those who manage them."""

from __future__ import annotations

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import FormInvalid, NotFound
from engine.values import FieldError
from webapp import passwords
from webapp.ext import current_actor, get_engine, require
from webapp.people import present
from webapp.replies import is_htmx, posted_key, see

MOST = 200  #: people on one page


def search() -> ResponseReturnValue:
    """People for a picker: ``?q=`` and ``?role=`` search, ``?id=`` names one."""
    people, args = get_engine().people, request.args
    if person_id := args.get("id"):
        try:
            return jsonify([present.hit(people.get(person_id))])
        except NotFound:
            return jsonify([])
    found = people.find(args.get("q", "").strip(), role=args.get("role") or None, limit=10)
    return jsonify([present.hit(person) for person in found if person.active])


def index() -> ResponseReturnValue:
    """Everybody, with their roles."""
    require("people.manage")
    people, args = get_engine().people, request.args
    found = people.find(args.get("q", "").strip(), role=args.get("role") or None, limit=MOST, active_only=False)
    template = "people/_list.html" if is_htmx() else "people/index.html"
    return render_template(
        template, people=found, roles=get_engine().roles(), q=args.get("q", ""), chosen=args.get("role")
    )


def new() -> ResponseReturnValue:
    """The form for a new person."""
    require("people.manage")
    groups = present.by_process(get_engine().roles())
    return render_template("people/new.html", groups=groups, typed=None, faults={})


def add() -> ResponseReturnValue:
    """Add a person who can sign in."""
    require("people.manage")
    people = get_engine().people
    typed = present.new_person(request.form, get_engine().roles())
    if not typed.faults and people.by_login(typed.login):
        typed.faults["login"] = "Somebody has this login already."
    if typed.faults:
        groups = present.by_process(get_engine().roles())
        return render_template("people/new.html", groups=groups, typed=typed, faults=typed.faults), 422
    secret = passwords.hash_password(typed.password)
    people.add(current_actor(), typed.person, login=typed.login, password_hash=secret, key=posted_key())
    return see(url_for("people.index"), f"{typed.person.name} can now sign in as {typed.login}.")


def show(person_id: str) -> ResponseReturnValue:
    """One person: roles, password, active or not."""
    require("people.manage")
    people = get_engine().people
    context = {"person": people.get(person_id), "login": people.login_of(person_id)}
    context["others"] = [each for each in people.find(limit=MOST) if each.id != person_id]
    return render_template("people/show.html", groups=present.by_process(get_engine().roles()), **context)


def set_details(person_id: str) -> ResponseReturnValue:
    """Name, e-mail and deputy."""
    people = get_engine().people
    changed = present.changed(people.get(person_id), request.form)
    if changed.deputy_id:
        people.get(changed.deputy_id)
    people.update(current_actor(), changed, posted_key())
    return _back(person_id, "The details are changed.")


def set_roles(person_id: str) -> ResponseReturnValue:
    """Give a person exactly the ticked roles."""
    chosen = present.chosen_roles(request.form, get_engine().roles())
    get_engine().people.set_roles(current_actor(), person_id, chosen, posted_key())
    return _back(person_id, "The roles are changed. They count from the next click on.")


def set_password(person_id: str) -> ResponseReturnValue:
    """A new password set by an administrator; the person's sessions end."""
    require("people.manage")
    password = request.form.get("password", "")
    if fault := passwords.fault_of(password):
        raise FormInvalid([FieldError(("password",), fault)])
    get_engine().people.set_password(current_actor(), person_id, passwords.hash_password(password), posted_key())
    return _back(person_id, "The password is changed and the person's sessions have ended.")


def set_active(person_id: str) -> ResponseReturnValue:
    """Let a person in or keep them out; what they did stays in the history."""
    active = request.form.get("active") == "yes"
    get_engine().people.set_active(current_actor(), person_id, active, posted_key())
    return _back(person_id, "The person can sign in again." if active else "The person can no longer sign in.")


def _back(person_id: str, notice: str) -> ResponseReturnValue:
    return see(url_for("people.show", person_id=person_id), notice)
