# SPDX-License-Identifier: Apache-2.0
"""Pages of conformity: all processes at a glance, one with its evidence, and everything for the printer."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from engine import Practice
from webapp.config import WebConfig
from webapp.conformity.report import LEVELS, STATES, Conformity, report
from webapp.conformity.standard import Standard, read_standard
from webapp.ext import current_actor, get_engine

MARK = "fitsm"  #: the property by which an element says which activity it performs


def index() -> ResponseReturnValue:
    """Every process on one line."""
    return _page("conformity/index.html", *_look())


def show(process: str) -> ResponseReturnValue:
    """The requirements of one process, each with what shows it."""
    practice, found = _look()
    wanted = tuple(one for one in found if one.id == process)
    if not wanted:
        raise NotFound
    return _page("conformity/show.html", practice, wanted)


def everything() -> ResponseReturnValue:
    """All of them one after another."""
    return _page("conformity/all.html", *_look())


def _look() -> tuple[Practice, tuple[Conformity, ...]]:
    engine, actor = get_engine(), current_actor()
    practice, now = engine.practice(actor, MARK), engine.clock.now()
    files = {one.process_id: one.file for one in engine.definitions()}
    return practice, report(_standard(), practice, engine.schedule(actor, now).planned, files, now)


def _page(template: str, practice: Practice, found: tuple[Conformity, ...]) -> str:
    engine = get_engine()
    return render_template(
        template, standard=_standard(), levels=LEVELS, states=STATES, cases=practice.looked_at,
        counted_to=practice.counted_to, now=engine.clock.now(), found=found,
        registers={register.name: register.title for register in engine.registers()},
    )  # fmt: skip


def _standard() -> Standard:
    """Read once: it comes with the content and changes with a release."""
    if "standard" not in current_app.extensions:
        config: WebConfig = current_app.config["WEB"]
        current_app.extensions["standard"] = read_standard(Path(config.content_dir) / "processes" / "fitsm")
    found: Standard = current_app.extensions["standard"]
    return found
