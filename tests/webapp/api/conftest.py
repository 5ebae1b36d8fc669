# SPDX-License-Identifier: Apache-2.0
"""Programs that call the API, each with the token of a person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine import Engine
from engine.values import SYSTEM

PROCESS = "DESK_handle_request"


class Caller:
    """Calls the API with one token; answers are Werkzeug's."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        return self._send("POST", path, body, key)

    def put(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        return self._send("PUT", path, body, key)

    def _send(self, method: str, path: str, body: Any, key: str | None) -> TestResponse:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        if isinstance(body, bytes):
            kind = {"Content-Type": "application/xml"}
            return self.client.open(f"/api/v1{path}", method=method, data=body, headers=headers | kind)
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


@pytest.fixture
def calls_as(app: Flask, engine: Engine) -> Callable[[str], Caller]:
    """A program that acts as somebody."""

    def made(login: str) -> Caller:
        token = f"token-of-{login}"
        engine.people.add_token(SYSTEM, login, hashlib.sha256(token.encode()).hexdigest(), "test")
        return Caller(app, token)

    return made


@pytest.fixture
def dana_calls(calls_as: Callable[[str], Caller]) -> Caller:
    """Somebody of the desk."""
    return calls_as("dana")


@pytest.fixture
def sam_calls(calls_as: Callable[[str], Caller]) -> Caller:
    """Somebody of support."""
    return calls_as("sam")


@pytest.fixture
def owner_calls(calls_as: Callable[[str], Caller]) -> Caller:
    """The process owner."""
    return calls_as("otto")
