# SPDX-License-Identifier: Apache-2.0
"""When something goes wrong, nothing that a person typed is lost, and the page says what to do next."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from engine.values import SYSTEM
from tests.browser.conftest import Person
from tests.browser.hands import Hands
from tests.browser.site import INCIDENTS, RESOLVING, Site
from webapp.demo import SAMPLE_PASSWORD

RESOLVE = "Resolve incident or fulfil request"
SOLUTION = "The limit of the mail gateway is 50 MB now."


def at_the_resolution(site: Site, person: Person) -> Hands:
    """Carla has taken an incident and typed her solution; nothing is sent yet."""
    task = site.task_of(site.report())
    site.engine.claim(site.actor("carla"), task.id)
    carla = person("carla").go(f"/tasks/{task.id}")
    carla.write("What was done?", SOLUTION)
    carla.select("Kind of resolution", "Fixed or fulfilled")
    return carla


def still_typed(hands: Hands) -> None:
    expect(hands.field("What was done?")).to_have_value(SOLUTION)


# --- what was typed is wrong -----------------------------------------------------------------------------------------


def test_missing_answers_are_named_at_their_fields(site: Site, person: Person) -> None:
    """The summary leads to each field; what was typed stays; mending a field takes its message away."""
    anna = person("anna").go(f"/tasks/{site.begin('anna', INCIDENTS).id}")
    anna.write("Short description", "No mail")
    anna.press_send()
    summary = anna.page.get_by_role("alert").filter(has_text="need your attention")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name=re.compile("Service")).click()
    expect(anna.form().get_by_role("combobox", name="Service")).to_be_focused()
    expect(anna.field("Short description")).to_have_value("No mail")
    box = anna.field("What happened or what is needed?")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("Nothing comes in.")
    expect(box).not_to_have_attribute("aria-invalid", "true")


def test_what_only_the_server_refuses_is_shown_at_its_field(site: Site, person: Person) -> None:
    """The server has the last word (422); its message stands at the field, and a corrected form goes through."""
    carla = at_the_resolution(site, person)
    carla.expects("422")

    def with_a_wrong_value(route: Route) -> None:
        route.continue_(post_data=(route.request.post_data or "").replace('"fixed"', '"magic"'))

    carla.page.route("**/complete*", with_a_wrong_value, times=1)
    carla.press_send()
    kind = carla.form().get_by_role("combobox", name="Kind of resolution")
    expect(kind).to_have_attribute("aria-invalid", "true")
    still_typed(carla)
    carla.select("Kind of resolution", "Workaround given")
    carla.send()
    carla.sees("is done")


# --- somebody else was faster ----------------------------------------------------------------------------------------


def test_two_people_complete_the_same_task(site: Site, person: Person) -> None:
    """The second one is told who was faster, keeps what was typed, and sees where the case stands now."""
    carla = at_the_resolution(site, person)
    task_id = carla.page.url.rpartition("/")[2]
    site.engine.assign(site.actor("greta"), task_id, "david")
    david = {"outcome": "resolved", "resolution": "Solved by David.", "resolution_code": "fixed"}
    site.do("david", site.engine.task(site.actor("david"), task_id), david)

    carla.expects("409", "403")
    carla.press_send()
    banner = carla.page.get_by_role("alert")
    expect(banner).to_contain_text("What you typed is kept on this page.")
    still_typed(carla)
    banner.get_by_role("link").click()
    carla.sees("This task is done.")
    carla.sees("David Lindqvist completed it")


def test_a_task_that_a_colleague_took_meanwhile(site: Site, person: Person) -> None:
    """Pressing "Take" in a list that is no longer true names the colleague; the list stays."""
    task = site.task_of(site.report())
    carla = person("carla").go("/")
    site.engine.claim(site.actor("david"), task.id)
    carla.expects("409")
    carla.page.locator(".task-row").get_by_role("button", name="Take").click()
    expect(carla.page.get_by_role("alert")).to_contain_text("David Lindqvist")
    expect(carla.page.locator(".task-row")).to_have_count(1)


def test_pressing_twice_completes_once(site: Site, person: Person) -> None:
    """A double click sends one form."""
    carla = at_the_resolution(site, person)
    case_id = carla.case_id()
    carla.form().get_by_role("button", name="Complete").dblclick()
    carla.page.wait_for_url("**/cases/*")
    done = [event for event in site.engine.history(SYSTEM, case_id) if event.kind == "task.completed"]
    assert len(done) == 2  # registered by Anna, resolved by Carla


# --- signed out, no connection, closed by mistake ----------------------------------------------------------------------


def test_a_session_that_ends_in_the_middle_of_a_form(site: Site, person: Person) -> None:
    """Signed out while typing: the page says so, keeps the text, and takes it after a sign-in in another tab."""
    carla = at_the_resolution(site, person)
    form = carla.page
    site.end_sessions("carla")
    carla.expects("401", "419")
    carla.press_send()
    banner = carla.page.get_by_role("alert")
    expect(banner).to_contain_text("Sign in in another tab, then send again.")
    still_typed(carla)

    with carla.context.expect_page() as opened:
        banner.get_by_role("link").click()
    carla.page = opened.value
    carla.page.get_by_label("Login").fill("carla")
    carla.page.get_by_label("Password").fill(SAMPLE_PASSWORD)
    carla.press("Sign in")
    carla.sees("My work")

    carla.page = form
    still_typed(carla)
    carla.send()
    carla.sees("is done")


def test_a_server_that_stops_in_the_middle_of_a_form(site: Site, person: Person) -> None:
    """No connection: the page says so and keeps the text; when the server is back, sending again works."""
    carla = at_the_resolution(site, person)
    site.stop()
    carla.expects("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
    carla.press_send()
    expect(carla.page.get_by_role("alert")).to_contain_text("There is no connection to the server.")
    still_typed(carla)
    site.start()
    carla.send()
    carla.sees("is done")


def test_a_tab_that_was_closed_by_mistake(site: Site, person: Person) -> None:
    """Nobody pressed "Save draft": two seconds after the last keystroke it was saved anyway."""
    carla = at_the_resolution(site, person)
    task = carla.page.url
    expect(carla.page.locator(".action-bar-status")).to_contain_text("Draft saved", timeout=10_000)
    carla.page.close()
    carla.new_page().goto(task)
    carla.ready()
    still_typed(carla)


def test_a_reload_keeps_even_what_was_just_typed(site: Site, person: Person) -> None:
    """The tab keeps what the server does not have yet, and says that it did."""
    carla = at_the_resolution(site, person)
    carla.page.route("**/draft*", lambda route: route.abort())
    carla.expects("ERR_FAILED")
    carla.write("Note for colleagues", "Tell the mail team.")
    carla.page.reload()
    carla.ready()
    carla.sees("Restored what you typed")
    still_typed(carla)
    expect(carla.field("Note for colleagues")).to_have_value("Tell the mail team.")


# --- a case that stands still ----------------------------------------------------------------------------------------


def test_a_held_case_is_mended_in_the_browser(site: Site, person: Person) -> None:
    """A step that cannot be computed holds the case; its page names element, expression and values, and mends it."""
    broken = site.engine.diagram(RESOLVING).replace(b"support_level = 2", b"support_level = number(escalation_note)")
    site.engine.publish(SYSTEM, broken, site.engine.definition(RESOLVING).file, "An expression that may fail")
    site.engine.publish(SYSTEM, site.engine.diagram(INCIDENTS), site.engine.definition(INCIDENTS).file, "Calls that")
    carla = at_the_resolution(site, person)
    case_id = carla.case_id()
    carla.choose("Outcome", "Pass to second level")
    carla.write("What should second level know?", "see the log")
    carla.send()
    carla.sees("the case cannot go on")
    carla.sees("This case stands still")
    carla.follow(RESOLVE)
    carla.sees("What was entered in this task is kept.")

    greta = person("greta").go(f"/cases/{case_id}")
    fault = greta.page.get_by_role("region", name="This case stands still")
    expect(fault).to_contain_text("Escalate to second level")
    expect(fault).to_contain_text("Task_Escalate")
    expect(fault).to_contain_text("number(escalation_note)")
    expect(fault).to_contain_text("see the log")
    expect(greta.page.locator(".djs-element.is-failed[data-element-id=Task_Escalate]")).to_be_attached()

    fault.get_by_role("link", name="Correct data").click()
    greta.page.get_by_label(re.compile("escalation_note")).fill("2")
    greta.page.get_by_label("Why is it corrected?").fill("The step needs a number.")
    greta.press("Record the correction")
    greta.sees("The correction is recorded.")
    greta.press("Try the step again")
    greta.sees("The step went through; the case goes on.")
    greta.sees("Resolve in second level")
    greta.sees("by Greta Holm")


# --- the door --------------------------------------------------------------------------------------------------------


def test_a_wrong_password_keeps_the_login(person: Person) -> None:
    """The message does not tell whether the login exists; the login need not be typed again."""
    somebody = person().go("/cases/")
    expect(somebody.page).to_have_url(re.compile("/sign-in"))
    somebody.expects("422")
    somebody.page.get_by_label("Login").fill("carla")
    somebody.page.get_by_label("Password").fill("not this one")
    somebody.press("Sign in")
    expect(somebody.page.get_by_role("alert")).to_have_text(
        "Login and password do not match. Check both and try again."
    )
    expect(somebody.page.get_by_label("Login")).to_have_value("carla")
    somebody.page.get_by_label("Password").fill(SAMPLE_PASSWORD)
    somebody.press("Sign in")
    expect(somebody.page).to_have_url(re.compile("/cases/$"))


def test_one_click_signs_in_a_sample_person(person: Person) -> None:
    """Where the sample organisation is, nobody has to type its password; and out again."""
    somebody = person().go("/")
    somebody.press("Anna Brandt")
    somebody.sees("My work")
    somebody.page.locator(".app-user summary").click()
    somebody.press("Sign out")
    somebody.sees("You are signed out.")


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/people/", "403", "You may not do this"),
        ("/system", "403", "You may not do this"),
        ("/cases/nothing-here", "404", "Nothing is here"),
        ("/no/such/page", "404", "Nothing is here"),
    ],
)
def test_a_page_that_is_not_for_this_person(person: Person, path: str, status: str, says: str) -> None:
    """It says why in a sentence, and there is a way back."""
    anna = person("anna")
    anna.expects(status)
    anna.go(path)
    anna.sees(says)
    anna.follow("Go to my work")
    anna.sees("My work")
