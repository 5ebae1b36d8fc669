# SPDX-License-Identifier: Apache-2.0
"""The REST API, version 1: everything a program may do, below `/api/v1`. JSON in, JSON out.

One module per noun; each route reads its input, asks the engine once and writes the answer. Errors are the engine's
own, told as RFC 9457 problems by `webapp.errors`. What each route takes and gives stands in `webapp.api.openapi`, and
a test holds the two together. A change that would break a caller needs a version 2.
"""

from __future__ import annotations

from flask import Blueprint

from webapp.api import access, calendars, calls, cases, docs, files, messages, migrations, processes, registers, tasks

bp = Blueprint("api", __name__, url_prefix="/api/v1")
bp.before_request(access.admit)
bp.after_request(access.challenge)

for noun in (docs, processes, cases, calendars, calls, migrations, tasks, messages, registers, files):
    name = noun.__name__.rpartition(".")[2]
    for method, path, view in noun.ROUTES:
        bp.add_url_rule(path, f"{name}_{view.__name__}", view, methods=[method])
