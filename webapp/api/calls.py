# SPDX-License-Identifier: Apache-2.0
"""Service calls that need somebody: find them, call again, skip."""

from __future__ import annotations

from flask import Response

from webapp.api.exchange import answer, body, choice, key, part
from webapp.ext import current_actor, get_engine


def listed() -> Response:
    state = choice("state", ("any", "failed"), "any")
    found = get_engine().troubled_calls(current_actor())
    return answer({"items": [call for call in found if state in ("any", call.state)]})


def retry(call_id: str) -> Response:
    return answer(get_engine().retry_call(current_actor(), call_id, key=key()))


def skip(call_id: str) -> Response:
    content = body()
    case = get_engine().skip_call(
        current_actor(), call_id, part(content, "reason", str), content.get("result"), key=key()
    )
    return answer(case)


ROUTES = (
    ("GET", "/calls", listed),
    ("POST", "/calls/<call_id>/retry", retry),
    ("POST", "/calls/<call_id>/skip", skip),
)
