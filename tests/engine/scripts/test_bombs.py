# SPDX-License-Identifier: Apache-2.0
"""Whatever an owner writes, it ends soon and takes little memory: with our error, or with a value within bounds."""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ExpressionError
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from tests.engine.scripts.attacks import EXPRESSION_BOMBS, SCRIPT_BOMBS, VARIABLES

SECONDS = 3.0
OWN_BYTES = 60_000_000  #: what this process may take for one of them
WORKER_BYTES = 160_000_000  #: the most that a worker may ever have held


def outcome(run: Callable[[], object]) -> tuple[object, float, int]:
    """What came of it (an error or a value), the seconds it took, and the most bytes it held here."""
    tracemalloc.start()
    started = time.monotonic()
    try:
        result = run()
    except ExpressionError as error:
        result = error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return result, time.monotonic() - started, peak


def peak_of_workers() -> int:
    """The most bytes that any live script worker has held; 0 where the system does not tell."""
    peaks = [0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:  # it has ended meanwhile
            continue
        if int(lines["PPid"]) == os.getpid() and lines["Name"].strip() == "monty" and "VmHWM" in lines:
            peaks.append(int(lines["VmHWM"].split()[0]) * 1024)
    return max(peaks)


def is_bounded(result: object) -> bool:
    if isinstance(result, ExpressionError):
        return len(f"{result}{result.hint}{json.dumps(result.names)}") < 30_000
    return len(json.dumps(result)) <= 2_000_000


def test_there_are_enough_bombs() -> None:
    """The suite only grows."""
    assert len(EXPRESSION_BOMBS) >= 40
    assert len(SCRIPT_BOMBS) >= 35


@pytest.mark.parametrize("name", EXPRESSION_BOMBS)
def test_an_expression_is_bounded(name: str, context: Context) -> None:
    """Time, memory and result of an expression are bounded."""
    source = EXPRESSION_BOMBS[name]
    variables = {**VARIABLES, "items": [1, 2, 3]}
    result, seconds, peak = outcome(lambda: compile_expression(source).evaluate(variables, context))
    assert is_bounded(result)
    assert seconds < SECONDS
    assert peak < OWN_BYTES


@pytest.mark.parametrize("name", SCRIPT_BOMBS)
def test_a_script_is_bounded(name: str, context: Context, runner: ScriptRunner) -> None:
    """Time, memory and result of a script are bounded, here and in the worker."""
    variables = {**VARIABLES, "items": [1, 2, 3]}
    result, seconds, peak = outcome(lambda: compile_script(SCRIPT_BOMBS[name]).run(variables, context, runner))
    assert is_bounded(result)
    assert seconds < SECONDS
    assert peak < OWN_BYTES
    assert peak_of_workers() < WORKER_BYTES


@pytest.mark.parametrize("name", EXPRESSION_BOMBS)
def test_a_script_bounds_the_expression(name: str, context: Context, runner: ScriptRunner) -> None:
    """What is too much for an expression is bounded as the right-hand side of a script, too."""
    source = f"found = {EXPRESSION_BOMBS[name]}"
    variables = {**VARIABLES, "items": [1, 2, 3]}
    result, seconds, peak = outcome(lambda: compile_script(source).run(variables, context, runner))
    assert is_bounded(result)
    assert seconds < SECONDS
    assert peak < OWN_BYTES
    assert peak_of_workers() < WORKER_BYTES


@pytest.mark.parametrize("source", ["while True:\n    pass", "n = 3\nwhile True:\n    n = n * n"])
def test_the_usual_limit_is_a_second(source: str, context: Context) -> None:
    """With the limits of a product, an endless script is ended within two seconds, by itself or by the parent."""
    with ScriptRunner(workers=1) as workers:
        result, seconds, _ = outcome(lambda: compile_script(source).run({}, context, workers))
        assert isinstance(result, ExpressionError)
        assert 0.9 < seconds < 2.5
        assert compile_script("x = 1").run({}, context, workers) == {"x": 1}
