# SPDX-License-Identifier: Apache-2.0
"""Pages of the studio and what its editor calls."""

from __future__ import annotations

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from engine import with_drawing
from webapp.errors import finding_json
from webapp.ext import current_actor, get_engine, may, require
from webapp.replies import go_to
from webapp.studio import present


def index() -> ResponseReturnValue:
    """All processes, newest version of each."""
    groups = present.by_folder(get_engine().definitions())
    return render_template("studio/index.html", groups=groups, may_publish=may("definition.publish"))


def show(process_id: str, version: int | None = None) -> ResponseReturnValue:
    """One version of a process, to look at, with the list of all versions."""
    engine = get_engine()
    definition = engine.definition(process_id, version)
    versions = engine.versions(process_id)
    newest = max(each.version for each in versions)
    older = sum(each.running for each in versions if each.version != newest)
    return render_template(
        "studio/show.html", definition=definition, versions=versions, folder=present.folder_of(definition),
        newest=definition.version == newest, may_publish=may("definition.publish"),
        may_migrate=may("definition.migrate"), older=older,
    )  # fmt: skip


def diagram(process_id: str, version: int | None = None) -> ResponseReturnValue:
    """The diagram file of a version; one without positions is drawn."""
    return Response(with_drawing(get_engine().diagram(process_id, version), process_id), mimetype="application/xml")


def edit(process_id: str) -> ResponseReturnValue:
    """The editor on the newest version."""
    require("definition.publish")
    engine = get_engine()
    engine.prepare_checks()
    definition = engine.definition(process_id)
    return render_template(
        "studio/edit.html", title=definition.name or process_id, file=definition.file, digest=definition.digest,
        definition=definition, source=url_for("studio.diagram", process_id=process_id), catalog=engine.catalog(),
    )  # fmt: skip


def new() -> ResponseReturnValue:
    """A new process: asks for folder and name, then opens the editor on a first diagram."""
    require("definition.publish")
    folder, name = request.args.get("folder", ""), request.args.get("name", "")
    if not folder and not name:
        return render_template("studio/new.html", groups=present.by_folder(get_engine().definitions()))
    file = present.new_file(folder, name)
    get_engine().prepare_checks()
    return render_template(
        "studio/edit.html", title=f"New process: {name}", file=file, digest="", definition=None,
        source=url_for("studio.starter", folder=folder, name=name), catalog=get_engine().catalog(),
    )  # fmt: skip


def starter() -> ResponseReturnValue:
    """A first diagram to draw on: a pool with one lane, a start, a task, an end."""
    require("definition.publish")
    file = present.new_file(request.args.get("folder", ""), request.args.get("name", ""))
    xml = render_template("studio/starter.bpmn", process_id=present.process_id_of(file))
    return Response(xml, mimetype="application/xml")


def validate() -> ResponseReturnValue:
    """What publishing would complain about; nothing is kept."""
    require("definition.publish")
    findings = get_engine().validate(request.get_data(), _file())
    return jsonify(findings=[finding_json(finding) for finding in findings])


def publish() -> ResponseReturnValue:
    """Publish a diagram as the newest version; running cases keep theirs."""
    xml, comment, base, key = present.publication(request.get_json())
    definition = get_engine().publish(current_actor(), xml, _file(), comment, base, key)
    here = url_for("studio.show", process_id=definition.process_id)
    return go_to(here, f"Version {definition.version} is published. New cases use it; running cases keep theirs.")


def decisions() -> ResponseReturnValue:
    """All decision tables."""
    engine = get_engine()
    names = {definition.process_id: definition.name for definition in engine.definitions()}
    return render_template("studio/decisions.html", tables=engine.decisions(), names=names)


def forms() -> ResponseReturnValue:
    """All forms."""
    return render_template("studio/forms.html", groups=present.forms_by_folder(get_engine().catalog()["forms"]))


def form(form: str) -> ResponseReturnValue:
    """One form as staff see it, to look at."""
    schema, ui = get_engine().form(form)
    return render_template("studio/form.html", path=form, schema=schema, ui=ui)


def _file() -> str:
    file = request.args.get("file", "")
    parts = file.removeprefix("processes/bpmn/").split("/")
    if len(parts) != 2 or not parts[1].endswith(".bpmn"):
        raise BadRequest("The file must be named: ?file=processes/bpmn/<folder>/<name>.bpmn")
    return present.new_file(parts[0], parts[1].removesuffix(".bpmn"))
