# SPDX-License-Identifier: Apache-2.0
"""The list of indicators, and one with all its values."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.values import Json
from webapp.ext import current_actor, get_engine, require
from webapp.figures import present

KPI, VALUES = "kpi", "kpi_measurement"
MOST = 1000  #: values of all indicators together that a list looks at, the newest first


def index() -> ResponseReturnValue:
    """All indicators that are measured; ``?rating=`` shows those that were last rated so."""
    require("register.read", KPI)
    rating = request.args.get("rating") if request.args.get("rating") in present.RATINGS else None
    listed: list[present.Indicator] = []
    if any(register.name == KPI for register in get_engine().registers()):
        known = _ask(KPI, {"where": {"state": "active"}, "limit": MOST})
        values = _ask(VALUES, {"where": {"kpi": [one["id"] for one in known]}, "order": "-period_to", "limit": MOST})
        schema = get_engine().register(KPI).schema
        listed = present.indicators(schema, known, values)
    shown = [one for one in listed if rating in (None, one.rating)]
    return render_template(
        "figures/index.html", shown=shown, counts=present.counts(listed), rating=rating, ratings=present.RATINGS,
        figure=present.written, shapes=present.SHAPES,
    )  # fmt: skip


def show(kpi_id: str) -> ResponseReturnValue:
    """One indicator: the picture of its values, what it is, and each value with what was said about it."""
    record = get_engine().record(current_actor(), KPI, kpi_id)
    values = _ask(VALUES, {"where": {"kpi": kpi_id}, "order": "-period_to", "limit": present.SHOWN})
    known = {**record.data, "id": record.id, "state": record.state}
    one = present.indicator(get_engine().register(KPI).schema, known, values)
    return render_template("figures/show.html", one=one, ratings=present.RATINGS, figure=present.written, shapes=present.SHAPES)


def _ask(register: str, question: dict[str, Json]) -> list[dict[str, Any]]:
    found: Any = get_engine().ask(current_actor(), register, question)
    return list(found)
