# SPDX-License-Identifier: Apache-2.0
"""What JSON Schema cannot say of what is typed is said beside the field, before anything is sent; and by the server too."""

from __future__ import annotations

from playwright.sync_api import expect

from engine.values import SYSTEM
from tests.browser.conftest import Person
from tests.browser.site import Site


def test_blanks_and_days_that_are_over_are_told_at_the_field(site: Site, person: Person) -> None:
    """Each says what is wrong and what to do; what was typed stays, and goes through once it is mended."""
    task = site.begin("rosa", "SMS_assign_roles")
    rosa = person("rosa").go(f"/tasks/{task.id}")
    if rosa.page.get_by_role("button", name="Take this task").count():
        rosa.take_this()
    rosa.pick("Person", "lars", "Lars")
    rosa.select("Role", "Change advisory board (CAB)")
    day = rosa.form().get_by_label("Has the role from")
    day.fill("2026-05-01")
    rosa.form().get_by_label("Last day").fill("2026-04-01")
    rosa.write("Why", " \n ")
    rosa.press_send()
    expect(rosa.form()).to_contain_text("2026-05-01 is over. Choose today or a later day.")
    expect(rosa.form()).to_contain_text("2026-04-01 is over.")
    expect(rosa.form()).to_contain_text("there are only blanks in it")
    expect(day).to_have_value("2026-05-01")
    day.fill("2027-03-01")
    rosa.form().get_by_label("Last day").fill("2027-02-01")
    rosa.write("Why", "Knows the systems")
    expect(rosa.form()).to_contain_text("This is before “Has the role from” (2027-03-01).")
    rosa.form().get_by_label("Last day").fill("2027-12-31")
    rosa.send()
    assert site.engine.task(SYSTEM, task.id).state == "completed"
