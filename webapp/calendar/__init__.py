# SPDX-License-Identifier: Apache-2.0
"""The calendar of reviews: everything that comes up by itself, by month, as a list and as a plan of two years.

For everybody signed in; the feeds are for calendar programs, which know a secret address and nothing else. What is due
when is the engine's word (`Engine.schedule`); here it is put on sheets.
"""

from flask import Blueprint, request

from webapp.calendar import subscriptions, views
from webapp.ext import login_required

bp = Blueprint("calendar", __name__, url_prefix="/calendar")


@bp.before_request
def _admit() -> None:
    if request.endpoint != "calendar.feed":
        login_required()


bp.add_url_rule("/", view_func=views.index, methods=["GET"])
bp.add_url_rule("/subscribe", "subscribe", subscriptions.index, methods=["GET"])
bp.add_url_rule("/subscribe", "add_address", subscriptions.add, methods=["POST"])
bp.add_url_rule("/subscribe/<token_id>/withdraw", "drop_address", subscriptions.drop, methods=["POST"])
bp.add_url_rule("/feed/<token>.ics", "feed", subscriptions.feed, methods=["GET"])
bp.add_url_rule("/of/<process_id>/<element>", view_func=views.item, methods=["GET"])
bp.add_url_rule("/of/<process_id>/<element>", view_func=views.retime, methods=["POST"])
bp.add_url_rule("/of/<process_id>/<element>/<record_id>", view_func=views.item, methods=["GET"])
bp.add_url_rule("/of/<process_id>/<element>/<record_id>", view_func=views.move, methods=["POST"])
