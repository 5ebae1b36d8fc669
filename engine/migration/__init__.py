# SPDX-License-Identifier: Apache-2.0
"""Moving running cases to another version of their process: planned, rehearsed on copies, done, undone.

What may move is `engine.bpmn.moving`'s word. Here it becomes a plan for many cases, and for each case one event,
``case.migrated``, that a replay runs again: the steps before it on the old definition, those after it on the new.
"""

from engine.migration.plan import CasePlan, Group, Plan, plan_cases
from engine.migration.rehearsal import Ahead, Rehearsal, rehearse
from engine.migration.replaying import Before, rerun
from engine.migration.values import Migration, MigrationCase
from engine.migration.work import MIGRATED, MOVES, UNDONE, finish, held, move, move_planned, undo

__all__ = [
    "MIGRATED",
    "MOVES",
    "UNDONE",
    "Ahead",
    "Before",
    "CasePlan",
    "Group",
    "Migration",
    "MigrationCase",
    "Plan",
    "Rehearsal",
    "finish",
    "held",
    "move",
    "move_planned",
    "plan_cases",
    "rehearse",
    "rerun",
    "undo",
]
