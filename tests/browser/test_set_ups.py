# SPDX-License-Identifier: Apache-2.0
"""The forms of set-ups and plans in front of people: filled in, previewed, left as a draft, taken up again, completed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from engine.values import SYSTEM, CaseFilter, Task
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.hands import Hands
from tests.browser.site import Site
from tests.browser.test_pages import overflow, violations

EVERYWHERE = pytest.mark.parametrize(
    ("window", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["desktop", "desktop-dark", "phone", "phone-dark"],
)  # fmt: skip


def due(site: Site, register: str, day: str, begins: str, /, **fields: Any) -> Task:
    """The first task of what begins on the day of a record."""
    today = site.clock.now().date().isoformat()
    site.engine.write_record(SYSTEM, register, {"state": "planned", "owner": "rosa", day: today, **fields})
    site.wait(minutes=1)
    (case,) = site.engine.cases(SYSTEM, CaseFilter(process_id=begins, limit=5)).items
    task = site.task_of(case.id)
    if not task.claimed_by:
        site.engine.claim(site.actor("rosa"), task.id)
    return task


def set_up(site: Site, code: str, process: str) -> Task:
    return due(site, "setup", "start_on", process, title=f"Set up {code}", code=code, order=1)


def keep(rosa: Hands, task: Task) -> None:
    """Nothing is wrong with the page; the draft is kept, and there in another tab."""
    assert not violations(rosa.page)
    assert overflow(rosa.page) == 0
    rosa.press("Save draft")
    expect(rosa.form().get_by_role("status").filter(has_text=re.compile("saved"))).to_be_visible()
    rosa.page.close()
    rosa.new_page()
    rosa.go(f"/tasks/{task.id}")


def entered(site: Site, task: Task) -> Mapping[str, Any]:
    """What the case holds once the task is done."""
    assert site.engine.task(SYSTEM, task.id).state == "completed"
    return site.engine.case(SYSTEM, task.case_id).data


@EVERYWHERE
def test_a_text_of_a_set_up_is_written_with_a_preview(site: Site, person: Person, window: Any, scheme: str) -> None:
    """It begins with the text that is suggested; what is different from that is shown."""
    task = set_up(site, "GR2", "GR2_DOC_set_up")
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{task.id}")
    text = rosa.field("List of documents")
    text.press("Control+End")
    text.press_sequentially("\nLaboratories keep lists of their own.")
    rosa.page.get_by_role("tab", name="Preview").click()
    panel = rosa.page.get_by_role("tabpanel")
    expect(panel.get_by_role("heading", name="For the whole system")).to_be_visible()
    expect(panel.get_by_role("cell", name="Communication plan")).to_be_visible()
    expect(panel).to_contain_text("Laboratories keep lists of their own.")
    assert not violations(rosa.page)
    assert overflow(rosa.page) == 0
    rosa.page.get_by_role("tab", name="Changes").click()
    expect(rosa.page.locator(".changes-line.is-added").last).to_contain_text("Laboratories")
    keep(rosa, task)
    expect(rosa.field("List of documents")).to_have_value(re.compile("Laboratories"))
    rosa.send()
    assert "Laboratories" in entered(site, task)["list_text"]


@EVERYWHERE
def test_maturity_is_assessed(site: Site, person: Person, window: Any, scheme: str) -> None:
    """Twenty-one short questions; a draft of half of them is kept."""
    task = set_up(site, "GR4", "GR4_PLAN_set_up")
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{task.id}")
    rosa.choose("GR1 Top management commitment", "2")
    rosa.choose("PR9 Incidents and service requests", "3")
    keep(rosa, task)
    asked = rosa.form().get_by_role("radiogroup", name="PR9 Incidents and service requests")
    expect(asked.get_by_role("radio", name="3")).to_be_checked()
    rosa.write("What it rests on", "Interviews with all process managers.")
    rosa.send()
    data = entered(site, task)
    assert (data["levels_general"]["GR1"], data["levels_processes"]["PR9"], data["levels_processes"]["PR1"]) == (2, 3, 0)


@EVERYWHERE
def test_a_milestone_is_put_off(site: Site, person: Person, window: Any, scheme: str) -> None:
    """What follows from an answer is asked as soon as it is given."""
    task = due(site, "milestone", "due_on", "GR5_DO_implement_plan", title="Every server is in the CMDB", process="PR11")
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{task.id}")
    rosa.choose("Is it reached?", "It comes later")
    rosa.write("What was done?", "Both server rooms are recorded.")
    rosa.press_send()
    expect(rosa.page.get_by_role("alert")).to_contain_text("By when then?")
    later = (site.clock.now().date() + timedelta(days=30)).isoformat()
    rosa.form().get_by_label("By when then?").fill(later)
    keep(rosa, task)
    expect(rosa.form().get_by_label("By when then?")).to_have_value(later)
    rosa.send()
    assert entered(site, task)["new_due_on"] == later
    assert date.fromisoformat(site.engine.records(SYSTEM, "milestone").items[0].data["due_on"]) == date.fromisoformat(later)


@EVERYWHERE
def test_indicators_are_defined(site: Site, person: Person, window: Any, scheme: str) -> None:
    """Those that are suggested can be changed and taken away; what is missing in a row is named with its number."""
    task = set_up(site, "GR6", "GR6_CHECK_set_up")
    rosa = person("rosa", viewport=window, color_scheme=scheme).go(f"/tasks/{task.id}")
    rosa.form().get_by_role("button", name="Remove entry 4").click()
    rosa.form().get_by_role("button", name="Remove entry 3").click()
    target = rosa.form().locator("#root_indicators_1_target")
    target.fill("")
    rosa.press_send()
    expect(rosa.page.get_by_role("alert")).to_contain_text("Indicators 2, ")
    target.fill("97")
    keep(rosa, task)
    expect(rosa.form().locator("#root_indicators_1_target")).to_have_value("97")
    rosa.send()
    assert [one["target"] for one in entered(site, task)["indicators"]] == [90, 97]
