# SPDX-License-Identifier: Apache-2.0
"""People and their roles: the search behind person pickers, and the pages of the administrators."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.people import views

bp = Blueprint("people", __name__, url_prefix="/people")
bp.before_request(login_required)

bp.add_url_rule("/search", view_func=views.search, methods=["GET"])
bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/new", view_func=views.new, methods=["GET"])
bp.add_url_rule("/new", view_func=views.add, methods=["POST"])
bp.add_url_rule("/<person_id>", view_func=views.show, methods=["GET"])
bp.add_url_rule("/<person_id>/details", view_func=views.set_details, methods=["POST"])
bp.add_url_rule("/<person_id>/roles", view_func=views.set_roles, methods=["POST"])
bp.add_url_rule("/<person_id>/password", view_func=views.set_password, methods=["POST"])
bp.add_url_rule("/<person_id>/active", view_func=views.set_active, methods=["POST"])
