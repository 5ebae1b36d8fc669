# SPDX-License-Identifier: Apache-2.0
"""PR9 Incident and service request management."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.processes.drive import Scenario

TICKETS, MAJOR = "PR9_ISRM_manage_incidents_and_service_requests", "PR9_ISRM_manage_major_incidents"
WORKFLOWS = "PR9_ISRM_maintain_workflows"
REPORT = {
    "ticket_type": "incident", "title": "No mail", "description": "It does not come.", "reporter": "eva", "service": "SVC-1",
    "impact": "medium", "urgency": "medium", "affected_users": "one", "affected_ci": "CI-1",
}  # fmt: skip
RESOLVED = {"outcome": "resolved", "resolution": "Restarted.", "resolution_code": "fixed"}
DOWN = {**RESOLVED, "service_down": True, "outage_from": "2026-03-02T09:00:00Z", "outage_to": "2026-03-02T10:30:00Z"}
ASK = {"outcome": "information", "question": "Since when?"}
CHANGE = {"outcome": "change", "rfc_title": "More memory", "rfc_reason": "It swaps."}
UP = {"outcome": "second_level", "escalation_note": "Needs a trace."}
WORSE = {"outcome": "reclassify", "impact": "high", "urgency": "medium"}
SOLVED, UNSOLVED = {"solved": True, "satisfaction": "5"}, {"solved": False, "user_comment": "Still none."}
CLOSED = {"category": "software"}
FIRST, SECOND = "PR9_ISRM_resolve:Task_Resolve", "PR9_ISRM_resolve:Task_ResolveSecond"
REMIND, ESCALATE = "PR9_ISRM_escalate:Task_Remind", "PR9_ISRM_escalate:Task_EscalateUp"
DECLARED = {
    "incident_id": "INC-1", "title": "No mail", "description": "For nobody.", "service": "SVC-1", "affected_ci": "CI-1", "impact": "critical",
    "urgency": "high", "priority": "P1", "reporter": "eva", "criteria_met": "Priority P1", "resolution_due": "2026-03-02T13:00:00Z",
}  # fmt: skip
INCIDENT = ("incident", {**REPORT, "owner": "eva", "state": "classified"})


SLA = ("sla", {
    "title": "Opera", "state": "active", "owner": "eva", "kind": "individual", "customer": "CUS-1", "services": ["SVC-1"],
    "targets": {"P2": {"response": "PT1H", "resolution": "PT4H"}}, "valid_from": "2026-01-01",
})  # fmt: skip
CUSTOMER = ("customer", {"title": "Opera", "state": "active", "relationship_manager": "eva", "contact": "Ivo"})
STEPS = {"verdict": "changed", "title": "Clear the spool", "matching": "No mail, disk full.", "steps": "1. Clear. 2. Restart.", "owner": "eva"}
KNOWN_ERROR = ("known_error", {"title": "Spool full", "state": "active", "owner": "eva", "symptoms": "No mail.", "workaround": "Clear it."})
WORKFLOW = ("workflow", {
    "title": "Mailing list", "state": "active", "kind": "service_request", "owner": "eva", "service": "SVC-1", "matching": "A list is wanted.",
    "steps": "1. Make it.", "version": 1, "next_review_on": "2026-03-03",
})  # fmt: skip
REPORTED = {"title": "Disk full", "description": "It stopped.", "service": "SVC-1", "origin_process": "PR13-RDM", "origin_ref": "REL-1"}


def ticket(*ends: str, report: dict[str, Any] | None = None, given: Any = (), records: Any = None, **more: Any) -> Scenario:
    messages, late = more.pop("messages", {}), more.pop("late", ())
    answers = {"Task_Register": report or REPORT, **more.pop("more", {}), **more}
    return Scenario(TICKETS, ends, given=given, records=records or {}, answers=answers, messages=messages, late=late)


SCENARIOS = [
    # asked on Monday at 10:00, answered at once; the outage counts; not solved at first; offered as a problem
    ticket("End_Problem", more={FIRST: [ASK, RESOLVED, DOWN]}, Task_Answer={"answer": "Since nine."},
           Task_Confirm=[UNSOLVED, SOLVED], Task_Close={**CLOSED, "offer_problem": True},
           records={("incident", "INC-1"): {"state": "closed", "late": False, "outage_minutes": 90, "resolution_time": "P2D",
                                            "paused_minutes": 0, "target_calendar": "default", "pending_since": None}}),
    ticket("End_AutoClosed", more={FIRST: UP, SECOND: [ASK, RESOLVED]}, Task_Answer={"answer": "Since nine."}, late=("Task_Confirm",)),
    # first level takes too long, and the user never answers
    ticket("End_NoAnswer", late=(FIRST,), more={SECOND: ASK}),
    ticket("End_Closed", more={FIRST: [CHANGE, CHANGE, RESOLVED]}, Task_Confirm=SOLVED, Task_Close=CLOSED,
           messages={"Event_RfcDecided": [{"decision": "rejected", "change_id": None}, {"decision": "approved", "change_id": None}],
                     "Event_ChangeCompleted": {"result": "successful", "change_id": None}}),
    ticket("End_Closed", report={**REPORT, "declare_major": True, "security_hint": True}, Task_Confirm=SOLVED, Task_Close=CLOSED,
           messages={"Event_MajorResolved": {"result": "restored", "resolution": "Restarted.", "major_incident_id": None}}),
    ticket("End_Closed", report={**REPORT, "declare_major": True}, more={FIRST: RESOLVED}, Task_Confirm=SOLVED, Task_Close=CLOSED,
           messages={"Event_MajorResolved": {"result": "not_major", "comment": "One user.", "major_incident_id": None}}),
    ticket("End_Closed", report={**REPORT, "ticket_type": "service_request", "request_kind": "access"}, Task_Confirm=SOLVED,
           Task_Close=CLOSED, messages={"Event_AccessDone": {"result": "provided", "comment": "Read only.", "origin_ref": "INC-1"}}),
    # reported by another process, found to be worse than it seemed
    Scenario(TICKETS, ("End_Closed",), message="ticket.reported", payload=REPORTED,
             answers={"Task_Register": REPORT, FIRST: [WORSE, RESOLVED],
                      "Task_Confirm": SOLVED, "Task_Close": CLOSED}),
    # P2 of an agreement, nobody works on it: reminded, the manager told twice, late
    ticket("End_Closed", report={**REPORT, "impact": "high", "customer": "CUS-1"}, given=(CUSTOMER, SLA),
           late=(FIRST, SECOND, SECOND),
           more={REMIND: {}, ESCALATE: [{"measure": "more_people"}, {"measure": "customer_told"}], SECOND: RESOLVED},
           Task_Confirm=SOLVED, Task_Close=CLOSED),
    # P5 without an agreement
    ticket("End_Closed", report={**REPORT, "impact": "low", "urgency": "low"}, late=(FIRST, SECOND, SECOND),
           more={REMIND: {}, ESCALATE: {"measure": "none"}, SECOND: RESOLVED}, Task_Confirm=SOLVED, Task_Close=CLOSED),
    Scenario(MAJOR, ("End_NotMajor",), given=(INCIDENT,), message="major.declared", payload=DECLARED, answers={"Task_Identify": {"confirmed": False}}),
    Scenario(MAJOR, ("End_Closed", "End_Informed"), message="major.declared", payload=DECLARED, late=("Task_Resolve",),
             answers={"Task_Identify": {"confirmed": True, "criteria_met": "Nobody has mail."}, "Task_AssignCoordinator": {"coordinator": "max"},
                      "Task_Handle": {"plan": "Restore from the mirror."}, "Task_Inform": {"update_text": "We restore it."},
                      "Task_Resolve": {"resolution": "Restored.", "service_down": True, "outage_from": "2026-03-02T09:00:00Z",
                                       "outage_to": "2026-03-02T11:00:00Z"},
                      "Task_Review": {"held_on": "2026-03-04", "timeline": "9:00 down, 11:00 up."}},
             records={("incident", "INC-1"): {"outage_minutes": 120}, ("major_incident", "MI-1"): {"state": "closed"}}),
    Scenario(MAJOR, ("End_Closed",), message="major.declared", payload=DECLARED,
             answers={"Task_Identify": {"confirmed": True, "criteria_met": "Nobody has mail."}, "Task_AssignCoordinator": {"coordinator": "max"},
                      "Task_Handle": {"plan": "Restore from the mirror."}, "Task_Resolve": {"resolution": "Restored."},
                      "Task_Review": {"held_on": "2026-03-04", "timeline": "9:00 down, 11:00 up.", "cause": "The disk."}}),
    # a known error with a workaround: refused, better, in use
    Scenario(WORKFLOWS, ("End_Published",), message="kedb.changed", payload={"known_error_id": "KE-1", "kind": "add", "title": "Spool full"},
             given=(KNOWN_ERROR,), answers={"Task_Incident": [STEPS, STEPS], "Task_Approve": [{"approved": False, "approval_comment": "Who?"},
                                                                                               {"approved": True}]},
             records={("workflow", "WFL-1"): {"state": "active", "known_error": "KE-1", "version": 1, "next_review_on": "2026-09-02"}}),
    Scenario(WORKFLOWS, ("End_None",), signal="service.changed", payload={"service": "SVC-1", "title": "E-mail", "kind_of_change": "changed"},
             answers={"Task_Request": {"verdict": "unchanged"}}),
    Scenario(WORKFLOWS, ("End_Kept",), start="Start_By_Time", given=(WORKFLOW,), answers={"Task_Request": {"verdict": "unchanged"}},
             records={("workflow", "WFL-2"): {"state": "active", "next_review_on": "2026-09-03"}}),
    Scenario(WORKFLOWS, ("End_Published",), answers={"Task_Tell": {"kind": "service_request", "workflow_id": "WFL-2", "what": "Nobody asks for it."},
                                                     "Task_Request": {"verdict": "unused"}, "Task_Approve": {"approved": True}},
             records={("workflow", "WFL-2"): {"state": "retired", "next_review_on": None, "title": "Mailing list"}}),
]  # fmt: skip

MATRIX = {
    "critical": ("P1", "P1", "P2"), "high": ("P1", "P2", "P3"), "medium": ("P2", "P3", "P4"), "low": ("P3", "P4", "P5"),
}  # fmt: skip


def major(reason: str, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    usual = {"ticket_type": "incident", "priority": "P3", "affected_users": "one", "service_record": {"criticality": "critical"}}
    return {**usual, **given}, {"major": bool(reason), "major_reason": reason}


def times(priority: str, answer: str, repair: str, by: str, first: str, **sla: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"priority": priority, **({"sla_record": sla} if sla else {})}
    return given, {"response_time": answer, "resolution_time": repair, "target_calendar": by, "first_level_time": first}


def told(at: int | None, threshold: int | None) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"watched": {"percent_told": at}}, {"threshold": threshold}


def escalated(threshold: int, priority: str, tell: str, sla_risk: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"threshold": threshold, "watched": {"priority": priority}}, {"tell": tell, "sla_risk": sla_risk}


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
        times("P1", "PT5M", "PT1H", "around_the_clock", "PT30M", calendar="shop", targets={"P1": {"response": "PT5M", "resolution": "PT1H"}}),
        times("P3", "PT1H", "P1D", "shop", "P1D", calendar="shop", targets={"P3": {"response": "PT1H", "resolution": "P1D"}}),
        times("P3", "PT1H", "P1D", "default", "P1D", targets={"P3": {"response": "PT1H", "resolution": "P1D"}}),
        times("P1", "PT15M", "PT4H", "around_the_clock", "PT30M"),
        times("P2", "PT30M", "PT8H", "default", "PT2H"),
        times("P3", "PT4H", "P2D", "shop", "P1D", calendar="shop"),
        times("P4", "P1D", "P5D", "default", "P3D"),
        times("P5", "P2D", "P10D", "default", "P5D"),
    ],
    "isrm_threshold": [told(None, 50), told(50, 75), told(75, 100), told(100, None)],
    "isrm_escalation": [
        escalated(100, "P5", "isrm_manager", "actual"),
        escalated(75, "P5", "owner", "none"),
        escalated(75, "P4", "isrm_manager", "potential"),
        escalated(50, "P3", "owner", "none"),
        escalated(50, "P4", "nobody", "none"),
    ],
}
