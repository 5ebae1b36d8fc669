# SPDX-License-Identifier: Apache-2.0
"""The one table from errors to HTTP: status, title and what a person can do about it.

People get a page (or a notice, when htmx asked for a piece), scripts get ``application/problem+json`` (RFC 9457).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine import errors as engine_errors
from engine.errors import EngineError
from webapp.ext import SignedOut
from webapp.log import log
from webapp.replies import is_htmx, wants_page

STATUS: dict[type[Exception], int] = {
    engine_errors.NotFound: 404,
    engine_errors.NotAllowed: 403,
    engine_errors.Conflict: 409,
    engine_errors.Invalid: 422,
    engine_errors.ExpressionError: 422,
    engine_errors.StepFailed: 422,
    engine_errors.NotReproduced: 409,
    engine_errors.SealBroken: 409,
    engine_errors.KeyUnusable: 503,
    engine_errors.StorageFailed: 503,
    EngineError: 500,
}

TITLES: dict[int, str] = {
    400: "That request could not be read",
    401: "Please sign in",
    403: "You may not do this",
    404: "Nothing is here",
    405: "That does not work here",
    409: "Things have changed meanwhile",
    413: "That is too large",
    415: "That request could not be read",
    419: "This page has been open too long",
    422: "Something needs correcting",
    429: "Too many attempts",
    500: "Something went wrong on our side",
    503: "It could not be saved",
    507: "The storage is full",
}

#: Titles that say more than the status does.
KIND_TITLES: dict[type[EngineError], str] = {
    engine_errors.TaskTaken: "Somebody else works on it",
    engine_errors.TaskGone: "This task is over",
    engine_errors.CaseEnded: "The case does not wait for this",
    engine_errors.VersionConflict: "Somebody was faster",
    engine_errors.StepFailed: "The case cannot go on",
    engine_errors.NotReproduced: "The history is not intact",
    engine_errors.SealBroken: "The history is not intact",
    engine_errors.KeyUnusable: "The signing key cannot be used",
}

WAYS_OUT: dict[int, str] = {
    400: "Go back and try again. If it happens again, tell your administrator the request number below.",
    401: "Your session has ended or you were never signed in.",
    403: "If your work needs this, ask an administrator for the role.",
    404: "The address may be mistyped, or what it named never existed. Nothing was changed.",
    409: "Nothing of yours was saved. Look at the present state, then decide again.",
    413: "Send less at once.",
    419: "Nothing was changed. Go back, reload the page and send again.",
    422: "Nothing was changed. Correct what is named here and send again.",
    500: "Nothing was changed. Try again; if it happens again, tell your administrator the request number below.",
    503: "Nothing was changed; what you typed is still in the page you came from. Try again in a moment.",
    507: "Nothing was changed; what you typed is still in the page you came from. Tell your administrator.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the outside sees it; ``extra`` goes into problem+json only."""

    status: int
    title: str
    detail: str
    hint: str = ""
    code: str = "http"
    extra: tuple[tuple[str, Any], ...] = ()


def install(app: Flask) -> None:
    """Every error of this application passes here."""
    app.register_error_handler(EngineError, _engine_error)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: EngineError) -> int:
    """The status of the nearest class in the table; a full disk is told apart from other storage faults."""
    if isinstance(error, engine_errors.StorageFailed) and "full" in error.sentence.lower():
        return 507
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_of(error: EngineError) -> Problem:
    """An engine error with everything an island needs to show it at the right place."""
    status = status_of(error)
    hint = error.hint or WAYS_OUT.get(status, "")
    title = KIND_TITLES.get(type(error), TITLES[status])
    return Problem(status, title, error.sentence, hint, error.code, tuple(_extra(error).items()))


def answer(problem: Problem) -> ResponseReturnValue:
    """The problem as a page, a notice or JSON, whichever was asked for."""
    if not wants_page():
        return _as_json(problem)
    template = "errors/_notice.html" if is_htmx() else "errors/page.html"
    response = make_response(render_template(template, problem=problem, request_id=g.get("request_id")))
    response.status = f"{problem.status} {problem.title}"
    return response


def _extra(error: EngineError) -> dict[str, Any]:
    if isinstance(error, engine_errors.FormInvalid | engine_errors.RecordInvalid):
        return {"errors": [{"path": list(e.path), "message": e.message} for e in error.errors]}
    if isinstance(error, engine_errors.DiagramInvalid):
        return {"findings": [finding_json(finding) for finding in error.findings]}
    if isinstance(error, engine_errors.Conflict):
        return {"message": " ".join(filter(None, (error.sentence, error.hint))), "location": _place()}
    return {}


def finding_json(finding: Any) -> dict[str, Any]:
    """A finding as the modeler island and the API show it."""
    names = ("severity", "line", "element", "rule", "message", "hint")
    return {name: getattr(finding, name) for name in names}


def _place() -> str:
    """Where the present state of the thing in conflict can be seen: the page this request belongs to."""
    named = request.view_args or {}
    if request.blueprint in ("tasks", "cases") and (task_id := named.get("task_id")):
        return url_for("tasks.show", task_id=task_id)
    if case_id := named.get("case_id"):
        return url_for("cases.show", case_id=case_id)
    if process_id := named.get("process_id") or _process_of_file(request.args.get("file")):
        return url_for("studio.show", process_id=process_id)
    return url_for("tasks.home")


def _process_of_file(file: str | None) -> str | None:
    """The editor publishes by file: what is in conflict is that file's process."""
    from webapp.studio.present import process_id_of

    return process_id_of(file) if file and request.blueprint == "studio" else None


def _as_json(problem: Problem) -> ResponseReturnValue:
    body = {
        "type": f"urn:fitsm-flow:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "hint": problem.hint,
        "code": problem.code,
        "request_id": g.get("request_id"),
        **dict(problem.extra),
    }
    response = jsonify(body)
    response.status = f"{problem.status} {problem.title}"
    response.mimetype = "application/problem+json"
    return response


def _engine_error(error: EngineError) -> ResponseReturnValue:
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("engine error", code=error.code, sentence=error.sentence, exc_info=error)
    return answer(problem)


def _signed_out(_error: SignedOut) -> ResponseReturnValue:
    here = request.full_path.rstrip("?") if request.method == "GET" else None
    sign_in = url_for("auth.sign_in", next=here if here != "/" else None)
    if is_htmx():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("auth.sign_in")
        return response
    if wants_page():
        return redirect(sign_in, 303)
    detail = "You are signed out. What you typed is still in this page: sign in in another tab, then send again."
    return _as_json(Problem(401, TITLES[401], detail, code="signed_out", extra=(("location", sign_in),)))


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    detail = "The security token of this page is missing or no longer valid, so nothing was done."
    return answer(Problem(419, TITLES[419], detail, WAYS_OUT[419], "csrf"))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    title = TITLES.get(status, error.name)
    detail = {404: "No page has this address.", 405: "This address cannot be used in that way."}.get(
        status, error.description or error.name
    )
    return answer(Problem(status, title, detail, WAYS_OUT.get(status, "")))


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.error("unforeseen error", exc_info=error)
    return answer(
        Problem(500, TITLES[500], "An error that nobody foresaw stopped this request.", WAYS_OUT[500], "unforeseen")
    )
