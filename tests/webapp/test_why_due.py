# SPDX-License-Identifier: Apache-2.0
""" "Why this due date?": on the page of a task, by API and by command, all the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from flask import Flask

from engine import Engine
from engine.definitions import put_asset
from engine.values import SYSTEM
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.cli.conftest import Said, environment, fitsm  # noqa: F401  fixtures
from webapp.filters import length_words

SHOP = {
    "title": "Shop", "time_zone": "Europe/Berlin", "holidays": {"country": "DE"},
    "opening_hours": {day: ["09:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
}  # fmt: skip
DUE = diagram(
    "D",
    'start S -> A\nuser A | form: DESK/request.json | role: desk | due: add_working_time("2026-04-02T13:00:00Z", "PT10H", "shop") -> E\nend E',
    properties={"startable_by": "desk"},
)


@pytest.fixture
def task_id(engine: Engine) -> str:
    with engine.write() as tx:
        put_asset(tx, "calendar", "shop", json.dumps(SHOP).encode(), "shipped")
    form = next(name for name in engine.catalog()["forms"] if not name.endswith(".ui.json"))
    engine.publish(SYSTEM, DUE.replace(b"DESK/request.json", form.encode()), "DESK/D.bpmn")
    case = engine.start(engine.people.actor("dana"), "D", {})
    return engine.case(SYSTEM, case.id).tasks[0].id


def test_a_page_lists_the_times_that_count(dana: Browser, task_id: str) -> None:
    """Reached from the task and from the case; holidays by name."""
    assert f"/tasks/{task_id}/why-due" in dana.open(f"/tasks/{task_id}").text
    page = dana.open(f"/tasks/{task_id}/why-due").text
    assert "Good Friday" in page
    assert "Easter Monday" in page
    assert (
        "10 hours of working time from <strong>Thu 2 Apr 2026, 15:00</strong> end on <strong>Tue 7 Apr 2026, 17:00</strong>"
        in page
    )
    assert page.count("is-passed-over") == 4
    assert '<td role="cell" data-label="Counts">8 hours</td>' in page


def test_programs_get_the_same(app: Flask, engine: Engine, task_id: str) -> None:
    """By task, and for any calendar, start and duration."""
    engine.people.add_token(SYSTEM, "dana", hashlib.sha256(b"dana").hexdigest(), "t")
    client, headers = app.test_client(), {"Authorization": "Bearer dana"}
    (one,) = client.get(f"/api/v1/tasks/{task_id}/why-due", headers=headers).json["items"]
    assert one["end"].startswith("2026-04-07T")
    asked = "/api/v1/calendars/shop/explain?start=2026-04-02T15:00:00&duration=PT10H"
    assert client.get(asked, headers=headers).json["counted"] == one["counted"]
    assert client.get("/api/v1/calendars", headers=headers).json["items"][-1] == {"name": "shop", "title": "Shop"}
    assert client.get("/api/v1/calendars/shop/explain", headers=headers).status_code == 400
    assert (
        client.get("/api/v1/calendars/shpo/explain?start=2026-04-02T15:00:00&duration=P1D", headers=headers).status_code
        == 404
    )


def test_the_command_lists_the_same(fitsm: Callable[..., Said], engine: Engine, task_id: str) -> None:  # noqa: F811
    """As a table, or as JSON."""
    said = fitsm("calendar", "explain", "--task", task_id)
    assert said.status == 0, said.err
    assert "Good Friday" in said.out
    assert said.out.splitlines()[-1].split() == ["due", "2026-04-07", "17:00"]
    other = fitsm("calendar", "explain", "shop", "2026-04-02T15:00:00", "PT10H", "--json").json["items"]
    assert [len(one["counted"]) for one in other] == [6]
    assert fitsm("calendar", "list").out.splitlines()[-1].split() == ["shop", "Shop"]
    said = fitsm("calendar", "explain", "shop")
    assert said.status == 1
    assert "--task" in said.err


def test_pauses_are_told(engine: Engine, dana: Browser, task_id: str, fitsm: Callable[..., Said]) -> None:  # noqa: F811
    """On the page and by the command."""
    pauses = b', "shop", [{"from": "2026-04-07T09:00:00+02:00", "to": "2026-04-07T12:00:00+02:00"}])'
    form = next(name for name in engine.catalog()["forms"] if not name.endswith(".ui.json"))
    engine.publish(
        SYSTEM, DUE.replace(b"DESK/request.json", form.encode()).replace(b', "shop")', pauses), "DESK/D.bpmn"
    )
    case = engine.start(engine.people.actor("dana"), "D", {})
    paused = engine.case(SYSTEM, case.id).tasks[0].id
    page = dana.open(f"/tasks/{paused}/why-due").text
    assert (
        "From <strong>Tue 7 Apr 2026, 09:00</strong> to <strong>Tue 7 Apr 2026, 12:00</strong> the clock stood still"
        in page
    )
    said = fitsm("calendar", "explain", "--task", paused)
    assert "The clock stood still from 2026-04-07 09:00 to 2026-04-07 12:00" in said.out


@pytest.mark.parametrize(
    ("duration", "told"),
    [
        ("PT7H30M", "7 hours 30 minutes"),
        ("P1D", "1 day"),
        ("P1M", "1 month"),
        ("PT1M", "1 minute"),
        ("P2W", "2 weeks"),
        ("PT0S", "0 seconds"),
    ],
)
def test_durations_are_told_in_words(duration: str, told: str) -> None:
    """Months before the T, minutes after it."""
    assert length_words(duration) == told
