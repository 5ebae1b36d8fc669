# SPDX-License-Identifier: Apache-2.0
"""Sign in, sign out, change the password. Sessions live in a signed cookie that names a person and their epoch."""

from flask import Blueprint

from webapp.auth import views

bp = Blueprint("auth", __name__)

bp.add_url_rule("/sign-in", view_func=views.sign_in, methods=["GET"])
bp.add_url_rule("/sign-in", view_func=views.check, methods=["POST"])
bp.add_url_rule("/sign-in/as", view_func=views.sign_in_as, methods=["POST"])
bp.add_url_rule("/sign-out", view_func=views.sign_out, methods=["POST"])
bp.add_url_rule("/me", view_func=views.account, methods=["GET"])
bp.add_url_rule("/me/password", view_func=views.change_password, methods=["POST"])
bp.add_url_rule("/me/tokens", view_func=views.add_token, methods=["POST"])
bp.add_url_rule("/me/tokens/<token_id>/drop", view_func=views.drop_token, methods=["POST"])
bp.add_url_rule("/session.json", view_func=views.session_state, methods=["GET"])
