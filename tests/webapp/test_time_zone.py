# SPDX-License-Identifier: Apache-2.0
"""The time zone of the site: set on the page of the system, shown everywhere from the next page on."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD


@pytest.fixture
def root(app: Flask) -> Browser:
    return Browser(app).sign_in("root", PASSWORD)


def shown(browser: Browser) -> str:
    """The moment of the page, as it stands there without scripts."""
    found = re.search(r"<dt>Now</dt><dd><time[^>]*>([^<]*)</time>", browser.open("/system").text)
    assert found
    return found[1]


def test_an_administrator_sets_it_and_is_told_what_follows(root: Browser, engine: Engine, request_case: str) -> None:
    before = shown(root)
    answer = root.send("/system/time-zone", zone="Asia/Tokyo")
    assert answer.status_code == 303
    page = root.open("/system").text
    assert "Local time is now that of Asia/Tokyo." in page
    assert "1 running case keeps the zone of Europe/Berlin to the end." in page
    assert "FITSM_TIMEZONE (Europe/Berlin) counts only where none is set" in page
    assert shown(root) != before
    assert str(engine.time_zone()) == "Asia/Tokyo"
    assert engine.verify(SYSTEM, request_case).ok


def test_the_same_zone_changes_nothing(root: Browser, engine: Engine) -> None:
    """Set once, it counts whatever the variable says from then on."""
    root.send("/system/time-zone", zone="Europe/Berlin")
    assert "was that of Europe/Berlin already" in root.open("/system").text


def test_what_is_no_zone_is_refused(root: Browser, engine: Engine) -> None:
    answer = root.send("/system/time-zone", zone="Mars/Olympus")
    assert answer.status_code == 422
    assert "There is no time zone &#39;Mars/Olympus&#39;" in answer.text
    assert str(engine.time_zone()) == "Europe/Berlin"
