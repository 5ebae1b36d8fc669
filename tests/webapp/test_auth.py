# SPDX-License-Identifier: Apache-2.0
"""Signing in and out."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import create_app
from webapp.config import WebConfig
from webapp.replies import local_path


def test_login_and_password_open_home(anonymous: Browser) -> None:
    """Who signs in lands on their home page, by name."""
    anonymous.open("/sign-in")
    answer = anonymous.send("/sign-in", login="dana", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/home")
    assert "Dana" in anonymous.open("/home").text


def test_unknown_login_and_wrong_password_look_the_same(anonymous: Browser) -> None:
    """Nobody learns from the answer which logins exist."""
    anonymous.open("/sign-in")
    wrong = anonymous.send("/sign-in", login="dana", password="not the password")
    unknown = anonymous.send("/sign-in", login="dina", password="not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert "do not match" in wrong.text
    assert wrong.text.replace("dana", "dina").count("do not match") == unknown.text.count("do not match")


def test_after_signing_in_the_wanted_page_opens(anonymous: Browser) -> None:
    """A link from a mail works for somebody who was signed out."""
    answer = anonymous.open("/cases/?state=running")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/cases/?state%3Drunning")
    anonymous.open(answer.location)
    answer = anonymous.send("/sign-in", login="dana", password=PASSWORD, next="/cases/?state=running")
    assert answer.location == "/cases/?state=running"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/x\n//y", ""]
)
def test_no_redirect_leaves_the_site(anonymous: Browser, target: str) -> None:
    """`next` is only ever a path of this host."""
    assert local_path(target) is None
    anonymous.open("/sign-in")
    assert anonymous.send("/sign-in", login="dana", password=PASSWORD, next=target).location == "/home"


def test_guessing_is_slowed_down(anonymous: Browser) -> None:
    """After eight failures a login stays shut for a while, even for the right password."""
    anonymous.open("/sign-in")
    for _ in range(8):
        assert anonymous.send("/sign-in", login="dana", password="wrong wrong").status_code == 422
    answer = anonymous.send("/sign-in", login="dana", password=PASSWORD)
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.text


def test_signing_out_ends_the_session(dana: Browser) -> None:
    """After signing out, pages ask to sign in again."""
    assert dana.send("/sign-out").location == "/sign-in"
    assert dana.open("/").status_code == 303


def test_a_new_password_ends_the_other_sessions(app: Flask, dana: Browser) -> None:
    """Whoever changes their password stays signed in here and nowhere else."""
    elsewhere = Browser(app).sign_in("dana", PASSWORD)
    answer = dana.send("/me/password", old=PASSWORD, new="quite another sentence", again="quite another sentence")
    assert answer.status_code == 303
    assert dana.open("/").status_code == 200
    assert elsewhere.open("/").status_code == 303
    Browser(app).sign_in("dana", "quite another sentence")


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", "quite another sentence", "quite another sentence", "present password is not right"),
        (PASSWORD, "short", "short", "at least 10 characters"),
        (PASSWORD, "quite another sentence", "quite another sentense", "differ"),
    ],
)
def test_a_password_that_will_not_do_is_explained(dana: Browser, old: str, new: str, again: str, said: str) -> None:
    """Nothing changes, and the page says why."""
    answer = dana.send("/me/password", old=old, new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text


def test_somebody_switched_off_is_out_at_once(engine: Engine, dana: Browser) -> None:
    """A session of a person who was switched off counts no longer."""
    engine.people.set_active(SYSTEM, "dana", False)
    assert dana.open("/").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(dana: Browser) -> None:
    """HttpOnly and SameSite=Lax always; Secure when the site is reached by HTTPS."""
    cookie = dana.send("/sign-out").headers.get("Set-Cookie") or ""
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure(config: WebConfig, engine: Engine) -> None:
    """With HTTPS the cookie never travels in the clear, and browsers are told to stay with HTTPS."""
    site = create_app(dataclasses.replace(config, https=True), engine).test_client()
    answer = site.get("/sign-in", headers={"Accept": "text/html"}, base_url="https://site.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_sample_people_are_offered_only_in_a_demonstration(anonymous: Browser) -> None:
    """Outside a demonstration there is no way in without a password."""
    assert "sample organisation" not in anonymous.open("/sign-in").text
    assert anonymous.send("/sign-in/as", login="dana").status_code == 404


def test_a_demonstration_opens_nothing_for_real_people(config: WebConfig, engine: Engine) -> None:
    """The one click signs in with the sample password: somebody with another password is not let in."""
    browser = Browser(create_app(dataclasses.replace(config, demo=True), engine))
    browser.open("/sign-in")
    assert browser.send("/sign-in/as", login="dana").status_code == 404
    assert browser.open("/").status_code == 303


def test_an_island_learns_who_is_signed_in_now(dana: Browser) -> None:
    """After 401 or 419 an island fetches the person and a token that works."""
    state = dana.fetch("/session.json").json
    assert state is not None
    assert (state["signed_in"], state["person_id"]) == (True, "dana")
    assert dana.send("/sign-out", token=state["csrf_token"]).status_code == 303
    state = dana.fetch("/session.json").json
    assert state is not None
    assert (state["signed_in"], state["person_id"]) == (False, None)


def test_a_token_is_shown_once_and_can_be_withdrawn(engine: Engine, app: Flask, dana: Browser) -> None:
    """A program acts with it in the person's name until it is withdrawn."""
    page = dana.send("/me/tokens", label="Monitoring").text
    token = page.split("fitsm_")[1].split("<")[0]
    assert "fitsm_" not in dana.open("/me").text
    headers = {"Authorization": f"Bearer fitsm_{token}"}
    assert app.test_client().get("/api/v1/tasks", headers=headers).status_code == 200
    (kept,) = engine.people.tokens(engine.people.actor("dana"), "dana")
    assert kept.label == "Monitoring"
    assert dana.send(f"/me/tokens/{kept.id}/drop").status_code == 303
    assert app.test_client().get("/api/v1/tasks", headers=headers).status_code == 401
