# SPDX-License-Identifier: Apache-2.0
"""My work: from the list over the form to the next task, and what happens when two people want the same."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser, parts
from tests.webapp.conftest import PASSWORD

ANSWER = {"answer": "It is on your desk.", "effort": "1"}


def open_task(engine: Engine, case_id: str) -> str:
    return next(task.id for task in engine.case(SYSTEM, case_id).tasks if task.state == "open")


@pytest.fixture
def task(engine: Engine, request_case: str) -> str:
    """The task of answering the request; nobody works on it yet."""
    return open_task(engine, request_case)


def test_starting_opens_the_first_form(dana: Browser) -> None:
    """One click starts a case, and its first form is mine."""
    dana.open("/cases/start")
    answer = dana.send("/cases/start/DESK_handle_request")
    assert answer.status_code == 303
    page = dana.open(answer.location).text
    shown = parts(page)
    assert list(shown["schema"]["properties"]) == ["title", "urgent", "follows"]
    assert "$ref" not in str(shown["schema"])
    assert shown["ui"]["urgent"] == {"ui:widget": "radio"}


def test_instructions_are_markdown_and_never_run(dana: Browser) -> None:
    """Owners write Markdown; HTML in it is shown as text."""
    page = dana.open(dana.send("/cases/start/DESK_handle_request").location).text
    assert "<strong>what</strong>" in page
    assert "<script>alert" not in page


def test_the_list_shows_what_waits_and_why(sam: Browser, task: str) -> None:
    """Priority, due time, case and reason stand in the row; the next task is on top."""
    page = sam.open("/").text
    assert "Next for you" in page
    assert f"/tasks/{task}" in page
    for text in ("Answer the request", "REQ-1", "A second screen", "Offered to Support", "prio-P2", "Due"):
        assert text in page


def test_filters_narrow_the_list(sam: Browser, task: str) -> None:
    """By search, scope and overdue; htmx gets the list alone."""
    assert task in sam.open("/?q=screen").text
    assert "No task matches" in sam.open("/?q=nothing+like+it").text
    assert "No task matches" in sam.open("/?overdue=1").text
    assert "You are not working on anything" in sam.open("/?scope=mine").text
    piece = sam.open("/?scope=group", htmx=True).text
    assert task in piece
    assert "<html" not in piece


def test_nothing_to_do_says_what_next(app: Flask) -> None:
    """An empty list is no dead end."""
    page = Browser(app).sign_in("guest", PASSWORD).open("/").text
    assert "Nothing waits for you" in page
    assert "/cases/start" in page


def test_taking_a_task_changes_its_row_and_opens_its_form(sam: Browser, task: str) -> None:
    """In the list only the row changes; the task's page then has the form."""
    sam.open("/")
    row = sam.send(f"/tasks/{task}/claim", htmx=True)
    assert row.status_code == 200
    assert "You are working on it" in row.text
    assert " autofocus" in row.text, "whoever works by keyboard stays where they are"
    assert 'hx-target="#notices"' in row.text
    assert " autofocus" not in sam.open("/").text
    assert "<html" not in row.text
    assert 'data-island="form"' in sam.open(f"/tasks/{task}").text


def test_giving_back_offers_it_again(sam: Browser, task: str) -> None:
    """A released task is offered to its group."""
    sam.send(f"/tasks/{task}/claim")
    assert sam.send(f"/tasks/{task}/release").status_code == 303
    assert "Nobody works on this task yet" in sam.open(f"/tasks/{task}").text


def test_completing_leads_to_the_case(sam: Browser, task: str, request_case: str) -> None:
    """When nothing more is mine in the case, the case's page says that it is done."""
    sam.send(f"/tasks/{task}/claim")
    answer = sam.post_json(f"/tasks/{task}/complete", {"data": ANSWER, "key": "k-1"})
    assert (answer.status_code, answer.json) == (200, {"location": f"/cases/{request_case}"})
    assert "with it the whole case" in sam.open(f"/cases/{request_case}").text


def test_sending_twice_is_done_once(engine: Engine, sam: Browser, task: str, request_case: str) -> None:
    """A double click or a repeated request gets the first answer."""
    sam.send(f"/tasks/{task}/claim")
    first = sam.post_json(f"/tasks/{task}/complete", {"data": ANSWER, "key": "k-1"})
    second = sam.post_json(f"/tasks/{task}/complete", {"data": ANSWER, "key": "k-1"})
    assert first.json == second.json
    done = [task for task in engine.case(SYSTEM, request_case).tasks if task.element == "Task_Answer"]
    assert [task.state for task in done] == ["completed"]


def test_faults_come_back_to_their_fields(sam: Browser, task: str) -> None:
    """The server checks the same schema; each fault names its field."""
    sam.send(f"/tasks/{task}/claim")
    answer = sam.post_json(f"/tasks/{task}/complete", {"data": {"answer": 5}})
    assert answer.status_code == 422
    assert answer.json is not None
    assert ["answer"] in [error["path"] for error in answer.json["errors"]]
    assert all(error["message"] for error in answer.json["errors"])


@pytest.mark.parametrize("body", [[], {}, {"data": []}, {"data": {}, "key": 5}, "text"])
def test_a_body_of_another_shape_is_refused(sam: Browser, task: str, body: object) -> None:
    """400 with a sentence; nothing breaks."""
    answer = sam.post_json(f"/tasks/{task}/complete", body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert "JSON" in answer.json["detail"] or "text" in answer.json["detail"]


def test_a_draft_is_kept(sam: Browser, task: str) -> None:
    """What was typed comes back, though it is not complete."""
    sam.send(f"/tasks/{task}/claim")
    assert sam.post_json(f"/tasks/{task}/draft", {"data": {"answer": "half a sen"}}).status_code == 204
    page = sam.open(f"/tasks/{task}").text
    assert parts(page)["value"]["answer"] == "half a sen"
    assert "Draft saved" in page
    assert "draft kept" in sam.open("/").text


def test_only_one_of_two_people_gets_a_task(app: Flask, engine: Engine, dana: Browser) -> None:
    """The second is told who works on it, at the place of the list."""
    case = engine.start(engine.people.actor("dana"), "DESK_handle_request")
    task = open_task(engine, case.id)
    dora = Browser(app).sign_in("dora", PASSWORD)
    answer = dora.send(f"/tasks/{task}/claim", htmx=True)
    assert answer.status_code == 409
    assert "Dana" in answer.text
    assert "<html" not in answer.text
    assert "Dana is working on this task" in dora.open(f"/tasks/{task}").text


def test_a_stale_form_is_told_what_happened(sam: Browser, task: str) -> None:
    """Somebody completed it meanwhile: 409 with words and a link; the page says who did it."""
    sam.send(f"/tasks/{task}/claim")
    sam.post_json(f"/tasks/{task}/complete", {"data": ANSWER, "key": "first tab"})
    late = sam.post_json(f"/tasks/{task}/complete", {"data": {**ANSWER, "effort": "2"}, "key": "second tab"})
    assert late.status_code == 409
    assert late.json is not None
    assert late.json["location"] == f"/tasks/{task}"
    assert late.json["message"]
    page = sam.open(f"/tasks/{task}")
    assert page.status_code == 200
    assert "This task is done" in page.text


def test_signed_out_in_the_middle_keeps_the_data_in_the_page(sam: Browser, task: str) -> None:
    """An island is told 401 and where to sign in, not sent a page."""
    sam.send(f"/tasks/{task}/claim")
    sam.send("/sign-out")
    token = sam.fetch("/session.json").json
    assert token is not None
    answer = sam.post_json(f"/tasks/{task}/complete", {"data": ANSWER}, token=token["csrf_token"])
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["location"] == "/sign-in"


def test_a_lead_assigns_a_task(app: Flask, engine: Engine, task: str) -> None:
    """The page offers the people of the task's role."""
    lea = Browser(app).sign_in("lea", PASSWORD)
    assert "Sam" in lea.open(f"/tasks/{task}").text
    assert lea.send(f"/tasks/{task}/assign", person_id="sam").status_code == 303
    assert engine.task(SYSTEM, task).assignee == "sam"


@pytest.mark.parametrize(
    ("part", "text"), [("diagram", 'data-island="viewer"'), ("data", "A second screen"), ("history", "timeline")]
)
def test_the_case_stands_beside_the_task(sam: Browser, task: str, part: str, text: str) -> None:
    """Diagram, key data and history; as a piece for htmx and as a page of its own."""
    assert text in sam.open(f"/tasks/{task}/side/{part}", htmx=True).text
    page = sam.open(f"/tasks/{task}/side/{part}").text
    assert text in page
    assert "<html" in page


def test_a_form_is_never_sent_in_somebody_elses_name(app: Flask, sam: Browser, task: str) -> None:
    """Another person signed in to the same browser meanwhile: the page's form is refused, the data stays in it."""
    sam.send(f"/tasks/{task}/claim")
    assert f"/tasks/{task}/complete?as=sam" in sam.open(f"/tasks/{task}").text
    sam.sign_in("dana", PASSWORD)
    answer = sam.post_json(f"/tasks/{task}/complete?as=sam", {"data": ANSWER})
    assert answer.status_code == 409
    assert answer.json is not None
    assert "Somebody else is signed in" in answer.json["message"]
