# SPDX-License-Identifier: Apache-2.0
"""Addresses for calendar programs, and what stands behind them: a calendar that another program reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from icalendar import Calendar, Event

from engine import Engine, VirtualClock, open_engine
from engine.values import SYSTEM
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.test_calendar import QUARTERLY, REVIEW, START, contract, publish
from webapp.config import WebConfig


@pytest.fixture
def engine(engine: Engine, config: WebConfig) -> Iterator[Engine]:
    opened = open_engine(config.engine, VirtualClock(START))
    yield opened
    opened.close()


def address(browser: Browser, of: str = "mine") -> str:
    """Make one and take it from the page, as a person does."""
    browser.open("/calendar/subscribe")
    page = browser.send("/calendar/subscribe", of=of).text
    found = re.search(r'id="address" value="http://localhost([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def events(app: Flask, path: str) -> list[Event]:
    """What a program reads that knows nothing but the address."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    assert calendar["version"] == "2.0"
    return list(calendar.walk("VEVENT"))


def test_a_feed_has_what_is_mine(app: Flask, dana: Browser, engine: Engine) -> None:
    """Days as days, moments in UTC, expected dates as tentative, each with its own id."""
    publish(engine, "V", REVIEW)
    publish(engine, "R", QUARTERLY)
    contract(engine, owner="dana", every="P6M")
    contract(engine, owner="sam")
    found = events(app, address(dana))
    assert [e["summary"] for e in found if e["status"] == "CONFIRMED"] == ["Due: CON-1 Cleaning"]
    assert found[0].decoded("dtstart") == date(2026, 3, 20)
    assert found[0].decoded("dtend") == date(2026, 3, 21)
    assert [e.decoded("dtstart") for e in found[1:]] == [
        date(2026, 9, 20),
        date(2027, 3, 20),
        date(2027, 9, 20),
        date(2028, 3, 20),
    ]
    assert {str(e["status"]) for e in found[1:]} == {"TENTATIVE"}
    assert len({str(e["uid"]) for e in found}) == len(found)
    assert str(found[0]["url"]).startswith("http://localhost/calendar/of/V/Due/CON-1")
    assert "For: Dana" in found[0]["description"]
    everything = events(app, address(dana, "all"))
    ticks = [e for e in everything if e["summary"] == "R"]
    assert ticks[0].decoded("dtstart") == datetime(2026, 4, 15, 7, tzinfo=UTC)
    assert {str(e["status"]) for e in ticks} == {"CONFIRMED"}


def test_a_review_that_moves_stays_the_same_event(app: Flask, dana: Browser, engine: Engine) -> None:
    """A program then moves it; a tick of a cycle keeps its own id too."""
    publish(engine, "V", REVIEW)
    publish(engine, "R", QUARTERLY)
    own = contract(engine, owner="dana")
    path = address(dana, "all")
    before = {str(e["uid"]): e.decoded("dtstart") for e in events(app, path)}
    engine.write_record(SYSTEM, "contract", {"review_on": "2026-04-01"}, own)
    after = {str(e["uid"]): e.decoded("dtstart") for e in events(app, path)}
    assert before.keys() == after.keys()
    assert [uid for uid in before if before[uid] != after[uid]] == [u for u in after if after[u] == date(2026, 4, 1)]


def test_a_process_has_a_feed_of_its_own(app: Flask, dana: Browser, engine: Engine) -> None:
    """What may be seen of it; an unknown one is refused."""
    publish(engine, "R", QUARTERLY)
    publish(engine, "Q", QUARTERLY, folder="OTHER")
    assert {str(e["summary"]) for e in events(app, address(dana, "OTHER"))} == {"Q"}
    assert dana.send("/calendar/subscribe", of="PR0").status_code == 400


def test_an_address_opens_nothing_else_and_can_be_withdrawn(app: Flask, dana: Browser, engine: Engine) -> None:
    """It is no token of the API, and a token of the API is no address."""
    path = address(dana)
    token = path.split("/")[-1].removesuffix(".ics")
    client = app.test_client()
    assert client.get("/api/v1/tasks", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    page = dana.send("/me/tokens", label="Monitoring").text
    other = page.split("fitsm_")[1].split("<")[0]
    assert client.get(f"/calendar/feed/fitsm_{other}.ics").status_code == 404
    assert "Mine" not in dana.open("/me").text.split("tokens-head")[1]
    [kept] = [t for t in engine.people.tokens(SYSTEM, "dana") if t.purpose == "calendar"]
    [api] = [t for t in engine.people.tokens(SYSTEM, "dana") if t.purpose == "api"]
    dana.open("/calendar/subscribe")
    assert dana.send(f"/calendar/subscribe/{api.id}/withdraw").status_code == 303
    assert len(engine.people.tokens(SYSTEM, "dana")) == 2
    assert dana.send(f"/calendar/subscribe/{kept.id}/withdraw").status_code == 303
    assert client.get(path).status_code == 404


def test_who_has_left_has_no_feed(app: Flask, dana: Browser, engine: Engine) -> None:
    """Nor does a role that was taken away show anything."""
    publish(engine, "V", REVIEW)
    contract(engine, owner="sam")
    path = address(dana, "all")
    assert len(events(app, path)) == 1
    engine.people.set_roles(SYSTEM, "dana", [])
    assert events(app, path) == []
    engine.people.set_active(SYSTEM, "dana", False)
    assert app.test_client().get(path).status_code == 404


def test_the_secret_stands_in_no_log(
    app: Flask, dana: Browser, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line of a request names the path without it."""
    path = address(dana)
    capsys.readouterr()
    app.test_client().get(path)
    logged = capsys.readouterr()
    assert path.split("/")[-1].removesuffix(".ics") not in logged.out + logged.err
    assert "/calendar/feed/…" in logged.out + logged.err


def test_titles_survive_the_format(app: Flask, dana: Browser, engine: Engine) -> None:
    """Commas, semicolons, long lines and letters of all scripts come out as they went in."""
    engine.publish(SYSTEM, diagram("V", REVIEW), "processes/bpmn/DESK/V.bpmn")
    title = "Wärme, Strom; Gas\\ — " + "Ω" * 90
    contract(engine, owner="dana", title=title)
    [event] = events(app, address(dana))
    assert event["summary"] == f"Due: CON-1 {title}"
