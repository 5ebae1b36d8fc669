# SPDX-License-Identifier: Apache-2.0
"""PR7 Customer relationship management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

HANDLE, REVIEW = "PR7_CRM_handle_complaints", "PR7_CRM_review_services"
LESSONS = "PR7_CRM_review_complaints"
MAINTAIN, SATISFACTION = "PR7_CRM_maintain_customers", "PR7_CRM_manage_satisfaction"
CUSTOMER = (
    "customer",
    {
        "title": "Wheels Ltd",
        "state": "active",
        "contact": "Ada, 555",
        "relationship_manager": "eva",
        "importance": "medium",
    },
)
VITAL = (
    "customer",
    {
        "title": "Rails Ltd",
        "state": "active",
        "contact": "Ben, 556",
        "relationship_manager": "eva",
        "importance": "high",
    },
)
COMPLAINT = {
    "customer": "CUS-1", "title": "Mail is slow", "description": "It takes a minute.", "service": "SVC-1", "channel": "mail",
    "formality": "remark", "agreement_kept": "kept",
}  # fmt: skip
ANSWER = {"cause": "A full disk.", "answer": "We add disks."}
NO = {"outcome": "not_accepted", "ask_note": "That was said last time."}
STANDS = {"settle": "final", "settle_note": "It is what was agreed."}
AGAIN = {"settle": "again", "settle_note": "Offer a date."}


NEW = {
    "title": "Museum", "contact": "Cleo, 557", "services": ["SVC-1"], "importance": "medium", "ordering_channel": "Portal",
    "complaint_channel": "Telephone", "escalation_channel": "Max",
}  # fmt: skip
LEAVES = {"kind_of_change": "leaves", "what": "The contract ends."}


OLD = (
    "complaint",
    {
        "title": "Slow",
        "state": "closed",
        "customer": "CUS-1",
        "description": "Slow.",
        "severity": "low",
        "received_on": "2026-03-01T09:00:00Z",
    },
)
PATTERN = {"trends": "Always the disks.", "what": "Watch the disks"}
RESULTS = [
    {"what": "More disks", "kind": kind, "service": "SVC-1"}
    for kind in ("improvement", "demand", "service_level", "change")
]
PLANNED = {"agreed": "agreed", "planned_on": "2026-03-20", "participants": "Ada and Eva", "topics": "Disks."}
HELD = {"held_on": "2026-03-20", "impression": "mixed", "findings": "Mail is too slow."}


def action(way: str) -> dict[str, Any]:
    return {"title": "More disks", "way": way, "responsible": "eva", "due_on": "2026-05-04"}


SURVEY = {"title": "Satisfaction 2026", "method": "survey", "questions": "Is the mail fast?", "asked": 50}


def survey(
    *ends: str, result: Any, rounds: int = 1, start: str = "", given: Any = (), records: Any = None, **answers: Any
) -> Scenario:
    common = {"Task_Plan": SURVEY, "Task_RemindThem": [{"reminded": "reminded"}] * rounds, "Task_Collect": result}
    return Scenario(SATISFACTION, ends, start=start, given=given, answers=common | answers, records=records or {})


def result(responses: int, score: float) -> dict[str, Any]:
    return {"responses": responses, "score": score, "findings": "Mail is slow."}


def handle(
    *ends: str, records: Any = None, messages: Any = None, late: tuple[str, ...] = (), given: Any = (), **answers: Any
) -> Scenario:
    common = {"Task_Register": COMPLAINT, "Task_Acknowledge": {"acknowledged_by": "phone"}, "Task_Answer": ANSWER}
    return Scenario(
        HANDLE, ends, answers=common | answers, records=records or {}, messages=messages or {}, late=late, given=given
    )


SCENARIOS = [
    Scenario(MAINTAIN, ("End_Changed", "Event_Agreement"), given=(CUSTOMER,), answers={"Task_Tell": {"kind_of_change": "new"}, "Task_Add": NEW | {"relationship_manager": "eva"}},
             records={("customer", "CUS-2"): {"state": "active", "next_review_on": "2026-09-02", "next_check_on": "2027-03-02"}}),
    Scenario(MAINTAIN, ("End_Changed", "Task_Name"), message="customer.change", payload={"kind_of_change": "new", "what": "Signed today."},
             answers={"Task_Add": NEW | {"title": "Opera"}, "Task_Name": {"relationship_manager": "max"}},
             records={("customer", "CUS-3"): {"relationship_manager": "max"}}),
    Scenario(MAINTAIN, ("End_Changed",), answers={"Task_Tell": {"kind_of_change": "changed", "customer_id": "CUS-1"},
                                                  "Task_Update": NEW | {"title": "Wheels Ltd", "relationship_manager": "eva"}},
             records={("customer", "CUS-1"): {"contact": "Cleo, 557", "next_check_on": "2027-03-02"}}),
    Scenario(MAINTAIN, ("End_Blocked",), answers={"Task_Tell": LEAVES | {"customer_id": "CUS-1"}, "Task_Blocked": {"blocked_seen": "ended"}},
             given=(("complaint", {**OLD[1], "state": "answered"}),),
             records={("customer", "CUS-1"): {"state": "active"}}),
    Scenario(MAINTAIN, ("End_Blocked",), answers={"Task_Tell": LEAVES | {"customer_id": "CUS-3"}, "Task_Blocked": {"blocked_seen": "stays"}},
             given=(("sla", {"title": "SLA Opera", "state": "active", "owner": "eva", "kind": "individual", "customer": "CUS-3", "services": ["SVC-1"], "valid_from": "2026-01-01"}),)),
    Scenario(MAINTAIN, ("End_Changed",), answers={"Task_Tell": LEAVES | {"customer_id": "CUS-2"}, "Task_Remove": {"rights_removed": "removed"}},
             records={("customer", "CUS-2"): {"state": "former", "next_check_on": None, "next_review_on": None}}),
    Scenario(MAINTAIN, ("End_Changed",), start="Start_By_Time", given=(("customer", {**CUSTOMER[1], "next_check_on": "2026-03-01"}),),
             answers={"Task_Update": NEW | {"title": "Wheels Ltd", "relationship_manager": "eva"}},
             records={("customer", "CUS-4"): {"next_check_on": "2027-03-01", "contact": "Cleo, 557"}}),
    Scenario(REVIEW, ("End_Recorded", "End_Suggested", "End_Demand", "End_SlaRequested", "End_RfcSubmitted"), start="Start_By_Time",
             given=(("customer", {**CUSTOMER[1], "services": ["SVC-1"], "next_review_on": "2026-04-02"}),),
             answers={"Task_Plan": PLANNED, "Task_Hold": {**HELD, "results": RESULTS}, "Task_Check": [{"complete": "incomplete", "check_note": "Who promised?"}, {"complete": "complete"}],
                      "Task_Complete": {"findings": "Mail is too slow. Eva promised disks."}},
             records={("service_review", "CSR-1"): {"state": "recorded", "customer": "CUS-1", "findings": "Mail is too slow. Eva promised disks."},
                      ("customer", "CUS-1"): {"next_review_on": "2026-10-02"}}),
    Scenario(REVIEW, ("End_Recorded", "End_Reminded"), given=(VITAL,), late=("Task_Hold",),
             answers={"Task_Choose": {"customer_id": "CUS-2"}, "Task_Plan": PLANNED, "Task_Remind": {"reminded": "later"}, "Task_Hold": {**HELD, "results": []},
                      "Task_Check": {"complete": "complete"}}),
    Scenario(REVIEW, ("End_Cancelled",), answers={"Task_Choose": {"customer_id": "CUS-2"}, "Task_Plan": {"agreed": "none", "cancel_reason": "No time."}},
             records={("customer", "CUS-2"): {"next_review_on": "2027-04-19"}}),
    survey("End_Acted", "Event_Suggested", "Event_RfcSubmitted", "Event_Demand", start="Start_By_Time", rounds=2, result=[result(5, 4.6), result(25, 3)],
           given=(in_operation("PR7-CRM"),),
           Task_Follow={"actions": [r for r in RESULTS if r["kind"] != "service_level"]},
           records={("satisfaction_survey", "SAT-1"): {"state": "acted", "verdict": "insufficient", "score": 3}, ("follow_up_action", "FUA-1"): {"origin_id": "SAT-1"}}),
    survey("End_Satisfied", result=result(25, 4.6),
           records={("satisfaction_survey", "SAT-2"): {"state": "evaluated", "response_percent": 50, "verdict": "sufficient"}}),
    survey("End_Acted", result=result(25, 4), Task_Follow={"actions": RESULTS[:1]},
           records={("satisfaction_survey", "SAT-3"): {"state": "acted", "verdict": "insufficient", "score": 4}}),
    survey("End_Inconclusive", rounds=2, result=[result(5, 4), result(6, 4)],
           records={("satisfaction_survey", "SAT-4"): {"state": "closed", "verdict": "inconclusive"}}),
    Scenario(LESSONS, ("End_Reviewed", "End_Reminded"), late=("Task_Review",), answers={"Task_Begin": {}, "Task_Remind": {"reminded": "talked"}, "Task_Review": {"trend": "none"}},
             given=[CUSTOMER, OLD, ("complaint", {**OLD[1], "received_on": "2025-11-01T09:00:00Z"}),
                    ("follow_up_action", {"title": "Disks", "state": "in_work", "origin_type": "complaint", "origin_id": "CPL-1", "way": "own", "responsible": "eva", "due_on": "2026-03-03"})],
             records={("complaint_review", "CRV-1"): {"state": "held", "held_by": "max", "period_from": "2025-12-02", "period_to": "2026-03-02", "complaints_received": 1, "actions_open": 1}}),
    Scenario(LESSONS, ("End_Suggested",), answers={"Task_Begin": {"period_from": "2025-10-01"}, "Task_Review": {"trend": "improvement", **PATTERN}},
             records={("complaint_review", "CRV-2"): {"complaints_received": 2, "trends": "Always the disks."}}),
    Scenario(LESSONS, ("End_RfcSubmitted",), start="Start_By_Time", given=(in_operation("PR7-CRM"),), answers={"Task_Review": {"trend": "change", **PATTERN, "service": "SVC-1"}},
             records={("complaint_review", "CRV-3"): {"trend": "change", "complaints_received": 0}}),
    handle("End_Accepted", given=(CUSTOMER, VITAL), Task_Ask={"outcome": "accepted"}, Task_Follow={"actions": []},
           records={("complaint", "CPL-1"): {"state": "closed", "severity": "low", "outcome": "accepted", "owner": "eva", "response_due": "2026-03-16T09:00:00Z"}}),
    Scenario(HANDLE, ("End_Withdrawn",), message="complaint.received", payload={"title": "Mail is slow", "description": "Still.", "channel": "portal"},
             answers={"Task_Register": COMPLAINT, "Task_Acknowledge": {"acknowledged_by": "mail"}, "Task_Answer": ANSWER,
                      "Task_Ask": {"outcome": "withdrawn"}},
             records={("complaint", "CPL-2"): {"state": "closed", "severity": "high", "outcome": "withdrawn"}}),
    handle("End_NotAccepted", "End_Hurried", late=("Task_Answer",), Task_Hurry={"hurry": "talked"}, Task_Answer=[ANSWER, ANSWER],
           Task_Ask=[NO, NO], Task_Settle=[AGAIN, STANDS], Task_Follow={"actions": []},
           records={("complaint", "CPL-3"): {"state": "closed", "outcome": "not_accepted"}}),
    handle("End_NotAccepted", Task_Register=COMPLAINT | {"customer": "CUS-2", "formality": "formal"}, Task_Answer=[ANSWER, ANSWER], Task_Ask=[NO, NO],
           Task_Settle=[{"settle": "owner", "settle_note": "They want money."}] * 2, Task_Decide=[AGAIN, STANDS], Task_Follow={"actions": []},
           records={("complaint", "CPL-4"): {"severity": "high", "outcome": "not_accepted"}}),
    handle("End_Accepted", "End_Tracked", Task_Ask={"outcome": "accepted"}, Task_Follow={"actions": [action("own")]}, late=("Task_Do",),
           Task_Track={"progress": "fine"}, Task_Do={"action_state": "cancelled"}, records={("follow_up_action", "FUA-1"): {"state": "cancelled"}}),
    handle("End_Accepted", "End_Helped", Task_Ask={"outcome": "accepted"},
           Task_Follow={"actions": [action("own"), action("change"), action("improvement")]}, late=("Task_Do", "Event_RfcDecided", "Event_SuggestionDecided"),
           Task_Track={"progress": "stuck", "progress_note": "No disks."}, Task_Help={"help_given": "Disks ordered."},
           Task_Do={"action_state": "done", "action_result": "Two more."},
           messages={"Event_RfcDecided": {"decision": "approved", "change_id": "CHG-1"}, "Event_SuggestionDecided": {"decision": "rejected", "improvement_id": "IMP-1"}},
           records={("follow_up_action", "FUA-2"): {"state": "done", "result": "Two more.", "origin_id": "CPL-6"},
                    ("follow_up_action", "FUA-3"): {"state": "done", "result": "Handed over to CHG-1: approved"},
                    ("follow_up_action", "FUA-4"): {"state": "cancelled"}, ("complaint", "CPL-6"): {"state": "closed"}}),
]  # fmt: skip


def severity(
    repeated: bool, sla: str, importance: str, how: str, *expected: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"repeated": repeated, "agreement_kept": sla, "importance": importance, "formality": how}
    return given, dict(zip(("severity", "acknowledge_within", "answer_within"), expected, strict=True))


def satisfied(answered: float, score: float, lost: float, verdict: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"response_percent": answered, "score": score, "score_lost": lost}, {"verdict": verdict}


TABLES = {
    "crm_satisfaction": [
        satisfied(19, 5, 0, "inconclusive"),
        satisfied(20, 3.4, 0, "insufficient"),
        satisfied(50, 3.5, 0.6, "insufficient"),
        satisfied(50, 3.5, 0.5, "sufficient"),
    ],
    "crm_complaint_severity": [
        severity(True, "kept", "low", "remark", "high", "P1D", "P2D"),
        severity(False, "broken", "low", "remark", "high", "P1D", "P2D"),
        severity(False, "kept", "high", "remark", "high", "P1D", "P2D"),
        severity(False, "kept", "medium", "formal", "medium", "P1D", "P5D"),
        severity(False, "kept", "medium", "remark", "low", "P2D", "P10D"),
    ],
}
