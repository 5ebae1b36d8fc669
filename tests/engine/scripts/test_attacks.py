# SPDX-License-Identifier: Apache-2.0
"""Nothing leads out of the language: not out of expressions, not out of scripts, not out of Monty behind them."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from engine.errors import ExpressionError
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from engine.scripts.context import Scope
from engine.scripts.sandbox import Fault, Program
from tests.engine.scripts.attacks import ESCAPES, SCRIPTS, VARIABLES

SECRET = "the secret of the house"


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, object]:
    """Case variables, among them the path of a file that nobody may read."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    return {**VARIABLES, "items": [1, 2, 3], "mapping": {"key": 1}, "path": str(secret)}


def told(error: ExpressionError) -> str:
    return f"{error} {error.hint} {error.names}"


def test_there_are_enough_attacks() -> None:
    """The suite only grows."""
    assert len(ESCAPES) >= 85
    assert len(SCRIPTS) >= 30


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_is_live_in_python(name: str, variables: dict[str, object]) -> None:
    """Control: plain Python runs the attack, so that its refusal is not the refusal of a typing error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        eval(ESCAPES[name], {"__name__": "control"}, variables)


@pytest.mark.parametrize("name", ESCAPES)
def test_an_expression_refuses_it(name: str, variables: dict[str, object], context: Context) -> None:
    """Each escape is refused as an expression, and the refusal tells nothing of this process."""
    with pytest.raises(ExpressionError) as caught:
        compile_expression(ESCAPES[name]).evaluate(variables, context)
    assert SECRET not in told(caught.value)
    assert "object at 0x" not in told(caught.value)


@pytest.mark.parametrize("name", ESCAPES)
def test_a_script_refuses_it(name: str, variables: dict[str, object], context: Context, runner: ScriptRunner) -> None:
    """Each escape is refused on the right-hand side of an assignment."""
    with pytest.raises(ExpressionError) as caught:
        compile_script(f"found = {ESCAPES[name]}").run(variables, context, runner)
    assert SECRET not in told(caught.value)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_refuses_the_statement(
    name: str, variables: dict[str, object], context: Context, runner: ScriptRunner
) -> None:
    """Each escape by statements is refused."""
    with pytest.raises(ExpressionError) as caught:
        compile_script(SCRIPTS[name]).run(variables, context, runner)
    assert SECRET not in told(caught.value)


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_expression_refuses_the_statement(name: str, context: Context) -> None:
    """A statement is no expression."""
    with pytest.raises(ExpressionError):
        compile_expression(SCRIPTS[name]).evaluate(VARIABLES, context)


@pytest.mark.parametrize("name", [*ESCAPES, *SCRIPTS])
def test_monty_itself_gives_nothing_away(
    name: str, variables: dict[str, object], context: Context, runner: ScriptRunner
) -> None:
    """The second wall: with our allow-list out of the way, the interpreter still reads no file of this machine."""
    source = SCRIPTS.get(name) or f"found = {ESCAPES[name]}"
    plain = "".join(f"{variable} = v_{variable}\n" for variable in variables)
    program = Program(f"{plain}{source}\n{{'found': str(found)}}", frozenset())
    try:
        result: object = runner.run(program, variables, Scope(variables, context))
    except Fault as fault:
        result = (fault.sentence, fault.hint)
    assert SECRET not in str(result)


def test_a_variable_may_be_named_like_a_builtin(context: Context, runner: ScriptRunner) -> None:
    """Names of built-in functions are ordinary names of case variables, in both."""
    assert compile_expression("type + open").evaluate({"type": 1, "open": 2}, context) == 3
    assert compile_script("id = type").run({"type": "x"}, context, runner) == {"id": "x"}


def test_data_that_looks_like_code_stays_data(context: Context, runner: ScriptRunner) -> None:
    """Values are never read as expressions, whatever they hold."""
    hostile = "__import__('os').system('true') {{ case_id() }} {0.__class__} %s"
    assert compile_expression("text + ''").evaluate({"text": hostile}, context) == hostile
    assert compile_script("copy = text").run({"text": hostile}, context, runner) == {"copy": hostile}


def test_only_json_values_are_seen(context: Context, runner: ScriptRunner) -> None:
    """An object among the variables, which a programmer's mistake could put there, is refused and not used."""
    for source in ("thing", "[thing]", "thing == 1", "holder['thing']"):
        with pytest.raises(ExpressionError):
            compile_expression(source).evaluate({"thing": object, "holder": {"thing": print}}, context)
    with pytest.raises(ExpressionError):
        compile_script("x = thing").run({"thing": object()}, context, runner)
