# SPDX-License-Identifier: Apache-2.0
"""PR7 Customer relationship management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

HANDLE = "PR7_CRM_handle_complaints"
CUSTOMER = ("customer", {"title": "Wheels Ltd", "state": "active", "contact": "Ada, 555", "relationship_manager": "eva", "importance": "medium"})
VITAL = ("customer", {"title": "Rails Ltd", "state": "active", "contact": "Ben, 556", "relationship_manager": "eva", "importance": "high"})
COMPLAINT = {
    "customer": "CUS-1", "title": "Mail is slow", "description": "It takes a minute.", "service": "SVC-1", "channel": "mail",
    "formality": "remark", "agreement_kept": "kept",
}  # fmt: skip
ANSWER = {"cause": "A full disk.", "answer": "We add disks."}
NO = {"outcome": "not_accepted", "ask_note": "That was said last time."}
STANDS = {"settle": "final", "settle_note": "It is what was agreed."}
AGAIN = {"settle": "again", "settle_note": "Offer a date."}


def action(way: str) -> dict[str, Any]:
    return {"title": "More disks", "way": way, "responsible": "eva", "due_on": "2026-05-04"}


def handle(*ends: str, records: Any = None, messages: Any = None, late: tuple[str, ...] = (), given: Any = (), **answers: Any) -> Scenario:
    common = {"Task_Register": COMPLAINT, "Task_Acknowledge": {"acknowledged_by": "phone"}, "Task_Answer": ANSWER}
    return Scenario(HANDLE, ends, answers=common | answers, records=records or {}, messages=messages or {}, late=late, given=given)


SCENARIOS = [
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


def severity(repeated: bool, sla: str, importance: str, how: str, *expected: str) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"repeated": repeated, "agreement_kept": sla, "importance": importance, "formality": how}
    return given, dict(zip(("severity", "acknowledge_within", "answer_within"), expected, strict=True))


TABLES = {
    "crm_complaint_severity": [
        severity(True, "kept", "low", "remark", "high", "P1D", "P2D"),
        severity(False, "broken", "low", "remark", "high", "P1D", "P2D"),
        severity(False, "kept", "high", "remark", "high", "P1D", "P2D"),
        severity(False, "kept", "medium", "formal", "medium", "P1D", "P5D"),
        severity(False, "kept", "medium", "remark", "low", "P2D", "P10D"),
    ]
}
