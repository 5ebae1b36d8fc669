# SPDX-License-Identifier: Apache-2.0
"""From the number of gaps at home to a role that somebody holds: one click, one form, one decision by somebody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.values import SYSTEM
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.site import Site
from tests.browser.test_pages import overflow, violations


@pytest.mark.parametrize(
    ("window", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["desktop", "desktop-dark", "phone", "phone-dark"],
)  # fmt: skip
def test_a_gap_is_closed(site: Site, person: Person, window: Any, scheme: str) -> None:
    """The SMS owner sees it, the SMS manager proposes, the owner of the process decides."""
    for holder in site.engine.people.holders()["report_recipient"]:
        site.engine.people.set_roles(SYSTEM, holder.id, holder.roles - {"report_recipient"})
    katja = person("katja", viewport=window, color_scheme=scheme).go("/home")
    katja.page.get_by_role("link", name=re.compile("roles? that nobody holds")).click()
    katja.sees("Report recipient")
    assert not violations(katja.page)
    assert overflow(katja.page) == 0
    rosa = person("rosa", viewport=window, color_scheme=scheme).go("/roles/")
    gaps = rosa.page.get_by_role("region", name="Nobody holds")
    expect(gaps.get_by_role("button", name="Assign Report recipient")).to_be_visible()
    gaps.get_by_role("button", name="Assign Report recipient").click()
    rosa.ready()
    expect(rosa.form().get_by_role("combobox", name="Role", exact=True)).to_have_value(re.compile(".+"))
    expect(rosa.form().get_by_role("combobox", name="Role", exact=True).locator("option:checked")).to_have_text("Report recipient")
    rosa.pick("Person", "tom", "Tom Becker")
    rosa.form().get_by_label("Has the role from").fill(site.clock.now().date().isoformat())
    rosa.send()
    case = rosa.case_id()
    decision = site.task_of(case, "Task_Decide")
    assert decision.assignee == "lars"  # the process came with the role, and its owner decides
    site.do("lars", decision, {"agreed": "yes"})
    rosa.go("/roles/")
    row = rosa.page.get_by_role("region", name="Who holds which role").get_by_role("row").filter(has_text="Report recipient")
    expect(row).to_contain_text("Tom Becker")
    expect(row).to_contain_text(f"since {site.clock.now():%-d %b %Y}")
    assert "report_recipient" in site.engine.people.get("tom").roles
