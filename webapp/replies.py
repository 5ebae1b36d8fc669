# SPDX-License-Identifier: Apache-2.0
"""What comes in with a request and what goes back to an island: small shapes, no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask import Response, flash, jsonify, make_response, redirect, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as Answer

from engine.errors import Conflict
from webapp.ext import current_actor


class LosslessJson(DefaultJSONProvider):
    """JSON that keeps the order of names (a form shows its fields in it) and takes read-only mappings."""

    sort_keys = False

    @staticmethod
    def default(value: Any) -> Any:
        """Mappings and sets of the engine's frozen values; everything else as Flask does."""
        if isinstance(value, Mapping):
            return dict(value)
        if isinstance(value, frozenset | tuple):
            return sorted(value)
        return DefaultJSONProvider.default(value)


def new_key() -> str:
    """A fresh idempotency key for a form that is about to be shown."""
    return str(uuid4())


def posted_key() -> str | None:
    """The idempotency key that came with a plain form."""
    return request.form.get("key") or None


def posted_data() -> tuple[dict[str, Any], str | None]:
    """``{"data": {...}, "key": "..."}`` as a form island sends it. Raises BadRequest for another shape.

    The address names who the page was made for (``?as=``); Conflict when somebody else is signed in by now.
    """
    made_for = request.args.get("as")
    if made_for and made_for != current_actor().person_id:
        raise Conflict(
            "Somebody else is signed in to this browser by now, so nothing was sent in their name.",
            hint="Sign in again as the person who filled in the form.",
        )
    body = request.get_json()
    if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
        raise BadRequest('The request must be JSON of the shape {"data": {…}, "key": "…"}.')
    key = body.get("key")
    if key is not None and not isinstance(key, str):
        raise BadRequest("The key must be a text.")
    return body["data"], key


def go_to(url: str, notice: str = "", *, kind: str = "success", status: int = 200) -> Response:
    """Tell an island where to go next; ``notice`` is shown on that page."""
    if notice:
        flash(notice, kind)
    answer = jsonify(location=url)
    answer.status_code = status
    return answer


def see(url: str, notice: str = "", *, kind: str = "success") -> Answer:
    """Redirect after a plain form was handled (303), or the same for htmx."""
    if notice:
        flash(notice, kind)
    if is_htmx():
        answer: Answer = make_response("", 204)
        answer.headers["HX-Redirect"] = url
        return answer
    return redirect(url, 303)


def is_htmx() -> bool:
    """Does htmx ask for a piece of a page? Restoring its history, it wants the whole one."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def wants_page() -> bool:
    """Does a person look at the answer (a page or a piece of one), rather than a script?

    Browsers name text/html when they navigate, htmx too; ``fetch`` says ``*/*``.
    """
    if request.path.startswith("/api/") or request.is_json:
        return False
    return "text/html" in request.headers.get("Accept", "")


def number(name: str, default: int = 0, *, most: int = 1_000_000) -> int:
    """A whole number from the query string, kept within 0…most; the default for anything else."""
    value = request.args.get(name, default, type=int)
    return min(max(value, 0), most)


def local_path(target: str | None) -> str | None:
    """The target if it is a path on this host, else None (no open redirects)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return None if any(ord(sign) < 32 or sign == "\\" for sign in target) else target
