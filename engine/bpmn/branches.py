# SPDX-License-Identifier: Apache-2.0
"""Conflicts: parallel branches that write one variable to different values.

Which of two writes came first is told by the history, but where neither branch could know of the other it is chance.
So each write leaves a mark at its variable (the token that wrote), and each token carries which marks it has *seen*:

- a token has seen what it wrote itself and what the tokens before it had seen;
- behind a parallel or inclusive join: what any of the joined tokens had seen; behind an activity that runs a scope (a
  subprocess, a called process, the turns of a loop): what anything in it had seen;
- what an event sets off (a boundary event, an event sub-process, compensation): everything written before it happened.

Whoever writes another value over a mark it has not seen is in conflict with who left it. The later write holds. Reading
is no seeing: only a join makes one branch know what another did. A mark goes when every token has seen it, so a process
without parallel branches keeps none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import consume
from engine.bpmn.outcome import Conflict
from engine.scripts.data import same
from engine.values import Json

#: Key in a task's ``internal_data``: the marks that its token has seen.
SEEN = "seen"
#: Key in the ``internal_data`` of a scope's root, and of a parallel loop: the marks that anything in it has seen.
WITHIN = "within"
#: The version of these rules that knows conflicts; cases begun by an older one go on without.
KNOWS_CONFLICTS = 2
_TOKEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED

Marks = dict[str, dict[str, list[list[str]]]]


class Branches:
    """The marks of one case. ``marks``: owner of a scope -> variable -> (token, element) that wrote it last.

    Several stand at a variable when parallel branches wrote the same value.
    """

    def __init__(self) -> None:
        self.rules = 1
        self.marks: Marks = {}
        self.conflicts: list[Conflict] = []

    # --- writing ---------------------------------------------------------------------------------------------------

    def wrote(self, task: Any, label: str, owner: str, name: str, values: tuple[Json, Json]) -> None:
        """A token writes a variable of the scope of ``owner``; ``values``: what it was, what it is now."""
        if self.rules < KNOWS_CONFLICTS:
            return
        seen = self.seen(task)
        unseen = [mark for mark in self.marks.get(owner, {}).get(name, ()) if mark[0] not in seen]
        if unseen and not same(*values):
            before, after = values
            self.conflicts.append(Conflict(label, name, after, before, tuple(element for _, element in unseen)))
            unseen = []
        self.marks.setdefault(owner, {})[name] = [*unseen, [task.id, label]]
        if task.id not in seen:
            task.internal_data[SEEN] = [*seen, task.id]

    def sees_all(self, task: Any) -> None:
        """What an event sets off has seen all that was written before."""
        if self.marks:
            task.internal_data[SEEN] = list(_united([], *([own for own, _ in m] for m in self._all())))

    # --- the way of tokens -----------------------------------------------------------------------------------------

    def arrive(self, task: Any) -> None:
        """A token is at a task that is about to run; at a join, it and those that it joins."""
        if not self.marks:
            return
        spec = task.task_spec
        joined = consume(task) if isinstance(spec, UnstructuredJoin) and not isinstance(spec, _EndJoin) else []
        self._now_seen(task, [self.seen(task), *map(self.seen, joined)])

    def passed(self, task: Any) -> None:
        """A task has run. Where its scope is over by that, whoever owns the scope has seen all of it."""
        workflow, seen = task.workflow, self.seen(task) if self.marks else []
        while seen and workflow.parent_task_id is not None:
            root = workflow.task_tree.internal_data
            root[WITHIN] = _united(root.get(WITHIN, []), seen)
            workflow = _owner(workflow).workflow
        ended = task.workflow
        if ended.completed and ended.parent_task_id is not None:
            self.scope_over(ended)

    def scope_over(self, workflow: Any) -> None:
        owner, within = _owner(workflow), workflow.task_tree.internal_data.get(WITHIN, [])
        if owner is not None and within:
            self._now_seen(owner, [self.seen(owner), within])

    def turn_over(self, item: Any, *, parallel: bool) -> None:
        """A turn of a loop is over: the next one knows of it, unless it has begun; what comes after the loop does."""
        if self.marks:
            loop, seen = item.parent, self.seen(item)
            if parallel:
                loop.internal_data[WITHIN] = _united(loop.internal_data.get(WITHIN, []), seen)
            else:
                self._now_seen(loop, [self.seen(loop), seen])

    def loop_over(self, task: Any, under_way: Iterable[Any]) -> None:
        """A loop ends; ``under_way``: the scopes of turns that end with it."""
        if self.marks:
            within = [w.task_tree.internal_data.get(WITHIN, []) for w in under_way]
            self._now_seen(task, [self.seen(task), task.internal_data.get(WITHIN, []), *within])

    def seen(self, task: Any) -> list[str]:
        """The marks that a token has seen: its own list, else that of the nearest task before it that has one."""
        while task is not None:
            own: list[str] | None = task.internal_data.get(SEEN)
            if own is not None:
                return own
            task = task.parent if task.parent is not None else _owner(task.workflow)
        return []

    @staticmethod
    def _now_seen(task: Any, lists: list[list[str]]) -> None:
        if seen := _united(*lists):
            task.internal_data[SEEN] = seen

    # --- what outlives the step ------------------------------------------------------------------------------------

    def settle(self, top: Any, scopes: Iterable[str]) -> None:
        """After a step: forget marks that every token has seen, and those of scopes that are gone."""
        if not self.marks:
            return
        everything = [top, *top.subprocesses.values()]
        tokens = [] if top.completed else list(self._tokens(top, everything))
        seen = [(task, self.seen(task)) for task in tokens]
        alive = {"", *scopes}
        unseen_by_some = {m for marks in self._all() for m, _ in marks if any(m not in known for _, known in seen)}
        self.marks = {
            owner: kept
            for owner, names in self.marks.items()
            if owner in alive
            and (kept := {n: m for n, marks in names.items() if (m := [x for x in marks if x[0] in unseen_by_some])})
        }
        left = {own for marks in self._all() for own, _ in marks}
        for workflow in everything:
            for task in workflow.tasks.values():
                task.internal_data.pop(SEEN, None)
                _keep(task, WITHIN, [m for m in task.internal_data.pop(WITHIN, []) if m in left])
        for task, known in seen:
            _keep(task, SEEN, [m for m in known if m in left])

    def _tokens(self, top: Any, workflows: Iterable[Any]) -> Iterator[Any]:
        """Tokens that will go on by themselves, those included that have arrived at a join.

        Not what runs a scope (what is in it stands for it), nor boundary events (they see everything when they happen).
        """
        scopes = top.subprocesses
        for workflow in workflows:
            for task in workflow.tasks.values():
                if not (task._state & _TOKEN or (task._state == TaskState.CANCELLED and _is_join(task.task_spec))):
                    continue
                runs_scope = scopes and (task.id in scopes or any(c.id in scopes for c in task.children))
                if not (runs_scope or task is workflow.task_tree or isinstance(task.task_spec, BoundaryEvent)):
                    yield task

    def _all(self) -> Iterator[list[list[str]]]:
        return (marks for names in self.marks.values() for marks in names.values())


def _is_join(spec: Any) -> bool:
    return isinstance(spec, UnstructuredJoin) and not isinstance(spec, _EndJoin)


def _owner(workflow: Any) -> Any:
    """The task that runs a scope; None for the process itself."""
    if workflow.parent_task_id is None:
        return None
    top = workflow.top_workflow
    return next(
        (
            w.tasks[workflow.parent_task_id]
            for w in (top, *top.subprocesses.values())
            if workflow.parent_task_id in w.tasks
        ),
        None,
    )


def _united(*lists: list[str]) -> list[str]:
    return list(dict.fromkeys(mark for each in lists for mark in each))


def _keep(task: Any, key: str, value: list[str]) -> None:
    if value:
        task.internal_data[key] = value
