# SPDX-License-Identifier: Apache-2.0
"""GR6 Monitoring and reviewing: indicators are measured and rated, audits are held, results told, definitions reviewed."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import planned

EVALUATE, HOLD, REPORT, REVIEW, RENEW = (
    "GR6_CHECK_evaluate_indicators",
    "GR6_CHECK_hold_audits",
    "GR6_CHECK_report_results",
    "GR6_CHECK_review_indicators",
    "GR6_CHECK_review_audit_programme",
)
KPI: dict[str, Any] = {"title": "Incidents in time", "process": "PR9", "measure": "incidents_in_time", "direction": "up", "target": 90, "warning": 80,
       "period": "P1M", "owner": "max", "state": "active", "next_measurement_on": "2026-03-01"}  # fmt: skip
INCIDENT = {"title": "Mail is down", "ticket_type": "incident", "description": "No mail.", "reporter": "max", "state": "closed",
            "resolved_on": "2026-02-10T10:00:00Z", "impact": "low", "urgency": "low"}  # fmt: skip
IN_TIME, LATE = (("incident", {**INCIDENT, "late": late}) for late in (False, True))
NOTHING = ("kpi", {**KPI, "measure": "cmdb_accuracy", "next_measurement_on": "2026-03-02"})
AUDIT = ("audit", {"title": "Audit of incidents", "kind": "internal", "processes": ["PR9"], "auditor": "eva", "planned_on": "2026-03-20",
                   "scope": "Service desk", "state": "planned"})  # fmt: skip
FINDING = {"title": "No priority", "process": "PR9", "evidence": "INC-7 has none."}
FINDINGS = [
    {**FINDING, "broken": "always", "requirement": "FitSM-1, PR9.2"},
    {**FINDING, "title": "Slow", "broken": "once", "serious": False},
    {**FINDING, "title": "Long forms", "broken": "no"},
]
GO = {"verdict": "hold", "planned_on": "2026-03-20", "scope": "Service desk", "criteria": "FitSM-1"}
HELD = {"held_on": "2026-03-20", "sampled": "Twenty tickets", "findings": FINDINGS}
VALUE = ("kpi_measurement", {"title": "Incidents in time, February", "kpi": "KPI-1", "period_from": "2026-02-01", "period_to": "2026-03-31",
                             "value": 95, "rating": "met", "state": "evaluated"})  # fmt: skip
READY = {"title": "Incidents in time", "kind": "kpi", "result_id": "KPM-1", "period": "February", "rating": "missed", "what": "Sick"}
APPROVED, REJECTED = {"result": "approved", "comment": None, "version": 1}, {"result": "rejected", "comment": "Say why.", "version": 0}
PROGRAMME = ("audit_programme", {"title": "Programme", "aims": "All processes within two years.", "owner": "max", "state": "active",
                                 "next_review_on": "2026-03-01"})  # fmt: skip
PLANNED = {"title": "Audit of changes", "kind": "internal", "processes": ["PR12"], "auditor": "eva", "planned_on": "2027-06-01"}

WANTED = {"title": "In time", "process": "PR9", "measure": "incidents_in_time", "direction": "up", "target": 90, "period": "P1M"}


def value(*given: Any, ends: tuple[str, ...] = ("End_Evaluated",), records: Any, **answers: Any) -> Scenario:
    return Scenario(EVALUATE, ends, start="Start_By_Time", given=given, answers=answers, records=records)


def review(*given: Any, records: Any, **answers: Any) -> Scenario:
    return Scenario(REVIEW, ("End_Kpi",), start="Start_By_Time", given=given, answers=answers, records=records)


SCENARIOS = [
    value(IN_TIME, ("kpi", KPI), Task_Evaluate={"definition": "good"},
          records={("kpi_measurement", "KPM-1"): {"value": 100, "count": 1, "rating": "met", "period_from": "2026-02-01", "period_to": "2026-02-28",
                                                  "unit": "%", "state": "evaluated"},
                   ("kpi", "KPI-1"): {"next_measurement_on": "2026-04-01"}}),
    value(LATE, ("kpi", {**KPI, "title": "Once more"}), Task_Evaluate={"definition": "unsuitable", "review_reason": "Counts too little."},
          Task_Cause={"cause": "One was sick.", "severity": "minor"},
          records={("kpi_measurement", "KPM-2"): {"value": 50, "rating": "missed", "cause": "One was sick."},
                   ("kpi", "KPI-2"): {"unsuitable_since": "2026-03-02", "review_reason": "Counts too little."}}),
    value(NOTHING, Task_NoData={"note": "Nobody verified.", "definition": "good"},
          records={("kpi_measurement", "KPM-3"): {"value": None, "rating": "no_data", "count": 0}}),
    Scenario(HOLD, ("End_Planned",), answers={"Task_Plan": {"title": "Audit of changes", "kind": "internal", "processes": ["PR12"], "auditor": "eva",
                                                            "planned_on": "2029-03-01"}},
             records={("audit", "AUD-1"): {"state": "planned", "auditor": "eva"}}),
    Scenario(HOLD, ("End_Reported", "End_Late"), start="Start_By_Time", given=(AUDIT,), late=("Task_Audit",),
             answers={"Task_Prepare": GO, "Task_Late": {"step": "asked"}, "Task_Audit": HELD,
                      "Task_Conclude": {"audit_result": "major", "conclusion": "Priorities are missing."}},
             records={("audit", "AUD-2"): {"state": "reported", "result": "major", "findings": 3, "held_on": "2026-03-20"}}),
    Scenario(HOLD, ("End_Cancelled",), start="Start_By_Time", given=(AUDIT,),
             answers={"Task_Prepare": {"verdict": "cancel", "cancel_reason": "Nobody is there."}},
             records={("audit", "AUD-3"): {"state": "cancelled", "cancel_reason": "Nobody is there."}}),
    Scenario(REPORT, ("End_Nothing",), start="Start_By_Time", given=(("setup", {"title": "Reports", "code": "GR6", "state": "done"}),)),
    Scenario(REPORT, ("End_Acknowledged", "End_Read"), start="Start_By_Time", given=(("kpi", {**KPI, "next_measurement_on": None}), VALUE),
             answers={"Task_Report": {"report_text": "All is well.", "recipients": ["eva"]}, "Task_Read": {}, "Task_Acknowledge": {"follows": "no"}},
             messages={"Event_Decided": APPROVED},
             records={("document", "DOC-1"): {"kind": "report", "process": "GR6", "text": "All is well.", "author": "max", "version": None}}),
    Scenario(REPORT, ("End_Suggested", "End_Read"), signal="results.ready", payload=READY,
             answers={"Task_Report": [{"report_text": "It was missed."}, {"report_text": "It was missed: sick."}],
                      "Task_Acknowledge": {"follows": "yes", "what_follows": "Hire."}},
             messages={"Event_Decided": [REJECTED, APPROVED]},
             records={("document", "DOC-2"): {"title": "Results of Incidents in time", "text": "It was missed: sick."}}),
    Scenario(REPORT, ("End_Monthly",), signal="results.ready", payload={**READY, "rating": "met"}),
    review(("kpi", {**KPI, "next_measurement_on": None, "next_review_on": "2026-03-01"}), Task_Kpi={"verdict": "keep"},
           records={("kpi", "KPI-1"): {"target": 90, "warning": 80, "owner": "max", "last_reviewed_on": "2026-03-02", "next_review_on": "2027-03-01"}}),
    review(("kpi", {**KPI, "next_measurement_on": None, "unsuitable_since": "2026-03-01", "review_reason": "Too easy."}),
           Task_Kpi=[{"verdict": "end", "review_findings": "Nobody looks."},
                     {"verdict": "change", "review_findings": "Too low.", "target": 95, "warning": 90, "direction": "up", "period": "P3M", "owner": "eva"}],
           Task_Approve=[{"decision": "back", "decision_comment": "I do."}, {"decision": "approved"}],
           records={("kpi", "KPI-2"): {"state": "active", "target": 95, "warning": 90, "period": "P3M", "owner": "eva"}}),
    Scenario(RENEW, ("End_Programme",), start="Start_By_Time", given=(PROGRAMME,),
             answers={"Task_Programme": [{"aims": "All."}, {"aims": "All, each year.", "planned_audits": [PLANNED]}],
                      "Task_Decide": [{"decision": "back", "decision_comment": "Which?"}, {"decision": "approved"}]},
             records={("audit_programme", "AUP-1"): {"aims": "All, each year.", "next_review_on": "2027-03-01"},
                      ("audit", "AUD-1"): {"programme": "AUP-1", "state": "planned", "planned_on": "2027-06-01"}}),
    Scenario("GR6_CHECK_set_up", ("End_Done",), start="Start_By_Time", given=(planned("GR6"),),
             answers={"Task_Indicators": {"indicators": [WANTED, {**WANTED, "title": "SLAs", "measure": "slas_kept", "process": "PR2", "period": "P3M"}]},
                      "Task_Programme": [{"programme_title": "Programme", "aims": "All.", "planned_audits": [PLANNED]}] * 2,
                      "Task_Approve": [{"approval": "no", "approval_comment": "More often."}, {"approval": "yes"}]},
             records={("kpi", "KPI-1"): {"state": "active", "measure": "incidents_in_time", "target": 90, "next_measurement_on": "2026-04-01",
                                         "next_review_on": "2027-03-02"},
                      ("kpi", "KPI-2"): {"next_measurement_on": "2026-06-01"}, ("audit_programme", "AUP-1"): {"state": "active", "owner": "max"},
                      ("audit", "AUD-1"): {"state": "planned", "programme": "AUP-1"}, ("setup", "SET-1"): {"state": "done", "done_on": "2026-03-02"}}),
]  # fmt: skip


def rated(value: float | None, direction: str, rating: str) -> tuple[dict[str, Any], dict[str, Any]]:
    target, bearable = (90, 80) if direction == "up" else (5, 8)
    return {"value": value, "direction": direction, "target": target, "bearable": bearable}, {"rating": rating}


def severe(broken: str, serious: bool, severity: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"finding": {"broken": broken, "serious": serious}}, {"severity": severity}


def told(kind: str, rating: str, when: str, within: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"kind": kind, "rating": rating}, {"told": when, "told_within": within}


TABLES = {
    "check_kpi_rating": [
        rated(None, "up", "no_data"),
        rated(90, "up", "met"),
        rated(80, "up", "warning"),
        rated(79.9, "up", "missed"),
        rated(5, "down", "met"),
        rated(8, "down", "warning"),
        rated(8.1, "down", "missed"),
    ],
    "check_finding_severity": [
        severe("always", False, "major"),
        severe("once", True, "major"),
        severe("once", False, "minor"),
        severe("no", True, "observation"),
    ],
    "check_results_told": [
        told("audit", "major", "now", "P2D"),
        told("audit", "conforms", "now", "P10D"),
        told("kpi", "missed", "now", "P5D"),
        told("kpi", "met", "monthly", "P10D"),
    ],
}
