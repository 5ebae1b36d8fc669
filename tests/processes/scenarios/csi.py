# SPDX-License-Identifier: Apache-2.0
"""PR14 Continual service improvement management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

EVALUATE, IMPLEMENT = "PR14_CSI_evaluate_improvements", "PR14_CSI_implement_improvements"
SUGGESTED = {"title": "Ask for the floor", "description": "Reports lack it.", "source": "problem", "requester": "eva",
             "origin_process": "PR10-PM", "origin_ref": "PRB-7"}  # fmt: skip
NEW = {
    "novelty": "new", "title": "Ask for the floor", "description": "Reports lack it.", "subject": "process", "benefit": "high",
    "effort": "low", "severity": "none",
}  # fmt: skip
GO, NOT_NOW, NO = (
    {"decision": "approved", "improvement_owner": "eva"},
    {"decision": "deferred", "decision_reason": "In summer."},
    {"decision": "rejected", "decision_reason": "Nobody needs it."},
)
APPROVED = {
    "improvement_id": "IMP-1",
    "title": "Ask for the floor",
    "description": "Reports lack it.",
    "improvement_owner": "eva",
    "origin_ref": "PRB-7",
}
THERE = ("improvement", {"title": "Ask for the floor", "description": "Reports lack it.", "source": "idea", "subject": "process",
                         "benefit": "high", "effort": "low", "state": "approved"})  # fmt: skip
ACTIONS = [
    {"title": "Change the form", "responsible": "max", "due_on": "2027-12-01"},
    {"title": "Tell the desk", "responsible": "eva", "due_on": "2027-12-08"},
]
PLAN = {"needs_change": "none", "actions": ACTIONS}
ASK = {"needs_change": "change", "rfc_title": "New field", "rfc_reason": "To find people.", "actions": ACTIONS[:1]}
DONE = {"action_state": "done", "action_result": "Works."}

SCENARIOS = [
    Scenario(EVALUATE, ("End_Approved", "Event_Approved"), message="suggestion.submitted", payload=SUGGESTED,
             answers={"Task_Register": NEW, "Task_Evaluate": [NOT_NOW, GO]},
             records={("improvement", "IMP-1"): {"state": "approved", "owner": "eva", "priority": "high", "origin_ref": "PRB-7"}}),
    Scenario(EVALUATE, ("End_Rejected",), answers={"Task_Register": {**NEW, "effort": "high"}, "Task_Evaluate": GO, "Task_Decide": NO},
             records={("improvement", "IMP-2"): {"state": "rejected", "decision_reason": "Nobody needs it."}}),
    Scenario(EVALUATE, ("End_Duplicate",), message="suggestion.submitted", payload=SUGGESTED,
             answers={"Task_Register": {"novelty": "known", "known_as": "IMP-1"}}),
    Scenario(EVALUATE, ("End_Nothing",), start="Start_By_Time", given=(in_operation("PR14-CSI"),), answers={"Task_Register": {"novelty": "nothing"}}),
    Scenario(IMPLEMENT, ("End_Done",), given=(THERE,), message="improvement.approved", payload=APPROVED, late=("Task_Do",),
             answers={"Task_Initiate": [ASK, ASK, PLAN], "Task_Track": {"progress": "fine"}, "Task_Do": [DONE, DONE, {"action_state": "cancelled"}],
                      "Task_Review": [{"effective": "no", "effect": "Nobody fills it in."}, {"effective": "yes", "effect": "Half the calls back."}]},
             messages={"Event_RfcDecided": [{"decision": "rejected"}, {"decision": "approved"}], "Event_ChangeCompleted": {"result": "successful"}},
             records={("improvement", "IMP-1"): {"state": "closed", "effect": "Half the calls back."},
                      ("improvement_action", "IAC-3"): {"state": "cancelled", "improvement": "IMP-1"}}),
]  # fmt: skip


def priority(
    severity: str, benefit: str, effort: str, result: str, approver: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"severity": severity, "benefit": benefit, "effort": effort}, {"priority": result, "approver": approver}


TABLES = {
    "csi_priority": [
        priority("major", "low", "low", "mandatory", "sms_owner"),
        priority("minor", "low", "high", "high", "csi_manager"),
        priority("none", "high", "high", "medium", "sms_owner"),
        priority("none", "high", "medium", "high", "csi_manager"),
        priority("none", "medium", "high", "medium", "csi_manager"),
        priority("none", "low", "low", "low", "csi_manager"),
    ]
}
