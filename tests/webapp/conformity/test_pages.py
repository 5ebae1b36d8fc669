# SPDX-License-Identifier: Apache-2.0
"""The pages of conformity on an installation that performs nothing of the standard, and one step of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp.conformity.standard import read_standard

FOLDER = Path(__file__).parents[3] / "processes" / "fitsm"
FILE = "processes/bpmn/DESK/handle_request.bpmn"


@pytest.fixture
def ada(app: Flask) -> Browser:
    """The auditor, on a site that knows the standard."""
    app.extensions["standard"] = read_standard(FOLDER)
    return Browser(app).sign_in("ada", PASSWORD)


def test_nothing_is_shown_where_nothing_is_drawn(ada: Browser) -> None:
    """All processes are there, and the page says how it knows."""
    page = ada.open("/conformity/").text
    assert "PR14 CSI" in page
    assert "No published diagram performs any of it." in page
    assert "newest 100 cases" in page
    assert ada.open("/conformity/PR99").status_code == 404
    assert "PR9.6" in ada.open("/conformity/all").text


def test_a_step_leads_to_the_case_that_shows_it(ada: Browser, engine: Engine, request_case: str) -> None:
    """From the requirement to the replay of the newest case."""
    xml = engine.diagram("DESK_handle_request").decode()
    named = "<spiffworkflow:property name='formJsonSchemaFilename' value='DESK/record.json'"
    assert named in xml
    marked = xml.replace(named, f'<spiffworkflow:property name="fitsm" value="PR9.A1.1" />{named}', 1)
    engine.publish(SYSTEM, marked.encode(), FILE)
    page = ada.open("/conformity/PR9").text
    assert f"/audit/cases/{request_case}" in page
    assert "1 of 1" in page
    assert "now: level 1 of 3" in page
    before = re.search(r'href="(/conformity/PR9\?at=[-0-9]+)"', page)
    assert before
    earlier = ada.open(before[1]).text
    assert "As it was at the end of" in earlier
    assert request_case not in earlier
    assert ada.open("/conformity/PR9?at=2001-03-31").status_code == 404
