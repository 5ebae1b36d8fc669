# SPDX-License-Identifier: Apache-2.0
"""A browser for tests: pages are asked for as people's browsers do, scripts' requests as the islands send them."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
PART = re.compile(r'data-part="(\w+)">(.*?)</script>', re.DOTALL)


class Browser:
    """Keeps cookies and the CSRF token of the page it saw last."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def open(self, path: str, *, htmx: bool = False) -> TestResponse:
        """Open a page (or ask for a piece of one, as htmx does)."""
        headers = {"Accept": "text/html,application/xhtml+xml", **({"HX-Request": "true"} if htmx else {})}
        answer = self.client.get(path, headers=headers)
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer

    def send(self, path: str, *, htmx: bool = False, token: str | None = None, **fields: str) -> TestResponse:
        """Send a plain form."""
        headers = {"Accept": "text/html", **({"HX-Request": "true"} if htmx else {})}
        data = {"csrf_token": self.token if token is None else token, **fields}
        return self.client.post(path, data=data, headers=headers)

    def post_json(self, path: str, body: Any, *, token: str | None = None) -> TestResponse:
        """Send JSON, as an island does."""
        headers = {"X-CSRFToken": self.token if token is None else token, "Accept": "*/*"}
        return self.client.post(path, json=body, headers=headers)

    def fetch(self, path: str) -> TestResponse:
        """Fetch data, as an island does."""
        return self.client.get(path, headers={"Accept": "*/*"})

    def sign_in(self, login: str, password: str) -> Browser:
        """Sign in, whoever was signed in before."""
        self.client.delete_cookie("fitsm_session")
        self.open("/sign-in")
        answer = self.send("/sign-in", login=login, password=password)
        assert answer.status_code == 303, answer.text
        self.open("/me")
        return self


def parts(page: str) -> dict[str, Any]:
    """The JSON that a page gives to its islands, by part."""
    return {name: json.loads(text) for name, text in PART.findall(page)}
