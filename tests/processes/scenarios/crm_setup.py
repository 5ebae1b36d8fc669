# SPDX-License-Identifier: Apache-2.0
"""Ways through the set-up of customer relationship management."""

from __future__ import annotations

from tests.processes.set_ups import set_up

FACULTY = {"title": "Faculty of Physics", "contact": "Nils Andersen, 4711", "relationship_manager": "eva", "importance": "high", "services": ["SVC-1"]}  # fmt: skip
LIBRARY = {"title": "Library", "contact": "Lea, 12", "relationship_manager": "max", "importance": "low"}
CHANNELS = {
    "ordering_channel": "Portal",
    "complaint_channel": "Letter",
    "escalation_channel": "Telephone",
    "channels_text": "# How customers reach us",
}

SCENARIOS = [
    set_up(
        "PR7_CRM_set_up",
        documents=4,
        answers={
            "Task_Customers": {"first_customers": [FACULTY, LIBRARY]},
            "Task_Channels": CHANNELS,
            "Task_Reviews": {"reviews_text": "# Reviews"},
            "Task_Satisfaction": {"satisfaction_text": "# Satisfaction"},
            "Task_Complaints": {"complaints_text": "# Complaints"},
        },
        records={
            ("customer", "CUS-1"): {"title": "Faculty of Physics", "state": "active", "ordering_channel": "Portal", "importance": "high", "services": ["SVC-1"], "next_review_on": "2026-09-02"},
            ("customer", "CUS-2"): {"title": "Library", "escalation_channel": "Telephone", "services": [], "next_check_on": "2027-03-02"},
            ("document", "DOC-1"): {"code": "crm_channels", "owner": "max"},
            ("document", "DOC-4"): {"code": "crm_complaints", "text": "# Complaints"},
        },
    ),
]  # fmt: skip
