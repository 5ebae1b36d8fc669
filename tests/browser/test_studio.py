# SPDX-License-Identifier: Apache-2.0
"""A process owner changes a process in the browser: draws, is told what cannot run, mends it, publishes."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from engine.values import SYSTEM
from tests.browser.conftest import Person
from tests.browser.hands import Hands
from tests.browser.site import INCIDENTS, Site
from tests.builders import diagram as drawn

EDIT = f"/studio/processes/{INCIDENTS}/edit"


def panel(owner: Hands) -> Locator:
    return owner.page.get_by_role("region", name="Properties")


def choose_element(owner: Hands, element: str) -> None:
    shape = owner.page.locator(f".djs-shape[data-element-id={element}]")
    if "selected" not in (shape.get_attribute("class") or ""):  # a second click would let go of it
        shape.click()


def open_group(owner: Hands, title: str) -> None:
    header = panel(owner).locator(".bio-properties-panel-group-header").filter(has_text=re.compile(rf"^{title}"))
    if not header.evaluate("(element) => element.classList.contains('open')"):
        header.click()


def rename(owner: Hands, element: str, name: str) -> None:
    choose_element(owner, element)
    open_group(owner, "General")
    panel(owner).get_by_role("textbox", name="Name").fill(name)


def set_timer(owner: Hands, element: str, value: str) -> None:
    choose_element(owner, element)
    open_group(owner, "Timer")
    panel(owner).get_by_role("textbox", name="Value").fill(value)


def publish(owner: Hands, comment: str) -> Locator:
    owner.press("Publish…")
    dialog = owner.page.get_by_role("dialog", name="Publish a new version")
    dialog.get_by_role("textbox").fill(comment)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    return dialog


def test_a_changed_process_is_checked_mended_and_published(site: Site, person: Person) -> None:
    """A label and a timer are changed; a timer that cannot be read is pointed out and refused until it is mended."""
    running = site.report()
    lars = person("lars").go("/studio/")
    lars.follow("Edit Manage incidents and service requests")
    lars.sees("No problems found.")
    rename(lars, "Task_Close", "Close the ticket")
    lars.sees("not published yet")
    set_timer(lars, "Timer_NoAnswer", "five days")
    findings = lars.page.get_by_role("region", name="Findings")
    expect(findings).to_contain_text("1 error")
    expect(findings).to_contain_text("5 working days")
    expect(lars.page.locator(".finding-mark.has-error")).to_be_visible()

    lars.expects("422")
    dialog = publish(lars, "Ten days to answer")
    expect(dialog).to_contain_text("to mend first")
    dialog.get_by_role("button", name="Not yet").click()
    choose_element(lars, "Task_Close")
    findings.get_by_role("button").first.click()
    expect(panel(lars)).to_contain_text("Timer Boundary Event")
    set_timer(lars, "Timer_NoAnswer", 'add_working_time(now(), "P10D")')
    lars.sees("No problems found.")
    publish(lars, "Ten days to answer")
    lars.sees("Version 2 is published")
    lars.ready()
    lars.sees("Ten days to answer")
    expect(lars.page.locator("svg [data-element-id=Task_Close]").first).to_contain_text("Close the ticket")

    carla = person("carla").go(f"/cases/{running}")
    carla.sees("version 1")
    expect(carla.page.locator("svg [data-element-id=Task_Close]").first).to_contain_text("Close incident")
    fresh = site.report()
    carla.go(f"/cases/{fresh}")
    carla.sees("version 2")
    expect(carla.page.locator("svg [data-element-id=Task_Close]").first).to_contain_text("Close the ticket")


def test_a_colleague_who_was_faster_does_not_cost_the_drawing(site: Site, person: Person) -> None:
    """Somebody published in between: the editor says so, keeps the drawing, and offers it again after a reload."""
    lars = person("lars").go(EDIT)
    rename(lars, "Task_Close", "Close the ticket")
    xml = site.engine.diagram(INCIDENTS).replace(b'name="Classify and prioritise"', b'name="Find the priority"')
    site.engine.publish(SYSTEM, xml, site.engine.definition(INCIDENTS).file, "Better words")

    lars.expects("409")
    publish(lars, "A shorter name")
    conflict = lars.page.get_by_role("alert").filter(has_text="Your drawing is kept")
    expect(conflict).to_be_visible()
    expect(conflict.get_by_role("link")).to_have_attribute("href", re.compile(INCIDENTS))
    choose_element(lars, "Task_Close")
    expect(panel(lars).get_by_role("textbox", name="Name")).to_have_value("Close the ticket")

    lars.page.reload()
    dialog = lars.page.get_by_role("dialog", name="Go on with your draft?")
    expect(dialog).to_contain_text("based on an older version")
    dialog.get_by_role("button", name="Restore my draft").click()
    lars.ready()
    expect(lars.page.locator("svg [data-element-id=Task_Close]").first).to_contain_text("Close the ticket")
    assert site.engine.definition(INCIDENTS).version == 2


def test_undo_takes_a_change_back(site: Site, person: Person) -> None:
    """What was typed into the panel is one step of the drawing's history."""
    lars = person("lars").go(EDIT)
    rename(lars, "Task_Close", "Close the ticket")
    lars.press("Undo")
    expect(lars.page.locator("svg [data-element-id=Task_Close]").first).to_contain_text("Close incident")


def test_a_new_process_is_drawn_and_published(site: Site, person: Person) -> None:
    """The first diagram has a pool, a lane, a start, a task and an end: it can be published as it is."""
    lars = person("lars").go("/studio/new")
    lars.page.get_by_label("Folder").fill("PR9-ISRM")
    lars.page.get_by_label("Name of the file").fill("thank_reporter")
    lars.press("Draw it")
    lars.ready()
    lars.sees("Publishing makes version 1")
    lars.sees("0 errors")
    task = lars.page.locator(".djs-shape[data-element-id^=Task_]").first.get_attribute("data-element-id")
    rename(lars, task or "", "Thank the reporter")
    publish(lars, "A first drawing")
    lars.sees("Version 1 is published")
    lars.ready()
    expect(lars.page.locator(f"svg [data-element-id={task}]").first).to_contain_text("Thank the reporter")
    assert site.engine.definition("PR9_ISRM_thank_reporter").version == 1


def test_who_may_not_publish_looks_only(person: Person) -> None:
    """Staff see the diagram, but no way to change it."""
    anna = person("anna").go("/studio/")
    anna.follow("Manage incidents and service requests")
    expect(anna.page.locator("svg [data-element-id=Task_Register]").first).to_be_visible()
    expect(anna.page.get_by_role("link", name="Edit")).to_have_count(0)
    anna.expects("403")
    anna.go(EDIT)
    anna.sees("You may not do this")


UNDOING = """
    start S -> Search
    adhoc Search | role: isrm_support -> Pay
      manual Look | role: isrm_support
    manual Pay | role: isrm_support -> Undo
    manual Refund | role: isrm_support | undoes: Pay
    throw Undo | compensate: -> E
    timer Wait | on: Pay | duration: PT4H -> E
    end E
"""


def test_what_the_engine_runs_can_be_drawn(site: Site, person: Person) -> None:
    """An ad hoc subprocess gets its condition, thrown compensation its activity, a timer becomes a condition."""
    site.engine.publish(SYSTEM, drawn("PR9_UNDO", UNDOING, properties={"title": '"Undo"'}), "PR9-ISRM/undo.bpmn")
    lars = person("lars").go("/studio/processes/PR9_UNDO/edit")
    lars.ready()
    lars.page.locator(".djs-shape[data-element-id=Search]").click(position={"x": 8, "y": 8})  # beside what is in it
    open_group(lars, "Completion")
    panel(lars).get_by_role("textbox", name="Completion condition").fill('get_var("found", True)')
    choose_element(lars, "Undo")
    open_group(lars, "Compensation")
    panel(lars).get_by_role("combobox", name="Activity reference").select_option("Pay")
    choose_element(lars, "Wait")
    lars.expects("ContextPad#getPad is deprecated")  # bpmn-js calls it itself
    lars.page.locator(".djs-context-pad [data-action=replace]").click()
    lars.page.locator(".djs-popup [data-id=replace-with-conditional-boundary]").click()
    open_group(lars, "Condition")
    panel(lars).get_by_role("textbox", name="Happens when").fill('get_var("late", False)')
    publish(lars, "Complete")
    lars.sees("Version 2 is published")
    xml = site.engine.diagram("PR9_UNDO").decode()
    assert re.search(r'completionCondition[^>]*>get_var\("found", True\)<', xml)
    assert re.search(r'compensateEventDefinition[^>]* activityRef="Pay"', xml)
    assert re.search(r'<bpmn:condition [^>]*>get_var\("late", False\)<', xml)
