# SPDX-License-Identifier: Apache-2.0
"""The page on the state of the system."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from engine.values import CaseFilter
from webapp.ext import current_actor, get_engine, require
from webapp.system.present import lateness_chart

SHOWN = 20  #: timers and failed cases on the page
HOURS = 24  #: of lateness


def show() -> ResponseReturnValue:
    """Version, database, due timers and how late they fired, failed cases."""
    require("system.look")
    engine, actor = get_engine(), current_actor()
    now, config = engine.clock.now(), current_app.config["WEB"]
    since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    return render_template(
        "system/show.html", timers=engine.timers(actor, limit=SHOWN), figures=engine.figures(actor),
        late=lateness_chart(engine.punctuality(actor, since), since, HOURS, ZoneInfo(config.timezone)),
        lateness=engine.punctuality_of_all(actor, since), hours=HOURS,
        messages=engine.undelivered(actor, limit=SHOWN),
        failed=engine.cases(actor, CaseFilter(state="failed", limit=SHOWN)), definitions=len(engine.definitions()),
        now=now, version=_version(), config=config,
    )  # fmt: skip


def _version() -> str:
    try:
        return version("fitsm-flow")
    except PackageNotFoundError:
        return "not installed"
