# SPDX-License-Identifier: Apache-2.0
"""Cases: finding, following, mending and ending them."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser, parts
from tests.webapp.conftest import PASSWORD


@pytest.fixture
def lea(app: Flask) -> Browser:
    return Browser(app).sign_in("lea", PASSWORD)


@pytest.fixture
def stuck(engine: Engine, request_case: str) -> str:
    """A case whose gateway asks for a number and got a word."""
    sam = engine.people.actor("sam")
    task = next(task for task in engine.case(SYSTEM, request_case).tasks if task.state == "open")
    engine.claim(sam, task.id)
    engine.complete(sam, task.id, {"answer": "Soon.", "effort": "many"})
    assert engine.case(SYSTEM, request_case).case.state == "failed"
    return request_case


def test_the_list_finds_cases(dana: Browser, request_case: str) -> None:
    """By search, state and process; htmx gets the list alone."""
    assert request_case in dana.open("/cases/").text
    assert request_case in dana.open("/cases/?q=screen&state=running").text
    assert "No case matches" in dana.open("/cases/?state=completed").text
    assert "<html" not in dana.open("/cases/?process=DESK_handle_request", htmx=True).text


def test_no_cases_yet_says_how_to_start_one(dana: Browser) -> None:
    """The empty list leads to what may be started."""
    assert "No cases yet" in dana.open("/cases/").text
    assert "Handle a request" in dana.open("/cases/start").text


def test_who_may_start_nothing_is_told_why(app: Flask) -> None:
    """The page names the person's roles."""
    page = Browser(app).sign_in("sam", PASSWORD).open("/cases/start").text
    assert "nothing you may start" in page
    assert "Support" in page


def test_the_page_shows_everything_about_a_case(dana: Browser, request_case: str) -> None:
    """Position on the diagram, tasks, data, records and history."""
    page = dana.open(f"/cases/{request_case}").text
    assert parts(page)["markers"]["active"] == ["Task_Answer"]
    for text in (
        "REQ-1",
        "A second screen",
        "Answer the request",
        "Record the request",
        "by Dana",
        "/registers/request/REQ-1",
    ):
        assert text in page


def test_the_diagram_is_the_one_the_case_runs_on(dana: Browser, request_case: str) -> None:
    """As XML, for the viewer."""
    answer = dana.fetch(f"/cases/{request_case}/diagram.bpmn")
    assert answer.mimetype == "application/xml"
    assert b"DESK_handle_request" in answer.data


def test_cancelling_needs_a_reason(lea: Browser, request_case: str) -> None:
    """The reason stays in the history; without one nothing happens."""
    assert lea.send(f"/cases/{request_case}/cancel", reason="  ").status_code == 422
    assert lea.send(f"/cases/{request_case}/cancel", reason="Asked by mistake").status_code == 303
    page = lea.open(f"/cases/{request_case}").text
    assert "state-cancelled" in page


def test_a_case_that_stands_still_says_why(dana: Browser, lea: Browser, stuck: str) -> None:
    """Element, expression and values; buttons only for those who may mend it."""
    page = lea.open(f"/cases/{stuck}").text
    for text in ("This case stands still", "number(effort)", "many", "Try the step again", "Correct data"):
        assert text in page
    assert "Try the step again" not in dana.open(f"/cases/{stuck}").text


def test_trying_again_without_a_change_fails_again(lea: Browser, stuck: str) -> None:
    """And the page says so."""
    lea.send(f"/cases/{stuck}/retry")
    assert "failed again" in lea.open(f"/cases/{stuck}").text


def test_a_correction_lets_the_case_go_on(engine: Engine, lea: Browser, stuck: str) -> None:
    """Correct the value, try again; both are in the history."""
    assert "many" in lea.open(f"/cases/{stuck}/correct").text
    answer = lea.send(f"/cases/{stuck}/correct", **{"var.effort": "7", "reason": "A number was meant"})
    assert answer.status_code == 303
    if engine.case(SYSTEM, stuck).case.state == "failed":
        lea.send(f"/cases/{stuck}/retry")
    assert engine.case(SYSTEM, stuck).case.state == "running"
    assert "Review the answer" in lea.open(f"/cases/{stuck}").text


def test_a_correction_that_will_not_do_keeps_what_was_typed(lea: Browser, request_case: str) -> None:
    """No reason, nothing changed or unreadable JSON: 422, the typed text stays, the case too."""
    page = lea.send(f"/cases/{request_case}/correct", **{"var.urgent": "perhaps", "reason": "why not"})
    assert page.status_code == 422
    assert "no JSON value" in page.text
    assert ">perhaps</textarea>" in page.text
    assert lea.send(f"/cases/{request_case}/correct", reason="no change").status_code == 422
    assert lea.send(f"/cases/{request_case}/correct", **{"var.title": "New", "reason": " "}).status_code == 422


def test_a_case_of_others_is_closed(app: Flask, request_case: str) -> None:
    """403 in plain words for somebody who takes no part in it."""
    answer = Browser(app).sign_in("guest", PASSWORD).open(f"/cases/{request_case}")
    assert answer.status_code == 403
    assert "You may not do this" in answer.text


def test_an_unknown_case_is_a_page_too(dana: Browser) -> None:
    """404 in plain words, with a way out."""
    answer = dana.open("/cases/nowhere")
    assert answer.status_code == 404
    assert "Go to my work" in answer.text


FORK = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="t">
<bpmn:process id="FORK" name="Fork" isExecutable="true"><bpmn:dataObject id="Bill" name="bill"/>
<bpmn:dataObjectReference id="R" dataObjectRef="Bill" name="Bill"><bpmn:dataState id="St" name="paid"/></bpmn:dataObjectReference>
<bpmn:startEvent id="S"/><bpmn:parallelGateway id="G"/><bpmn:scriptTask id="A" name="One"><bpmn:script>level = 1</bpmn:script></bpmn:scriptTask>
<bpmn:scriptTask id="B" name="Two"><bpmn:script>level = 2</bpmn:script>
<bpmn:dataOutputAssociation id="O"><bpmn:targetRef>R</bpmn:targetRef></bpmn:dataOutputAssociation></bpmn:scriptTask>
<bpmn:parallelGateway id="J"/><bpmn:endEvent id="E"/>
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="G"/><bpmn:sequenceFlow id="f2" sourceRef="G" targetRef="A"/>
<bpmn:sequenceFlow id="f3" sourceRef="G" targetRef="B"/><bpmn:sequenceFlow id="f4" sourceRef="A" targetRef="J"/>
<bpmn:sequenceFlow id="f5" sourceRef="B" targetRef="J"/><bpmn:sequenceFlow id="f6" sourceRef="J" targetRef="E"/>
</bpmn:process></bpmn:definitions>"""


def test_conflicts_and_states_of_data_are_shown(engine: Engine, lea: Browser) -> None:
    """On the case's page: what holds and what does not, and the state that a data object is in."""
    engine.publish(SYSTEM, FORK.encode(), "T/fork.bpmn")
    case = engine.start(SYSTEM, "FORK")
    page = lea.open(f"/cases/{case.id}").text
    assert "was given another value than a parallel branch gave it" in page
    assert "Data objects" in page
    assert 'state-paid">paid' in page
