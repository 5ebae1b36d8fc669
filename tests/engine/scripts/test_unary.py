# SPDX-License-Identifier: Apache-2.0
"""The input cells of decision tables."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError, ExpressionFailed, ExpressionInvalid
from engine.scripts import Context
from engine.scripts.context import Scope
from engine.scripts.unary import compile_cell
from engine.values import Json
from tests.engine.scripts.test_expressions import _NOW


@pytest.mark.parametrize(
    ("cell", "matching", "other"),
    [
        ("-", [1, "a", None, []], []),
        ("", [1, None], []),
        ('"P1"', ["P1"], ["P2", None, 1]),
        ('"P1", "P2"', ["P1", "P2"], ["P3", "P1, P2"]),
        ('"a,b"', ["a,b"], ["a", "b"]),
        ("3", [3, 3.0], ["3", None, True]),
        ("1", [1], [True]),
        ("true", [True], [1, "true", False, None]),
        ("null", [None], [0, ""]),
        ("None, 0", [None, 0], [1]),
        (">= 3", [3, 4.5], [2, None]),
        ("< 3", [2], [3, None]),
        ("= 3", [3], [4, None]),
        ("== 3", [3], [4]),
        ('!= "x"', ["y", None, 1], ["x"]),
        ("[1..5]", [1, 3, 5], [0, 6, None]),
        ("(1..5]", [2, 5], [1]),
        ("[1..5)", [1, 4.9], [5]),
        ("(1..5)", [2], [1, 5]),
        ("[-1.5..0.5]", [-1.5, 0], [1]),
        ("< 2, [5..6], 9", [1, 5, 9], [3, 7]),
        ('not("x", "y")', ["z", None], ["x", "y"]),
        ("not([1..5])", [0, None], [3]),
        ("not(> 3)", [2], [4]),
        ("in [1, 2]", [1], [3]),
        ('not in ["a"]', ["b"], ["a"]),
        ("in [1..3)", [2], [3]),
        ("in allowed", ["x"], ["z"]),
        ("? > limit", [11], [10]),
        ("? > 3 and ? < 9", [5], [3, 9]),
        ('contains(?, "a?")', ["xa?x"], ["a"]),
        ('len(?) == 2, "abc"', ["ab", "abc"], ["a"]),
        ("limit", [10], [11]),
        ("limit + 1", [11], [10]),
        ("> limit * 2", [21], [20]),
        ("[limit..limit + 5]", [12], [16]),
        ("[1, 2]", [[1, 2]], [1]),
        ('"2026-01-01T00:00:00Z"', ["2026-01-01T00:00:00Z"], ["2026"]),
        ('>= "2026-01-26T10:00:00+01:00"', ["2026-01-26T09:00:00Z"], ["2026-01-26T08:59:00Z"]),
        ("\"it's\", '\"'", ["it's", '"'], ["it"]),
        ('? in ["a", "b"] and true', ["a"], ["c"]),
        ("not (? == 3)", [4], [3]),
    ],
)
def test_what_a_cell_matches(cell: str, matching: list[Json], other: list[Json], context: Context) -> None:
    """Any, literals, alternatives, comparisons, ranges, negation, membership, expressions with the input as `?`."""
    variables = {"limit": 10, "allowed": ["x", "y"]}
    compiled = compile_cell(cell)
    assert [value for value in matching if not compiled.matches(Scope(variables, context, value))] == []
    assert [value for value in other if compiled.matches(Scope(variables, context, value))] == []


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (", 3", "empty alternative"),
        ("3,", "empty alternative"),
        ("3 4", "cannot be read"),
        ("> ", "is empty"),
        ("[1..]", "is empty"),
        ("not()", "something inside"),
        ("not(-)", "something inside"),
        ("?.x", "dot after a value"),
        ("__import__('os')", "no function"),
        ("1) or (2", "cannot be read"),
        ("> 1) or (2", "cannot be read"),
        ("?, ɂ", "cannot be used"),
        ("1" * 5_000, "longer than"),
    ],
)
def test_a_faulty_cell_is_refused(cell: str, sentence: str) -> None:
    """Cells that cannot be read are refused when they are compiled, as themselves."""
    with pytest.raises(ExpressionInvalid, match=sentence):
        compile_cell(cell)


@pytest.mark.parametrize(
    ("cell", "value", "sentence"),
    [
        ("> 3", "high", "'>' cannot compare the text \"high\" with the number 3"),
        ("[1..5]", "high", "cannot compare"),
        ("? + 1", 3, "a cell with ? is true or false, and this is the number 4"),
        ("P1", "P1", "Unknown variable 'P1'"),
        ("in limit", 1, "'in' cannot look for"),
    ],
)
def test_a_failing_cell_says_why(cell: str, value: Json, sentence: str, context: Context) -> None:
    """A value that the cell cannot be applied to is an error, not a miss."""
    with pytest.raises(ExpressionFailed) as caught:
        compile_cell(cell).matches(Scope({"limit": 10}, context, value))
    assert sentence.lower() in caught.value.sentence.lower()
    assert "ɂ" not in caught.value.sentence


def test_it_tells_what_it_lists() -> None:
    """For the checks: constants, whether there are ranges, and names that look like forgotten quotation marks."""
    assert compile_cell('"a", "b"').samples == ("a", "b")
    assert compile_cell('"a", "b"').listed
    assert compile_cell("[1..5], > 9").samples == (1, 5, 9)
    assert not compile_cell("[1..5]").listed
    assert compile_cell("? > 3").samples is None
    assert compile_cell("high, other + 1").bare_names == ("high",)


_PARTS = """? , - ( ) [ ] .. < >= = != not( not in in "a" ' 1 x true len( ɂ and \\"""
_parts = st.sampled_from(_PARTS.split())


@settings(max_examples=300, deadline=None)
@given(
    source=st.one_of(st.text(max_size=40), st.lists(_parts, max_size=10).map(" ".join)),
    value=st.sampled_from([1, "a", None]),
)
def test_any_text_gives_an_answer_or_our_error(source: str, value: Json) -> None:
    """Whatever stands in a cell, nothing but an `ExpressionError` comes out."""
    with suppress(ExpressionError):
        assert compile_cell(source).matches(Scope({"x": 1}, _NOW, value)) in (True, False)
