# SPDX-License-Identifier: Apache-2.0
"""Conformity at a glance: for each requirement of the standard what evidence there is, and how mature each process is.

For who may read histories or definitions. What the standard asks is `standard`, what follows from the evidence `report`
(pure); the evidence itself is the engine's word (`Engine.practice`, `Engine.schedule`).
"""

from flask import Blueprint

from webapp.conformity import views
from webapp.ext import login_required

bp = Blueprint("conformity", __name__, url_prefix="/conformity")
bp.before_request(login_required)
bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/all", view_func=views.everything, methods=["GET"])
bp.add_url_rule("/<process>", view_func=views.show, methods=["GET"])
