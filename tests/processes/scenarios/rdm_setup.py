# SPDX-License-Identifier: Apache-2.0
"""PR13 Release and deployment management is set up."""

from __future__ import annotations

from tests.processes.set_ups import sent_back

STRATEGIES = [{"strategy_name": "Own applications", "for_what": "What we build"}, {"strategy_name": "Infrastructure"}]
COVERS = [{"components": "Web applications.", "covered_cis": ["CI-1"]}, {"components": "Servers."}]
MANNERS = [{"frequency": "once a month", "manner": "step by step", "window_of_time": "Tuesdays"}, {"frequency": "each change by itself", "manner": "by hand"}]  # fmt: skip
TESTS = [{"tests": ["Is it secure?"]}, {"tests": ["Can it be taken back?"], "accepted_when": "It can."}]
COMPLETE = [{"strategy_text": "# Own applications"}, {"strategy_text": "# Infrastructure"}]

SCENARIOS = [
    sent_back("PR13_RDM_set_up", documents=5, answers={
        "Task_Planning": {"planning_text": "# Planning"}, "Task_Criteria": {"types_text": "# Types", "strategies": STRATEGIES},
        "Task_Covers": COVERS, "Task_Manner": MANNERS, "Task_Testing": TESTS, "Task_Strategy": COMPLETE,
        "Task_Results": [{"record_text": "# Record"}, {"record_text": "# Record of a test"}]},
        records={("document", "DOC-2"): {"code": "rdm_types", "kind": "definition", "author": "max"},
                 ("document", "DOC-3"): {"code": "rdm_strategy_1", "text": "# Own applications", "process": "PR13"},
                 ("document", "DOC-4"): {"code": "rdm_strategy_2", "text": "# Infrastructure"},
                 ("document", "DOC-5"): {"code": "rdm_test_record", "kind": "template", "text": "# Record of a test"}}),
]  # fmt: skip
