# SPDX-License-Identifier: Apache-2.0
"""How the system is: version, database, timers that are due, cases that stand still."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.system import views

bp = Blueprint("system", __name__)
bp.before_request(login_required)

bp.add_url_rule("/system", view_func=views.show, methods=["GET"])
bp.add_url_rule("/system/time-zone", view_func=views.set_time_zone, methods=["POST"])
