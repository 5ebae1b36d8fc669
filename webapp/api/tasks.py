# SPDX-License-Identifier: Apache-2.0
"""Tasks: find, claim, draft, complete."""

from __future__ import annotations

from flask import Response, request

from engine.values import TaskFilter
from webapp.api.exchange import answer, body, choice, key, page_of, part, span
from webapp.ext import current_actor, get_engine


def listed() -> Response:
    wanted = TaskFilter(
        scope=choice("scope", ("mine", "group", "all"), "all"),
        role=request.args.get("role"),
        process_id=request.args.get("process_id"),
        search=request.args.get("search", ""),
        overdue=choice("overdue", ("true", "false"), "false") == "true",
        **span(),
    )
    return page_of(get_engine().tasks(current_actor(), wanted))


def show(task_id: str) -> Response:
    return answer(get_engine().task(current_actor(), task_id))


def form(task_id: str) -> Response:
    return answer(get_engine().task_form(current_actor(), task_id))


def why_due(task_id: str) -> Response:
    """How the due time was counted in working time."""
    return answer({"items": get_engine().why_due(current_actor(), task_id)})


def claim(task_id: str) -> Response:
    return answer(get_engine().claim(current_actor(), task_id, key=key()))


def release(task_id: str) -> Response:
    get_engine().release(current_actor(), task_id, key=key())
    return show(task_id)


def assign(task_id: str) -> Response:
    return answer(get_engine().assign(current_actor(), task_id, part(body(), "person_id", str), key=key()))


def draft(task_id: str) -> Response:
    saved = get_engine().save_draft(current_actor(), task_id, part(body(), "data", dict), key=key())
    return answer({"saved_at": saved})


def complete(task_id: str) -> Response:
    data = part(body(), "data", dict, {})
    return answer(get_engine().complete(current_actor(), task_id, data, key=key()))


ROUTES = (
    ("GET", "/tasks", listed),
    ("GET", "/tasks/<task_id>", show),
    ("GET", "/tasks/<task_id>/form", form),
    ("GET", "/tasks/<task_id>/why-due", why_due),
    ("POST", "/tasks/<task_id>/claim", claim),
    ("POST", "/tasks/<task_id>/release", release),
    ("POST", "/tasks/<task_id>/assign", assign),
    ("PUT", "/tasks/<task_id>/draft", draft),
    ("POST", "/tasks/<task_id>/complete", complete),
)
