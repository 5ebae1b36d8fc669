# SPDX-License-Identifier: Apache-2.0
"""What a person types is more than blanks, lasts some time, and is not over; what is refused is not lost."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM, forms, typed
from engine.errors import FormInvalid, Invalid, RecordInvalid
from tests.engine.workshop import Workshop


@pytest.fixture
def asked(workshop: Workshop) -> Workshop:
    workshop.publish("P", "start S -> A\nuser A | form: T/typed.json -> E\nend E")
    return workshop


def _day(workshop: Workshop, days: int) -> str:
    return (workshop.engine.clock.now() + timedelta(days=days)).date().isoformat()


def _refused(workshop: Workshop, data: dict[str, Any]) -> dict[tuple[str | int, ...], str]:
    case = workshop.start()
    task = workshop.task(case)
    wanda = workshop.actor("wanda")
    workshop.engine.claim(wanda, task.id)
    workshop.engine.save_draft(wanda, task.id, data)
    with pytest.raises(FormInvalid) as error:
        workshop.engine.complete(wanda, task.id, data)
    assert workshop.engine.task_form(wanda, task.id).value == data, "what was typed is still there"
    return {one.path: one.message for one in error.value.errors}


@pytest.mark.parametrize("blank", [" ", "\n\t", "\u2003", "\u200b", "\x85 "])
def test_blanks_are_not_text(asked: Workshop, blank: str) -> None:
    """Where something must be written, blanks are nothing; where nothing must, they are let be."""
    assert _refused(asked, {"evidence": blank, "note": blank}) == {
        ("evidence",): "This must not be empty: there are only blanks in it."
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("period", "P0D", "P0D is no time at all"),
        ("period", "P0M", "no time at all"),
        ("within", "PT0S", "no time at all"),
        ("period", "PT23H", "too short: 1 day at least"),
        ("period", "P121M", "too long: 10 years at most"),
        ("period", "P1000Y", "too long: 10 years at most"),
        ("within", "P1000Y", "too long: 100 years at most"),
        ("period", "-P1M", "Write how long, as in P1M"),
        ("period", "R/P1M", "Write how long, as in P1M"),
        ("period", "R/2026-01-01/P1D", "Write how long, as in P1M"),
    ],
)
def test_a_period_lasts_some_time_and_ends(asked: Workshop, field: str, value: str, words: str) -> None:
    """No time, a negative one, one without end and an absurdly long one are refused at the field."""
    refused = _refused(asked, {field: value})
    assert list(refused) == [(field,)]
    assert words in refused[field,]


@pytest.mark.parametrize("value", ["P1D", "P12M", "P10Y", "P120M", "P52W"])
def test_usual_periods_are_taken(asked: Workshop, value: str) -> None:
    """The ends themselves are right, whatever unit they are written in."""
    case = asked.do(asked.start(), period=value)
    assert (case.state, asked.data(case)["period"]) == ("completed", value)


def test_a_day_that_is_over_is_refused(asked: Workshop) -> None:
    """Also within a list; a moment of today is not over."""
    over = _day(asked, -1)
    refused = _refused(asked, {"until": over, "begins": f"{over}T10:00:00Z", "rows": [{"what": "x", "by": over}]})
    assert refused == dict.fromkeys(
        [("until",), ("begins",), ("rows", 0, "by")], f"{over} is over. Choose today or a later day."
    )
    now = asked.engine.clock.now()
    case = asked.do(asked.start(), until=_day(asked, 0), begins=now.isoformat())
    assert case.state == "completed"


def test_an_end_is_not_before_its_beginning(asked: Workshop) -> None:
    """Of days and of moments."""
    refused = _refused(asked, {"from": _day(asked, 9), "until": _day(asked, 8)})
    assert refused == {("until",): f"This is before “From” ({_day(asked, 9)}). Choose the same day or a later one."}
    begins, ends = f"{_day(asked, 5)}T10:00:00+02:00", f"{_day(asked, 5)}T07:59:59Z"
    assert list(_refused(asked, {"begins": begins, "ends": ends})) == [("ends",)]


def test_today_is_a_day_where_the_organisation_is(asked: Workshop) -> None:
    """Not in UTC: at half past midnight in Berlin the day before is over."""
    now = asked.engine.clock.now().astimezone(asked.engine.config.zone)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=30)
    asked.clock.advance(midnight - now)
    yesterday = (midnight - timedelta(days=1)).date().isoformat()
    assert list(_refused(asked, {"until": yesterday})) == [("until",)]


def test_a_record_is_held_to_it_where_a_person_changes_it(asked: Workshop) -> None:
    """What was there before may stay: a review that is late has a day that is over."""
    olga, soon = asked.actor("olga"), _day(asked, 1)
    own = asked.engine.write_record(olga, "thing", {"title": "A", "due": soon}).id
    asked.clock.advance(timedelta(days=3))
    asked.engine.write_record(olga, "thing", {"title": "B", "due": soon}, own)
    with pytest.raises(RecordInvalid) as error:
        asked.engine.write_record(olga, "thing", {"title": " ", "due": _day(asked, -1)}, own)
    assert [one.path for one in error.value.errors] == [("title",), ("due",)]
    assert asked.engine.record(SYSTEM, "thing", own).data == {"title": "B", "due": soon}


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("x-least", "a day"), ("x-most", "P0D"), ("x-least", "P1D"), ("x-not-before", "today"), ("minItems", 1), ("minimum", 1)],
)
def test_what_a_form_says_must_have_a_meaning(keyword: str, value: Any) -> None:
    """A limit that nobody can keep to, or that limits nothing of this type or format, is refused."""
    with pytest.raises(Invalid) as error:
        typed.check({"properties": {"a": {"type": "string", keyword: value}}}, "forms/T/a.json")
    assert error.value.sentence.startswith(f"forms/T/a.json: the field 'a': {keyword}")
    assert error.value.hint


@pytest.mark.parametrize("limits", [5, [None], "begin", ["today", "begin"]])
def test_a_limit_names_a_field_beside_it(workshop: Workshop, limits: Any) -> None:
    """Neither one of another name nor one outside of the row; the whole content is refused, with file and field."""
    day = {"type": "string", "format": "date"}
    row = {"type": "object", "properties": {"until": {**day, "x-not-before": limits}, "begins": day}}
    form = {"type": "object", "properties": {"begin": day, "rows": {"type": "array", "items": row}}}
    path = Path(workshop.engine.config.content_dir) / "forms" / "T" / "wrong.json"
    path.write_text(json.dumps(form))
    try:
        with pytest.raises(Invalid) as error:
            workshop.engine.publish_content()
    finally:
        path.unlink()
    assert error.value.sentence.startswith("forms/T/wrong.json: the field 'until': x-not-before ")
    assert error.value.hint in ("Did you mean 'begins'?", "Write today, the name of a field beside it, or a list of these.")


def test_a_conditional_part_may_name_a_field_of_the_whole() -> None:
    """It is beside it when both are shown; a field that a register describes may name one that the form does not ask for."""
    day = {"type": "string", "format": "date"}
    part = {"then": {"properties": {"until": {**day, "x-not-before": ["today", "begin"]}}}}
    typed.check({"properties": {"begin": day}, "allOf": [part]}, "T/a.json", whole=False)
    register = {"properties": {"begin": day, "until": {**day, "x-not-before": "begin"}}}
    form = {"properties": {"until": {"$ref": "register:r#/properties/until"}}}
    typed.check(form, "T/a.json", whole=False)
    typed.check(forms.self_contained(form, {"r": register}, "T/a.json"), "T/a.json")


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+02:00", "0001-06-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00"])
def test_a_moment_lies_within_the_calendar(asked: Workshop, moment: str) -> None:
    """The first and the last there are cannot be shown in every zone."""
    told = f"{moment[:10]} lies outside the calendar. Choose a day that somebody will see."
    assert _refused(asked, {"begins": moment}) == {("begins",): told}
