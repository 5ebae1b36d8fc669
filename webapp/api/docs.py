# SPDX-License-Identifier: Apache-2.0
"""The API about itself: who I am, the OpenAPI document, and a page for people."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from webapp.api.exchange import answer
from webapp.api.openapi import document
from webapp.ext import current_actor, get_engine


def me() -> Response:
    actor = current_actor()
    return answer(get_engine().people.get(actor.person_id))


def openapi() -> Response:
    return answer(document())


def docs() -> str:
    described = document()
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in described["tags"]}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            groups[operation["tags"][0]].append({"method": method.upper(), "path": path, **operation})
    return render_template("api/docs.html", document=described, groups=groups)


ROUTES = (
    ("GET", "/me", me),
    ("GET", "/openapi.json", openapi),
    ("GET", "/docs", docs),
)
