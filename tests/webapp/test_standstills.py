# SPDX-License-Identifier: Apache-2.0
"""What stands still: who sees it, what it shows, and what may be done about it."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser, parts
from tests.webapp.conftest import PASSWORD
from tests.webapp.services import give_up, retrying


@pytest.fixture
def lea(app: Flask) -> Browser:
    """The lead, who may correct cases."""
    return Browser(app).sign_in("lea", PASSWORD)


@pytest.fixture
def call_id(engine: Engine) -> str:
    return give_up(engine)


def state(engine: Engine, call_id: str) -> str:
    [call] = engine.case(SYSTEM, call_id.partition(".")[0]).calls
    return call.state


def test_nothing_stands_still(lea: Browser) -> None:
    """The empty page says so, and the menu shows no number."""
    page = lea.open("/standstills/").text
    assert "Nothing stands still" in page
    assert "app-nav-count" not in page


def test_it_is_for_those_who_can_help_own_or_run_it(app: Flask, dana: Browser) -> None:
    """Others neither see the page nor the entry in the menu."""
    assert dana.open("/standstills/").status_code == 403
    assert "/standstills/" not in dana.open("/cases/").text
    for login in ("lea", "otto", "root"):
        assert Browser(app).sign_in(login, PASSWORD).open("/standstills/").status_code == 200


def test_a_failed_call_is_shown_with_all_that_is_known(engine: Engine, lea: Browser, call_id: str) -> None:
    """Case, element, cause, attempts, request key; a number in the menu on every page."""
    page = lea.open("/standstills/").text
    [call] = engine.troubled_calls(SYSTEM)
    assert (call.id, call.state, call.attempts) == (call_id, "failed", 1)
    for text in ("Ask the depot", "http/post", "is no http address", call.key, "Call_Depot"):
        assert str(text) in page
    assert f"/cases/{call.case_id}" in page
    assert '<span class="app-nav-count">1<' in lea.open("/cases/").text
    of_case = lea.open(f"/cases/{call.case_id}").text
    assert parts(of_case)["markers"]["failed"] == ["Call_Depot"]
    assert call.key in of_case
    assert f"/standstills/calls/{call_id}/retry" in of_case


def test_who_owns_the_process_is_told_who_can_help(app: Flask, call_id: str) -> None:
    """No button that would be refused."""
    page = Browser(app).sign_in("otto", PASSWORD).open("/standstills/").text
    assert "is no http address" in page
    assert "/retry" not in page
    assert "right to correct cases" in page


def test_call_again(engine: Engine, lea: Browser, call_id: str) -> None:
    """It is on its way once, however often the button is pressed; the history says who."""
    lea.open("/standstills/")
    for _ in range(2):
        answer = lea.send(f"/standstills/calls/{call_id}/retry", key="k1", back="list")
        assert (answer.status_code, answer.location) == (303, "/standstills/")
    assert state(engine, call_id) == "pending"
    retried = [e.actor for e in engine.history(SYSTEM, call_id.partition(".")[0]) if e.kind == "service.retried"]
    assert retried == ["lea"]


def test_skip_with_a_reason(engine: Engine, lea: Browser, call_id: str) -> None:
    """The case goes on with the answer; reason and answer are in its history."""
    case_id = call_id.partition(".")[0]
    lea.open(f"/cases/{case_id}")
    answer = lea.send(
        f"/standstills/calls/{call_id}/skip", reason="Ordered by telephone", result='{"number": 7}', back="case"
    )
    assert (answer.status_code, answer.location) == (303, f"/cases/{case_id}")
    view = engine.case(SYSTEM, case_id)
    assert (view.data["depot"], view.calls) == ({"number": 7}, ())
    assert engine.history(SYSTEM, case_id)[-1].payload["inputs"]["skipped"] == "Ordered by telephone"


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"reason": " "}, "Say why the case can go on"), ({"reason": "Because", "result": "{number"}, "no JSON value")],
)
def test_a_skip_that_is_not_filled_in_is_refused(
    engine: Engine, lea: Browser, call_id: str, fields: dict[str, str], says: str
) -> None:
    """With what to write; nothing has happened."""
    lea.open("/standstills/")
    answer = lea.send(f"/standstills/calls/{call_id}/skip", **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert state(engine, call_id) == "failed"


@pytest.mark.parametrize("action", ["retry", "skip"])
def test_nobody_else_may_help(engine: Engine, dana: Browser, call_id: str, action: str) -> None:
    """Nor may a page of another site press the button."""
    dana.open("/cases/")
    assert dana.send(f"/standstills/calls/{call_id}/{action}", reason="x").status_code == 403
    assert dana.send(f"/standstills/calls/{call_id}/{action}", token="wrong", reason="x").status_code == 419
    assert state(engine, call_id) == "failed"


def test_a_call_that_is_over_or_never_was(lea: Browser, call_id: str) -> None:
    """Both say so."""
    lea.open("/standstills/")
    assert lea.send("/standstills/calls/none.1.Call/retry").status_code == 404
    lea.send(f"/standstills/calls/{call_id}/retry")
    assert lea.send(f"/standstills/calls/{call_id}/retry").status_code == 409


def test_what_is_tried_again_by_itself_is_shown_apart(engine: Engine, lea: Browser) -> None:
    """With its next time; it counts as nothing to do."""
    call_id = retrying(engine)
    page = lea.open("/standstills/").text
    [call] = engine.troubled_calls(SYSTEM)
    assert (call.id, call.state) == (call_id, "pending")
    assert "will be called again by themselves" in page
    assert "1 of 4" in page
    assert "app-nav-count" not in page
    assert "tried 1 time" in lea.open(f"/cases/{call.case_id}").text


def test_a_held_case_is_listed_with_its_cause(engine: Engine, lea: Browser, request_case: str) -> None:
    """And can be tried again from there."""
    sam = engine.people.actor("sam")
    task = next(task for task in engine.case(SYSTEM, request_case).tasks if task.state == "open")
    engine.complete(sam, task.id, {"answer": "Soon.", "effort": "many"})
    page = lea.open("/standstills/").text
    assert f"/cases/{request_case}/retry" in page
    assert "app-nav-count" in page
