# SPDX-License-Identifier: Apache-2.0
"""Tasks as the pages show them: filters from the query string, why a task is mine, where to go after completing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from flask import url_for

from engine import Engine
from engine.values import Actor, Case, CaseView, Page, Task, TaskFilter
from webapp.filters import person_name, role_title

#: What a person does with what is only offered, by its purpose: the word on the button, and what was done then.
CHOICES = {"begin": ("Begin", "begun"), "finish": ("Finish", "finished")}
SCOPES = {"all": "Everything for me", "mine": "Mine", "group": "My groups"}
SIDES = {"diagram": "Where it stands", "data": "Key data", "history": "History"}
PAGE_SIZE = 50


def filter_of(args: Mapping[str, str], offset: int = 0) -> TaskFilter:
    """The filter that a query string asks for; unknown scopes show everything."""
    scope = args.get("scope", "all")
    return TaskFilter(
        scope=cast("TaskFilter.scope", scope) if scope in SCOPES else "all",  # type: ignore[valid-type]
        role=args.get("role") or None,
        process_id=args.get("process") or None,
        search=args.get("q", "").strip(),
        overdue=args.get("overdue") == "1",
        limit=PAGE_SIZE,
        offset=offset,
    )


def is_filtered(wanted: TaskFilter) -> bool:
    """Has anything been narrowed down beyond the scope?"""
    return bool(wanted.role or wanted.process_id or wanted.search or wanted.overdue)


def why(task: Task, actor: Actor) -> str:
    """Why this task is offered to this person, as a short sentence."""
    if task.purpose in CHOICES:
        return (
            f"May be {CHOICES[task.purpose][1]}, if it helps"
            if task.purpose == "begin"
            else "May be finished when all is done"
        )
    if task.claimed_by == actor.person_id:
        return "You are working on it"
    if task.claimed_by:
        return f"{person_name(task.claimed_by)} is working on it"
    if task.assignee == actor.person_id:
        return "Assigned to you"
    if task.assignee:
        return f"Assigned to {person_name(task.assignee)}"
    return f"Offered to {role_title(task.role)}"


def counts(engine: Engine, actor: Actor) -> dict[str, Page[Task]]:
    """How many tasks are mine, my groups' and overdue: pages without items."""
    wanted = {"mine": TaskFilter("mine", limit=0), "group": TaskFilter("group", limit=0)}
    wanted["overdue"] = TaskFilter("all", overdue=True, limit=0)
    return {name: engine.tasks(actor, each) for name, each in wanted.items()}


def processes_of(page: Page[Task]) -> dict[str, str]:
    """The processes that have tasks on this page, by id."""
    return {task.process_id: task.process_name or task.process_id for task in page.items}


def after(view: CaseView, actor: Actor) -> str:
    """Where to go when a task is done: this case's next task of the same person, else the case."""
    for task in view.tasks if view.case.state == "running" else ():
        if is_work(task) and actor.person_id in (task.claimed_by, task.assignee):
            return url_for("tasks.show", task_id=task.id)
    return url_for("cases.show", case_id=view.case.id)


def nobodys(engine: Engine, view: CaseView) -> str:
    """Which steps of the case wait for nobody, why, and what to do about it; empty if none does."""
    waiting = [task for task in view.tasks if task.id in view.nobodys]
    if not waiting:
        return ""
    held = engine.people.roles()
    told = []
    for task in waiting:
        name, role = f"“{task.name}”", role_title(task.role) if task.role else ""
        if not role:
            told.append(f"{name} is offered to no role.")
        elif task.role not in held:
            told.append(f"{name} waits for the role {role}, which nobody holds.")
        else:
            told.append(f"{name} waits for the role {role}, and whoever holds it may not check their own work.")
    return " ".join([*dict.fromkeys(told), "Somebody who gives roles or assigns tasks can help."])


def compared(schema: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, str]:
    """For each field with ``x-compare``: the text that the case has under that name, to which changes are shown."""
    named = {name: str(field["x-compare"]) for name, field in _fields(schema) if "x-compare" in field}
    return {name: str(data[source] or "") for name, source in named.items() if source in data}


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fields of a form, also those that it has only under a condition."""
    yield from schema.get("properties", {}).items()
    for part in (*schema.get("allOf", ()), *(schema[name] for name in ("then", "else") if name in schema)):
        yield from _fields(part)


def is_work(task: Task) -> bool:
    """Is it open and to be done, not only offered?"""
    return task.state == "open" and task.purpose == "work"


def begun(engine: Engine, actor: Actor, task: Task, case: Case) -> str:
    """Where to go when something was begun or finished: to the task that it is, else to the case's next or the case."""
    view = engine.case(actor, case.id)
    if case.state == "running":
        mine = [t for t in view.tasks if is_work(t) and t.claimed_by == actor.person_id]
        for new in reversed([t for t in mine if t.element == task.element]):
            return url_for("tasks.show", task_id=new.id)
    return after(view, actor)


def done_words(task: Task, case: Case) -> str:
    """The notice after completing a task."""
    if case.state == "completed":
        return f"“{task.name}” is done, and with it the whole case."
    if case.state == "failed":
        return f"What you entered in “{task.name}” is kept, but the case cannot go on. This page says why."
    return f"“{task.name}” is {CHOICES[task.purpose][1] if task.purpose in CHOICES else 'done'}."
