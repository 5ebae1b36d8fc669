# SPDX-License-Identifier: Apache-2.0
"""Takes finished tasks out of SpiffWorkflow's tree, so that a step costs the same at the thousandth turn of a loop.

What SpiffWorkflow still looks at must stay: the root, tasks with several live children, owners of subprocesses, the
boundary split of an activity that still runs, joins that have not fired and their direct parents. The history is in the
engine's event log, not here.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import consume

LIVE = TaskState.NOT_FINISHED_MASK


def prune(workflow: Any) -> None:
    """Prune the top workflow and all its subprocesses in place."""
    for sub in [s for s in workflow.subprocesses.values() if s.completed]:
        _drop_subprocess(workflow, sub)
    for one in (workflow, *workflow.subprocesses.values()):
        _drop_dead(one)
        _collapse(one, workflow.subprocesses)


def consume_join(task: Any) -> None:
    """After a join has fired, remove the tokens that it has used up besides the one that fired it."""
    for other in consume(task):
        _remove_upwards(other)


def _remove_upwards(task: Any) -> None:
    """Remove a finished leaf and every finished ancestor that is left without children."""
    while task is not None and not task._children and task.parent is not None and not task.has_state(LIVE):
        parent = task.parent
        if isinstance(parent.task_spec, BoundaryEventSplit) and not _split_is_over(parent):
            return
        parent._children.remove(task.id)
        task.workflow.tasks.pop(task.id)
        task = parent


def _split_is_over(split: Any) -> bool:
    """No boundary event waits any more and the activity itself has ended."""
    return not any(c.has_state(LIVE) for c in split.children)


def _drop_subprocess(workflow: Any, sub: Any) -> None:
    """Forget an ended subprocess; one whose owner went with an outer subprocess as well."""
    trees = (workflow, *workflow.subprocesses.values())
    owner = next((t.tasks[sub.parent_task_id] for t in trees if sub.parent_task_id in t.tasks), None)
    if owner is None or not owner.has_state(LIVE):
        del workflow.subprocesses[sub.parent_task_id]


def _drop_dead(workflow: Any) -> None:
    leaves = [t for t in workflow.tasks.values() if not t._children and not t.has_state(LIVE)]
    for leaf in leaves:
        if leaf.id in workflow.tasks and not _waits_for_join(leaf) and leaf is not workflow.task_tree:
            _remove_upwards(leaf)


def _waits_for_join(leaf: Any) -> bool:
    """A cancelled join task stands for a token that has arrived; the join still counts it."""
    spec = leaf.task_spec
    return isinstance(spec, UnstructuredJoin) and not isinstance(spec, _EndJoin)


def _collapse(workflow: Any, subprocesses: Any) -> None:
    for task in list(workflow.tasks.values()):
        if _is_link(task, subprocesses):
            child, parent = workflow.tasks[task._children[0]], task.parent
            parent._children[parent._children.index(task.id)] = child.id
            child._parent = parent.id
            workflow.tasks.pop(task.id)
            if workflow.last_task is task:
                workflow.last_task = child


def _is_link(task: Any, subprocesses: Any) -> bool:
    """A finished task in the middle of a finished chain."""
    if task._state != TaskState.COMPLETED or task._parent is None or len(task._children) != 1 or task.triggered:
        return False
    if task.id in subprocesses or (isinstance(task.task_spec, BoundaryEventSplit) and not _split_is_over(task)):
        return False
    child = task.workflow.tasks[task._children[0]]
    return child._state == TaskState.COMPLETED and not _waits_for_join(child)
