# SPDX-License-Identifier: Apache-2.0
"""Pages of the registers, and the search behind record pickers."""

from __future__ import annotations

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from webapp.documents import present as documents
from webapp.ext import current_actor, get_engine, may, require
from webapp.registers import present
from webapp.replies import go_to, is_htmx, number, posted_data

PAGE_SIZE = 50


def index() -> ResponseReturnValue:
    """All registers this person may read."""
    shown = [register for register in get_engine().registers() if may("register.read", register.name)]
    return render_template("registers/index.html", registers=shown)


def records(register: str) -> ResponseReturnValue:
    """The records of a register; htmx asks for the table alone."""
    require("register.read", register)
    engine, actor, args = get_engine(), current_actor(), request.args
    found = engine.register(register)
    state, q = args.get("state") or None, args.get("q", "").strip()
    page = engine.records(actor, register, q=q, state=state, limit=PAGE_SIZE, offset=number("offset"))
    context = {"register": found, "page": page, "q": q, "state": state, "present": present}
    template = "registers/_table.html" if is_htmx() else "registers/records.html"
    return render_template(template, columns=present.columns(found), **context)


def record(register: str, record_id: str) -> ResponseReturnValue:
    """One record: fields, relations, and its past; ``?version=`` shows it as it was."""
    engine, actor = get_engine(), current_actor()
    found = engine.register(register)
    shown = engine.record(actor, register, record_id, request.args.get("version", type=int))
    if not (shown.case_id and may("case.read", shown.case_id)):  # who takes part in a case sees what it wrote
        require("register.read", register)
    history = engine.record_history(actor, register, record_id)
    editions = present.editions(history)
    texts = documents.texts(found, [each for each in history if each.version <= shown.version])
    known = {one.name: one for one in engine.registers()}
    relations = present.relations(engine.record_links(actor, register, record_id), known, shown)
    return render_template(
        "registers/record.html", register=found, record=shown, fields=present.fields(found, shown), editions=editions,
        relations=relations, labels={each.id: each.label for each in relations}, texts=texts, document=documents.in_force(texts),
        long_texts=documents.names_of_texts(found),
    )  # fmt: skip


def search(register: str) -> ResponseReturnValue:
    """Records for a picker: ``?q=`` searches, ``?id=`` names one."""
    engine, actor = get_engine(), current_actor()
    if record_id := request.args.get("id"):
        try:
            return jsonify([present.hit(engine.look_up(actor, register, record_id))])
        except NotFound:
            return jsonify([])
    found = engine.search_records(actor, register, request.args.get("q", "").strip(), limit=10)
    return jsonify([present.hit(each) for each in found])


def new(register: str) -> ResponseReturnValue:
    """The form for a new record."""
    require("register.write", register)
    found = get_engine().register(register)
    return render_template("registers/edit.html", register=found, record=None, schema=present.edit_schema(found))


def add(register: str) -> ResponseReturnValue:
    """Write a new record."""
    data, key = posted_data()
    made = get_engine().write_record(current_actor(), register, data, key=key)
    return go_to(
        url_for("registers.record", register=register, record_id=made.id), f"{made.id} is written.", status=201
    )


def edit(register: str, record_id: str) -> ResponseReturnValue:
    """The form for changing a record by hand."""
    require("register.write", register)
    engine = get_engine()
    found, shown = engine.register(register), engine.record(current_actor(), register, record_id)
    return render_template("registers/edit.html", register=found, record=shown, schema=present.edit_schema(found))


def save(register: str, record_id: str) -> ResponseReturnValue:
    """Write the next version of a record."""
    engine, actor = get_engine(), current_actor()
    data, key = posted_data()
    fields = present.submitted(data, engine.record(actor, register, record_id).data)
    made = engine.write_record(actor, register, fields, id=record_id, key=key)
    return go_to(
        url_for("registers.record", register=register, record_id=made.id), f"Version {made.version} is written."
    )
