# SPDX-License-Identifier: Apache-2.0
"""A process owner moves running incidents to a changed process, while staff work on them; and takes it back."""

from __future__ import annotations

from playwright.sync_api import expect

from engine.values import SYSTEM
from tests.browser.conftest import PHONE, Person
from tests.browser.site import INCIDENTS, RESOLVING, Site

PLAN = f"/studio/processes/{INCIDENTS}/migrate"


def publish_renamed(site: Site) -> None:
    """Version 2 has another id for the task at which incidents are resolved, and for that at which users confirm it."""
    for process, old, new in ((RESOLVING, b"Task_Resolve", b"Task_Solve"), (INCIDENTS, b"Task_Confirm", b"Task_Agree")):
        xml = site.engine.diagram(process).replace(b'"%b"' % old, b'"%b"' % new).replace(b">%b<" % old, b">%b<" % new)
        site.engine.publish(SYSTEM, xml, site.engine.definition(process).file, "Clearer names")


def versions(site: Site, cases: list[str]) -> list[int]:
    return [site.engine.case(SYSTEM, case).case.version for case in cases]


def test_incidents_move_while_somebody_works_on_one_and_can_go_back(site: Site, person: Person) -> None:
    """What was typed before the move is there after it; the task is completed in the new version."""
    cases = [site.report(title=f"Mail {number} is slow") for number in range(12)]
    carla = person("carla").go(f"/tasks/{site.task_of(cases[0]).id}")
    carla.take_this()
    carla.choose("Outcome", "Resolved or fulfilled")
    carla.write("What was done?", "Restarted the mail server")
    publish_renamed(site)

    lars = person("lars").go(f"/studio/processes/{INCIDENTS}")
    lars.sees("12 running cases are on older versions.")
    lars.follow("See which can move to the newest")
    lars.sees("12cannot, as they stand")
    expect(lars.page.locator(".djs-element.is-failed[data-element-id=Call_Resolve]")).to_be_visible()
    lars.page.get_by_label("Resolve incident or fulfil request").select_option(value=f"{RESOLVING}:Task_Solve")
    lars.press("Plan")
    lars.sees("12can move to version 2")
    marks = lars.page.locator(".diagram-mark.is-active").filter(has_text="12×")
    expect(marks).to_have_count(2)
    lars.press("Rehearse")
    lars.sees("Then waits at")
    lars.page.get_by_label("Why?").fill("clearer names")
    lars.press("Move 12 cases to version 2")
    lars.sees("12 of 12 cases done. 12 moved.")
    assert versions(site, cases) == [2] * 12

    expect(carla.field("What was done?")).to_have_value("Restarted the mail server")
    carla.select("Kind of resolution", "Fixed or fulfilled")
    carla.send()
    assert site.engine.case(SYSTEM, cases[0]).case.version == 2

    lars.press("Move 12 cases back")
    lars.sees("11 moved back. 1 stay on the new version.")
    lars.sees("The case has taken a step since.")
    assert sorted(versions(site, cases)) == [1] * 11 + [2]


def test_a_bar_moves_and_can_be_stopped(site: Site, person: Person) -> None:
    """Whoever stops finds the rest waiting, on a phone as well."""
    cases = [site.report(title=f"Mail {number} is slow") for number in range(25)]
    publish_renamed(site)
    plan = site.engine.plan_migration(SYSTEM, INCIDENTS, mapping={f"{RESOLVING}:Task_Resolve": f"{RESOLVING}:Task_Solve"})
    begun = site.engine.begin_migration(SYSTEM, plan)
    site.engine.continue_migration(SYSTEM, begun.id, limit=5)
    lars = person("lars", viewport=PHONE).go(f"/studio/migrations/{begun.id}")
    bar = lars.page.get_by_role("progressbar", name="Cases moved")
    expect(bar).to_have_attribute("value", "5")
    lars.press("Go on with 20 cases")
    lars.sees("25 of 25 cases done.")
    expect(bar).to_have_attribute("value", "25")
    assert versions(site, cases) == [2] * 25


def test_an_auditor_sees_each_step_on_its_version(site: Site, person: Person) -> None:
    """The diagram turns with the step at which the case moved."""
    case = site.report(title="Mail is slow")
    site.do("carla", site.task_of(case), {"outcome": "resolved", "resolution": "Faster.", "resolution_code": "fixed"})
    publish_renamed(site)
    plan = site.engine.plan_migration(SYSTEM, INCIDENTS, mapping={"Task_Confirm": "Task_Agree"})
    site.engine.migrate(SYSTEM, plan)
    mia = person("mia").go(f"/audit/cases/{case}")
    old = mia.page.locator(".djs-element[data-element-id=Task_Confirm]")
    new = mia.page.locator(".djs-element[data-element-id=Task_Agree]")
    expect(old).to_be_visible()
    expect(new).to_be_hidden()
    mia.page.keyboard.press("End")
    expect(mia.page.locator(".replay-said")).to_contain_text("Moved to version 2")
    expect(new).to_be_visible()
    expect(old).to_be_hidden()
    panel = mia.page.get_by_role("region", name="This step")
    expect(panel).to_contain_text("element Task_Confirm → Task_Agree")
