# SPDX-License-Identifier: Apache-2.0
"""Pages of the auditors."""

from __future__ import annotations

import io
from itertools import islice

from flask import jsonify, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.audit import bundle, present
from webapp.cases import present as cases
from webapp.ext import current_actor, get_engine, require
from webapp.replies import is_htmx, number


def index() -> ResponseReturnValue:
    """Cases to audit."""
    require("history.read")
    engine = get_engine()
    wanted = cases.filter_of(request.args, number("offset"))
    page = engine.cases(current_actor(), wanted)
    context = {"page": page, "wanted": wanted, "filtered": cases.is_filtered(wanted)}
    if is_htmx():
        return render_template("audit/_list.html", **context)
    return render_template("audit/index.html", states=cases.STATES, definitions=engine.definitions(), **context)


def replay(case_id: str) -> ResponseReturnValue:
    """One case, step by step."""
    require("history.read", case_id)
    engine, actor = get_engine(), current_actor()
    case = engine.case(actor, case_id).case
    found = engine.steps(actor, case_id)
    calls = {digest: engine.calls_of(digest) for digest in {step.digest or case.digest for step in found}}
    steps = [present.step_json(step, calls[step.digest or case.digest]) for step in found]
    sources = {s.digest: url_for("cases.diagram", case_id=case_id, step=s.seq) for s in reversed(found) if s.digest}
    events = engine.history(actor, case_id)
    return render_template("audit/replay.html", case=case, steps=steps, sources=sources or None, events=events)


def verify(case_id: str) -> ResponseReturnValue:
    """Check one case and say the verdict in words."""
    engine, actor = get_engine(), current_actor()
    verdict = engine.verify(actor, case_id)
    template = "audit/_verdict.html" if is_htmx() else "audit/verdict.html"
    case = engine.case(actor, case_id).case
    return render_template(template, case=case, verdict=verdict, sentences=present.sentences(verdict))


def history(case_id: str) -> ResponseReturnValue:
    """The history as a JSON file to take along."""
    require("history.read", case_id)
    engine, actor = get_engine(), current_actor()
    case = engine.case(actor, case_id).case
    answer = jsonify(present.export(case, engine.history(actor, case_id)))
    answer.headers["Content-Disposition"] = f'attachment; filename="history-{case_id}.json"'
    return answer


def evidence(case_id: str) -> ResponseReturnValue:
    """The history with all that proves it to somebody outside, as a ZIP file."""
    files = get_engine().evidence(current_actor(), case_id, with_log=True)
    return send_file(
        io.BytesIO(bundle.pack(case_id, files)),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"evidence-{case_id}.zip",
    )


def verifier() -> ResponseReturnValue:
    """The script that checks such a file; needs nothing of ours."""
    require("history.read")
    return send_file(bundle.VERIFIER, mimetype="text/x-python", as_attachment=True, download_name="verify_bundle.py")


def overview() -> ResponseReturnValue:
    """The page from which every case is verified."""
    require("history.verify")
    total = get_engine().count_cases(current_actor())
    return render_template("audit/verify.html", total=total)


def verify_some() -> ResponseReturnValue:
    """Verify the next few cases; the piece sent back asks for the ones after them."""
    require("history.verify")
    engine, actor, done = get_engine(), current_actor(), max(request.form.get("done", 0, type=int), 0)
    total = request.form.get("total", 0, type=int) or engine.count_cases(actor)
    verdicts = list(islice(engine.verify_all(actor, request.form.get("after") or None), present.BATCH))
    checked = [(engine.case(actor, verdict.case_id).case, verdict) for verdict in verdicts]
    failed = request.form.get("failed", 0, type=int) + sum(not verdict.ok for verdict in verdicts)
    done += len(verdicts)
    finished = len(verdicts) < present.BATCH or done >= total
    if finished and done:
        engine.note_verification(actor, done, failed)
    return render_template(
        "audit/_progress.html", checked=checked, done=done, failed=failed, total=max(total, done),
        finished=finished, sentences=present.sentences,
    )  # fmt: skip
