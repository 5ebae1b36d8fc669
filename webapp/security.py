# SPDX-License-Identifier: Apache-2.0
"""What protects those who use the pages: headers, cookies, CSRF tokens. Permissions are the engine's."""

from __future__ import annotations

import time
from copy import deepcopy
from datetime import timedelta
from functools import lru_cache
from typing import Any

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature

from engine import LARGEST_FILE
from webapp.config import WebConfig

CSP = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in CSP.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_HEADERS = tuple((name.lower(), (name, value)) for name, value in HEADERS.items())
_HSTS = ("strict-transport-security", ("Strict-Transport-Security", "max-age=31536000"))

LARGEST_REQUEST = 4 * 1024 * 1024  #: bytes; a diagram is the largest thing that comes in, but for files
_OF_FILES = frozenset({"files.upload", "api.files_keep"})

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

class CsrfTokens(CSRFProtect):  # type: ignore[misc]  # untyped
    """Looks for the token where a script sends it first: a body of JSON need not be read as a form to find it."""

    def _get_csrf_token(self) -> str | None:
        found: str | None = request.headers.get("X-CSRFToken") or super()._get_csrf_token()
        return found


csrf = CsrfTokens()


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie, with a signer that is made once and not for each request.

    A cookie is signed anew when a twentieth of its lifetime is over, not for each answer; who comes with the same one
    again has it read once. Only what a cookie says is kept so, never whether it still counts.
    """

    def __init__(self) -> None:
        self._signers: dict[Any, Any] = {}
        self._read = lru_cache(maxsize=1_000)(_read)

    def get_signing_serializer(self, app: Flask) -> Any:
        key = app.secret_key
        if key not in self._signers:
            self._signers = {key: super().get_signing_serializer(app)}
        return self._signers[key]

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        cookie = request.cookies.get(self.get_cookie_name(app)) if "HTTP_COOKIE" in request.environ else None
        if not cookie:
            return self.session_class()
        try:
            content, signed_at = self._read(self.get_signing_serializer(app), cookie)
        except BadSignature:
            return self.session_class()
        age, lifetime = now() - signed_at, app.permanent_session_lifetime.total_seconds()
        if not 0 <= age <= lifetime:
            return self.session_class()
        opened = self.session_class(deepcopy(content))
        opened.modified = age > lifetime / 20
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing for who has none and has asked for none, as programs do."""
        if session or session.modified or session.accessed:
            super().save_session(app, session, response)


def now() -> int:
    """Seconds since 1970, as sessions are signed with."""
    return int(time.time())


def _read(signer: Any, cookie: str) -> tuple[dict[str, Any], int]:
    """What a cookie says, and when it was signed (seconds since 1970). Raises BadSignature."""
    content, signed_at = signer.loads(cookie, return_timestamp=True)
    return content, int(signed_at.timestamp())


def install(app: Flask, config: WebConfig) -> None:
    """Cookies, CSRF and headers of every answer."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="fitsm_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=config.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a form may be open all day
        WTF_CSRF_HEADERS=["X-CSRFToken"],
        WTF_CSRF_CHECK_DEFAULT=False,  # `_protect` does
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
    )
    app.session_interface = Sessions()
    app.before_request(_let_files_in)  # before anybody looks into the body
    csrf.init_app(app)
    app.before_request(_protect)
    app.after_request(_cached_by_nobody)
    app.wsgi_app = _with_headers(app.wsgi_app, (*_HEADERS, _HSTS) if config.https else _HEADERS)  # type: ignore[method-assign]


def _protect() -> None:
    """Whoever changes something shows the token of their session; of the API, only who has no token of their own."""
    if request.method not in _SAFE and request.endpoint and request.blueprint != "api":
        csrf.protect()


def _let_files_in() -> None:
    if request.endpoint in _OF_FILES:
        request.max_content_length = LARGEST_FILE + 1  # one more, so that the engine says how large a file may be


def _cached_by_nobody(response: Response) -> Response:
    """What a person sees is theirs alone; built files never change."""
    if request.endpoint == "static":
        if "/dist/assets/" in request.path and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif "Cache-Control" not in response.headers and session.get("person_id"):
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _with_headers(serve: Any, more: tuple[tuple[str, tuple[str, str]], ...]) -> Any:
    """A WSGI application that adds headers to what ``serve`` answers, where it has not set them itself.

    Put into each Response they are checked one by one, which takes longer than all else that is done for an answer here.
    """

    def application(environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            return start_response(status, [*headers, *(pair for name, pair in more if name not in there)], *error)

        return serve(environ, start)

    return application
