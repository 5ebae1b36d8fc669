# SPDX-License-Identifier: Apache-2.0
"""The pool of workers: its life, its limits, its threads."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import ExpressionFailed
from engine.scripts import Context, ScriptRunner, compile_script

ROOT = Path(__file__).parents[3]


def children() -> set[int]:
    """The process ids of this process's live workers."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().rsplit(")", 1)
        except OSError:
            continue
        if int(rest.split()[1]) == os.getpid() and rest.split()[0] != "Z" and "monty" in name:
            found.add(int(stat.parent.name))
    return found


def test_workers_start_with_the_first_script_and_end_with_close(context: Context) -> None:
    """A runner costs nothing until a script runs, and leaves no process behind."""
    before = children()
    runner = ScriptRunner(workers=1)
    assert children() == before
    compile_script("x = 1").run({}, context, runner)
    assert len(children() - before) == 1
    runner.close()
    assert children() == before
    runner.close()


def test_a_closed_runner_runs_nothing(context: Context) -> None:
    """After closing, scripts fail with a sentence."""
    runner = ScriptRunner()
    runner.close()
    with pytest.raises(ExpressionFailed, match="closing"):
        compile_script("x = 1").run({}, context, runner)


def test_scripts_of_many_threads_do_not_meet(context: Context) -> None:
    """Each run sees its own variables only, on whatever worker it lands."""
    script = compile_script("total = sum([n for n in numbers])\nseen = get_var('left_over', 'nothing')\nleft_over = 1")
    with ScriptRunner(workers=2) as runner, ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: script.run({"numbers": [n, n]}, context, runner), range(60)))
    assert results == [{"total": 2 * n, "seen": "nothing", "left_over": 1} for n in range(60)]


def test_nothing_stays_in_a_worker(context: Context) -> None:
    """A variable that one script set is unknown to the next on the same worker."""
    with ScriptRunner(workers=1) as runner:
        compile_script("secret = 1").run({}, context, runner)
        with pytest.raises(ExpressionFailed, match="Unknown variable 'secret'"):
            compile_script("x = secret").run({}, context, runner)


def test_the_next_script_runs_after_a_worker_was_killed(context: Context) -> None:
    """A script that has to be killed takes only itself away."""
    with ScriptRunner(workers=1, seconds=0.1) as runner:
        with pytest.raises(ExpressionFailed, match="too long"):
            compile_script("n = 3\nwhile True:\n    n = n * n").run({}, context, runner)
        assert compile_script("x = 1").run({}, context, runner) == {"x": 1}


@pytest.mark.parametrize("parent", ["pass", "ScriptRunner.close(runner); runner = ScriptRunner(workers=1)"])
def test_a_forked_process_does_not_hang(parent: str) -> None:
    """Scripts are refused in a process forked after the first script, which ends as usual; the parent goes on."""
    code = """
import os, sys
from datetime import UTC, datetime
from engine.errors import ExpressionFailed
from engine.scripts import Context, ScriptRunner, compile_script
context = Context(datetime(2026, 1, 26, tzinfo=UTC))
runner = ScriptRunner(workers=1)
script = compile_script("y = x + 1")
assert script.run({"x": 1}, context, runner) == {"y": 2}
PARENT
child = os.fork()
if child == 0:
    try:
        script.run({"x": 2}, context, runner)
    except ExpressionFailed as error:
        sys.exit(0 if "forked" in error.sentence else 1)
    sys.exit(2)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
assert script.run({"x": 3}, context, runner) == {"y": 4}
runner.close()
sys.exit(status)
"""
    done = subprocess.run([sys.executable, "-c", code.replace("PARENT", parent)], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_processes_forked_before_the_first_script_run_scripts() -> None:
    """A web server that loads the application and then forks its workers is served."""
    code = """
import os, sys
from datetime import UTC, datetime
from engine.scripts import Context, ScriptRunner, compile_script
context = Context(datetime(2026, 1, 26, tzinfo=UTC))
runner = ScriptRunner(workers=1)
script = compile_script("y = x + 1")
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        fine = script.run({"x": 2}, context, runner) == {"y": 3}
        runner.close()
        os._exit(0 if fine else 1)
    children.append(child)
sys.exit(any(os.waitpid(child, 0)[1] for child in children))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_without_the_sandbox_scripts_are_refused() -> None:
    """There is no fall-back to Python when Monty is not installed."""
    code = """
import sys
sys.modules["pydantic_monty"] = None
from datetime import UTC, datetime
from engine.errors import ExpressionFailed
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
context = Context(datetime(2026, 1, 26, tzinfo=UTC))
assert compile_expression("1 + 1").evaluate({}, context) == 2
try:
    compile_script("x = 1").run({}, context, ScriptRunner())
except ExpressionFailed as error:
    sys.exit(0 if "not installed" in error.sentence else 1)
sys.exit(2)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0
