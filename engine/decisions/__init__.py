# SPDX-License-Identifier: Apache-2.0
"""Decision tables: what they are (`table`), how they decide (`evaluation`), what is wrong with them (`checks`).

Pure: no XML (`engine.bpmn.dmn` reads that), no database. Every hit policy is checked: a UNIQUE table with two hits
and an ANY table with two answers are errors that name the rules, never a silent first match.
"""

from engine.decisions.checks import check
from engine.decisions.evaluation import evaluate
from engine.decisions.table import (
    AGGREGATIONS,
    HIT_POLICIES,
    Aggregation,
    DecisionResult,
    DecisionTable,
    Hit,
    HitPolicy,
    Input,
    Output,
    Rule,
)

__all__ = [
    "AGGREGATIONS",
    "HIT_POLICIES",
    "Aggregation",
    "DecisionResult",
    "DecisionTable",
    "Hit",
    "HitPolicy",
    "Input",
    "Output",
    "Rule",
    "check",
    "evaluate",
]
