# SPDX-License-Identifier: Apache-2.0
"""For process owners: diagrams and their versions, the editor, decision tables and forms to look at."""

from flask import Blueprint

from webapp.ext import login_required
from webapp.studio import agenda, migrations, views

bp = Blueprint("studio", __name__, url_prefix="/studio")
bp.before_request(login_required)

bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/decisions", view_func=views.decisions, methods=["GET"])
bp.add_url_rule("/forms", view_func=views.forms, methods=["GET"])
bp.add_url_rule("/forms/<path:form>", view_func=views.form, methods=["GET"])
bp.add_url_rule("/agenda", "agenda", view_func=agenda.show, methods=["GET"])
bp.add_url_rule("/new", view_func=views.new, methods=["GET"])
bp.add_url_rule("/new.bpmn", view_func=views.starter, methods=["GET"])
bp.add_url_rule("/validate", view_func=views.validate, methods=["POST"])
bp.add_url_rule("/publish", view_func=views.publish, methods=["POST"])
bp.add_url_rule("/processes/<process_id>", view_func=views.show, methods=["GET"])
bp.add_url_rule("/processes/<process_id>/edit", view_func=views.edit, methods=["GET"])
bp.add_url_rule("/processes/<process_id>/diagram.bpmn", view_func=views.diagram, methods=["GET"])
bp.add_url_rule("/processes/<process_id>/migrate", view_func=migrations.plan, methods=["GET"])
bp.add_url_rule("/processes/<process_id>/migrate", "begin_migration", migrations.begin, methods=["POST"])
bp.add_url_rule("/migrations/<migration_id>", view_func=migrations.migration, methods=["GET"])
bp.add_url_rule("/migrations/<migration_id>/go-on", "continue_migration", migrations.go_on, methods=["POST"])
bp.add_url_rule("/migrations/<migration_id>/undo", "undo_migration", migrations.undo, methods=["POST"])
bp.add_url_rule("/processes/<process_id>/<int:version>", view_func=views.show, methods=["GET"])
bp.add_url_rule("/processes/<process_id>/<int:version>/diagram.bpmn", view_func=views.diagram, methods=["GET"])
