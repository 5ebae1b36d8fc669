# SPDX-License-Identifier: Apache-2.0
"""Documents: texts in Markdown, seen as they will look, compared with one another, given out as a PDF.

A register holds documents when its schema has ``x-document``, which names the fields of text, version and approval.
"""

from flask import Blueprint

from webapp.documents import views
from webapp.ext import login_required

bp = Blueprint("documents", __name__)
bp.before_request(login_required)

bp.add_url_rule("/documents/preview", view_func=views.preview, methods=["POST"])
bp.add_url_rule("/registers/<register>/<record_id>/changes", view_func=views.changes, methods=["GET"])
bp.add_url_rule("/registers/<register>/<record_id>/pdf", view_func=views.as_pdf, methods=["GET"])
