# SPDX-License-Identifier: Apache-2.0
"""PR11 Configuration management is set up."""

from __future__ import annotations

from tests.processes.set_ups import sent_back

CI = {"title": "web01", "type": "server", "owner": "eva", "service": "SVC-1", "source": "List of the data centre"}
LEVEL = {"ci_type": "server", "detail": "each", "why": "Services stand on it"}
SOURCE = {"source": "List of the data centre", "holds": "Servers", "quality": "leading"}
VERIFIED = {"conclusion": "All is well."}

SCENARIOS = [
    sent_back("PR11_CONFM_set_up", documents=3, answers={
        "Task_Scope": {"scope_text": "# All services"}, "Task_Detail": {"levels": [LEVEL]}, "Task_Types": {"types_text": "# Types"},
        "Task_Sources": {"sources": [SOURCE]}, "Task_Complete": [{"concept_text": "# How", "first_cis": [CI]}, {"concept_text": "# How, and when"}],
        "PR11_CONFM_verify_configuration:Task_Plan": [{"ci_type": "server", "method": "full", "planned_on": "2026-09-15", "responsible": "eva"}] * 2,
        "PR11_CONFM_verify_configuration:Task_Perform": [{"checked": 4}] * 2, "PR11_CONFM_verify_configuration:Task_Report": [VERIFIED] * 2},
        records={("document", "DOC-1"): {"text": "# All services", "kind": "scope", "author": "max"},
                 ("document", "DOC-2"): {"text": "# Types\n\n## Level of detail\n\n| Ci type | Detail | Why |\n|---|---|---|\n| server | each | Services stand on it |"}}),
]  # fmt: skip
