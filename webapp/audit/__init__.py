# SPDX-License-Identifier: Apache-2.0
"""For auditors: replay a case step by step, take its history along, verify that nothing was altered."""

from flask import Blueprint

from webapp.audit import views
from webapp.ext import login_required

bp = Blueprint("audit", __name__, url_prefix="/audit")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/verify", view_func=views.overview, methods=["GET"])
bp.add_url_rule("/verify", view_func=views.verify_some, methods=["POST"])
bp.add_url_rule("/cases/<case_id>", view_func=views.replay, methods=["GET"])
bp.add_url_rule("/cases/<case_id>/verify", view_func=views.verify, methods=["POST"])
bp.add_url_rule("/cases/<case_id>/history.json", view_func=views.history, methods=["GET"])
bp.add_url_rule("/cases/<case_id>/evidence.zip", view_func=views.evidence, methods=["GET"])
bp.add_url_rule("/verify_bundle.py", view_func=views.verifier, methods=["GET"])
