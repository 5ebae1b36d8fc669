# SPDX-License-Identifier: Apache-2.0
"""PR1 Service portfolio management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

DEMAND = "PR1_SPM_manage_demand"
LIFECYCLE = "PR1_SPM_manage_lifecycle"
MAINTAIN, REVIEW = "PR1_SPM_maintain_portfolio", "PR1_SPM_review_portfolio"
WANTED = {
    "relevance": "wanted", "title": "Archive", "description": "Keep papers for ten years.", "source": "customer", "service_owner": "eva",
}  # fmt: skip
NONE = {"relevance": "none", "decision_reason": "E-mail does that already."}
ASKED = {
    "title": "Archive",
    "description": "Keep papers.",
    "source": "customer",
    "origin_process": "PR7-CRM",
    "origin_ref": "CPL-7",
}
NEW = {
    "kind": "new_service", "outline": "An archive for all papers.", "demand_level": 5, "benefit_level": 4, "resources_level": 2, "risk": "low",
    "cost_estimate": 9000,
}  # fmt: skip
CHANGED = {**NEW, "kind": "small_change", "service": "SVC-1"}
APPROVED, LATER, REJECTED = (
    {"decision": "approved"},
    {"decision": "deferred", "decision_reason": "No budget this year."},
    {"decision": "rejected", "decision_reason": "Too dear."},
)


def proposed(*ends: str, proposal: dict[str, Any], evaluated: Any = APPROVED, **more: Any) -> Scenario:
    """A demand that a customer's record raised, as far as its evaluation."""
    answers = {"Task_Identify": WANTED, "Task_Propose": proposal, "Task_Evaluate": evaluated, **more.pop("answers", {})}
    return Scenario(DEMAND, ends, message="demand.submitted", payload=ASKED, answers=answers, **more)


ENTRY = {
    "title": "Archive", "description": "Keeps papers.", "value": "Nothing is lost.", "specification": "Scanning and storage.",
    "criticality": "low",
}  # fmt: skip
ADDED = {**ENTRY, "owner": "eva", "service_state": "production"}
BARE = {name: value for name, value in ENTRY.items() if name != "specification"}
FORMER = {
    "title": "Wires Ltd", "state": "former", "kind": "external", "relationship_manager": "eva", "contact": "Ines", "escalation_channel": "Ivo",
    "services": ["SVC-1"],
}  # fmt: skip
DUE = (
    "service",
    {"title": "Old", "state": "production", "owner": "max", "criticality": "low", "next_review_on": "2026-03-01"},
)


def told(kind: str, *ends: str, **more: Any) -> Scenario:
    """What another process tells of the first service."""
    return Scenario(
        MAINTAIN,
        ends,
        message="service.update",
        payload={"kind_of_change": kind, "service": "SVC-1", "what": "It moves."},
        **more,
    )


GO = {
    "service_proposal_id": "SPR-1", "service": "SVC-1", "kind": "new_service", "title": "Archive", "outline": "Keeps papers.",
    "service_owner": "eva", "cost_estimate": 9000, "risk": "low", "origin_ref": "SPR-1",
}  # fmt: skip
PLANNED = {
    "planned_from": "2026-03-09", "planned_until": "2026-09-01", "responsibilities": "Eva leads, Max builds.",
    "communication": "All are told in August.", "acceptance_criteria": "A paper is found in a minute.",
}  # fmt: skip
CHANGES = {
    "new_supplier": "Boxes Ltd",
    "changes": [{"title": "Install", "reason": "New."}, {"title": "Connect", "reason": "New."}],
}
MISSING = {"decision_reason": "Nobody has tried it."}

PROPOSAL = ("service_proposal", {**NEW, "title": "Archive", "state": "approved", "owner": "eva"})


def overseen(progress: str, until: str = "2026-09-01") -> dict[str, Any]:
    return {"progress": progress, "planned_until": until}


def approved(*ends: str, plan: Any = PLANNED, kind: str = "new_service", verdict: Any = None, **more: Any) -> Scenario:
    """A plan for what was approved, as far as its own approval."""
    answers = {"Task_Plan": plan, "Task_Approve": verdict or {"verdict": "approved"}, **more.pop("answers", {})}
    return Scenario(LIFECYCLE, ends, message="proposal.approved", payload={**GO, "kind": kind}, answers=answers, **more)


SCENARIOS = [
    Scenario(DEMAND, ("End_NoDemand",), answers={"Task_Identify": NONE}),
    Scenario(DEMAND, ("End_NoDemand",), start="Start_By_Time", given=(in_operation("PR1-SPM"),), answers={"Task_Identify": NONE}),
    Scenario(DEMAND, ("End_Rejected",), signal="customer.changed", payload={"customer_id": "CUS-1", "title": "Museum", "what": "Moves."},
             answers={"Task_Identify": WANTED, "Task_Propose": NEW, "Task_Evaluate": REJECTED},
             records={("demand", "DEM-1"): {"state": "rejected", "customer": "Museum", "proposal": "SPR-1"},
                      ("service_proposal", "SPR-1"): {"state": "rejected", "recommendation": "approved", "score": 7}}),
    proposed("Script_Enter", "Event_Informed", "End_Plan", proposal=NEW,
             records={("demand", "DEM-2"): {"state": "closed", "origin_ref": "CPL-7"},
                      ("service", "SVC-2"): {"state": "proposed", "owner": "eva", "proposal": "SPR-2"}}),
    proposed("Task_Decide", "End_Plan", proposal={**CHANGED, "kind": "major_change", "cost_estimate": 50001},
             answers={"Task_Decide": APPROVED}, records={("service_proposal", "SPR-3"): {"state": "approved", "decided_by": "max"}}),
    proposed("Timer_Later", "End_Retire", proposal={**CHANGED, "kind": "retirement"}, evaluated=[LATER, APPROVED]),
    proposed("End_Reminded", "Event_Rfc", "End_Small", proposal=CHANGED, late=("Task_Evaluate",),
             answers={"Task_Remind": {"reminder": "soon"}}),
    Scenario(MAINTAIN, ("End_Current",), answers={"Task_Tell": {"kind_of_change": "new"}, "Task_Add": ADDED},
             records={("service", "SVC-2"): {"state": "production", "live_since": "2026-03-02", "next_review_on": "2027-03-02"}}),
    told("changed", "End_Noted", "End_Current", late=("Task_Update",),
         answers={"Task_Update": [BARE, {**ENTRY, "suppliers": ["SUP-1"]}, {**ENTRY, "suppliers": []}], "Task_Overdue": {"reminder": "soon"}},
         given=(("supplier", FORMER),), records={("service", "SVC-1"): {"title": "Archive", "suppliers": []}}),
    told("new", "Task_Add", "End_Current", answers={"Task_Add": {**ADDED, "title": "E-mail", "service_state": "planned"}},
         records={("service", "SVC-1"): {"state": "planned", "owner": "eva", "specification": "Scanning and storage."}}),
    told("retire", "End_Needed", answers={"Task_Check": {"may_retire": "needed"}}),
    Scenario(MAINTAIN, ("Event_Rfc", "End_Retired"),
             answers={"Task_Tell": {"kind_of_change": "retire", "service": "SVC-1"}, "Task_Check": {"may_retire": "free", "check_note": "All asked."},
                      "Task_Retire": {"retired_on": "2026-05-01"}},
             records={("service", "SVC-1"): {"state": "retired", "retired_on": "2026-05-01"}}),
    Scenario(MAINTAIN, ("End_Current",), start="Start_By_Time", given=(DUE,), answers={"Task_Update": ENTRY},
             records={("service", "SVC-3"): {"next_review_on": "2027-03-01", "specification": "Scanning and storage."}}),
    Scenario(REVIEW, ("End_None",), signal="supplier.changed", payload={"supplier_id": "SUP-1", "title": "Wires Ltd", "kind_of_change": "leaves"}),
    Scenario(REVIEW, ("End_Asked",), signal="supplier.changed", payload={"supplier_id": "SUP-1", "title": "Wires Ltd", "kind_of_change": "leaves"},
             given=(("supplier", FORMER),)),
    approved("End_Stopped", given=(PROPOSAL,), plan=[PLANNED, PLANNED], verdict=[{"verdict": "rework", **MISSING}, {"verdict": "cancelled", **MISSING}],
             records={("service_plan", "SPL-1"): {"state": "cancelled", "service": "SVC-1"}, ("service", "SVC-1"): {"state": "retired"}}),
    approved("End_Agreement", "End_Nothing", "End_Accepted", answers={
        "Task_Oversee": [overseen("late", "2026-10-01"), overseen("done", "2026-10-01"), overseen("done", "2026-10-01")],
        "Task_Accept": [{"acceptance": "again", **MISSING}, {"acceptance": "accepted"}]},
             records={("service_plan", "SPL-2"): {"state": "accepted", "planned_until": "2026-10-01"}, ("service", "SVC-1"): {"state": "planned"}}),
    approved("End_Suppliers", "End_Completed", "End_Refused", "End_Changes", "End_Accepted", plan={**PLANNED, **CHANGES}, kind="major_change",
             messages={"Event_Decided": [{"decision": "approved", "change_id": "CHG-1"}, {"decision": "rejected", "change_id": "CHG-2"}],
                       "Event_Completed": {"result": "successful", "change_id": "CHG-1"}},
             answers={"Task_Oversee": overseen("done"), "Task_Accept": {"acceptance": "accepted"}}),
    approved("End_Late", "End_VeryLate", "End_Cancelled", late=("Task_Oversee", "Task_Oversee"),
             answers={"Task_Late": {"reminder": "soon"}, "Task_VeryLate": {"taken_up": "soon"}, "Task_Oversee": overseen("done"),
                      "Task_Accept": {"acceptance": "cancelled", **MISSING}},
             records={("service_plan", "SPL-4"): {"state": "cancelled", "decision_reason": "Nobody has tried it."}}),
]  # fmt: skip


def proposal(
    risk: str, benefit: int, cost: float, recommendation: str, approver: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Demand 3, resources 3: the benefit is the score."""
    given = {"risk": risk, "benefit_level": benefit, "demand_level": 3, "resources_level": 3, "cost_estimate": cost}
    return given, {"recommendation": recommendation, "approver": approver, "score": benefit}


TABLES = {
    "spm_proposal": [
        proposal("very_high", 5, 0, "rejected", "sms_owner"),
        proposal("high", 4, 50001, "approved", "sms_owner"),
        proposal("low", 2, 50001, "deferred", "sms_owner"),
        proposal("low", 1, 50001, "rejected", "sms_owner"),
        proposal("high", 4, 50000, "approved", "spm_manager"),
        proposal("low", 3, 50000, "deferred", "spm_manager"),
        proposal("low", 1, 50000, "rejected", "spm_manager"),
    ],
    "spm_complete": [
        ({"leaving": [], "value": "Much."}, {"complete": False, "lacking": "The specification is missing."}),
        (
            {"leaving": [], "specification": "All of it.", "value": " "},
            {"complete": False, "lacking": "What customers gain is missing."},
        ),
        (
            {"leaving": ["SUP-1"], "specification": "All.", "value": "Much."},
            {"complete": False, "lacking": "A supplier leaves or has left."},
        ),
        ({"leaving": [], "specification": "All.", "value": "Much."}, {"complete": True, "lacking": ""}),
    ],
}
