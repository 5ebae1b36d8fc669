# SPDX-License-Identifier: Apache-2.0
"""Establishing the service management system: the plan of its set-ups."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

ESTABLISH = "SMS_establish_sms"
FOLLOW = "SMS_follow_set_ups"
LOOK = "SMS_change_plan:Task_Look"
CODES = [*(f"GR{n}" for n in range(1, 6)), *(f"PR{n}" for n in range(1, 15)), "GR6", "GR7"]


def setup(code: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """A set-up in the plan."""
    return "setup", {"title": f"Set-up {code}", "code": code, "order": CODES.index(code) + 1, "owner": "max", **fields}


DONE = tuple(setup(code, state="done", done_on="2026-02-01") for code in CODES if code not in ("PR9", "PR12", "PR13"))
PLAN = {"start_on": "2026-06-01", "pace_general": "P2W", "pace_processes": "P1M", "first": ["PR12", "PR9"], "owner": "eva",
        "not_now": [{"code": "PR13", "reason": "We release nothing this year."}]}  # fmt: skip
MOVE = {"change": "move", "which": ["SET-19"], "rest": True}
AGAIN = {"change": "again", "which": ["SET-21", "SET-19"], "to_day": "2026-12-01"}
GIVE = {"change": "owner", "which": ["SET-21"], "new_owner": "max"}
SKIP = {"change": "skip", "which": ["SET-20", "SET-21"], "why": "Not this year."}
GOOD = {"change": "none"}
SEEN = {"cause": "Its owner was ill.", "look_again_on": "2026-06-01"}

SCENARIOS = [
    Scenario(ESTABLISH, ("End_Established",), late=("Receive_Done",), messages={"Receive_Done": [{"code": "PR12"}, {"code": "PR9"}, {"code": "PR13"}]},
             given=(*DONE, ("process_record", {"title": "Problems", "code": "PR10-PM", "owner": "max", "manager": "eva", "state": "active"})),
             answers={"Task_Plan": PLAN, "Task_Declare": {"first_review_on": "2027-10-04", "established": True},
                      LOOK: [MOVE | {"to_day": "2026-08-20"}, AGAIN, GIVE, GOOD,
                             MOVE | {"to_day": "2026-08-06"}, SKIP, {**SKIP, "which": ["SET-19"], "why": "Too much at once."}, GOOD]},
             records={("setup", "SET-19"): {"code": "PR12", "order": 6, "state": "skipped", "start_on": None, "owner": "eva", "depends_on": ["GR5"],
                                            "reason": "Too much at once."},
                      ("setup", "SET-20"): {"code": "PR9", "order": 7, "state": "skipped", "reason": "Not this year."},
                      ("setup", "SET-21"): {"code": "PR13", "state": "skipped", "owner": "max"},
                      ("process_record", "PRC-1"): {"next_review_on": "2027-10-04"}}),
    Scenario(FOLLOW, ("End_Seen",), start="Start_By_Time", given=(setup("GR1", state="started", start_on="2026-02-02"),), answers={"Task_See": SEEN},
             records={("setup", "SET-1"): {"state": "started", "look_again_on": "2026-06-01"}}),
    Scenario(FOLLOW, ("End_Helped", "End_Seen"), start="Start_By_Time", given=(setup("GR2", state="planned", start_on="2026-02-02"),), late=("Task_See",),
             answers={"Task_Help": {"measure": "helped"}, "Task_See": SEEN}, records={("setup", "SET-2"): {"look_again_on": "2026-06-01"}}),
]  # fmt: skip
