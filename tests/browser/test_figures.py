# SPDX-License-Identifier: Apache-2.0
"""Pictures of figures and of maturity on a phone: all of it is seen, and nothing is told by colour alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Person
from tests.browser.test_pages import overflow, violations


def test_a_trend_is_read_on_a_phone_without_scrolling(person: Person) -> None:
    """The newest value and the target's figure stand in the window, in letters that can be read."""
    rosa = person("rosa", viewport=PHONE).go("/figures/KPI-1")
    page = rosa.page
    drawing = page.get_by_role("img", name="Incidents are resolved in time")
    expect(drawing).to_have_count(1)
    newest = drawing.locator(".trend-dot").last.bounding_box()
    assert newest
    assert newest["x"] + newest["width"] < PHONE["width"]
    target = drawing.get_by_text("90 %", exact=True).bounding_box()
    assert target
    assert target["height"] > 10
    shapes = drawing.locator(".trend-dot").evaluate_all("(found) => new Set(found.map((e) => e.getAttribute('d'))).size")
    ratings = drawing.locator(".trend-dot").evaluate_all("(found) => new Set(found.map((e) => e.classList[1])).size")
    assert shapes == ratings > 1
    assert overflow(page) <= 0
    assert not violations(page)


def test_eight_quarters_of_maturity_fit_a_phone(person: Person) -> None:
    """However long the history is, its newest state is seen."""
    rosa = person("rosa", viewport=PHONE).go("/conformity/PR9")
    page = rosa.page
    page.locator(".maturity").evaluate(
        "(list) => { while (list.children.length < 9) list.prepend(list.lastElementChild.cloneNode(true)); }"
    )
    last = page.locator(".maturity li").last.bounding_box()
    assert last
    assert last["x"] + last["width"] <= PHONE["width"]
    assert overflow(page) <= 0
    assert not violations(page)
