# SPDX-License-Identifier: Apache-2.0
"""The page on the state of the system."""

from __future__ import annotations

from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import TimeInvalid
from engine.values import CaseFilter
from webapp.ext import current_actor, get_engine, may, require, site_zone
from webapp.first_run.present import zones
from webapp.replies import see
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
        late=lateness_chart(engine.punctuality(actor, since), since, HOURS, site_zone()),
        lateness=engine.punctuality_of_all(actor, since), hours=HOURS,
        messages=engine.undelivered(actor, limit=SHOWN),
        failed=engine.cases(actor, CaseFilter(state="failed", limit=SHOWN)), definitions=len(engine.definitions()),
        now=now, version=_version(), config=config, zone=site_zone().key, zones=zones(), may_set=may("people.manage"),
    )  # fmt: skip


def set_time_zone() -> ResponseReturnValue:
    """Set whose local time counts, and say what follows it and what does not."""
    require("people.manage")
    engine, name, before = get_engine(), request.form.get("zone", ""), site_zone().key
    if name not in zones():
        raise TimeInvalid(f"There is no time zone '{name}'.", hint="Choose one of the list.")
    published = engine.set_time_zone(current_actor(), name)
    if name == before:
        return see(url_for("system.show"), f"Local time was that of {name} already.", kind="info")
    running = engine.figures(current_actor()).cases_running
    kept = f" {running} running case{'s keep' if running != 1 else ' keeps'} the zone of {before} to the end." if running else ""
    followed = f"{len(published)} processes have a new version, and what begins by itself comes at the same time of day there."
    return see(url_for("system.show"), f"Local time is now that of {name}. {followed}{kept}")


def _version() -> str:
    try:
        return version("fitsm-flow")
    except PackageNotFoundError:
        return "not installed"
