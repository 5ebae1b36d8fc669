# SPDX-License-Identifier: Apache-2.0
"""The page on the state of the system."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from engine.values import CaseFilter
from webapp.ext import current_actor, get_engine, require

SHOWN = 20  #: timers and failed cases on the page


def show() -> ResponseReturnValue:
    """Version, database, due timers, failed cases."""
    require("system.look")
    engine, actor = get_engine(), current_actor()
    now = engine.clock.now()
    timers = sorted(engine.timers(actor), key=lambda timer: timer.due_at)
    return render_template(
        "system/show.html", timers=timers[:SHOWN], due=sum(timer.due_at <= now for timer in timers), total=len(timers),
        failed=engine.cases(actor, CaseFilter(state="failed", limit=SHOWN)),
        running=engine.cases(actor, CaseFilter(state="running", limit=1)).total, definitions=len(engine.definitions()),
        now=now, version=_version(), config=current_app.config["WEB"],
    )  # fmt: skip


def _version() -> str:
    try:
        return version("fitsm-flow")
    except PackageNotFoundError:
        return "not installed"
