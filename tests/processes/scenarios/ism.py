# SPDX-License-Identifier: Apache-2.0
"""PR6 Information security management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

REQUIREMENTS, ASSETS = "PR6_ISM_identify_requirements", "PR6_ISM_maintain_assets"
ASSESS, TREAT = "PR6_ISM_assess_risks", "PR6_ISM_treat_risks"
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


def odds(likelihood: str, impact: str) -> dict[str, Any]:
    return {"likelihood": likelihood, "impact": impact}


SCENARIOS = [
    Scenario(REQUIREMENTS, ("End_Changed",), signal="sla.changed", payload=SLA_CHANGED, given=(SLA,), answers={"Task_Derive": DEMANDED},
             records={("security_requirement", "SRQ-1"): {"state": "active", "sla": "SLA-1", "next_review_on": "2027-03-02"}}),
    Scenario(REQUIREMENTS, ("End_Reviewed",), signal="sla.changed", payload=SLA_CHANGED | {"kind_of_change": "ended"}, answers={"Task_Derive": {"needed": "ended"}},
             records={("security_requirement", "SRQ-1"): {"state": "obsolete", "next_review_on": None}}),
    Scenario(REQUIREMENTS, ("Event_Assets", "End_Changed"), answers={"Task_Derive": LAW},
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
    assess("End_Accepted", Task_Assess={"title": "Old list", "threat": "None.", **odds("rare", "low")},
           records={("risk", "RSK-2"): {"state": "accepted", "treatment": "accept", "owner": "max"}}),
    Scenario(ASSESS, ("End_Accepted",), answers={"Task_Assess": {"title": "Lost key", "threat": "Lost.", **odds("likely", "low")},
                                                 "Task_Decide": {"decided": "accept", "reason": "There is a second one."}},
             records={("risk", "RSK-3"): {"state": "accepted", "reason": "There is a second one.", "next_review_on": "2027-03-02"}}),
    Scenario(ASSESS, ("End_Treat",), start="Start_By_Time", given=(ASSET, ("risk", RISK[1] | {"owner": "eva"})),
             answers={"Task_Assess": LEAK | odds("likely", "low"), "Task_Decide": {"decided": "treat"}},
             records={("risk", "RSK-4"): {"state": "in_treatment", "level": "medium"}}),
    treat("End_Treated", Task_Define={"treatment": "reduce", "controls": [control("technical")]}, Task_Implement=DONE, Task_Residual=odds("rare", "medium"),
          given=(ASSET, RISK), records={("risk", "RSK-1"): {"state": "treated", "level": "low"}, ("control", "CTL-1"): {"state": "implemented", "next_review_on": "2027-03-02"}}),
    treat("End_Treated", "Event_Completed",
          Task_Define=[{"treatment": "reduce", "controls": [control("policy")]}, {"treatment": "reduce", "controls": [control("policy"), control("technical", "CI-1")]}],
          Task_Approve=[{"approval": "returned", "returned": "A door is needed too."}, {"approval": "approved"}], Task_Implement=[DONE, DONE],
          messages={"Event_Decided": {"decision": "approved", "change_id": None, "comment": ""}, "Event_Completed": {"result": "successful", "change_id": None, "comment": ""}},
          Task_Residual=odds("unlikely", "medium")),
    treat("End_More", "End_Hurried", Task_Define={"treatment": "reduce", "controls": [control("technical", "CI-1")]}, late=("Event_Decided",),
          messages={"Event_Decided": {"decision": "rejected", "change_id": None, "comment": "Too dear."}}, Task_Hurry={"hurry_note": "They hurry."},
          Task_Implement={"in_effect": "no", "result": "Too dear."}, Task_Residual=odds("likely", "high"),
          records={("control", "CTL-4"): {"state": "terminated"}, ("risk", "RSK-1"): {"state": "in_treatment"}}),
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
}
