# SPDX-License-Identifier: Apache-2.0
"""The page of roles, and its one click."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from webapp.cases.present import first_task
from webapp.ext import current_actor, get_engine, may, require, site_zone
from webapp.replies import posted_key, see
from webapp.roles import present


def index() -> ResponseReturnValue:
    """Every role, gaps first."""
    require("people.manage" if may("people.manage") else "register.read")
    engine, actor = get_engine(), current_actor()
    today = engine.clock.now().astimezone(site_zone()).date()
    found = present.standings(engine, actor, today)
    return render_template(
        "roles/index.html", standings=found, gaps=[one for one in found if one.is_gap],
        may_assign=may("case.start", present.ASSIGN), may_manage=may("people.manage"),
    )  # fmt: skip


def assign(role_id: str) -> ResponseReturnValue:
    """Begin the assignment of a role; its form comes with the role filled in."""
    require("case.start", present.ASSIGN)
    engine, actor = get_engine(), current_actor()
    role = next((one for one in engine.roles() if one.id == role_id), None)
    if role is None:
        raise NotFound(f"There is no role '{role_id}'.")
    case = engine.start(actor, present.ASSIGN, present.begun_with(engine, actor, role), key=posted_key())
    return see(first_task(engine.case(actor, case.id), actor))
