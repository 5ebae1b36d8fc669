# SPDX-License-Identifier: Apache-2.0
"""The pages on which a process owner moves running cases."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser, parts
from tests.webapp.conftest import PASSWORD
from tests.webapp.moving import PROCESS, publish, running

PAGE = f"/studio/processes/{PROCESS}/migrate"
MAPPED = f"{PAGE}?to=2&map.Task_Answer=Task_Reply"


@pytest.fixture
def otto(app: Flask) -> Browser:
    return Browser(app).sign_in("otto", PASSWORD)


@pytest.fixture
def cases(engine: Engine) -> list[str]:
    """One case that can move to version 2 as it is, two that need a mapping."""
    found = running(engine, 1, 2)
    publish(engine, Task_Answer="Task_Reply")
    return found


def versions(engine: Engine, cases: list[str]) -> list[int]:
    return [engine.case(SYSTEM, case).case.version for case in cases]


def test_the_process_page_leads_to_it(otto: Browser, dana: Browser, cases: list[str]) -> None:
    """Who may not migrate is not offered it, and is refused."""
    shown = otto.open(f"/studio/processes/{PROCESS}").text
    assert "3 running cases are on older versions" in shown
    assert PAGE in shown
    assert PAGE not in dana.open(f"/studio/processes/{PROCESS}").text
    assert dana.open(PAGE).status_code == 403
    assert dana.send(PAGE, to="2").status_code == 403


def test_the_plan_names_what_moves_and_what_does_not(otto: Browser, cases: list[str]) -> None:
    page = otto.open(PAGE)
    assert page.status_code == 200
    assert re.search(r'stat-value">1</span><span class="stat-label">can move', page.text)
    assert re.search(r'stat-value">2</span><span class="stat-label">cannot', page.text)
    assert "which is not in the new version" in page.text
    assert 'name="map.Task_Answer"' in page.text
    assert '<option value="Task_Reply">' in page.text


def test_both_diagrams_show_where_cases_stand(otto: Browser, cases: list[str]) -> None:
    """The left one those that cannot move in red, the right one where the others would be."""
    text = otto.open(PAGE).text
    marks = re.findall(r'data-part="markers">(.*?)</script>', text)
    assert ['"failed": ["Task_Answer"]' in marks[0], '"Task_Answer": 2' in marks[0]] == [True, True]
    assert '"active": ["Task_Record"]' in marks[1]
    assert parts(otto.open(MAPPED).text)["markers"]["counts"] == {"Task_Record": 1, "Task_Reply": 2}


def test_a_mapping_that_does_not_fit_is_told_and_left_out(otto: Browser, cases: list[str]) -> None:
    page = otto.open(f"{PAGE}?to=2&map.Task_Answer=End_Answered")
    assert page.status_code == 200
    assert "This mapping does not fit" in page.text
    assert "is an end event" in page.text


def test_a_rehearsal_shows_results_and_keeps_nothing(otto: Browser, engine: Engine, cases: list[str]) -> None:
    page = otto.open(f"{MAPPED}&rehearse=5").text
    assert "goes on" in page
    assert "Then waits at" in page
    assert versions(engine, cases) == [1, 1, 1]


def test_cases_are_moved_piece_by_piece_and_back(
    otto: Browser, engine: Engine, cases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks for the next piece by itself; stopped, it offers to go on; done, to undo."""
    monkeypatch.setattr("webapp.studio.migrations.BATCH", 2)
    otto.open(MAPPED)
    begun = otto.send(PAGE, to="2", comment="clearer", key="k", **{"map.Task_Answer": "Task_Reply"})
    assert begun.status_code == 303
    here = begun.headers["Location"].partition("?")[0]
    assert 'hx-trigger="load"' in otto.open(begun.headers["Location"]).text
    assert versions(engine, cases) == [1, 1, 1]
    first = otto.send(f"{here}/go-on", htmx=True).text
    assert "2 of 3 cases done." in first
    assert 'hx-trigger="load"' in first
    assert "Go on with 1 case" in otto.open(here).text
    last = otto.send(f"{here}/go-on", htmx=True).text
    assert "3 of 3 cases done." in last
    assert "hx-trigger" not in last
    assert "Move 3 cases back" in otto.open(here).text
    assert versions(engine, cases) == [2, 2, 2]
    undoing = otto.send(f"{here}/undo", key="u")
    assert undoing.status_code == 303
    for _ in range(2):
        otto.send(f"{here}/go-on", htmx=True)
    assert "3 moved back" in otto.open(here).text
    assert versions(engine, cases) == [1, 1, 1]
    past = otto.open(PAGE).text
    assert "clearer" in past
    assert here in past


def test_without_scripts_a_button_moves_the_next_piece(otto: Browser, engine: Engine, cases: list[str]) -> None:
    otto.open(MAPPED)
    here = otto.send(PAGE, to="2", **{"map.Task_Answer": "Task_Reply"}).headers["Location"].partition("?")[0]
    assert otto.send(f"{here}/go-on").headers["Location"] == here
    assert versions(engine, cases) == [2, 2, 2]


def test_sent_twice_it_is_begun_once(otto: Browser, engine: Engine, cases: list[str]) -> None:
    otto.open(MAPPED)
    first, again = (otto.send(PAGE, to="2", key="same").headers["Location"] for _ in range(2))
    assert first == again
    assert len(engine.migrations(SYSTEM, PROCESS)) == 1


def test_with_nothing_to_move_the_page_says_so(otto: Browser, request_case: str) -> None:
    assert "No running case is on another version" in otto.open(PAGE).text


def test_a_migration_that_is_not_there(otto: Browser) -> None:
    assert otto.open("/studio/migrations/nothing").status_code == 404
