# SPDX-License-Identifier: Apache-2.0
"""PR12 Change management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

CHANGES = "PR12_CHM_manage_changes"
RFC = {
    "title": "More memory", "reason": "It swaps.", "description": "mail01 swaps.", "service": "SVC-1", "affected_ci": "CI-1",
    "priority": "P3", "requester": "max", "origin_process": "PR9-ISRM", "origin_ref": None,
}  # fmt: skip
REGISTERED = {"title": "More memory", "reason": "It swaps.", "affected_ci": "CI-1", "change_owner": "eva"}
ASSESSED = {"assessment": "One restart.", "backout_plan": "Take it out again."}
PLANNED = {
    "planned_from": "2026-03-10T20:00:00+01:00",
    "planned_to": "2026-03-10T22:00:00+01:00",
    "steps": "Stop, build in, start.",
}
DONE = {"result": "successful", "report": "It took an hour."}
CLOSED = {"cmdb_correct": True}


def change(classified: dict[str, Any], *ends: str, **more: Any) -> Scenario:
    answers = {"Task_Register": REGISTERED, "Task_Classify": {"impact": "low", "risk": "low", **classified}, **more}
    return Scenario(CHANGES, ends, message="rfc.submitted", payload=RFC, answers=answers)


SCENARIOS = [
    change({"standard_change": True}, "End_Completed", Task_Plan=PLANNED, Task_Implement=DONE, Task_Close=CLOSED),
    change({}, "End_Rejected", Task_Assess=ASSESSED, Task_Approve={"decision": "rejected", "decision_reason": "Not now."}),
    change({"harm_now": True}, "End_Completed", Task_Assess=ASSESSED, Task_Approve={"decision": "approved"}, Task_Plan=PLANNED,
           Task_Implement={**DONE, "result": "failed"}, Task_Review={"review": "The part was wrong."}, Task_Close=CLOSED),
]  # fmt: skip


def classified(outcome: str, assess: str, approve: str, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"impact": "low", "risk": "low", **given}, {
        "change_type": outcome,
        "assessment_due": assess,
        "approval_due": approve,
    }


def reviewed(result: str, kind: str, needed: bool, due: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"result": result, "change_type": kind}, {"review_needed": needed, "review_due": due}


# Monday, 2 March 2026, 9:00 UTC; the office is open from 8 to 18 on working days in Berlin (UTC+1).
NORMAL = ("2026-03-09T09:00:00Z", "2026-03-16T09:00:00Z")
TABLES = {
    "chm_change_classification": [
        classified("standard", *NORMAL, standard_change=True),
        classified("emergency", "2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z", harm_now=True),
        classified("major", *NORMAL, impact="high"),
        classified("major", *NORMAL, risk="high"),
        classified("major", *NORMAL, high_cost=True),
        classified("major", *NORMAL, many_critical_services=True),
        classified("normal", *NORMAL),
    ],
    "chm_review_need": [
        reviewed("failed", "standard", True, "2026-03-04T09:00:00Z"),
        reviewed("successful", "emergency", True, "2026-03-05T09:00:00Z"),
        reviewed("successful", "major", True, "2026-03-16T09:00:00Z"),
        reviewed("successful", "normal", False, "2026-03-16T09:00:00Z"),
    ],
}
