# SPDX-License-Identifier: Apache-2.0
"""Helping what stands still, with the hands: call again, skip with a reason; each asks before it acts."""

from __future__ import annotations

from playwright.sync_api import expect

from engine.values import SYSTEM
from tests.browser.conftest import PHONE, Person
from tests.browser.site import Site
from tests.browser.test_pages import overflow, violations
from tests.webapp.services import give_up


def test_a_failed_call_is_made_again(site: Site, person: Person) -> None:
    """The number in the menu leads there; nothing happens before the second press; then the number is gone."""
    call_id = give_up(site.engine)
    greta = person("greta")
    greta.go("/")
    page = greta.page
    expect(page.get_by_role("link", name="Standstills 1 waiting")).to_be_visible()
    page.get_by_role("link", name="Standstills").click()
    expect(page.get_by_role("heading", name="Ask the depot did not answer")).to_be_visible()
    page.locator("summary", has_text="Call again").click()
    assert [call.state for call in site.engine.troubled_calls(SYSTEM)] == ["failed"]
    page.get_by_role("button", name="Call again now").click()
    expect(page.get_by_role("status")).to_contain_text("same request key")
    expect(page.get_by_role("link", name="Standstills", exact=True)).to_be_visible()
    [call] = site.engine.troubled_calls(SYSTEM)
    assert (call.id, call.state) == (call_id, "pending")


def test_a_failed_call_is_skipped_on_a_phone(site: Site, person: Person) -> None:
    """From the case's page, with a reason; the open form is fit for everybody and not wider than the screen."""
    case_id = give_up(site.engine).partition(".")[0]
    greta = person("greta", viewport=PHONE)
    greta.go(f"/cases/{case_id}")
    page = greta.page
    page.locator("summary", has_text="Skip").click()
    assert violations(page) == []
    assert overflow(page) <= 0
    page.get_by_label("Why can the case go on without it?").fill("Ordered by telephone")
    page.get_by_label("Answer of the service").fill('{"number": "4711"}')
    page.get_by_role("button", name="Skip this call").click()
    expect(page.get_by_role("status")).to_contain_text("the case goes on")
    assert site.engine.case(SYSTEM, case_id).data["depot"] == {"number": "4711"}
    expect(page.get_by_text("did not answer")).to_have_count(0)
