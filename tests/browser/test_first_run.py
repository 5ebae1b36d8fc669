# SPDX-License-Identifier: Apache-2.0
"""The first run in front of a person: from an empty installation into the case that establishes the SMS."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Person
from tests.browser.site import Site
from tests.browser.test_pages import overflow, violations
from webapp.first_code import code_of


@pytest.fixture
def site(tmp_path: Path, template: Path) -> Iterator[Site]:
    """The shipped content, and nobody."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for part in template.parent.glob("site.db*"):
        shutil.copy(part, bare / part.name)
    with sqlite3.connect(bare / "site.db") as database:
        database.execute("DELETE FROM person_role")
        database.execute("DELETE FROM person")
    database.close()
    made = Site(tmp_path, bare / "site.db")
    yield made
    made.stop()


def test_an_empty_installation_is_set_up(site: Site, person: Person) -> None:
    """Whatever page is opened; the part of the country is asked for; at the end the first task is open."""
    ida = person().go("/cases/")
    page = ida.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Set FitSM Flow up")
    page.get_by_label("Code").fill(code_of("k" * 40))
    page.get_by_label("Name").fill("Ida Berg")
    page.get_by_label("Login").fill("ida")
    page.get_by_label("Password", exact=True).fill("a sentence to remember")
    page.get_by_label("Password again").fill("a sentence to remember")
    page.get_by_label("Country", exact=True).select_option("DE")
    page.get_by_label("Part of the country").select_option("BY")
    assert not violations(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    assert not violations(page)
    assert overflow(page) <= 0
    page.get_by_role("button", name="Set it up and sign in").click()
    expect(page.get_by_text("Welcome, Ida Berg.")).to_be_visible()
    (case,) = site.engine.cases(site.engine.people.actor("ida")).items
    assert case.process_id == "SMS_establish_sms"
    page.goto(f"{site.url}/home")
    expect(page.get_by_role("heading", name="Ida Berg")).to_be_visible()
    assert date(2026, 1, 6) in site.engine.holidays(date(2026, 1, 5), date(2026, 1, 7))  # Epiphany, in Bavaria
