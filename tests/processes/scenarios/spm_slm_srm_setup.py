# SPDX-License-Identifier: Apache-2.0
"""The set-ups of service portfolio, service level and service reporting management."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.scenarios.sms import setup

APPROVED, AGAIN = {"set_up_approved": "yes", "manager": "eva", "goals": "All services are known."}, {"set_up_approved": "no", "missing": "Who decides?"}
SERVICE = {"title": "Video calls", "description": "Meet from anywhere.", "owner": "eva", "criticality": "medium"}
SPM = {
    "Task_Structure": {"structure_text": "# Structure"}, "Task_Specification": {"specification_text": "# Specification"},
    "Task_Services": {"live_services": [SERVICE, {**SERVICE, "title": "Archive", "customers": "Everybody"}]},
    "Task_Part": {"parties": [{"party": "Wires Ltd", "part": "Runs the network."}]}, "Task_Contact": {"contacts": [{"party": "Wires Ltd", "contact": "Ines, 555"}]},
    "Task_Map": {"map_text": "# Map"}, "Task_Template": {"template_text": "# Proposal"}, "Task_Criteria": {"criteria_text": "# Criteria"},
    "Task_Handling": [{"handling_text": "# Demand"}, {"handling_text": "# Demand, and who decides"}],
}  # fmt: skip
SLM = {
    "Task_Structure": {"structure_text": "# Structure"},
    "Task_Catalogue": {"title": "Our services", "audience": "All customers", "catalogue_services": ["SVC-1"], "contact": "Service desk, 222"},
    "Task_Default": {"sla_services": ["SVC-1"], "availability_percent": 99, "sla_owner": "max"},
    "Task_Templates": {"sla_text": "# SLA", "ola_ua_text": "# OLA or UA"}, "Task_Notification": {"notification_text": "# Violations"},
    "Task_Critical": {"components": [{"what": "Network", "supplier": "SUP-1", "services": ["SVC-1"]}]},
    "Task_Individual": [{"wanted_slas": [{"customer": "CUS-1", "services": ["SVC-1"], "owner": "max", "what": "Nights too."}]}, {"wanted_slas": []}],
}  # fmt: skip
REPORT = {"title": "Monthly service report", "audience": "customer", "frequency": "P1M", "owner": "eva"}
SRM = {
    "Task_List": {"reports": [REPORT]},
    "Task_Specify": {"purpose": "See whether we keep our word.", "content": "Availability", "recipients": "Opera", "format": "pdf", "delivery": "mail",
                     "days_to_deliver": 5, "next_due_on": "2029-01-01"},
    "Task_Templates": [{"template_text": "# Report"}, {"template_text": "# Better report"}],
}  # fmt: skip
SUPPLIER = ("supplier", {"title": "Wires Ltd", "kind": "external", "state": "active", "relationship_manager": "eva", "contact": "Ines, 555",
                        "escalation_channel": "Her chief, 556", "criticality": "high"})  # fmt: skip
CUSTOMER = ("customer", {"title": "Opera", "state": "active", "relationship_manager": "eva", "contact": "Ivo"})


def set_up(process: str, code: str, answers: dict[str, Any], documents: int, records: dict[tuple[str, str], Any], *given: Any, **messages: Any) -> Scenario:
    """A set-up that is sent back once and approved then."""
    messages["Event_Published"] = [{"result": "approved"}] * documents
    return Scenario(process, ("End_SetUp",), start="Start_By_Time", given=(*given, setup(code, state="planned", start_on="2026-01-05")),
                    answers={**answers, "Task_Approve": [AGAIN, APPROVED]}, messages=messages,
                    records={("setup", "SET-1"): {"state": "done", "done_on": "2026-03-02"},
                             ("process_record", "PRC-1"): {"owner": "max", "manager": "eva", "next_review_on": "2027-03-02", "state": "active"}, **records})  # fmt: skip


SCENARIOS = [
    set_up("PR1_SPM_set_up", "PR1", SPM, 7, {
        ("service", "SVC-2"): {"title": "Video calls", "state": "production", "next_review_on": "2027-03-02"},
        ("service", "SVC-3"): {"title": "Archive", "customers": "Everybody"},
        ("document", "DOC-3"): {"code": "party_map", "kind": "definition", "process": "PR1"},
        ("document", "DOC-6"): {"code": "demand_procedure", "kind": "procedure", "text": "# Demand, and who decides"},
        ("process_record", "PRC-1"): {"code": "PR1-SPM", "title": "Service portfolio management"},
    }),
    set_up("PR2_SLM_set_up", "PR2", SLM, 4, {
        ("service_catalogue", "SCT-1"): {"state": "published", "services": ["SVC-1"], "version": 1, "next_review_on": "2026-09-02"},
        ("sla", "SLA-1"): {"state": "active", "kind": "default", "next_evaluation_on": "2026-06-02", "next_review_on": "2027-03-02"},
        ("document", "DOC-1"): {"code": "catalogue_structure"},
        ("process_record", "PRC-1"): {"code": "PR2-SLM"},
    }, SUPPLIER, CUSTOMER, Event_Agreed={"result": "agreed", "agreement_id": "AGR-1"}),
    set_up("PR3_SRM_set_up", "PR3", SRM, 2, {
        ("report_specification", "RSP-1"): {"title": "Monthly service report", "state": "active", "owner": "eva", "frequency": "P1M", "next_due_on": "2029-01-01",
                                            "next_review_on": "2027-03-02"},
        ("document", "DOC-1"): {"code": "report_template", "kind": "template", "text": "# Better report"},
        ("process_record", "PRC-1"): {"code": "PR3-SRM"},
    }),
]  # fmt: skip
