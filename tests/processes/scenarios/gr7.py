# SPDX-License-Identifier: Apache-2.0
"""GR7 Continual improvement: nonconformities go through improvement until they are gone or accepted."""

from __future__ import annotations

from typing import Any

from tests.processes.drive import Scenario
from tests.processes.set_ups import APPROVED as PUBLISHED
from tests.processes.set_ups import MENDED, NOT_YET, planned
from tests.processes.set_ups import REJECTED as REFUSED

ENSURE = "GR7_ACT_ensure_improvement"
AUDIT = ("audit", {"title": "Audit", "kind": "internal", "auditor": "eva", "planned_on": "2029-03-20", "state": "planned"})
IMPROVEMENT = ("improvement", {"title": "Ask for the floor", "description": "Reports lack it.", "source": "idea", "subject": "process",
                               "benefit": "high", "effort": "low", "state": "approved"})  # fmt: skip
RAISED = {"title": "No priority", "description": "INC-7 has none.", "source": "audit", "severity": "major", "requirement": "FitSM-1, PR9.2",
          "evidence": "INC-7", "audit_id": "AUD-1", "origin_process": "PR9", "origin_ref": "AUD-1"}  # fmt: skip
TAKEN = {"title": "No priority", "description": "INC-7 has none.", "severity": "major", "evidence": "INC-7", "expected": "Twenty of twenty have one."}
MINOR = {**TAKEN, "severity": "minor", "correction": "Given one."}
APPROVED, REJECTED, KNOWN = (
    {"decision": decision, "improvement_id": "IMP-1", "comment": "So be it."} for decision in ("approved", "rejected", "duplicate")
)
DONE = {"improvement_id": "IMP-1", "result": "implemented", "comment": "The form asks."}
GONE, AGAIN = ({"gone": gone, "verification": "Twenty tickets."} for gone in ("yes", "no"))


def ensured(*ends: str, **parts: Any) -> Scenario:
    return Scenario(ENSURE, ends, **parts)


SCENARIOS = [
    ensured("End_Verified", "End_Hurried", "End_Overdue", message="nonconformity.raised", payload=RAISED, given=(AUDIT, IMPROVEMENT),
            late=("Receive_Decision", "Receive_Done"), messages={"Receive_Decision": [APPROVED, KNOWN], "Receive_Done": DONE},
            answers={"Task_Hurry": {"step": "asked"}, "Task_Overdue": {"remedy": "given"}, "Task_TakeUp": TAKEN, "Task_Verify": [AGAIN, GONE]},
            records={("nonconformity", "NCO-1"): {"state": "verified", "source": "audit", "audit": "AUD-1", "severity": "major", "improvement": "IMP-1",
                                                  "requirement": "FitSM-1, PR9.2", "verification": "Twenty tickets."}}),
    ensured("End_Accepted", answers={"Task_TakeUp": MINOR, "Task_Accept": [{"verdict": "overrule", "verification": "The contract asks for it."},
                                                                           {"verdict": "accept", "accepted_reason": "Costs too much."}]},
            messages={"Receive_Decision": [REJECTED, REJECTED]},
            records={("nonconformity", "NCO-2"): {"state": "accepted", "source": "other", "accepted_reason": "Costs too much."}}),
    Scenario("GR7_ACT_set_up", ("End_Done",), start="Start_By_Time", given=(planned("GR7"),),
             answers={"Task_Promote": {"statement_text": "# How we improve", "statement_audience": ["user"]},
                      "Task_Sources": {"sources_text": "# Sources"}, "Task_Approve": [NOT_YET, {"approval": "yes"}], "Task_Mend": MENDED},
             messages={"Event_Published": [PUBLISHED, REFUSED]},
             records={("document", "DOC-1"): {"code": "improvement_statement", "kind": "statement", "process": "GR7", "audience": ["user"], "author": "max"},
                      ("document", "DOC-2"): {"code": "improvement_sources", "kind": "definition"},
                      ("setup", "SET-1"): {"state": "done", "done_on": "2026-03-02"}}),
]  # fmt: skip
TABLES = {
    "act_time_limits": [
        ({"severity": "major"}, {"decide_within": "P10D", "done_within": "P4M"}),
        ({"severity": "minor"}, {"decide_within": "P20D", "done_within": "P6M"}),
    ]
}
