# SPDX-License-Identifier: Apache-2.0
"""A diagram can ask a whole register: which records, how many, how many of each kind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import SYSTEM
from engine.errors import Invalid
from engine.queries import ask, values, written
from engine.values import Json
from tests.engine.workshop import THING, Workshop


@pytest.fixture
def things(workshop: Workshop) -> Workshop:
    """THG-1 to THG-5; the last one was made and then changed."""
    one = {"title": "One", "state": "new", "day": "2026-03-01", "size": 3}
    made = workshop.engine.write_record(SYSTEM, "thing", one).id
    for more in (
        {"title": "Two", "state": "old", "day": "2026-03-31", "size": -7.5, "parent": made},
        {"title": "Three", "state": "new", "day": "2026-04-01", "parent": made, "at": "2026-03-02T00:30:00+01:00"},
        {"title": "Four", "at": "2026-03-01T23:45:00Z", "size": 20},
        {"title": "Five", "state": "new", "parts": [made, "THG-2"], "day": "2026-01-01"},
    ):
        workshop.engine.write_record(SYSTEM, "thing", more)
    workshop.engine.write_record(SYSTEM, "thing", {"state": "old", "day": None}, "THG-5")
    return workshop


def answer(workshop: Workshop, question: dict[str, Json]) -> Json:
    with workshop.engine.read() as tx:
        return ask(tx, "thing", THING, question)


def numbers(workshop: Workshop, where: dict[str, Json], **more: Json) -> list[str]:
    return [record["number"] for record in answer(workshop, {"where": where, **more})]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, ["THG-1", "THG-2", "THG-3", "THG-4", "THG-5"]),
        ({"state": "new"}, ["THG-1", "THG-3"]),
        ({"state": ["new", "old"]}, ["THG-1", "THG-2", "THG-3", "THG-5"]),
        ({"state": None}, ["THG-4"]),
        ({"parent": "THG-1", "state": "old"}, ["THG-2"]),
        ({"parent": None}, ["THG-1", "THG-4", "THG-5"]),
        ({"parts": "THG-2"}, ["THG-5"]),
        ({"day": {"to": "2026-03-31"}}, ["THG-1", "THG-2"]),
        ({"day": {"from": "2026-03-31", "to": None}}, ["THG-2", "THG-3"]),
        ({"at": {"from": "2026-03-02T00:40:00+01:00"}}, ["THG-4"]),
        ({"size": {"from": -8, "to": 3}}, ["THG-1", "THG-2"]),
        ({"size": 20.0}, ["THG-4"]),
        ({"state": []}, []),
        ({"id": ["THG-4", "THG-2", "THG-9"]}, ["THG-2", "THG-4"]),
        ({"id": "THG-4", "state": "new"}, []),
    ],
)
def test_records_are_found_by_what_they_hold(things: Workshop, where: dict[str, Json], found: list[str]) -> None:
    assert numbers(things, where) == found
    assert answer(things, {"where": where, "count": True}) == len(found)


def test_an_answer_holds_whole_records_in_the_order_asked_for(things: Workshop) -> None:
    [first, *rest] = answer(things, {"where": {"day": {"from": "2026-01-01"}}, "order": "-day"})
    assert first == {
        "title": "Three", "state": "new", "day": "2026-04-01", "parent": "THG-1", "at": "2026-03-02T00:30:00+01:00",
        "id": "THG-3", "number": "THG-3", "label": "Three",
    }  # fmt: skip
    assert [record["number"] for record in rest] == ["THG-2", "THG-1"]
    assert numbers(things, {}, order=["state", "-size"], limit=3) == ["THG-4", "THG-1", "THG-3"]


def test_records_are_counted_by_value(things: Workshop) -> None:
    assert answer(things, {"count_by": "state"}) == [
        {"value": "new", "count": 2}, {"value": "old", "count": 2}, {"value": "", "count": 1},
    ]  # fmt: skip
    assert answer(things, {"count_by": "parent", "where": {"state": ["new", "old"]}}) == [
        {"value": "THG-1", "count": 2}
    ]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"were": {}}, "'were' is no part of a question"),
        ({"where": {"title": "One"}}, "not found by 'title'"),
        ({"where": ["state"]}, "'where' is no mapping"),
        ({"where": {"day": {"before": "2026-01-01"}}}, "bounds of 'day'"),
        ({"where": {"day": {}}}, "bounds of 'day'"),
        ({"order": "title"}, "not found by 'title'"),
        ({"count_by": "note"}, "not found by 'note'"),
        ({"limit": 0}, "no number of records"),
        ({"limit": 5000}, "no number of records"),
        ({"limit": True}, "no number of records"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(things: Workshop, question: dict[str, Json], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        answer(things, question)


TEXT = """
start S -> Ask
script Ask | do: begin = "2026-03-01" | read: thing: {"where": {"state": wanted}, "order": "day"} as found -> Look
user Look -> E
end E
"""


def test_a_step_asks_and_its_answer_is_replayed(things: Workshop) -> None:
    """The answer is a part of the event, so that later records change nothing."""
    things.publish("asks", TEXT)
    case = things.start("asks", wanted="new")
    things.engine.write_record(SYSTEM, "thing", {"title": "Six", "state": "new", "day": "2025-01-01"})
    assert [record["number"] for record in things.data(case)["found"]] == ["THG-1", "THG-3"]
    assert things.engine.verify(SYSTEM, case.id).ok


def test_a_step_whose_question_is_wrong_is_held(things: Workshop) -> None:
    """The case says which element asked what."""
    things.publish("asks", TEXT.replace('"state": wanted', '"title": wanted'))
    case = things.start("asks", wanted="new")
    fault = things.engine.case(SYSTEM, case.id).case.fault
    assert fault is not None
    assert fault.element == "Ask"
    assert "not found by 'title'" in fault.message


def test_a_schema_that_names_more_finds_old_records(things: Workshop, tmp_path: Path) -> None:
    schema = {**THING, "x-index": ["note", "day"]}
    things.engine.write_record(SYSTEM, "thing", {"note": "blue"}, "THG-4")
    shutil.copytree(things.engine.config.content_dir, tmp_path / "content")
    (tmp_path / "content" / "processes" / "registers" / "thing.json").write_text(json.dumps(schema))
    object.__setattr__(things.engine.config, "content_dir", tmp_path / "content")
    things.engine.publish_content(SYSTEM)
    with things.engine.read() as tx:
        found = ask(tx, "thing", schema, {"where": {"note": "blue"}})
    assert [record["number"] for record in found] == ["THG-4"]


NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9).map(lambda n: round(n, 3)))


@given(NUMBERS, NUMBERS)
def test_numbers_are_written_in_their_order(a: float, b: float) -> None:
    assert (written(a) < written(b)) == (a < b)


def test_what_is_no_single_value_is_not_indexed() -> None:
    schema = {"x-index": ["a", "b", "c"]}
    assert values(schema, {"a": {"x": 1}, "b": ["q", 2, None], "c": None}) == [("b", "q"), ("b", written(2))]
