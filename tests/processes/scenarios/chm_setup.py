# SPDX-License-Identifier: Apache-2.0
"""PR12 Change management is set up."""

from __future__ import annotations

from tests.processes.set_ups import sent_back

PEOPLE = [{"person": "eva", "role": "ecab"}, {"person": "max", "role": "change_owner"}]
RECURRING = {"title": "Renew a certificate", "owner": "eva", "criteria": "It ends within a month.", "ci_type": "server"}
PLAN = {"schedule_text": "# Tuesdays", "first_cab": "2026-03-18T09:00:00+01:00"}

SCENARIOS = [
    sent_back("PR12_CHM_set_up", documents=3, answers={
        "Task_Tool": {"tool": "other", "tool_name": "Tickets", "tried": "gaps", "tool_gaps": "No calendar.", "people": PEOPLE},
        "Task_Rfcs": {"rfc_text": "# Who asks"}, "Task_Emergency": {"emergency_text": "# When"}, "Task_Standard": {"recurring": [RECURRING]},
        "Task_Schedule": [PLAN, {**PLAN, "first_cab": "2026-03-25T09:00:00+01:00"}]},
        records={("role_assignment", "ROL-1"): {"person": "eva", "role": "ecab", "state": "active"},
                 ("role_assignment", "ROL-2"): {"person": "max", "role": "change_owner"},
                 ("document", "DOC-1"): {"code": "chm_rfc", "text": "# Who asks", "author": "max"},
                 ("document", "DOC-3"): {"code": "chm_schedule", "kind": "plan"},
                 ("cab_meeting", "CAB-1"): {"planned_on": "2026-03-25T09:00:00+01:00", "agenda_on": "2026-03-23T08:00:00Z"}}),
]  # fmt: skip
