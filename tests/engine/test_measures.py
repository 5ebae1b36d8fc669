# SPDX-License-Identifier: Apache-2.0
"""Named figures over registers, asked for a period by a diagram."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM
from engine.errors import Invalid
from engine.queries import MOST
from engine.values import Json
from tests.engine.workshop import Workshop

DONE = {"id": "made", "title": "Things made", "unit": "", "process": "PR0", "register": "thing", "date": "day"}
OLD = {**DONE, "id": "old", "title": "Old ones", "unit": "%", "share": {"state": "old"}}
MEAN = {**DONE, "id": "mean", "title": "Mean size", "unit": "kg", "average": "size", "where": {"state": "old"}}
ASKS = """
    start S -> M
    user M -> A
    user A | read: measure: {"measure": which, "from": "2026-03-01", "to": "2026-03-31"} as found -> E
    end E"""


@pytest.fixture
def measuring(workshop: Workshop) -> Iterator[Workshop]:
    path = Path(workshop.engine.config.content_dir) / "processes" / "measures.json"
    path.write_text(json.dumps([DONE, OLD, MEAN]))
    workshop.engine.publish_content()
    workshop.publish("P", ASKS)
    yield workshop
    path.unlink()


def found(workshop: Workshop, which: str) -> Any:
    case = workshop.start()
    workshop.do(case, "M", which=which)
    assert workshop.engine.verify(SYSTEM, case.id).ok
    return workshop.data(case)["found"]


def things(workshop: Workshop, *listed: tuple[str, str, float | None]) -> None:
    for day, state, size in listed:
        fields: dict[str, Json] = {"title": "x", "day": day, "state": state}
        workshop.engine.write_record(SYSTEM, "thing", fields | ({} if size is None else {"size": size}))


def test_a_figure_of_a_period(measuring: Workshop) -> None:
    """First and last day count; what lies outside does not."""
    things(
        measuring,
        ("2026-02-28", "old", 9),
        ("2026-03-01", "old", 2),
        ("2026-03-31", "new", 7),
        ("2026-03-20", "old", None),
        ("2026-04-01", "old", 9),
    )
    assert found(measuring, "made") == {"title": "Things made", "unit": "", "count": 3, "value": 3}
    assert found(measuring, "old") == {"title": "Old ones", "unit": "%", "count": 3, "value": 66.7}
    assert found(measuring, "mean") == {"title": "Mean size", "unit": "kg", "count": 1, "value": 2}


def test_a_mean_is_of_all_records(measuring: Workshop) -> None:
    """Also of more than one question to a register is answered with."""
    things(measuring, *(("2026-03-20", "old", size % 3) for size in range(2 * MOST + 1)))
    assert found(measuring, "mean") == {"title": "Mean size", "unit": "kg", "count": 2 * MOST + 1, "value": 1}


def test_where_nothing_was_there_nothing_is_measured(measuring: Workshop) -> None:
    assert [found(measuring, which)["value"] for which in ("made", "old", "mean")] == [0, None, None]


@pytest.mark.parametrize("which", ["nothing", ""])
def test_an_unknown_measure_holds_the_case(measuring: Workshop, which: str) -> None:
    """With what it asked for; nothing is half done."""
    case = measuring.start()
    measuring.do(case, "M", which=which)
    held = measuring.case(case)
    assert held.state == "failed"
    assert held.fault is not None
    assert f"no measure '{which}'" in held.fault.message


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"register": "nothing"}, "which is not there"),
        ({"date": "title"}, "asks for 'title', by which records are not found"),
        ({"share": {"note": "x"}}, "asks for 'note'"),
        ({"average": "weight"}, "averages 'weight'"),
        ({"median": "size"}, "lacks or has too much: median"),
        ({"id": "old"}, "two measures 'old'"),
    ],
)
def test_what_cannot_be_measured_is_refused_when_it_is_published(
    workshop: Workshop, wrong: dict[str, Json], what: str
) -> None:
    path = Path(workshop.engine.config.content_dir) / "processes" / "measures.json"
    path.write_text(json.dumps([OLD, {**DONE, **wrong}]))
    try:
        with pytest.raises(Invalid, match=what):
            workshop.engine.publish_content()
    finally:
        path.unlink()


def test_there_is_no_store_without_measures(workshop: Workshop) -> None:
    with pytest.raises(Invalid, match="measure"):
        workshop.publish("P", ASKS)
