# SPDX-License-Identifier: Apache-2.0
"""Roles and who holds them: gaps first, and the way to close each."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.roles import views

bp = Blueprint("roles", __name__, url_prefix="/roles")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/<role_id>/assign", view_func=views.assign, methods=["POST"])
