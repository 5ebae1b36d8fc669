# SPDX-License-Identifier: Apache-2.0
"""The first run: an installation without people is set up by one page, once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from engine import Engine, open_engine
from engine.errors import Conflict
from engine.values import SYSTEM, Person
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import create_app
from webapp.config import WebConfig
from webapp.first_code import address, code_of, is_code

FIELDS = {
    "name": "Ida Berg", "login": "ida", "password": PASSWORD, "again": PASSWORD, "country": "AT", "region": "9",
    "zone": "Europe/Vienna", "days": "friday", "opens": "09:00", "closes": "17:00",
}  # fmt: skip


@pytest.fixture
def bare(config: WebConfig) -> Iterator[Engine]:
    """Content and nobody."""
    opened = open_engine(config.engine)
    opened.publish_content(SYSTEM)
    yield opened
    opened.close()


@pytest.fixture
def fresh(config: WebConfig, bare: Engine) -> Flask:
    made = create_app(config, bare)
    made.testing = True
    return made


def fill(browser: Browser, app: Flask, **changed: str) -> object:
    browser.open("/first-run")
    code = code_of(app.config["WEB"].secret_key)
    return browser.send("/first-run", **{"code": code, **FIELDS, **changed})


def test_every_page_leads_to_the_first_run(fresh: Flask) -> None:
    """Whatever address is opened; programs and supervisors are answered as ever."""
    browser = Browser(fresh)
    for path in ("/", "/cases/", "/sign-in", "/no/such/page"):
        answer = browser.open(path)
        assert (answer.status_code, answer.location) == (303, "/first-run")
    page = browser.open("/first-run?code=ABCD").text
    assert 'value="ABCD"' in page
    assert "Establish the SMS" not in page  # it is not published here
    assert browser.open("/healthz").status_code == 200
    assert browser.fetch("/api/v1/tasks").status_code == 401


def test_the_first_person_and_the_calendar_are_made_together(fresh: Flask, bare: Engine) -> None:
    """Signed in at once, an administrator; the calendar is theirs, and each process counts on it."""
    browser = Browser(fresh)
    before = bare.definition("DESK_handle_request")
    answer = fill(browser, fresh, break_from="12:00", break_to="13:00")
    assert (answer.status_code, answer.location) == (303, "/home")  # type: ignore[attr-defined]
    page = browser.open("/home").text
    assert "Welcome, Ida Berg" in page
    assert "FITSM_TIMEZONE" not in page
    assert str(bare.time_zone()) == "Europe/Vienna"
    assert bare.people.get("ida").roles == {"administrator"}
    explained = bare.explain_working_time("default", "2026-10-26T10:00:00", "PT8H")
    assert (explained.time_zone, explained.end.isoformat()) == ("Europe/Vienna", "2026-11-06T10:00:00+01:00")
    after = bare.definition("DESK_handle_request")
    assert (after.version, after.published_by) == (before.version + 1, "system")
    assert bare.publish_content(SYSTEM) == ()  # the owner's calendar stays
    assert bare.verify_seals(SYSTEM).ok


def test_it_is_there_once(fresh: Flask) -> None:
    """As soon as there is somebody the page is not there, neither for strangers nor for people."""
    fill(Browser(fresh), fresh)
    stranger = Browser(fresh)
    assert stranger.open("/first-run").status_code == 404
    assert stranger.open("/").location == "/sign-in"
    stranger.open("/sign-in")
    assert stranger.send("/first-run", **FIELDS).status_code == 404


def test_of_two_at_once_one_is_the_first(bare: Engine) -> None:
    """Nobody becomes administrator beside the first."""

    def begin(login: str) -> bool:
        try:
            bare.begin(Person(login, login, roles=frozenset({"administrator"})), login, "x")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(begin, ("ida", "ole", "eva", "tom"))) == 1
    assert len(bare.people.find()) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "AAAA-BBBB-CCCC"}, "This is not the code"),
        ({"again": "another sentence"}, "differ"),
        ({"login": "I"}, "3 to 64 small letters"),
        ({"country": "XX"}, "not known"),
        ({"region": "BY"}, "Choose a part of this country"),
        ({"zone": "Mars/Base"}, "Choose a time zone"),
        ({"closes": "08:00"}, "not in order"),
        ({"break_from": "12:00"}, "both its beginning and its end"),
        ({"days": "someday"}, "Tick at least one day"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(fresh: Flask, bare: Engine, changed: dict[str, str], said: str) -> None:
    """And nothing is set up."""
    answer = fill(Browser(fresh), fresh, **changed)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert said in answer.text  # type: ignore[attr-defined]
    assert bare.people.is_nobody()


def test_the_parts_of_a_country_are_asked_for(fresh: Flask) -> None:
    """htmx fetches them when the country is chosen."""
    browser = Browser(fresh)
    assert "Wien" in browser.open("/first-run?country=AT", htmx=True).text
    assert "select" not in browser.open("/first-run?country=XX", htmx=True).text


def test_the_code_is_read_as_people_write_it() -> None:
    """Small letters and blanks are no fault; another installation has another code."""
    code = code_of("k" * 40)
    assert is_code("k" * 40, code.lower().replace("-", " "))
    assert not is_code("j" * 40, code)
    assert address("http://here", "k" * 40) == f"http://here/first-run?code={code}"
