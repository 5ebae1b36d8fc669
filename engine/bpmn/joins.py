# SPDX-License-Identifier: Apache-2.0
"""Parallel and inclusive gateways by the words of BPMN 2.0 (13.4.1, 13.4.3).

SpiffWorkflow forgets what a gateway has set going when another token passes it, and its inclusive join also counts
tokens of earlier turns of a loop. Here a token that has arrived is a task of the gateway that waits (the last one) or
is cancelled (those before it), until the gateway fires and `consume` takes one for each way in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.adhoc import AdHocGate

_TOKEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_ARRIVED = TaskState.WAITING | TaskState.CANCELLED


class _Gateway(UnstructuredJoin):  # type: ignore[misc]
    """A gateway with one way in lets every token pass at once."""

    def _update_hook(self, my_task: Any) -> bool:
        fires = len(self.inputs) < 2 or self._check_threshold_unstructured(my_task)
        if len(self.inputs) > 1:
            for other in [t for t in self._arrived(my_task) if t is not my_task and t.has_state(TaskState.WAITING)]:
                other.cancel()
        if not fires:
            my_task._set_state(TaskState.WAITING)
        return fires

    def _arrived(self, my_task: Any) -> list[Any]:
        tasks = my_task.workflow.tasks.values()
        return [t for t in tasks if t.task_spec is self and (t is my_task or t.has_state(_ARRIVED))]

    def _missing(self, my_task: Any) -> list[Any]:
        """Where no token has come from."""
        arrived = {t.parent.task_spec for t in self._arrived(my_task)}
        return [spec for spec in self.inputs if spec not in arrived]


class ParallelJoin(_Gateway, ParallelGateway):  # type: ignore[misc]
    """Waits for a token at every way in."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return not self._missing(my_task)

    def _run_hook(self, my_task: Any) -> bool:
        return True


class InclusiveJoin(_Gateway, InclusiveGateway):  # type: ignore[misc]
    """Waits for every token that can still reach a way in without a token, unless it can reach one with a token.

    What a person may yet begin in an ad hoc sub-process is no token.
    """

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        missing = self._missing(my_task)
        if not missing:
            return True
        arrived = {t.parent.task_spec for t in self._arrived(my_task)}
        blocking = self._leading_to(missing) - self._leading_to(arrived)
        tokens = (t for t in my_task.workflow.tasks.values() if t.has_state(_TOKEN))
        return not any(t.task_spec in blocking and not isinstance(t.task_spec, AdHocGate) for t in tokens)

    def _run_hook(self, my_task: Any) -> bool:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise WorkflowTaskException("No conditions satisfied on gateway", task=my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True

    def _leading_to(self, specs: Iterable[Any]) -> set[Any]:
        """Everything from where the flow can reach ``specs`` without passing this gateway."""
        found: set[Any] = {self}
        todo = list(specs)
        while todo:
            spec = todo.pop()
            if spec not in found:
                found.add(spec)
                todo.extend(spec.inputs)
        return found - {self}


def consume(task: Any) -> list[Any]:
    """The tokens that had arrived and that a gateway has used up by firing: one for each other way in."""
    used = {task.parent.task_spec: task}
    for other in task.workflow.tasks.values():
        if other.task_spec is task.task_spec and other._state == TaskState.CANCELLED:
            used.setdefault(other.parent.task_spec, other)
    return [other for other in used.values() if other is not task]
