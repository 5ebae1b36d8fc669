# SPDX-License-Identifier: Apache-2.0
"""Registers and their records."""

from __future__ import annotations

from flask import Response, request, url_for

from webapp.api.exchange import answer, body, key, page_of, part, span, version
from webapp.ext import current_actor, get_engine


def listed() -> Response:
    return answer({"items": get_engine().registers()})


def show(register: str) -> Response:
    return answer(get_engine().register(register))


def records(register: str) -> Response:
    query, state = request.args.get("q", ""), request.args.get("state")
    return page_of(get_engine().records(current_actor(), register, q=query, state=state, **span()))


def record(register: str, record_id: str) -> Response:
    return answer(get_engine().record(current_actor(), register, record_id, version=version()))


def create(register: str) -> Response:
    content = body()
    data, reason = part(content, "data", dict), part(content, "reason", str, "")
    made = get_engine().write_record(current_actor(), register, data, reason=reason, key=key())
    return answer(made, 201, location=url_for("api.registers_record", register=register, record_id=made.id))


def change(register: str, record_id: str) -> Response:
    content = body()
    data, reason = part(content, "data", dict), part(content, "reason", str)
    return answer(get_engine().write_record(current_actor(), register, data, id=record_id, reason=reason, key=key()))


def history(register: str, record_id: str) -> Response:
    return answer({"items": get_engine().record_history(current_actor(), register, record_id)})


def links(register: str, record_id: str) -> Response:
    return answer({"items": get_engine().record_links(current_actor(), register, record_id)})


ROUTES = (
    ("GET", "/registers", listed),
    ("GET", "/registers/<register>", show),
    ("GET", "/registers/<register>/records", records),
    ("POST", "/registers/<register>/records", create),
    ("GET", "/registers/<register>/records/<record_id>", record),
    ("PUT", "/registers/<register>/records/<record_id>", change),
    ("GET", "/registers/<register>/records/<record_id>/history", history),
    ("GET", "/registers/<register>/records/<record_id>/links", links),
)
