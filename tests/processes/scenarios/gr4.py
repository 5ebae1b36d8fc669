# SPDX-License-Identifier: Apache-2.0
"""GR4 Planning IT service management."""

from __future__ import annotations

from tests.processes.drive import Scenario
from tests.processes.scenarios.sms import setup

SET_UP, REVIEW = "GR4_PLAN_set_up", "GR4_PLAN_review_plans"
GENERAL = {f"GR{n}": 1 for n in range(1, 8)}
PROCESSES = {f"PR{n}": 1 for n in range(1, 15)}
LEVELS = {"levels_general": GENERAL, "levels_processes": PROCESSES | {"PR9": 2}, "maturity_note": "Twelve interviews."}
TARGETS = {"targets_general": GENERAL | {"GR4": 2}, "targets_processes": PROCESSES | {"PR9": 3}}
GOALS = {"sms_goals": "No incident is forgotten.", "milestones": [{"title": "Service desk works", "due_on": "2027-05-31", "owner": "max", "process": "PR9"}]}
ROLES = {"roles": [{"role": "process_owner", "person": "eva", "process": "PR9", "deputy": "max"}]}
TRAININGS = {"trainings": [{"title": "How to take an incident", "kind": "training", "audience": "Service desk", "planned_on": "2027-04-01", "owner": "eva"}]}
TOOLS = {"tools": [{"tool": "FitSM Flow", "purpose": "Processes", "status": "in_use"}]}
PARTS = {"Task_Assess": LEVELS, "Task_Target": TARGETS, "Task_Gaps": {"gap_text": "# Gaps\n\nIncidents get lost."},
         "Task_Steps": {"steps": [{"area": "PR9", "step": "One desk for all.", "effect": "None is lost.", "urgency": "high"}]},
         "Task_Goals": GOALS, "Task_Roles": ROLES, "Task_Training": TRAININGS, "Task_Tools": TOOLS}  # fmt: skip
PUBLISHED = {"result": "approved", "comment": None}
PLAN = {"title": "Service management plan", "code": "service_management_plan", "kind": "plan", "process": "GR4", "owner": "max", "author": "max",
        "text": "Our plan.", "version": 1, "review_period": "P1Y", "next_review_on": "2026-01-01", "state": "published"}  # fmt: skip
PROCESS_PLAN = ("document", {**PLAN, "title": "Plan for PR12", "code": "plan_pr12", "review_period": "P6M"})
ISSUE = {"title": "New site", "description": "Two sites join.", "source": "management review", "origin_ref": "MRV-1"}

SCENARIOS = [
    Scenario(SET_UP, ("End_SetUp",), start="Start_By_Time", given=(setup("GR4", state="planned", start_on="2026-01-05"),),
             answers={**PARTS, "Task_Plan": [{"plan_text": "# Plan", "need_plan": ["plan_pr9"]}, {"plan_text": "# Better plan", "need_plan": []}],
                      "Task_ProcessPlans": {"process_plan_text": "# Plan for incidents"},
                      "Task_Approve": [{"set_up_approved": "no", "missing": "What it costs."}, {"set_up_approved": "yes"}]},
             messages={"Event_Published": [PUBLISHED] * 4},
             records={("setup", "SET-1"): {"state": "done", "done_on": "2026-03-02"},
                      ("document", "DOC-1"): {"code": "gap_analysis", "kind": "report", "process": "GR4", "author": "max"},
                      ("document", "DOC-2"): {"code": "service_management_plan", "review_period": "P1Y"},
                      ("document", "DOC-3"): {"code": "plan_pr9", "text": "# Plan for incidents"},
                      ("maturity_assessment", "MAT-16"): {"process": "PR9", "level": 2, "target": 3},
                      ("milestone", "MST-1"): {"state": "planned", "due_on": "2027-05-31", "owner": "max"},
                      ("role_assignment", "ROL-1"): {"state": "active", "role": "process_owner", "person": "eva", "deputy": "max"},
                      ("training_activity", "TRA-1"): {"state": "planned", "planned_on": "2027-04-01"}}),
    Scenario(REVIEW, ("End_Aligned",), start="Start_By_Time", given=(PROCESS_PLAN,),
             answers={"Task_Align": [{"verdict": "confirmed"}, {"verdict": "changed", "content": "text", "new_text": "# New plan", "what": "Later dates."}],
                      "Task_Check": [{"aligned": "no", "not_aligned": "The dates."}, {"aligned": "yes"}]},
             messages={"Event_One": PUBLISHED},
             records={("document", "DOC-1"): {"text": "# New plan", "what_changed": "Later dates.", "next_review_on": "2026-07-01"}}),
    Scenario(REVIEW, ("End_Aligned",), start="Start_By_Time", given=(("document", PLAN), ("document", {**PROCESS_PLAN[1], "next_review_on": "2029-01-01"})),
             answers={"Task_Review": {"plan_verdict": "confirmed"}, "Task_Align": {"verdict": "confirmed"}, "Task_Check": {"aligned": "yes"}},
             records={("document", "DOC-2"): {"state": "published", "next_review_on": "2027-01-01", "text": "Our plan."},
                      ("document", "DOC-3"): {"state": "published", "next_review_on": "2026-07-01"}}),
    Scenario(REVIEW, ("End_Aligned",), signal="issue.raised", payload=ISSUE | {"topic": "plan"},
             answers={"Task_Review": {"plan_verdict": "changed", "plan_content": "text", "new_plan_text": "# Other plan", "what_changed": "Two sites more."},
                      "Task_Align": {"verdict": "confirmed"}, "Task_Check": {"aligned": "yes"}},
             messages={"Event_Decided": PUBLISHED}, records={("document", "DOC-2"): {"text": "# Other plan", "what_changed": "Two sites more."}}),
    Scenario(REVIEW, ("End_Other",), signal="issue.raised", payload=ISSUE | {"topic": "scope"}),
]  # fmt: skip
