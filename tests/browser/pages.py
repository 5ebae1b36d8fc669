# SPDX-License-Identifier: Apache-2.0
"""Every page of the site with somebody who may see it, on a site where each kind of thing exists."""

from __future__ import annotations

from dataclasses import dataclass

from engine.values import SYSTEM
from tests.browser.site import INCIDENTS, RESOLVING, Site
from tests.webapp.services import give_up, retrying

AGREEMENTS = "PR2_SLM_evaluate_sla"

#: endpoint -> (login, values of its URL); `$name` is looked up in the house. What is not here must be in NO_PAGES.
PAGES: dict[str, tuple[str, dict[str, str]]] = {
    "api.docs_docs": ("paula", {}),
    "audit.index": ("mia", {}),
    "audit.overview": ("mia", {}),
    "audit.replay": ("mia", {"case_id": "$closed"}),
    "auth.account": ("anna", {}),
    "auth.sign_in": ("", {}),
    "calendar.index": ("lars", {}),
    "calendar.item": ("lars", {"process_id": AGREEMENTS, "element": "Start_Due", "record_id": "SLA-1"}),
    "calendar.subscribe": ("lars", {}),
    "cases.correction": ("greta", {"case_id": "$held"}),
    "cases.index": ("greta", {}),
    "cases.show": ("greta", {"case_id": "$held"}),
    "cases.startable": ("anna", {}),
    "figures.index": ("rosa", {}),
    "figures.show": ("rosa", {"kpi_id": "KPI-1"}),
    "home.show": ("greta", {}),
    "conformity.index": ("mia", {}),
    "conformity.show": ("mia", {"process": "PR9"}),
    "conformity.everything": ("mia", {}),
    "people.index": ("paula", {}),
    "people.new": ("paula", {}),
    "people.show": ("paula", {"person_id": "carla"}),
    "documents.changes": ("rosa", {"register": "document", "record_id": "$document"}),
    "registers.edit": ("greta", {"register": "service", "record_id": "$service"}),
    "registers.index": ("greta", {}),
    "registers.new": ("greta", {"register": "known_error"}),
    "registers.record": ("greta", {"register": "incident", "record_id": "$incident"}),
    "registers.records": ("greta", {"register": "incident"}),
    "roles.index": ("mia", {}),
    "standstills.index": ("greta", {}),
    "studio.agenda": ("lars", {}),
    "studio.decisions": ("lars", {}),
    "studio.edit": ("lars", {"process_id": INCIDENTS}),
    "studio.form": ("lars", {"form": "PR9-ISRM/register_incident.json"}),
    "studio.forms": ("lars", {}),
    "studio.index": ("lars", {}),
    "studio.migration": ("lars", {"migration_id": "$migration"}),
    "studio.new": ("lars", {}),
    "studio.plan": ("lars", {"process_id": INCIDENTS}),
    "studio.show": ("lars", {"process_id": INCIDENTS}),
    "system.show": ("paula", {}),
    "tasks.home": ("carla", {}),
    "tasks.show": ("carla", {"task_id": "$claimed"}),
    "tasks.side": ("carla", {"task_id": "$claimed", "part": "history"}),
}

#: the same pages in another state: name -> (login, path)
STATES: dict[str, tuple[str, str]] = {
    "a document with a new text in work": ("rosa", "/registers/document/$document"),
    "a task nobody took": ("carla", "/tasks/$offered"),
    "a task that is done": ("carla", "/tasks/$done"),
    "a case that ended": ("anna", "/cases/$closed"),
    "a case whose service does not answer": ("greta", "/cases/$given_up"),
    "nothing to do": ("nils", "/"),
    "a day without work": ("nils", "/home"),
    "no page there": ("anna", "/no/such/page"),
    "not for this person": ("anna", "/people/"),
    "a month with a freeze": ("lars", "/calendar/?scope=all&month=2026-10&deadlines=1&ahead=1"),
    "the list of reviews": ("lars", "/calendar/?view=list&scope=all&deadlines=1"),
    "two years of reviews": ("lars", "/calendar/?view=year&scope=all"),
    "an empty calendar": ("nils", "/calendar/"),
    "a review that would be moved": ("lars", f"/calendar/of/{AGREEMENTS}/Start_Due/SLA-1?on=2026-09-10&period=P1M"),
    "a time of a diagram": ("lars", "/calendar/of/PR7_CRM_review_complaints/Start_Quarter/PRC-7"),
    "a plan with a rehearsal": ("lars", f"/studio/processes/{INCIDENTS}/migrate?rehearse=5"),
    "a plan in which nothing fits": ("lars", f"/studio/processes/{INCIDENTS}/migrate?map.PR9_ISRM_resolve:Task_Resolve=Start_Reported"),
    "nothing to move": ("lars", "/studio/processes/PR12_CHM_approve_changes/migrate"),
    "a new process": ("lars", "/studio/new?folder=PR9-ISRM&name=thank_reporter"),
}

#: what is asked for by scripts, or is a file
NO_PAGES = {
    "static", "health.healthz", "metrics.metrics", "auth.session_state", "cases.diagram", "studio.starter", "studio.diagram",
    "audit.history", "audit.evidence", "audit.verifier", "calendar.feed", "registers.search", "people.search",
    "documents.as_pdf", "files.of_case", "files.of_record",
    "first_run.show",  # there only while nobody exists: `test_first_run`
    "tasks.why_due",  # no task of the sample is due by working time alone
}  # fmt: skip


@dataclass(frozen=True)
class House:
    """A site with one thing of each kind; `known` names their ids."""

    site: Site
    known: dict[str, str]

    def address(self, name: str) -> tuple[str, str]:
        """Who opens this page, and its path."""
        if name in STATES:
            login, path = STATES[name]
            for word, own in self.known.items():
                path = path.replace(f"${word}", own)
            return login, path
        login, values = PAGES[name]
        with self.site.app.test_request_context():
            filled = {key: self.known[value[1:]] if value.startswith("$") else value for key, value in values.items()}
            return login, self.site.app.url_for(name, **filled)


def furnish(site: Site) -> House:
    """Play what has to be there: a closed, a running, a held case and a major incident."""
    closed = site.closed_incident()
    done = next(task.id for task in site.engine.case(SYSTEM, closed).tasks if task.element == "PR9_ISRM_resolve:Task_Resolve")
    claimed = site.task_of(site.report(title="Wi-Fi drops", impact="high"))
    site.engine.claim(site.actor("carla"), claimed.id)
    offered = site.task_of(
        site.report(title="Printer prints blank pages", affected_ci=site.record_id("ci", "print-server"))
    )
    site.report(title="Nobody can sign in", impact="critical", urgency="high", affected_users="all", declare_major=True)
    site.report(title="Calendar shows the wrong day", urgency="high", impact="high")
    broken = site.engine.diagram(RESOLVING).replace(b"support_level = 2", b"support_level = number(escalation_note)")
    site.engine.publish(SYSTEM, broken, site.engine.definition(RESOLVING).file, "An expression that may fail")
    site.engine.publish(SYSTEM, site.engine.diagram(INCIDENTS), site.engine.definition(INCIDENTS).file, "Calls that")
    held = site.report(title="Search in the mailbox finds nothing")
    site.do("carla", site.task_of(held), {"outcome": "second_level", "escalation_note": "see the log"})
    given_up = give_up(site.engine).partition(".")[0]
    retrying(site.engine)
    moving = site.engine.begin_migration(SYSTEM, site.engine.plan_migration(SYSTEM, INCIDENTS))
    site.engine.continue_migration(SYSTEM, moving.id, limit=1)
    text = {"title": "How we answer", "kind": "policy", "version": 1, "text": "# Within an hour", "published_text": "# Within a day", "approved_by": "katja"}
    document = site.engine.write_record(SYSTEM, "document", text).id
    known = {
        "closed": closed, "done": done, "claimed": claimed.id, "offered": offered.id, "held": held, "given_up": given_up,
        "migration": moving.id, "document": document,
        "service": site.record_id("service", "Mail and calendar"), "incident": "INC-1",
    }  # fmt: skip
    return House(site, known)
