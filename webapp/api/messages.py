# SPDX-License-Identifier: Apache-2.0
"""Messages from outside: each starts or continues the cases that wait for it."""

from __future__ import annotations

from flask import Response

from webapp.api.exchange import answer, body, key, part
from webapp.ext import current_actor, get_engine


def correlate() -> Response:
    content = body()
    cases = get_engine().correlate(
        current_actor(),
        part(content, "name", str),
        content.get("correlation_key"),
        part(content, "payload", dict, {}),
        key=key(),
    )
    return answer({"items": cases})


ROUTES = (("POST", "/messages", correlate),)
