# SPDX-License-Identifier: Apache-2.0
"""Texts with insertions."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError, ExpressionFailed, ExpressionInvalid
from engine.scripts import Context, compile_template, template
from tests.engine.scripts.test_expressions import _NOW


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("no insertion, } and { and }}", "no insertion, } and { and }}"),
        ("Incident {{ id }}: {{lower(title)}}!", "Incident INC-1: mail!"),
        ("{{ 1 + 1 }}{{ none }}{{ true }}", "2true"),
        ("{{ tags }}", '["a", "b"]'),
        ('{{ join(tags, "}} ") }}', "a}} b"),
        ('{{ {"a": {"b": 1}}["a"]["b"] }}', "1"),
        ("{{ '\\'}}' }}", "'}}"),
        ("a\n{{ id }}\nb", "a\nINC-1\nb"),
        ("{{ hostile }}", "{{ id }}"),
    ],
)
def test_it_inserts(source: str, text: str, context: Context) -> None:
    """Insertions are expressions, written as `text(…)` writes them; their values are not read again."""
    variables = {"id": "INC-1", "title": "Mail", "none": None, "tags": ["a", "b"], "hostile": "{{ id }}"}
    assert template(source, variables, context) == text


@pytest.mark.parametrize(
    "source", ["{{", "a {{ id", "{{ }}", "{{ id + }}", "{{ id.x }}", "x" * 20_001, "{{ 1 }}" * 201]
)
def test_a_faulty_text_is_refused(source: str) -> None:
    """Faults are found before a value is known."""
    with pytest.raises(ExpressionInvalid):
        compile_template(source)


def test_a_failing_insertion_says_which(context: Context) -> None:
    """The error names the expression inside the insertion."""
    with pytest.raises(ExpressionFailed, match="Unknown variable 'idd'"):
        template("Incident {{ idd }}", {"id": 1}, context)


def test_the_text_is_bounded(context: Context) -> None:
    """Many long insertions do not make an endless text."""
    with pytest.raises(ExpressionFailed, match="longer than"):
        template("{{ long }}" * 100, {"long": "x" * 50_000}, context)


@settings(max_examples=100, deadline=None)
@given(
    source=st.lists(st.sampled_from(["{{", "}}", "{", "}", "'", '"', "\\", "a", "1", " "]), max_size=12).map("".join)
)
def test_any_text_gives_a_text_or_our_error(source: str) -> None:
    """Whatever is written, nothing but an `ExpressionError` comes out."""
    with suppress(ExpressionError):
        assert isinstance(template(source, {"a": 1}, _NOW), str)
