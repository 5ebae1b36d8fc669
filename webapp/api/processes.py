# SPDX-License-Identifier: Apache-2.0
"""Processes: list, look, publish, validate."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from werkzeug.exceptions import BadRequest

from webapp.api.exchange import answer, body, key, part, version
from webapp.ext import current_actor, get_engine


def listed() -> Response:
    """Every process, newest version; `startable` says whether the caller may start it."""
    engine = get_engine()
    startable = [one.process_id for one in engine.startable(current_actor())]
    return answer({"items": engine.definitions(), "startable": startable})


def show(process_id: str) -> Response:
    return answer(get_engine().definition(process_id, version()))


def versions(process_id: str) -> Response:
    return answer({"items": get_engine().versions(process_id)})


def diagram(process_id: str) -> Response:
    return Response(get_engine().diagram(process_id, version()), mimetype="application/xml")


def publish() -> Response:
    given = _diagram_given()
    made = get_engine().publish(
        current_actor(),
        given["xml"],
        given["file"],
        comment=given["comment"],
        base_digest=given["base_digest"],
        key=key(),
    )
    return answer(made, 201, location=url_for("api.processes_show", process_id=made.process_id))


def validate() -> Response:
    given = _diagram_given()
    found = get_engine().validate(given["xml"], given["file"])
    return answer({"ok": all(one.severity != "error" for one in found), "findings": found})


def _diagram_given() -> dict[str, Any]:
    """A diagram as the body itself (XML, with `?file=`) or as a member of a JSON body."""
    if request.mimetype in ("application/xml", "text/xml"):
        if not request.args.get("file"):
            raise BadRequest("Name the file in the address: ?file=bpmn/PR12-CHM/approve_changes.bpmn")
        options = {name: request.args.get(name) for name in ("comment", "base_digest")}
        xml, file = request.get_data(), request.args["file"]
    else:
        content = body()
        xml, file = part(content, "xml", str).encode(), part(content, "file", str)
        options = {name: part(content, name, str, "") for name in ("comment", "base_digest")}
    return {
        "xml": xml,
        "file": file,
        "comment": options["comment"] or "",
        "base_digest": options["base_digest"] or None,
    }


ROUTES = (
    ("GET", "/processes", listed),
    ("POST", "/processes", publish),
    ("POST", "/processes/validate", validate),
    ("GET", "/processes/<process_id>", show),
    ("GET", "/processes/<process_id>/versions", versions),
    ("GET", "/processes/<process_id>/diagram", diagram),
)
