# SPDX-License-Identifier: Apache-2.0
"""Scripts: what they do, what comes back, and how a fault is told."""

from __future__ import annotations

import copy
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError, ExpressionFailed, ExpressionInvalid
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from engine.values import Json
from tests.engine.scripts.test_expressions import _NOW, _arithmetic, _texts, _words

VARIABLES: dict[str, Json] = {
    "impact": 3,
    "cis": ["CI-1", "CI-2"],
    "incident": {"title": "Mail", "tags": ["a"], "owner": None},
    "type": "x",
}


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("level = impact + 1", {"level": 4}),
        ("impact = 3", {}),
        ("impact = 3.0", {"impact": 3.0}),
        ("impact += 1", {"impact": 4}),
        ("a = b = impact", {"a": 3, "b": 3}),
        ("cis.append('CI-3')", {"cis": ["CI-1", "CI-2", "CI-3"]}),
        ("copy = cis\ncopy.append('x')", {"cis": ["CI-1", "CI-2", "x"], "copy": ["CI-1", "CI-2", "x"]}),
        ("incident['state'] = 'new'", {"incident": {**VARIABLES["incident"], "state": "new"}}),
        ("incident['tags'][0] = upper('b')", {"incident": {"title": "Mail", "tags": ["B"], "owner": None}}),
        ("count = 0\nfor ci in cis:\n    count = count + 1", {"count": 2}),
        ("for number, ci in enumerate(cis):\n    last = [number, ci]", {"last": [1, "CI-2"]}),
        ("n = 10\nwhile n > 3:\n    n -= 3\n    if n == 4:\n        break", {"n": 4}),
        ("if impact > 5:\n    p = 1\nelif impact > 2:\n    p = 2\nelse:\n    p = 3", {"p": 2}),
        ("if impact > 5:\n    never = 1", {}),
        ("long = [ci for ci in cis if contains(ci, '2')]", {"long": ["CI-2"]}),
        ("by_id = {ci: len(ci) for ci in cis}", {"by_id": {"CI-1": 4, "CI-2": 4}}),
        ("keys = incident.keys()", {"keys": ["title", "tags", "owner"]}),
        ("pairs = incident.items()", {"pairs": [["title", "Mail"], ["tags", ["a"]], ["owner", None]]}),
        ("numbers = range(3)", {"numbers": [0, 1, 2]}),
        ("pairs = zip(cis, [1, 2])", {"pairs": [["CI-1", 1], ["CI-2", 2]]}),
        ("words = 'a,b'.split(',')", {"words": ["a", "b"]}),
        ("first = cis[0][3:]", {"first": "1"}),
        ("'a text that stands alone is a comment'\nx = 1", {"x": 1}),
        ("# nothing", {}),
        ("type = type + 'y'", {"type": "xy"}),
        ("x = null if true else false", {"x": None}),
        ("late = now() > '2026-01-26T09:30:00+01:00'", {"late": True}),
        ("x = 1 < impact < 5", {"x": True}),
        ("x = get_var('not_there', 7)", {"x": 7}),
        ("x = max([1, 2]) - min(4, 3) + 2 ** 3 % 5", {"x": 2}),
        ("x = round(2.5)", {"x": 3}),
    ],
)
def test_it_gives_what_changed(source: str, changed: Json, context: Context, runner: ScriptRunner) -> None:
    """Only new variables and those with another value come back; loop variables do not."""
    before = copy.deepcopy(VARIABLES)
    assert compile_script(source).run(before, context, runner) == changed
    assert before == VARIABLES


@pytest.mark.parametrize(
    ("source", "sentence", "hint"),
    [
        ("x = 1\ny = impct", "Unknown variable 'impct' (in line 2: y = impct)", "Did you mean 'impact'?"),
        ("x = open", "Unknown variable 'open'", "get_var"),
        ("if x:\n    pass\nx = 1", "Unknown variable 'x'", ""),
        ("x = impact < 'a'", "'<' cannot compare the number 3 with the text", ""),
        ("x = incident['owner'] < 3", "'<' cannot compare nothing (None)", "no value yet"),
        ("x = impact + 'a'", "a number and a text", ""),
        ("x = lower(3)", "lower() needs a text and saw the number 3", ""),
        ("x = incident['titel']", "There is no 'titel' in the mapping", "get(mapping"),
        ("x = cis[5]", "out of range", ""),
        ("x = 1 / 0", "ivision by zero", ""),
        ("x = '%s' % impact", "'%' cannot work on the text", ""),
        ("x = 10 ** 65", "exponent of ** may be at most 64", ""),
        ("x = 10 ** 16", "cannot be kept: the number has more than 15 digits", ""),
        ("x = {1: 2}", "keys of a mapping must be texts", ""),
        ("x = 1e308 * 10", "cannot be kept", ""),
        ("x = []\nx.append(x)", "holds itself", ""),
        ("x = 'a' * 200000", "longer than 100,000", ""),
    ],
)
def test_a_failure_names_the_line(
    source: str, sentence: str, hint: str, context: Context, runner: ScriptRunner
) -> None:
    """The error of a run says why, in which line, and what to do; nothing has changed."""
    with pytest.raises(ExpressionFailed) as caught:
        compile_script(source).run(VARIABLES, context, runner)
    assert sentence in caught.value.sentence
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1\nimport os", "Import is not part of the language (in line 2: import os)"),
        ("impact", "This line has no effect"),
        ("impact == 3", "This line has no effect"),
        ("a, b = cis", "cannot be assigned to"),
        ("len = 3\nx = lenn(cis)", "There is no function 'lenn'"),
        ("true = 1", "'true' is a value"),
        ("x = cis.sort(reverse=True)", "named arguments"),
        ("x = cis.clear()", "There is no '.clear'"),
        ("x = incident.title", "dot after a value"),
        ("for x in cis:\n    pass\nelse:\n    y = 1", "else after a loop"),
        ("x = 1 < len(cis) < 3", "too involved"),
        ("x **= 2", "this kind of assignment"),
        ("x = f'{impact}'", "f-texts"),
        ("def f():\n    pass", "def is not part"),
        ("x = (1", "was never closed"),
        ("x = 1\n  y = 2", "indent"),
        ("_x = 1", "begins with an underscore"),
    ],
)
def test_a_fault_is_found_before_publishing(source: str, sentence: str) -> None:
    """What a script must not or cannot do is refused when it is compiled."""
    with pytest.raises(ExpressionInvalid) as caught:
        compile_script(source)
    assert sentence.lower() in caught.value.sentence.lower()


def test_it_tells_what_it_uses() -> None:
    """Names are the variables that are read, changes those that may be set, calls the functions."""
    script = compile_script("total = 0\nfor ci in cis:\n    total += len(ci)\nincident['n'] = total")
    assert script.names == {"cis", "total", "incident"}
    assert script.changes == {"total"}
    assert script.calls == {"len"}


def test_two_runs_are_the_same(context: Context, runner: ScriptRunner) -> None:
    """Same variables, same step, same result: order of mappings, time and all."""
    script = compile_script("x = [now(), today(), incident.keys(), unique(['b', 'a', 'b']), case_id()]")
    assert script.run(VARIABLES, context, runner) == script.run(VARIABLES, context, runner)


_json = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**15), 10**15),
        st.floats(allow_nan=False, allow_infinity=False),
        _texts,
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(value=_json)
def test_values_cross_unchanged(value: Json) -> None:
    """What goes into a script and out again is the same value, of the same type, to the last digit."""
    changed = compile_script("y = [x]").run({"x": value}, _NOW, _RUNNER)
    assert repr(changed["y"]) == repr([value])


@settings(max_examples=150, deadline=None)
@given(source=_arithmetic)
def test_scripts_agree_with_expressions(source: str) -> None:
    """Where an expression has a value, a script computes the same."""
    try:
        expected = compile_expression(source).evaluate({}, _NOW)
    except ExpressionFailed:
        return
    assert compile_script(f"x = {source}").run({}, _NOW, _RUNNER) == {"x": expected}


@settings(max_examples=300, deadline=None)
@given(source=st.one_of(st.text(max_size=60), st.lists(_words, max_size=14).map(" ".join)))
def test_any_text_gives_changes_or_our_error(source: str) -> None:
    """Whatever is written, nothing but an `ExpressionError` comes out."""
    with suppress(ExpressionError):
        compile_script(f"x = {source}").run(VARIABLES, _NOW, _RUNNER)


_RUNNER = ScriptRunner(workers=1, seconds=0.3)


@pytest.fixture(scope="module", autouse=True)
def _closed_afterwards() -> object:
    """The workers of the property tests, which cannot use a fixture of the function, end with the module."""
    yield
    _RUNNER.close()
