# SPDX-License-Identifier: Apache-2.0
"""A major incident: one who leads, everybody informed every hour, the user asked as soon as the service is back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.site import INCIDENTS, Site

TITLE = "Nobody can sign in"


def test_a_major_incident_is_led_reported_every_hour_and_reviewed(site: Site, person: Person) -> None:
    """Declared by the service desk, confirmed by the manager; its review need not wait for the user, nor the user for it."""
    anna = person("anna").go(f"/tasks/{site.begin('anna', INCIDENTS).id}")
    anna.write("Short description", TITLE)
    anna.write("What happened or what is needed?", "The sign-in page does not answer, anywhere.")
    anna.pick("Reported by", "tom", "Tom Becker")
    anna.pick("Service", "sign-in", "Accounts and sign-in")
    anna.choose("Impact", "Critical")
    anna.choose("Urgency", "High")
    anna.choose("Who is affected?", "All users of the service")
    anna.tick("Treat as a major incident")
    incident = anna.case_id()
    anna.send()
    anna.sees("Waits for")
    anna.sees("major.resolved")

    greta = person("greta").go("/")
    greta.take("Identify as major incident")
    greta.choose("Is it a major incident?", "Yes, a major incident")
    expect(greta.field("Criteria met")).not_to_be_empty()
    greta.send()
    greta.go("/")
    greta.take("Assign a major incident coordinator")
    greta.pick("Coordinator", "jonas", "Jonas Weber")
    greta.pick_one_more("Team", "far", "Farid Rahimi")
    greta.write("Who must be informed?", "Faculties and the press office")
    greta.send()

    jonas = person("jonas").go("/")
    expect(jonas.page.locator(".task-row").filter(has_text=TITLE)).to_contain_text("P1")
    jonas.take("Handle with highest priority")
    jonas.write("Plan", "Restart the sign-in service, then look for the cause.")
    jonas.send()
    jonas.go("/")
    expect(jonas.page.locator(".task-list").get_by_role("link", name="Inform stakeholders")).to_have_count(0)

    for hour in ("first", "second"):
        site.wait(hours=1)
        jonas.go("/")
        jonas.take("Inform stakeholders and escalate")
        jonas.sees("Faculties and the press office")
        jonas.write("What was told to the stakeholders?", f"This is the {hour} report.")
        jonas.send()

    farid = person("farid").go("/")
    farid.take("Resolve major incident")
    farid.write("What restored the service?", "The directory has its disk space back.")
    farid.send()

    tom = person("tom").go("/")
    tom.take("Confirm the resolution")
    tom.sees("The directory has its disk space back.")
    tom.choose("Is it solved?", "Yes, it is solved")
    tom.send()

    jonas.go("/")
    jonas.take("Review and close the major incident")
    jonas.form().get_by_label("Held on").fill("2026-09-15")
    jonas.write("Timeline", "Reported, declared, restored within two hours.")
    jonas.send()
    jonas.sees("is done, and with it the whole case")
    jonas.sees("The directory has its disk space back.")

    anna.go(f"/cases/{incident}")
    anna.sees("MI-1")
    anna.sees("Close incident or service request")


def test_what_is_no_major_incident_takes_the_usual_way(site: Site, person: Person) -> None:
    """The manager says no: first-level support gets the incident."""
    site.report(title=TITLE, impact="critical", urgency="high", affected_users="all", declare_major=True)
    greta = person("greta").go("/")
    greta.take("Identify as major incident")
    greta.choose("Is it a major incident?", "No, the normal way")
    greta.write("Why not?", "One building only.")
    greta.send()
    carla = person("carla").go("/")
    carla.take("Resolve incident or fulfil request")
    carla.sees(TITLE)
