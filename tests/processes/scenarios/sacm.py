# SPDX-License-Identifier: Apache-2.0
"""PR4 Service availability and continuity management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

IDENTIFY, ASSESS = "PR4_SACM_identify_requirements", "PR4_SACM_assess_risks"
PLAN, REVIEW = "PR4_SACM_implement_plans", "PR4_SACM_review_plans"
MONITOR, TRY = "PR4_SACM_monitor_availability", "PR4_SACM_test_continuity"

REQUIREMENT = {
    "title": "Availability and continuity of E-mail",
    "state": "agreed",
    "service": "SVC-1",
    "target_percent": 99.5,
    "rto_hours": 8,
    "rpo_hours": 4,
}
NEEDED = {"sac_requirement_id": "SAR-1", "service": "SVC-1", "title": REQUIREMENT["title"]}
SLA = {"title": "E-mail for the museum", "state": "active", "owner": "eva", "kind": "default", "services": ["SVC-1"],
       "valid_from": "2026-01-01", "availability_percent": 99.9, "calendar": "default"}  # fmt: skip
CHANGED = {"sla_id": "SLA-1", "title": SLA["title"], "kind_of_change": "new", "services": ["SVC-1"]}
OUTAGE = {"max_outage_hours": 8, "harm": "money", "harm_note": "Nobody can order.", "rpo_hours": 4}
AS_PROPOSED = {"agreed": "proposed", "agreed_with": "max"}

SERVER = {"title": "One mail server", "area": "availability", "threat": "The only mail server breaks down.", "cause": "There is one.",
          "likelihood": "possible", "impact": "high", "owner": "eva"}  # fmt: skip
FIRE = {
    **SERVER,
    "title": "Fire",
    "area": "continuity",
    "threat": "The room burns.",
    "likelihood": "rare",
    "impact": "medium",
}
TREATED = (
    "risk",
    {**SERVER, "state": "in_treatment", "services": ["SVC-1"], "level": "high", "next_review_on": "2026-06-02"},
)

STEPS = {
    "activation_criteria": "The coordinator, after an hour.",
    "reactive_measures": "Start the second site.",
    "test_every": "P1Y",
}
IN_FORCE = ("sac_plan", {**STEPS, "title": "Plan: E-mail", "state": "active", "owner": "eva", "services": ["SVC-1"]})
PLAN_FORM = {**STEPS, "way": "plan", "contacts": "Ada, 555", "plan_owner": "eva"}
ACCEPT = {"way": "accept", "reason": "A second server costs more than it saves."}


def measure(title: str, way: str) -> dict[str, Any]:
    return {"title": title, "way": way, "responsible": "eva", "due_on": "2026-05-04"}


def planned(measures: list[Any], **more: Any) -> Scenario:
    answers = {
        "Task_Plan": {**PLAN_FORM, "measures": measures},
        "Task_Approve": {"approval": "approved"},
    }
    return Scenario(
        PLAN,
        ("End_Treated", *more.pop("ends", ())),
        message="sac_plan.needed",
        payload=NEEDED,
        answers=answers | more.pop("answers", {}),
        **more,
    )


def down(begin: str, end: str | None, **more: Any) -> tuple[str, dict[str, Any]]:
    given = {"title": "No mail", "ticket_type": "incident", "description": "Nothing.", "reporter": "max", "service": "SVC-1",
             "impact": "critical", "urgency": "high", "owner": "eva", "state": "closed", "outage_from": begin}  # fmt: skip
    return "incident", {**given, **({"outage_to": end} if end else {}), **more}


def identify(*ends: str, **more: Any) -> Scenario:
    answers = {"Task_Targets": {"target_percent": 99.5}, "Task_Continuity": OUTAGE, "Task_Agree": AS_PROPOSED}
    return Scenario(IDENTIFY, ("End_Reviewed", *ends), answers=answers | more.pop("answers", {}), **more)


def review(*ends: str, result: Any, **more: Any) -> Scenario:
    payload = {"sac_plan_id": "SAP-1", "reason": "The test failed.", "origin_ref": "SCT-1"}
    answers = {"Task_Review": result} | more.pop("answers", {})
    return Scenario(REVIEW, ends, message="sac_plan.review", payload=payload, answers=answers, **more)


def monitor(given: Any = (), records: Any = None, **answers: Any) -> Scenario:
    common = {"Task_Confirm": {"figures": "right"}}
    return Scenario(
        MONITOR, ("End_Published",), start="Start_By_Time", given=given, answers=common | answers, records=records or {}
    )


def tried(
    *ends: str, start: str = "", given: Any = (), late: tuple[str, ...] = (), records: Any = None,
    day: str = "2028-12-01", **answers: Any,
) -> Scenario:
    planned = {
        "takes_place": "planned",
        "planned_on": day,
        "scenario": "The room has no power.",
        "participants": ["max"],
    }
    common: dict[str, Any] = (
        {"Task_Plan": planned} if start else {"Task_Choose": {"sac_plan_id": "SAP-1"}, "Task_Plan": planned}
    )
    return Scenario(TRY, ends, start=start, given=given, late=late, answers=common | answers, records=records or {})


def outcome(rto: float, rpo: float, steps: int) -> dict[str, Any]:
    return {"performed_on": "2028-12-01", "measured_rto_hours": rto, "measured_rpo_hours": rpo, "steps_failed": steps}


WORSE = {**STEPS, "review_result": "update", "reactive_measures": "Start the third site."}
SCENARIOS = [
    identify("End_Changed", signal="sla.changed", payload=CHANGED, given=[("sla", SLA)],
             records={("sac_requirement", "SAR-1"): {"state": "agreed", "service": "SVC-1", "target_percent": 99.5, "criticality": "high",
                      "rto_hours": 8, "next_review_on": "2027-03-02", "next_measurement_on": "2026-04-01"}}),
    identify("End_Changed", answers={"Task_Choose": {"services": ["SVC-1"]}, "Task_Agree": {**AS_PROPOSED, "agreed": "other",
             "target_percent": 99, "rto_hours": 6, "rpo_hours": 4}},
             records={("sac_requirement", "SAR-1"): {"target_percent": 99, "rto_hours": 6}}),
    identify("End_Same", start="Start_By_Time", given=[("sac_requirement", {**REQUIREMENT, "next_review_on": "2026-03-10"})],
             answers={"Task_Agree": {**AS_PROPOSED, "agreed": "obsolete"}},
             records={("sac_requirement", "SAR-1"): {"state": "obsolete"}}),

    Scenario(ASSESS, ("End_Accepted",), message="requirement.sac", payload=NEEDED, given=[("sac_requirement", REQUIREMENT)],
             answers={"Task_Assess": {"risks": [FIRE]}},
             records={("risk", "RSK-1"): {"state": "accepted", "level": "low", "services": ["SVC-1"], "next_review_on": "2027-03-02"},
                      ("sac_requirement", "SAR-1"): {"next_assessment_on": "2027-03-02"}}),
    Scenario(ASSESS, ("End_Needed",), start="Start_By_Time",
             given=[("sac_requirement", {**REQUIREMENT, "next_assessment_on": "2026-03-10"})],
             answers={"Task_Assess": {"risks": [{**FIRE, "risk_id": "RSK-1", "gone": True}, SERVER]}},
             records={("risk", "RSK-1"): {"state": "closed"}, ("risk", "RSK-2"): {"state": "in_treatment", "level": "high"},
                      ("sac_requirement", "SAR-2"): {"next_assessment_on": "2026-06-10"}}),

    planned([measure("A spare part", "own"), measure("A spare cable", "own")], ends=("End_Tracked",),
            given=[("sac_requirement", REQUIREMENT), TREATED], late=("Task_Implement",),
            answers={"Task_Plan": [{**PLAN_FORM, "measures": [measure("A spare part", "own"), measure("A spare cable", "own")]}] * 2,
                     "Task_Approve": [{"approval": "rework", "approval_note": "Who pays?"}, {"approval": "approved"}],
                     "Task_Track": {"progress_note": "All well."},
                     "Task_Implement": [{"action_state": "done"}, {"action_state": "cancelled", "action_result": "Too dear."}]},
            records={("sac_plan", "SAP-1"): {"state": "active", "owner": "eva", "approved_by": "max", "next_review_on": "2027-03-02"},
                     ("risk", "RSK-1"): {"state": "treated", "measures": "A spare part; A spare cable"}}),
    planned([measure("A second server", "change")], given=[TREATED],
            messages={"Event_RfcDecided": {"decision": "approved", "change_id": "CHG-9"},
                      "Event_ChangeCompleted": {"result": "successful", "change_id": "CHG-9", "comment": "Runs."}},
            records={("follow_up_action", "FUA-3"): {"state": "done", "origin_id": "SAP-1", "way": "change"}}),
    planned([measure("A second room", "change")], given=[TREATED],
            messages={"Event_RfcDecided": {"decision": "rejected", "change_id": "CHG-8", "comment": "No money."}},
            answers={"Task_Implement": {"action_state": "cancelled", "action_result": "No money."}}),
    Scenario(PLAN, ("End_Accepted",), message="sac_plan.needed", payload=NEEDED, given=[TREATED],
             answers={"Task_Plan": ACCEPT, "Task_Approve": {"approval": "approved"}},
             records={("risk", "RSK-4"): {"state": "accepted", "reason": ACCEPT["reason"]}}),

    Scenario(REVIEW, ("End_Confirmed", "End_Reminded"), start="Start_By_Time", late=("Task_Review",),
             given=[(IN_FORCE[0], {**IN_FORCE[1], "next_review_on": "2026-03-20"})],
             answers={"Task_Review": {"review_result": "keep"}, "Task_Remind": {"reminder_note": "Next week."}}),
    review("End_Changed", result=[WORSE, WORSE], answers={"Task_Confirm": [{"confirmed": "no", "confirm_note": "Which one?"}, {"confirmed": "yes"}]},
           records={("sac_plan", "SAP-1"): {"state": "active", "reactive_measures": "Start the third site."}}),
    review("End_Changed", result={"review_result": "terminate", "end_reason": "E-mail is bought."}, answers={"Task_Confirm": {"confirmed": "yes"}},
           records={("sac_plan", "SAP-1"): {"state": "terminated", "end_reason": "E-mail is bought."}}),

    monitor([("sac_requirement", {**REQUIREMENT, "next_measurement_on": "2026-04-01"})],
            {("availability_measurement", "AVM-1"): {"state": "validated", "rating": "met", "availability_percent": 100},
             ("sac_requirement", "SAR-1"): {"next_measurement_on": "2026-05-01"}}),
    monitor([down("2026-04-13T08:00:00Z", "2026-04-13T10:00:00Z"), down("2026-04-13T09:00:00Z", "2026-04-13T11:00:00Z"),
             down("2026-04-11T09:00:00Z", "2026-04-12T11:00:00Z")],
            {("availability_measurement", "AVM-2"): {"counted_minutes": 180, "period_minutes": 12000, "availability_percent": 98.5, "rating": "missed",
             "outages": ["INC-3", "INC-1", "INC-2"]}}, Task_Cause={"cause": "A full disk.", "follow": "improvement", "what": "Watch the disks"}),
    monitor([IN_FORCE, down("2026-05-29T14:00:00Z", None, state="in_progress")], {("availability_measurement", "AVM-3"): {"rating": "warning"}},
            Task_Confirm={"figures": "wrong", "downtime_minutes": 50, "correction_reason": "The rest was maintenance."},
            Task_Cause={"cause": "A cable.", "follow": "plan"}),
    monitor((), {}, Task_Confirm={"figures": "wrong", "downtime_minutes": 900, "correction_reason": "Nobody told."},
            Task_Cause={"cause": "Power.", "follow": "nothing"}),

    tried("End_Passed", given=[("sac_requirement", REQUIREMENT), IN_FORCE], Task_Perform=outcome(6, 2, 0),
          records={("continuity_test", "SCT-1"): {"result": "passed", "rto_hours": 8}, ("sac_plan", "SAP-1"): {"next_test_on": "2029-12-01"}}),
    tried("End_Postponed", start="Start_By_Time", given=[(IN_FORCE[0], {**IN_FORCE[1], "next_test_on": "2026-12-10"})],
          Task_Plan={"takes_place": "later", "postponed_to": "2029-02-01", "postponed_why": "The room is rebuilt."},
          records={("sac_plan", "SAP-2"): {"next_test_on": "2029-02-01"}}),
    tried("End_Failed", "Event_RfcSubmitted", "End_Reminded", day="2030-06-01", late=("Task_Perform",), Task_Perform=outcome(12, 2, 3), Task_Remind={},
          Task_Actions={"further": "change", "what": "A second line", "why": "It took too long.", "affected_ci": "CI-1"}),
    tried("End_Failed", "Event_Suggested", day="2031-06-01", Task_Perform=outcome(6, 2, 1),
          Task_Actions={"further": "improvement", "what": "Train more people", "why": "Only one knew how."},
          records={("continuity_test", "SCT-3"): {"result": "partly"}}),
    tried("End_Failed", day="2032-06-01", Task_Perform=outcome(6, 5, 0), Task_Actions={"further": "nothing"}),
]  # fmt: skip


def risk(
    likelihood: str, impact: str, level: str, treatment: str, review_in: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"one": {"likelihood": likelihood, "impact": impact}}, {
        "level": level,
        "treatment": treatment,
        "review_in": review_in,
    }


def critical(hours: float, harm: str, criticality: str, rto: float) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"max_outage_hours": hours, "harm": harm}, {"criticality": criticality, "rto_hours": rto}


def available(percent: float, target: float, rating: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"availability_percent": percent, "target_percent": target}, {"rating": rating}


def result(rto: float, rpo: float, steps: int, verdict: str) -> tuple[dict[str, Any], dict[str, Any]]:
    required = {"rto_hours": 8, "rpo_hours": 4}
    return {**required, "measured_rto_hours": rto, "measured_rpo_hours": rpo, "steps_failed": steps}, {
        "result": verdict
    }


TABLES = {
    "sacm_risk_level": [
        risk("possible", "low", "low", "accept", "P1Y"),
        risk("certain", "low", "medium", "decide", "P1Y"),
        risk("rare", "medium", "low", "accept", "P1Y"),
        risk("possible", "medium", "medium", "decide", "P1Y"),
        risk("likely", "medium", "high", "reduce", "P3M"),
        risk("unlikely", "high", "medium", "decide", "P1Y"),
        risk("likely", "high", "high", "reduce", "P3M"),
        risk("certain", "high", "very_high", "reduce", "P1M"),
        risk("rare", "critical", "high", "reduce", "P3M"),
        risk("possible", "critical", "very_high", "reduce", "P1M"),
    ],
    "sacm_criticality": [
        critical(48, "law", "critical", 4),
        critical(2, "little", "critical", 2),
        critical(8, "little", "high", 8),
        critical(48, "money", "high", 24),
        critical(48, "little", "medium", 48),
        critical(500, "money", "low", 240),
    ],
    "sacm_availability": [
        available(99.4, 99.5, "missed"),
        available(99.52, 99.5, "warning"),
        available(99.6, 99.5, "met"),
    ],
    "sacm_test_result": [
        result(8, 4, 0, "passed"),
        result(8, 4, 1, "partly"),
        result(9, 4, 0, "failed"),
        result(8, 5, 0, "failed"),
    ],
}
