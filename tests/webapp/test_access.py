# SPDX-License-Identifier: Apache-2.0
"""Who may open what: every address with every kind of person, as one table. A new route without a row fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD, PEOPLE
from tests.webapp.services import give_up

FILE = "processes/bpmn/DESK/handle_request.bpmn"
ALL = frozenset(PEOPLE)
READERS = frozenset({"dana", "dora", "sam", "lea", "ada", "otto", "root"})  # take part, or may read every case
REGISTER_READERS = ALL - {"guest", "root"}
#: What is not there for anybody: of what is hidden nobody is told that it exists. `test_calendar`, `test_subscriptions` and `test_documents` go on.
NOT_THERE = {
    "/sign-in/as", "/calendar/feed/<token>.ics", "/calendar/of/<process_id>/<element>",
    "/calendar/of/<process_id>/<element>/<record_id>", "/registers/<register>/<record_id>/changes",
    "/registers/<register>/<record_id>/pdf",
    "/first-run", "/figures/<kpi_id>",
}  # fmt: skip
DONE = {200, 201, 204, 303, 409, 422}  # let in: whatever came of it, it was not the person


@dataclass(frozen=True)
class Row:
    """One address: who is let in, and what is sent. `public` addresses need nobody; `at`: other values in the address."""

    method: str
    rule: str
    who: frozenset[str]
    public: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    query: str = ""
    raw: bytes | None = None
    at: dict[str, str] = field(default_factory=dict)


TABLE = [
    Row("GET", "/healthz", ALL, public=True),
    Row("GET", "/session.json", ALL, public=True),
    Row("GET", "/first-run", frozenset(), public=True),
    Row("POST", "/first-run", frozenset(), public=True),
    Row("GET", "/sign-in", ALL, public=True),
    Row("POST", "/sign-in", ALL, public=True, fields={"login": "nobody", "password": "nothing"}),
    Row("POST", "/sign-in/as", frozenset(), public=True, fields={"login": "dana"}),
    Row("POST", "/sign-out", ALL, public=True),
    Row("GET", "/me", ALL),
    Row("POST", "/me/password", ALL, fields={"old": "x", "new": "x", "again": "x"}),
    Row("POST", "/me/tokens", ALL, fields={"label": "test"}),
    Row("POST", "/me/tokens/<token_id>/drop", ALL),
    Row("GET", "/", ALL),
    Row("GET", "/home", ALL),
    Row("GET", "/conformity/", frozenset({"ada"})),
    Row("GET", "/conformity/all", frozenset({"ada"})),
    Row("GET", "/conformity/<process>", frozenset({"ada"})),
    Row("GET", "/tasks/<task_id>", READERS),
    Row("GET", "/tasks/<task_id>/side/<part>", READERS),
    Row("GET", "/tasks/<task_id>/why-due", READERS),
    Row("POST", "/tasks/<task_id>/claim", frozenset({"sam"})),
    Row("POST", "/tasks/<task_id>/release", frozenset({"sam"})),
    Row("POST", "/tasks/<task_id>/assign", frozenset({"lea"}), fields={"person_id": "sam"}),
    Row("POST", "/tasks/<task_id>/draft", frozenset({"sam"}), body={"data": {"answer": "per"}}),
    Row("POST", "/tasks/<task_id>/complete", frozenset({"sam"}), body={"data": {}}),
    Row("POST", "/tasks/<task_id>/choose", frozenset({"sam"})),
    Row("GET", "/calendar/", ALL),
    Row("GET", "/calendar/subscribe", ALL),
    Row("POST", "/calendar/subscribe", ALL, fields={"of": "mine"}),
    Row("POST", "/calendar/subscribe/<token_id>/withdraw", ALL),
    Row("GET", "/calendar/feed/<token>.ics", frozenset(), public=True),
    Row("GET", "/calendar/of/<process_id>/<element>", frozenset()),
    Row("POST", "/calendar/of/<process_id>/<element>", frozenset()),
    Row("GET", "/calendar/of/<process_id>/<element>/<record_id>", frozenset()),
    Row("POST", "/calendar/of/<process_id>/<element>/<record_id>", frozenset()),
    Row("GET", "/cases/", ALL),
    Row("GET", "/cases/start", ALL),
    Row("POST", "/cases/start/<process_id>", frozenset({"dana", "dora"})),
    Row("GET", "/cases/<case_id>", READERS),
    Row("GET", "/cases/<case_id>/diagram.bpmn", READERS),
    Row("GET", "/cases/<case_id>/correct", frozenset({"lea", "root"})),
    Row("POST", "/cases/<case_id>/correct", frozenset({"lea", "root"}), fields={"reason": "r", "var.title": "New"}),
    Row("POST", "/cases/<case_id>/retry", frozenset({"lea", "root"})),
    Row("POST", "/cases/<case_id>/cancel", frozenset({"lea", "root"}), fields={"reason": "not needed"}),
    Row("GET", "/studio/", ALL),
    Row("GET", "/studio/agenda", frozenset({"otto"})),
    Row("GET", "/studio/decisions", ALL),
    Row("GET", "/studio/forms", ALL),
    Row("GET", "/studio/forms/<path:form>", ALL),
    Row("GET", "/studio/new", frozenset({"otto"})),
    Row("GET", "/studio/new.bpmn", frozenset({"otto"}), query="?folder=DESK&name=another"),
    Row("POST", "/studio/validate", frozenset({"otto"}), query="?file=processes/bpmn/DESK/x_y.bpmn", raw=b"<x/>"),
    Row(
        "POST", "/studio/publish", frozenset({"otto"}), query="?file=processes/bpmn/DESK/x_y.bpmn", body={"xml": "<x/>"}
    ),
    Row("GET", "/studio/processes/<process_id>", ALL),
    Row("GET", "/studio/processes/<process_id>/edit", frozenset({"otto"})),
    Row("GET", "/studio/processes/<process_id>/diagram.bpmn", ALL),
    Row("GET", "/studio/processes/<process_id>/<int:version>", ALL),
    Row("GET", "/studio/processes/<process_id>/<int:version>/diagram.bpmn", ALL),
    Row("GET", "/studio/processes/<process_id>/migrate", frozenset({"otto"})),
    Row("POST", "/studio/processes/<process_id>/migrate", frozenset({"otto"})),
    Row("GET", "/studio/migrations/<migration_id>", frozenset({"otto"})),
    Row("POST", "/studio/migrations/<migration_id>/go-on", frozenset({"otto"})),
    Row("POST", "/studio/migrations/<migration_id>/undo", frozenset({"otto"})),
    Row("GET", "/audit/", frozenset({"ada"})),
    Row("GET", "/audit/verify", frozenset({"ada"})),
    Row("POST", "/audit/verify", frozenset({"ada"})),
    Row("GET", "/audit/cases/<case_id>", frozenset({"ada"})),
    Row("POST", "/audit/cases/<case_id>/verify", frozenset({"ada"})),
    Row("GET", "/audit/cases/<case_id>/history.json", frozenset({"ada"})),
    Row("GET", "/audit/cases/<case_id>/evidence.zip", frozenset({"ada"})),
    Row("GET", "/audit/verify_bundle.py", frozenset({"ada"})),
    Row("GET", "/registers/", ALL),
    Row("GET", "/registers/search/<register>", ALL),
    Row("GET", "/registers/<register>", REGISTER_READERS),
    Row("GET", "/registers/<register>/new", frozenset({"lea"})),
    Row("POST", "/registers/<register>/new", frozenset({"lea"}), body={"data": {"title": "By hand"}}),
    Row("GET", "/registers/<register>/<record_id>", READERS),  # who may read the case that wrote it, too
    Row("GET", "/registers/<register>/<record_id>/edit", frozenset({"lea"})),
    Row("POST", "/registers/<register>/<record_id>/edit", frozenset({"lea"}), body={"data": {"title": "Changed"}}),
    Row("GET", "/registers/<register>/<record_id>/changes", frozenset()),
    Row("GET", "/registers/<register>/<record_id>/pdf", frozenset()),
    Row("POST", "/files", ALL, query="?name=plan.pdf", raw=b"%PDF-"),
    Row("GET", "/cases/<case_id>/files/<sha256>", READERS),
    Row("GET", "/registers/<register>/<record_id>/files/<sha256>", REGISTER_READERS, at={"register": "manual", "record_id": "MAN-1"}),
    Row("POST", "/documents/preview", ALL, body={"text": "# A", "before": ""}),
    Row("GET", "/figures/", REGISTER_READERS),
    Row("GET", "/figures/<kpi_id>", frozenset()),  # no indicator here; `test_figures` has some
    Row("GET", "/roles/", REGISTER_READERS | {"root"}),
    Row("POST", "/roles/<role_id>/assign", frozenset()),  # no process assigns roles here
    Row("GET", "/people/search", ALL),
    Row("GET", "/people/", frozenset({"root"})),
    Row("GET", "/people/new", frozenset({"root"})),
    Row("POST", "/people/new", frozenset({"root"}), fields={"login": "x"}),
    Row("GET", "/people/<person_id>", frozenset({"root"})),
    Row("POST", "/people/<person_id>/details", frozenset({"root"}), fields={"name": "Guest"}),
    Row("POST", "/people/<person_id>/roles", frozenset({"root"}), fields={"roles": "desk"}),
    Row("POST", "/people/<person_id>/password", frozenset({"root"}), fields={"password": "quite another sentence"}),
    Row("POST", "/people/<person_id>/active", frozenset({"root"}), fields={"active": "yes"}),
    Row("GET", "/standstills/", frozenset({"lea", "otto", "root"})),
    Row("POST", "/standstills/calls/<call_id>/retry", frozenset({"lea", "root"})),
    Row("POST", "/standstills/calls/<call_id>/skip", frozenset({"lea", "root"}), fields={"reason": "r"}),
    Row("GET", "/system", frozenset({"root"})),
    Row("POST", "/system/time-zone", frozenset({"root"}), fields={"zone": "Europe/Berlin"}),
]


def test_every_route_has_a_row(app: Flask) -> None:
    """Whoever adds a route says here who may use it."""
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        if rule.endpoint != "static" and not rule.endpoint.startswith(("api.", "metrics."))  # have tests of their own
    }
    assert {(row.method, row.rule) for row in TABLE} == routes


def ask(browser: Browser, row: Row, values: dict[str, str]) -> int:
    """The status that this person is answered."""
    path = row.rule
    for name, value in {**values, **row.at}.items():
        path = path.replace(f"<{name}>", value).replace(f"<path:{name}>", value).replace(f"<int:{name}>", value)
    path += row.query
    if row.method == "GET":
        return browser.open(path).status_code
    if row.raw is not None:
        headers = {"X-CSRFToken": browser.token, "Content-Type": "text/xml", "Accept": "text/html"}
        return browser.client.post(path, data=row.raw, headers=headers).status_code
    if row.body is not None:
        return browser.post_json(path, row.body).status_code
    return browser.send(path, **row.fields).status_code


@pytest.fixture
def values(engine: Engine) -> dict[str, str]:
    """What the addresses name: a case that waits for support, its task, its record, a file in both."""
    dana, file = engine.people.actor("dana"), engine.keep_file(SYSTEM, "plan.pdf", b"%PDF-")
    paper = {"name": file.name, "size": file.size, "sha256": file.sha256}
    case = engine.start(dana, "DESK_handle_request", {"paper": paper}).id
    engine.complete(dana, engine.case(dana, case).tasks[0].id, {"title": "A second screen", "urgent": False})
    engine.write_record(SYSTEM, "manual", {"title": "How", "file": paper})
    view = engine.case(SYSTEM, case)
    open_task = next(task for task in view.tasks if task.state == "open")
    return {
        "task_id": open_task.id,
        "call_id": give_up(engine),
        "case_id": case,
        "sha256": file.sha256,
        "process_id": "DESK_handle_request",
        "version": "1",
        "register": "request",
        "record_id": "REQ-1",
        "person_id": "guest",
        "role_id": "desk",
        "token_id": "none",
        "part": "data",
        "form": "DESK/record.json",
        "migration_id": begun_migration(engine),
    }


def begun_migration(engine: Engine) -> str:
    """The id of a move to a new version that somebody has begun."""
    process = "DESK_handle_request"
    engine.publish(SYSTEM, engine.diagram(process).replace(b'name="Answered"', b'name="Settled"'), FILE)
    return engine.begin_migration(SYSTEM, engine.plan_migration(SYSTEM, process)).id


@pytest.mark.parametrize("login", sorted(PEOPLE))
def test_people_are_let_in_where_the_table_says(app: Flask, values: dict[str, str], login: str) -> None:
    """Allowed: the page or a redirect onwards. Everybody else: 403, in plain words."""
    browser = Browser(app).sign_in(login, PASSWORD)
    for row in sorted(TABLE, key=lambda each: (each.rule == "/sign-out", each.method)):  # look, change, leave
        if row.rule == "/sign-in" and row.method == "POST":
            continue  # it would sign somebody else in
        status = ask(browser, row, values)
        if login in row.who:
            assert status in DONE, (row, status)
        else:
            assert status == (403 if row.rule not in NOT_THERE else 404), (row, status)


def test_nobody_is_let_in_without_signing_in(app: Flask, values: dict[str, str]) -> None:
    """Pages send to the sign-in page, scripts are told 401; only the public addresses answer."""
    for row in TABLE:
        browser = Browser(app)
        browser.open("/sign-in")
        status = ask(browser, row, values)
        if row.public:
            assert status in DONE | {404}, (row, status)
        else:
            assert status == (401 if row.body is not None else 303), (row, status)
