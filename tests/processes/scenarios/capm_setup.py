# SPDX-License-Identifier: Apache-2.0
"""Ways through the set-up of capacity management."""

from __future__ import annotations

from tests.processes.set_ups import set_up

STORAGE = {
    "service": "SVC-1",
    "metric": "Storage used",
    "unit": "GB",
    "capacity": 2000,
    "warning_percent": 80,
    "critical_percent": 95,
    "interval": "P1M",
}
SUPPORT = {
    "service": "SVC-1",
    "metric": "Hours of support",
    "unit": "hours a week",
    "capacity": 60,
    "warning_percent": 85,
    "critical_percent": 100,
    "interval": "P3M",
}
OLD = ("document", {"title": "Old plan", "kind": "template", "code": "capm_plan_template", "process": "PR5", "author": "eva", "owner": "eva", "state": "published", "text": "Old."})  # fmt: skip

SCENARIOS = [
    set_up(
        "PR5_CAPM_set_up",
        documents=2,
        given=(OLD,),
        answers={
            "Task_Monitoring": {"monitoring_text": "# Monitoring\n\nEvery month.", "thresholds": [STORAGE, SUPPORT]},
            "Task_Plan": {"plan_text": "# Capacity plan"},
        },
        records={
            ("document", "DOC-1"): {"code": "capm_plan_template", "text": "# Capacity plan", "author": "max", "kind": "template"},
            ("document", "DOC-2"): {"code": "capm_monitoring", "process": "PR5", "kind": "procedure"},
            ("threshold", "THR-1"): {"metric": "Storage used", "warning_percent": 80, "next_measurement_on": "2026-04-02", "state": "active"},
            ("threshold", "THR-2"): {"title": "Hours of support for SVC-1", "next_measurement_on": "2026-06-02"},
        },
    ),
]  # fmt: skip
