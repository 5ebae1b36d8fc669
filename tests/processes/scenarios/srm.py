# SPDX-License-Identifier: Apache-2.0
"""PR3 Service reporting management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

IDENTIFY, MAINTAIN, MONITOR = (
    "PR3_SRM_identify_requirements",
    "PR3_SRM_maintain_specifications",
    "PR3_SRM_monitor_reports",
)
CUSTOMER = ("customer", {"title": "Faculty of Arts", "state": "active", "contact": "Ada, 555", "services": ["SVC-1"]})
SLA = (
    "sla",
    {
        "title": "Mail for the arts",
        "state": "active",
        "owner": "eva",
        "kind": "individual",
        "customer": "CUS-1",
        "services": ["SVC-1"],
        "valid_from": "2026-01-01",
        "availability_percent": 99.5,
    },
)
SLA_CHANGED = {
    "sla_id": "SLA-1",
    "title": "Mail for the arts",
    "kind_of_change": "new",
    "customer": "CUS-1",
    "services": ["SVC-1"],
}
REPORT = {
    "title": "Mail, month by month", "purpose": "See whether the promised availability was kept.", "services": ["SVC-1"],
    "content": "Availability, incidents, changes of the month.", "recipients": "Dean's office", "frequency": "P1M",
    "next_due_on": "2026-04-01", "days_to_deliver": 5, "format": "pdf", "delivery": "mail",
}  # fmt: skip
SPECIFICATION = (
    "report_specification",
    {
        **REPORT,
        "state": "active",
        "owner": "eva",
        "audience": "customer",
        "recipient": "max",
        "next_due_on": "2026-09-01",
        "next_review_on": "2027-01-01",
    },
)
WANTED = {
    "need_title": "Availability of mail",
    "targets": "99.5 per cent a month",
    "events": "Major incidents",
    "recipient": "max",
}
NEW = {"follows": "new", **WANTED, "report_owner": "eva"}
YES, NO = {"agreed": "yes"}, {"agreed": "no", "agree_note": "Resolution times too, please."}
REQUIRED = (
    "report_requirement",
    {
        "title": "Availability of mail",
        "state": "agreed",
        "audience": "customer",
        "source": "sla",
        "targets": "99.5 per cent",
        "recipient": "max",
        "report_owner": "eva",
        "services": ["SVC-1"],
    },
)


def required(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "report_requirement_id": None,
        "report_specification_id": None,
        "title": "Availability of mail",
    } | more


def specification(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "message": "report.required",
        "payload": required(kind, report_specification_id="RSP-1", what="The contract ends.", **more),
    }


GIVEN = {"Task_Produce": {"location": "https://files.example/mail-2026-02.pdf", "summary": "A quiet month."}}
RIGHT = {"received": "yes", "complete": "yes", "plausible": "yes"}
LACKS = RIGHT | {"complete": "no", "findings": "The changes are missing."}
CORRECT = {"follow": "correct", "expected_by": "2026-12-10", "follow_up": "Add the changes."}
EXTRA = {"Task_Choose": {"report_specification_id": "RSP-1", "due_on": "2026-03-01"}}
DUE = ("report_specification", {**SPECIFICATION[1], "next_due_on": "2026-03-04"})
INCIDENT = (
    "incident",
    {
        "title": "Mail is slow",
        "state": "closed",
        "ticket_type": "incident",
        "description": "Slow.",
        "reporter": "eva",
        "owner": "max",
        "service": "SVC-1",
        "impact": "medium",
        "urgency": "medium",
        "reported_on": "2026-02-10T10:00:00Z",
    },
)
CHANGE = (
    "change",
    {
        "title": "More disks",
        "state": "closed",
        "reason": "Full.",
        "description": "Two more disks.",
        "requester": "eva",
        "owner": "eva",
        "service": "SVC-1",
        "implemented_on": "2026-02-11T10:00:00Z",
    },
)

SCENARIOS = [
    Scenario(IDENTIFY, ("End_Required",), signal="sla.changed", payload=SLA_CHANGED, given=(CUSTOMER, SLA),
             answers={"Task_Derive": NEW, "Task_Agree": [NO, YES], "Task_Adapt": {**WANTED, "targets": "99.5 per cent, solved within a day"}},
             records={("report_requirement", "RRQ-1"): {"state": "agreed", "audience": "customer", "source": "sla", "sla": "SLA-1", "customer": "CUS-1",
                                                        "targets": "99.5 per cent, solved within a day"}}),
    Scenario(IDENTIFY, ("End_None",), signal="agreement.changed", payload={"agreement_id": "AGR-1", "title": "Backbone", "kind_of_change": "new", "supplier": None, "services": []},
             answers={"Task_Identify": {"follows": "none"}}),
    Scenario(IDENTIFY, ("End_NotNeeded",), start="Start_By_Time", given=(in_operation("PR3-SRM"), SPECIFICATION),
             answers={"Task_Identify": {"follows": "ended", "report_specification_id": "RSP-1", "what": "Nobody reads it."}}),
    Scenario(IDENTIFY, ("End_Required",), answers={
        "Task_Tell": {"audience": "internal", "title": "Load of the service desk", "need": "Plan the shifts."},
        "Task_Identify": {"follows": "changed", "report_specification_id": "RSP-1", **WANTED, "source": "kpi"}, "Task_Agree": YES},
             records={("report_requirement", "RRQ-2"): {"audience": "internal", "source": "kpi", "sla": None, "specification": "RSP-1"}}),
    Scenario(IDENTIFY, ("End_None",), answers={
        "Task_Tell": {"audience": "customer", "customer": "CUS-1", "title": "Complaints", "need": "Prepare the review."}, "Task_Derive": {"follows": "none"}}),
    Scenario(MAINTAIN, ("End_Active",), message="report.required", given=(CUSTOMER, REQUIRED),
             payload=required("new", report_requirement_id="RRQ-1", recipient="max", report_owner="eva", audience="customer", customer="CUS-1", services=["SVC-1"]),
             answers={"Task_Specify": REPORT, "Task_Agree": YES},
             records={("report_specification", "RSP-1"): {"state": "active", "owner": "eva", "recipient": "max", "next_due_on": "2026-04-01", "next_review_on": "2027-03-02"},
                      ("report_requirement", "RRQ-1"): {"state": "specified", "specification": "RSP-1"}}),
    Scenario(MAINTAIN, ("End_Active",),
             answers={"Task_Choose": {"report_specification_id": "RSP-1", "kind": "changed", "what": "Twice a year is enough."},
                      "Task_Update": {"still_right": "changed", **REPORT, "frequency": "P6M"}, "Task_Agree": [NO, YES], "Task_Adapt": {**REPORT, "frequency": "P3M"}},
             records={("report_specification", "RSP-1"): {"state": "active", "frequency": "P3M"}}),
    Scenario(MAINTAIN, ("End_Kept",), message="report.specification", payload={"kind": "changed", "report_specification_id": "RSP-1", "title": "Mail", "what": "Came late."},
             answers={"Task_Update": {"still_right": "kept"}}),
    Scenario(MAINTAIN, ("End_Stays",), start="Start_By_Time", given=(("report_specification", {**SPECIFICATION[1], "next_review_on": "2026-03-10"}),),
             answers={"Task_Update": {"still_right": "ended", "what": "Nobody asks for it."}, "Task_Terminate": {"may_end": "stays"}},
             records={("report_specification", "RSP-2"): {"state": "active"}}),
    Scenario(MAINTAIN, ("End_Terminated",), **specification("ended"), answers={"Task_Terminate": {"may_end": "ended", "end_reason": "The contract ends."}},
             records={("report_specification", "RSP-1"): {"state": "terminated", "next_due_on": None, "next_review_on": None, "end_reason": "The contract ends."},
                      ("report_requirement", "RRQ-1"): {"state": "obsolete"}}),
    Scenario(MONITOR, ("End_Delivered",), start="Start_By_Time", given=(DUE, INCIDENT, INCIDENT, CHANGE), answers=GIVEN | {"Task_Verify": RIGHT},
             records={("report", "RPT-1"): {"state": "verified", "result": "ok", "period_from": "2026-02-04", "period_to": "2026-03-03", "incidents": 2, "changes": 1},
                      ("report_specification", "RSP-1"): {"next_due_on": "2026-04-04"}}),
    Scenario(MONITOR, ("End_Delivered",), late=("Task_Produce",), answers=EXTRA | GIVEN | {
        "Task_Verify": [{"received": "no"}, RIGHT], "Task_FollowUp": CORRECT},
             records={("report", "RPT-2"): {"state": "verified", "follow_up": "Add the changes."}, ("report_specification", "RSP-1"): {"next_due_on": "2026-04-04"}}),
    Scenario(MONITOR, ("End_Accepted",), answers=EXTRA | GIVEN | {
        "Task_Verify": LACKS, "Task_FollowUp": {"follow": "accept", "follow_up": "Do not forget them next time."}},
             records={("report", "RPT-3"): {"state": "accepted", "result": "inaccurate", "findings": "The changes are missing."}}),
    Scenario(MONITOR, ("End_Respecify",), answers=EXTRA | GIVEN | {
        "Task_Verify": LACKS, "Task_FollowUp": {"follow": "respecify", "follow_up": "Nobody needs the changes."}}),
]  # fmt: skip


def checked(
    received: str, complete: str, plausible: str, delivered_on: str | None, check: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = {"received": received, "complete": complete, "plausible": plausible, "expected_by": "2026-03-06"}
    return facts | {"produced": {"delivered_on": delivered_on}}, {"check": check}


TABLES = {
    "srm_report_check": [
        checked("no", "yes", "yes", None, "missing"),
        checked("yes", "no", "yes", "2026-03-06", "inaccurate"),
        checked("yes", "yes", "no", "2026-03-06", "inaccurate"),
        checked("yes", "yes", "yes", "2026-03-07", "late"),
        checked("yes", "yes", "yes", "2026-03-06", "ok"),
    ]
}
