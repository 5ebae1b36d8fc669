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
        _text(content.get("correlation_key")),
        part(content, "payload", dict, {}),
        key=key(),
    )
    return answer({"items": cases})


def _text(correlation_key: object) -> str:
    """The key as messages carry it; a message that starts a case has none."""
    return "" if correlation_key is None else str(correlation_key)


ROUTES = (("POST", "/messages", correlate),)
