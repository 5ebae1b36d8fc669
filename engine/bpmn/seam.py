# SPDX-License-Identifier: Apache-2.0
"""Where SpiffWorkflow is told the time and given ids: without this seam no step could be reproduced. And where its
tree of tasks is kept from growing to the end of the diagram, by recursion.

SpiffWorkflow 3.2.0 calls ``uuid4`` and ``time.time`` by module-level names of ``SpiffWorkflow.task``. Both are replaced
once, at import, by functions that ask the step in whose context they run (context variables, so threads do not meet).
Ids are short counters, unique within a case; outside a step the original behaviour stays.
"""

from __future__ import annotations

import time as machine_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import uuid4  # noqa: TID251  outside a step SpiffWorkflow keeps its own ids

import SpiffWorkflow.task as spiff_task
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

PREDICTED = TaskState.PREDICTED_MASK
_walk_waiting = Workflow.update_waiting_tasks
#: How many tasks ahead of a token are looked at; each has its next ones made.
AHEAD = 1

_next_id: ContextVar[Callable[[], str] | None] = ContextVar("next_token_id", default=None)


class Counter:
    """Token ids of a case: 1, 2, 3, …; ``value`` is the last one given."""

    def __init__(self, value: int = 0) -> None:
        self.value = value

    def __call__(self) -> str:
        self.value += 1
        return str(self.value)


class _StepTime:
    """Stands in for the ``time`` module inside SpiffWorkflow.task: within a step no time passes."""

    @staticmethod
    def time() -> float:
        return 0.0 if _next_id.get() is not None else machine_time.monotonic()


def new_token() -> str:
    """A token of our own, in the numbering of the case; only within a step."""
    give = _next_id.get()
    assert give is not None
    return give()


def _new_id() -> object:
    give = _next_id.get()
    return uuid4() if give is None else give()


def _is_descendant_of(self: Any, other: Any) -> bool:
    """``Task.is_descendant_of`` without recursion: a long chain of tokens must not end in a RecursionError."""
    tasks, current = self.workflow.tasks, self._parent
    while current is not None and current != other.id:
        current = tasks[current]._parent
    return current is not None and tasks[current] is other


def _predict(self: Any, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = PREDICTED) -> None:
    """``TaskSpec._predict``, a few tasks ahead only: not by recursion to the end of the diagram, nor into the state."""
    if my_task.has_state(mask):
        self._predict_hook(my_task)
    if looked_ahead < AHEAD:
        for child in my_task.children:
            if child.has_state(mask):
                child.task_spec._predict(child, None, looked_ahead + 1, mask)


def _update(self: Any, my_task: Any) -> None:
    """``TaskSpec._update``: what is reached looks ahead from where it is."""
    if my_task.has_state(TaskState.FUTURE | PREDICTED):
        self._predict(my_task, mask=TaskState.FUTURE | PREDICTED)
    if self._update_hook(my_task):
        my_task._ready()


def _set_state(self: Any, value: int) -> None:
    """``Task._set_state`` without its line for the log, which is put together whether anybody reads it or not."""
    if value != self._state:
        self.last_state_change = _StepTime.time()
        self._state = value


def _update_waiting_tasks(self: Any) -> None:
    """``Workflow.update_waiting_tasks``: the tree is walked only if a task waits in it. It is called for every task that
    completes, and mostly none does."""
    if any(task._state == TaskState.WAITING for task in self.tasks.values()):
        _walk_waiting(self)


def install() -> None:
    """Put the seam in place; fails loudly if SpiffWorkflow no longer has the names it relies on."""
    for name in ("uuid4", "time"):
        if not hasattr(spiff_task, name):
            raise ImportError(f"SpiffWorkflow.task.{name} is gone: replays would part; pin SpiffWorkflow==3.2.0")
    spiff_task.uuid4 = _new_id
    spiff_task.time = _StepTime
    spiff_task.Task.is_descendant_of = _is_descendant_of
    spiff_task.Task._set_state = _set_state
    Workflow.update_waiting_tasks = _update_waiting_tasks
    TaskSpec._predict, TaskSpec._update = _predict, _update


@contextmanager
def step_ids(counter: Counter) -> Iterator[None]:
    """Within the block, new tasks get their ids from ``counter``."""
    token = _next_id.set(counter)
    try:
        yield
    finally:
        _next_id.reset(token)


install()
