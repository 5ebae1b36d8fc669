# SPDX-License-Identifier: Apache-2.0
"""Programs move cases: plan, rehearse, begin, continue, undo; what they are told fits its description."""

from __future__ import annotations

import jsonschema_rs
import pytest

from engine import Engine
from tests.webapp.api.conftest import Caller
from tests.webapp.moving import PROCESS, publish, running
from webapp.api.openapi import document

HERE = f"/processes/{PROCESS}/migrations"
MAPPING = {"mapping": {"Task_Answer": "Task_Reply"}}


def test_plan_begin_continue_undo(owner_calls: Caller, engine: Engine) -> None:
    cases = running(engine, 1, 2)
    publish(engine, Task_Answer="Task_Reply")
    refused = owner_calls.post(f"{HERE}/plan", {}).json
    assert (refused["moving"], refused["refused"]) == (cases[:1], cases[1:])
    assert "not in the new version" in refused["plan"]["cases"][1]["obstacles"][0]["sentence"]
    plan = owner_calls.post(f"{HERE}/plan", MAPPING).json["plan"]
    rehearsed = owner_calls.post(
        f"{HERE}/rehearse", {**MAPPING, "steps": 1, "answers": {"Task_Record": {"title": "x"}}}
    )
    assert {item["state"] for item in rehearsed.json["items"]} == {"waiting"}
    begun = owner_calls.post(HERE, {**MAPPING, "plan": plan["id"], "comment": "names", "limit": 2}, key="k")
    assert (begun.status_code, begun.json["counts"]) == (201, {"moved": 2, "planned": 1})
    assert begun.headers["Location"].endswith(f"/migrations/{begun.json['id']}")
    one = f"/migrations/{begun.json['id']}"
    assert owner_calls.post(f"{one}/continue").json["state"] == "moved"
    assert owner_calls.get(one).json["counts"] == {"moved": 3}
    assert owner_calls.post(f"{one}/undo").json["counts"] == {"undone": 3}
    (listed,) = owner_calls.get(f"/migrations?process_id={PROCESS}").json["items"]
    assert (listed["state"], listed["comment"]) == ("undone", "names")


def test_a_plan_that_is_out_of_date_is_not_carried_out(owner_calls: Caller, dana_calls: Caller, engine: Engine) -> None:
    running(engine, 1, 0)
    publish(engine, Task_Review="Task_Check")
    plan = owner_calls.post(f"{HERE}/plan").json["plan"]["id"]
    (task,) = dana_calls.get("/tasks").json["items"]
    dana_calls.post(f"/tasks/{task['id']}/complete", {"data": {"title": "x"}})
    late = owner_calls.post(HERE, {"plan": plan})
    assert (late.status_code, late.json["detail"]) == (409, "The cases have gone on since that plan was made.")


@pytest.mark.parametrize(
    ("body", "words"),
    [({"cases": "all"}, "'cases'"), ({"mapping": {"a": 1}}, "'mapping'"), ({"to_version": -1}, "'to_version'")],
)
def test_a_body_of_another_shape_is_refused(owner_calls: Caller, body: object, words: str) -> None:
    answer = owner_calls.post(f"{HERE}/plan", body)
    assert answer.status_code == 400
    assert words in answer.json["detail"]


def test_others_may_not(dana_calls: Caller) -> None:
    for answer in (dana_calls.post(f"{HERE}/plan"), dana_calls.get("/migrations")):
        assert answer.status_code == 403


def test_answers_fit_their_description(owner_calls: Caller, engine: Engine) -> None:
    running(engine, 1, 1)
    publish(engine, Task_Answer="Task_Reply")
    described = document()
    one = owner_calls.post(HERE, MAPPING).json["id"]
    publish(engine, Task_Answer="Task_Reply", Task_Review="Task_Check")
    asked = {
        ("post", "/processes/{process_id}/migrations/plan"): owner_calls.post(f"{HERE}/plan"),
        ("post", "/processes/{process_id}/migrations/rehearse"): owner_calls.post(f"{HERE}/rehearse", {"steps": 1}),
        ("get", "/migrations"): owner_calls.get("/migrations"),
        ("get", "/migrations/{migration_id}"): owner_calls.get(f"/migrations/{one}"),
    }
    for (method, path), answer in asked.items():
        assert answer.status_code == 200, answer.text
        schema = described["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema_rs.validate({**schema, "components": described["components"]}, answer.json)
