# SPDX-License-Identifier: Apache-2.0
"""PR9 Incident and service request management."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.processes.drive import Scenario

TICKETS, MAJOR = "PR9_ISRM_manage_incidents_and_service_requests", "PR9_ISRM_manage_major_incidents"
REPORT = {
    "ticket_type": "incident", "title": "No mail", "description": "It does not come.", "reporter": "eva", "service": "SVC-1",
    "impact": "medium", "urgency": "medium", "affected_users": "one", "affected_ci": "CI-1",
}  # fmt: skip
RESOLVED = {"outcome": "resolved", "resolution": "Restarted.", "resolution_code": "fixed"}
ASK = {"outcome": "information", "question": "Since when?"}
CHANGE = {"outcome": "change", "rfc_title": "More memory", "rfc_reason": "It swaps."}
UP = {"outcome": "second_level", "escalation_note": "Needs a trace."}
SOLVED, UNSOLVED = {"solved": True, "satisfaction": "5"}, {"solved": False, "user_comment": "Still none."}
CLOSED = {"category": "software"}
DECLARED = {
    "incident_id": "INC-1", "title": "No mail", "description": "For nobody.", "service": "SVC-1", "affected_ci": "CI-1", "impact": "critical",
    "urgency": "high", "priority": "P1", "reporter": "eva", "criteria_met": "Priority P1", "resolution_due": "2026-03-02T13:00:00Z",
}  # fmt: skip
INCIDENT = ("incident", {**REPORT, "owner": "eva", "state": "classified"})


def ticket(*ends: str, report: dict[str, Any] | None = None, **more: Any) -> Scenario:
    messages = more.pop("messages", {})
    late = more.pop("late", ())
    return Scenario(TICKETS, ends, answers={"Task_Register": report or REPORT, **more}, messages=messages, late=late)


SCENARIOS = [
    ticket("End_Closed", Task_Resolve=[ASK, RESOLVED, RESOLVED], Task_Answer={"answer": "Since nine."},
           Task_Confirm=[UNSOLVED, SOLVED], Task_Close=CLOSED),
    ticket("End_AutoClosed", Task_Resolve=UP, Task_ResolveSecond=[ASK, RESOLVED], Task_Answer={"answer": "Since nine."}, late=("Task_Confirm",)),
    ticket("End_NoAnswer", late=("Task_Resolve",), Task_ResolveSecond=ASK),
    ticket("End_Closed", Task_Resolve=[CHANGE, CHANGE, RESOLVED], Task_Confirm=SOLVED, Task_Close=CLOSED,
           messages={"Event_RfcDecided": [{"decision": "rejected", "change_id": None}, {"decision": "approved", "change_id": None}],
                     "Event_ChangeCompleted": {"result": "successful", "change_id": None}}),
    ticket("End_Closed", report={**REPORT, "declare_major": True}, Task_Confirm=SOLVED, Task_Close=CLOSED,
           messages={"Event_MajorResolved": {"result": "restored", "resolution": "Restarted.", "major_incident_id": None}}),
    ticket("End_Closed", report={**REPORT, "declare_major": True}, Task_Resolve=RESOLVED, Task_Confirm=SOLVED, Task_Close=CLOSED,
           messages={"Event_MajorResolved": {"result": "not_major", "comment": "One user.", "major_incident_id": None}}),
    Scenario(MAJOR, ("End_NotMajor",), given=(INCIDENT,), message="major.declared", payload=DECLARED, answers={"Task_Identify": {"confirmed": False}}),
    Scenario(MAJOR, ("End_Closed", "End_Informed"), message="major.declared", payload=DECLARED, late=("Task_Resolve",),
             answers={"Task_Identify": {"confirmed": True, "criteria_met": "Nobody has mail."}, "Task_AssignCoordinator": {"coordinator": "max"},
                      "Task_Handle": {"plan": "Restore from the mirror."}, "Task_Inform": {"update_text": "We restore it."},
                      "Task_Resolve": {"resolution": "Restored."},
                      "Task_Review": {"held_on": "2026-03-04", "timeline": "9:00 down, 11:00 up."}}),
]  # fmt: skip

MATRIX = {
    "critical": ("P1", "P1", "P2"), "high": ("P1", "P2", "P3"), "medium": ("P2", "P3", "P4"), "low": ("P3", "P4", "P5"),
}  # fmt: skip


def major(reason: str, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    usual = {
        "ticket_type": "incident",
        "priority": "P3",
        "affected_users": "one",
        "service_record": {"criticality": "critical"},
    }
    return {**usual, **given}, {"major": bool(reason), "major_reason": reason}


def times(priority: str, answer: str, repair: str, first: str, **targets: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"priority": priority, **({"sla_record": {"targets": {priority: targets}}} if targets else {})}
    return given, {"response_due": answer, "resolution_due": repair, "first_level_time": first}


# Monday, 2 March 2026, 9:00 UTC; the office is open from 8 to 18 on working days in Berlin (UTC+1).
TABLES = {
    "isrm_priority": [
        ({"impact": impact, "urgency": urgency}, {"priority": MATRIX[impact][column]})
        for impact, (column, urgency) in product(MATRIX, enumerate(("high", "medium", "low")))
    ],
    "isrm_major_incident": [
        major("", ticket_type="service_request", declare_major=True),
        major("Declared by the service desk", declare_major=True),
        major("Priority P1 on a critical service", priority="P1"),
        major("All users of the service are affected with priority P1 or P2", priority="P2", affected_users="all"),
        major("", priority="P1", service_record=None),
    ],
    "isrm_target_times": [
        times("P1", "2026-03-02T09:05:00Z", "2026-03-02T10:00:00Z", "PT30M", response="PT5M", resolution="PT1H"),
        times("P3", "2026-03-02T10:00:00Z", "2026-03-03T09:00:00Z", "P1D", response="PT1H", resolution="P1D"),
        times("P1", "2026-03-02T09:15:00Z", "2026-03-02T13:00:00Z", "PT30M"),
        times("P2", "2026-03-02T09:30:00Z", "2026-03-02T17:00:00Z", "PT2H"),
        times("P3", "2026-03-02T13:00:00Z", "2026-03-04T09:00:00Z", "P1D"),
        times("P4", "2026-03-03T09:00:00Z", "2026-03-09T09:00:00Z", "P3D"),
        times("P5", "2026-03-04T09:00:00Z", "2026-03-16T09:00:00Z", "P5D"),
    ],
}
