# SPDX-License-Identifier: Apache-2.0
"""Files that people hand in: uploaded by a form's field, downloaded from the case or the record that names them.

They come from anybody, so a browser only ever saves them: none is shown within the site, whatever it is called.
"""

from flask import Blueprint

from webapp.ext import login_required
from webapp.files import views

bp = Blueprint("files", __name__)
bp.before_request(login_required)

bp.add_url_rule("/files", view_func=views.upload, methods=["POST"])
bp.add_url_rule("/cases/<case_id>/files/<sha256>", view_func=views.of_case, methods=["GET"])
bp.add_url_rule("/registers/<register>/<record_id>/files/<sha256>", view_func=views.of_record, methods=["GET"])
