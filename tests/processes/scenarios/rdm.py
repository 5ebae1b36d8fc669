# SPDX-License-Identifier: Apache-2.0
"""PR13 Release and deployment management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

PLAN, DEPLOY = "PR13_RDM_plan_releases", "PR13_RDM_deploy_releases"
CHANGE = ("change", {"title": "More memory", "reason": "It swaps.", "requester": "max", "owner": "max", "type": "normal", "state": "scheduled",
                     "through_release": True})  # fmt: skip
PLANNED = {
    "title": "March", "owner": "eva", "changes": ["CHG-1", "CHG-2"], "cis": ["CI-1"], "manner": "big_bang",
    "planned_deployment": "2027-03-10T20:00:00+01:00", "planned_until": "2027-03-10T23:00:00+01:00", "acceptance_criteria": "Mail arrives.",
}  # fmt: skip
BUILT = {"build_note": "march-1, in the store."}
GOOD = {"criteria_result": "passed", "defects_open": "none", "one_change_at_fault": False}
BAD = {"criteria_result": "failed", "defects_open": "medium", "one_change_at_fault": False, "test_note": "No mail."}
ONE = {**BAD, "one_change_at_fault": True}
ACCEPTED = {
    "release_id": "REL-1", "title": "March", "release_type": "major", "changes": ["CHG-1"], "cis": ["CI-1"], "release_owner": "eva",
    "planned_deployment": "2026-03-10T20:00:00+01:00", "planned_until": "2026-03-10T23:00:00+01:00",
}  # fmt: skip
TOLD = {"trained": True, "communication_note": "A note to all."}
READY = {"rollback_ready": True, "rollback_steps": "Take the old image.", "freeze": False}
LIVE = {"deployed": "deployed", "deploy_note": "Twenty minutes."}
BACK = {"deployed": "failed", "deploy_note": "It does not start."}
RELEASE = (
    "release",
    {"title": "March", "owner": "eva", "changes": [], "acceptance_criteria": "Mail arrives.", "state": "accepted"},
)
FINE = {"success": "success", "cause": "none", "suggests": False}
LEARNT = {"success": "failed", "cause": "unknown", "suggests": True, "lessons": "Try it on the twin first."}
END = {"Task_Inform": {"report": "It is live."}, "Task_Close": {"complete": True}}


def deploy(*ends: str, **answers: Any) -> Scenario:
    return Scenario(
        DEPLOY,
        ends,
        message="release.accepted",
        payload=ACCEPTED,
        answers={"Task_Communicate": TOLD, "Task_Prepare": READY, **answers, **END},
    )


SCENARIOS = [
    Scenario(PLAN, ("End_Waits",), start="Start_By_Time", given=(in_operation("PR13-RDM"),)),
    Scenario(PLAN, ("End_Accepted", "End_Reminded"), given=(CHANGE, CHANGE), start="Start_By_Time", late=("Task_Test",),
             answers={"Task_Plan": PLANNED, "Task_Build": [BUILT, BUILT], "Task_Remind": {"note": "Tomorrow."}, "Task_Test": [BAD, GOOD]},
             records={("release", "REL-1"): {"state": "tested", "type": "minor"}, ("change", "CHG-1"): {"release": "REL-1"}, ("test_result", "TST-2"): {"result": "passed"}}),
    Scenario(PLAN, ("End_Cancelled",), answers={"Task_Plan": PLANNED, "Task_Build": [BUILT, BUILT], "Task_Test": [ONE, ONE],
                                                "Task_Remove": [{"removed_change": "CHG-1"}, {"removed_change": "CHG-2"}]},
             records={("release", "REL-2"): {"changes": []}, ("change", "CHG-2"): {"release": None}}),
    Scenario(PLAN, ("End_Waits",), message="change.ready", payload={"change_id": "CHG-1", "change_type": "normal"}),
    Scenario(PLAN, ("End_Accepted",), message="change.ready", payload={"change_id": "CHG-1", "change_type": "emergency"},
             answers={"Task_Plan": PLANNED, "Task_Build": BUILT, "Task_Test": GOOD}),
    Scenario(DEPLOY, ("End_Closed",), given=(CHANGE, RELEASE), message="release.accepted", payload=ACCEPTED,
             answers={"Task_Communicate": {**TOLD, "trained": False}, "Task_Prepare": READY,
                      "Task_Remedy": {"trained": True, "rollback_ready": True, "freeze": False}, "Task_Deploy": LIVE, "Task_Review": FINE, **END},
             records={("release", "REL-1"): {"state": "closed", "result": "success"}, ("release_review", "RRV-1"): {"incidents": 0, "rollback_used": False}}),
    deploy("End_Closed", "Event_Ticket", "Event_Problem", "Event_Suggestion", Task_Deploy=BACK,
           Task_RollBack={"service_hit": "SVC-1", "rollback_note": "As before."}, Task_Review=LEARNT),
    deploy("End_Closed", Task_Deploy=BACK, Task_RollBack={"rollback_note": "As before."}, Task_Review={**FINE, "success": "failed", "cause": "known"}),
]  # fmt: skip


def kind(types: list[str], cis: int, result: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"change_records": [{"type": each} for each in types], "cis": ["CI-1"] * cis}, {"release_type": result}


def accepted(
    criteria: str, defects: str, one: bool, result: str, release: str = "minor"
) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"criteria_result": criteria, "defects_open": defects, "one_change_at_fault": one, "release_type": release}
    return given, {"acceptance": result}


def go(hindrance: str, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    usual = {"freeze": False, "rollback_ready": True, "trained": True, "release_type": "major"}
    return {**usual, **given}, {"go": not hindrance, "hindrance": hindrance}


TABLES = {
    "rdm_release_type": [
        kind(["normal", "emergency"], 1, "emergency"), kind(["major"], 1, "major"), kind(["normal"], 11, "major"), kind([], 0, "minor"),
    ],
    "rdm_acceptance": [
        accepted("failed", "none", True, "remove_change"), accepted("failed", "none", False, "rebuild"),
        accepted("passed", "critical", True, "remove_change"), accepted("passed", "critical", False, "rebuild"),
        accepted("passed", "medium", False, "accept", "emergency"), accepted("passed", "medium", False, "rebuild"),
        accepted("passed", "minor", False, "accept"),
    ],
    "rdm_go": [
        go("There is a freeze.", freeze=True), go("There is no way back.", rollback_ready=False),
        go("Users or support are not prepared for a major release.", trained=False), go("", trained=False, release_type="minor"),
    ],
    "rdm_success": [
        ({"deployed": "failed", "incidents_after": 0}, {"proposed_success": "failed"}),
        ({"deployed": "deployed", "incidents_after": 1}, {"proposed_success": "partial"}),
        ({"deployed": "deployed", "incidents_after": 0}, {"proposed_success": "success"}),
    ],
}  # fmt: skip
