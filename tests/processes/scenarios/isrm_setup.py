# SPDX-License-Identifier: Apache-2.0
"""Ways through the set-up of incident and service request management."""

from __future__ import annotations

from tests.processes.set_ups import set_up

SPOOL = {"title": "Clear the spool", "matching": "Mail stands still.", "steps": "Clear it.\nRestart.", "service": "SVC-1", "owner": "eva"}  # fmt: skip
ACCOUNT = {"title": "New account", "matching": "Somebody begins.", "steps": "Make it.", "owner": "max"}

SCENARIOS = [
    set_up(
        "PR9_ISRM_set_up",
        documents=7,
        answers={
            "Task_Tool": {"tried": True, "channels_text": "# Where to report"},
            "Task_Recording": {"recording_text": "# Recording"},
            "Task_Classification": {"classification_text": "# Classes"},
            "Task_Priority": {"priority_text": "# Priority"},
            "Task_Escalation": {"escalation_text": "# Escalation"},
            "Task_Closing": {"closing_text": "# Closing"},
            "Task_Major": {"major_text": "# Major incidents"},
            "Task_Standard": {"standard": [ACCOUNT]},
            "Task_Recurring": {"recurring": [SPOOL]},
        },
        records={
            ("workflow", "WFL-1"): {"title": "Clear the spool", "kind": "incident", "state": "active", "service": "SVC-1", "next_review_on": "2026-09-02"},
            ("workflow", "WFL-2"): {"title": "New account", "kind": "service_request", "version": 1, "owner": "max"},
            ("document", "DOC-1"): {"code": "isrm_channels", "kind": "definition"},
            ("document", "DOC-7"): {"code": "isrm_major_incidents", "kind": "procedure", "text": "# Major incidents"},
        },
    ),
]  # fmt: skip
