# SPDX-License-Identifier: Apache-2.0
"""Key performance indicators: what was measured, against which target, and where it goes."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.figures import views

bp = Blueprint("figures", __name__, url_prefix="/figures")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/<kpi_id>", view_func=views.show, methods=["GET"])
