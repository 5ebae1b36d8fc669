# SPDX-License-Identifier: Apache-2.0
"""Who has which role: proposed, decided, begun and ended by date."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

ASSIGN, END = "SMS_assign_roles", "SMS_end_roles"
PROCESS = ("process_record", {"title": "Change management", "code": "PR12-CHM", "owner": "eva", "manager": "max", "state": "active", "next_review_on": "2027-01-01"})  # fmt: skip
PROPOSED = {"person": "max", "role": "chm_manager", "process_record_id": "PRC-1", "valid_from": "2026-03-02", "deputy": "eva", "reason": "Was on the course."}  # fmt: skip


def held(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "role_assignment", {"title": "cab: eva", "person": "eva", "role": "cab", "state": "active", "process": "PR12-CHM", "valid_from": "2026-01-01"} | fields  # fmt: skip


SCENARIOS = [
    Scenario(ASSIGN, ("End_Entered",), given=(PROCESS,), answers={"Task_Propose": PROPOSED, "Task_Decide": {"agreed": "yes"}},
             records={("role_assignment", "ROL-1"): {"state": "active", "person": "max", "role": "chm_manager", "process": "PR12-CHM", "deputy": "eva"}}),
    Scenario(ASSIGN, ("End_Entered",), message="role.proposed",
             payload={"person": "max", "role": "cab", "process_record_id": "PRC-1", "valid_from": "2026-04-01", "deputy": None, "reason": "Follows eva.", "proposer": "max"},
             answers={"Task_Decide": {"agreed": "yes"}},
             records={("role_assignment", "ROL-2"): {"state": "planned", "process": "PR12-CHM", "valid_from": "2026-04-01"}}),
    Scenario(ASSIGN, ("End_Refused",), answers={"Task_Propose": PROPOSED, "Task_Decide": {"agreed": "no", "refusal": "Not before the course."}}),
    Scenario(ASSIGN, ("End_Begun",), start="Start_By_Time", records={("role_assignment", "ROL-2"): {"state": "active"}}),
    Scenario(END, ("End_Set",), given=(held(), held(title="cab: max", person="max"), held(title="ecab: eva", role="ecab", state="planned", valid_from="2027-01-01")),
             answers={"Task_Leave": {"kind_of_change": "leave", "leaver": "eva", "last_day": "2026-03-31", "end_reason": "Retires."}},
             records={("role_assignment", "ROL-1"): {"valid_until": "2026-03-31", "state": "active", "reason": "Retires."}, ("role_assignment", "ROL-3"): {"state": "ended"}}),
    Scenario(END, ("End_Ended",), start="Start_By_Time", records={("role_assignment", "ROL-1"): {"state": "ended"}}),
    Scenario(END, ("End_Set",), answers={"Task_Leave": {"kind_of_change": "end", "assignment": "ROL-2", "last_day": "2026-04-30"}},
             records={("role_assignment", "ROL-2"): {"valid_until": "2026-04-30"}}),
    Scenario(END, ("End_Proposed",), given=(PROCESS,), start="Start_By_Time",
             answers={"Task_Succeed": {"succession": "successor", "person": "eva", "valid_from": "2026-05-01"}},
             records={("role_assignment", "ROL-2"): {"state": "ended"}}),
    Scenario(END, ("End_Ended",), given=(held(valid_until="2026-05-31"),), start="Start_By_Time",
             answers={"Task_Succeed": {"succession": "not_needed"}}),
]  # fmt: skip
