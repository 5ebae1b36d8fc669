# SPDX-License-Identifier: Apache-2.0
"""/healthz: can this process do its work? For load balancers and supervisors; tells nothing else."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from engine.errors import EngineError
from webapp.ext import get_engine

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database answers, else 503."""
    try:
        get_engine().roles()
    except EngineError as fault:
        return jsonify(status="failing", reason=fault.code), 503
    return jsonify(status="ok")
