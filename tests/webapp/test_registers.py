# SPDX-License-Identifier: Apache-2.0
"""Registers: finding records, their relations and past, and changing them by hand."""

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


def test_registers_are_listed(dana: Browser, request_case: str) -> None:
    """With how many records they hold; who may read none is told so."""
    page = dana.open("/registers/").text
    assert "Requests" in page
    assert "1 record" in page


def test_records_are_found(dana: Browser, request_case: str) -> None:
    """By search and state; htmx gets the table alone."""
    assert "REQ-1" in dana.open("/registers/request").text
    assert "REQ-1" in dana.open("/registers/request?q=screen&state=open").text
    assert "No record matches" in dana.open("/registers/request?state=answered").text
    assert "<html" not in dana.open("/registers/request?q=screen", htmx=True).text


def test_an_empty_register_says_how_records_come(dana: Browser, lea: Browser) -> None:
    """By a process; by hand only for those who may."""
    assert "by hand" not in dana.open("/registers/request").text
    assert "by hand" in lea.open("/registers/request").text


def test_a_record_names_who_wrote_it_and_where(dana: Browser, request_case: str) -> None:
    """Case, step and person of each version."""
    page = dana.open("/registers/request/REQ-1").text
    for text in ("A second screen", f"/cases/{request_case}", "Task_Record", "by Dana"):
        assert text in page


def test_the_picker_searches_and_names(dana: Browser, request_case: str) -> None:
    """`?q=` gives hits, `?id=` the one record, an unknown id nothing."""
    hits = dana.fetch("/registers/search/request?q=scre").json
    assert hits == [{"id": "REQ-1", "label": "REQ-1 A second screen", "hint": "Open"}]
    assert dana.fetch("/registers/search/request?id=REQ-1").json == hits
    assert dana.fetch("/registers/search/request?id=REQ-99").json == []


def test_a_record_is_written_and_changed_by_hand(lea: Browser, request_case: str) -> None:
    """New versions show what changed; an emptied field is gone; old versions stay."""
    schema = parts(lea.open("/registers/request/new").text)["schema"]
    assert "x-prefix" not in schema
    made = lea.post_json("/registers/request/new", {"data": {"title": "A chair", "follows": "REQ-1"}, "key": "n-1"})
    assert made.status_code == 201
    assert made.json == {"location": "/registers/request/REQ-2"}
    changed = lea.post_json("/registers/request/REQ-2/edit", {"data": {"title": "A good chair"}})
    assert changed.status_code == 200
    page = lea.open("/registers/request/REQ-2").text
    assert "A good chair" in page
    assert "Version 1" in page
    assert 'href="/registers/request/REQ-1"' not in page.split("Relations")[-1]
    old = lea.open("/registers/request/REQ-2?version=1").text
    assert "This is version 1 of 2" in old


def test_relations_are_seen_from_both_ends(lea: Browser, request_case: str) -> None:
    """The record that is referred to knows who refers to it."""
    lea.post_json("/registers/request/new", {"data": {"title": "A chair", "follows": "REQ-1"}})
    assert "/registers/request/REQ-1" in lea.open("/registers/request/REQ-2").text
    assert "/registers/request/REQ-2" in lea.open("/registers/request/REQ-1").text


def test_a_record_that_will_not_do_is_refused_at_its_field(lea: Browser) -> None:
    """Required fields and references to nothing."""
    answer = lea.post_json("/registers/request/new", {"data": {"title": "A chair", "follows": "REQ-77"}})
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["path"] for error in answer.json["errors"]] == [["follows"]]


def test_unknown_registers_and_records_are_not_found(dana: Browser) -> None:
    """404, not an error of ours."""
    assert dana.open("/registers/nothing").status_code in (403, 404)
    assert dana.open("/registers/request/REQ-9").status_code == 404


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59Z", "2026-02-30T10:00:00Z"])
def test_a_moment_that_cannot_be_shown_is_shown_as_it_is_written(lea: Browser, engine: Engine, moment: str) -> None:
    """Some step wrote it; the page of the record does not break on it."""
    own = engine.write_record(SYSTEM, "request", {"title": "A chair", "answer": moment}).id
    page = lea.open(f"/registers/request/{own}")
    assert page.status_code == 200
    assert moment in page.text


def test_dates_and_lengths_are_written_for_people(lea: Browser, engine: Engine) -> None:
    """As their field says what they are; a text that only looks like one stays as it is."""
    made = engine.write_record(SYSTEM, "contract", {"title": "P1M", "review_on": "2026-03-20", "every": "P6M"}).id
    page = lea.open(f"/registers/contract/{made}").text
    assert "20 Mar 2026" in page
    assert "6 months" in page
    assert ">P1M<" in page


def test_a_record_names_people_that_there_are(lea: Browser, engine: Engine) -> None:
    """Whoever changes it by hand is told; a name that stood there before may stay."""
    lea.open("/registers/contract/new")
    refused = lea.post_json("/registers/contract/new", {"data": {"title": "Cleaning", "owner": "nobody"}})
    assert refused.status_code == 422
    assert refused.json["errors"] == [{"path": ["owner"], "message": "There is no person 'nobody'."}]
    own = engine.write_record(SYSTEM, "contract", {"title": "Cleaning", "owner": "nobody"}).id
    kept = lea.post_json(f"/registers/contract/{own}/edit", {"data": {"title": "Heating", "owner": "nobody"}, "reason": "x"})
    assert kept.status_code == 200, kept.text
