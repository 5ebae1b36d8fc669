# SPDX-License-Identifier: Apache-2.0
"""The calendar in front of people: a review is moved, and another program gets the address."""

from __future__ import annotations

import urllib.request
from datetime import date

from icalendar import Calendar
from playwright.sync_api import expect

from engine.values import SYSTEM
from tests.browser.conftest import Person
from tests.browser.site import Site
from tests.browser.test_pages import violations

MEETINGS = "PR12_CHM_hold_cab_meetings"


def test_a_review_is_moved_with_its_effect_seen_first(site: Site, person: Person) -> None:
    """From the month to the review, to what another date would make of it, to the record."""
    lars = person("lars").go("/calendar/?month=2026-10")
    page = lars.page
    page.get_by_role("link", name="SLA-1 Evaluation due").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SLA-1")
    page.get_by_label("Next on").fill("2026-11-05")
    page.get_by_label("Repeats").select_option(label="every 6 months")
    page.get_by_label("Why?").fill("The figures come later")
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_role("heading", name="Two years, before and after")).to_be_visible()
    expect(page.locator(".cal-days").get_by_text("Wed 5 May 2027")).to_be_visible()
    expect(page.get_by_label("Why?")).to_have_value("The figures come later")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Moved to 5 November 2026.")).to_be_visible()
    written = site.engine.record(SYSTEM, "sla", "SLA-1").data
    assert (written["next_evaluation_on"], written["evaluation_period"]) == ("2026-11-05", "P6M")


def test_another_program_reads_the_calendar(person: Person) -> None:
    """The address is made, copied and asked for, by somebody who is not signed in; then it is withdrawn."""
    lars = person("lars").go("/calendar/subscribe")
    page = lars.page
    page.get_by_label("Which calendar?").select_option(label="My processes")
    page.get_by_role("button", name="Make an address").click()
    address = page.get_by_label("Copy the address now").input_value()
    assert not violations(page)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    with urllib.request.urlopen(address) as answer:
        found = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert any(isinstance(event.decoded("dtstart"), date) for event in found)
    page.get_by_role("button", name="Withdraw My processes").click()
    expect(page.get_by_text("The address is withdrawn.")).to_be_visible()


def test_a_timer_of_a_diagram_is_tried_and_published(site: Site, person: Person) -> None:
    """From the calendar to the cycle, to what another one would make of it, to a new version of the process."""
    lars = person("lars").go("/calendar/?view=list&scope=all&process=PR12-CHM")
    page = lars.page
    page.get_by_role("link", name="Hold meetings of the change advisory board").click()
    page.get_by_label("First on").fill("2026-12-25T09:30")
    page.get_by_label("Repeats").select_option(label="every 6 months")
    page.get_by_label("Why?").fill("Twice a year is enough")
    page.get_by_role("button", name="Show the effect").click()
    after = page.locator(".cal-compare > div").filter(has=page.get_by_role("heading", name="After"))
    expect(after.get_by_text("1 of 4 falls on a holiday or into a change freeze.")).to_be_visible()
    expect(after.get_by_text("Holiday: Christmas Day")).to_be_visible()
    expect(after.get_by_text("Fri 25 Jun 2027 09:30")).to_be_visible()
    assert not violations(page)
    assert site.engine.definition(MEETINGS).version == 1
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text("Friday 25 December 2026, 09:30")
    assert site.engine.definition(MEETINGS).comment == "Twice a year is enough"
