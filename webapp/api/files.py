# SPDX-License-Identifier: Apache-2.0
"""Files that people and programs hand in."""

from __future__ import annotations

from flask import Response, request

from webapp.api.exchange import answer, key
from webapp.ext import current_actor, get_engine
from webapp.files.exchange import given, saved


def keep() -> Response:
    name, content = given(request)
    return answer(get_engine().keep_file(current_actor(), name, content, key=key()), 201)


def of_case(case_id: str, sha256: str) -> Response:
    return saved(*get_engine().case_file(current_actor(), case_id, sha256))


def of_record(register: str, record_id: str, sha256: str) -> Response:
    return saved(*get_engine().record_file(current_actor(), register, record_id, sha256))


ROUTES = (
    ("POST", "/files", keep),
    ("GET", "/cases/<case_id>/files/<sha256>", of_case),
    ("GET", "/registers/<register>/records/<record_id>/files/<sha256>", of_record),
)
