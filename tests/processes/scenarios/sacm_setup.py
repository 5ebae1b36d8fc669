# SPDX-License-Identifier: Apache-2.0
"""Ways through the set-up of availability and continuity management."""

from __future__ import annotations

from tests.processes.set_ups import set_up

MAIL = {"service": "SVC-1", "target_percent": 99.5, "max_outage_hours": 8, "harm": "money", "rpo_hours": 1}
PAYROLL = {"service": "SVC-2", "max_outage_hours": 48, "harm": "law", "rpo_hours": 24}

SCENARIOS = [
    set_up(
        "PR4_SACM_set_up",
        documents=2,
        given=(("service", {"title": "Payroll", "state": "production", "owner": "eva", "criticality": "critical"}),),
        answers={
            "Task_Requirements": {"requirements": [MAIL, PAYROLL]},
            "Task_Plan": {"plan_text": "# Plan"},
            "Task_Monitoring": {"monitoring_text": "# Monitoring"},
        },
        records={
            ("sac_requirement", "SAR-1"): {"title": "Availability and continuity of E-mail", "criticality": "high", "rto_hours": 8, "agreed_with": "max", "next_measurement_on": "2026-04-01"},
            ("sac_requirement", "SAR-2"): {"service": "SVC-2", "criticality": "critical", "rto_hours": 4, "next_measurement_on": None, "next_assessment_on": "2026-04-02"},
            ("document", "DOC-1"): {"code": "sacm_plan_structure", "kind": "template", "review_period": "P2Y", "audience": ["sac_plan_owner"]},
            ("document", "DOC-2"): {"code": "sacm_monitoring", "kind": "procedure", "process": "PR4", "review_period": "P1Y"},
        },
    ),
]  # fmt: skip
