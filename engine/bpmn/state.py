# SPDX-License-Identifier: Apache-2.0
"""The tokens of a running case as bytes, and back; and pruning, which keeps them few.

SpiffWorkflow keeps every finished task for ever and its own serializer writes the specs and data of each. Here only the
task tree is written (variables are the engine's, specs come from the cached program). What is written is a list per
task, in the tree's own order; no meaning hangs on the order of mapping keys.
"""

from __future__ import annotations

from typing import Any

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import plain
from engine.bpmn.program import Program
from engine.bpmn.seam import Counter
from engine.bpmn.session import Session
from engine.errors import Conflict

VERSION = 1
#: State of the step's session that outlives it.
_KEPT = ("locals", "armed", "done", "undoing", "keys")


def dump(workflow: Any, counter: Counter, session: Session) -> bytes:
    """The case's tokens as bytes, and what the session keeps of them; equal states give equal bytes."""
    subs = [[sub.parent_task_id, sub.parent_workflow.parent_task_id, _dump_one(sub)] for sub in _outer_first(workflow)]
    kept = {name: value for name in _KEPT if (value := getattr(session, name))}
    if session.branches.rules > 1:
        kept["rules"] = session.branches.rules
    if session.branches.marks:
        kept["marks"] = session.branches.marks
    return orjson.dumps(
        {"version": VERSION, "counter": counter.value, "top": _dump_one(workflow), "subs": subs, **kept}
    )


def load(data: bytes, program: Program, session: Session, script_engine: Any) -> tuple[Any, Counter]:
    """Rebuild the workflow, and what the session keeps, from ``dump``'s bytes.

    Raises:
        Conflict: the state was written by a newer release.
    """
    state = orjson.loads(data)
    if state["version"] != VERSION:
        raise Conflict(
            f"Another release left this case in a state of version {state['version']}; this one reads version {VERSION}.",
            hint="Run the newest release of FitSM Flow that worked on this database.",
        )
    for name in _KEPT:
        setattr(session, name, state.get(name, {}))
    session.locals_before = plain.copied(session.locals)
    session.branches.rules, session.branches.marks = state.get("rules", 1), state.get("marks", {})
    workflow = BpmnWorkflow(program.spec, dict(program.subspecs), script_engine=script_engine, deserializing=True)
    _load_one(workflow, state["top"])
    for owner_id, parent_owner, one in state["subs"]:
        parent = workflow if parent_owner is None else workflow.subprocesses[parent_owner]
        owner = parent.tasks[owner_id]
        sub = BpmnSubWorkflow(program.subspecs[owner.task_spec.spec], owner_id, workflow, deserializing=True)
        workflow.subprocesses[owner_id] = sub
        _load_one(sub, one)
        sub.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
    return workflow, Counter(state["counter"])


def _outer_first(workflow: Any) -> list[Any]:
    return sorted(workflow.subprocesses.values(), key=lambda s: s.depth)


def _dump_one(workflow: Any) -> dict[str, Any]:
    last = workflow.last_task
    return {
        "completed": workflow.completed,
        "success": workflow.success,
        "root": workflow.task_tree.id,
        "last": last.id if last is not None and last.id in workflow.tasks else None,
        "tasks": [
            [t.id, t._parent, t._children, t._state, t.task_spec.name, t.triggered, t.internal_data]
            for t in workflow.tasks.values()
        ],
    }


def _load_one(workflow: Any, state: dict[str, Any]) -> None:
    specs = workflow.spec.task_specs
    for own, parent, children, task_state, spec_name, triggered, internal in state["tasks"]:
        task = Task(workflow, specs[spec_name], state=task_state, id=own)
        task._parent, task._children = parent, children
        task.triggered, task.internal_data = triggered, internal
        if task_state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            workflow.top_workflow.event_manager.add_task(task)
    workflow.task_tree = workflow.tasks[state["root"]]
    workflow.last_task = workflow.tasks.get(state["last"])
    workflow.completed, workflow.success = state["completed"], state["success"]
