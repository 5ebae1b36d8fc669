# SPDX-License-Identifier: Apache-2.0
"""The year to come, for process owners: twelve sheets with marks and a list; bounded in time; nothing real changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engine import Engine, VirtualClock, open_engine
from engine.values import SYSTEM
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import rehearsal
from webapp.config import WebConfig
from webapp.studio import agenda

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONTHLY = "start S | cycle: 0 9 1 * * -> T\nscript T | do: x = 1 -> E\nend E"


@pytest.fixture
def engine(engine: Engine, config: WebConfig) -> Iterator[Engine]:
    opened = open_engine(config.engine, VirtualClock(START))
    yield opened
    opened.close()


@pytest.fixture
def otto(app: Flask) -> Browser:
    """A process owner, signed in."""
    return Browser(app).sign_in("otto", PASSWORD)


def test_an_empty_year_says_so(otto: Browser) -> None:
    """No sheets, one sentence."""
    page = otto.open("/studio/agenda").text
    assert "Nothing comes up by itself" in page
    assert "agenda-sheet" not in page


def test_reviews_are_marked_in_their_months_and_listed(otto: Browser, engine: Engine) -> None:
    """Twelve sheets from the present month on; a day leads to its lines."""
    engine.publish(SYSTEM, diagram("R", MONTHLY), "R.bpmn")
    engine.start(engine.people.actor("dana"), "DESK_handle_request")
    page = otto.open("/studio/agenda").text
    assert re.findall(r'class="agenda-title" id="month-\d+">(\w+ \d+)', page)[:2] == ["March 2026", "April 2026"]
    assert page.count("agenda-sheet") == 12
    assert page.count('class="agenda-day is-started') == 11  # the first of each month but the present one
    assert '<a class="agenda-day is-started" href="#day-2026-04-01" title="1 April 2026: 2 entries">' in page
    assert 'id="day-2026-04-01"' in page
    assert "Case begins" in page
    assert '<span class="agenda-day is-today">2</span>' in page
    assert len(engine.cases(SYSTEM).items) == 1


def test_one_process_may_be_chosen(otto: Browser, engine: Engine) -> None:
    """The others are left out; an unknown one is refused."""
    engine.publish(SYSTEM, diagram("R", MONTHLY), "R.bpmn")
    engine.publish(SYSTEM, diagram("Q", MONTHLY.replace("0 9 1", "0 9 5")), "Q.bpmn")
    page = otto.open("/studio/agenda?process=Q&people=complete").text
    assert 'id="day-2026-04-05"' in page
    assert 'id="day-2026-04-01"' not in page
    assert otto.open("/studio/agenda?process=nowhere").status_code == 400


def test_a_page_takes_no_longer_than_it_may(otto: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows what was found by then, and until when that was."""
    engine.publish(SYSTEM, diagram("R", MONTHLY.replace("0 9 1 * *", "0 * * * *")), "R.bpmn")
    monkeypatch.setattr(rehearsal, "SECONDS", 0.2)
    page = otto.open("/studio/agenda").text
    assert "Found out until" in page
    assert "fitsm rehearse" in page


def test_a_long_list_is_cut_and_says_so() -> None:
    """The sheets count everything."""
    from zoneinfo import ZoneInfo

    from engine import Coming

    days = [START + timedelta(days=n // 10) for n in range(1000)]
    found = [Coming(at, "task", "P", "P", str(n), "", False) for n, at in enumerate(days)]
    made = agenda.agenda(found, START, START + timedelta(days=365), START + timedelta(days=365), ZoneInfo("UTC"))
    assert (made.total, made.listed) == (1000, agenda.LISTED)
    assert sum(month.count for month in made.months) == 1000
    assert made.whole


def test_it_is_for_process_owners(dana: Browser) -> None:
    """Others are told that they may not."""
    assert dana.open("/studio/agenda").status_code == 403
    assert "What comes up" not in dana.open("/studio/").text
