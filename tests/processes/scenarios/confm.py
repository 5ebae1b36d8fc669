# SPDX-License-Identifier: Apache-2.0
"""PR11 Configuration management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

MAINTAIN, VERIFY = "PR11_CONFM_maintain_configuration", "PR11_CONFM_verify_configuration"
NEW = {
    "title": "mail02",
    "type": "server",
    "owner": "eva",
    "environment": "production",
    "ci_state": "live",
    "supports": "SVC-1",
}
UPDATED = {"ci_state": "changed", "title": "mail01", "owner": "eva", "supports": "SVC-1", "location": "Room 2"}
CHANGED = {"ci_id": "CI-1", "what": "More memory.", "change_id": None, "origin_ref": "CHG-9", "ci_owner": "eva"}
PLAN = {"ci_type": "server", "method": "full", "planned_on": "2026-07-15", "responsible": "eva"}


def wrong(kind: str, **more: Any) -> dict[str, Any]:
    return {"ci": "CI-1", "kind": kind, "what": "It has more memory.", **more}


SCENARIOS = [
    Scenario(MAINTAIN, ("End_Updated", "Event_Nonconformity"), answers={
        "Task_Report": {"is_known": "new", "what": "A second server."},
        "Task_Record": {k: v for k, v in NEW.items() if k != "supports"}, "Task_Complete": {"owner": "eva", "supports": "SVC-1"}},
        records={("ci", "CI-2"): {"title": "mail02", "state": "live", "service": "SVC-1"}}),
    Scenario(MAINTAIN, ("End_Updated", "Event_Nonconformity"),
             answers={"Task_Report": {"is_known": "known", "what": "It moved.", "ci_id": "CI-1"}, "Task_Update": UPDATED},
             records={("ci", "CI-1"): {"state": "changed", "location": "Room 2", "type": "server"}}),
    Scenario(MAINTAIN, ("End_Updated", "End_Reminded"), message="ci.change", payload={**CHANGED, "release_id": "REL-1"}, late=("Task_Update",),
             answers={"Task_Remind": {"note": "Tomorrow."}, "Task_Update": {"ci_state": "retired", "title": "mail01", "owner": "eva"}},
             records={("ci", "CI-1"): {"state": "retired"}}),
    Scenario(VERIFY, ("End_Verified",), start="Start_By_Time", given=(in_operation("PR11-CONFM"),),
             answers={"Task_Plan": PLAN, "Task_Perform": {"checked": 4}, "Task_Report": {"conclusion": "All is well."}},
             records={("verification_plan", "VPL-1"): {"state": "done"}, ("verification_report", "VRP-1"): {"accuracy_percent": 100, "found": 0}}),
    Scenario(VERIFY, ("End_Verified", "End_Reminded"), late=("Task_Perform",), given=(
        ("change", {"title": "More memory", "reason": "It swaps.", "requester": "max", "owner": "max", "state": "closed"}),), answers={
        "Task_Plan": {**PLAN, "method": "sample", "sample_size": 8}, "Task_Remind": {"note": "Next week."},
        "Task_Perform": {"checked": 8, "discrepancies": [wrong("differs", change="CHG-1"), wrong("differs"), wrong("gone")]},
        "Task_Investigate": {"found_out": "It stands in the other room."}, "Task_Report": {"conclusion": "Ask before you change."}},
        records={("verification_report", "VRP-2"): {"accuracy_percent": 62.5, "found": 3}}),
]  # fmt: skip


def complete(state: str, owner: str, missing: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"ci_state": state, "owner": owner, **more}, {"ci_complete": not missing, "missing": missing}


def handled(kind: str, change: str | None, how: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"discrepancy": {"kind": kind, "change": change}}, {"handling": how}


TABLES = {
    "confm_ci_validation": [
        complete("retired", "eva", ""),
        complete("live", "", "An owner is missing.", supports="SVC-1"),
        complete("live", "eva", "It is not said which service it supports or which CI it belongs to.", depends_on=[]),
        complete("live", "eva", "", runs_on="CI-1"),
    ],
    "confm_discrepancy": [
        handled("gone", "CHG-1", "correct_cmdb"),
        handled("gone", None, "investigate"),
        handled("moved", "CHG-1", "correct_cmdb"),
        handled("differs", None, "retrospective_rfc"),
    ],
}
