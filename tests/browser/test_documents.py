# SPDX-License-Identifier: Apache-2.0
"""A document in front of people: written with a preview, approved by somebody else, read, compared and printed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from engine.values import SYSTEM
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.site import Site
from tests.browser.test_pages import overflow, violations

CONTROL = "GR2_DOC_control_documents"
TEXT = "Text"
OLD = "# Purpose\n\nWe answer within a day.\n"


def view(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def test_a_document_from_its_first_word_to_paper(site: Site, person: Person) -> None:
    """The author cannot approve it; whoever it concerns is asked to read it."""
    rosa = person("rosa").go("/cases/start")
    page = rosa.page
    page.get_by_role("button", name=re.compile("Produce and control documents")).click()
    page.wait_for_url("**/tasks/**")
    rosa.ready()
    if page.get_by_role("button", name="Take this task").count():
        rosa.take_this()
    rosa.choose("What do you want to write?", "A new document")
    rosa.write("What is it called?", "How we answer")
    rosa.select("Kind of document", "Policy")
    rosa.send()
    if page.get_by_role("button", name="Take this task").count():
        rosa.take_this()
    rosa.write(TEXT, "# Purpose\n\nWe answer within a day.\n\n| Who | When |\n| --- | --- |\n| Desk | Day |\n")
    view(page, "Preview")
    expect(page.get_by_role("tabpanel").get_by_role("heading", name="Purpose")).to_be_visible()
    expect(page.get_by_role("tabpanel").get_by_role("cell", name="Desk")).to_be_visible()
    assert not violations(page)
    view(page, "Changes")
    expect(page.get_by_role("tabpanel")).to_contain_text("We answer within a day.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Write")).to_be_focused()
    rosa.pick_one_more("Whom it concerns", "service d", "Service desk")
    rosa.send()
    case = rosa.case_id()
    task = site.task_of(case, "Task_Approve")
    assert task.role == "sms_owner"
    katja = person("katja").go(f"/tasks/{task.id}")
    katja.take_this()
    katja.sees("We answer within a day.")
    katja.choose("Your decision", "Approve")
    katja.send()
    anna = person("anna").go(f"/tasks/{site.task_of(case, 'Task_Acknowledge').id}")
    anna.take_this()
    anna.sees("It concerns your role")
    anna.tick("I have read it, and those in my role know of it")
    anna.send()
    assert site.engine.case(SYSTEM, case).case.state == "completed"
    anna.go("/registers/document/DOC-1")
    anna.sees("approved by Katja Lang")
    with anna.page.expect_download() as download:
        anna.page.evaluate("() => { const a = document.querySelector('.document-actions a:last-child'); a.download = 'x.pdf'; a.click(); }")
    assert download.value.path().read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_next_version_is_compared_with_the_one_in_force(site: Site, person: Person, window: object, scheme: str) -> None:
    """Changes while it is written, on its page afterwards; nothing is wider than the window, and axe finds nothing."""
    written = {"title": "How we answer", "kind": "policy", "owner": "rosa", "author": "rosa", "state": "published", "version": 1, "approved_by": "katja",
               "approved_on": "2026-01-05", "published_text": OLD, "text": OLD, "next_review_on": "2027-01-05"}  # fmt: skip
    made = site.engine.write_record(SYSTEM, "document", written).id
    case = site.engine.start(site.actor("rosa"), CONTROL)
    site.do("rosa", site.task_of(case.id), {"which": "known", "document_id": made})
    task = site.task_of(case.id)
    if not task.claimed_by:
        site.engine.claim(site.actor("rosa"), task.id)
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{task.id}")
    page = rosa.page
    rosa.field(TEXT).fill(OLD.replace("a day", "an hour"))
    view(page, "Changes")
    expect(page.locator(".changes ins")).to_have_text(["an hour"])
    assert not violations(page)
    assert overflow(page) == 0
    rosa.press_send("Save draft")
    rosa.sees("Draft saved")
    rosa.go(f"/tasks/{task.id}")
    view(page, "Changes")  # still to the text in force, not to the draft
    expect(page.locator(".changes ins")).to_have_text(["an hour"])
    rosa.send()
    rosa.go(f"/registers/document/{made}")
    rosa.sees("A new text is in work")
    assert not violations(page)
    assert overflow(page) == 0
    page.get_by_role("link", name="See what is to change").click()
    expect(page.get_by_role("heading", name="Version 1 → Draft, not approved yet")).to_be_visible()
    expect(page.locator(".changes del")).to_have_text(["a day"])
    assert not violations(page)
    assert overflow(page) == 0
