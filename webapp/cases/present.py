# SPDX-License-Identifier: Apache-2.0
"""Cases as the pages show them: filters, the key data, and corrections typed by a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast, get_args

from flask import url_for

from engine import Engine
from engine.errors import FormInvalid
from engine.values import Actor, Case, CaseFilter, CaseState, CaseView, FieldError

STATES = ("any", *get_args(CaseState))
PAGE_SIZE = 50


def filter_of(args: Mapping[str, str], offset: int = 0) -> CaseFilter:
    """The filter that a query string asks for; unknown states show all cases."""
    state = args.get("state", "any")
    return CaseFilter(
        state=cast("CaseState", state) if state in STATES else "any",
        process_id=args.get("process") or None,
        search=args.get("q", "").strip(),
        involved=args.get("mine") == "1",
        limit=PAGE_SIZE,
        offset=offset,
    )


def is_filtered(wanted: CaseFilter) -> bool:
    """Is the list narrowed down?"""
    return bool(wanted.state != "any" or wanted.involved or wanted.process_id or wanted.search)


def first_task(view: CaseView, actor: Actor) -> str:
    """The address of the task this person goes on with in a new case, else of the case."""
    for task in view.tasks:
        if task.state == "open" and task.purpose == "work" and actor.person_id in (task.claimed_by, task.assignee):
            return url_for("tasks.show", task_id=task.id)
    return url_for("cases.show", case_id=view.case.id)


def name_of(case: Case) -> str:
    """What people call a case: its business key and title, as far as there are any."""
    return " ".join(filter(None, (case.business_key, case.title))) or case.process_name or case.process_id


def properties(engine: Engine, view: CaseView) -> dict[str, Any]:
    """What describes the case's variables: the properties of the registers it wrote to, which carry the same names."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(record.register for record in view.records):
        found = {**engine.register(name).schema.get("properties", {}), **found}
    return found


def known(view: CaseView) -> dict[str, Any]:
    """What a correction may change: the case's variables, and the values at which its step failed."""
    return {**view.data, **(view.case.fault.names if view.case.fault else {})}


def written(data: Mapping[str, Any]) -> dict[str, str]:
    """Case variables as texts to edit: texts as they are, everything else as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for name, value in data.items()
    }


def corrections(form: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The variables a person changed, read back to the kind they had. Raises FormInvalid for unreadable values."""
    shown, changes, faults = written(before), {}, []
    for name, old in shown.items():
        typed = form.get(f"var.{name}", old).replace("\r\n", "\n")
        if typed == old:
            continue
        try:
            changes[name] = typed if isinstance(before[name], str) else json.loads(typed)
        except ValueError:
            faults.append(FieldError((name,), "This is no JSON value; texts go in double quotes."))
    if new := form.get("new_name", "").strip():
        changes[new] = _loose(form.get("new_value", ""))
    if faults:
        raise FormInvalid(faults)
    return changes


def _loose(typed: str) -> Any:
    try:
        return json.loads(typed)
    except ValueError:
        return typed


def typed(form: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, str]:
    """What stood in the fields when the form came in, so that nothing typed is lost."""
    return {name: form.get(f"var.{name}", old) for name, old in written(before).items()}
