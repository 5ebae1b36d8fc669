# SPDX-License-Identifier: Apache-2.0
"""Chromium, a site for each test and people in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.hands import Hands
from tests.browser.site import Site, build_template

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1400, "height": 900}
PHONE = {"width": 390, "height": 844}

Person = Callable[..., Hands]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_chromium() -> str | None:
    """The Chromium to use: the one named by FITSM_CHROMIUM, else the first that is installed."""
    named = os.environ.get("FITSM_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        told = "No Chromium was found. Install chromium, or name one with FITSM_CHROMIUM."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with content, people and registers; each test works on a copy of it."""
    return build_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def site(tmp_path: Path, template: Path) -> Iterator[Site]:
    made = Site(tmp_path, template)
    yield made
    made.stop()


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Person]:
    """`person("anna")` gives Anna a browser, signed in; `person()` somebody who is not. No console error goes unseen."""
    everybody: list[Hands] = []

    def made(login: str | None = None, **options: Any) -> Hands:
        settings = {"viewport": DESKTOP, "timezone_id": "Europe/Berlin", "locale": "en-GB", "reduced_motion": "reduce"}
        hands = Hands(site, browser.new_context(**{**settings, **options}), login)
        everybody.append(hands)
        return hands

    yield made
    troubles = [f"{hands.login}: {trouble}" for hands in everybody for trouble in hands.unexpected]
    for hands in everybody:
        hands.context.close()
    assert not troubles, "\n".join(troubles)
