# SPDX-License-Identifier: Apache-2.0
"""PR6 Information security management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

REQUIREMENTS, ASSETS = "PR6_ISM_identify_requirements", "PR6_ISM_maintain_assets"
ASSESS, TREAT = "PR6_ISM_assess_risks", "PR6_ISM_treat_risks"
CONTROLS, EVENTS, INCIDENTS = "PR6_ISM_review_controls", "PR6_ISM_classify_events", "PR6_ISM_handle_incidents"
SLA = (
    "sla",
    {
        "title": "SLA of the museum",
        "state": "active",
        "owner": "eva",
        "kind": "individual",
        "services": ["SVC-1"],
        "valid_from": "2026-01-01",
    },
)
SLA_CHANGED = {
    "sla_id": "SLA-1",
    "title": "SLA of the museum",
    "kind_of_change": "changed",
    "customer": "CUS-1",
    "services": ["SVC-1"],
}
DEMANDED = {
    "needed": "required",
    "title": "Mail is confidential",
    "source": "sla",
    "description": "Only the two who write may read it.",
    "services": ["SVC-1"],
}
LAW = {
    **DEMANDED,
    "title": "Data about people",
    "source": "law",
    "assets_missing": True,
    "what_is_missing": "The list of visitors.",
}
NEEDS = {"confidentiality": "high", "integrity": "medium", "availability": "low"}
VISITORS = {
    "there": "there",
    "title": "Visitors",
    "description": "Who came when.",
    "owner": "eva",
    "services": ["SVC-1"],
    "components": ["CI-1"],
} | NEEDS
OPEN = VISITORS | {"title": "Opening hours", "confidentiality": "low", "integrity": "low"}
ASSET = (
    "asset",
    {k: v for k, v in VISITORS.items() if k != "there"}
    | {"state": "active", "classification": "secret", "next_review_on": "2026-03-01"},
)
LEAK = {
    "title": "Visitors are sold",
    "threat": "Somebody copies the list.",
    "cause": "Everybody may read it.",
    "assets": ["AST-1"],
}
RISK = (
    "risk",
    LEAK
    | {
        "area": "security",
        "state": "accepted",
        "likelihood": "rare",
        "impact": "low",
        "level": "low",
        "next_review_on": "2026-03-01",
    },
)
TO_TREAT = {
    "risk_id": "RSK-1", "title": "Visitors are sold", "threat": "Somebody copies the list.", "cause": None, "level": "high", "treat_within": "P3M",
    "services": ["SVC-1"], "owner": "eva",
}  # fmt: skip
DONE = {"in_effect": "yes", "result": "Only two may read it."}
RULE = (
    "control",
    {
        "title": "Who reads the list",
        "kind": "policy",
        "description": "Two people.",
        "owner": "eva",
        "risk": "RSK-1",
        "state": "implemented",
        "implemented_on": "2025-03-01",
        "next_review_on": "2026-03-01",
    },
)
ODD = {
    "title": "Odd log-ins",
    "description": "At night.",
    "source": "logs",
    "affected_ci": "CI-1",
    "asset": "AST-1",
    "finding": "indicator",
}
REPORTED = {
    "incident_id": None,
    "title": "Odd log-ins",
    "description": "At night.",
    "service": "SVC-1",
    "affected_ci": "CI-1",
    "origin_ref": "INC-7",
    "reporter": "max",
}
EVENT = ("security_event", {"title": "Odd log-ins", "state": "incident", "source": "logs", "finding": "breach"})
STOLEN = {
    "security_event_id": "SEE-1",
    "title": "Odd log-ins",
    "description": "At night.",
    "service": "SVC-1",
    "affected_ci": "CI-1",
    "asset": "AST-1",
    "reporter": "max",
}
EXTENT = {
    "is_incident": "yes",
    "asset": "AST-1",
    "affected_ci": "CI-1",
    "service": "SVC-1",
    "systems_hit": 1,
    "service_hit": False,
    "personal_data": "none",
}
HANDLED = {
    "Task_Contain": {"containment": "Locked."},
    "Task_Eradicate": {"eradication": "New passwords."},
    "Task_Recover": {"recovery": "Unlocked."},
}


def control(kind: str, ci: str | None = None) -> dict[str, Any]:
    found = {
        "kind": kind,
        "title": f"A {kind} one",
        "description": "Only two may read it.",
        "owner": "eva",
        "due_on": "2026-04-01",
    }
    return found | ({"affected_ci": ci} if ci else {})


def assess(*ends: str, records: Any = None, **answers: Any) -> Scenario:
    common = {
        "title": "Visitors",
        "description": "Who came when.",
        "services": ["SVC-1"],
        "assets": [],
        "origin_ref": "SRQ-1",
    }
    return Scenario(ASSESS, ends, message="requirement.ism", payload=common, answers=answers, records=records or {})


def treat(
    *ends: str,
    records: Any = None,
    messages: Any = None,
    given: Any = (),
    late: tuple[str, ...] = (),
    payload: Any = TO_TREAT,
    **answers: Any,
) -> Scenario:
    return Scenario(
        TREAT,
        ends,
        message="risk.treatment",
        payload=payload,
        answers=answers,
        records=records or {},
        messages=messages or {},
        given=given,
        late=late,
    )


def review(*ends: str, records: Any = None, **answers: Any) -> Scenario:
    return Scenario(
        CONTROLS, ends, start="Start_By_Time", given=(ASSET, RISK, RULE), answers=answers, records=records or {}
    )


def handle(
    *ends: str,
    extent: Any = None,
    follows: str = "none",
    records: Any = None,
    late: tuple[str, ...] = (),
    **answers: Any,
) -> Scenario:
    reviewed = {"lessons": "Longer passwords.", "follow_up": follows} | (
        {} if follows == "none" else {"what_follows": "Longer passwords"}
    )
    common = {"Task_Extent": EXTENT | (extent or {}), **HANDLED, "Task_Review": reviewed}
    return Scenario(
        INCIDENTS,
        ends,
        message="security.incident",
        payload=STOLEN,
        given=(ASSET, EVENT),
        answers=common | answers,
        records=records or {},
        late=late,
    )


def odds(likelihood: str, impact: str) -> dict[str, Any]:
    return {"likelihood": likelihood, "impact": impact}


SCENARIOS = [
    Scenario(REQUIREMENTS, ("End_Changed",), signal="sla.changed", payload=SLA_CHANGED, given=(SLA,), answers={"Task_Derive": DEMANDED},
             records={("security_requirement", "SRQ-1"): {"state": "active", "sla": "SLA-1", "next_review_on": "2027-03-02"}}),
    Scenario(REQUIREMENTS, ("End_Reviewed",), signal="sla.changed", payload=SLA_CHANGED | {"kind_of_change": "ended"}, answers={"Task_Derive": {"needed": "ended"}},
             records={("security_requirement", "SRQ-1"): {"state": "obsolete", "next_review_on": None}}),
    Scenario(REQUIREMENTS, ("End_Assets",), answers={"Task_Derive": LAW},
             records={("security_requirement", "SRQ-2"): {"source": "law", "state": "active"}}),
    Scenario(REQUIREMENTS, ("End_None",), answers={"Task_Derive": {"needed": "unchanged"}}),
    Scenario(REQUIREMENTS, ("End_Reviewed",), start="Start_By_Time", answers={"Task_Derive": {"needed": "unchanged"}},
             given=(("security_requirement", {"title": "Old", "state": "active", "source": "internal", "description": "Old.", "next_review_on": "2026-03-02"}),),
             records={("security_requirement", "SRQ-3"): {"state": "active", "next_review_on": "2027-03-02"}}),
    Scenario(ASSETS, ("End_Risks",), message="asset.identify", payload={"security_requirement_id": "SRQ-1", "what": "The list of visitors.", "services": ["SVC-1"]},
             answers={"Task_Identify": [VISITORS | {"confidentiality": "low"}, VISITORS],
                      "Task_Confirm": [{"confirmed": "objected", "objection": "Nobody may know."}, {"confirmed": "confirmed"}]},
             records={("asset", "AST-1"): {"state": "active", "classification": "secret", "next_review_on": "2026-09-02"}}),
    Scenario(ASSETS, ("End_Current",), answers={"Task_Identify": OPEN, "Task_Confirm": {"confirmed": "confirmed"}},
             records={("asset", "AST-2"): {"classification": "public", "next_review_on": "2027-03-02"}}),
    Scenario(ASSETS, ("End_None",), answers={"Task_Identify": {"there": "gone"}}),
    Scenario(ASSETS, ("End_Disposed",), start="Start_By_Time", given=(ASSET,), answers={"Task_Identify": {"there": "gone"}},
             records={("asset", "AST-3"): {"state": "disposed", "next_review_on": None}}),
    assess("End_Treat", Task_Assess={k: v for k, v in LEAK.items() if k != "assets"} | odds("likely", "critical") | {"owner": "eva"},
           records={("risk", "RSK-1"): {"state": "in_treatment", "level": "very_high", "area": "security", "next_review_on": "2026-06-02"}}),
    assess("End_Low", Task_Assess={"title": "Old list", "threat": "None.", **odds("rare", "low")},
           records={("risk", "RSK-2"): {"state": "accepted", "treatment": "accept", "owner": "max"}}),
    Scenario(ASSESS, ("End_Accepted",), answers={"Task_Assess": {"title": "Lost key", "threat": "Lost.", **odds("likely", "low")},
                                                 "Task_Decide": {"decided": "accept", "reason": "There is a second one."}},
             records={("risk", "RSK-3"): {"state": "accepted", "reason": "There is a second one.", "next_review_on": "2027-03-02"}}),
    Scenario(ASSESS, ("End_Treat",), start="Start_By_Time", given=(ASSET, ("risk", RISK[1] | {"owner": "eva"})),
             answers={"Task_Assess": LEAK | odds("likely", "low"), "Task_Decide": {"decided": "treat"}},
             records={("risk", "RSK-4"): {"state": "in_treatment", "level": "medium"}}),
    treat("End_Treated", Task_Define={"treatment": "reduce", "controls": [control("technical")]}, Task_Implement=DONE, Task_Residual=odds("rare", "medium"),
          given=(ASSET, RISK), records={("risk", "RSK-1"): {"state": "treated", "level": "low"}, ("control", "CTL-1"): {"state": "implemented", "next_review_on": "2027-03-02"}}),
    treat("End_Treated", "End_Changed",
          Task_Define=[{"treatment": "reduce", "controls": [control("policy")]}, {"treatment": "reduce", "controls": [control("policy"), control("technical", "CI-1")]}],
          Task_Approve=[{"approval": "returned", "returned": "A door is needed too."}, {"approval": "approved"}], Task_Implement=DONE,
          messages={"Event_Decided": {"decision": "approved", "change_id": None, "comment": ""}, "Event_Completed": {"result": "successful", "change_id": None, "comment": ""}},
          Task_Residual=odds("unlikely", "medium"), records={("control", "CTL-3"): {"state": "implemented", "result": "successful"}}),
    treat("End_More", "End_Hurried", Task_Define={"treatment": "reduce", "controls": [control("technical", "CI-1")]}, late=("Event_Decided",),
          messages={"Event_Decided": {"decision": "rejected", "change_id": None, "comment": "Too dear."}}, Task_Hurry={"hurry_note": "They hurry."},
          Task_Implement={"in_effect": "no", "result": "Too dear."}, Task_Residual=odds("likely", "high"),
          records={("control", "CTL-4"): {"state": "terminated"}, ("risk", "RSK-1"): {"state": "in_treatment"}}),
    review("End_Confirmed", Task_Review={"effectiveness": "works", "review_result": "keep"},
           records={("control", "CTL-1"): {"state": "implemented", "effectiveness": "works", "next_review_on": "2027-03-02", "last_reviewed_on": "2026-03-02"}}),
    review("End_Redesign", Task_Review={"effectiveness": "fails", "review_result": "redesign", "review_note": "Nobody keeps it."}),
    review("End_Changed", Task_Review=[{"effectiveness": "partly", "review_result": "terminate", "review_note": "Old."},
                                       {"effectiveness": "partly", "review_result": "update", "description": "One person."}],
           Task_Confirm=[{"confirmed": "objected", "objection": "It is needed."}, {"confirmed": "confirmed"}],
           records={("control", "CTL-3"): {"state": "implemented", "description": "One person."}}),
    review("End_Changed", Task_Review={"effectiveness": "works", "review_result": "terminate", "review_note": "The list is gone."}, Task_Confirm={"confirmed": "confirmed"},
           records={("control", "CTL-4"): {"state": "terminated", "next_review_on": None}}),
    Scenario(EVENTS, ("End_Nothing",), start="Start_By_Time", answers={"Task_Logs": {"noticed": "no"}}),
    Scenario(EVENTS, ("End_Closed",), start="Start_By_Time", answers={"Task_Logs": {"noticed": "yes"}, "Task_Classify": {"title": "Test", "source": "logs", "finding": "harmless"}},
             records={("security_event", "SEE-1"): {"state": "closed", "event_class": "benign"}}),
    Scenario(EVENTS, ("End_Incident", "End_Hurried"), message="security.event", payload=REPORTED, given=(ASSET,), late=("Task_Classify",),
             answers={"Task_Hurry": {"hurry_note": "Eva."}, "Task_Classify": ODD,
                      "Task_Investigate": [{"findings": "A list was copied.", "asset": "AST-1", "finding": "indicator"}, {"findings": "By a thief.", "finding": "breach"}]},
             records={("security_event", "SEE-2"): {"state": "incident", "event_class": "incident", "findings": "By a thief.", "service": "SVC-1"}}),
    Scenario(EVENTS, ("End_Closed",), answers={"Task_Classify": ODD | {"finding": "nothing"}}, records={("security_event", "SEE-3"): {"event_class": "false_alarm"}}),
    handle("End_Lessons", "End_Nobody", records={("security_incident", "SIN-1"): {"state": "reviewed", "severity": "critical", "recovery": "Unlocked."}}),
    Scenario(INCIDENTS, ("End_Reclassified",), message="security.incident", payload=STOLEN, answers={"Task_Extent": {"is_incident": "no"}},
             records={("security_event", "SEE-1"): {"state": "closed", "event_class": "benign"}}),
    handle("End_Improvement", "End_Ticket", "End_Notified", "End_Escalated", extent={"service_hit": True, "personal_data": "many"}, follows="improvement",
           late=("Task_Contain",), Task_Notify={"notified": "The authority."}, Task_Escalate={"more_needed": "Call the supplier."},
           records={("security_incident", "SIN-2"): {"notified": "The authority.", "service_hit": True}}),
    handle("End_Change", follows="change"),
    handle("End_Problem", follows="problem"),
    handle("End_Risk", follows="risk"),
]  # fmt: skip


def level(likelihood: str, impact: str, level: str) -> tuple[dict[str, Any], dict[str, Any]]:
    times = {
        "low": ("accept", "P1Y", "P1Y"),
        "medium": ("decide", "P6M", "P1Y"),
        "high": ("reduce", "P3M", "P6M"),
        "very_high": ("reduce", "P1M", "P3M"),
    }
    response, within, every = times[level]
    return odds(likelihood, impact), {
        "level": level,
        "risk_response": response,
        "treat_within": within,
        "risk_review_every": every,
    }


def classed(
    confidentiality: str, integrity: str, availability: str, classification: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"confidentiality": confidentiality, "integrity": integrity, "availability": availability}
    every = "P6M" if classification == "secret" else "P1Y"
    return given, {"classification": classification, "review_every": every, "assess_risks": classification != "public"}


def event(finding: str, asset: str | None, event_class: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"finding": finding, "concerned": asset and {"classification": asset}}, {"event_class": event_class}


def severity(asset: str, systems: int, people: str, hit: bool, severity: str) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {
        "concerned": {"classification": asset},
        "systems_hit": systems,
        "personal_data": people,
        "service_hit": hit,
    }
    times = {
        "critical": ("PT1H", "PT8H", "P1"),
        "high": ("PT8H", "P2D", "P2"),
        "medium": ("P1D", "P1W", "P3"),
        "low": ("P2D", "P2W", "P4"),
    }
    within, after, priority = times[severity]
    return given, {
        "severity": severity,
        "contain_within": within,
        "escalate_after": after,
        "incident_priority": priority,
    }


MATRIX = {
    "certain": ("medium", "high", "very_high", "very_high"),
    "likely": ("medium", "high", "high", "very_high"),
    "possible": ("low", "medium", "high", "very_high"),
    "unlikely": ("low", "medium", "medium", "high"),
    "rare": ("low", "low", "medium", "high"),
}

TABLES = {
    "ism_risk_level": [
        level(likelihood, impact, found)
        for likelihood, row in MATRIX.items()
        for impact, found in zip(("low", "medium", "high", "critical"), row, strict=True)
    ],
    "ism_asset_class": [
        classed("high", "low", "low", "secret"),
        classed("low", "high", "low", "confidential"),
        classed("low", "low", "high", "confidential"),
        classed("medium", "low", "low", "internal"),
        classed("low", "medium", "low", "internal"),
        classed("low", "low", "medium", "internal"),
        classed("low", "low", "low", "public"),
    ],
    "ism_event_class": [
        event("breach", None, "incident"),
        event("indicator", "public", "benign"),
        event("indicator", None, "suspicious"),
        event("harmless", "secret", "benign"),
        event("nothing", None, "false_alarm"),
    ],
    "ism_incident_severity": [
        severity("secret", 1, "none", False, "critical"),
        severity("public", 2, "none", False, "critical"),
        severity("public", 1, "many", False, "critical"),
        severity("confidential", 1, "few", False, "high"),
        severity("public", 1, "none", True, "high"),
        severity("internal", 1, "none", False, "medium"),
        severity("public", 1, "few", False, "low"),
    ],
}
