# SPDX-License-Identifier: Apache-2.0
"""PR12 Change management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

APPROVE, IMPLEMENT = "PR12_CHM_approve_changes", "PR12_CHM_implement_changes"
MEET, STANDARD = "PR12_CHM_hold_cab_meetings", "PR12_CHM_maintain_standard_changes"
RFC = {
    "title": "More memory", "reason": "It swaps.", "description": "mail01 swaps.", "service": "SVC-1", "affected_ci": "CI-1",
    "priority": "P3", "requester": "max", "origin_process": "PR9-ISRM", "origin_ref": None,
}  # fmt: skip
TAKEN = {
    "take_up": "take_up",
    "title": "More memory",
    "reason": "It swaps.",
    "affected_ci": "CI-1",
    "change_owner": "eva",
}
ASSESSED = {"benefits": "Mail is fast again.", "assessment": "One restart.", "backout_plan": "Take it out again."}
YES, NO = {"decision": "approved"}, {"decision": "rejected", "decision_reason": "Not now."}
LATER = {"decision": "deferred", "comment": "Ask the supplier first.", "cab_meeting_id": "CAB-1"}
CAB_YES = {"decision": "approved", "comment": "At night.", "cab_meeting_id": "CAB-1"}
ROUTINE = {"title": "Renew a certificate", "owner": "eva", "criteria": "Same names, same authority.", "steps": "Order, install, look.",
           "backout_plan": "Put the old one back."}  # fmt: skip
DUE = ("standard_change", {**ROUTINE, "state": "active", "next_review_on": "2026-01-01"})
STANDARD_CHANGE = ("standard_change", {**ROUTINE, "state": "active", "next_review_on": "2027-06-01"})


def rfc(classified: dict[str, Any], *ends: str, **more: Any) -> Scenario:
    answers = {
        "Task_Register": TAKEN,
        "Task_Classify": {"classification": "usual", "impact": "low", "risk": "low", **classified},
    }
    rest = {key: more.pop(key) for key in [*more] if key not in ("messages", "given", "records", "late")}
    return Scenario(APPROVE, ends, message="rfc.submitted", payload=RFC, answers={**answers, **rest}, **more)


APPROVED = {
    **{name: RFC[name] for name in ("title", "reason", "service", "affected_ci", "requester", "origin_process", "origin_ref", "priority")},
    "change_id": "CHG-1", "change_type": "normal", "impact": "low", "risk": "low", "change_owner": "eva", "steps": None, "backout_plan": "Take it out again.",
}  # fmt: skip
CHANGE = (
    "change",
    {
        "title": "More memory",
        "reason": "It swaps.",
        "requester": "max",
        "owner": "eva",
        "state": "approved",
        "affected_ci": "CI-1",
    },
)
RELEASE = (
    "release",
    {
        "title": "March",
        "owner": "eva",
        "changes": ["CHG-1"],
        "cis": ["CI-1"],
        "acceptance_criteria": "It runs.",
        "state": "deployed",
    },
)
PLANNED = {"through_release": False, "planned_from": "2026-03-10T20:00:00+01:00", "planned_to": "2026-03-10T22:00:00+01:00", "outage_minutes": 10,
           "steps": "Stop, build in, start."}  # fmt: skip
RELEASED = {"through_release": True, "steps": "Switch the feature on."}
DONE, FAILED = (
    {"result": "successful", "report": "It took an hour."},
    {"result": "failed", "report": "It does not start."},
)
CLOSED = {"complete": True}
CI = {"ci_id": "CI-1", "state": "changed", "change_id": "CHG-1"}


def change(
    kind: dict[str, Any],
    *ends: str,
    given: Any = (),
    records: Any = None,
    messages: Any = None,
    late: Any = (),
    **answers: Any,
) -> Scenario:
    return Scenario(
        IMPLEMENT,
        ends,
        message="change.approved",
        payload={**APPROVED, **kind},
        given=given,
        records=records or {},
        messages=messages or {},
        late=late,
        answers={**answers, "Task_Close": CLOSED},
    )


def deployed(result: str) -> dict[str, Any]:
    return {"release_id": "REL-1", "result": result, "comment": "As planned."}


MEETING = (
    "cab_meeting",
    {
        "title": "CAB meeting of 2026-03-12",
        "state": "planned",
        "planned_on": "2026-03-12T09:00:00Z",
        "agenda_on": "2026-03-10T09:00:00Z",
    },
)
WAITING = (
    "change",
    {
        "title": "New disk",
        "reason": "Full.",
        "requester": "max",
        "owner": "eva",
        "type": "major",
        "state": "awaiting_cab",
    },
)
PROPOSED = ("standard_change", {**ROUTINE, "state": "proposed"})
INVITED = {"planned_on": "2026-03-12T09:00:00Z", "members": ["max", "eva"]}
REVIEW = (
    "change_review",
    {
        "title": "Review of More memory",
        "change": "CHG-1",
        "state": "performed",
        "make_standard": True,
        "performed_on": "2026-03-01",
    },
)

SCENARIOS = [
    Scenario(APPROVE, ("End_Refused",), message="rfc.submitted", payload={**RFC, "affected_ci": None}, answers={"Task_Register": {"take_up": "refuse", "decision_reason": "Which?"}},
             records={("change", "CHG-1"): {"state": "rejected", "decision": "rejected", "decision_reason": "Which?"}}),
    rfc({"classification": "standard", "standard_change": "STC-1"}, "End_Approved", given=(STANDARD_CHANGE,),
        records={("change", "CHG-2"): {"state": "approved", "type": "standard", "standard_change": "STC-1", "approval_level": "pre_approved"}}),
    rfc({"cost_estimate": 200}, "End_Rejected", "End_Reminded", late=("Task_Assess",), Task_Remind={"measure": "asked"}, Task_Assess=ASSESSED, Task_Approve=NO,
        records={("change", "CHG-3"): {"state": "rejected", "type": "normal", "decided_by": "max", "approval_level": "change_manager"}}),
    rfc({"classification": "emergency"}, "End_Approved", Task_Assess=ASSESSED, Task_Ecab=YES,
        records={("change", "CHG-4"): {"state": "approved", "type": "emergency", "approval_level": "ecab"}}),
    rfc({"risk": "medium"}, "End_Approved", Task_Assess=ASSESSED, messages={"Receive_Cab": [LATER, CAB_YES]},
        records={("change", "CHG-5"): {"state": "approved", "approval_level": "cab", "cab_meeting": "CAB-1", "decision_reason": "At night."},
                 ("cab_meeting", "CAB-1"): {"state": "planned"}}),
    rfc({"impact": "high"}, "End_Approved", Task_Assess=ASSESSED, messages={"Receive_Cab": CAB_YES}, Task_Sms=YES,
        records={("change", "CHG-6"): {"state": "approved", "type": "major", "approval_level": "cab_and_sms_owner", "decided_by": "max"}}),
    change({}, "End_Closed", given=(CHANGE,), messages={"Event_Ci": CI}, Task_Plan=PLANNED, Task_Implement=DONE,
           records={("change", "CHG-1"): {"state": "closed", "result": "successful", "planned_to": PLANNED["planned_to"], "outage_minutes": 10}}),
    change({"affected_ci": None}, "End_Closed", messages={"Event_Ci": CI}, Task_Plan=PLANNED, Task_Implement=DONE,
           records={("change", "CHG-1"): {"affected_ci": "CI-1"}}),
    change({"change_type": "major"}, "End_Closed", "End_LookedInto", "End_Ticket", late=("Task_Implement",), messages={}, Task_Plan=PLANNED,
           Task_LookInto={"measure": "asked"}, Task_Implement=FAILED, Task_BackOut={"backed_out": "whole", "service_hit": "SVC-1"},
           Task_Review={"objectives_met": "not_at_all", "lessons": "Try it first."},
           records={("change", "CHG-1"): {"state": "closed", "result": "failed"}, ("change_review", "PIR-1"): {"result": "failed", "incidents": 0}}),
    change({"change_type": "emergency"}, "End_Problem", "End_Suggestion", Task_Plan={**PLANNED, "planned_to": "2026-03-20T22:00:00+01:00"}, Task_Implement=FAILED, Task_BackOut={"backed_out": "partly"},
           Task_Review={"objectives_met": "partly", "lessons": "?", "cause_unknown": True, "suggestion": "A second machine.", "make_standard": False},
           records={("change_review", "PIR-2"): {"objectives_met": "partly", "make_standard": False}}),
    change({}, "End_Closed", given=(RELEASE,), Task_Plan=[RELEASED, RELEASED], Task_Implement=DONE,
           messages={"Event_Deployed": [deployed("removed"), deployed("deployed")]},
           records={("change", "CHG-1"): {"through_release": True, "release": "REL-1", "result": "successful"}}),
    change({}, "End_Closed", Task_Plan=RELEASED, messages={"Event_Deployed": deployed("failed")}, Task_Implement=FAILED,
           Task_BackOut={"backed_out": "nothing"}, Task_Review={"objectives_met": "not_at_all", "lessons": "-"},
           records={("change", "CHG-1"): {"state": "closed", "result": "failed", "release": "REL-1"}}),
    Scenario(MEET, ("End_Cancelled",), records={("cab_meeting", "CAB-1"): {"state": "cancelled"}}),
    Scenario(MEET, ("End_Recorded",), start="Start_By_Time", given=(MEETING, WAITING, WAITING, PROPOSED), answers={
        "Task_Prepare": INVITED, "Task_Decide": [{"decision": "approved"}, {"decision": "rejected", "comment": "Too dear."}, {"decision": "deferred", "comment": "?"}],
        "Task_Record": {"freeze": True, "freeze_from": "2026-12-20", "freeze_to": "2027-01-06", "freeze_reason": "Closing of the year."}},
        records={("cab_meeting", "CAB-2"): {"state": "recorded", "freeze_to": "2027-01-06", "changes": ["CHG-1", "CHG-2"], "standard_changes": ["STC-1"]}}),
    Scenario(MEET, ("End_Fine",), start="Start_By_Time", given=(in_operation("PR12-CHM"),), answers={"Task_Trends": {"trend": "none"}}),
    Scenario(MEET, ("End_Suggested",), start="Start_By_Time",
             answers={"Task_Trends": {"trend": "found", "suggestion_title": "Fewer failures", "suggestion": "Half of all fail."}}),
    Scenario(STANDARD, ("End_Active",), answers={"Task_Describe": ROUTINE},
             messages={"Receive_Cab": [{"decision": "deferred", "comment": "When?", "cab_meeting_id": "CAB-1"}, {"decision": "approved", "cab_meeting_id": "CAB-1"}]},
             records={("standard_change", "STC-1"): {"state": "active", "cab_meeting": "CAB-1", "approved_on": "2026-03-02", "next_review_on": "2027-03-02"}}),
    Scenario(STANDARD, ("End_Rejected",), start="Start_By_Time", given=(CHANGE, REVIEW), answers={"Task_Describe": {**ROUTINE, "title": "More memory"}},
             messages={"Receive_Cab": {"decision": "rejected", "comment": "Too seldom.", "cab_meeting_id": "CAB-1"}},
             records={("standard_change", "STC-2"): {"state": "withdrawn", "example": "CHG-1", "title": "More memory"}}),
    Scenario(STANDARD, ("End_Kept",), start="Start_By_Time", given=(DUE,), answers={"Task_Review": {"outcome": "keep"}},
             records={("standard_change", "STC-3"): {"state": "active", "next_review_on": "2027-01-01"}}),
    Scenario(STANDARD, ("End_Kept",), start="Start_By_Time", given=(DUE,), answers={"Task_Review": {"outcome": "withdraw"}},
             records={("standard_change", "STC-4"): {"state": "withdrawn"}}),
    Scenario(STANDARD, ("End_Active",), message="standard_change.wanted", payload={k: ROUTINE[k] for k in ("title", "owner", "criteria")} | {"origin_ref": "SET-1"},
             answers={"Task_Describe": ROUTINE}, messages={"Receive_Cab": {"decision": "approved", "cab_meeting_id": "CAB-1"}},
             records={("standard_change", "STC-5"): {"state": "active", "title": "Renew a certificate"}}),
    Scenario(STANDARD, ("End_Active",), start="Start_By_Time", given=(DUE,),
             answers={"Task_Review": {"outcome": "change"}, "Task_Describe": {**ROUTINE, "ci_type": "server"}},
             messages={"Receive_Cab": {"decision": "approved", "cab_meeting_id": "CAB-1"}},
             records={("standard_change", "STC-6"): {"state": "active", "ci_type": "server"}}),
]  # fmt: skip


def fits(state: str | None, fit: bool, **standard: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {
        "classification": "standard",
        "standard_record": {"state": state, **standard},
        "ci_record": {"type": "server"},
    }, {"standard_fits": fit}


def classified(outcome: str, due: str, **given: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    usual = {"standard_fits": False, "classification": "usual", "impact": "low", "risk": "low", "critical_services": 1}
    return {**usual, **given}, {"change_type": outcome, "assessment_due": due}


def level(kind: str, impact: str, risk: str, who: str, due: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"change_type": kind, "impact": impact, "risk": risk}, {"approval_level": who, "decide_by": due}


def reviewed(result: str, kind: str, depth: str, due: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"result": result, "change_type": kind, "incidents_after": 0, "risk": "low", "change_id": "CHG-7", **more}
    return given, {"review_depth": depth, "review_due": due}


# Monday, 2 March 2026, 9:00 UTC; the office is open from 8 to 18 on working days in Berlin (UTC+1).
NORMAL, TEN_DAYS = "2026-03-09T09:00:00Z", "2026-03-16T09:00:00Z"
TABLES = {
    "chm_standard_change": [fits("active", True), fits("active", True, ci_type="server"), fits("active", False, ci_type="network"), fits("proposed", False)],
    "chm_change_classification": [
        classified("standard", NORMAL, standard_fits=True, classification="standard"),
        classified("emergency", "2026-03-02T11:00:00Z", classification="emergency"),
        classified("major", NORMAL, impact="high"),
        classified("major", NORMAL, risk="high"),
        classified("major", NORMAL, cost_estimate=10_001),
        classified("major", NORMAL, critical_services=2),
        classified("normal", NORMAL, cost_estimate=10_000),
    ],
    "chm_approval_level": [
        level("emergency", "high", "high", "ecab", "2026-03-02T10:00:00Z"),
        level("major", "high", "low", "cab_and_sms_owner", TEN_DAYS),
        level("major", "low", "high", "cab", TEN_DAYS),
        level("normal", "low", "low", "change_manager", "2026-03-04T09:00:00Z"),
        level("normal", "low", "medium", "cab", TEN_DAYS),
    ],
    "chm_cab_agenda": [
        ({"planned": [{"planned_on": "2026-03-06T09:00:00Z", "agenda_on": "2026-03-04T09:00:00Z"}]},
         {"cab_on": "2026-03-06T09:00:00Z", "agenda_on": "2026-03-04T09:00:00Z"}),
        ({"planned": []}, {"cab_on": "2026-03-05T09:00:00Z", "agenda_on": "2026-03-03T09:00:00Z"}),
    ],
    "chm_review_need": [
        reviewed("failed", "standard", "full", "2026-03-04T09:00:00Z"),
        reviewed("successful", "emergency", "full", "2026-03-05T09:00:00Z"),
        reviewed("successful", "major", "full", TEN_DAYS),
        reviewed("successful", "normal", "full", NORMAL, incidents_after=1),
        reviewed("successful", "normal", "short", TEN_DAYS, risk="medium"),
        reviewed("successful", "standard", "short", TEN_DAYS, change_id="CHG-30"),
        reviewed("successful", "normal", "none", TEN_DAYS),
    ],
}  # fmt: skip
