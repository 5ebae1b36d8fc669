# SPDX-License-Identifier: Apache-2.0
"""GR1 Top management commitment and accountability."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

SET_UP, POLICY, COMMUNICATE = "GR1_MCA_set_up", "GR1_MCA_review_policy", "GR1_MCA_communicate"
REVIEW, EVIDENCE = "GR1_MCA_review_management", "GR1_MCA_collect_evidence"
PLANNED = ("setup", {"title": "Commitment and accountability", "code": "GR1", "start_on": "2026-03-09", "state": "planned", "owner": "max", "order": 1})  # fmt: skip
MEETING = {
    "title": "Policy for everybody", "message": "What we commit to.", "audience": "All staff", "channel": "meeting",
    "planned_on": "2026-05-04", "repeat_every": "P6M", "responsible": "eva",
}  # fmt: skip
ONCE = {"title": "Mail to customers", "audience": "Customers", "channel": "mail", "planned_on": "2026-05-11", "responsible": "eva"}  # fmt: skip
APPROVED = {"result": "approved", "comment": None, "version": 1}


def activity(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "communication_activity", MEETING | {"state": "planned"} | fields


def document(code: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    found = {"title": code, "code": code, "kind": "policy", "process": "GR1", "owner": "eva", "text": "# Text", "version": 1,
             "state": "published", "review_period": "P1Y", "next_review_on": "2026-04-01"}  # fmt: skip
    return "document", found | fields


def management_review(**fields: Any) -> tuple[str, dict[str, Any]]:
    found = {"title": "Management review 2026-04-01", "kind": "regular", "state": "planned", "planned_on": "2026-04-01", "repeat_every": "P6M"}  # fmt: skip
    return "management_review", found | fields


PREPARED = {"assessment": "Two targets were missed.", "agenda": "- Targets\n- Audits", "participants": ["max", "eva"]}
HELD = {"held": "held", "held_on": "2026-04-01", "verdict": "partly", "owner_note": "Audits are late."}
RECORDED = {
    "results": "Targets were missed in PR9.", "decisions": "One more person for the service desk.",
    "actions": [{"title": "Ask for a post", "responsible": "eva", "due_on": "2026-04-20"}, {"title": "Plan audits", "responsible": "max", "due_on": "2026-04-30"}],
    "suggestions": [{"title": "Sort incidents by service", "description": "Saves time."}],
}  # fmt: skip
DONE = {"action_state": "done", "action_result": "Done."}
#: What the registers hold when the evidence is collected.
PERIOD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("complaint", {"title": "Slow mail", "customer": "CUS-1", "description": "Slow.", "channel": "mail", "received_on": "2026-03-01T10:00:00Z", "state": "registered", "severity": "low"}),
    ("nonconformity", {"title": "No review of access rights", "description": "None since 2024.", "source": "audit", "severity": "major", "raised_on": "2026-02-01", "state": "raised", "process": "PR6"}),
    ("improvement", {"title": "Faster restore", "description": "x", "source": "audit", "subject": "service", "benefit": "high", "effort": "low", "state": "approved", "priority": "high", "registered_on": "2026-02-01"}),
)  # fmt: skip
AGENDA = document("management_review_agenda", kind="template", text="# Reviews\n\n## What is looked at\n1. Results\n\n## What comes out\nVerdict", next_review_on="2028-01-01")  # fmt: skip

SCENARIOS = [
    Scenario(SET_UP, ("End_Done",), given=(PLANNED,), start="Start_By_Time",
             answers={
                 "Task_Problem": {"problem_owner": "max", "problem_text": "# Problem statement\n\nNobody answers for anything."},
                 "Task_Owner": {"new_sms_owner": "eva", "owner_from": "2026-03-09", "sms_owner_deputy": "max", "owner_role_text": "# Role\n\nAnswers for it."},
                 "Task_Policy": [{"policy_text": "# Policy", "policy_review": "P1Y", "policy_audience": ["user"]}, {"policy_text": "# Policy\n\nWith suppliers.", "policy_review": "P1Y"}],
                 "Task_Communication": [{"communication_text": "# Plan", "activities": [MEETING, ONCE], "communication_review": "P1Y"}] * 2,
                 "Task_Reviews": [{"agenda_text": "# Reviews", "review_every": "P6M", "first_review_on": "2026-10-01"}] * 2,
                 "Task_Approve": [{"approval": "no", "approval_comment": "Suppliers are missing."}, {"approval": "yes"}],
             },
             messages={"Event_Published": [APPROVED] * 8},
             records={("setup", "SET-1"): {"state": "done"}, ("role_assignment", "ROL-1"): {"person": "eva", "role": "sms_owner", "state": "active"},
                      ("document", "DOC-3"): {"code": "general_policy", "text": "# Policy\n\nWith suppliers.", "owner": "eva"},
                      ("document", "DOC-5"): {"process": "GR1"}, ("communication_activity", "COM-2"): {"state": "planned", "repeat_every": "once"},
                      ("management_review", "MRV-1"): {"state": "planned", "planned_on": "2026-10-01", "repeat_every": "P6M"}}),
    Scenario(POLICY, ("End_Confirmed",), given=(document("general_policy"),), start="Start_By_Time", answers={"Task_Policy": {"outcome": "keep"}},
             records={("document", "DOC-1"): {"state": "published", "next_review_on": "2027-04-01"}}),
    Scenario(POLICY, ("End_Published",), start="Start_By_Time", given=(document("communication_plan", kind="plan"), activity(state="performed", performed_on="2026-03-02", understood="partly"), management_review(state="closed", held_on="2026-03-01", results="Fine.")),
             answers={"Task_Plan": {"outcome": "change", "what_changed": "Newsletters stop.", "document_text": "# New", "new_activities": [ONCE]}},
             messages={"Event_Published": APPROVED},
             records={("document", "DOC-2"): {"text": "# New", "what_changed": "Newsletters stop."}, ("communication_activity", "COM-2"): {"title": "Mail to customers", "state": "planned"}}),
    Scenario(POLICY, ("End_Rejected", "End_Reminded"), start="Start_By_Time", given=(document("general_policy"),), late=("Task_Policy",),
             answers={"Task_Policy": {"outcome": "change", "what_changed": "Shorter.", "document_text": "# Short", "new_activities": [ONCE | {"planned_on": "2028-01-01"}]}, "Task_Remind": {"reminder_note": "This week."}},
             messages={"Event_Published": {"result": "rejected", "comment": "Too short.", "version": 1}}),
    Scenario(COMMUNICATE, ("End_Known",), start="Start_By_Time", given=(activity(),),
             answers={"Task_Perform": {"done": "done", "performed_on": "2026-05-04", "reached": 40, "understood": "well", "feedback": "Many questions."}},
             records={("communication_activity", "COM-1"): {"state": "performed", "reached": 40}, ("communication_activity", "COM-2"): {"state": "planned", "planned_on": "2026-11-04"}}),
    Scenario(COMMUNICATE, ("End_Gap",), start="Start_By_Time",
             answers={"Task_Perform": {"done": "done", "performed_on": "2026-11-04", "understood": "badly", "feedback": "Nobody knows the policy."}},
             records={("communication_activity", "COM-2"): {"state": "performed", "understood": "badly"}}),
    Scenario(COMMUNICATE, ("End_Later",), start="Start_By_Time", given=(activity(title="One mail", repeat_every="once", planned_on="2026-12-01"),),
             answers={"Task_Perform": {"done": "later", "new_day": "2027-01-11", "reason": "Holidays."}},
             records={("communication_activity", "COM-4"): {"state": "planned", "planned_on": "2027-01-11", "reason": "Holidays."}}),
    Scenario(COMMUNICATE, ("End_Later",), start="Start_By_Time", late=("Task_Perform",),
             answers={"Task_Late": {"done": "skipped", "reason": "No longer needed."}}),
    Scenario(EVIDENCE, ("End_Collected",), given=(("customer", {"title": "Physics", "contact": "Nils", "relationship_manager": "max", "importance": "high", "state": "active"}), *PERIOD, AGENDA)),
    Scenario(REVIEW, ("End_Closed", "End_Pushed"), start="Start_By_Time", given=(management_review(), AGENDA),
             answers={"Task_Prepare": PREPARED, "Task_Hold": HELD, "Task_Record": RECORDED, "Task_Push": {"push_note": "By Friday."}, "Task_Act": [DONE, {"action_state": "cancelled", "action_result": "Was planned already."}]},
             late=("Task_Act",),
             records={("management_review", "MRV-1"): {"state": "closed", "verdict": "partly", "period_to": "2026-03-18", "participants": ["max", "eva"]},
                      ("management_review", "MRV-2"): {"state": "planned", "planned_on": "2026-10-01", "kind": "regular"}, ("follow_up_action", "FUA-2"): {"origin_id": "MRV-1"}}),
    Scenario(REVIEW, ("End_NotHeld",), start="Start_By_Time", answers={"Task_Prepare": PREPARED, "Task_Hold": {"held": "later", "new_day": "2026-11-02", "reason": "Illness."}},
             records={("management_review", "MRV-2"): {"state": "planned", "planned_on": "2026-11-02", "reason": "Illness."}}),
    Scenario(REVIEW, ("End_Called",), data={}, answers={"Task_Call": {"planned_on": "2026-12-21", "call_reason": "Three major incidents in a week."}},
             records={("management_review", "MRV-3"): {"state": "planned", "kind": "extraordinary"}}),
]  # fmt: skip
