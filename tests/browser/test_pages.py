# SPDX-License-Identifier: Apache-2.0
"""Every page, on a desk and on a phone, by day and by night, for everybody: also without a mouse, also by ear."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.browser.pages import NO_PAGES, PAGES, STATES, House, furnish
from tests.browser.site import Site

AXE = Path(__file__).parents[2] / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def house(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    site = Site(tmp_path_factory.mktemp("house"), template)
    yield furnish(site)
    site.stop()


@pytest.fixture
def site(house: House) -> Site:
    """All tests here only look: they share one house."""
    return house.site


@cache
def axe() -> str:
    if not AXE.is_file():
        pytest.fail(f"{AXE} is missing: build the front end (make assets), which installs it.")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe-core finds, one line each."""
    if not page.evaluate("() => Boolean(globalThis.axe)"):
        page.evaluate(axe())
    found: list[dict[str, Any]] = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)"
    )
    return [f"{one['id']}: {one['help']}: {[n['html'][:160] for n in one['nodes'][:3]]}" for one in found]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")


def pages_of(site: Site) -> set[str]:
    rules = [rule for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return {rule.endpoint for rule in rules if not rule.endpoint.startswith("api.") or rule.endpoint == "api.docs_docs"}


def test_no_page_is_forgotten(site: Site) -> None:
    """A new page must be added to the list, so that somebody looks at it on a phone and by ear."""
    assert pages_of(site) - NO_PAGES == set(PAGES)


@pytest.mark.parametrize("name", [*PAGES, *STATES])
def test_page_is_fit_for_everybody(house: House, person: Person, name: str) -> None:
    """No error in the console, nothing wider than the screen, no finding of axe: 1400 and 390 px, light and dark."""
    login, path = house.address(name)
    somebody = person(login or None, color_scheme="light")
    somebody.expects("Failed to load resource") if name in ("no page there", "not for this person") else None
    somebody.go(path)
    page = somebody.page
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    faults = [f"desktop, light: {fault}" for fault in violations(page)]
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    faults += [f"desktop, dark: {fault}" for fault in violations(page)]
    page.set_viewport_size(PHONE)
    faults += [f"phone, dark: {fault}" for fault in violations(page)]
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    faults += [f"phone, light: {fault}" for fault in violations(page)]
    if (wide := overflow(page)) > 0:
        faults.append(f"phone: {wide} px wider than the screen")
    page.set_viewport_size(DESKTOP)
    if (wide := overflow(page)) > 0:
        faults.append(f"desktop: {wide} px wider than the screen")
    assert not faults, "\n".join(faults)


def test_the_first_tab_stop_leads_to_the_content(person: Person) -> None:
    """Who comes by keyboard need not pass the menu on every page."""
    carla = person("carla").go("/")
    carla.page.keyboard.press("Tab")
    skip = carla.page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    carla.page.keyboard.press("Enter")
    expect(carla.page.locator("main")).to_be_focused()


#: Where the focus is, and whether one sees it: an outline, a shadow or a changed border, on the element or drawn by it.
FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const seen = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const drawn = seen(getComputedStyle(element)) || seen(getComputedStyle(element, '::after'));
  const box = element.getBoundingClientRect();
  const inView = box.bottom > 0 && box.top < innerHeight;
  return { html: element.outerHTML.slice(0, 120), drawn, inView };
}"""


@pytest.mark.parametrize(
    "name", ["tasks.home", "tasks.show", "cases.show", "audit.replay", "studio.edit", "auth.sign_in"]
)
def test_the_focus_is_always_seen(house: House, person: Person, name: str) -> None:
    """Pressing Tab through a page, one sees at every stop where one is."""
    login, path = house.address(name)
    somebody = person(login or None).go(path)
    unseen, stops = [], set()
    for _ in range(60):
        somebody.page.keyboard.press("Tab")
        stop = somebody.page.evaluate(FOCUS)
        if stop is None:
            break
        stops.add(stop["html"])
        if not stop["drawn"] or not stop["inView"]:
            unseen.append(str(stop))
    assert len(stops) > 5
    assert not unseen, "\n".join(unseen)


def tab_to(page: Page, role: Any, name: str, *, exact: bool = True) -> None:
    """Press Tab until the control is reached; what Tab does not reach cannot be used without a mouse."""
    control = page.get_by_role(role, name=name, exact=exact).first
    control.wait_for()
    for _ in range(80):
        page.keyboard.press("Tab")
        if control.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{role} “{name}” cannot be reached by Tab")


def test_an_incident_is_registered_by_keyboard_alone(site: Site, person: Person) -> None:
    """From the start page to the finished form without touching the mouse."""
    anna = person("anna").go("/")
    page, keys = anna.page, anna.page.keyboard
    tab_to(page, "link", "Start something new")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Start something new")).to_be_visible()
    tab_to(page, "button", "Start", exact=False)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Register incident or service request")).to_be_visible()
    anna.ready()
    expect(anna.field("Short description")).to_be_focused()  # it is the first thing to write
    keys.type("Projector stays dark")
    tab_to(page, "textbox", "What happened or what is needed?")
    keys.type("Lecture hall 3, since eight o'clock.")
    for label, typed in (("Reported by", "olga"), ("Service", "video")):
        tab_to(page, "combobox", label)
        keys.type(typed)
        page.get_by_role("option").first.wait_for()
        keys.press("ArrowDown")
        keys.press("Enter")
    tab_to(page, "radio", "Medium – work goes on with difficulty")
    keys.press("ArrowUp")
    expect(page.get_by_role("radio", name="High – an important function is missing")).to_be_checked()
    tab_to(page, "checkbox", "Treat as a major incident")
    keys.press("Space")
    keys.press("Space")
    tab_to(page, "button", "Complete")
    keys.press("Enter")
    page.wait_for_url("**/cases/*")
    anna.sees("is done")
    assert site.engine.search_records(site.actor("anna"), "incident", "Projector")


def test_a_task_is_taken_on_a_phone(house: House, person: Person) -> None:
    """The list, the form and the diagram work with a thumb; the button stays in reach."""
    carla = person("carla", viewport=PHONE, has_touch=True, is_mobile=True).go("/")
    carla.page.get_by_role("link", name="Resolve incident or fulfil request").first.tap()
    carla.ready()
    assert overflow(carla.page) <= 0
    carla.page.get_by_role("button", name="Take this task").or_(carla.page.get_by_role("button", name="Complete")).tap()
    carla.ready()
    expect(carla.page.get_by_role("button", name="Complete")).to_be_in_viewport()
    expect(carla.form()).to_be_visible()


def test_the_theme_is_chosen_and_remembered(person: Person) -> None:
    """Light, dark or as the device has it; the choice holds on the next page."""
    anna = person("anna", color_scheme="light").go("/")
    html = anna.page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "light")
    button = anna.page.locator("[data-island=theme]")
    for _ in range(3):
        if html.get_attribute("data-bs-theme") == "dark":
            break
        button.click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    anna.go("/cases/")
    expect(anna.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
