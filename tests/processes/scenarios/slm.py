# SPDX-License-Identifier: Apache-2.0
"""PR2 Service level management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario

REQUESTS, AGREE, EVALUATE, REVIEW = (
    "PR2_SLM_answer_requests",
    "PR2_SLM_agree_sla",
    "PR2_SLM_evaluate_sla",
    "PR2_SLM_review_sla",
)
AGREE_OLA, EVALUATE_OLA, REVIEW_OLA = "PR2_SLM_agree_ola_ua", "PR2_SLM_evaluate_ola_ua", "PR2_SLM_review_ola_ua"
CATALOGUE, FOLLOW = "PR2_SLM_maintain_catalogues", "PR2_SLM_follow_changes"
CUSTOMER = (
    "customer",
    {
        "title": "Wheels Ltd",
        "contact": "Cleo, 555",
        "state": "active",
        "relationship_manager": "eva",
        "importance": "high",
    },
)
SUPPLIER = (
    "supplier",
    {
        "title": "Wires Ltd",
        "kind": "external",
        "relationship_manager": "eva",
        "contact": "Ines, 555",
        "escalation_channel": "Her chief",
        "state": "active",
    },
)
VPN = (
    "service",
    {"title": "VPN", "state": "production", "owner": "max", "criticality": "high", "suppliers": ["SUP-1"]},
)
PROMISED = {
    "title": "Contract with Wires", "state": "active", "kind": "ua", "supplier": "SUP-1", "owner": "max", "services": ["SVC-2"],
    "availability_percent": 99.9, "restores_within": "PT2H", "valid_from": "2026-01-01",
}  # fmt: skip
TIMES = {one: {"response": "PT30M", "resolution": "PT6H"} for one in ("P1", "P2", "P3", "P4", "P5")}
STANDING = ("sla", {"title": "Default agreement", "state": "active", "owner": "max", "kind": "default", "services": ["SVC-1"], "valid_from": "2026-01-01", "targets": TIMES, "availability_percent": 99.5})  # fmt: skip
ASKED = {"customer_id": "CUS-1", "title": "Wheels Ltd", "services": ["SVC-1"], "what": "New customer", "requester": "eva", "origin_process": "PR7-CRM", "origin_ref": "CUS-1"}  # fmt: skip
OWN = {"way": "individual", "customer_id": "CUS-1", "services": ["SVC-1"], "owner": "eva"}
TERMS = {
    "outcome": "agreed",
    "level": "faster",
    "availability_percent": 99.8,
    "calendar": "around_the_clock",
    "valid_from": "2026-04-01",
    "valid_until": "2027-03-31",
}
SIGNED = {"signature": "signed", "signed_by": "Cleo, head of office"}
GIVEN_UP = {"outcome": "given_up"}
KEPT = (
    "sla",
    {
        **STANDING[1],
        "title": "SLA Wheels",
        "kind": "individual",
        "customer": "CUS-1",
        "evaluation_period": "P1M",
        "next_evaluation_on": "2026-03-01",
    },
)
INCIDENT = {
    "title": "No mail", "ticket_type": "incident", "description": "Nothing comes.", "reporter": "max", "service": "SVC-1", "impact": "high", "urgency": "high",
    "owner": "max", "sla": "SLA-1", "state": "closed", "resolved_on": "2026-02-10T10:00:00+01:00", "late": False,
}  # fmt: skip
LATE, OPEN = (
    {**INCIDENT, "late": True},
    {**INCIDENT, "state": "in_progress", "resolved_on": None, "late": None, "resolution_due": "2026-02-28T10:00:00Z"},
)
MEASURED = {
    "title": "E-mail in February",
    "service": "SVC-1",
    "period_from": "2026-02-01",
    "period_to": "2026-02-28",
    "availability_percent": 99.2,
    "state": "validated",
}
RISK = {
    "incident_id": "INC-1",
    "title": "No mail",
    "sla_id": "SLA-1",
    "service": "SVC-1",
    "kind": "potential",
    "percent": 75,
    "due": "2026-03-02T12:00:00Z",
}
MISSED = {"result": "missed", "what": "One of two incidents took too long.", "note": "The storm."}
TOLD = {"told": "told", "notified": "Cleo, by phone."}
CAUSE = {"cause": "own", "analysis": "Nobody was there at night."}
REVIEWED = (
    "sla",
    {**KEPT[1], "next_evaluation_on": None, "next_review_on": "2026-03-02", "review_reason": "E-mail changed."},
)
NEW_TERMS = {
    "outcome": "update",
    "services": ["SVC-1", "SVC-2"],
    "level": "faster",
    "availability_percent": 99.9,
    "valid_until": "2026-06-01",
}
NEEDED = {"supplier_id": "SUP-1", "title": "Wires Ltd", "services": ["SVC-2"], "origin_ref": "SLA-1"}
PREPARED = {"way": "new", "supplier_id": "SUP-1", "services": ["SVC-2"], "owner": "eva"}
SUPPORT = {
    "outcome": "agreed",
    "terms": "Repairs the lines.",
    "availability_percent": 99.9,
    "restores_within": "PT2H",
    "contract_ref": "C-12",
    "valid_from": "2026-03-10",
}
SUPPORTED = ("agreement", {**PROMISED, "evaluation_period": "P1M", "next_evaluation_on": "2026-03-01"})
SUPPORT_REVIEWED = ("agreement", {**PROMISED, "next_review_on": "2026-03-02", "review_reason": "Wires moved."})
NEW_SUPPORT = {
    "outcome": "update",
    "services": ["SVC-2"],
    "availability_percent": 99.5,
    "restores_within": "PT4H",
    "valid_until": "2026-06-01",
}
LISTED = {
    "title": "For everybody",
    "state": "published",
    "audience": "All users",
    "services": ["SVC-1"],
    "owner": "max",
    "version": 1,
    "next_review_on": "2026-03-02",
}
CREATED = {
    "catalogue_title": "For students",
    "audience": "Students",
    "services": ["SVC-1"],
    "contact": "The service desk",
}
CHANGED = {"outcome": "changed", "services": ["SVC-1"], "contact": "The service desk", "changes": "The VPN is gone."}
INFORMED = {"told_by": "mail"}
SERVICE_CHANGED = {"service": "SVC-1", "title": "E-mail", "kind_of_change": "changed", "owner": "max"}
FORWARD = {"next_review_on": "2026-03-02"}
YES, NO = {"approved": True}, {"approved": False, "wishes": "Nobody can keep that at night."}

ACCEPTED = {"gap_way": "accept", "accepted_gap": "We hold spare parts."}


def negotiate(end: str, service: str = "SVC-1", **given: Any) -> Scenario:
    answers = {name: value for name, value in given.items() if name.startswith("Task_")}
    payload = {
        "customer_id": "CUS-1",
        "services": [service],
        "owner": "eva",
        "what": "New customer",
        "origin_ref": "CUS-1",
    }
    others = {name: value for name, value in given.items() if name not in answers}
    return Scenario(AGREE, (end,), message="sla.negotiation", payload=payload, answers=answers, **others)


SCENARIOS = [
    Scenario(REQUESTS, ("End_Negotiation",), message="sla.requested", payload=ASKED, given=(CUSTOMER, SUPPLIER, VPN, STANDING), answers={"Task_Choose": OWN}),
    Scenario(REQUESTS, ("End_Default",), message="sla.requested", payload={**ASKED, "customer_id": None, "title": "VPN", "services": ["SVC-2"]},
             answers={"Task_Choose": {"way": "default", "standing_id": "SLA-1", "services": ["SVC-2"]}},
             records={("sla", "SLA-1"): {"services": ["SVC-1", "SVC-2"]}, ("service", "SVC-2"): {"sla": "SLA-1"}}),
    Scenario(REQUESTS, ("End_Review",), answers={"Task_Choose": {"way": "change", "standing_id": "SLA-1", "what": "Nights too."}},
             records={("sla", "SLA-1"): {"next_review_on": "2026-03-02", "review_reason": "Nights too."}}),
    negotiate("End_Active", given=(CUSTOMER, SUPPLIER, VPN), Task_Agree=TERMS, Task_Approve=YES, Task_Sign=SIGNED,
              records={("sla", "SLA-1"): {"state": "active", "customer": "CUS-1", "kind": "individual", "title": "SLA Wheels Ltd: E-mail", "signed_by": "Cleo, head of office",
                                          "calendar": "around_the_clock", "valid_until": "2027-03-31", "evaluation_period": "P1M", "next_evaluation_on": "2026-05-01",
                                          "next_review_on": "2026-10-01"}}),
    negotiate("End_Active", "SVC-2",
              Task_Agree=[{**TERMS, "level": "own", "targets": TIMES}, {**TERMS, "level": "standard"}, TERMS, TERMS],
              Task_Gap=[{"gap_way": "renegotiate", "wishes": "Four hours."}, {"gap_way": "ask"}, ACCEPTED, ACCEPTED, ACCEPTED],
              Task_Approve=[NO, YES, YES], Task_Sign=[{"signature": "wishes", "wishes": "A year longer."}, SIGNED],
              messages={"Event_Decided": {"origin_ref": "SLA-2", "supplier_id": "SUP-1", "result": "refused", "agreement_id": None}},
              records={("sla", "SLA-2"): {"state": "active", "accepted_gap": "We hold spare parts."}}),
    negotiate("End_None", "SVC-2", given=(("agreement", PROMISED),), Task_Agree=TERMS, Task_Approve=YES, Task_Sign={"signature": "declined", "wishes": "Too dear."},
              records={("sla", "SLA-3"): {"state": "terminated", "ending_reason": "Too dear."}}),
    negotiate("End_None", Task_Agree=GIVEN_UP, records={("sla", "SLA-4"): {"state": "terminated", "ending_reason": "No agreement was reached."}}),
    Scenario(EVALUATE, ("End_Supplier",), start="Start_By_Time",
             given=(CUSTOMER, SUPPLIER, KEPT, ("incident", INCIDENT), ("incident", LATE), ("incident", OPEN), ("availability_measurement", MEASURED)),
             answers={"Task_Evaluate": MISSED, "Task_Notify": TOLD,
                      "Task_Analyse": {"cause": "supplier", "analysis": "The line was cut.", "remedy": "supplier", "supplier_id": "SUP-1"}},
             records={("agreement_evaluation", "AEV-1"): {"sla": "SLA-1", "incidents": 2, "late": 1, "overdue": 1, "kept_percent": 50, "availability_reached": 99.2,
                                                          "result": "missed", "period_from": "2026-02-01", "period_to": "2026-02-28"},
                      ("sla", "SLA-1"): {"next_evaluation_on": "2026-04-01"},
                      ("agreement_violation", "AVI-1"): {"state": "closed", "kind": "actual", "customer": "CUS-1", "supplier": "SUP-1", "notified": "Cleo, by phone.",
                                                         "evaluation": "AEV-1", "cause": "supplier"}}),
    Scenario(EVALUATE, ("End_Kept",), start="Start_By_Time", answers={"Task_Evaluate": {"result": "met", "exclusions": "The storm of 3 March."}},
             records={("agreement_evaluation", "AEV-2"): {"result": "met", "kept_percent": 100, "availability_reached": None}, ("sla", "SLA-1"): {"next_evaluation_on": "2026-05-01"}}),
    Scenario(EVALUATE, ("End_Averted",), message="sla.risk", payload=RISK, answers={"Task_Notify": {"told": "not_needed", "why_not": "Solved within the hour."}},
             records={("agreement_violation", "AVI-2"): {"state": "closed", "kind": "potential", "incident": "INC-1", "analysis": "Solved within the hour."}}),
    Scenario(EVALUATE, ("End_Improvement", "Task_NotifyInstead"), message="sla.risk", payload={**RISK, "kind": "actual"}, late=("Task_Notify",),
             answers={"Task_NotifyInstead": {"notified": "Cleo, in writing."}, "Task_Analyse": {**CAUSE, "remedy": "improvement", "action": "Stand by at night"}}),
    Scenario(EVALUATE, ("End_Change",), message="sla.risk", payload=RISK,
             answers={"Task_Notify": TOLD, "Task_Analyse": {**CAUSE, "remedy": "change", "action": "A second line"}}),
    Scenario(EVALUATE, ("End_Closed",), message="sla.risk", payload=RISK, answers={"Task_Notify": TOLD, "Task_Analyse": {**CAUSE, "remedy": "none"}}),
    Scenario(REVIEW, ("End_Updated",), start="Start_By_Time", given=(CUSTOMER, SUPPLIER, REVIEWED, ("service", {**VPN[1], "sla": "SLA-1"})),
             answers={"Task_Review": [{**NEW_TERMS, "level": "own", "targets": TIMES}, NEW_TERMS, NEW_TERMS], "Task_Approve": [NO, YES, YES],
                      "Task_Sign": [{"signature": "wishes", "wishes": "Nights too."}, SIGNED]},
             records={("sla", "SLA-1"): {"availability_percent": 99.9, "level": "faster", "valid_until": "2026-06-01", "next_review_on": "2026-09-02", "review_reason": None}}),
    Scenario(REVIEW, ("End_Ending",), start="Start_By_Time",
             answers={"Task_Review": {"outcome": "end", "ends_on": "2026-03-05", "ending_reason": "They move to another house."}, "Task_Inform": {"told_by": "phone"}},
             records={("sla", "SLA-1"): {"state": "active", "valid_until": "2026-03-05", "next_review_on": None}}),
    Scenario(REVIEW, ("End_Ended",), start="Start_By_Time", records={("sla", "SLA-1"): {"state": "terminated"}, ("service", "SVC-2"): {"sla": None}}),
    Scenario(REVIEW, ("End_Confirmed",), start="Start_By_Time", given=(REVIEWED,), answers={"Task_Review": {"outcome": "keep"}},
             records={("sla", "SLA-2"): {"next_review_on": "2027-03-02", "review_reason": None}}),
    Scenario(AGREE_OLA, ("End_NotNeeded",), message="agreement.requested", payload=NEEDED,
             given=(SUPPLIER, VPN, ("sla", {**STANDING[1], "services": ["SVC-2"], "availability_percent": 99.8})),
             answers={"Task_Prepare": {"way": "none", "why_not": "They only sell us cables."}}),
    Scenario(AGREE_OLA, ("End_Active", "Event_Decided"), message="agreement.requested", payload=NEEDED,
             answers={"Task_Prepare": PREPARED, "Task_Agree": SUPPORT, "Task_Approve": YES},
             records={("agreement", "AGR-1"): {"state": "active", "kind": "ua", "title": "UA Wires Ltd: VPN", "supplier": "SUP-1", "services": ["SVC-2"], "contract_ref": "C-12",
                                               "accepted_gap": None, "next_evaluation_on": "2026-06-10", "next_review_on": "2027-03-10"}}),
    Scenario(AGREE_OLA, ("End_Active",), answers={
        "Task_Prepare": PREPARED, "Task_Agree": [{**SUPPORT, "availability_percent": 99}, {**SUPPORT, "restores_within": "P1D"}, SUPPORT],
        "Task_Gap": [{"gap_way": "renegotiate", "wishes": "99.8 per cent."}, {"gap_way": "accept", "accepted_gap": "There is a second line."}], "Task_Approve": [NO, YES]},
        records={("agreement", "AGR-2"): {"state": "active", "restores_within": "PT2H", "accepted_gap": None}}),
    Scenario(AGREE_OLA, ("End_Refused",), answers={"Task_Prepare": PREPARED, "Task_Agree": {"outcome": "given_up", "why_not": "Too dear."}},
             records={("agreement", "AGR-3"): {"state": "terminated", "ending_reason": "Too dear."}}),
    Scenario(EVALUATE_OLA, ("End_Kept",), start="Start_By_Time", given=(SUPPLIER, VPN, SUPPORTED, ("incident", {**INCIDENT, "service": "SVC-2", "sla": None, "late": True})),
             answers={"Task_Evaluate": {"result": "met", "exclusions": "Our own router failed."}},
             records={("agreement_evaluation", "AEV-1"): {"agreement": "AGR-1", "agreement_kind": "ua", "supplier": "SUP-1", "late": 1, "kept_percent": 0, "result": "met"},
                      ("agreement", "AGR-1"): {"next_evaluation_on": "2026-04-01"}}),
    Scenario(EVALUATE_OLA, ("End_Answered",), start="Start_By_Time", given=(SUPPORTED, ("availability_measurement", {**MEASURED, "service": "SVC-2"})), answers={
        "Task_Evaluate": MISSED, "Task_Escalate": {"notified": "Ines, by mail."}, "Task_Answer": {"answer": "The cable is mended.", "at_fault": True, "enough": True}},
        records={("agreement_evaluation", "AEV-2"): {"availability_reached": 99.2, "result": "missed"},
                 ("agreement_violation", "AVI-1"): {"state": "closed", "supplier": "SUP-1", "cause": "supplier", "answer": "The cable is mended."}}),
    Scenario(EVALUATE_OLA, ("End_HandedOver",), start="Start_By_Time", given=(SUPPORTED,), answers={
        "Task_Evaluate": MISSED, "Task_Escalate": {"notified": "Ines, by mail."}, "Task_Answer": {"answer": "It happens.", "at_fault": True, "enough": False}}),
    Scenario(EVALUATE_OLA, ("End_HandedOver",), start="Start_By_Time", given=(SUPPORTED,), late=("Task_Answer",),
             answers={"Task_Evaluate": MISSED, "Task_Escalate": {"notified": "Ines, by mail."}}, records={("agreement_violation", "AVI-3"): {"state": "closed", "answer": None}}),
    Scenario(REVIEW_OLA, ("End_Updated",), start="Start_By_Time", given=(SUPPLIER, VPN, SUPPORT_REVIEWED),
             answers={"Task_Review": [NEW_SUPPORT, NEW_SUPPORT], "Task_Approve": [NO, YES]},
             records={("agreement", "AGR-1"): {"availability_percent": 99.5, "restores_within": "PT4H", "valid_until": "2026-06-01", "next_review_on": "2027-03-02", "review_reason": None}}),
    Scenario(REVIEW_OLA, ("End_Ending",), start="Start_By_Time",
             answers={"Task_Review": {"outcome": "end", "ends_on": "2026-03-05", "ending_reason": "Another supplier takes over."}},
             records={("agreement", "AGR-1"): {"state": "active", "valid_until": "2026-03-05", "next_review_on": None}}),
    Scenario(REVIEW_OLA, ("End_Ended",), start="Start_By_Time", records={("agreement", "AGR-1"): {"state": "terminated"}}),
    Scenario(REVIEW_OLA, ("End_Confirmed",), start="Start_By_Time", given=(SUPPORT_REVIEWED,), answers={"Task_Review": {"outcome": "keep"}},
             records={("agreement", "AGR-2"): {"next_review_on": "2027-03-02", "review_reason": None}}),
    Scenario(CATALOGUE, ("End_Current",), given=(("service", {"title": "Fax", "state": "retired", "owner": "max", "criticality": "low"}),), answers={
        "Task_Tell": {"kind_of_change": "new"}, "Task_Create": CREATED, "Task_Approve": [NO, YES], "Task_Update": CHANGED, "Task_Inform": INFORMED},
        records={("service_catalogue", "SCT-1"): {"state": "published", "title": "For students", "version": 1, "published_on": "2026-03-02", "next_review_on": "2026-09-02"}}),
    Scenario(CATALOGUE, ("End_Current",), start="Start_By_Time", given=(("service_catalogue", {**LISTED, "services": ["SVC-1", "SVC-2"]}),), answers={
        "Task_Update": [{"outcome": "keep"}, CHANGED], "Task_Approve": YES, "Task_Inform": INFORMED},
        records={("service_catalogue", "SCT-2"): {"services": ["SVC-1"], "version": 2, "changes": "The VPN is gone."}}),
    Scenario(CATALOGUE, ("End_Checked",), start="Start_By_Time", given=(("service_catalogue", LISTED),), answers={"Task_Update": {"outcome": "keep"}},
             records={("service_catalogue", "SCT-3"): {"version": 1, "next_review_on": "2026-09-02"}}),
    Scenario(CATALOGUE, ("End_Checked",), answers={"Task_Tell": {"kind_of_change": "changed", "service_catalogue_id": "SCT-1"}, "Task_Update": {"outcome": "keep"}}),
    Scenario(CATALOGUE, ("End_Current",), answers={"Task_Tell": {"kind_of_change": "retire", "service_catalogue_id": "SCT-1"},
                                                   "Task_Retire": {"changes": "The catalogue for everybody."}, "Task_Inform": INFORMED},
             records={("service_catalogue", "SCT-1"): {"state": "retired", "next_review_on": None}}),
    Scenario(FOLLOW, ("End_Forward",), signal="service.changed", payload=SERVICE_CHANGED, given=(
        SUPPLIER, ("service_catalogue", LISTED | {"next_review_on": "2026-06-01"}), STANDING, ("agreement", PROMISED | {"services": ["SVC-1"], "availability_percent": 99})),
        records={("sla", "SLA-1"): FORWARD | {"review_reason": "Service E-mail: changed"}, ("agreement", "AGR-1"): FORWARD, ("service_catalogue", "SCT-1"): FORWARD}),
    Scenario(FOLLOW, ("End_Forward",), signal="service.changed", payload={**SERVICE_CHANGED, "title": "Chat", "kind_of_change": "new"},
             records={("service_catalogue", "SCT-1"): {"review_reason": "Service Chat: new"}, ("sla", "SLA-1"): {"review_reason": "Service E-mail: changed"}}),
    Scenario(FOLLOW, ("End_Forward",), signal="supplier.changed", payload={"supplier_id": "SUP-1", "title": "Wires Ltd", "kind_of_change": "leaves"},
             records={("agreement", "AGR-1"): {"review_reason": "Supplier Wires Ltd: leaves"}}),
    Scenario(FOLLOW, ("End_Forward",), signal="sla.changed", given=(("agreement", PROMISED | {"services": ["SVC-1"]}),),
             payload={"sla_id": "SLA-1", "title": "Default agreement", "kind_of_change": "changed", "customer": None, "services": ["SVC-1"]},
             records={("agreement", "AGR-1"): {"review_reason": "Default agreement: changed"}, ("agreement", "AGR-2"): {"review_reason": None}}),
]  # fmt: skip

NORMAL = {"P1": {"response": "PT15M", "resolution": "PT4H"}, "P2": {"response": "PT30M", "resolution": "PT8H"}, "P3": {"response": "PT4H", "resolution": "P2D"},
          "P4": {"response": "P1D", "resolution": "P5D"}, "P5": {"response": "P2D", "resolution": "P10D"}}  # fmt: skip
FASTER = {"P1": {"response": "PT15M", "resolution": "PT2H"}, "P2": {"response": "PT30M", "resolution": "PT4H"}, "P3": {"response": "PT2H", "resolution": "P1D"},
          "P4": {"response": "PT4H", "resolution": "P3D"}, "P5": {"response": "P1D", "resolution": "P10D"}}  # fmt: skip


def terms(
    level: str, importance: str, targets: dict[str, Any], evaluated: str, reviewed: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"level": level, "customer": {"importance": importance}, "targets": TIMES}
    return given, {"targets": targets, "evaluation_period": evaluated, "review_period": reviewed}


def kept(percent: float, margin: float | None, result: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"kept_percent": percent, "availability_margin": margin}, {"result": result}


def notice(kind: str, importance: str, until: str, channel: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"violation_kind": kind, "customer": {"importance": importance}}, {"notify_until": until, "channel": channel}


def support(who: str, criticality: str, kind: str, evaluated: str) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {"supplier": {"kind": who, "criticality": criticality}}
    return given, {"kind": kind, "evaluation_period": evaluated, "review_period": "P1Y"}


TABLES = {
    "slm_fulfilment": [
        kept(100, -0.01, "missed"),
        kept(89.9, None, "missed"),
        kept(100, 0.05, "at_risk"),
        kept(94, 0.2, "at_risk"),
        kept(95, None, "met"),
    ],
    "slm_support": [
        support("external", "high", "ua", "P1M"),
        support("external", "low", "ua", "P3M"),
        support("internal", "high", "ola", "P1M"),
        support("federation_member", "medium", "ola", "P3M"),
    ],
    "slm_notice": [
        notice("potential", "high", "2026-03-02T13:00:00Z", "by phone"),
        notice("actual", "high", "2026-03-03T09:00:00Z", "by phone, then in writing"),
        notice("actual", "low", "2026-03-04T09:00:00Z", "in writing"),
    ],
    "slm_terms": [
        terms("standard", "high", NORMAL, "P1M", "P6M"),
        terms("standard", "low", NORMAL, "P3M", "P1Y"),
        terms("faster", "low", FASTER, "P1M", "P6M"),
        terms("own", "low", TIMES, "P1M", "P6M"),
    ],
}
