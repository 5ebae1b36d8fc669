# SPDX-License-Identifier: Apache-2.0
"""GR2 Documentation."""

from __future__ import annotations

from hashlib import sha256

from tests.processes.drive import Scenario

SET_UP, CONTROL = "GR2_DOC_set_up", "GR2_DOC_control_documents"
POLICY = {"title": "Service management policy", "code": "documents", "kind": "policy", "process": "GR1", "owner": "max", "author": "eva"}  # fmt: skip
IN_FORCE = {**POLICY, "state": "published", "version": 2, "text": "# Old\n\nWe serve.", "published_text": "# Old\n\nWe serve.",
            "next_review_on": "2026-03-09", "review_period": "P6M", "audience": ["user", "isrm_manager"]}  # fmt: skip
DRAFT = {**POLICY, "state": "draft", "text": "# New\n\nWe serve well.", "audience": ["user"]}
ASKED = {"document_id": "DOC-1", "title": POLICY["title"], "kind": "policy", "process": "GR1", "author": "eva", "owner": "max", "version": None}  # fmt: skip
NEW = {"which": "new", "title": "How we order", "kind": "procedure", "process": "PR8"}
WRITTEN = {"document_text": "# How we order\n\nOnline.", "what_changed": "All of it."}
YES = {"decision": "approved"}
CHANGES, NO = {"decision": "changes", "comment": "Name the shop."}, {"decision": "rejected", "comment": "We do not."}
READ = {"read": True}
PAPER = b"%PDF-1.7 of an order"
FILE = {"name": "orders.pdf", "size": len(PAPER), "sha256": sha256(PAPER).hexdigest()}
AS_FILE = {"content": "file", "document_file": FILE, "what_changed": "Drawn anew."}

PLANNED = {"title": "Documentation", "code": "GR2", "state": "planned", "start_on": "2026-03-09"}
LIST, PLACES, RULES = {"list_text": "# Documents\n\n- Policy"}, {"places_text": "# Places", "template_text": "# Purpose"}, {"control_text": "# Control", "control_audience": ["user"]}
PUBLISHED = {"result": "approved", "comment": None, "version": 1}

SCENARIOS = [
    Scenario(SET_UP, ("End_Done",), start="Start_By_Time", given=[("setup", PLANNED)],
             answers={"Task_Agree": [LIST, LIST], "Task_Control": [RULES, RULES], "Task_Places": [PLACES, PLACES], "Task_Approve": [{"approval": "no", "approval_comment": "Shorter."}, {"approval": "yes"}]},
             messages={"Event_Published": [PUBLISHED] * 8},
             records={("setup", "SET-1"): {"state": "done"}}),
    Scenario(CONTROL, ("End_Published",), message="document.approve", payload=ASKED, given=[("document", DRAFT)],
             answers={"Task_Approve": YES, "Task_Acknowledge": READ},
             records={("document", "DOC-1"): {"state": "published", "version": 1, "approved_by": "max", "approved_on": "2026-03-02", "author": "eva",
                                              "published_text": "# New\n\nWe serve well.", "review_period": "P1Y", "next_review_on": "2027-03-02"}}),
    Scenario(CONTROL, ("End_Published",), data={}, answers={"Task_Choose": NEW, "Task_Write": [WRITTEN, {**WRITTEN, "document_text": "At Alpha."}], "Task_Approve": [CHANGES, YES]},
             records={("document", "DOC-2"): {"state": "published", "version": 1, "author": "max", "owner": "max", "approved_by": "eva", "published_text": "At Alpha.",
                                              "comment": None, "kind": "procedure", "process": "PR8"}}),
    Scenario(CONTROL, ("End_Rejected", "End_Reminded"), data={}, late=("Task_Approve",),
             answers={"Task_Choose": NEW, "Task_Write": WRITTEN, "Task_Remind": {"measure": "asked"}, "Task_Approve": NO},
             records={("document", "DOC-3"): {"state": "retired", "comment": "We do not.", "version": None}}),
    Scenario(CONTROL, ("End_Rejected",), data={}, given=[("document", {**IN_FORCE, "next_review_on": "2028-01-01"})],
             answers={"Task_Choose": {"which": "known", "document_id": "DOC-4"}, "Task_Write": WRITTEN, "Task_Approve": NO},
             records={("document", "DOC-4"): {"state": "published", "version": 2, "text": "# Old\n\nWe serve.", "title": POLICY["title"]}}),
    Scenario(CONTROL, ("End_Published", "End_Reminded"), start="Start_By_Time", given=[("document", {**IN_FORCE, "next_review_on": "2026-05-01"})], late=("Task_Review",),
             answers={"Task_Remind": {"measure": "asked"}, "Task_Review": {"outcome": "change"}, "Task_Write": WRITTEN, "Task_Approve": YES, "Task_Acknowledge": [READ, READ]},
             records={("document", "DOC-5"): {"state": "published", "version": 3, "approved_by": "eva", "published_text": WRITTEN["document_text"], "what_changed": "All of it."}}),
    Scenario(CONTROL, ("End_Seen",), start="Start_By_Time", given=[("document", {**IN_FORCE, "next_review_on": "2026-07-13"})],
             answers={"Task_Review": {"outcome": "keep"}}, records={("document", "DOC-6"): {"state": "published", "next_review_on": "2027-01-13"}}),
    Scenario(CONTROL, ("End_Seen",), start="Start_By_Time", given=[("document", {**IN_FORCE, "next_review_on": "2026-08-11"})],
             answers={"Task_Review": {"outcome": "retire"}}, records={("document", "DOC-7"): {"state": "retired", "next_review_on": None}}),
    Scenario(CONTROL, ("End_Published",), data={}, given=[("document", {**IN_FORCE, "next_review_on": "2028-01-01", "audience": []})], files=[("orders.pdf", PAPER)],
             answers={"Task_Choose": {"which": "known", "document_id": "DOC-8"}, "Task_Write": AS_FILE, "Task_Approve": YES},
             records={("document", "DOC-8"): {"state": "published", "version": 3, "file": FILE, "published_file": FILE, "text": None, "published_text": None}}),
    Scenario(CONTROL, ("End_Published",), data={}, files=[("orders.pdf", PAPER)],
             answers={"Task_Choose": NEW, "Task_Write": [AS_FILE, {**WRITTEN, "content": "text"}], "Task_Approve": [CHANGES, YES]},
             records={("document", "DOC-9"): {"version": 1, "published_text": WRITTEN["document_text"], "file": None, "published_file": None}}),
]  # fmt: skip
TABLES = {
    "doc_approval_level": [
        (
            {"document": {"code": "general_policy"}, "process": "GR1", "kind": "policy"},
            {"approver_role": "top_management", "period": "P1Y"},
        ),
        (
            {"document": {"code": "sms_scope"}, "process": "GR3", "kind": "scope"},
            {"approver_role": "sms_owner", "period": "P1Y"},
        ),
        ({"process": "GR6", "kind": "report"}, {"approver_role": "sms_owner", "period": None}),
        ({"process": "PR6", "kind": "policy"}, {"approver_role": "sms_owner", "period": "P1Y"}),
        ({"process": "PR6", "kind": "procedure"}, {"approver_role": "process_owner", "period": "P1Y"}),
        ({"kind": "template"}, {"approver_role": "process_manager", "period": "P2Y"}),
    ]
}
