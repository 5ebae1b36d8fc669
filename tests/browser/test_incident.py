# SPDX-License-Identifier: Apache-2.0
"""The way of an incident through the house, as the people on it see it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from engine.values import SYSTEM
from tests.browser.conftest import Person
from tests.browser.site import INCIDENTS, Site

TITLE = "Mail with attachments stays in the outbox"
RESOLVE = "Resolve incident or fulfil request"


def test_an_incident_is_registered_resolved_by_a_change_and_closed_by_its_user(site: Site, person: Person) -> None:
    """From the report to the closure: seven people, four processes, one incident that knows its change."""
    anna = person("anna").go("/")
    anna.follow("Start something new")
    anna.press("Start")
    anna.sees("Register incident or service request")
    anna.ready()
    anna.write("Short description", TITLE)
    anna.write("What happened or what is needed?", "Messages over 5 MB are not sent, since this morning.")
    anna.pick("Reported by", "olga", "Olga Petrova")
    anna.pick("Service", "mail", "Mail and calendar")
    anna.choose("Impact", "High")
    anna.choose("Urgency", "Medium")
    anna.choose("Who is affected?", "Several people")
    anna.pick("Affected configuration item", "mail-c", "mail-cluster")
    incident = anna.case_id()
    anna.send()
    anna.sees("is done")
    key = site.engine.case(SYSTEM, incident).case.business_key

    site.wait(minutes=10)
    carla = person("carla").go("/")
    row = carla.page.locator(".task-row").filter(has_text=TITLE)
    expect(row).to_contain_text(RESOLVE)
    expect(row).to_contain_text(key)
    expect(row.locator(".task-prio")).to_contain_text("P2")
    expect(row.locator(".task-due")).to_contain_text(re.compile(r"Due in \d+ h"))
    expect(row.locator(".task-due")).to_contain_text("arrived 10 min ago")
    carla.take(RESOLVE)

    expect(carla.page.locator(".case-side .djs-element.is-active[data-element-id=Task_Resolve]")).to_be_visible()
    carla.page.locator(".case-side").get_by_role("link", name="Key data").click()
    expect(carla.page.locator(".case-side")).to_contain_text("Messages over 5 MB are not sent")
    carla.page.locator(".case-side").get_by_role("link", name="History").click()
    expect(carla.page.locator(".case-side")).to_contain_text("by Anna Brandt")

    carla.choose("Outcome", "A change is needed")
    carla.write("Change", "Raise the size limit of the mail gateway")
    carla.press_send("Save draft")
    carla.sees("Draft saved")
    task = carla.page.url
    carla.page.close()

    carla.new_page()
    carla.go("/")
    expect(carla.page.locator(".task-row").filter(has_text=TITLE)).to_contain_text("draft kept")
    carla.page.goto(task)
    carla.ready()
    expect(carla.field("Change")).to_have_value("Raise the size limit of the mail gateway")
    carla.write("Why is it needed?", "The limit is that of the old gateway.")
    carla.pick("Known error", "search", "Search in the mailbox")
    carla.send()
    carla.sees("Change requested")

    henrik = person("henrik").go("/")
    henrik.take("Register the change")
    expect(henrik.field("Change")).to_have_value("Raise the size limit of the mail gateway")
    expect(henrik.field("Why is it needed?")).to_have_value("The limit is that of the old gateway.")
    henrik.sees(key)
    henrik.pick("Change owner", "farid", "Farid Rahimi")
    henrik.send()

    farid = person("farid").go("/")
    farid.take("Classify the change")
    farid.choose("Impact", "Low")
    farid.choose("Risk", "Low")
    farid.send()
    farid.sees("Assess the change")
    farid.take_this()
    farid.write("Assessment", "Only mail is touched.")
    farid.write("Back-out plan", "Set the old limit again.")
    farid.send()

    henrik.go("/")
    henrik.take("Approve or reject the change")
    henrik.sees("Set the old limit again.")
    henrik.choose("Decision", "Approved")
    henrik.send()

    farid.go("/")
    farid.take("Plan and schedule the change")
    farid.form().get_by_label("Planned start").fill("2026-09-15T10:30")
    farid.form().get_by_label("Planned end").fill("2026-09-15T11:00")
    farid.write("Steps", "1. Save the configuration. 2. Set the limit to 50 MB.")
    farid.send()
    site.wait(minutes=25)
    farid.go("/")
    farid.take("Implement the change")
    farid.choose("Result", "Successful")
    farid.write("Implementation report", "Limit set to 50 MB.")
    farid.send()

    ines = person("ines").go("/")
    ines.take("Update the CI")
    ines.sees("Limit set to 50 MB.")
    ines.choose("Life cycle", "In use and changed")
    ines.send()

    farid.go("/")
    farid.take("Close the change")
    farid.tick("The record is complete, nothing is left to do")
    farid.send()
    farid.sees("is done, and with it the whole case")

    carla.go("/")
    carla.take(RESOLVE)
    carla.sees("Result of the change: successful")
    carla.choose("Outcome", "Resolved or fulfilled")
    carla.write("What was done?", "The limit of the mail gateway is 50 MB now.")
    carla.select("Kind of resolution", "Solved by a change")
    carla.send()

    olga = person("olga").go("/")
    olga.take("Confirm the resolution")
    olga.sees("The limit of the mail gateway is 50 MB now.")
    olga.choose("Is it solved?", "Yes, it is solved")
    olga.send()

    anna.go("/")
    anna.take("Close incident or service request")
    anna.select("Category", "Software")
    anna.send()
    anna.sees("completed")

    anna.page.locator(".case-side").get_by_role("link", name=re.compile(rf"^{key} ")).click()
    anna.sees("CHG-1 Raise the size limit of the mail gateway")
    anna.sees("Known error")
    anna.follow("CHG-1 Raise the size limit")
    anna.sees(f"{key} {TITLE}")


def test_first_level_hands_over_when_its_time_is_up(site: Site, person: Person) -> None:
    """Nobody takes the task in time: it goes to second level by itself, and the task that was open says so."""
    task = site.task_of(site.report(title=TITLE, impact="high", urgency="high"))
    carla = person("carla").go(f"/tasks/{task.id}")
    carla.sees("Take this task")

    site.wait(hours=3)

    carla.press("Take this task")
    carla.expects("409")
    carla.sees("no longer")
    emma = person("emma").go("/")
    emma.take("Resolve in second level")
    emma.sees("no note, the time was up")
    emma.write("What was done?", "The queue was started again.")
    emma.select("Kind of resolution", "Fixed or fulfilled")
    emma.send()
    emma.sees(f"Second level: {TITLE}")
    emma.sees("by the system")


def test_without_an_answer_of_the_user_the_incident_closes_itself(site: Site, person: Person) -> None:
    """Five working days after the resolution the case ends; a weekend does not count."""
    task = site.task_of(site.report(title=TITLE))
    site.do("carla", task, {"outcome": "resolved", "resolution": "Limit raised.", "resolution_code": "fixed"})
    olga = person("olga").go("/")
    olga.sees("Confirm the resolution")
    olga.take("Confirm the resolution")

    site.wait(days=5)
    olga.go(f"/cases/{task.case_id}")
    olga.sees("running")

    site.wait(days=3)
    olga.go(f"/cases/{task.case_id}")
    olga.sees("Closed without confirmation")
    expect(olga.page.locator(".page-head")).to_contain_text("completed")
    olga.go("/")
    olga.sees("Nothing waits for you")
    assert (
        site.engine.record(SYSTEM, "incident", site.engine.case(SYSTEM, task.case_id).case.business_key).state
        == "closed"
    )


def test_a_service_request_goes_the_same_way(site: Site, person: Person) -> None:
    """Choosing "service request" takes the major incident question away; the rest is one form for both."""
    anna = person("anna").go(f"/tasks/{site.begin('anna', INCIDENTS).id}")
    expect(anna.form().get_by_role("checkbox", name="Treat as a major incident")).to_be_visible()
    anna.choose("Type", "Service request")
    expect(anna.form().get_by_role("checkbox", name="Treat as a major incident")).to_be_hidden()
    anna.write("Short description", "Access to the group folder")
    anna.write("What happened or what is needed?", "A new colleague needs it.")
    anna.pick("Reported by", "tom", "Tom Becker")
    anna.pick("Service", "file", "File storage")
    anna.send()
    carla = person("carla").go("/")
    carla.take(RESOLVE)
    carla.sees("Access to the group folder")
