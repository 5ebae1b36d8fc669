# SPDX-License-Identifier: Apache-2.0
"""Migrations: plan, rehearse, do and undo the move of running cases to another version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import BadRequest

from engine import Plan
from engine.errors import Conflict
from webapp.api.exchange import answer, body, key, part
from webapp.ext import current_actor, get_engine

#: Cases moved in one request unless the caller says otherwise.
BATCH = 100


def plan(process_id: str) -> Response:
    """What would become of the running cases; nothing changes."""
    made = _plan(process_id, body())
    sides = {
        name: [case.case_id for case in side] for name, side in (("moving", made.moving), ("refused", made.refused))
    }
    return answer({"plan": made, **sides})


def rehearse(process_id: str) -> Response:
    """The plan, tried on copies; nothing is kept."""
    content = body()
    made = _plan(process_id, content)
    steps, answers = _count(content, "steps", 0), part(content, "answers", dict, {})
    return answer({"plan": made.id, "items": get_engine().rehearse_migration(current_actor(), made, steps, answers)})


def begin(process_id: str) -> Response:
    """Move the cases that can move: the first of them at once, the others with ``continue``."""
    content = body()
    made, wanted, limit = _plan(process_id, content), part(content, "plan", str, ""), _count(content, "limit", BATCH)
    if wanted and wanted != made.id:
        raise Conflict("The cases have gone on since that plan was made.", hint="Plan again and look at what changed.")
    begun = get_engine().begin_migration(current_actor(), made, part(content, "comment", str, ""), key())
    moved = get_engine().continue_migration(current_actor(), begun.id, limit=limit)
    return answer(moved, 201, location=url_for("api.migrations_show", migration_id=begun.id))


def go_on(migration_id: str) -> Response:
    """Move, or move back, the next cases of a migration."""
    limit = _count(body(), "limit", BATCH)
    return answer(get_engine().continue_migration(current_actor(), migration_id, limit=limit))


def undo(migration_id: str) -> Response:
    """Move the cases back that have not taken a step since: the first at once, the others with ``continue``."""
    limit = _count(body(), "limit", BATCH)
    get_engine().begin_undo(current_actor(), migration_id, key())
    return answer(get_engine().continue_migration(current_actor(), migration_id, limit=limit))


def listed() -> Response:
    return answer({"items": get_engine().migrations(current_actor(), request.args.get("process_id"))})


def show(migration_id: str) -> Response:
    return answer(get_engine().migration(current_actor(), migration_id))


def _plan(process_id: str, content: Mapping[str, Any]) -> Plan:
    mapping, cases = part(content, "mapping", dict, {}), content.get("cases")
    if cases is not None and not (isinstance(cases, list) and all(isinstance(one, str) for one in cases)):
        raise BadRequest("'cases' must be a list of case ids.")
    if not all(isinstance(new, str) for new in mapping.values()):
        raise BadRequest("'mapping' must lead from element ids to element ids.")
    version = _count(content, "to_version", 0) or None
    return get_engine().plan_migration(current_actor(), process_id, version, cases, mapping)


def _count(content: Mapping[str, Any], name: str, default: int) -> int:
    value = content.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadRequest(f"'{name}' must be a whole number that is not negative.")
    return value


ROUTES = (
    ("POST", "/processes/<process_id>/migrations/plan", plan),
    ("POST", "/processes/<process_id>/migrations/rehearse", rehearse),
    ("POST", "/processes/<process_id>/migrations", begin),
    ("GET", "/migrations", listed),
    ("GET", "/migrations/<migration_id>", show),
    ("POST", "/migrations/<migration_id>/continue", go_on),
    ("POST", "/migrations/<migration_id>/undo", undo),
)
