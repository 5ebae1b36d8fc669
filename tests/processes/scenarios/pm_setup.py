# SPDX-License-Identifier: Apache-2.0
"""PR10 Problem management is set up."""

from __future__ import annotations

from tests.processes.set_ups import sent_back

ERROR = {"title": "Mail stops after an update", "symptoms": "No mail arrives.", "workaround": "Start it again.", "services": ["SVC-1"], "owner": "eva"}  # fmt: skip
TALK = {"kind": "awareness", "training_title": "Incidents and problems", "audience": "Support", "planned_on": "2026-03-20"}  # fmt: skip
TEXTS = [{"registration_text": "# When?", "first_errors": [ERROR]}, {"registration_text": "# When, and who?"}]

SCENARIOS = [
    sent_back("PR10_PM_set_up", documents=1, answers={
        "Task_Registration": TEXTS, "Task_Tool": [{"tool": "here", "tried": "gaps", "tool_gaps": "No mail in."}, {"tool": "other", "tool_name": "Tickets", "tried": "worked"}],
        "Task_Access": [{"people": [{"person": "eva", "role": "pm_staff"}], "access_seen": True}, {"access_seen": True}],
        "Task_Awareness": [TALK, TALK]},
        records={("known_error", "KE-1"): {"state": "active", "owner": "eva", "services": ["SVC-1"]},
                 ("training_activity", "TRA-1"): {"state": "planned", "process": "PR10-PM", "owner": "max", "kind": "awareness"},
                 ("role_assignment", "ROL-1"): {"person": "eva", "role": "pm_staff", "state": "active"},
                 ("document", "DOC-1"): {"text": "# When, and who?", "kind": "procedure", "author": "max", "process": "PR10"}}),
]  # fmt: skip
