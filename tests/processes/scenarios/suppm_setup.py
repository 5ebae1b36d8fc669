# SPDX-License-Identifier: Apache-2.0
"""Ways through the set-up of supplier relationship management."""

from __future__ import annotations

from tests.processes.set_ups import set_up

CARRIER = {"title": "Northern Lines", "kind": "external", "relationship_manager": "eva"}
CENTRE = {"title": "Computing centre", "kind": "internal", "relationship_manager": "max"}
LINES = {
    "contact": "Ivo, 555",
    "escalation_channel": "Head of sales, 556",
    "offerings": "The line to the internet",
    "services": ["SVC-1"],
    "criticality": "high",
}
ROOMS = {"contact": "Rita, 12", "escalation_channel": "Rita's head", "offerings": "Rooms", "criticality": "low"}

SCENARIOS = [
    set_up(
        "PR8_SUPPM_set_up",
        documents=1,
        answers={
            "Task_Suppliers": {"first_suppliers": [CARRIER, CENTRE]},
            "Task_Document": [LINES, ROOMS],
            "Task_Monitoring": {"monitoring_text": "# Monitoring"},
        },
        records={
            ("supplier", "SUP-1"): {"title": "Northern Lines", "state": "active", "relationship_manager": "eva", "services": ["SVC-1"], "next_evaluation_on": "2026-06-02"},
            ("supplier", "SUP-2"): {"title": "Computing centre", "kind": "internal", "services": [], "criticality": "low", "next_evaluation_on": "2027-03-02"},
            ("document", "DOC-1"): {"code": "suppm_monitoring", "process": "PR8", "author": "max"},
        },
    ),
]  # fmt: skip
