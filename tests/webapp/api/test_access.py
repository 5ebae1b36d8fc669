# SPDX-License-Identifier: Apache-2.0
"""Who may call the API: a token, or a session with its CSRF token. Nothing else."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.api.conftest import PROCESS, Caller
from tests.webapp.browsing import Browser


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic ZGFuYTp4", "nonsense"])
def test_without_a_known_token_nothing_is_told(app: Flask, header: str) -> None:
    """Every way of not being known gets 401, says how to sign in, and tells nothing."""
    headers = {"Authorization": header} if header else {}
    answer = app.test_client().get("/api/v1/cases", headers=headers)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_acts_as_its_person(dana_calls: Caller) -> None:
    """The caller is the person the token was made for, with that person's roles."""
    assert dana_calls.get("/me").json == {
        "id": "dana",
        "name": "Dana",
        "email": "dana@example.org",
        "roles": ["desk"],
        "active": True,
        "deputy_id": None,
    }


def test_a_withdrawn_token_is_unknown_at_once(app: Flask, engine: Engine) -> None:
    """Dropping a token ends its use with the next request."""
    token_id = engine.people.add_token(SYSTEM, "dana", hashlib.sha256(b"short-lived").hexdigest(), "test")
    caller = Caller(app, "short-lived")
    assert caller.get("/me").status_code == 200
    engine.people.drop_token(SYSTEM, "dana", token_id)
    assert caller.get("/me").status_code == 401


def test_the_token_of_somebody_who_left_is_unknown(dana_calls: Caller, engine: Engine) -> None:
    """An inactive person's programs stop with them."""
    engine.people.set_active(SYSTEM, "dana", False)
    assert dana_calls.get("/me").status_code == 401


def test_a_signed_in_browser_may_read(dana: Browser) -> None:
    """A page's own scripts use the session."""
    assert dana.fetch("/api/v1/me").json["id"] == "dana"


def test_a_cookie_alone_cannot_write(dana: Browser, engine: Engine) -> None:
    """A foreign page can make a browser send its cookie, but not the CSRF token: nothing is started."""
    refused = dana.post_json("/api/v1/cases", {"process_id": PROCESS}, token="")
    assert refused.status_code == 419
    assert engine.cases(SYSTEM).total == 0
    assert dana.post_json("/api/v1/cases", {"process_id": PROCESS}).status_code == 201


def test_answers_are_not_kept(dana_calls: Caller) -> None:
    """Neither a proxy nor a browser keeps what was told."""
    assert "no-store" in dana_calls.get("/tasks").headers["Cache-Control"]
