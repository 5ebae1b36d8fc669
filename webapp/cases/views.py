# SPDX-License-Identifier: Apache-2.0
"""Pages and actions on cases."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import with_drawing
from engine.errors import FormInvalid
from engine.values import FieldError
from webapp.cases import pictures, present
from webapp.ext import current_actor, get_engine, may, require
from webapp.replies import is_htmx, number, posted_key, see
from webapp.tasks.present import nobodys


def index() -> ResponseReturnValue:
    """All cases this person may see; htmx asks for the list alone."""
    engine, actor = get_engine(), current_actor()
    wanted = present.filter_of(request.args, number("offset"))
    context = {"page": engine.cases(actor, wanted), "wanted": wanted, "filtered": present.is_filtered(wanted)}
    if is_htmx():
        return render_template("cases/_list.html", **context)
    definitions, startable = engine.definitions(), bool(engine.startable(actor))
    return render_template(
        "cases/index.html", states=present.STATES, definitions=definitions, startable=startable, **context
    )


def startable() -> ResponseReturnValue:
    """What this person may start by hand."""
    return render_template("cases/start.html", definitions=get_engine().startable(current_actor()))


def start(process_id: str) -> ResponseReturnValue:
    """Start a case and go to its first form."""
    engine, actor = get_engine(), current_actor()
    case = engine.start(actor, process_id, key=posted_key())
    view = engine.case(actor, case.id)
    return see(present.first_task(view, actor), nobodys(engine, view), kind="warning")


def show(case_id: str) -> ResponseReturnValue:
    """Everything about one case."""
    engine, actor = get_engine(), current_actor()
    view = engine.case(actor, case_id)
    return render_template(
        "cases/show.html",
        view=view,
        case=view.case,
        steps=engine.steps(actor, case_id),
        newest=engine.definition(view.case.process_id).version,
        props=present.properties(engine, view),
        pictures=pictures.pictures(engine, view),
        nobodys=nobodys(engine, view),
        may_cancel=may("case.cancel", case_id),
        may_correct=may("case.correct", case_id),
        may_audit=may("history.read", case_id),
    )


def diagram(case_id: str) -> ResponseReturnValue:
    """The diagram of the version this case runs on; with ``step``, of the one that it was on after that step.

    ``process``: that of a process that it calls.
    """
    engine, step, process = get_engine(), request.args.get("step", type=int), request.args.get("process", "")
    case = engine.case(current_actor(), case_id).case
    then = {s.seq: s.digest for s in engine.steps(current_actor(), case_id)} if step is not None else {}
    digest = then.get(step or 0) or case.digest
    return Response(
        with_drawing(engine.diagram_of(digest, process), process or case.process_id), mimetype="application/xml"
    )


def correction(case_id: str) -> ResponseReturnValue:
    """The form for correcting case variables."""
    require("case.correct", case_id)
    view = get_engine().case(current_actor(), case_id)
    return _correction_page(view, present.written(present.known(view)), {})


def correct(case_id: str) -> ResponseReturnValue:
    """Change case variables; the correction becomes part of the history."""
    engine, actor, form = get_engine(), current_actor(), request.form
    view = engine.case(actor, case_id)
    try:
        changes = present.corrections(form, present.known(view))
        _demand(form.get("reason", "").strip(), changes)
    except FormInvalid as fault:
        return _correction_page(
            view, present.typed(form, present.known(view)), {e.path[0]: e.message for e in fault.errors}
        ), 422
    case = engine.correct(actor, case_id, changes, form["reason"].strip(), key=posted_key())
    notice = "The correction is recorded." + (
        " Now the failed step can be run again." if case.state == "failed" else ""
    )
    return see(url_for("cases.show", case_id=case_id), notice)


def retry(case_id: str) -> ResponseReturnValue:
    """Run the step again at which the case stands still."""
    newest = request.form.get("newest") == "yes"
    case = get_engine().retry(current_actor(), case_id, newest=newest, key=posted_key())
    here = url_for("cases.show", case_id=case_id)
    if case.state == "failed":
        return see(here, "The step failed again. See below what it says now.", kind="warning")
    return see(here, "The step went through; the case goes on.")


def cancel(case_id: str) -> ResponseReturnValue:
    """End a case early, with a reason that stays in its history."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise FormInvalid([FieldError(("reason",), "Say why the case is cancelled; the history keeps it.")])
    get_engine().cancel(current_actor(), case_id, reason, key=posted_key())
    return see(url_for("cases.show", case_id=case_id), "The case is cancelled.")


def _demand(reason: str, changes: dict[str, object]) -> None:
    faults = [] if reason else [FieldError(("reason",), "Say why; the history keeps it.")]
    faults += [] if changes else [FieldError(("form",), "Nothing was changed yet.")]
    if faults:
        raise FormInvalid(faults)


def _correction_page(view: object, values: dict[str, str], faults: dict[object, str]) -> str:
    return render_template("cases/correct.html", view=view, values=values, faults=faults)
