# SPDX-License-Identifier: Apache-2.0
"""GR5 Implementing IT service management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.scenarios.sms import setup

SET_UP, IMPLEMENT, TRAIN = "GR5_DO_set_up", "GR5_DO_implement_plan", "GR5_DO_hold_trainings"
MILESTONE = ("milestone", {"title": "One service desk", "state": "planned", "owner": "eva", "process": "PR9", "due_on": "2026-01-01"})
TOLD = {"title": "Tickets by mail", "description": "Half of them never reach the desk.", "process": "PR9"}
ENFORCED = {"done": "We sat beside them for a day.", "training_title": "How to take a ticket", "training_kind": "coaching", "training_audience": "Second level",
            "training_on": "2029-05-01"}  # fmt: skip
ISSUE = {"title": "No time", "description": "Nobody has hours.", "source": "communication", "origin_ref": "COM-1"}
TRAINING = {"title": "How to take a ticket", "kind": "training", "state": "planned", "audience": "Service desk", "owner": "eva", "planned_on": "2026-03-05"}


def train(number: int, ends: str, then: dict[str, Any], **answers: Any) -> Scenario:
    return Scenario(TRAIN, (ends,), start="Start_By_Time", given=(("training_activity", TRAINING),), answers=answers, records={("training_activity", f"TRA-{number}"): then})


SCENARIOS = [
    Scenario(SET_UP, ("End_SetUp",), start="Start_By_Time", given=(setup("GR5", state="planned", start_on="2026-01-05"),),
             answers={"Task_Distribute": {"audience": "All process managers", "channel": "meeting", "planned_on": "2029-03-01", "responsible": "eva", "message": "What comes next."},
                      "Task_Deviations": [{"deviations_text": "# Keeping to plans"}, {"deviations_text": "# Keeping to plans and processes"}],
                      "Task_Approve": [{"set_up_approved": "no", "missing": "Who decides?"}, {"set_up_approved": "yes"}]},
             messages={"Event_Published": [{"result": "rejected", "comment": "More."}, {"result": "approved"}]},
             records={("setup", "SET-1"): {"state": "done"}, ("communication_activity", "COM-1"): {"state": "planned", "responsible": "eva"},
                      ("document", "DOC-1"): {"code": "deviations_procedure", "process": "GR5", "text": "# Keeping to plans and processes"}}),
    Scenario(IMPLEMENT, ("End_Noted",), start="Start_By_Time", given=(MILESTONE,), answers={"Task_Progress": {"reached": "yes", "progress": "It works."}},
             records={("milestone", "MST-1"): {"state": "reached", "reached_on": "2026-03-02", "progress": "It works."}}),
    Scenario(IMPLEMENT, ("End_Noted", "End_Late"), start="Start_By_Time", given=(MILESTONE,), late=("Task_Progress",),
             answers={"Task_Late": {"measure": "helped"}, "Task_Progress": {"reached": "later", "progress": "People are ill.", "new_due_on": "2029-06-01"}},
             records={("milestone", "MST-2"): {"state": "planned", "due_on": "2029-06-01"}}),
    Scenario(IMPLEMENT, ("End_Plan",), start="Start_By_Time", given=(MILESTONE,),
             answers={"Task_Progress": {"reached": "blocked", "progress": "There is no money.", "new_due_on": "2029-07-01"},
                      "Task_Respond": {"kind": "plan", "response": "Two desks this year."}},
             records={("milestone", "MST-3"): {"state": "planned", "due_on": "2029-07-01"},
                      ("plan_issue", "PLI-1"): {"title": "One service desk", "kind": "plan", "state": "closed", "process": "PR9", "origin_ref": "MST-3"}}),
    Scenario(IMPLEMENT, ("End_Followed",), answers={"Task_Tell": TOLD, "Task_Enforce": ENFORCED,
                                                    "Task_Respond": {"kind": "not_followed", "response": "Show them why.", "enforcer": "eva"}},
             records={("plan_issue", "PLI-2"): {"state": "closed", "kind": "not_followed", "response": "Show them why. – We sat beside them for a day."},
                      ("training_activity", "TRA-1"): {"state": "planned", "owner": "eva", "process": "PR9", "planned_on": "2029-05-01"}}),
    Scenario(IMPLEMENT, ("End_Suggested",), answers={"Task_Tell": TOLD, "Task_Respond": {"kind": "improvement", "response": "A form in the portal."}}),
    Scenario(IMPLEMENT, ("End_Solved",), signal="issue.raised", payload=ISSUE | {"topic": "implementation"},
             answers={"Task_Respond": {"kind": "obstacle", "response": "Their superiors give them a day a week."}},
             records={("plan_issue", "PLI-4"): {"title": "No time", "source": "communication", "origin_ref": "COM-1", "state": "closed"}}),
    Scenario(IMPLEMENT, ("End_Other",), signal="issue.raised", payload=ISSUE | {"topic": "scope"}),
    train(1, "End_Held", {"state": "performed", "performed_on": "2026-03-05"}, Task_Prepare={"ready": "ready"},
          Task_Hold={"performed_on": "2026-03-05", "result": "Eight came."}),
    train(2, "End_Moved", {"state": "planned", "planned_on": "2029-04-01"}, Task_Prepare={"ready": "move", "moved_to": "2029-04-01"}),
    train(3, "End_Moved", {"state": "cancelled", "result": "All know it."}, Task_Prepare={"ready": "cancel", "why_cancelled": "All know it."}),
]  # fmt: skip
