# SPDX-License-Identifier: Apache-2.0
"""Cases: start one, find one, follow one; mend one that stands still."""

from flask import Blueprint

from webapp.cases import views
from webapp.ext import login_required

bp = Blueprint("cases", __name__, url_prefix="/cases")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/start", view_func=views.startable, methods=["GET"])
bp.add_url_rule("/start/<process_id>", view_func=views.start, methods=["POST"])
bp.add_url_rule("/<case_id>", view_func=views.show, methods=["GET"])
bp.add_url_rule("/<case_id>/diagram.bpmn", view_func=views.diagram, methods=["GET"])
bp.add_url_rule("/<case_id>/correct", view_func=views.correction, methods=["GET"])
bp.add_url_rule("/<case_id>/correct", view_func=views.correct, methods=["POST"])
bp.add_url_rule("/<case_id>/retry", view_func=views.retry, methods=["POST"])
bp.add_url_rule("/<case_id>/cancel", view_func=views.cancel, methods=["POST"])
