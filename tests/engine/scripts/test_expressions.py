# SPDX-License-Identifier: Apache-2.0
"""The expression language: what it computes, what it refuses, and how it says so."""

from __future__ import annotations

import copy
import operator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError, ExpressionFailed, ExpressionInvalid
from engine.scripts import Context, compile_expression
from engine.values import Json

VARIABLES: dict[str, Json] = {
    "impact": 3,
    "urgency": 2,
    "priority": "P1",
    "major": True,
    "service": None,
    "incident": {"title": "Mail is down", "tags": ["mail", "core"], "owner": None},
    "cis": ["CI-1", "CI-2"],
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('major and priority == "P1"', True),
        ("impact * 2 + urgency", 8),
        ("7 // 2 + 7 % 4 - -1", 7),
        ("2 ** 3 ** 2", 512),
        ("7 / 2", 3.5),
        ("1 < impact <= 3", True),
        ("1 < urgency < 2", False),
        ('"P1" if impact > 2 else "P3"', "P1"),
        ('incident["title"]', "Mail is down"),
        ('incident["tags"][-1]', "core"),
        ("cis[0:1] + cis[1:]", ["CI-1", "CI-2"]),
        ('priority[1] + "x" * 3', "1xxx"),
        ('"CI-1" in cis and "x" not in cis', True),
        ('"down" in incident["title"]', True),
        ('"owner" in incident', True),
        ("service is None and major is not None", True),
        ("not service", True),
        ("service or priority", "P1"),
        ("major and service", None),
        ('{"id": cis[0], "list": [1, [2]]}', {"id": "CI-1", "list": [1, [2]]}),
        ("true and not false and null is None", True),
        ("impact if true else unknown_and_not_looked_at", 3),
        ("major or unknown_and_not_looked_at", True),
        ("  impact\n  > 2  ", True),
        ("impact > 2\nand major\nand (\n  urgency == 2\n)", True),
        ("[1] * 3 == [1, 1, 1]", True),
        ("0.1 + 0.2 == 0.3", False),
        ("'ä' + \"\\n\" + '''x'''", "ä\nx"),
    ],
)
def test_it_computes(source: str, value: Json, context: Context) -> None:
    """Literals, names, subscripts, comparisons, logic, arithmetic, conditions, lists and mappings, as in Python."""
    result = compile_expression(source).evaluate(VARIABLES, context)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("source", "sentence", "hint"),
    [
        ("owner", "Unknown variable 'owner'", 'get_var("owner", default)'),
        ("impct > 2", "Unknown variable 'impct' (at character 1 of: impct > 2)", "Did you mean 'impact'?"),
        ("impact > 2 and impct", "(at character 16 of:", "Did you mean 'impact'?"),
        ("len", "'len' is a function", "len(x)"),
        ("service < 3", "'<' cannot compare nothing (None) with the number 3", "no value yet"),
        ("priority < 3", 'cannot compare the text "P1" with the number 3', "number(…)"),
        ("True < 2", "'<' cannot compare True with the number 2", ""),
        ('"a" + 1', "'+' cannot work on", "text(…)"),
        ("service + 1", "nothing (None)", "coalesce"),
        ("True + 1", "'+' cannot work on True", ""),
        ("1 / 0", "cannot be divided by zero", ""),
        ("1 % 0", "cannot be divided by zero", ""),
        ('"%s" % 3', "'%' cannot work on", ""),
        ('incident["titel"]', 'no "titel" in the mapping', "Did you mean 'title'?"),
        ("cis[2]", "There is no element 2: it has 2", "number 0"),
        ('service["x"]', "of nothing (None)", "get(mapping, key)"),
        ("cis[major]", "take the element True of a list of 2", ""),
        ('impact["x"]', "annot take the element", ""),
        ('"x" in service', "'in' cannot look for", "coalesce"),
        ("1 in priority", "'in' cannot look for the number 1", ""),
        ("{impact: 1}", "keys of a mapping are texts", ""),
        ("-priority", "'-' needs a number", ""),
        ("cis['a':]", "whole numbers", ""),
        ("999999999999999 + 999999999999999", "more than 15 digits", ""),
        ("1e308 * 10", "too large", ""),
        ("(-8) ** 0.5", "no such power", ""),
    ],
)
def test_a_failure_says_what_where_and_what_to_do(source: str, sentence: str, hint: str, context: Context) -> None:
    """The error of an evaluation names the fault, the expression and the place, and hints at the remedy."""
    with pytest.raises(ExpressionFailed) as caught:
        compile_expression(source).evaluate(VARIABLES, context)
    assert sentence in caught.value.sentence
    assert hint in caught.value.hint
    assert caught.value.expression == source


def test_a_failure_shows_the_values_it_saw(context: Context) -> None:
    """Only the variables that the expression names are shown, large ones in short."""
    variables = {**VARIABLES, "long": "x" * 500, "many": list(range(50)), "secret": "not named"}
    with pytest.raises(ExpressionFailed) as caught:
        compile_expression("impact + service + len(long) + len(many)").evaluate(variables, context)
    names = caught.value.names
    assert names == {"impact": 3, "service": None, "long": "x" * 199 + "…", "many": "a list of 50"}


@pytest.mark.parametrize(
    ("source", "sentence", "hint"),
    [
        ("", "is empty", ""),
        ("impact >", "cannot be read", ""),
        ("impact = 3", "cannot be read", "Two values are compared with ==."),
        ("impact && major", "cannot be read", "Write and, or, not"),
        ("(impact", "was never closed (at character 1 of", ""),
        ("1) + (2", "cannot be read", ""),
        ("1) +\n(2", "", ""),
        ("incident.title", "dot after a value", 'incident["title"]'),
        ("lenn(cis)", "no function 'lenn'", "Did you mean 'len'?"),
        ("len()", "missing a required argument", "It is len(x)."),
        ("len(1, 2)", "too many positional arguments", "It is len(x)."),
        ("get(incident, 'x', fallback=1)", "unexpected keyword", "get(mapping, key, default=None)"),
        ("impact(1)", "no function 'impact'", ""),
        ("cis[0](1)", "only functions of the library", ""),
        ("_x", "begins with an underscore", ""),
        ("1 | 2", "operator BitOr", ""),
        ("~1", "'~' is not part", ""),
        ("impact is 3", "'is' compares with None only", "=="),
        ("cis[::2]", "a start and an end only", ""),
        ("1, 2", "comma", "[a, b]"),
        ("10 ** 15 if 9999999999999999 else 1", "too many digits", ""),
        ("'\\ud800'", "cannot be kept", ""),
        ("'\\0'", "cannot be kept", ""),
        ("\x00", "cannot be read", ""),
        ("?", "cannot be read", ""),
        ("ɂ", "only in the cells", ""),
        ("x" * 101, "longer than 100 characters", ""),
    ],
)
def test_a_fault_is_found_before_publishing(source: str, sentence: str, hint: str) -> None:
    """What can be known without values is refused when the expression is compiled."""
    with pytest.raises(ExpressionInvalid) as caught:
        compile_expression(source)
    assert sentence.lower() in caught.value.sentence.lower()
    assert hint in caught.value.hint


def test_a_place_in_a_later_line_is_told(context: Context) -> None:
    """Expressions over several lines have places by line and character, also after letters of several bytes."""
    with pytest.raises(ExpressionFailed, match="line 2, character 1 "):
        compile_expression('major and\n"äöü" in impact').evaluate(VARIABLES, context)
    with pytest.raises(ExpressionFailed, match="line 1, character 7"):
        compile_expression('"ä" + impct\n+ "x"').evaluate(VARIABLES, context)


def test_it_tells_what_it_uses() -> None:
    """Names are the variables that are read, calls the functions; literals and keywords are neither."""
    expression = compile_expression('add_time(opened, "P1D") > now() and get(incident, key, default=true) is None')
    assert expression.names == {"opened", "incident", "key"}
    assert expression.calls == {"add_time", "now", "get"}


def test_it_is_compiled_once() -> None:
    """The same text gives the same object."""
    assert compile_expression("impact + 1") is compile_expression("impact + 1")


def test_the_result_shares_nothing_with_the_variables(context: Context) -> None:
    """Changing a result never changes a case variable, and evaluating changes none."""
    variables = copy.deepcopy(VARIABLES)
    result = compile_expression("[incident, cis]").evaluate(variables, context)
    result[0]["tags"].append("changed")
    result[1].append("changed")
    assert variables == VARIABLES


def test_date_times_are_compared_as_moments(context: Context) -> None:
    """Two texts that both are date-times with offset are ordered by time; other texts letter by letter."""
    compare = '"2026-01-26T10:30:00+01:00" < "2026-01-26T10:00:00Z"'
    assert compile_expression(compare).evaluate({}, context) is True
    assert compile_expression('"2026-01-26" < "2026-01-26T10:00:00Z"').evaluate({}, context) is True
    assert compile_expression('"b" > "a"').evaluate({}, context) is True


@pytest.mark.parametrize(("source", "holds"), [("major", True), ("service", False), ("impact > 3", False)])
def test_a_condition_holds_or_not(source: str, holds: bool, context: Context) -> None:
    """A condition is true, false or nothing, which is no."""
    assert compile_expression(source).holds(VARIABLES, context) is holds


def test_a_condition_is_no_other_value(context: Context) -> None:
    """A text or number as condition is a mistake, most often a forgotten comparison."""
    with pytest.raises(ExpressionFailed, match="A condition is true or false"):
        compile_expression("priority").holds(VARIABLES, context)


def test_variables_may_have_the_names_of_functions(context: Context) -> None:
    """`date`, `text` or `number` are good names for fields; functions are meant only where they are called."""
    assert compile_expression("text(text) + date").evaluate({"text": 1, "date": "x"}, context) == "1x"


_NOW = Context(datetime(2026, 1, 26, 9, tzinfo=UTC))


# --- agreement with Python -------------------------------------------------------------------------------------------

_numbers = st.one_of(
    st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3))
)
_operators = st.sampled_from(["+", "-", "*", "/", "//", "%"])
_comparisons = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_arithmetic = st.recursive(
    _numbers.map(lambda number: f"({number!r})"),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, _operators, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} {} {} else {})".format, inner, inner, _comparisons, inner, inner),
    ),
    max_leaves=6,
)
_logic = st.recursive(
    st.builds("({} {} {} {} {})".format, _arithmetic, _comparisons, _arithmetic, _comparisons, _arithmetic),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("(not {})".format, inner),
    ),
    max_leaves=4,
)


@settings(max_examples=120, deadline=None)
@given(source=st.one_of(_arithmetic, _logic))
def test_numbers_agree_with_python(source: str) -> None:
    """Arithmetic, comparison and logic give what Python gives, or our error where Python fails or leaves our bounds."""
    try:
        expected = eval(source)
    except (ZeroDivisionError, OverflowError):
        expected = None
    try:
        result = compile_expression(source).evaluate({}, _NOW)
    except ExpressionFailed:
        assert expected is None or "digits" in _reason(source)
    else:
        assert result == expected
        assert type(result) is type(expected)


_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@settings(max_examples=50, deadline=None)
@given(left=_texts, right=_texts, sign=st.sampled_from(["<", "==", "in", "+"]))
def test_texts_agree_with_python(left: str, right: str, sign: str) -> None:
    """Texts compare, contain and join as in Python."""
    functions = {"<": operator.lt, "==": operator.eq, "in": lambda a, b: a in b, "+": operator.add}
    variables = {"left": left, "right": right}
    result = compile_expression(f"left {sign} right").evaluate(variables, _NOW)
    assert result == functions[sign](left, right)


_WORDS = """
    impact cis incident None true 1 0.5 'a' + - * / % ** < == in not and or if else ( ) [ ] { } : , . len get now() ?
    is lambda for = := _ é " # \\ text( add_time( unique( sorted_list(cis)
"""
_words = st.sampled_from([*_WORDS.split(), "\n"])


@settings(max_examples=400, deadline=None)
@given(source=st.one_of(st.text(max_size=60), st.lists(_words, max_size=14).map(" ".join)))
def test_any_text_gives_a_value_or_our_error(source: str) -> None:
    """Whatever is written, nothing but an `ExpressionError` comes out."""
    with suppress(ExpressionError):
        compile_expression(source).evaluate(VARIABLES, _NOW)


def _reason(source: str) -> str:
    with pytest.raises(ExpressionFailed) as caught:
        compile_expression(source).evaluate({}, _NOW)
    return caught.value.sentence
