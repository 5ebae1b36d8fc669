# SPDX-License-Identifier: Apache-2.0
"""What programs do with cases, tasks, records and diagrams, and how they are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.api.conftest import PROCESS, Caller
from tests.webapp.conftest import CONTENT

DIAGRAM = "bpmn/DESK/handle_request.bpmn"


def start(caller: Caller, **options: Any) -> dict[str, Any]:
    answer = caller.post("/cases", {"process_id": PROCESS}, **options)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_case_runs_from_start_to_end_without_a_page(dana_calls: Caller, sam_calls: Caller) -> None:
    """Start, complete, find the next task, draft, complete: the case ends, and its record holds."""
    case = start(dana_calls)["id"]
    (record,) = dana_calls.get("/tasks").json["items"]
    assert dana_calls.get(f"/tasks/{record['id']}/form").json["schema"]["required"] == ["title"]
    assert dana_calls.post(f"/tasks/{record['id']}/complete", {"data": {"title": "A desk lamp"}}).status_code == 200

    (work,) = sam_calls.get("/tasks?scope=group").json["items"]
    assert sam_calls.post(f"/tasks/{work['id']}/claim").json["claimed_by"] == "sam"
    assert sam_calls.put(f"/tasks/{work['id']}/draft", {"data": {"answer": "Soon"}}).json["saved_at"]
    assert sam_calls.get(f"/tasks/{work['id']}/form").json["value"]["answer"] == "Soon"
    done = sam_calls.post(f"/tasks/{work['id']}/complete", {"data": {"answer": "Here it is", "effort": "1"}})
    assert done.json["state"] == "completed"
    assert dana_calls.get(f"/cases/{case}").json["case"]["outcome"] == "Answered"


def test_the_same_key_starts_one_case(dana_calls: Caller, engine: Engine) -> None:
    """A repeated request gets the first answer; the same key for something else is refused."""
    first, again = start(dana_calls, key="k1"), start(dana_calls, key="k1")
    assert first["id"] == again["id"]
    assert engine.cases(SYSTEM).total == 1
    other = dana_calls.post("/cases", {"process_id": PROCESS, "data": {"title": "Other"}}, key="k1")
    assert (other.status_code, other.json["code"]) == (409, "key.reused")


def test_wrong_form_data_is_told_field_by_field(dana_calls: Caller) -> None:
    """422 names each field by its path; nothing is completed."""
    start(dana_calls)
    (task,) = dana_calls.get("/tasks").json["items"]
    refused = dana_calls.post(f"/tasks/{task['id']}/complete", {"data": {"title": "", "urgent": "very"}})
    assert (refused.status_code, refused.json["code"]) == (422, "form.invalid")
    assert {tuple(error["path"]) for error in refused.json["errors"]} == {("title",), ("urgent",)}
    assert dana_calls.get(f"/tasks/{task['id']}").json["state"] == "open"


def test_lists_come_in_pages(dana_calls: Caller) -> None:
    """`next` leads through all items once, keeps the filter, and ends with null."""
    for number in range(3):
        start(dana_calls, key=f"page{number}")
    seen, path = [], "/cases?state=running&limit=2"
    while path:
        page = dana_calls.get(path).json
        assert page["total"] == 3
        seen += [case["id"] for case in page["items"]]
        path = (page["next"] or "").removeprefix("/api/v1")
    assert len(seen) == len(set(seen)) == 3


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/cases", [], "must be a JSON object"),
        ("/cases", {}, "needs 'process_id'"),
        ("/cases", {"process_id": 7}, "'process_id' must be a text"),
        ("/cases", {"process_id": PROCESS, "data": []}, "'data' must be an object"),
        ("/messages", {}, "needs 'name'"),
    ],
)
def test_an_unreadable_request_says_which_part(dana_calls: Caller, path: str, body: Any, said: str) -> None:
    """400 names the part of the request that is missing or of the wrong kind."""
    answer = dana_calls.post(path, body)
    assert answer.status_code == 400
    assert said in answer.json["detail"]


def test_a_message_is_sent_by_whoever_may(dana_calls: Caller, calls_as: Callable[[str], Caller]) -> None:
    """Others are told which right they lack, and nothing is kept."""
    message = {"name": "nobody.waits", "payload": {"n": 1}}
    refused = dana_calls.post("/messages", message)
    assert (refused.status_code, "message.send" in refused.json["hint"]) == (403, True)
    root = calls_as("root")
    assert root.get("/messages?state=external").json["items"] == []
    assert (root.post("/messages", message).status_code, len(root.get("/messages?state=external").json["items"])) == (200, 1)


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "offset=-1", "state=odd"])
def test_a_wrong_query_is_refused(dana_calls: Caller, query: str) -> None:
    """A mistyped filter is not quietly ignored."""
    assert dana_calls.get(f"/cases?{query}").status_code == 400


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_of_the_wrong_length_is_refused(dana_calls: Caller, key: str) -> None:
    """An idempotency key that could not be kept whole is not taken."""
    headers = dana_calls.headers | {"Idempotency-Key": key}
    answer = dana_calls.client.post("/api/v1/cases", json={"process_id": PROCESS}, headers=headers)
    assert answer.status_code == 400


def test_what_is_not_there_is_404(dana_calls: Caller) -> None:
    """Unknown ids and addresses are told as such, as problems."""
    for path in ("/cases/nope", "/tasks/nope", "/processes/nope", "/registers/nope", "/nope"):
        answer = dana_calls.get(path)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path


def test_rights_are_the_engines(dana_calls: Caller, calls_as: Callable[[str], Caller], request_case: str) -> None:
    """A program may what its person may: no more reading, starting, publishing or cancelling."""
    guest = calls_as("guest")
    xml = (CONTENT / "processes" / DIAGRAM).read_bytes()
    assert guest.get(f"/cases/{request_case}").status_code == 403
    assert guest.post("/cases", {"process_id": PROCESS}).status_code == 403
    assert dana_calls.post(f"/processes?file={DIAGRAM}", xml).status_code == 403
    assert dana_calls.post(f"/cases/{request_case}/cancel", {"reason": "no"}).status_code == 403


def test_the_lead_mends_and_ends_a_case(calls_as: Callable[[str], Caller], request_case: str) -> None:
    """Correct, assign, cancel; each with its reason, all in the history."""
    lead = calls_as("lea")
    corrected = lead.post(f"/cases/{request_case}/correct", {"changes": {"urgent": True}, "reason": "She called"})
    assert corrected.status_code == 200, corrected.text
    task = next(one for one in lead.get(f"/cases/{request_case}").json["tasks"] if one["state"] == "open")
    assert lead.post(f"/tasks/{task['id']}/assign", {"person_id": "sam"}).status_code == 200
    ended = lead.post(f"/cases/{request_case}/cancel", {"reason": "Not needed any more"})
    assert ended.json["case"]["state"] == "cancelled"


def test_an_auditor_reads_replays_and_verifies(calls_as: Callable[[str], Caller], request_case: str) -> None:
    """History, steps and verdict are there for a program, too."""
    auditor = calls_as("ada")
    events = auditor.get(f"/cases/{request_case}/history").json["items"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert auditor.get(f"/cases/{request_case}/steps").json["items"][0]["actor"] == "dana"
    assert auditor.get(f"/cases/{request_case}/verify").json["ok"] is True


def test_a_diagram_is_checked_and_published(owner_calls: Caller) -> None:
    """Sent as XML or in JSON; findings name line, element and rule; a stale base is a conflict."""
    xml = (CONTENT / "processes" / DIAGRAM).read_bytes()
    broken = xml.replace(b"DESK/answer.json", b"DESK/missing.json")
    checked = owner_calls.post(f"/processes/validate?file={DIAGRAM}", broken).json
    assert checked["ok"] is False
    assert {"severity", "line", "element", "rule", "message"} <= checked["findings"][0].keys()
    refused = owner_calls.post(f"/processes?file={DIAGRAM}", broken)
    assert (refused.status_code, refused.json["code"]) == (422, "diagram.invalid")

    changed = xml.replace(b'name="Record the request"', b'name="Record what is asked for"').decode()
    body = {"xml": changed, "file": DIAGRAM, "comment": "Plainer words"}
    base = owner_calls.get(f"/processes/{PROCESS}").json["digest"]
    published = owner_calls.post("/processes", body | {"base_digest": base})
    assert (published.status_code, published.json["version"]) == (201, 2)
    assert b"Record what is asked for" in owner_calls.get(f"/processes/{PROCESS}/diagram").data
    assert b"Record what is asked for" not in owner_calls.get(f"/processes/{PROCESS}/diagram?version=1").data
    late = owner_calls.post("/processes", {**body, "xml": xml.decode(), "base_digest": base})
    assert (late.status_code, late.json["code"]) == (409, "version.conflict")


def test_records_are_written_and_keep_their_past(calls_as: Callable[[str], Caller]) -> None:
    """A new record gets a number; a change makes a version; both stay readable; wrong fields are named."""
    lead = calls_as("lea")
    made = lead.post("/registers/request/records", {"data": {"title": "Chair", "state": "open"}, "reason": "By phone"})
    assert made.status_code == 201, made.text
    number = made.json["id"]
    assert made.headers["Location"].endswith(f"/api/v1/registers/request/records/{number}")
    changed = lead.put(f"/registers/request/records/{number}", {"data": {"title": "Two chairs"}, "reason": "More"})
    assert (changed.json["version"], changed.json["data"]["title"]) == (2, "Two chairs")
    assert lead.get(f"/registers/request/records/{number}?version=1").json["data"]["title"] == "Chair"
    assert [one["version"] for one in lead.get(f"/registers/request/records/{number}/history").json["items"]] == [2, 1]
    wrong = lead.put(f"/registers/request/records/{number}", {"data": {"title": ""}, "reason": "x"})
    assert (wrong.status_code, wrong.json["errors"][0]["path"]) == (422, ["title"])
