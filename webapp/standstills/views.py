# SPDX-License-Identifier: Apache-2.0
"""The page of what stands still, and what may be done about a failed call."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.values import CaseFilter
from webapp.ext import current_actor, get_engine, may
from webapp.replies import posted_key, see
from webapp.standstills import present

SHOWN = 50  #: held cases on the page


def index() -> ResponseReturnValue:
    """Failed calls, calls that are being tried again, held cases."""
    engine, actor = get_engine(), current_actor()
    calls = engine.troubled_calls(actor)
    return render_template(
        "standstills/index.html", failed=present.failed(calls), retrying=present.retrying(calls),
        held=engine.cases(actor, CaseFilter(state="failed", limit=SHOWN)), may_correct=may("case.correct"),
        definitions={d.process_id: d for d in engine.definitions()},
    )  # fmt: skip


def retry(call_id: str) -> ResponseReturnValue:
    """Make a failed call again."""
    get_engine().retry_call(current_actor(), call_id, key=posted_key())
    return see(_back(call_id), "The service is called again, with the same request key.")


def skip(call_id: str) -> ResponseReturnValue:
    """Go on without a failed call, with a reason that stays in the history."""
    reason, result = present.skipping(request.form)
    case = get_engine().skip_call(current_actor(), call_id, reason, result, key=posted_key())
    if case.state == "failed":
        return see(
            url_for("cases.show", case_id=case.id), "The call is skipped, but the next step failed.", kind="warning"
        )
    return see(_back(call_id), "The call is skipped; the case goes on.")


def _back(call_id: str) -> str:
    """Where the person came from: the case, or the page of all."""
    if request.form.get("back") == "case":
        return url_for("cases.show", case_id=call_id.partition(".")[0])
    return url_for("standstills.index")
