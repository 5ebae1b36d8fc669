# SPDX-License-Identifier: Apache-2.0
"""What may be begun in an ad hoc subprocess, as people see it: in the list, on its page, at the case."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM, Case
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD

SEARCH = """
    start S -> Search
    adhoc Search | role: lead -> E
      manual Look_at_it | role: support
      script Count | role: support | do: n = get_var("n", 0) + 1
    end E
"""


@pytest.fixture
def case(engine: Engine) -> Case:
    engine.publish(SYSTEM, diagram("SEARCH", SEARCH), "SEARCH/search.bpmn")
    return engine.start(SYSTEM, "SEARCH", {})


def offer(engine: Engine, case: Case, element: str) -> str:
    tasks = engine.case(SYSTEM, case.id).tasks
    return next(t.id for t in tasks if t.element == element and t.purpose != "work" and t.state == "open")


def test_the_list_shows_what_may_be_begun(engine: Engine, sam: Browser, case: Case) -> None:
    """With a button that begins it, and never as the next thing to do."""
    page = sam.open("/").text
    assert "May be begun, if it helps" in page
    assert f'action="/tasks/{offer(engine, case, "Look_at_it")}/choose"' in page
    assert "Next for you" not in page


def test_beginning_a_persons_task_opens_it(engine: Engine, sam: Browser, case: Case) -> None:
    """It is theirs at once, and may be begun once more."""
    sam.open("/")
    answer = sam.send(f"/tasks/{offer(engine, case, 'Look_at_it')}/choose", key="k")
    assert answer.status_code == 303
    page = sam.open(answer.location).text
    assert "“Look_at_it” is begun." in page
    assert 'data-island="form"' in page
    assert offer(engine, case, "Look_at_it")


def test_beginning_what_runs_by_itself_leads_to_the_case(engine: Engine, sam: Browser, case: Case) -> None:
    """Where it stands among what was done."""
    sam.open("/")
    answer = sam.send(f"/tasks/{offer(engine, case, 'Count')}/choose")
    assert answer.location == f"/cases/{case.id}"
    assert engine.case(SYSTEM, case.id).data == {"n": 1}


def test_an_offers_page_says_what_it_is(engine: Engine, sam: Browser, app: Flask, case: Case) -> None:
    """Before, and after somebody has chosen it."""
    sam.open("/")
    task = offer(engine, case, "Look_at_it")
    page = sam.open(f"/tasks/{task}").text
    assert "may be begun whenever it helps" in page
    assert "Take this task" not in page
    sam.send(f"/tasks/{task}/choose")
    assert "This was begun." in sam.open(f"/tasks/{task}").text
    lea = Browser(app).sign_in("lea", PASSWORD)
    assert "What may be begun" in lea.open(f"/cases/{case.id}").text


def test_the_lane_of_the_subprocess_finishes_it(engine: Engine, app: Flask, case: Case) -> None:
    """From the page of the case; others are not shown the button."""
    lea = Browser(app).sign_in("lea", PASSWORD)
    page = lea.open(f"/cases/{case.id}").text
    task = offer(engine, case, "Search")
    assert f'action="/tasks/{task}/choose"' in page
    assert f'action="/tasks/{offer(engine, case, "Count")}/choose"' not in page
    assert "when all is done" in lea.open("/").text
    lea.send(f"/tasks/{task}/choose")
    assert engine.case(SYSTEM, case.id).case.state == "completed"
    assert "This was finished." in lea.open(f"/tasks/{task}").text


def test_the_api_tells_purposes_and_chooses(engine: Engine, app: Flask, case: Case) -> None:
    """Completing without data."""
    sam = Browser(app).sign_in("sam", PASSWORD)
    listed = sam.fetch("/api/v1/tasks").json["items"]
    assert {(t["element"], t["purpose"]) for t in listed} == {("Look_at_it", "begin"), ("Count", "begin")}
    task = next(t["id"] for t in listed if t["element"] == "Count")
    answer = sam.post_json(f"/api/v1/tasks/{task}/complete", {})
    assert answer.status_code == 200, answer.text
    assert engine.case(SYSTEM, case.id).data == {"n": 1}
