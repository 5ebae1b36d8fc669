# SPDX-License-Identifier: Apache-2.0
"""Calendars of working time: which there are, and how a due time is counted."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import BadRequest

from webapp.api.exchange import answer
from webapp.ext import get_engine


def listed() -> Response:
    """Name and title of every calendar."""
    return answer({"items": [{"name": n, "title": t} for n, t in get_engine().calendars().items()]})


def explain(name: str) -> Response:
    """The times that `duration` counts from `start` on."""
    start, duration = request.args.get("start"), request.args.get("duration")
    if not start or not duration:
        raise BadRequest("Give start and duration, as in ?start=2026-04-02T16:00:00Z&duration=P2D")
    return answer(get_engine().explain_working_time(name, start, duration))


ROUTES = (
    ("GET", "/calendars", listed),
    ("GET", "/calendars/<name>/explain", explain),
)
