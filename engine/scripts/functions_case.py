# SPDX-License-Identifier: Apache-2.0
"""Library functions on the case itself: its variables, its id, who runs the step."""

from __future__ import annotations

from engine.scripts.context import Scope
from engine.scripts.functions import Shelf, a_text
from engine.values import Json

CASE = Shelf()


@CASE.add(
    "get_var",
    "The case variable of that name, or the default if the case has no such variable.",
    ('get_var("not_there_yet", 0)', 0),
    scoped=True,
)
def _get_var(scope: Scope, name: Json, default: Json = None) -> Json:
    return scope.variables.get(a_text(name, "get_var()"), default)


@CASE.add(
    "actor", "The id of the person who runs this step; nothing for a timer or message.", ("actor()", "ada"), scoped=True
)
def _actor(scope: Scope) -> Json:
    return scope.context.actor


@CASE.add("case_id", "The id of the case.", ("case_id()", "C-1"), scoped=True)
def _case_id(scope: Scope) -> Json:
    return scope.context.case_id


@CASE.add(
    "initiator",
    "The id of the person who started the case; nothing if a timer or message did.",
    ("initiator()", "grace"),
    scoped=True,
)
def _initiator(scope: Scope) -> Json:
    return scope.context.initiator
