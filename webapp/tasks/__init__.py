# SPDX-License-Identifier: Apache-2.0
"""My work: the list of tasks, one task with its form, claiming, drafts and completing."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.tasks import views

bp = Blueprint("tasks", __name__)
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.home, methods=["GET"])
bp.add_url_rule("/tasks/<task_id>", view_func=views.show, methods=["GET"])
bp.add_url_rule("/tasks/<task_id>/side/<part>", view_func=views.side, methods=["GET"])
bp.add_url_rule("/tasks/<task_id>/why-due", view_func=views.why_due, methods=["GET"])
bp.add_url_rule("/tasks/<task_id>/claim", view_func=views.claim, methods=["POST"])
bp.add_url_rule("/tasks/<task_id>/release", view_func=views.release, methods=["POST"])
bp.add_url_rule("/tasks/<task_id>/assign", view_func=views.assign, methods=["POST"])
bp.add_url_rule("/tasks/<task_id>/draft", view_func=views.save_draft, methods=["POST"])
bp.add_url_rule("/tasks/<task_id>/choose", view_func=views.choose, methods=["POST"])
bp.add_url_rule("/tasks/<task_id>/complete", view_func=views.complete, methods=["POST"])
