# SPDX-License-Identifier: Apache-2.0
"""Home: the page after signing in. What needs me today, what is late, what is coming; and, by role, what I answer for."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.home import views

bp = Blueprint("home", __name__)
bp.before_request(login_required)
bp.add_url_rule("/home", view_func=views.show, methods=["GET"])
