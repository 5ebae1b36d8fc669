# SPDX-License-Identifier: Apache-2.0
"""PR5 Capacity management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

IDENTIFY, PLAN = "PR5_CAPM_identify_requirements", "PR5_CAPM_plan_capacity"
REVIEW, EVALUATE = "PR5_CAPM_review_plans", "PR5_CAPM_evaluate_performance"
SLA = (
    "sla",
    {
        "title": "Mail for everybody",
        "state": "active",
        "owner": "eva",
        "kind": "default",
        "services": ["SVC-1"],
        "valid_from": "2026-01-01",
        "availability_percent": 99.5,
    },
)
SLA_CHANGED = {
    "sla_id": "SLA-1",
    "title": "Mail for everybody",
    "kind_of_change": "new",
    "customer": None,
    "services": ["SVC-1"],
}
SERVICE_CHANGED = {"service": "SVC-1", "title": "E-mail", "kind_of_change": "retire", "owner": "max"}
TARGET = {"service": "SVC-1", "performance_target": "A mailbox opens within two seconds for 500 users at once."}
DEMAND = {"predicted_demand": "500 users now, 800 in a year, most on Monday morning.", "needed_from": "2026-10-01"}
CAPACITY = {
    "resource_type": "technical", "ci": "CI-1", "metric": "Storage used", "unit": "GB", "capacity_needed": 800,
    "capacity": 500, "interval": "P1M", "warning_percent": 85, "critical_percent": 95,
}  # fmt: skip
REQUIREMENT = (
    "capacity_requirement",
    {
        "title": "Storage used for E-mail",
        "state": "active",
        "service": "SVC-1",
        "performance_target": "Two seconds.",
        "metric": "Storage used",
        "unit": "GB",
        "capacity_needed": 800,
        "next_review_on": "2026-03-10",
    },
)
THRESHOLD = (
    "threshold",
    {
        "title": "Storage used for E-mail",
        "state": "active",
        "service": "SVC-1",
        "ci": "CI-1",
        "metric": "Storage used",
        "unit": "GB",
        "performance_target": "Two seconds.",
        "capacity": 500,
        "warning_percent": 85,
        "critical_percent": 95,
        "interval": "P1M",
        "next_measurement_on": "2026-03-04",
    },
)
PLANNED = {
    "plan_title": "Capacity of mail 2026",
    "services": ["SVC-1"],
    "current_capacity": "500 GB on mail01.",
    "forecast": "800 GB in a year.",
    "plan_until": "2027-03-01",
    "cost": 4000,
}
PLAN_ACTIVE = (
    "capacity_plan",
    {
        "title": "Capacity of mail 2026",
        "state": "active",
        "owner": "eva",
        "services": ["SVC-1"],
        "current_capacity": "500 GB.",
        "forecast": "800 GB.",
        "approved_on": "2026-01-01",
        "next_review_on": "2026-03-04",
    },
)
NO = {"decision": "rejected", "decision_note": "Too dear."}
THERE = {"there": "yes", "capacity_now": 800}
FULL = {"threshold_id": "THR-1", "value": 480, "performance": "kept"}


def measure(way: str, **more: Any) -> dict[str, Any]:
    return {
        "title": "Two more disks",
        "effect": "more",
        "way": way,
        "responsible": "eva",
        "due_on": "2026-06-01",
    } | more


def respond(response: str, **more: Any) -> dict[str, Any]:
    return {"response": response, "response_note": "Two more disks this week."} | more


def measured(*ends: str, value: float = 480, records: Any = None, **answers: Any) -> Scenario:
    return Scenario(
        EVALUATE,
        ends,
        message="performance.measured",
        payload={"threshold_id": "THR-1", "value": value, "performance": "kept"},
        answers=answers,
        records=records or {},
    )


def review(*ends: str, **answers: Any) -> Scenario:
    payload = {
        "capacity_plan_id": "CAP-1",
        "title": "Storage used for E-mail",
        "what": "Full in two weeks.",
        "origin_ref": "PME-1",
    }
    return Scenario(REVIEW, ends, message="capacity.review", payload=payload, answers=answers)


SCENARIOS = [
    Scenario(IDENTIFY, ("End_Changed",), signal="sla.changed", payload=SLA_CHANGED, given=(SLA,),
             answers={"Task_Derive": {"follows": "new", **TARGET}, "Task_Predict": DEMAND, "Task_Translate": CAPACITY},
             records={("capacity_requirement", "CRQ-1"): {"state": "active", "sla": "SLA-1", "capacity_needed": 800, "next_review_on": "2027-03-02"},
                      ("threshold", "THR-1"): {"state": "active", "requirement": "CRQ-1", "capacity": 500, "next_measurement_on": "2026-04-02"}}),
    Scenario(IDENTIFY, ("End_Changed",), answers={"Task_Derive": {"follows": "changed", "capacity_requirement_id": "CRQ-1"}, "Task_Predict": DEMAND,
                                                  "Task_Translate": CAPACITY | {"capacity_needed": 900}},
             records={("capacity_requirement", "CRQ-1"): {"capacity_needed": 900, "sla": "SLA-1"}, ("threshold", "THR-1"): {"requirement": "CRQ-1"}}),
    Scenario(IDENTIFY, ("End_Unchanged",), start="Start_By_Time", given=(REQUIREMENT,), answers={"Task_Derive": {"follows": "none"}},
             records={("capacity_requirement", "CRQ-2"): {"next_review_on": "2027-03-10"}}),
    Scenario(IDENTIFY, ("End_Obsolete",), signal="service.changed", payload=SERVICE_CHANGED,
             answers={"Task_Derive": {"follows": "ended", "capacity_requirement_id": "CRQ-1", "what": "The service ends."}},
             records={("capacity_requirement", "CRQ-1"): {"state": "obsolete", "next_review_on": None}, ("threshold", "THR-1"): {"state": "ended", "next_measurement_on": None}}),
    Scenario(IDENTIFY, ("End_Ended",), given=(PLAN_ACTIVE,), answers={"Task_Derive": {"follows": "ended", "capacity_requirement_id": "CRQ-2", "what": "Mail moves out."}},
             records={("capacity_requirement", "CRQ-2"): {"state": "obsolete"}}),
    Scenario(PLAN, ("End_Ensured", "Sub_Ensure"), message="requirement.cap", given=(THRESHOLD,),
             payload={"kind": "new", "capacity_requirement_id": "CRQ-1", "title": "Storage used for E-mail", "service": "SVC-1", "what": "800 GB"},
             answers={"Task_Plan": [PLANNED | {"measures": [measure("change", threshold="THR-1")]}, PLANNED | {"measures": [measure("change", threshold="THR-1")]}],
                      "Task_Approve": [{"decision": "rework", "decision_note": "Smaller, please."}, {"decision": "approved"}], "Task_Ensure": THERE},
             messages={"Event_Decided": {"decision": "approved", "change_id": "CHG-1", "comment": "Good."}, "Event_Completed": {"result": "successful", "change_id": "CHG-1", "comment": "Built in."}},
             records={("capacity_plan", "CAP-1"): {"state": "active", "approved_by": "max", "next_review_on": "2026-09-02"}, ("threshold", "THR-1"): {"capacity": 800},
                      ("capacity_measure", "CME-1"): {"state": "done", "finished_on": "2026-03-02"}}),
    Scenario(PLAN, ("End_Ensured",), answers={"Task_Plan": PLANNED | {"plan_title": "Another", "measures": [measure("own")]}, "Task_Approve": {"decision": "approved"},
                                              "Task_Ensure": {"there": "no", "result": "Nobody has time."}},
             records={("capacity_measure", "CME-2"): {"state": "not_done", "result": "Nobody has time."}}),
    Scenario(PLAN, ("End_Ensured",), message="capacity.plan", payload={"capacity_plan_id": "CAP-1", "title": "Capacity of mail 2026", "what": "It grows faster."},
             answers={"Task_Plan": PLANNED | {"measures": [measure("improvement")]}, "Task_Approve": {"decision": "approved"}},
             records={("capacity_measure", "CME-3"): {"state": "handed_over", "plan": "CAP-1"}}),
    Scenario(PLAN, ("End_Ensured",), message="capacity.plan", payload={"capacity_plan_id": "CAP-1", "title": "Capacity of mail 2026", "what": "It grows faster."},
             answers={"Task_Plan": PLANNED | {"measures": [measure("change")]}, "Task_Approve": {"decision": "approved"}, "Task_Rethink": {"result": "Next year."}},
             messages={"Event_Decided": {"decision": "rejected", "change_id": "CHG-2", "comment": "No money."}},
             records={("capacity_measure", "CME-4"): {"state": "not_done", "result": "Next year."}}),
    Scenario(PLAN, ("End_Rejected",), answers={"Task_Plan": PLANNED | {"measures": []}, "Task_Approve": NO},
             records={("capacity_plan", "CAP-3"): {"state": "rejected", "decision_note": "Too dear."}}),
    Scenario(REVIEW, ("End_Confirmed",), start="Start_By_Time", given=(PLAN_ACTIVE,), answers={"Task_Review": {"outcome": "keep"}},
             records={("capacity_plan", "CAP-1"): {"reviewed_on": "2026-03-04", "next_review_on": "2026-09-04"}}),
    Scenario(REVIEW, ("End_Update", "End_Helped"), message="capacity.review",
             payload={"capacity_plan_id": "CAP-1", "title": "Storage used for E-mail", "what": "Full in two weeks.", "origin_ref": "PME-1"}, late=("Task_Review",),
             answers={"Task_Help": {"help_given": "Eva does it tomorrow."}, "Task_Review": {"outcome": "update", "review_note": "It grows faster."}}),
    review("End_Stays", Task_Review={"outcome": "terminate", "review_note": "Mail moves out."}, Task_Terminate={"may_end": "stays"}),
    Scenario(REVIEW, ("End_Terminated",), message="capacity.review", payload={"capacity_plan_id": "CAP-1", "title": "", "what": "Mail moves out.", "origin_ref": "PME-1"},
             answers={"Task_Review": {"outcome": "terminate", "review_note": "Mail moves out."}, "Task_Terminate": {"may_end": "ended"}},
             records={("capacity_plan", "CAP-1"): {"state": "terminated", "next_review_on": None}}),
    Scenario(EVALUATE, ("End_Normal",), start="Start_By_Time", given=(THRESHOLD, PLAN_ACTIVE), answers={"Task_Measure": {"value": 300, "performance": "kept"}},
             records={("performance_measurement", "PME-1"): {"state": "normal", "utilisation_percent": 60, "level": "normal"}, ("threshold", "THR-1"): {"next_measurement_on": "2026-04-04"}}),
    Scenario(EVALUATE, ("End_Watched",), answers={"Task_Choose": {"threshold_id": "THR-1"}, "Task_Measure": {"value": 310, "performance": "missed"}, "Task_Respond": respond("watch")},
             records={("performance_measurement", "PME-2"): {"state": "responded", "level": "warning", "response": "watch"}}),
    measured("End_Change", "Event_Ticket", Task_Respond=respond("emergency"), records={("performance_measurement", "PME-3"): {"level": "critical", "days_to_full": None, "utilisation_percent": 96}}),
    measured("End_Plan", value=450, Task_Respond=respond("plan", capacity_plan_id="CAP-1")),
    Scenario(EVALUATE, ("End_Change", "Task_Decide"), message="performance.measured", payload=FULL, late=("Task_Respond",), answers={"Task_Decide": respond("change")}),
]  # fmt: skip


def level(
    percent: float,
    days: int | None,
    performance: str,
    highest: float,
    measured_days: int,
    level: str,
    response: str | None,
    within: str | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = {
        "utilisation_percent": percent,
        "days_to_full": days,
        "performance": performance,
        "highest_percent": highest,
        "measured_days": measured_days,
    }
    return facts | {"warning_percent": 85, "critical_percent": 95}, {
        "level": level,
        "response": response,
        "respond_within": within,
    }


TABLES = {
    "capm_threshold": [
        level(95, None, "kept", 95, 30, "critical", "emergency", "PT4H"),
        level(70, 1, "kept", 70, 30, "critical", "emergency", "PT4H"),
        level(85, 40, "kept", 85, 30, "warning", "change", "P5D"),
        level(70, 29, "kept", 70, 30, "warning", "plan", "P5D"),
        level(50, None, "missed", 50, 30, "warning", "change", "P5D"),
        level(20, None, "kept", 20, 90, "unused", "reallocate", "P10D"),
        level(20, None, "kept", 20, 89, "normal", None, None),
        level(84.9, 30, "at_risk", 84.9, 90, "normal", None, None),
    ]
}
