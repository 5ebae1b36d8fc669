# SPDX-License-Identifier: Apache-2.0
"""PR10 Problem management."""

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

IDENTIFY, HANDLE, KEDB = "PR10_PM_identify_problems", "PR10_PM_handle_problems", "PR10_PM_maintain_kedb"
NEW = {
    "known_problem": "new", "title": "Mail is slow", "description": "Every morning.", "service": "SVC-1", "category": "software",
    "owner": "eva",
}  # fmt: skip
KNOWN = {
    **{k: v for k, v in NEW.items() if k not in {"category", "owner"}},
    "known_problem": "known",
    "known_as": "PRB-1",
}
REGISTERED = {
    "problem_id": "PRB-1", "title": "Mail is slow", "description": "Every morning.", "service": "SVC-1", "problem_owner": "max",
    "source": "other",
}  # fmt: skip
THERE = (
    "problem",
    {
        "title": "Mail is slow",
        "description": "Every morning.",
        "source": "other",
        "service": "SVC-1",
        "state": "registered",
    },
)
CLASSIFIED = {"category": "software", "impact": "high", "has_workaround": False}
CAUSE = {"cause_found": "found", "root_cause": "The index is rebuilt at eight."}
NO_CAUSE = {"cause_found": "not_found", "tried": "Traces of two weeks."}
AROUND = {"workaround_found": "found", "workaround": "Search by sender.", "effectiveness": "works"}
ASSESSED = {"what_changes": "technology", "cost": "low", "benefit": "high", "effectiveness": "works"}
ASKED = {"rfc_title": "Rebuild the index at night", "rfc_reason": "Then nobody waits."}
CLOSED = {"outcome": "resolved", "closing_note": "The index is rebuilt at three."}
ADDED = {"title": "Mail is slow", "symptoms": "Searching takes minutes.", "workaround": "Search by sender."}


def reported(kind: str) -> dict[str, object]:
    return {"problem_id": "PRB-1", "kind": kind, "title": "Mail is slow", "symptoms": "Slow.", "service": "SVC-1",
            "problem_owner": "max", "workaround": "Search by sender.", "effectiveness": "works"}  # fmt: skip


SCENARIOS = [
    Scenario(IDENTIFY, ("End_Registered",), answers={"Task_Register": NEW},
             records={("problem", "PRB-1"): {"state": "registered", "owner": "eva", "source": "other"}}),
    Scenario(IDENTIFY, ("End_Linked",), message="problem.candidate",
             payload={"title": "Slow mail", "description": "Again.", "service": "SVC-1", "source": "major_incident"},
             answers={"Task_Register": KNOWN},
             records={("problem", "PRB-1"): {"description": "Every morning.\n\nEvery morning."}}),
    Scenario(IDENTIFY, ("End_NoPattern",), start="Start_By_Time", given=(in_operation("PR10-PM"),),
             answers={"Task_Analyse": {"findings": "Nothing special."}},
             records={("trend_analysis", "TRA-1"): {"suspects": 0, "state": "performed"}}),
    Scenario(IDENTIFY, ("End_Analysed", "End_Reminded"), start="Start_By_Time", late=("Task_Analyse",),
             answers={"Task_Remind": {"note": "It is done tomorrow."},
                      "Task_Analyse": {"findings": "Twice the same.", "candidates": [{"title": "Printers", "service": "SVC-1", "description": "Offline at noon."}]}},
             records={("trend_analysis", "TRA-2"): {"suspects": 1}}),
    Scenario(HANDLE, ("End_Deactivate", "Event_ChangeCompleted"), given=(THERE,), message="problem.registered", payload=REGISTERED,
             answers={"Task_Classify": CLASSIFIED, "Task_Cause": CAUSE, "Task_Workaround": AROUND, "Task_Assess": [ASSESSED, ASSESSED],
                      "Task_Decide": [{"resolution_option": "rfc", **ASKED}] * 2, "Task_Close": CLOSED},
             messages={"Event_RfcDecided": [{"decision": "rejected"}, {"decision": "approved"}],
                       "Event_ChangeCompleted": {"result": "successful", "change_id": None, "comment": "Done."}},
             records={("problem", "PRB-1"): {"state": "resolved", "priority": "P2", "root_cause": "The index is rebuilt at eight."}}),
    Scenario(HANDLE, ("End_Accepted", "End_Ageing"), message="problem.registered", payload=REGISTERED, late=("Task_Cause",),
             answers={"Task_Classify": CLASSIFIED, "Task_Ageing": {"note": "Another week."}, "Task_Cause": NO_CAUSE, "Task_Assess": ASSESSED,
                      "Task_Decide": {"resolution_option": "accept"}, "Task_Close": {**CLOSED, "outcome": "accepted"}},
             records={("problem", "PRB-1"): {"state": "closed", "resolution_option": "accept"}}),
    Scenario(HANDLE, ("End_Deactivate", "Event_SuggestionDecided"), message="problem.registered", payload=REGISTERED,
             answers={"Task_Classify": CLASSIFIED, "Task_Cause": CAUSE, "Task_Workaround": {"workaround_found": "none"}, "Task_Assess": ASSESSED,
                      "Task_Decide": {"resolution_option": "improvement", **ASKED}, "Task_Close": {**CLOSED, "outcome": "obsolete"}},
             messages={"Event_SuggestionDecided": {"decision": "approved"}},
             records={("problem", "PRB-1"): {"state": "no_longer_relevant"}}),
    Scenario(KEDB, ("End_Changed",), given=(THERE,), message="kedb.change", payload=reported("add"), answers={"Task_Add": ADDED},
             records={("known_error", "KE-1"): {"state": "active", "problem": "PRB-1"}, ("problem", "PRB-1"): {"known_error": "KE-1"}}),
    Scenario(KEDB, ("End_Changed",), message="kedb.change", payload=reported("update"),
             answers={"Task_Update": {"verdict": "update", "new_workaround": "Search by date.", "effectiveness": "partly"}},
             records={("known_error", "KE-1"): {"state": "updated", "workaround": "Search by date."}}),
    Scenario(KEDB, ("End_Changed",), message="kedb.change", payload=reported("deactivate"),
             answers={"Task_Update": {"verdict": "deactivate"}}, records={("known_error", "KE-1"): {"state": "deactivated"}}),
    Scenario(KEDB, ("End_Nothing",), message="kedb.change", payload=reported("deactivate"), answers={"Task_Update": {"verdict": "keep"}}),
]  # fmt: skip


def priority(impact: str, incidents: int, around: bool) -> dict[str, object]:
    return {"impact": impact, "incidents_30d": incidents, "has_workaround": around}


def option(cost: str, benefit: str, effectiveness: str, what: str) -> dict[str, object]:
    return {"cost": cost, "benefit": benefit, "effectiveness": effectiveness, "what_changes": what}


TABLES = {
    "pm_priority": [
        (priority("critical", 1, False), {"priority": "P1", "time_frame": "P5D"}),
        (priority("critical", 1, True), {"priority": "P2", "time_frame": "P15D"}),
        (priority("high", 0, False), {"priority": "P2", "time_frame": "P15D"}),
        (priority("high", 5, True), {"priority": "P2", "time_frame": "P15D"}),
        (priority("high", 4, True), {"priority": "P3", "time_frame": "P30D"}),
        (priority("medium", 5, True), {"priority": "P3", "time_frame": "P30D"}),
        (priority("medium", 4, False), {"priority": "P4", "time_frame": "P30D"}),
        (priority("low", 50, False), {"priority": "P5", "time_frame": "P30D"}),
    ],
    "pm_resolution_option": [
        (option("low", "low", "works", "technology"), {"proposed_option": "workaround_only"}),
        (option("high", "medium", "works", "technology"), {"proposed_option": "workaround_only"}),
        (option("high", "high", "works", "organisation"), {"proposed_option": "improvement"}),
        (option("high", "high", "works", "technology"), {"proposed_option": "rfc"}),
        (option("low", "low", "fails", "technology"), {"proposed_option": "rfc"}),
        (option("high", "low", "fails", "technology"), {"proposed_option": "accept"}),
    ],
}
