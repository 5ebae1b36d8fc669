# SPDX-License-Identifier: Apache-2.0
"""What belongs to a scope (the process, a subprocess, a loop's turn): its event sub-processes, and who catches what is
thrown in it. Interrupting effects come at once: what is cancelled does not run another element.

A scope's armed event sub-processes stand in ``Session.armed`` under its owner's token ("" for the process itself):
start event id -> wait, in the same form as the waits of tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.spiff.specs.defaults import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.loops import LoopItem
from engine.bpmn.model import Element
from engine.bpmn.session import Session
from engine.bpmn.waits import WAIT
from engine.errors import TaskGone

#: Tokens of event sub-processes' waits begin with this, followed by the owner of their scope.
SCOPE = "scope:"


class EventScope(SubWorkflowTask):  # type: ignore[misc]
    """An event sub-process once it has been started."""

    def __init__(self, wf_spec: Any, name: str, subworkflow_spec: str) -> None:
        super().__init__(wf_spec, name, subworkflow_spec=subworkflow_spec)


class HandlerScope(EventScope):
    """One run of what undoes an activity. It is no element of the diagram, what it runs is."""

    def __init__(self, wf_spec: Any, name: str, subworkflow_spec: str) -> None:
        super().__init__(wf_spec, name, subworkflow_spec)
        self.bpmn_id = None


def owner_of(workflow: Any) -> str:
    return workflow.parent_task_id or ""


def running(top: Any) -> Iterator[Any]:
    """The process and its subprocesses that have not ended, outermost first."""
    if not top.subprocesses:
        return iter(() if top.completed else (top,))
    subs = sorted(top.subprocesses.values(), key=lambda s: s.depth)
    return (w for w in (top, *subs) if not w.completed)


def event_subprocesses(session: Session, workflow: Any) -> tuple[tuple[Element, Element], ...]:
    """(event sub-process, start event) of a running scope."""
    model = session.program.models[workflow.spec.name]
    name = workflow.spec.name
    return model.event_subprocesses("" if name == model.process_id else name)


def reap(top: Any) -> None:
    """End subprocesses whose owner was cancelled or is gone: SpiffWorkflow leaves them running."""
    for owner_id, sub in list(top.subprocesses.items()):
        owner = find(top, owner_id)
        if (owner is None or owner._state == TaskState.CANCELLED) and not sub.completed:
            sub.cancel()
        if owner is None or owner._state == TaskState.CANCELLED:
            top.subprocesses.pop(owner_id, None)


def find(top: Any, token: str) -> Any:
    for one in (top, *top.subprocesses.values()):
        if token in one.tasks:
            return one.tasks[token]
    return None


def waiting_task(top: Any, token: str, state: int) -> Any:
    """The task of a token in that state.

    Raises:
        TaskGone: it is over.
    """
    for one in running(top):
        task = one.tasks.get(token)
        if task is not None and task.has_state(state):
            return task
    raise TaskGone("This step of the case is over.", hint="Open the case to see what happened since.")


def catcher(top: Any, session: Session, workflow: Any, kind: str, name: str) -> tuple[Any, Element] | None:
    """Who catches an error or escalation thrown in ``workflow``: the nearest scope outwards that wants it.

    Returns (waiting boundary task, its element), or (the scope's workflow, start event of its event sub-process).
    """
    current = workflow
    while current is not None:
        for _, start in event_subprocesses(session, current):
            if _catches(start, kind, name) and start.id in session.armed.get(owner_of(current), {}):
                return current, start
        if current is top:
            return None
        owner = find(top, current.parent_task_id)
        if (found := boundary(session, owner, kind, name)) is not None:
            return found
        current = owner.workflow
    return None


def boundary(session: Session, owner: Any, kind: str, name: str) -> tuple[Any, Element] | None:
    """The waiting boundary event of an activity that catches; of a loop's turn, that of the whole loop."""
    activity = owner.parent if isinstance(owner.task_spec, LoopItem) else owner
    model = session.program.models[activity.workflow.spec.name]
    for sibling in activity.parent.children if activity.parent is not None else ():
        if isinstance(sibling.task_spec, BoundaryEvent) and sibling._state == TaskState.WAITING:
            element = model.elements[sibling.task_spec.bpmn_id]
            if _catches(element, kind, name) and WAIT in sibling.internal_data:
                return sibling, element
    return None


def boundary_of_failed(top: Any, session: Session, task: Any, code: str) -> tuple[Any, Element] | None:
    """The error boundary event of an activity that fails; of one that is done several times, that of its loop."""
    found = boundary(session, task, "error", code)
    owner = find(top, task.workflow.parent_task_id) if found is None else None
    return boundary(session, owner, "error", code) if owner and isinstance(owner.task_spec, LoopItem) else found


def _catches(element: Element, kind: str, name: str) -> bool:
    trigger = element.trigger
    return trigger is not None and trigger.kind == kind and trigger.name in ("", name)


def begin(session: Session, workflow: Any, subprocess: Element, start: Element) -> Any:
    """Start an event sub-process; an interrupting one first ends everything else in its scope. Returns its task."""
    if start.interrupting:
        end_all(session, workflow)
    begun = add(session, workflow, subprocess.id)
    run(begun)
    return begun


def end_all(session: Session, workflow: Any) -> None:
    """End everything that is under way in a scope, but not the scope."""
    session.armed[owner_of(workflow)] = {}
    root = workflow.task_tree
    for task in [t for t in workflow.tasks.values() if t is not root and t.has_state(TaskState.NOT_FINISHED_MASK)]:
        task.cancel()


def add(session: Session, workflow: Any, name: str) -> Any:
    """A new task of what only the runner starts, below the root of its scope; ``run`` sets it going."""
    child = workflow.task_tree._add_child(workflow.spec.task_specs[name], TaskState.FUTURE)
    child.triggered = True
    session.branches.sees_all(child)
    return child


def run(task: Any) -> None:
    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    task.task_spec._update(task)
