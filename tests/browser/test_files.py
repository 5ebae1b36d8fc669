# SPDX-License-Identifier: Apache-2.0
"""A document that is a file, in front of people: chosen, refused, kept in a draft, approved, downloaded, told apart."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.values import SYSTEM, CaseFilter
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.site import Site
from tests.browser.test_documents import CONTROL
from tests.browser.test_pages import overflow, violations

FILE = "File"
FIRST, SECOND = b"%PDF-1.7 first edition", b"%PDF-1.7 second edition, longer"


def paper(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def named(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}


def saved(page: Page, link: str | re.Pattern[str]) -> bytes:
    """What a link downloads."""
    with page.expect_download() as download:
        page.get_by_role("main").get_by_role("link", name=link).first.click()
    return download.value.path().read_bytes()


@pytest.mark.parametrize(
    ("window", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["desktop", "desktop-dark", "phone", "phone-dark"],
)  # fmt: skip
def test_a_document_handed_in_as_a_file(site: Site, person: Person, window: Any, scheme: str) -> None:
    """Refused where it is chosen, kept in the draft, replaced, and in the end approved and downloaded."""
    case = site.engine.start(site.actor("rosa"), CONTROL)
    site.do("rosa", site.task_of(case.id), {"which": "new", "title": "Floor plan", "kind": "plan", "process": "PR5"})
    task = site.task_of(case.id)
    if not task.claimed_by:
        site.engine.claim(site.actor("rosa"), task.id)
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{task.id}")
    page = rosa.page
    rosa.choose("What does the document consist of?", "A file, made elsewhere")
    expect(rosa.form().get_by_role("tab", name="Write")).to_have_count(0)
    rosa.press_send()
    expect(page.get_by_role("alert").get_by_role("link", name=re.compile("^File: "))).to_be_visible()
    field = page.get_by_role("button", name=FILE, exact=True)
    field.set_input_files(paper("run.exe", b"MZ"))
    expect(page.get_by_text("“run.exe” is of a kind that is not kept here")).to_be_visible()
    assert not violations(page)
    assert overflow(page) == 0
    rosa.expects("422")
    field.set_input_files(paper("plan.pdf", b"no pdf at all"))
    expect(page.get_by_text("'plan.pdf' is no PDF inside.")).to_be_visible()
    field.set_input_files(paper("plan.pdf", FIRST))
    expect(rosa.form().locator(".file-chosen")).to_have_text("plan.pdf 22 bytes")
    rosa.press("Save draft")
    expect(rosa.form().get_by_role("status").filter(has_text="saved")).to_be_visible()
    rosa.go(f"/tasks/{task.id}")
    expect(rosa.form().locator(".file-chosen")).to_contain_text("plan.pdf")
    page.get_by_role("button", name=FILE, exact=True).set_input_files(paper("plan 2.pdf", SECOND))
    expect(rosa.form().locator(".file-chosen")).to_contain_text("plan 2.pdf")
    assert not violations(page)
    assert overflow(page) == 0
    rosa.send()
    approval = site.task_of(case.id, "Task_Approve")
    katja = person("katja", viewport=window, color_scheme=scheme).go(f"/tasks/{approval.id}")
    katja.take_this()
    assert saved(katja.page, "plan 2.pdf") == SECOND
    katja.choose("Your decision", "Approve")
    katja.send()
    document = site.engine.record(SYSTEM, "document", "DOC-1").data
    assert document["published_file"] == named("plan 2.pdf", SECOND)
    rosa.go("/registers/document/DOC-1")
    rosa.sees(sha256(SECOND).hexdigest())
    assert not violations(page)
    assert overflow(page) == 0
    assert saved(page, re.compile("^Download")) == SECOND


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_editions_are_told_apart(site: Site, person: Person, window: Any, scheme: str) -> None:
    """By name, size and SHA-256; the earlier one can still be downloaded."""
    first, second = named("plan.pdf", FIRST), named("plan.pdf", SECOND)
    for content in (FIRST, SECOND):
        site.engine.keep_file(SYSTEM, "plan.pdf", content)
    about = {"title": "Floor plan", "kind": "plan", "owner": "rosa", "author": "rosa", "approved_by": "katja", "state": "published"}
    made = site.engine.write_record(SYSTEM, "document", {**about, "version": 1, "file": first, "published_file": first}).id
    site.engine.write_record(SYSTEM, "document", {"version": 2, "file": second, "published_file": second}, made)
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/registers/document/{made}")
    rosa.follow("Changes")
    rosa.sees("The file changed.")
    for file in (first, second):
        rosa.sees(str(file["sha256"]))
    assert not violations(rosa.page)
    assert overflow(rosa.page) == 0
    assert saved(rosa.page, "plan.pdf") == FIRST


@pytest.mark.parametrize(
    ("window", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone-dark"],
)  # fmt: skip
def test_a_policy_kept_as_a_file_is_reviewed(site: Site, person: Person, window: Any, scheme: str) -> None:
    """Its reviewer gets the file, and puts another in its place."""
    site.engine.keep_file(SYSTEM, "policy.pdf", FIRST)
    kept = named("policy.pdf", FIRST)
    about = {"title": "Policy", "code": "general_policy", "kind": "policy", "owner": "katja", "author": "katja", "version": 1}
    in_force = {**about, "state": "published", "file": kept, "published_file": kept, "next_review_on": "2026-09-16"}
    own = site.engine.write_record(SYSTEM, "document", in_force).id
    site.wait(days=1)
    [case] = site.engine.cases(SYSTEM, CaseFilter(process_id="GR1_MCA_review_policy")).items
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{site.task_of(case.id).id}")
    rosa.take_this()
    assert saved(rosa.page, "policy.pdf") == FIRST
    rosa.choose("What becomes of it?", "It changes")
    rosa.write("What changed", "It is shorter.")
    expect(rosa.page.get_by_label("A file, made elsewhere")).to_be_checked()
    rosa.choose("What does it consist of?", "A text, written here")
    expect(rosa.form().get_by_role("tab", name="Write")).to_be_visible()
    rosa.choose("What does it consist of?", "A file, made elsewhere")
    rosa.page.get_by_role("button", name="New file", exact=True).set_input_files(paper("policy 2.pdf", SECOND))
    expect(rosa.form().locator(".file-chosen")).to_contain_text("policy 2.pdf")
    assert not violations(rosa.page)
    assert overflow(rosa.page) == 0
    rosa.send()
    document = site.engine.record(SYSTEM, "document", own).data
    assert (document["file"], document.get("text"), document["published_file"]) == (named("policy 2.pdf", SECOND), None, kept)
