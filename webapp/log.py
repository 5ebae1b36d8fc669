# SPDX-License-Identifier: Apache-2.0
"""Log lines as structlog events: each carries the request's id and who acted. Never form data, never passwords."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import MutableMapping
from secrets import token_hex
from typing import Any

import orjson
import structlog
from flask import Flask, Request, Response, g, request
from flask.globals import request_ctx

log = structlog.get_logger("webapp")

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def configure(*, json: bool, level: str) -> None:
    """Set the process's logging up; called once by whoever owns the process, never by a test."""
    last = structlog.processors.JSONRenderer(serializer=_json) if json else _line
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _json(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=repr).decode()


def _line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Time, level, event, then what belongs to it: a line for people, made in a twentieth of ConsoleRenderer's time."""
    fault = event.pop("exception", None)
    head = f"{event.pop('timestamp')} [{event.pop('level'):<8}] {event.pop('event')}"
    line = " ".join([head, *(f"{name}={_shown(value)}" for name, value in event.items())])
    return f"{line}\n{fault}" if fault else line


def _shown(value: Any) -> str:
    """As it is if it stays one word, else quoted."""
    text = str(value)
    return text if text.isprintable() and " " not in text and text else repr(value)


def install(app: Flask) -> None:
    """Bind id and actor before each request, write one line after it."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.environ.get("HTTP_X_REQUEST_ID")
    request_id = given if given and _REQUEST_ID.fullmatch(given) else token_hex(16)
    here = vars(g)  # past the proxy, which asks for the context at each name
    here["request_id"], here["started"] = request_id, time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _who() -> str | None:
    """The person of this request: by session or by token."""
    person = g.get("person")
    return person.id if person else None


def _end(response: Response) -> Response:
    here, asked = vars(g), request_ctx.request
    response.headers["X-Request-ID"] = here.get("request_id", "")
    if asked.endpoint not in ("static", "health.healthz"):
        took = round((time.perf_counter() - here.get("started", time.perf_counter())) * 1000, 1)
        log.info("request", actor=_who(), method=asked.method, path=_path(asked), status=response.status_code, ms=took)
    return response


def _path(asked: Request) -> str:
    """The path without a secret that stands in it."""
    secret = (asked.view_args or {}).get("token")
    return asked.path.replace(secret, "…") if secret else asked.path
