# SPDX-License-Identifier: Apache-2.0
"""Pages of signing in and out."""

from __future__ import annotations

from flask import abort, current_app, flash, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from webapp import demo, passwords
from webapp.auth import present, sessions
from webapp.ext import current_actor, current_person, get_engine
from webapp.replies import local_path, see


def sign_in() -> ResponseReturnValue:
    """The sign-in page; somebody signed in already goes on at once."""
    target = local_path(request.args.get("next"))
    if current_person() is not None:
        return redirect(target or url_for("home.show"), 303)
    return render_template("auth/sign_in.html", next=target, samples=_samples(), login="", fault="")


def check() -> ResponseReturnValue:
    """Login and password; the same answer for an unknown login and a wrong password."""
    return _try(request.form.get("login", "").strip(), request.form.get("password", ""))


def sign_in_as() -> ResponseReturnValue:
    """One click for a person of the sample organisation; only where the demonstration is on.

    It is an ordinary sign-in with the sample password: it opens nothing for anybody who has another one.
    """
    login = request.form.get("login", "")
    if not current_app.config["DEMO"] or not present.is_sample(login):
        abort(404)
    return _try(login, demo.SAMPLE_PASSWORD)


def _try(login: str, password: str) -> ResponseReturnValue:
    target = local_path(request.form.get("next"))
    wait = sessions.wait_for(login)
    found = None if wait else sessions.check(login, password)
    if found is not None:
        sessions.begin(found[0].id, found[1])
        return redirect(target or url_for("home.show"), 303)
    fault = present.wait_words(wait) if wait else "Login and password do not match. Check both and try again."
    page = render_template("auth/sign_in.html", next=target, samples=_samples(), login=login, fault=fault)
    return page, 429 if wait else 422


def sign_out() -> ResponseReturnValue:
    """End this session."""
    session.clear()
    flash("You are signed out.", "success")
    return redirect(url_for("auth.sign_in"), 303)


def account() -> ResponseReturnValue:
    """Who am I: roles, and the forms for a new password and for access tokens."""
    return _account_page()


def change_password() -> ResponseReturnValue:
    """A new password; all other sessions of this person end."""
    actor, people, form = current_actor(), get_engine().people, request.form
    fault = present.password_fault(actor.person_id, form)
    if fault:
        return _account_page(fault=fault), 422
    people.set_password(actor, actor.person_id, passwords.hash_password(form["new"]))
    sessions.begin(actor.person_id, people.session_epoch(actor.person_id))
    return see(url_for("auth.account"), "Your password is changed. Your other sessions have ended.")


def add_token() -> ResponseReturnValue:
    """A token with which a program acts for this person; shown this once, kept only as a hash."""
    actor = current_actor()
    label = request.form.get("label", "").strip()[:80] or "without a name"
    token, fingerprint = passwords.new_token()
    get_engine().people.add_token(actor, actor.person_id, fingerprint, label)
    return _account_page(token=token)


def drop_token(token_id: str) -> ResponseReturnValue:
    """Withdraw a token; programs that use it are refused from now on."""
    actor = current_actor()
    get_engine().people.drop_token(actor, actor.person_id, token_id)
    return see(url_for("auth.account"), "The token is withdrawn.")


def _account_page(*, fault: str = "", token: str = "") -> str:
    actor = current_actor()
    tokens = [one for one in get_engine().people.tokens(actor, actor.person_id) if one.purpose == "api"]
    return render_template("auth/account.html", fault=fault, token=token, tokens=tokens)


def session_state() -> ResponseReturnValue:
    """Who is signed in now, and a fresh CSRF token, for an island that was told 401 or 419."""
    person = current_person()
    named = {"person_id": person.id, "name": person.name} if person else {"person_id": None, "name": None}
    answer = jsonify(signed_in=person is not None, csrf_token=generate_csrf(), **named)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _samples() -> tuple[present.Sample, ...]:
    return present.samples(get_engine()) if current_app.config["DEMO"] else ()
