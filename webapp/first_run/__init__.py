# SPDX-License-Identifier: Apache-2.0
"""The first run: while nobody exists every page leads here, where the first administrator and the opening hours are made.

Who does that has the code that `fitsm up` prints, so that nobody who merely reaches the site takes it over. As soon as there
is somebody, this page is not there, for good.
"""

from flask import Blueprint, Flask

from webapp.first_run import views

bp = Blueprint("first_run", __name__)
bp.add_url_rule("/first-run", view_func=views.show, methods=["GET"])
bp.add_url_rule("/first-run", view_func=views.begin, methods=["POST"])


def install(app: Flask) -> None:
    """Lead every page here as long as nobody exists."""
    app.before_request(views.lead_here)
