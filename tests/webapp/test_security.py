# SPDX-License-Identifier: Apache-2.0
"""What protects the pages: CSRF tokens, headers, caching."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import TimestampSigner

from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD


def test_every_change_needs_a_csrf_token(app: Flask, dana: Browser) -> None:
    """No POST route of the pages works without the token of this session."""
    named = {
        "task_id": "x",
        "case_id": "x",
        "process_id": "x",
        "register": "x",
        "record_id": "x",
        "person_id": "x",
        "token_id": "x",
        "call_id": "x",
        "migration_id": "x",
        "element": "x",
        "role_id": "x",
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("api."):
            path = adapter.build(rule.endpoint, {k: v for k, v in named.items() if k in rule.arguments}, method="POST")
            assert dana.send(path, token="").status_code == 419, path
            assert dana.post_json(path, {"data": {}}, token="forged").status_code == 419, path


def test_a_stale_token_is_explained_to_people_and_scripts(dana: Browser) -> None:
    """People get a page in plain words, islands a problem they understand."""
    page = dana.send("/cases/start/DESK_handle_request", token="old")
    assert "This page has been open too long" in page.text
    problem = dana.post_json("/tasks/x/complete", {"data": {}}, token="old")
    assert problem.mimetype == "application/problem+json"
    assert problem.json is not None
    assert problem.json["code"] == "csrf"


@pytest.mark.parametrize("path", ["/sign-in", "/", "/cases/", "/nowhere", "/healthz", "/session.json"])
def test_every_answer_carries_a_strict_policy(dana: Browser, path: str) -> None:
    """Pages, errors and data alike: own scripts and styles only, no frames, no sniffing."""
    headers = dana.open(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/cases/", "/registers/", "/studio/", "/cases/start", "/me"])
def test_pages_hold_nothing_that_the_policy_blocks(dana: Browser, path: str) -> None:
    """No inline style, no inline handler, no inline script: they would silently do nothing."""
    text = dana.open(path).text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "<script>" not in text


def test_pages_of_signed_in_people_are_not_kept_by_caches(dana: Browser) -> None:
    """Somebody else at the same machine cannot go back into them."""
    assert dana.open("/").headers["Cache-Control"] == "private, no-store"


def test_each_answer_names_its_request(dana: Browser) -> None:
    """The number on an error page is the one in the log; a proxy's number is kept, rubbish is not."""
    assert len(dana.open("/").headers["X-Request-ID"]) == 32
    kept = dana.client.get("/healthz", headers={"X-Request-ID": "abcd-1234-efgh"})
    assert kept.headers["X-Request-ID"] == "abcd-1234-efgh"
    replaced = dana.client.get("/healthz", headers={"X-Request-ID": "x y"})
    assert replaced.headers["X-Request-ID"] != "x y"


def test_a_session_is_signed_anew_only_now_and_then(app: Flask, dana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lives on as long as it is used, but not every answer carries a cookie; one that is too old is none."""
    assert "Set-Cookie" not in dana.open("/cases/").headers

    def signed(before: timedelta) -> Browser:
        with monkeypatch.context() as past:
            then = int(time.time() - before.total_seconds())
            past.setattr(TimestampSigner, "get_timestamp", lambda _: then)
            past.setattr("webapp.security.now", lambda: then)
            return Browser(app).sign_in("dana", PASSWORD)

    lifetime = app.permanent_session_lifetime
    browser = signed(lifetime / 10)
    assert "fitsm_session=" in browser.open("/cases/").headers["Set-Cookie"]
    assert "Set-Cookie" not in browser.open("/cases/").headers
    assert signed(lifetime * 0.99).open("/cases/").status_code == 200
    assert signed(lifetime * 1.01).open("/cases/").status_code == 303


def test_a_forged_session_is_none(app: Flask, dana: Browser) -> None:
    """Whatever was changed in it."""
    cookie = dana.client.get_cookie("fitsm_session")
    assert cookie is not None
    for forged in (cookie.value[:-1], "x" + cookie.value, "", "."):
        browser = Browser(app)
        browser.client.set_cookie("fitsm_session", forged)
        assert browser.open("/cases/").status_code == 303
