# SPDX-License-Identifier: Apache-2.0
"""Activities that run several times (BPMN 2.0, 10.3.8): standard loop, sequential and parallel multi-instance.

The activity is a ``LoopTask``; each turn is a ``LoopItem`` below it that runs the activity's body as a subprocess. What
is known of the loop (items, what is done, outputs) stands in the task's ``internal_data``. Each turn of a
multi-instance has variables of its own: the item, ``loopCounter`` (from 1), and whatever new name is set in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs.defaults import SubWorkflowTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Element, Loop
from engine.errors import StepFailed
from engine.values import Json

if TYPE_CHECKING:
    from engine.bpmn.session import Session

LOOP = "loop"
INDEX = "index"
#: More turns than this at once would fill a task list nobody can work off; a loop over them is meant otherwise.
MAX_ITEMS = 1_000


class LoopTask(SpiffBpmnTask):  # type: ignore[misc]
    """The activity as a whole; ready when its loop is over."""

    def _update_hook(self, my_task: Any) -> bool | None:
        super()._update_hook(my_task)
        if my_task.internal_data.get(LOOP, {}).get("over"):
            return True
        my_task._set_state(TaskState.STARTED)
        return None


class LoopItem(SubWorkflowTask):  # type: ignore[misc]
    """One turn. It is no element of the diagram, its body is."""

    def __init__(self, wf_spec: Any, name: str, subworkflow_spec: str) -> None:
        super().__init__(wf_spec, name, subworkflow_spec=subworkflow_spec)
        self.bpmn_id = None


class Looping:
    """Starts turns, collects what they give, and ends loops, for one step."""

    def __init__(self, workflow: Any, session: Session) -> None:
        self._workflow = workflow
        self._session = session

    def begin_new(self) -> None:
        """Begin every loop that a token has reached."""
        if not self._session.program.has_loops:
            return
        for one in (self._workflow, *list(self._workflow.subprocesses.values())):
            for task in list(one.tasks.values()):
                started = isinstance(task.task_spec, LoopTask) and task._state == TaskState.STARTED
                if started and LOOP not in task.internal_data:
                    self._begin(task)

    def _begin(self, task: Any) -> None:
        element = self._element(task)
        assert element.loop is not None
        self._session.enter(element, task)
        if element.loop.kind == "standard":
            task.internal_data[LOOP] = {"done": 0}
            if element.loop.test_before and not self._goes_on(element.loop, 0):
                self._end(task)
            else:
                self._spawn(task, 0, {})
            return
        items = self._items(element, element.loop)
        task.internal_data[LOOP] = {"items": items, "done": 0, "outputs": [None] * len(items)}
        first = range(len(items)) if element.loop.kind == "parallel" else range(min(1, len(items)))
        for index in first:
            self._spawn_item(task, element.loop, index)
        if not items:
            self._end(task)

    def _element(self, task: Any) -> Element:
        return self._session.program.models[task.workflow.spec.name].elements[task.task_spec.bpmn_id]

    def _items(self, element: Element, loop: Loop) -> list[Json]:
        value = self._session.evaluate(loop.collection or loop.cardinality)
        if loop.cardinality and isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            value = list(range(1, value + 1))
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise StepFailed(
                f"'{element.name}' ({element.id}) is to be done for each of {value!r:.80}, which is no list of at most "
                f"{MAX_ITEMS} items.",
                element=element.id,
                expression=loop.collection or loop.cardinality,
                hint="Let it be a list, or a whole number as cardinality; an empty list is skipped.",
            )
        return value

    def _goes_on(self, loop: Loop, done: int) -> bool:
        """A standard loop goes on while its condition is true and its maximum is not reached."""
        if loop.maximum and done >= int(loop.maximum):
            return False
        return bool(self._session.evaluate(loop.condition)) if loop.condition else bool(loop.maximum)

    def _spawn_item(self, task: Any, loop: Loop, index: int) -> None:
        local: dict[str, Json] = {"loopCounter": index + 1}
        if loop.item:
            local[loop.item] = task.internal_data[LOOP]["items"][index]
        if loop.output:
            local.setdefault(loop.output, None)  # else turns would share a variable of the case with that name
        self._spawn(task, index, local)

    def _spawn(self, task: Any, index: int, local: dict[str, Json]) -> None:
        spec = task.workflow.spec.task_specs[f"{task.task_spec.name}[item]"]
        child = task._add_child(spec, TaskState.FUTURE)
        child.triggered = True
        child.internal_data[INDEX] = index
        if local:
            self._session.locals[child.id] = local
        child.task_spec._update(child)

    def turn_over(self, item: Any) -> None:
        """A turn has completed: keep its output, then begin the next turn or end the loop."""
        task = item.parent
        element = self._element(task)
        loop, state = element.loop, task.internal_data[LOOP]
        assert loop is not None
        state["done"] += 1
        self._session.branches.turn_over(item, parallel=loop.kind == "parallel")
        local = self._session.locals.pop(item.id, {})
        self._session.enter(element, task)
        if loop.kind == "standard":
            if self._goes_on(loop, state["done"]):
                self._spawn(task, state["done"], {})
            else:
                self._end(task)
            return
        index, total = item.internal_data[INDEX], len(state["items"])
        if loop.output:
            state["outputs"][index] = local[loop.output]
        if state["done"] == total or self._is_enough(loop, state, total):
            self._end(task)
        elif loop.kind == "sequential":
            self._spawn_item(task, loop, index + 1)

    def _is_enough(self, loop: Loop, state: dict[str, Any], total: int) -> bool:
        if not loop.condition:
            return False
        done = state["done"]
        counts = {
            "numberOfInstances": total,
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": (total - done) if loop.kind == "parallel" else 0,
        }
        if loop.outputs:
            counts[loop.outputs] = [o for o in state["outputs"] if o is not None]
        return bool(self._session.evaluate_with(loop.condition, counts))

    def _end(self, task: Any) -> None:
        loop = self._element(task).loop
        assert loop is not None
        state = task.internal_data[LOOP]
        state["over"] = True
        subs = self._workflow.subprocesses
        self._session.branches.loop_over(task, [subs[c.id] for c in task.children if c.id in subs])
        for turn in [c for c in task.children if isinstance(c.task_spec, LoopItem)]:
            turn.cancel()
        if loop.outputs:
            self._session.set(loop.outputs, state["outputs"])
        task.internal_data[LOOP] = {"over": True}
        task.task_spec._update(task)
