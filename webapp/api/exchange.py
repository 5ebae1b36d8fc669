# SPDX-License-Identifier: Apache-2.0
"""What comes in with a request and what goes back. Shapes only; every complaint names the part of the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, request
from werkzeug.exceptions import BadRequest

from engine.values import Page
from webapp.wire import dumps

LARGEST_PAGE = 500
_LONGEST_KEY = 200

T = TypeVar("T")
_WORDS: dict[type, str] = {str: "a text", dict: "an object", bool: "true or false"}


def answer(value: Any, status: int = 200, *, location: str | None = None) -> Response:
    """A value as JSON."""
    response = Response(dumps(value), status, mimetype="application/json")
    if location:
        response.headers["Location"] = location
    return response


def page_of(page: Page[Any]) -> Response:
    """One page of a list; `next` is the address of the following one, or null."""
    end = page.offset + len(page.items)
    following = None
    if page.items and page.has_more:
        following = f"{request.path}?{urlencode({**request.args, 'offset': end, 'limit': page.limit})}"
    about = {"total": page.total, "exact": page.exact, "offset": page.offset, "limit": page.limit, "next": following}
    return answer({"items": page.items, **about})


def key() -> str | None:
    """The `Idempotency-Key` of this request."""
    given = request.headers.get("Idempotency-Key")
    if given is not None and not (0 < len(given) <= _LONGEST_KEY and given.isprintable()):
        raise BadRequest(f"Idempotency-Key must have 1 to {_LONGEST_KEY} printable characters.")
    return given


def body() -> Mapping[str, Any]:
    """The JSON object of the request; an empty body is an empty object."""
    if not request.get_data(cache=True):
        return {}
    content = request.get_json(force=True)
    if not isinstance(content, dict):
        raise BadRequest("The body must be a JSON object.")
    return content


def part(content: Mapping[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    """The member `name` of a body. Raises BadRequest if it is missing (and has no default) or of another kind."""
    value = content.get(name, default)
    if value is None:
        raise BadRequest(f"The body needs '{name}': {_WORDS[kind]}.")
    if not isinstance(value, kind):
        raise BadRequest(f"'{name}' must be {_WORDS[kind]}.")
    return value


def number(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number of the query string."""
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise BadRequest(f"'{name}' must be a whole number from {least} to {most}.")
    return int(text)


def span() -> dict[str, Any]:
    """`limit` and `offset` of the query string."""
    return {"limit": number("limit", 50, least=1, most=LARGEST_PAGE), "offset": number("offset", 0)}


def version() -> int | None:
    """`version` of the query string; None for the newest."""
    return number("version", 0, least=1) or None


def choice(name: str, allowed: tuple[str, ...], default: str) -> Any:
    """A word of the query string, one of those allowed."""
    text = request.args.get(name, default)
    if text not in allowed:
        raise BadRequest(f"'{name}' must be one of {', '.join(allowed)}.")
    return text
