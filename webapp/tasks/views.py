# SPDX-License-Identifier: Apache-2.0
"""Pages and actions on tasks."""

from __future__ import annotations

from flask import abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.values import Task
from webapp.cases.pictures import picture_of
from webapp.cases.present import properties
from webapp.ext import current_actor, get_engine, may
from webapp.replies import go_to, is_htmx, number, posted_data, posted_key, see
from webapp.tasks import present


def home() -> ResponseReturnValue:
    """My work: the next task on top, then the list; htmx asks for the list alone."""
    engine, actor = get_engine(), current_actor()
    wanted = present.filter_of(request.args, number("offset"))
    page = engine.tasks(actor, wanted)
    context = {"page": page, "wanted": wanted, "filtered": present.is_filtered(wanted), "why": _why}
    if is_htmx():
        return render_template("tasks/_list.html", **context)
    return render_template(
        "tasks/home.html", next=engine.next_task(actor), counts=present.counts(engine, actor), scopes=present.SCOPES,
        processes=present.processes_of(page), startable=bool(engine.startable(actor)), **context,
    )  # fmt: skip


def show(task_id: str) -> ResponseReturnValue:
    """One task: its form, or what became of it."""
    engine, actor = get_engine(), current_actor()
    task = engine.task(actor, task_id)
    view = engine.case(actor, task.case_id)
    context = {"task": task, "view": view, "why": present.why(task, actor), "sides": present.SIDES, "part": "diagram"}
    context |= {"picture": picture_of(engine, view, task.element), "props": properties(engine, view)}
    if task.state != "open":
        return render_template("tasks/gone.html", **context)
    mine = task.claimed_by == actor.person_id
    form = engine.task_form(actor, task_id) if mine else None
    candidates = engine.candidates(actor, task_id) if may("task.assign", task) else ()
    context["nobodys"] = present.nobodys(engine, view) if task.id in view.nobodys else ""
    context["compare"] = present.compared(form.schema, view.data) if form else {}
    return render_template("tasks/show.html", form=form, mine=mine, candidates=candidates, **context)


def why_due(task_id: str) -> ResponseReturnValue:
    """How the due time was counted: which times, and why not the others."""
    engine, actor = get_engine(), current_actor()
    return render_template(
        "tasks/why_due.html", task=engine.task(actor, task_id), explained=engine.why_due(actor, task_id)
    )


def side(task_id: str, part: str) -> ResponseReturnValue:
    """One tab of the case beside a task."""
    if part not in present.SIDES:
        abort(404)
    engine, actor = get_engine(), current_actor()
    task = engine.task(actor, task_id)
    view = engine.case(actor, task.case_id)
    steps = engine.steps(actor, task.case_id) if part == "history" else ()
    context = {"task": task, "view": view, "sides": present.SIDES, "part": part, "steps": steps}
    context |= {"picture": picture_of(engine, view, task.element), "props": properties(engine, view)}
    return render_template("tasks/_side.html" if is_htmx() else "tasks/side.html", **context)


def claim(task_id: str) -> ResponseReturnValue:
    """Take a task; from a list only its row changes."""
    task = get_engine().claim(current_actor(), task_id, key=posted_key())
    return _row_or_page(task, f"You are now working on “{task.name}”.")


def release(task_id: str) -> ResponseReturnValue:
    """Give a task back to its group."""
    task = get_engine().release(current_actor(), task_id, key=posted_key())
    return _row_or_page(task, f"“{task.name}” is back with its group.")


def assign(task_id: str) -> ResponseReturnValue:
    """Give a task to a person."""
    engine = get_engine()
    person = engine.people.get(request.form.get("person_id", ""))
    task = engine.assign(current_actor(), task_id, person.id, key=posted_key())
    return see(url_for("tasks.show", task_id=task.id), f"“{task.name}” is assigned to {person.name}.")


def save_draft(task_id: str) -> ResponseReturnValue:
    """Keep what is typed so far; nothing is checked."""
    data, _ = posted_data()
    get_engine().save_draft(current_actor(), task_id, data)
    return "", 204


def complete(task_id: str) -> ResponseReturnValue:
    """Hand the form in and say where to go next."""
    engine, actor = get_engine(), current_actor()
    data, key = posted_data()
    task = engine.task(actor, task_id)
    case = engine.complete(actor, task_id, data, key=key)
    view = engine.case(actor, case.id)
    nobodys = present.nobodys(engine, view)
    kind = "warning" if case.state == "failed" or nobodys else "success"
    return go_to(present.after(view, actor), f"{present.done_words(task, case)} {nobodys}".strip(), kind=kind)


def choose(task_id: str) -> ResponseReturnValue:
    """Begin an activity of an ad hoc subprocess, or finish the subprocess: then to what that brought."""
    engine, actor = get_engine(), current_actor()
    task = engine.task(actor, task_id)
    case = engine.complete(actor, task_id, key=posted_key())
    kind = "warning" if case.state == "failed" else "success"
    return see(present.begun(engine, actor, task, case), present.done_words(task, case), kind=kind)


def _row_or_page(task: Task, notice: str) -> ResponseReturnValue:
    if not is_htmx():
        return see(url_for("tasks.show", task_id=task.id), notice)
    return make_response(render_template("tasks/_changed.html", task=task, why=_why, notice=notice))


def _why(task: Task) -> str:
    return present.why(task, current_actor())
