# SPDX-License-Identifier: Apache-2.0
"""The page after signing in."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.values import Task
from webapp.ext import current_actor, get_engine, site_zone
from webapp.home.present import look
from webapp.tasks.present import why


def show() -> ResponseReturnValue:
    """Today, late and to come, as the roles of the person have it."""
    actor = current_actor()
    found = look(get_engine(), actor, site_zone())

    def why_mine(task: Task) -> str:
        return why(task, actor)

    return render_template("home/show.html", home=found, why=why_mine)
