# SPDX-License-Identifier: Apache-2.0
"""Cases: start, follow, mend, cancel, and what an auditor asks."""

from __future__ import annotations

from flask import Response, request, url_for

from engine.values import CaseFilter
from webapp.api.exchange import answer, body, choice, key, number, page_of, part, span
from webapp.ext import current_actor, get_engine

_STATES = ("any", "running", "completed", "failed", "cancelled")


def listed() -> Response:
    wanted = CaseFilter(
        state=choice("state", _STATES, "any"),
        process_id=request.args.get("process_id"),
        search=request.args.get("search", ""),
        **span(),
    )
    return page_of(get_engine().cases(current_actor(), wanted))


def start() -> Response:
    content = body()
    process_id, data = part(content, "process_id", str), part(content, "data", dict, {})
    case = get_engine().start(current_actor(), process_id, data, key=key())
    return answer(case, 201, location=url_for("api.cases_show", case_id=case.id))


def show(case_id: str) -> Response:
    return answer(get_engine().case(current_actor(), case_id))


def cancel(case_id: str) -> Response:
    get_engine().cancel(current_actor(), case_id, part(body(), "reason", str), key=key())
    return show(case_id)


def retry(case_id: str) -> Response:
    return answer(get_engine().retry(current_actor(), case_id, key=key()))


def correct(case_id: str) -> Response:
    content = body()
    changes, reason = part(content, "changes", dict), part(content, "reason", str)
    return answer(get_engine().correct(current_actor(), case_id, changes, reason, key=key()))


def history(case_id: str) -> Response:
    return answer({"items": get_engine().history(current_actor(), case_id)})


def steps(case_id: str) -> Response:
    return answer({"items": get_engine().steps(current_actor(), case_id)})


def data(case_id: str) -> Response:
    at = number("at", 0)
    engine, actor = get_engine(), current_actor()
    found = {"data": engine.data_at(actor, case_id, at), "locals": engine.locals_at(actor, case_id, at)}
    return answer({"at": at, **found})


def verify(case_id: str) -> Response:
    verdict = get_engine().verify(current_actor(), case_id)
    return answer({"ok": verdict.ok, "verdict": verdict})


ROUTES = (
    ("GET", "/cases", listed),
    ("POST", "/cases", start),
    ("GET", "/cases/<case_id>", show),
    ("POST", "/cases/<case_id>/cancel", cancel),
    ("POST", "/cases/<case_id>/retry", retry),
    ("POST", "/cases/<case_id>/correct", correct),
    ("GET", "/cases/<case_id>/history", history),
    ("GET", "/cases/<case_id>/steps", steps),
    ("GET", "/cases/<case_id>/data", data),
    ("GET", "/cases/<case_id>/verify", verify),
)
