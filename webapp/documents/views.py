# SPDX-License-Identifier: Apache-2.0
"""Texts as they look, files that stand in their place, and what changed from one to the other."""

from __future__ import annotations

from flask import abort, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from engine.values import Record, Register
from webapp.documents import compare, pdf, present
from webapp.ext import current_actor, get_engine, may, require
from webapp.files.exchange import saved
from webapp.filters import document

LONGEST = 200_000  #: characters of a text that is shown


def preview() -> ResponseReturnValue:
    """A text that is being written: how it looks, and how it differs from the one before (``before``)."""
    body = request.get_json()
    text, before = (body.get(name, "") if isinstance(body, dict) else None for name in ("text", "before"))
    if not isinstance(text, str) or not isinstance(before, str) or len(text) + len(before) > LONGEST:
        raise BadRequest('The request must be JSON of the shape {"text": "…", "before": "…"}, and not too long.')
    lines = compare.changes(before, text)
    return jsonify(html=document(text, below=1), changes=render_template("documents/_changes.html", lines=lines))


def changes(register: str, record_id: str) -> ResponseReturnValue:
    """Two texts of a document side by side: ``?from=`` and ``?to=`` name them."""
    found, shown, texts = _document(register, record_id)
    before = present.chosen(texts, request.args.get("from"), 1)
    after = present.chosen(texts, request.args.get("to"), 0)
    lines = compare.changes(before.text, after.text) if before and after else ()
    context = {"register": found, "record": shown, "texts": texts, "before": before, "after": after, "lines": lines}
    return render_template("documents/changes.html", **context)


def as_pdf(register: str, record_id: str) -> ResponseReturnValue:
    """One text of a document on paper: ``?text=`` names it, else it is the one in force. A file that is a PDF is given out
    itself; of another file, a sheet that says which it is."""
    found, shown, texts = _document(register, record_id)
    named = request.args.get("text")
    text = next((each for each in texts if each.key == named), None) if named else present.in_force(texts)
    if text is None:
        abort(404)
    if text.file is not None and text.is_pdf:
        return saved(*get_engine().record_file(current_actor(), register, record_id, text.file.sha256))
    answer = make_response(pdf.made(present.sheet(found, shown, text)))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{shown.id}-{text.key}.pdf"'
    return answer


def _document(register: str, record_id: str) -> tuple[Register, Record, tuple[present.Text, ...]]:
    engine, actor = get_engine(), current_actor()
    found = engine.register(register)
    if present.keys_of(found) is None:
        abort(404)
    shown = engine.record(actor, register, record_id)
    if not (shown.case_id and may("case.read", shown.case_id)):  # who takes part in a case sees what it wrote
        require("register.read", register)
    return found, shown, present.texts(found, engine.record_history(actor, register, record_id))
