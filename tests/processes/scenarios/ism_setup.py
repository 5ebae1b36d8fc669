# SPDX-License-Identifier: Apache-2.0
"""Ways through the set-up of information security management."""

from __future__ import annotations

from tests.processes.set_ups import set_up

FILES = {
    "title": "Personnel files",
    "description": "Kept by the personnel office.",
    "owner": "eva",
    "confidentiality": "high",
    "integrity": "medium",
    "availability": "low",
}
MINUTES = {**FILES, "title": "Minutes", "confidentiality": "low", "owner": "max"}
PAGES = {**MINUTES, "title": "Web pages", "integrity": "low"}
LEAK = {
    "worth": "risk",
    "title": "Files get out",
    "threat": "Somebody sends them to the wrong address.",
    "cause": "Mail is not encrypted.",
    "likelihood": "likely",
    "impact": "high",
    "owner": "eva",
}
LOST = {**LEAK, "title": "Minutes are lost", "threat": "Nobody finds them.", "likelihood": "rare", "impact": "low"}
DOOR = {"title": "Locked archive", "kind": "physical", "description": "Two keys.", "owner": "eva", "risk": "RSK-2"}

SCENARIOS = [
    set_up(
        "PR6_ISM_set_up",
        documents=5,
        answers={
            "Task_Scheme": {"scheme_text": "# Classes"},
            "Task_Inventory": {"inventory_text": "# Inventory"},
            "Task_Assets": {"first_assets": [FILES, MINUTES, PAGES]},
            "Task_Link": [{"components": ["CI-1"]}, {}, {"components": ["CI-1"], "services": ["SVC-1"]}],
            "Task_Method": {"method_text": "# Method"},
            "Task_Risk": [{"worth": "none"}, LOST, LEAK],
            "Task_Policy": {"policy_text": "# Policy"},
            "Task_Controls": {"controls_text": "# Controls"},
            "Task_InPlace": {"first_controls": [DOOR]},
        },
        records={
            ("asset", "AST-1"): {"title": "Personnel files", "classification": "secret", "components": ["CI-1"], "services": [], "next_review_on": "2026-09-02"},
            ("asset", "AST-2"): {"title": "Minutes", "classification": "internal", "components": [], "services": []},
            ("asset", "AST-3"): {"title": "Web pages", "classification": "public", "state": "active"},
            ("risk", "RSK-2"): {"title": "Files get out", "level": "high", "state": "in_treatment", "assets": ["AST-3"], "services": ["SVC-1"], "treatment": None, "owner": "eva"},
            ("risk", "RSK-1"): {"level": "low", "state": "accepted", "treatment": "accept", "next_review_on": "2027-03-02"},
            ("control", "CTL-1"): {"title": "Locked archive", "state": "implemented", "risk": "RSK-2", "next_review_on": "2027-03-02"},
            ("document", "DOC-4"): {"code": "ism_policy", "kind": "policy", "audience": ["user"]},
        },
    ),
]  # fmt: skip
