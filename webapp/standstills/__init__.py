# SPDX-License-Identifier: Apache-2.0
"""What stands still: service calls that were given up, and held cases; somebody must call again, skip or mend."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.standstills import views

bp = Blueprint("standstills", __name__, url_prefix="/standstills")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/calls/<call_id>/retry", view_func=views.retry, methods=["POST"])
bp.add_url_rule("/calls/<call_id>/skip", view_func=views.skip, methods=["POST"])
