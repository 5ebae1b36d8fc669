# SPDX-License-Identifier: Apache-2.0
"""The inclusive gateway's join by the words of BPMN 2.0 (13.4.3).

SpiffWorkflow also counts tokens of earlier turns of a loop, so that its join fires too early there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway
from SpiffWorkflow.util.task import TaskState

_TOKEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_ARRIVED = TaskState.WAITING | TaskState.CANCELLED


class InclusiveJoin(InclusiveGateway):  # type: ignore[misc]
    """Waits for every token that can still reach a way in without a token, unless it can reach one with a token."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        tasks = my_task.workflow.tasks.values()
        own = [t for t in tasks if t.task_spec is self and (t is my_task or t.has_state(_ARRIVED))]
        arrived = {t.parent.task_spec for t in own}
        missing = [spec for spec in self.inputs if spec not in arrived]
        if not missing:
            return True
        blocking = self._leading_to(missing) - self._leading_to(arrived)
        return not any(t.task_spec in blocking for t in tasks if t.has_state(_TOKEN))

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
