# SPDX-License-Identifier: Apache-2.0
"""SpiffWorkflow gets ids and time from the step it works for, and keeps to them in every thread."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
import SpiffWorkflow.task as spiff_task
from hypothesis import given
from hypothesis import strategies as st
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.bpmn import seam
from engine.bpmn.seam import Counter, step_ids
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.play import program_of


def test_within_a_step_ids_are_counted() -> None:
    """And outside they are what they always were."""
    counter = Counter(41)
    with step_ids(counter):
        assert [spiff_task.uuid4(), spiff_task.uuid4()] == ["42", "43"]
    assert counter.value == 43
    assert len(str(spiff_task.uuid4())) == 36


def test_within_a_step_no_time_passes() -> None:
    """Nothing of a state may hang on when it was computed."""
    with step_ids(Counter()):
        assert {spiff_task.time.time() for _ in range(100)} == {0.0}
    assert spiff_task.time.time() > 0.0


def test_a_task_keeps_when_its_state_changed_last() -> None:
    """SpiffWorkflow's joins sort by it: within a step that is no time at all, set again to the same state is no change."""
    workflow = BpmnWorkflow(program_of("start S -> A\nuser A -> E\nend E").spec)
    task = workflow.task_tree
    before = task.last_state_change
    task._set_state(task.state)
    assert task.last_state_change == before > 0.0
    with step_ids(Counter()):
        task._set_state(TaskState.COMPLETED)
    assert (task.state, task.last_state_change) == (TaskState.COMPLETED, 0.0)


@pytest.mark.parametrize("waiting", [True, False])
def test_only_tasks_that_wait_are_updated(waiting: bool) -> None:
    """And without any the tree is not walked."""
    updated: list[int] = []

    class Spec:
        def _update(self, task: Tree) -> None:
            updated.append(task.id)

    tasks: dict[int, Any] = {}
    for number in range(3):
        task = Tree(number, number - 1 if number else None, tasks)
        task._state, task.task_spec, task.children = TaskState.COMPLETED, Spec(), ()
    if waiting:
        tasks[0]._state = TaskState.WAITING
    tree = SimpleNamespace(tasks=tasks, task_tree=tasks[0])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            seam, "_walk_waiting", lambda workflow: workflow.task_tree.task_spec._update(workflow.task_tree)
        )
        Workflow.update_waiting_tasks(tree)
    assert updated == ([0] if waiting else [])


def test_threads_do_not_mix_their_ids(play: Played) -> None:
    """Many cases at once have the states they would have alone."""
    text = "start S -> F\nand F -> A / B\nuser A -> J\nuser B -> J\nand J -> C\nuser C -> E\nend E"
    alone = play(text).start().complete("A").complete("B").outcome.state
    cases, states = [play(text) for _ in range(12)], []

    def run(case) -> None:
        states.append(case.start().complete("A").complete("B").outcome.state)

    threads = [threading.Thread(target=run, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == [alone] * 12


class Tree:
    """Just enough of a SpiffWorkflow task to have ancestors."""

    def __init__(self, own: int, parent: int | None, tasks: dict) -> None:
        self.id, self._parent, self.workflow = own, parent, self
        self.tasks = tasks
        tasks[own] = self


@given(parents=st.lists(st.integers(0, 1_000), min_size=1, max_size=60))
def test_descent_is_found_without_recursion(parents: list[int]) -> None:
    """As by walking up; a chain of ten thousand is no trouble."""
    tasks: dict[int, Tree] = {}
    for own, drawn in enumerate(parents):
        Tree(own, None if own == 0 else drawn % own, tasks)

    def above(own: int) -> set[int]:
        parent = tasks[own]._parent
        return set() if parent is None else {parent} | above(parent)

    for one in tasks.values():
        for other in tasks.values():
            assert spiff_task.Task.is_descendant_of(one, other) == (other.id in above(one.id))


def test_a_long_chain_is_no_recursion() -> None:
    """SpiffWorkflow's own way ends at a thousand."""
    tasks: dict[int, Tree] = {}
    for own in range(10_000):
        Tree(own, own - 1 if own else None, tasks)
    assert spiff_task.Task.is_descendant_of(tasks[9_999], tasks[0])
    assert not spiff_task.Task.is_descendant_of(tasks[0], tasks[9_999])
