# SPDX-License-Identifier: Apache-2.0
"""PR6 Information security management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import in_operation

REQUIREMENTS, ASSETS = "PR6_ISM_identify_requirements", "PR6_ISM_maintain_assets"
ASSESS, TREAT = "PR6_ISM_assess_risks", "PR6_ISM_treat_risks"
PROVIDE, CHANGE, REVIEW = "PR6_ISM_provide_access", "PR6_ISM_change_access", "PR6_ISM_review_access"
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
    "risk_id": "RSK-1", "title": "Visitors are sold", "threat": "Somebody copies the list.", "cause": None, "level": "high", "treat_within": "P3M", "treat_by": "2026-06-02",
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


ASKED = {"origin_ref": "INC-9", "requester": "eva", "service": "SVC-1", "what": "Please let me read the list."}
WANTED = {
    "wanted": "new",
    "requester": "eva",
    "system": "CI-1",
    "rights": "Read the list.",
    "level": "user",
    "need": "reason",
    "justification": "I print it.",
}
RIGHT = (
    "access_right",
    {
        "title": "eva: mail01",
        "state": "granted",
        "person": "eva",
        "system": "CI-1",
        "rights": "Read the list.",
        "level": "user",
        "review_every": "P6M",
    },
)
SECOND = (
    "access_right",
    RIGHT[1] | {"title": "max: mail01", "person": "max", "level": "privileged", "review_every": "P3M"},
)
REVIEWED = (
    "ci",
    {"title": "list01", "state": "live", "owner": "eva", "type": "server", "next_access_review_on": "2026-03-01"},
)


def right(number: int, verdict: str | None, **more: Any) -> dict[str, Any]:
    return {"access_right": f"ACC-{number}"} | ({"verdict": verdict} if verdict else {}) | more


def provide(
    *ends: str,
    wanted: Any = None,
    by_hand: bool = False,
    records: Any = None,
    late: tuple[str, ...] = (),
    given: Any = (),
    **answers: Any,
) -> Scenario:
    common = {"Task_Process": WANTED | (wanted or {})} | answers
    if by_hand:
        return Scenario(PROVIDE, ends, answers=common, records=records or {}, late=late, given=given)
    return Scenario(
        PROVIDE,
        ends,
        message="access.requested",
        payload=ASKED,
        answers=common,
        records=records or {},
        late=late,
        given=given,
    )


def review_access(
    *ends: str, system: str, given: Any = (), records: Any = None, late: tuple[str, ...] = (), **answers: Any
) -> Scenario:
    of_system = tuple((register, fields | {"system": system}) for register, fields in given)
    return Scenario(
        REVIEW,
        ends,
        start="Start_By_Time",
        given=(REVIEWED, *of_system),
        answers=answers,
        records=records or {},
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
           records={("control", "CTL-1"): {"state": "implemented", "effectiveness": "works", "next_review_on": "2027-03-01", "last_reviewed_on": "2026-03-02"}}),
    review("End_Redesign", Task_Review={"effectiveness": "fails", "review_result": "redesign", "review_note": "Nobody keeps it."}),
    review("End_Changed", Task_Review=[{"effectiveness": "partly", "review_result": "terminate", "review_note": "Old."},
                                       {"effectiveness": "partly", "review_result": "update", "description": "One person."}],
           Task_Confirm=[{"confirmed": "objected", "objection": "It is needed."}, {"confirmed": "confirmed"}],
           records={("control", "CTL-3"): {"state": "implemented", "description": "One person."}}),
    review("End_Changed", Task_Review={"effectiveness": "works", "review_result": "terminate", "review_note": "The list is gone."}, Task_Confirm={"confirmed": "confirmed"},
           records={("control", "CTL-4"): {"state": "terminated", "next_review_on": None}}),
    Scenario(EVENTS, ("End_Nothing",), start="Start_By_Time", given=(in_operation("PR6-ISM"),), answers={"Task_Logs": {"noticed": "no"}}),
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
    provide("End_Provided", wanted={"need": "profile", "valid_until": "2026-06-30"}, Task_Provide={"provided_note": "Log in as eva."},
            records={("access_right", "ACC-1"): {"state": "granted", "person": "eva", "valid_until": "2026-06-30", "review_every": "P6M"},
                     ("access_request", "ACR-1"): {"state": "provided", "route": "nobody", "origin_ref": "INC-9"}, ("ci", "CI-1"): {"next_access_review_on": "2026-09-02"}}),
    provide("End_Forbidden", wanted={"need": "forbidden"}, records={("access_request", "ACR-2"): {"state": "refused"}}),
    provide("End_Provided", "End_Hurried", late=("Task_Approve",), Task_Hurry={"hurry_note": "Today."}, Task_Approve={"decision": "approved"},
            Task_Provide={"provided_note": "Log in."}, records={("access_request", "ACR-3"): {"route": "owner", "decision": "approved"}}),
    provide("End_Refused", by_hand=True, Task_Approve={"decision": "refused", "decision_reason": "Not needed."}),
    provide("End_Provided", wanted={"level": "privileged"}, Task_Approve={"decision": "approved"}, Task_Confirm={"decision": "approved"}, Task_Provide={"provided_note": "As root."},
            records={("ci", "CI-1"): {"next_access_review_on": "2026-06-05"}}),
    provide("End_Risky", given=(ASSET,), Task_Approve={"decision": "approved"}, Task_Confirm={"decision": "refused", "decision_reason": "A secret."},
            records={("access_request", "ACR-6"): {"state": "refused", "route": "owner_and_ism"}}),
    Scenario(PROVIDE, ("End_Change",), message="access.requested", payload=ASKED, answers={"Task_Process": {"wanted": "other", "changes": [right(1, "revoke")]}}),
    Scenario(CHANGE, ("End_Done", "End_Hurried"), message="access.change", given=(RIGHT, SECOND), late=("Task_Change",),
             payload={"changes": [right(1, "change", rights="Change the list."), right(2, "revoke")], "reason": "request", "origin_ref": "INC-9"},
             answers={"Task_Hurry": {"hurry_note": "Max."}, "Task_Change": {"changes": [right(1, "change", rights="Change the list."), right(2, "revoke")]}},
             records={("access_right", "ACC-1"): {"state": "changed", "rights": "Change the list.", "reason": "request"},
                      ("access_right", "ACC-2"): {"state": "revoked", "reason": "request"}}),
    Scenario(CHANGE, ("End_Done",), start="Start_By_Time", given=(("access_right", RIGHT[1] | {"valid_until": "2026-03-01"}),),
             answers={"Task_Change": {"changes": [right(3, "keep")]}}, records={("access_right", "ACC-3"): {"state": "granted", "valid_until": None}}),
    Scenario(CHANGE, ("End_Misuse",), answers={"Task_Tell": {"person": "eva", "reason": "misuse", "what": "She sold the list."},
                                               "Task_Change": {"changes": [right(1, "revoke"), right(3, "revoke")]}},
             records={("access_right", "ACC-3"): {"state": "revoked", "reason": "misuse"}}),
    Scenario(CHANGE, ("End_None",), answers={"Task_Tell": {"person": "eva", "reason": "leaver"}}),
    review_access("End_None", system="CI-2", records={("ci", "CI-2"): {"next_access_review_on": None}}),
    review_access("End_Confirmed", system="CI-3", given=(RIGHT, SECOND), Task_Review={"reviewed": [right(1, "confirm"), right(2, "confirm")]},
                  records={("access_right", "ACC-1"): {"last_reviewed_on": "2026-03-02", "state": "granted"}, ("ci", "CI-3"): {"next_access_review_on": "2026-06-01"},
                           ("access_review", "ACV-1"): {"state": "completed", "rights_reviewed": 2, "confirmed": 2, "reviewer": "eva"}}),
    review_access("End_Changes", "End_Hurried", system="CI-4", given=(RIGHT, SECOND), late=("Task_Review",), Task_Hurry={"hurry_note": "Today."},
                  Task_Review={"reviewed": [right(3, "change", rights="Write the list."), right(4, None)]},
                  records={("access_review", "ACV-2"): {"state": "completed", "confirmed": 0}}),
    review_access("End_Changes", system="CI-5", given=(RIGHT,), late=("Task_Hurry",),
        Task_Hurry={"hurry_note": "Too late."},
                  records={("access_review", "ACV-3"): {"state": "not_done", "confirmed": 0}}),
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


def routed(need: str, level: str, asset: str, route: str, every: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"need": need, "level": level, "held": [{"classification": asset}]}, {"route": route, "review_every": every}


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
    "ism_access_route": [
        routed("forbidden", "user", "public", "reject", "P6M"),
        routed("reason", "privileged", "public", "owner_and_ism", "P3M"),
        routed("profile", "user", "secret", "owner_and_ism", "P3M"),
        routed("profile", "user", "internal", "nobody", "P6M"),
        routed("reason", "user", "internal", "owner", "P6M"),
    ],
    "ism_access_deadline": [
        ({"reason": "misuse"}, {"change_within": "PT1H"}),
        ({"reason": "leaver"}, {"change_within": "PT4H"}),
        ({"reason": "mover"}, {"change_within": "P2D"}),
        ({"reason": "review"}, {"change_within": "P5D"}),
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
