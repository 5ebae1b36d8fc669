# SPDX-License-Identifier: Apache-2.0
"""Messages: from outside, each starts or continues the cases that wait for it; and those that found nobody."""

from __future__ import annotations

from flask import Response, request

from webapp.api.exchange import answer, body, choice, key, number, part
from webapp.ext import current_actor, get_engine

_STATES = ("pending", "delivered", "kept", "expired", "external", "stopped")


def correlate() -> Response:
    content = body()
    cases = get_engine().correlate(
        current_actor(),
        part(content, "name", str),
        _text(content.get("correlation_key")),
        part(content, "payload", dict, {}),
        key=key(),
        time_to_live=part(content, "time_to_live", str, ""),
    )
    return answer({"items": cases})


def listed() -> Response:
    states = (choice("state", _STATES, ""),) if request.args.get("state") else ("kept", "expired")
    return answer(
        {"items": get_engine().undelivered(current_actor(), states, limit=number("limit", 100, least=1, most=1000))}
    )


def _text(correlation_key: object) -> str:
    """The key as messages carry it; a message that starts a case has none."""
    return "" if correlation_key is None else str(correlation_key)


ROUTES = (("GET", "/messages", listed), ("POST", "/messages", correlate))
