# SPDX-License-Identifier: Apache-2.0
"""Any well-structured process behaves as BPMN says, whatever happens in whatever order, pruned or not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine.bpmn import compile_program, step
from engine.scripts import ScriptRunner
from tests.builders import diagram
from tests.engine.bpmn.blocks import BLOCKS, Block, Scope, numbered, text_of
from tests.engine.bpmn.play import Play

CHOICES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 11)), min_size=1, max_size=25)
THOROUGH = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def begin(block: Block, scripts: ScriptRunner) -> Play:
    note(text_of(block))
    return Play(compile_program("P", {"p.bpmn": diagram("P", text_of(block))}, ()), scripts).start(n=0)


def act(case: Play, element: str, n: int) -> None:
    """Whatever an element waits for happens."""
    note(f"{element} n={n}")
    if element.startswith("T"):
        case.complete(element, n=n)
    elif element in [t.element for t in case.outcome.timers]:
        case.fire(element)
    else:
        case.receive(element)


@given(block=BLOCKS.map(numbered), choices=CHOICES)
@THOROUGH
def test_the_engine_and_the_rules_of_bpmn_agree(scripts: ScriptRunner, block: Block, choices: list) -> None:
    """After every command the same elements wait, and both end together."""
    case, expected, n = begin(block, scripts), Scope().begin(block, 0), 0
    for which, value in choices:
        waiting = sorted(case.open + case.waiting)
        assert waiting == expected.open()
        assert case.outcome.completed == expected.done
        if not waiting:
            return
        element = waiting[which % len(waiting)]
        n = value if element.startswith("T") else n
        act(case, element, value)
        expected.act(element, n)


@given(block=BLOCKS.map(numbered), choices=CHOICES)
@THOROUGH
def test_pruning_changes_nothing(
    scripts: ScriptRunner, monkeypatch: pytest.MonkeyPatch, block: Block, choices: list
) -> None:
    """A case whose finished tasks are all kept does exactly what the pruned one does."""
    pruned = begin(block, scripts)
    with monkeypatch.context() as patch:
        patch.setattr(step, "prune", lambda workflow: None)
        kept = begin(block, scripts)
    for which, value in choices:
        waiting = sorted(pruned.open + pruned.waiting)
        if not waiting:
            break
        act(pruned, waiting[which % len(waiting)], value)
        with monkeypatch.context() as patch:
            patch.setattr(step, "prune", lambda workflow: None)
            act(kept, waiting[which % len(waiting)], value)
        for name in ("variables", "completed", "tasks", "timers", "messages", "withdrawn", "passed", "end_event"):
            assert getattr(pruned.outcome, name) == getattr(kept.outcome, name), name
    assert pruned.tokens <= kept.tokens
