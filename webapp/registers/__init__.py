# SPDX-License-Identifier: Apache-2.0
"""Registers: find a record, see its relations and its past, change it where one may."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.registers import views

bp = Blueprint("registers", __name__, url_prefix="/registers")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/search/<register>", view_func=views.search, methods=["GET"])
bp.add_url_rule("/<register>", view_func=views.records, methods=["GET"])
bp.add_url_rule("/<register>/new", view_func=views.new, methods=["GET"])
bp.add_url_rule("/<register>/new", view_func=views.add, methods=["POST"])
bp.add_url_rule("/<register>/<record_id>", view_func=views.record, methods=["GET"])
bp.add_url_rule("/<register>/<record_id>/edit", view_func=views.edit, methods=["GET"])
bp.add_url_rule("/<register>/<record_id>/edit", view_func=views.save, methods=["POST"])
