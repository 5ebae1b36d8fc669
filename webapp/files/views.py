# SPDX-License-Identifier: Apache-2.0
"""Upload and download."""

from __future__ import annotations

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from webapp.ext import current_actor, get_engine
from webapp.files.exchange import given, saved


def upload() -> ResponseReturnValue:
    """A file as the body of the request, called ``?name=``; answers what a form's data says of it."""
    name, content = given(request)
    file = get_engine().keep_file(current_actor(), name, content)
    return jsonify(name=file.name, size=file.size, sha256=file.sha256)


def of_case(case_id: str, sha256: str) -> ResponseReturnValue:
    return saved(*get_engine().case_file(current_actor(), case_id, sha256))


def of_record(register: str, record_id: str, sha256: str) -> ResponseReturnValue:
    return saved(*get_engine().record_file(current_actor(), register, record_id, sha256))
