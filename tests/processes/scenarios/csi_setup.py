# SPDX-License-Identifier: Apache-2.0
"""PR14 Continual service improvement is set up."""

from __future__ import annotations

from tests.processes.set_ups import sent_back

TOOL = {"tool": "here", "people": [{"person": "eva", "role": "csi_staff"}],
        "suggestions": [{"title": "Fewer passwords", "description": "One for all services."}]}  # fmt: skip

SCENARIOS = [
    sent_back("PR14_CSI_set_up", documents=2, answers={
        "Task_Sources": {"sources_text": "# Sources"}, "Task_Recording": [{"recording_text": "# How"}, {"recording_text": "# How, and by whom"}],
        "Task_Tool": [TOOL, {"tool": "other", "tool_name": "A list"}]},
        records={("role_assignment", "ROL-1"): {"person": "eva", "role": "csi_staff", "state": "active"},
                 ("document", "DOC-1"): {"code": "csi_sources", "text": "# Sources"},
                 ("document", "DOC-2"): {"code": "csi_suggestions", "text": "# How, and by whom", "author": "max"}}),
]  # fmt: skip
