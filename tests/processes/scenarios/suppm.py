# SPDX-License-Identifier: Apache-2.0
"""PR8 Supplier relationship management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

MAINTAIN, MONITOR = "PR8_SUPPM_maintain_suppliers", "PR8_SUPPM_monitor_suppliers"
ADDED = {
    "title": "Wires Ltd", "kind": "external", "relationship_manager": "eva", "contact": "Ines, 555", "escalation_channel": "Her chief, 556",
    "services": ["SVC-1"], "criticality": "high",
}  # fmt: skip
UPDATED = {k: v for k, v in ADDED.items() if k != "kind"} | {"contact": "Ivo, 557"}
SUPPLIER = ("supplier", {**ADDED, "state": "active", "next_check_on": "2026-01-01", "next_evaluation_on": "2026-01-01"})
DUE = {"supplier_id": "SUP-1", "title": "Wires Ltd", "relationship_manager": "eva", "services": ["SVC-1"]}
GOOD = {"fulfilled_percent": 99, "incidents_caused": 0, "impression": "good"}
BAD = {"fulfilled_percent": 80, "incidents_caused": 1, "impression": "fair", "note": "Late every time."}
AGREED = {"actions_agreed": "A second engineer.", "actions_until": "2026-04-01", "agreed_with": "Ines"}


def monitor(*ends: str, **answers: Any) -> Scenario:
    return Scenario(
        MONITOR, ends, message="agreement.violated", payload={**DUE, "violation": "Answered late."}, answers=answers
    )


SCENARIOS = [
    Scenario(MAINTAIN, ("End_Changed", "Event_Agreement"), answers={"Task_Tell": {"kind_of_change": "new"}, "Task_Add": ADDED},
             records={("supplier", "SUP-1"): {"state": "active", "next_evaluation_on": "2026-06-02", "next_check_on": "2027-03-02"}}),
    Scenario(MAINTAIN, ("End_Changed",), message="supplier.change",
             payload={"kind_of_change": "changed", "supplier_id": "SUP-1", "what": "Ines left."}, answers={"Task_Update": UPDATED},
             records={("supplier", "SUP-1"): {"contact": "Ivo, 557"}}),
    Scenario(MAINTAIN, ("End_Changed",), message="service.suppliers", payload={"kind_of_change": "new", "what": "For the new archive."},
             answers={"Task_Add": {**ADDED, "title": "Boxes Ltd", "services": []}}),
    Scenario(MAINTAIN, ("End_Blocked",), answers={"Task_Tell": {"kind_of_change": "leaves", "supplier_id": "SUP-1"},
                                                  "Task_Remove": {"may_go": "needed"}}),
    Scenario(MAINTAIN, ("End_Changed",), answers={"Task_Tell": {"kind_of_change": "leaves", "supplier_id": "SUP-2"}, "Task_Remove": {"may_go": "gone"}},
             records={("supplier", "SUP-2"): {"state": "former"}}),
    Scenario(MAINTAIN, ("End_Changed",), start="Start_By_Time", given=(SUPPLIER,), answers={"Task_Update": UPDATED},
             records={("supplier", "SUP-3"): {"next_check_on": "2027-01-01", "contact": "Ivo, 557"}}),
    Scenario(MONITOR, ("End_Sufficient",), start="Start_By_Time", given=(SUPPLIER,), answers={"Task_Evaluate": GOOD},
             records={("supplier", "SUP-1"): {"rating": "good", "next_evaluation_on": "2026-04-01"}}),
    monitor("End_Sufficient", Task_Evaluate=GOOD),
    monitor("End_Done", Task_Evaluate=BAD, Task_Agree=AGREED, Task_Track=[{"progress": "under_way"}, {"progress": "done"}]),
    Scenario(MONITOR, ("End_Escalated",), message="agreement.violated", payload={**DUE, "violation": "Answered after two days."},
             answers={"Task_Evaluate": BAD, "Task_Agree": AGREED, "Task_Track": {"progress": "stuck"},
                      "Task_Escalate": {"escalation_note": "They send somebody tomorrow."}},
             records={("supplier_evaluation", "SEV-4"): {"state": "closed", "rating": "insufficient"}, ("supplier", "SUP-1"): {"rating": "insufficient"}}),
]  # fmt: skip


def rated(percent: float, incidents: int, impression: str, rating: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"fulfilled_percent": percent, "incidents_caused": incidents, "impression": impression}, {"rating": rating}


TABLES = {
    "suppm_rating": [
        rated(89.9, 0, "good", "insufficient"),
        rated(99, 5, "good", "insufficient"),
        rated(99, 0, "bad", "insufficient"),
        rated(90, 0, "good", "sufficient"),
        rated(98, 1, "good", "sufficient"),
        rated(98, 0, "fair", "sufficient"),
        rated(98, 0, "good", "good"),
    ]
}
