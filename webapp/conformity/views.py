# SPDX-License-Identifier: Apache-2.0
"""Pages of conformity: all processes at a glance, one with its evidence now and at earlier times, and all to print."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from engine import Practice
from webapp.config import WebConfig
from webapp.conformity.maturity import Quarter, quarters, since_begun
from webapp.conformity.report import LEVELS, STATES, Conformity, report
from webapp.conformity.standard import Standard, read_standard
from webapp.ext import current_actor, get_engine, site_zone

MARK = "fitsm"  #: the property by which an element says which activity it performs


def index() -> ResponseReturnValue:
    """Every process on one line."""
    return _page("conformity/index.html", *_look())


def show(process: str) -> ResponseReturnValue:
    """The requirements of one process, each with what shows it; ``?at=2026-09-30``: what showed it then.

    Of the reviews only what is late today is known, so none counts as late in an earlier quarter.
    """
    engine, actor = get_engine(), current_actor()
    engine.practice(actor, MARK, ())  # who may not look is told so, whatever they ask for
    asked, now = request.args.get("at", ""), engine.clock.now()
    ends = quarters(now.astimezone(site_zone()))
    at = next((end for end in ends if f"{end:%Y-%m-%d}" == asked), None)
    if asked and at is None:
        raise NotFound
    wanted, files, planned = _asked_of(process), _files(), engine.schedule(actor, now).planned

    def look(moment: datetime | None) -> tuple[Practice, Conformity]:
        practice = engine.practice(actor, MARK, wanted, moment)
        found = report(_standard(), practice, () if moment else planned, files, moment or now)
        return practice, next(one for one in found if one.id == process)

    looks = {moment: look(moment) for moment in (*ends, None)}
    practice, shown = looks[at]
    found = since_begun([Quarter(moment, one) for moment, (_, one) in looks.items()])
    return _page("conformity/show.html", practice, (shown,), at=at, quarters=found)


def _asked_of(process: str) -> frozenset[str]:
    """The activities that bear on the requirements of a process."""
    asked = [one for one in _standard().requirements if one.process == process]
    if not asked:
        raise NotFound
    return frozenset(name for one in asked for name in one.activities)


def _files() -> dict[str, str]:
    return {one.process_id: one.file for one in get_engine().definitions()}


def everything() -> ResponseReturnValue:
    """All of them one after another."""
    return _page("conformity/all.html", *_look())


def _look() -> tuple[Practice, tuple[Conformity, ...]]:
    engine, actor = get_engine(), current_actor()
    practice, now = engine.practice(actor, MARK), engine.clock.now()
    return practice, report(_standard(), practice, engine.schedule(actor, now).planned, _files(), now)


def _page(template: str, practice: Practice, found: tuple[Conformity, ...], **more: Any) -> str:
    engine = get_engine()
    return render_template(
        template, standard=_standard(), levels=LEVELS, states=STATES, cases=practice.looked_at,
        counted_to=practice.counted_to, now=engine.clock.now(), found=found,
        registers={register.name: register.title for register in engine.registers()}, **more,
    )  # fmt: skip


def _standard() -> Standard:
    """Read once: it comes with the content and changes with a release."""
    if "standard" not in current_app.extensions:
        config: WebConfig = current_app.config["WEB"]
        current_app.extensions["standard"] = read_standard(Path(config.content_dir) / "processes" / "fitsm")
    found: Standard = current_app.extensions["standard"]
    return found
