# SPDX-License-Identifier: Apache-2.0
"""What an auditor sees of a case that has ended, and what Verify says when somebody reached into the database."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine import SYSTEM
from tests.browser.conftest import Person
from tests.browser.site import Site
from tests.engine.bpmn.plain import plain_xml

#: For each of two services: somebody looks at it, and what was seen is noted in that turn only.
TURNS = plain_xml(
    '<startEvent id="S" name="Asked"/><subProcess id="Each" name="Check each service">'
    "<multiInstanceLoopCharacteristics><loopDataInputRef>[\"Mail\", \"Web\"]</loopDataInputRef>"
    '<inputDataItem name="service"/></multiInstanceLoopCharacteristics>'
    '<startEvent id="s"/><manualTask id="Look" name="Look at it"/>'
    '<scriptTask id="Note" name="Note it"><script>seen = service + " works"</script></scriptTask><endEvent id="e"/>\n'
    "s -> Look\nLook -> Note\nNote -> e\n"
    '</subProcess><endEvent id="E" name="Checked"/>\nS -> Each\nEach -> E\n'
)
STEPS = 10  # started, registered, assigned, resolved, confirmed, closed, and what was taken in between


def test_a_closed_case_is_replayed_step_by_step(site: Site, person: Person) -> None:
    """Buttons, keys and slider lead through the same steps; beside the diagram stands who did what, when and for whom."""
    case_id = site.closed_incident()
    mia = person("mia").go("/audit/")
    mia.follow("Mail with attachments")
    expect(mia.page).to_have_url(re.compile(f"/audit/cases/{case_id}"))
    said = mia.page.locator(".replay-said")
    panel = mia.page.get_by_role("region", name="This step")
    slider = mia.page.get_by_role("slider", name="Step")
    expect(said).to_have_text(re.compile(rf"^Step 1 of {STEPS}: Case started"))

    mia.press("One step forward")
    mia.press("One step forward")
    expect(said).to_contain_text(re.compile(r"Step 3 of \d+: Completed: Register incident"))
    expect(panel).to_contain_text("Anna Brandt")
    expect(panel).to_contain_text("15 Sept 2026, 10:00")
    expect(panel).to_contain_text("Messages over 5 MB are not sent.")
    changed = panel.get_by_role("row", name=re.compile(r"^Priority"))
    expect(changed.locator(".before")).to_be_empty()
    expect(changed.locator(".after")).to_have_text("P3")
    expect(mia.page.locator(".djs-element.is-active[data-element-id=Call_Resolve]")).to_be_attached()

    panel.get_by_text(re.compile("Data of the case at this step")).click()
    expect(panel.locator(".replay-data").first).to_contain_text("Messages over 5 MB are not sent.")

    mia.press("One step back")
    expect(said).to_contain_text("Step 2 of")
    mia.page.keyboard.press("End")
    expect(said).to_contain_text(f"Step {STEPS} of {STEPS}")
    expect(mia.page.locator(".djs-element.is-done[data-element-id=End_Closed]")).to_be_attached()
    mia.page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text(f"Step {STEPS - 1} of {STEPS}")
    mia.page.keyboard.press("Home")
    mia.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Step 2 of")
    slider.fill("5")
    expect(said).to_contain_text("Step 5 of")
    slider.press("ArrowRight")
    expect(said).to_contain_text("Step 6 of")

    table = mia.page.get_by_role("table", name="All steps of this case")
    table.get_by_role("link", name="Completed: Resolve incident").click()
    expect(panel).to_contain_text("Carla Mendes")
    expect(panel).to_contain_text("On behalf of")
    expect(panel).to_contain_text("David Lindqvist")
    expect(panel).to_contain_text("Limit raised.")
    expect(panel).to_contain_text("15 Sept 2026, 11:00")
    here = mia.page.url
    assert re.search(r"#step=\d+$", here)

    mia.new_page().goto(here)
    mia.ready()
    expect(mia.page.locator(".replay-said")).to_contain_text("Completed: Resolve incident")


def test_the_data_of_turns_stands_beside_that_of_the_case(site: Site, person: Person) -> None:
    """What a step changed in which turn, and what each turn that is under way knows; a turn that is over knows nothing."""
    site.engine.publish(SYSTEM, TURNS, "T/turns.bpmn")
    case = site.engine.start(SYSTEM, "P")
    for task in site.engine.case(SYSTEM, case.id).tasks:
        site.engine.complete(SYSTEM, task.id, {})
    mia = person("mia").go(f"/audit/cases/{case.id}")
    panel = mia.page.get_by_role("region", name="This step")
    expect(panel.get_by_role("heading", name="Changed in Check each service, turn 2")).to_be_visible()
    then = panel.get_by_text(re.compile("Data of Check each service, turn [12] at this step"))
    expect(then).to_have_count(2)
    then.nth(1).click()
    expect(panel.locator(".replay-data").nth(1)).to_contain_text("Web")
    table = mia.page.get_by_role("table", name="All steps of this case")
    expect(table.get_by_role("row").nth(1)).to_contain_text("Service")
    mia.page.keyboard.press("End")
    expect(then).to_have_count(0)
    mia.page.keyboard.press("ArrowLeft")
    expect(then).to_have_count(1)


def test_verify_says_that_everything_reproduces(site: Site, person: Person) -> None:
    """Both halves of the promise in words: nothing altered, and the actions run again lead to the same result."""
    mia = person("mia").go(f"/audit/cases/{site.closed_incident()}")
    mia.press("Verify")
    verdict = mia.page.locator(".verdict")
    expect(verdict).to_contain_text("The history is intact.")
    expect(verdict).to_contain_text(f"{STEPS} entries, none altered, removed or reordered")
    expect(verdict).to_contain_text("led to the same result")


def test_verify_names_the_entry_that_was_altered(site: Site, person: Person) -> None:
    """Somebody with access to the database changes who acted: Verify says at which entry, and why it thinks so."""
    case_id = site.closed_incident()
    site.sql("UPDATE event SET actor = 'tom' WHERE instance_id = ? AND seq = 5", case_id)
    mia = person("mia").go(f"/audit/cases/{case_id}")
    mia.press("Verify")
    verdict = mia.page.locator(".verdict")
    expect(verdict).to_contain_text("The history is not intact.")
    expect(verdict).to_contain_text("broken at entry 5")
    expect(verdict).to_contain_text("its content was changed after it was written")


def test_verify_notices_a_removed_entry(site: Site, person: Person) -> None:
    """An entry that is gone leaves a gap."""
    case_id = site.closed_incident()
    site.sql("DELETE FROM event WHERE instance_id = ? AND seq = 4", case_id)
    mia = person("mia").go(f"/audit/cases/{case_id}")
    mia.press("Verify")
    expect(mia.page.locator(".verdict")).to_contain_text("event 4 is missing")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE instance SET variables = (SELECT variables FROM instance WHERE state = 'running') WHERE id = ?",
        "UPDATE instance SET outcome = 'Closed without answer' WHERE id = ?",
    ],
    ids=["data", "outcome"],
)
def test_verify_notices_that_the_present_state_was_altered(site: Site, person: Person, statement: str) -> None:
    """The history is whole, but what the case says today does not follow from it."""
    case_id = site.closed_incident()
    site.report()
    site.sql(statement, case_id)
    mia = person("mia").go(f"/audit/cases/{case_id}")
    mia.press("Verify")
    expect(mia.page.locator(".verdict")).to_contain_text("The history is not intact.")


def test_all_cases_are_verified_in_one_go(site: Site, person: Person) -> None:
    """The table fills while the bar moves; the one that was tampered with stands out."""
    cases = [site.closed_incident() for _ in range(2)] + [site.report() for _ in range(5)]
    site.sql("UPDATE event SET kind = 'task.released' WHERE instance_id = ? AND seq = 2", cases[3])
    mia = person("mia").go("/audit/verify")
    button = mia.page.get_by_role("button", name=re.compile(r"Verify \d+ cases"))
    number = int(button.inner_text().split()[1])  # some processes begin cases of their own in the morning
    assert number >= len(cases)
    button.click()
    mia.sees(f"1 of {number} histories are not intact.")
    expect(mia.page.locator("#verified tr")).to_have_count(number)
    expect(mia.page.locator("#verified tr").filter(has_text="mismatch")).to_have_count(1)


def test_the_history_goes_along_as_a_file(site: Site, person: Person) -> None:
    """The export holds every entry with its hash."""
    mia = person("mia").go(f"/audit/cases/{site.closed_incident()}")
    with mia.page.expect_download() as download:
        mia.page.get_by_role("link", name="Export the history").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count('"hash"') == STEPS
