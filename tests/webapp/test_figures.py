# SPDX-License-Identifier: Apache-2.0
"""Figures: the list of indicators, one with its trend, and the drawing of values."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM, Engine, EngineConfig, open_engine
from engine.values import Person
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import create_app
from webapp.config import WebConfig, content_dir
from webapp.figures import present
from webapp.passwords import hash_password

KPI: dict[str, Any] = {"title": "Resolved in time", "process": "PR9", "measure": "incidents_in_time", "direction": "up", "target": 90,
                       "warning": 80, "period": "P1M", "state": "active", "reason": "Users rely on it.", "next_measurement_on": "2031-01-01"}  # fmt: skip
VALUE = {"title": "x", "kpi": "KPI-1", "period_from": "2026-01-01", "period_to": "2026-01-31", "unit": "%", "count": 20, "target": 90}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped content and two people, made once."""
    folder = tmp_path_factory.mktemp("figures")
    engine = open_engine(EngineConfig(f"sqlite:///{folder / 'site.db'}", content_dir()))
    engine.publish_content(SYSTEM)
    for login, roles in (("rosa", {"sms_manager"}), ("nils", {"user"})):
        person = Person(login, login.capitalize(), roles=frozenset(roles))
        engine.people.add(SYSTEM, person, login=login, password_hash=hash_password(PASSWORD))
    engine.close()
    return folder


@pytest.fixture
def engine(furnished: Path, tmp_path: Path) -> Iterator[Engine]:
    for part in furnished.glob("site.db*"):
        shutil.copy(part, tmp_path / part.name)
    opened = open_engine(EngineConfig(f"sqlite:///{tmp_path / 'site.db'}", content_dir()))
    yield opened
    opened.close()


@pytest.fixture
def rosa(engine: Engine, tmp_path: Path) -> Browser:
    database = f"sqlite:///{tmp_path / 'site.db'}"
    config = WebConfig(secret_key="k" * 40, database_url=database, content_dir=content_dir(), demo=False, var_dir=tmp_path)
    return Browser(create_app(config, engine)).sign_in("rosa", PASSWORD)


def measured(engine: Engine, *values: float | None) -> None:
    """One indicator with a value for each month from January on."""
    engine.write_record(SYSTEM, "kpi", KPI)
    for month, value in enumerate(values, 1):
        rating = "no_data" if value is None else "met" if value >= 90 else "warning" if value >= 80 else "missed"
        period = {"period_from": f"2026-{month:02}-01", "period_to": f"2026-{month:02}-28"}
        engine.write_record(SYSTEM, "kpi_measurement", {**VALUE, **period, "value": value, "rating": rating, "cause": f"Why {month}"})


def test_the_list_shows_the_last_value_against_its_target(rosa: Browser, engine: Engine) -> None:
    measured(engine, 93, 75.5)
    page = rosa.open("/figures/").text
    for words in ("Resolved in time", "75.5 %", "at least 90 %", "Missed", "worse", "1 Jan 2031", "PR9 Incidents and service requests"):
        assert words in page
    assert page.count("<polyline") == 1


def test_the_list_narrows_by_rating(rosa: Browser, engine: Engine) -> None:
    measured(engine, 75)
    assert "Resolved in time" in rosa.open("/figures/?rating=missed").text
    assert "No indicator was last rated so" in rosa.open("/figures/?rating=met").text
    assert "Resolved in time" in rosa.open("/figures/?rating=nonsense").text


def test_without_indicators_the_page_says_where_they_come_from(rosa: Browser) -> None:
    assert "Nothing is measured yet" in rosa.open("/figures/").text


def test_one_indicator_shows_every_value_and_what_was_said(rosa: Browser, engine: Engine) -> None:
    measured(engine, 93, None, 75)
    page = rosa.open("/figures/KPI-1").text
    for words in ("Why 1", "Why 3", "Nothing to measure", "Still bearable", "Users rely on it.", "of 20", "1 Mar – 28 Mar 2026: 75 %, missed"):
        assert words in page
    assert page.count("<polyline") == 2 * 2  # wide and narrow: the month without a value parts the line


def test_an_indicator_that_was_never_measured(rosa: Browser, engine: Engine) -> None:
    engine.write_record(SYSTEM, "kpi", KPI)
    page = rosa.open("/figures/KPI-1").text
    assert "The first value comes on 1 Jan 2031" in page
    assert rosa.open("/figures/KPI-9").status_code == 404


def test_who_may_not_read_registers_sees_none(rosa: Browser, engine: Engine) -> None:
    measured(engine, 93)
    nils = rosa.sign_in("nils", PASSWORD)
    assert nils.open("/figures/").status_code == 403
    assert nils.open("/figures/KPI-1").status_code == 403
    assert "/figures/" not in nils.open("/me").text


@pytest.mark.parametrize(
    ("direction", "values", "words"),
    [("up", [90, 80], "better"), ("down", [90, 80], "worse"), ("up", [80, 80], "as before"), ("up", [80], ""), ("up", [None, 80], "")],
)  # fmt: skip
def test_where_it_goes_depends_on_which_way_is_good(direction: str, values: list[float | None], words: str) -> None:
    listed = [{**VALUE, "value": value, "rating": "met"} for value in values]
    assert present.indicator({}, {**KPI, "id": "KPI-1", "direction": direction}, listed).change == words


def test_the_drawing_holds_all_values_and_both_lines() -> None:
    """Better is never above the drawing, nor worse below it; equal values stand at equal heights."""
    listed = [{**VALUE, "value": value, "rating": "met"} for value in (100, 0, 100)]
    trend = present.indicator({}, {**KPI, "id": "KPI-1"}, listed).large
    heights = [point.y for point in trend.points]
    assert heights[0] == heights[2] < (trend.target or 0) < (trend.bearable or 0) < heights[1] <= trend.floor
    assert all(trend.left < point.x < trend.width for point in trend.points)


def test_indicators_stand_in_the_order_of_the_standard() -> None:
    known = [{**KPI, "id": code, "process": code} for code in ("GR7", "PR10", "PR9")]
    assert [one.id for one in present.indicators({}, known, [])] == ["PR9", "PR10", "GR7"]
    assert present.written(None) == "–"
    assert present.written(1234.50, "h") == "1,234.5 h"


def test_without_a_target_no_line_is_drawn() -> None:
    one = present.indicator({}, {**KPI, "id": "KPI-1", "target": None, "warning": None}, [{**VALUE, "value": 7, "rating": "met"}])
    assert (one.wanted, one.large.target, one.large.bearable) == ("no target", None, None)
    assert len(one.large.points) == 1


def test_the_unit_is_known_before_anything_is_measured() -> None:
    schema = {"properties": {"measure": {"oneOf": [{"const": "incidents_in_time", "title": "PR9 Incidents resolved in time (%)"}]}}}
    assert present.indicator(schema, {**KPI, "id": "KPI-1"}, []).wanted == "at least 90 %"


def test_what_stands_beside_and_below_a_drawing_never_overlaps() -> None:
    """The target's label comes first; months below the values as far as they fit; ratings differ by shape."""
    listed = [{**VALUE, "value": value, "rating": rating} for value, rating in ((91, "met"), (89, "missed"), (None, "no_data")) * 8]
    one = present.indicator({}, {**KPI, "id": "KPI-1", "warning": None}, listed)
    for trend in (one.large, one.narrow):
        heights = sorted(y for y, _ in trend.scale)
        assert all(below - above >= 13 for above, below in itertools.pairwise(heights))
        places = [point.x for point in trend.points if point.tick]
        assert all(right - left >= 56 for left, right in itertools.pairwise(places))
        assert (trend.target, "90 %") in trend.scale
        assert trend.empty
    assert len({point.shape for point in one.large.points}) == 2
