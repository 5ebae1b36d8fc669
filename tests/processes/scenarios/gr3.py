# SPDX-License-Identifier: Apache-2.0
"""GR3 Scope and stakeholders of IT service management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

SET_UP, REVIEW = "GR3_SCS_set_up", "GR3_SCS_review_scope"
PLANNED = ("setup", {"title": "Scope and stakeholders", "code": "GR3", "start_on": "2026-03-09", "state": "planned", "owner": "max", "order": 3})  # fmt: skip
PHYSICS = {"title": "Physics", "contact": "Nils, 12", "relationship_manager": "max", "importance": "high", "state": "active"}
WIRES = {"title": "Wires Ltd", "kind": "external", "relationship_manager": "max", "contact": "Ines, 555", "escalation_channel": "Ivo, 556", "criticality": "high", "state": "active"}  # fmt: skip
NEEDS = {"needs": "Mail at any time.", "expectations": "An answer the same day.", "influence": "high", "interest": "medium"}
SCOPE = {
    "scope_services": ["SVC-1"], "scope_more": "Archive, from next year", "scope_customers": "All institutes", "scope_organisations": "The computing centre",
    "scope_out": "Laboratory networks", "scope_reason": "These matter most.",
}  # fmt: skip
STATEMENT = {"scope_text": "# Scope\n\nE-mail for all institutes.", "scope_review": "P1Y", "scope_audience": ["process_owner"]}
APPROVED, REJECTED = {"result": "approved", "comment": None, "version": 2}, {"result": "rejected", "comment": "Not yet.", "version": 1}  # fmt: skip


def scope(**fields: Any) -> tuple[str, dict[str, Any]]:
    found = {"title": "Scope", "code": "sms_scope", "kind": "scope", "process": "GR3", "owner": "max", "text": "# Scope\n\nE-mail.",
             "version": 1, "state": "published", "review_period": "P1Y", "next_review_on": "2026-04-01"}  # fmt: skip
    return "document", found | fields


def stakeholder(title: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return "stakeholder", {"title": title, "kind": "customer", "state": "analysed", "analysed_on": "2025-04-01", **NEEDS} | fields


def issue(topic: str) -> dict[str, Any]:
    return {"title": "A second site", "description": "We take over the branch.", "topic": topic, "source": "portfolio", "origin_ref": "SVC-1"}  # fmt: skip


SCENARIOS = [
    Scenario(SET_UP, ("End_Done",), given=(PLANNED, ("customer", PHYSICS), ("supplier", WIRES), stakeholder("Wires Ltd", kind="supplier")), start="Start_By_Time",
             answers={
                 "Task_Identify": {"stakeholders": [{"title": "Physics", "kind": "customer", "contact": "Nils, 12"}, {"title": "Data protection officer", "kind": "public_authority"}]},
                 "Task_Analyse": [NEEDS, {**NEEDS, "obligations": "Data protection law.", "interest": "high"}],
                 "Task_Scope": SCOPE, "Task_Statement": [STATEMENT, {**STATEMENT, "scope_text": "# Scope\n\nWithout laboratories."}],
                 "Task_Approve": [{"approval": "no", "approval_comment": "Say what is left out."}, {"approval": "yes"}],
             },
             messages={"Event_Published": [APPROVED] * 2},
             records={("setup", "SET-1"): {"state": "done", "done_on": "2026-03-09"}, ("document", "DOC-1"): {"code": "sms_scope", "text": "# Scope\n\nWithout laboratories.", "kind": "scope"},
                      ("stakeholder", "STK-3"): {"title": "Data protection officer", "state": "analysed", "influence": "high"}}),
    Scenario(REVIEW, ("End_NotOurs",), signal="issue.raised", payload=issue("scope")),
    Scenario(REVIEW, ("End_Confirmed", "End_Reminded"), start="Start_By_Time", late=("Task_Stakeholders",),
             given=(scope(), ("customer", PHYSICS), ("supplier", WIRES), stakeholder("Physics"), stakeholder("Old institute")),
             answers={
                 "Task_Remind": {"reminder_note": "Next week."},
                 "Task_Stakeholders": {"new_ones": [{"title": "Wires Ltd", "kind": "supplier"}], "to_analyse": ["STK-1"], "gone_ones": ["STK-2"], "gone_reason": "Closed."},
                 "Task_Analyse": [{**NEEDS, "interest": "high"}, NEEDS], "Task_Scope": {"outcome": "keep"},
             },
             records={("stakeholder", "STK-1"): {"state": "analysed", "needs": "Mail at any time."}, ("stakeholder", "STK-2"): {"state": "inactive", "reason": "Closed."},
                      ("stakeholder", "STK-3"): {"title": "Wires Ltd", "state": "analysed"}}),
    Scenario(REVIEW, ("End_Published",), signal="issue.raised", payload=issue("scope"), messages={"Event_Published": APPROVED},
             answers={"Task_Stakeholders": {}, "Task_Scope": {"outcome": "wider", "what_changed": "The branch.", "scope_text": "# Scope\n\nWith the branch."}},
             records={("document", "DOC-1"): {"text": "# Scope\n\nWith the branch.", "what_changed": "The branch."}}),
    Scenario(REVIEW, ("End_Rejected",), signal="issue.raised", payload=issue("scope"), given=(scope(next_review_on="2029-01-01"),), messages={"Event_Published": REJECTED},
             answers={"Task_Stakeholders": {"gone_ones": ["STK-3"]}, "Task_Scope": {"outcome": "narrower", "what_changed": "No archive.", "scope_text": "# Scope"}}),
    Scenario(REVIEW, ("End_NotOurs",), signal="issue.raised", payload=issue("plan")),
]  # fmt: skip
