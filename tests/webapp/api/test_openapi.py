# SPDX-License-Identifier: Apache-2.0
"""The description of the API is true: every route is in it, nothing else is, and what is answered fits it."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
from flask import Flask

from tests.webapp.api.conftest import PROCESS, Caller
from tests.webapp.browsing import Browser
from webapp.api.openapi import document


def test_every_route_is_described_and_every_description_is_a_route(app: Flask) -> None:
    """Paths and methods of the application and of the document are the same."""
    routes = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    described = {(path, method) for path, operations in document()["paths"].items() for method in operations}
    assert routes == described


def test_every_reference_leads_somewhere() -> None:
    """No `$ref` of the document dangles, and no operation id is given twice."""
    whole = document()
    for reference in set(_references(whole)):
        found: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    ids = [operation["operationId"] for operations in whole["paths"].values() for operation in operations.values()]
    assert len(ids) == len(set(ids))


def test_every_post_and_put_takes_an_idempotency_key() -> None:
    """Whatever changes something can be sent twice without being done twice."""
    for path, operations in document()["paths"].items():
        for method in operations.keys() & {"post", "put"}:
            references = [parameter.get("$ref", "") for parameter in operations[method]["parameters"]]
            assert "#/components/parameters/IdempotencyKey" in references, (method, path)


def test_answers_fit_their_description(dana_calls: Caller, request_case: str) -> None:
    """What the server sends validates against the schemas it publishes."""
    described = document()
    task = dana_calls.get(f"/cases/{request_case}").json["tasks"][0]["id"]
    for path, concrete in {
        "/me": "/me",
        "/processes": "/processes",
        "/processes/{process_id}": f"/processes/{PROCESS}",
        "/cases": "/cases",
        "/cases/{case_id}": f"/cases/{request_case}",
        "/tasks": "/tasks",
        "/tasks/{task_id}": f"/tasks/{task}",
        "/registers": "/registers",
        "/registers/{register}/records": "/registers/request/records",
    }.items():
        answer = dana_calls.get(concrete)
        assert answer.status_code == 200, (path, answer.text)
        schema = described["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema_rs.validate({**schema, "components": described["components"]}, answer.json)


def test_the_description_is_open_to_everybody(anonymous: Browser) -> None:
    """A program can read how to call before it has a token; a person can too, on a page of our own."""
    assert anonymous.fetch("/api/v1/openapi.json").json["openapi"].startswith("3.1")
    page = anonymous.open("/api/v1/docs")
    assert page.status_code == 200
    assert "/tasks/{task_id}/complete" in page.text
    assert not re.search(r'(src|href)="https?://', page.text)


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [reference for value in part.values() for reference in _references(value)]
    return [reference for value in part for reference in _references(value)] if isinstance(part, list) else []
