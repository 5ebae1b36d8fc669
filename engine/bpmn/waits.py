# SPDX-License-Identifier: Apache-2.0
"""Events that wait, as the engine wants them: SpiffWorkflow keeps the token, the engine decides when it moves.

SpiffWorkflow's own timers poll, drift and lose track behind an event-based gateway, its messages match by any key.
Here a waiting token only knows whether it was fired; due times and correlation keys stand in its ``internal_data`` and
go out as rows. Replaced: all catching events, event-based gateways, and the join after boundary
events (which would take back what a non-interrupting event had already set going).
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

FIRED = "fired"
WAIT = "wait"
WINNER = "winner"


class Wait(EventDefinition):  # type: ignore[misc]
    """Fires when the engine says so, never by itself."""

    def has_fired(self, my_task: Any) -> bool:
        return bool(my_task.internal_data.get(FIRED))

    def catches(self, my_task: Any, event: Any) -> bool:
        return False

    def update_task(self, my_task: Any) -> None:
        """Nothing: when it is due is the runner's work."""

    def update_task_data(self, my_task: Any) -> None:
        """Nothing: a payload goes straight into the case's variables."""

    def reset(self, my_task: Any) -> None:
        my_task.internal_data.pop(FIRED, None)
        my_task.internal_data.pop(WAIT, None)

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__


class RepeatingWait(Wait, CycleTimerEventDefinition):  # type: ignore[misc]
    """A non-interrupting boundary event that may fire again: it keeps waiting and sets off a new token each time.

    SpiffWorkflow leaves the children of such a task to the event for ``CycleTimerEventDefinition``, hence the base.
    """

    def __init__(self) -> None:
        EventDefinition.__init__(self)

    def spawn(self, my_task: Any) -> None:
        """Set a token off on the event's own way; the join behind the activity is the activity's business."""
        for output in (o for o in my_task.task_spec.outputs if not isinstance(o, BoundaryEventJoin)):
            child = my_task._add_child(output, TaskState.FUTURE)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)


class RaceGateway(EventBasedGateway):  # type: ignore[misc]
    """An event-based gateway: the first of its events wins, the others are forgotten (BPMN 2.0, 10.6.6)."""

    def connect(self, child: Any) -> None:
        CatchingEvent.connect(self, child)
        child.event_definition = NoneEventDefinition()

    def _run_hook(self, my_task: Any) -> bool:
        winner = my_task.internal_data[WINNER]
        chosen = [spec for spec in self.outputs if spec.bpmn_id == winner]
        my_task._sync_children(chosen, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class GentleJoin(BoundaryEventJoin):  # type: ignore[misc]
    """Ends the waiting boundary events of an activity without touching tokens that they have set off before."""

    def _find_tasks(self, my_task: Any) -> list[Any]:
        """The joins of this turn; not those of the next one, should a boundary event lead back to the activity."""
        split = my_task.find_ancestor(self.split_task)
        return [t for t in super()._find_tasks(my_task) if t.find_ancestor(self.split_task) is split]

    def _check_threshold_structured(self, my_task: Any) -> tuple[bool, list[Any]]:
        finished, cancel = super()._check_threshold_structured(my_task)
        keep = [t for t in cancel if isinstance(getattr(t.task_spec, "event_definition", None), RepeatingWait)]
        for task in keep:
            task._set_state(TaskState.COMPLETED)
            task.workflow.top_workflow.event_manager.remove_task(task)
        return finished, [t for t in cancel if t not in keep]
