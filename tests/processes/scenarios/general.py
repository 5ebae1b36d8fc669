# SPDX-License-Identifier: Apache-2.0
"""Helpers that belong to no process of their own: the yearly review of each process."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

REVIEW, FIGURES = "GENERAL_review_processes", "GENERAL_collect_figures"
PROCESS = {"title": "Change management", "code": "PR12-CHM", "owner": "max", "manager": "eva", "goals": "Nothing breaks.", "next_review_on": "2026-01-01"}
OTHER = {**PROCESS, "title": "Configuration management", "code": "PR11-CONFM"}
CHANGE = ("change", {"title": "More memory", "reason": "It swaps.", "requester": "max", "owner": "max", "state": "closed", "result": "failed",
                     "implemented_on": "2026-02-20T09:00:00Z"})  # fmt: skip
SEEN = {"goals_reached": "partly", "findings": "One of one has failed.", "change_wanted": "Test before."}
GOOD = {"goals_reached": "whole", "findings": "All is well."}


def due(*ends: str, given: Any, **answers: Any) -> Scenario:
    records = answers.pop("records")
    late = answers.pop("late", ())
    return Scenario(REVIEW, ends, start="Start_By_Time", given=given, answers=answers, records=records, late=late)


SCENARIOS = [
    Scenario(REVIEW, ("End_Entered",), answers={"Task_Enter": {**PROCESS, "next_review_on": "2029-03-01"}},
             records={("process_record", "PRC-1"): {"state": "active", "code": "PR12-CHM"}}),
    due("End_Suggested", given=(CHANGE, ("process_record", {**PROCESS, "state": "active"})), Task_Review=SEEN,
        Task_Decide={"last_result": "to_change", "what_to_change": "Test before.", "process_goals": "Nothing breaks."},
        records={("process_record", "PRC-2"): {"next_review_on": "2027-01-01", "last_result": "to_change", "goals": "Nothing breaks."}}),
    due("End_Confirmed", "End_Hurried", given=(("process_record", {**OTHER, "state": "active"}),), late=("Task_Review",),
        Task_Hurry={"measure": "asked"}, Task_Review=GOOD, Task_Decide={"last_result": "confirmed"},
        records={("process_record", "PRC-3"): {"last_result": "confirmed", "findings": "All is well."}}),
    due("End_Confirmed", "End_Escalated", given=(("process_record", {**OTHER, "state": "active"}),), late=("Task_Review", "Task_Review", "Task_Hurry"),
        Task_Escalated={"measure": "given"}, Task_Review=GOOD, Task_Decide={"last_result": "confirmed"},
        records={("process_record", "PRC-4"): {"last_result": "confirmed"}}),
    Scenario(FIGURES, ("End_Collected",), data={"process_record": {"code": "PR14-CSI", "title": "Improvement"}}),
]  # fmt: skip
