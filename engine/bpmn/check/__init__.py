# SPDX-License-Identifier: Apache-2.0
"""What a diagram must be before it is published: an allow-list, so that nothing that is drawn is silently ignored.

    findings = check(parse(data, name), name, known=Known(forms=…, decisions=…, …))

`vocabulary` says what may stand where, `extensions` what may stand in extension elements; `rules` holds the rules, by
noun, each a function with the sentence it enforces as docstring. `docs/bpmn.md` is written from these tables by
`python -m engine.bpmn.check.doc`. A new rule: write the function, put it into `rules.RULES`, show a valid and an
invalid diagram in the tests.

Why an allow-list: SpiffWorkflow accepts compensation, links, conditions on the flow out of a task, two nodes with one
id and a process called `Start`, and then does something else than the diagram says. What the engine does itself
(`engine.bpmn.reduce`) is accepted, each combination only because a test plays it to its end
(`tests/engine/bpmn/test_combinations.py`, `test_starts_and_forks.py`).

Nothing here runs a diagram or asks a database; what exists beside the diagram comes in as `Known`.
"""

from engine.bpmn.check.checker import check
from engine.bpmn.check.known import Known, field_names
from engine.bpmn.check.rules import RULES

__all__ = ["RULES", "Known", "check", "field_names"]
