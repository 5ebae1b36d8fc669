# SPDX-License-Identifier: Apache-2.0
"""The function library: its edges. (That every documented example is true is tested with the documentation.)"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ExpressionFailed
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from engine.scripts.functions import Function
from engine.scripts.library import LIBRARY
from engine.values import Json
from engine.worktime import Calendar

CONTRACT = """
    now today date duration add_time subtract_time next_due add_working_time working_time_between part_of minutes days_between
    len min max sum round abs lower upper strip contains text number join coalesce get any_of all_of sorted_list unique
    is_empty column table get_var actor case_id initiator
"""

#: Two pauses with an hour of working time in each.
NOON = '{"from": "2026-01-26T10:00:00Z", "to": "2026-01-26T11:00:00Z"}'
NIGHT = '{"from": "2026-01-26T16:30:00Z", "to": "2026-01-27T08:30:00Z"}'


def evaluated(source: str, context: Context, **variables: Json) -> Json:
    return compile_expression(source).evaluate(variables, context)


def test_the_library_has_exactly_these_functions() -> None:
    """Diagrams of all versions lean on these names: one more is a decision, one less breaks running cases."""
    assert set(LIBRARY) == set(CONTRACT.split())


@pytest.mark.parametrize("function", LIBRARY.values(), ids=str)
def test_every_function_is_documented(function: Function) -> None:
    """Each has a summary that is a sentence, and examples."""
    assert function.summary.endswith(".")
    assert function.examples


@pytest.mark.parametrize("function", LIBRARY.values(), ids=lambda function: function.name)
def test_an_example_means_the_same_in_a_script(function: Function, context: Context, runner: ScriptRunner) -> None:
    """Expressions and scripts call the same implementation."""
    for source, result in function.examples:
        assert compile_script(f"found = {source}").run({}, context, runner) == {"found": result}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("len({'a': 1})", 1),
        ("min('b', 'a')", "a"),
        ("max([2])", 2),
        ("sum([])", 0),
        ("sum([1, 2])", 3),
        ("round(3)", 3),
        ("round(0.125, 2)", 0.13),
        ("round(-2.5)", -3),
        ("round(1.005, 2)", 1.01),
        ("abs(-0.5)", 0.5),
        ("contains({'a': 1}, 'a')", True),
        ("text(True)", "true"),
        ("text({'a': None})", '{"a": null}'),
        ("text('ä')", "ä"),
        ("number('-12')", -12),
        ("number(1.5)", 1.5),
        ("join([], '-')", ""),
        ("join(['a', None, 2.0], '-')", "a--2.0"),
        ("coalesce()", None),
        ("coalesce(None, False)", False),
        ("get({'a': None}, 'a', 1)", None),
        ("get([1, 2], 1)", 2),
        ("get([1, 2], 5, 'none')", "none"),
        ("get({'a': 1}, 'b', default=2)", 2),
        ("any_of(['', 0])", False),
        ("all_of(['x', 1])", True),
        ("sorted_list([2, 1.5])", [1.5, 2]),
        ("sorted_list([])", []),
        ("unique([[1], [1], {'a': 1}, {'a': 1}, 1, True])", [[1], {"a": 1}, 1, True]),
        ("is_empty([])", True),
        ("is_empty(None)", True),
        ("is_empty(False)", False),
        ("days_between('2026-02-01', '2026-01-31')", -1),
        ("days_between('2026-01-26T00:00:00Z', '2026-01-24T12:00:00Z')", -1),
        ("days_between('2026-01-26', '2026-01-27T23:00:00Z')", 1),
        ("date('2026-01-26')", "2026-01-26"),
        ("add_time('2026-01-26T23:30:00+01:00', 'P1D')", "2026-01-27T22:30:00Z"),
        ("add_time('2026-01-26', 'P2W')", "2026-02-09"),
        ("next_due('2026-02-03', 'P1Y')", "2027-02-03"),
        ("next_due('2026-01-26', 'P1D')", "2026-01-27"),
        ("next_due('1924-02-29', 'P1Y')", "2026-02-28"),
        ("next_due('2025-12-30', 'P2W')", "2026-01-27"),
        ("subtract_time('2024-02-29T12:00:00Z', 'P1Y')", "2023-02-28T12:00:00Z"),
        ("subtract_time('2026-01-26T09:00:00Z', 'PT36H')", "2026-01-24T21:00:00Z"),
        ("working_time_between('2026-01-26T09:00:00Z', '2026-01-23T09:00:00Z')", "PT0S"),
        ("working_time_between('2026-01-26T08:00:00Z', '2026-01-27T08:30:15Z')", "PT9H30M15S"),
        ("add_working_time('2026-01-26T09:00:00Z', 'P5D', calendar='default')", "2026-02-02T09:00:00Z"),
        (f"add_working_time('2026-01-26T09:00:00Z', 'PT2H', pauses=[{NIGHT}, {NOON}])", "2026-01-26T12:00:00Z"),
        (f"add_working_time('2026-01-26T16:00:00Z', 'PT2H', pauses=[{NIGHT}, {NOON}])", "2026-01-27T10:00:00Z"),
        (f"add_working_time('2026-01-26T09:30:00Z', 'P1D', pauses=[{NOON}])", "2026-01-27T10:30:00Z"),
        ("add_working_time('2026-01-26T09:00:00Z', 'PT2H', pauses=[])", "2026-01-26T11:00:00Z"),
        ("part_of('PT1H', 12.5)", "PT7M30S"),
        ("part_of('PT10S', 33)", "PT3S"),
        ("part_of('PT1H', 0)", "PT0S"),
        ("minutes('PT89S')", 1),
        ("minutes('PT24H')", 1440),
    ],
)
def test_it_computes(source: str, value: Json, context: Context) -> None:
    """Edges of the functions."""
    result = evaluated(source, context)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("source", "sentence", "hint"),
    [
        ("len(3)", "len() needs a text, list or mapping and saw the number 3", ""),
        ("lower(None)", "lower() needs a text and saw nothing (None)", "coalesce"),
        ("min([])", "nothing to choose from", "is_empty"),
        ("min(1, 'a')", "cannot compare", ""),
        ("sum([1, 'a'])", "sum() needs a number", ""),
        ("sum(1)", "sum() needs a list", ""),
        ("round('a')", "round() needs a number", ""),
        ("round(1, 99)", "0 to 15 places", ""),
        ("number('12 EUR')", "cannot make a number", "12.5"),
        ("number(None)", "cannot make a number of nothing", ""),
        ("number(True)", "cannot make a number of True", ""),
        ("join('abc', ',')", "join() needs a list", ""),
        ("join([1], None)", "join() needs a text", ""),
        ("get('abc', 1)", "get() needs a mapping and a key", ""),
        ("get({}, 1)", "get() needs a text", ""),
        ("sorted_list([1, 'a'])", "numbers only or texts only", ""),
        ("sorted_list(['a', None])", "saw nothing (None) among them", ""),
        ("contains(None, 'a')", "'in' cannot look for", ""),
        ("date('26.01.2026')", "is not a date", "2026-01-26"),
        ("date(None)", "needs a date", "no value yet"),
        ("duration('4 hours')", "is not a duration", "PT4H"),
        ("add_time('2026-01-26T09:00:00', 'P1D')", "no time zone", "offset"),
        ("add_time('2026-01-26', 'PT1H')", "cannot add hours to a date", ""),
        ("next_due('2026-01-26', 'PT1H')", "a period of days or more", "P1Y"),
        ("next_due('2026-01-26', 'P0D')", "a period of days or more", "P1Y"),
        ("add_time('9999-12-31', 'P1D')", "out of the calendar", ""),
        ("subtract_time('0001-01-01', 'P1D')", "out of the calendar", ""),
        ("subtract_time('2026-01-26', 'PT1H')", "cannot add hours to a date", ""),
        ("add_working_time('2026-01-26T09:00:00Z', 'P1D', 'defualt')", 'no calendar "defualt"', "'default'"),
        ("add_working_time('2026-01-26', 'P1D')", "is not a date-time", ""),
        ("add_working_time('2026-01-26T09:00:00Z', 'PT1H', pauses='PT1H')", "needs a list of pauses", ""),
        (
            "add_working_time('2026-01-26T09:00:00Z', 'PT1H', pauses=[{'from': now()}])",
            "needs pauses with from and to",
            '"to"',
        ),
        ("add_working_time('2026-01-26T09:00:00Z', 'PT1H', pauses=[{'from': 1, 'to': 2}])", "needs a date-time", ""),
        ("part_of('P2D', 50)", "needs a duration of hours, minutes and seconds", "working_time_between"),
        ("part_of('PT1H', -1)", "0 per cent or more", ""),
        ("part_of('PT1H', '50')", "needs a number", ""),
        ("minutes('P1M')", "needs a duration of hours, minutes and seconds", "working_time_between"),
        ("get_var(1)", "get_var() needs a text", ""),
    ],
)
def test_it_refuses(source: str, sentence: str, hint: str, context: Context) -> None:
    """What a function cannot use is refused with a sentence that names it."""
    with pytest.raises(ExpressionFailed) as caught:
        evaluated(source, context)
    assert sentence in caught.value.sentence
    assert hint in caught.value.hint


def test_the_clock_is_the_step(context: Context) -> None:
    """`now` and `today` are the recorded moment of the step, whole seconds, however often they are asked."""
    late = Context(datetime(2026, 1, 26, 23, 59, 59, 999_999, tzinfo=UTC))
    assert evaluated("[now(), now(), today()]", late) == ["2026-01-26T23:59:59Z"] * 2 + ["2026-01-26"]


def test_today_is_a_day_where_the_office_is() -> None:
    """The day begins at midnight in the time zone of the default calendar, not in UTC."""
    hours = {"time_zone": "Pacific/Auckland", "opening_hours": {"monday": ["09:00-17:00"]}}
    there = Context(datetime(2026, 1, 26, 13, tzinfo=UTC), calendars={"default": Calendar.from_json(hours)})
    assert evaluated("today()", there) == "2026-01-27"


def test_who_and_which_case(context: Context) -> None:
    """The people and the case are those of the step; timers have no person."""
    assert evaluated("[actor(), initiator(), case_id()]", context) == ["ada", "grace", "C-1"]
    assert evaluated("[actor(), initiator()]", Context(context.now)) == [None, None]


def test_get_var_sees_nothing_as_nothing(context: Context) -> None:
    """A variable that is there but has no value gives that, not the default."""
    assert evaluated("[get_var('a', 1), get_var('b', 1)]", context, a=None) == [None, 1]


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(0, 10**7))  # noqa: DTZ001
def test_adding_exact_time_and_counting_back(when: datetime, seconds: int) -> None:
    """`add_time` with hours and seconds moves by exactly that, and `<` agrees."""
    start = when.replace(tzinfo=UTC, microsecond=0)
    context = Context(start)
    later = evaluated(f'add_time(now(), "PT{seconds}S")', context)
    assert datetime.fromisoformat(later) - start == timedelta(seconds=seconds)
    assert evaluated("now() <= later", context, later=later) is True
    assert evaluated("days_between(now(), later)", context, later=later) == seconds // 86400


def test_records_become_a_table(context: Context) -> None:
    """Line breaks and bars of a value do not break it; what a record lacks is an empty cell."""
    found = [{"id": "INC-1", "title": "Mail | calendar\nare down"}, {"id": "INC-2", "last_seen": 3}]
    drawn = evaluated('table(found, "id", "title", "last_seen")', context, found=found)
    assert drawn == (
        "| Id | Title | Last seen |\n|---|---|---|\n| INC-1 | Mail \\| calendar are down |  |\n| INC-2 |  | 3 |"
    )
    assert evaluated("table(found)", context, found=found[1:]) == "| Id | Last seen |\n|---|---|\n| INC-2 | 3 |"


@pytest.mark.parametrize("source", ['table("x", "id")', "table([{}], 3)", 'column({}, "id")', 'column(["x"], "id")'])
def test_tables_are_made_of_lists_of_mappings(context: Context, source: str) -> None:
    with pytest.raises(ExpressionFailed):
        evaluated(source, context)
