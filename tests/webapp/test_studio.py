# SPDX-License-Identifier: Apache-2.0
"""The studio: looking at processes, drawing and publishing them."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser, parts
from tests.webapp.conftest import PASSWORD

FILE = "processes/bpmn/DESK/handle_request.bpmn"


@pytest.fixture
def otto(app: Flask) -> Browser:
    return Browser(app).sign_in("otto", PASSWORD)


def test_processes_are_listed_with_what_runs(dana: Browser, otto: Browser, request_case: str) -> None:
    """Everybody may look; only those who may publish are offered the editor."""
    page = dana.open("/studio/").text
    assert "Handle a request" in page
    assert "/edit" not in page
    assert "/studio/processes/DESK_handle_request/edit" in otto.open("/studio/").text


def test_each_version_can_be_looked_at(engine: Engine, otto: Browser) -> None:
    """The page of a version says whether it is the newest."""
    xml = engine.diagram("DESK_handle_request").replace(b'name="Answered"', b'name="All answered"')
    engine.publish(engine.people.actor("otto"), xml, FILE, "Clearer end")
    newest = otto.open("/studio/processes/DESK_handle_request").text
    assert "Version 2" in newest
    assert "Clearer end" in newest
    assert "older version" in otto.open("/studio/processes/DESK_handle_request/1").text
    assert b"All answered" not in otto.fetch("/studio/processes/DESK_handle_request/1/diagram.bpmn").data
    assert b"All answered" in otto.fetch("/studio/processes/DESK_handle_request/diagram.bpmn").data


def test_the_editor_gets_what_it_needs(otto: Browser) -> None:
    """Source, where to validate and publish, the digest it builds on, and the catalogue."""
    page = otto.open("/studio/processes/DESK_handle_request/edit").text
    assert 'data-src="/studio/processes/DESK_handle_request/diagram.bpmn"' in page
    assert "data-digest=" in page
    assert "DESK/record.json" in str(parts(page)["catalog"]["forms"])


def test_findings_name_the_element(engine: Engine, otto: Browser) -> None:
    """A form that is not there is found before publishing, and publishing refuses it with the same findings."""
    broken = engine.diagram("DESK_handle_request").replace(b"DESK/answer.json", b"DESK/nowhere.json")
    headers = {"X-CSRFToken": otto.token, "Content-Type": "text/xml"}
    answer = otto.client.post(f"/studio/validate?file={FILE}", data=broken, headers=headers)
    assert answer.status_code == 200
    assert answer.json is not None
    assert "Task_Answer" in {finding["element"] for finding in answer.json["findings"]}
    refused = otto.post_json(f"/studio/publish?file={FILE}", {"xml": broken.decode()})
    assert refused.status_code == 422
    assert refused.json is not None
    assert "Task_Answer" in {finding["element"] for finding in refused.json["findings"]}


def test_publishing_makes_the_next_version(engine: Engine, otto: Browser) -> None:
    """Running cases keep theirs; the editor is sent to the process's page."""
    first = engine.definition("DESK_handle_request")
    xml = engine.diagram("DESK_handle_request").replace(b'name="Answered"', b'name="Settled"').decode()
    body = {"xml": xml, "comment": "Another word", "base_digest": first.digest, "key": "p-1"}
    answer = otto.post_json(f"/studio/publish?file={FILE}", body)
    assert answer.json == {"location": "/studio/processes/DESK_handle_request"}
    assert engine.definition("DESK_handle_request").version == 2


def test_publishing_over_somebody_elses_version_is_refused(engine: Engine, otto: Browser) -> None:
    """409 that names who published meanwhile."""
    first = engine.definition("DESK_handle_request")
    xml = engine.diagram("DESK_handle_request")
    engine.publish(engine.people.actor("otto"), xml.replace(b'name="Answered"', b'name="Settled"'), FILE)
    mine = xml.replace(b'name="Answered"', b'name="Done"').decode()
    answer = otto.post_json(f"/studio/publish?file={FILE}", {"xml": mine, "base_digest": first.digest})
    assert answer.status_code == 409
    assert answer.json is not None
    assert "version 2" in answer.json["message"]


@pytest.mark.parametrize("file", ["", "../x.bpmn", "processes/bpmn/DESK/../../x.bpmn", "/etc/passwd", "DESK/x"])
def test_a_diagram_goes_nowhere_else(otto: Browser, file: str) -> None:
    """Only a folder and a name below processes/bpmn."""
    answer = otto.post_json(f"/studio/publish?file={file}", {"xml": "<x/>"})
    assert answer.status_code in (400, 422)


def test_a_new_process_starts_with_a_diagram_that_can_be_drawn_on(engine: Engine, otto: Browser) -> None:
    """Folder and name are asked for; the first diagram is well-formed and named after them."""
    assert "Draw it" in otto.open("/studio/new").text
    page = otto.open("/studio/new?folder=DESK&name=greet_people").text
    assert 'data-src="/studio/new.bpmn?folder=DESK&amp;name=greet_people"' in page
    xml = otto.fetch("/studio/new.bpmn?folder=DESK&name=greet_people").data
    findings = engine.validate(xml, "processes/bpmn/DESK/greet_people.bpmn")
    assert {finding.rule for finding in findings if finding.element == ""} == set()
    assert b'process id="DESK_greet_people"' in xml
    assert otto.open("/studio/new?folder=DESK&name=Not+Good").status_code == 422


def test_forms_can_be_previewed(dana: Browser) -> None:
    """As staff see them, with the registers' fields filled in."""
    assert "/studio/forms/DESK/record.json" in dana.open("/studio/forms").text
    shown = parts(dana.open("/studio/forms/DESK/record.json").text)
    assert shown["schema"]["properties"]["title"]["title"] == "What is asked for"
    assert dana.open("/studio/forms/DESK/none.json").status_code == 404


def test_no_decision_tables_yet(dana: Browser) -> None:
    """The empty page says where they come from."""
    assert "No decision table yet" in dana.open("/studio/decisions").text


def test_running_cases_are_counted(engine: Engine, dana: Browser, request_case: str) -> None:
    """One case runs."""
    assert [each.running for each in engine.definitions()] == [1]
    assert engine.case(SYSTEM, request_case).case.state == "running"
    assert "state=running" in dana.open("/studio/").text


def test_a_diagram_without_positions_is_drawn_to_be_shown(engine: Engine, otto: Browser) -> None:
    """What was published is kept to the letter; the page gets it with positions."""
    xml = engine.diagram("DESK_handle_request")
    start, end = xml.index(b"<bpmndi:BPMNDiagram"), xml.index(b"</bpmndi:BPMNDiagram>") + len(b"</bpmndi:BPMNDiagram>")
    bare = xml[:start] + xml[end:]
    engine.publish(SYSTEM, bare, "processes/bpmn/DESK/handle_request.bpmn")
    assert engine.diagram("DESK_handle_request") == bare
    assert b"BPMNShape" in otto.fetch("/studio/processes/DESK_handle_request/diagram.bpmn").data
