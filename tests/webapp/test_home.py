# SPDX-License-Identifier: Apache-2.0
"""Home: what needs somebody today, what is late, what is coming, and what their roles answer for."""

from __future__ import annotations

import json
import re

from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD


def test_somebody_without_a_role_is_told_so(app: Flask) -> None:
    """An empty page says what is missing and where to go."""
    page = Browser(app).sign_in("guest", PASSWORD).open("/home").text
    assert "You have no role yet" in page
    assert "Nothing waits for you" in page
    assert "Nothing of yours comes up" in page
    assert "Is the record intact?" not in page


def test_tasks_are_counted_and_the_next_ones_stand_first(sam: Browser, request_case: str) -> None:
    """The counts lead to the lists; the next task can be taken at once."""
    page = sam.open("/home").text
    assert re.search(r'href="/\?scope=group"><span class="stat-value">1<', page)
    assert "A second screen" in page
    assert ">Take<" in page


def test_auditors_see_the_last_seal_and_verification(app: Flask, engine: Engine, request_case: str) -> None:
    """Never verified is said; after verifying every case it is told who did it and how it came out."""
    ada = Browser(app).sign_in("ada", PASSWORD)
    page = ada.open("/home").text
    assert "nothing sealed yet" in page
    assert "never" in page
    ada.open("/audit/verify")
    assert "1" in ada.send("/audit/verify", htmx=True).text
    page = ada.open("/home").text
    assert "by Ada" in page
    assert "1 case whole" in page
    told = engine.last_verification(engine.people.actor("ada"))
    assert told is not None
    assert json.loads(json.dumps(dict(told.payload))) == {"checked": 1, "failed": 0}


def test_managers_see_the_state_of_their_processes(app: Flask, engine: Engine, request_case: str) -> None:
    """Who has a role of a process and may read its cases: what runs, what is held."""
    ours = {role.id: role.process for role in engine.roles()}
    page = Browser(app).sign_in("lea", PASSWORD).open("/home").text
    assert ("My processes" in page) == bool(ours["lead"])


def test_who_answers_for_a_process_sees_which_step_lies_with_whom(app: Flask, engine: Engine, sam: Browser) -> None:
    """A step of a review that is late with others, by its name; whose it is sees it among their own."""
    review = """
        start Due | register: contract | date: review_on -> Ask
        manual Ask | role: support | due: subtract_time(now(), "P2D") -> E
        end E"""
    engine.publish(SYSTEM, diagram("V", review), "processes/bpmn/DESK/V.bpmn")
    data = {"title": "Cleaning", "owner": "sam", "state": "active", "review_on": "2026-01-02"}
    engine.write_record(SYSTEM, "contract", data)
    engine.fire_due()
    page = Browser(app).sign_in("lea", PASSWORD).open("/home").text
    told = page.split("Late with others")[1].split("</section>")[0]
    assert ">Ask</a>" in told
    assert "offered to Support" in told
    assert "Overdue: due" in told
    page = sam.open("/home").text
    assert "Late with others" not in page
    assert ">Ask</a>" in page.split("Late, of you and your roles")[1]
