# SPDX-License-Identifier: Apache-2.0
"""Human work: the task list, forms, drafts, completion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine import tasks
from engine.facade.core import DRAFT, Core
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    Actor,
    Case,
    Json,
    Page,
    Person,
    Task,
    TaskFilter,
    TaskForm,
)


class TasksFacade(Core):
    def tasks(self, actor: Actor, wanted: TaskFilter | None = None) -> Page[Task]:
        """Open tasks for the actor, most urgent first."""
        with self.read() as tx:
            return tasks.find(tx, actor, wanted or TaskFilter())

    def unheld_tasks(self, actor: Actor, most: int = 200) -> tuple[Task, ...]:
        """Open tasks of roles that nobody holds, at most so many of each; none for who may not read all cases."""
        with self.read() as tx:
            return tasks.unheld(tx, most) if self._may(tx, actor, "case.read") else ()

    def next_task(self, actor: Actor) -> Task | None:
        """What to do next: my most urgent task, else the most urgent one of my groups."""
        for scope in ("mine", "group"):
            found = self.tasks(actor, TaskFilter(scope=scope, limit=1)).items
            if found and found[0].purpose == "work":
                return found[0]
        return None

    def task(self, actor: Actor, task_id: str) -> Task:
        """A task, also when it is over (``claimed_by`` then tells who completed it)."""
        with self.read() as tx:
            return tasks.as_value(self._readable_task(tx, actor, task_id))

    def _readable_task(self, tx: Tx, actor: Actor, task_id: str) -> Mapping[str, Any]:
        row = tasks.row(tx, task_id)
        if not tasks.may_work_on(tx, actor, row):
            self._require(tx, actor, "case.read", row["instance_id"])
        return row

    def task_form(self, actor: Actor, task_id: str) -> TaskForm:
        """The form of a task with what is known already filled in."""
        with self.read() as tx:
            self._readable_task(tx, actor, task_id)

            def context(row: Mapping[str, Any]) -> Any:
                case = instance_store.get(tx.connection, row["instance_id"]) or {}
                return self._stepper.context(tx, row["digest"], tx.now, row["instance_id"], actor, case["started_by"])

            return tasks.form(tx, self._programs, task_id, context)

    def claim(self, actor: Actor, task_id: str, key: str | None = None) -> Task:
        """Take a task; taking it twice changes nothing."""
        return self._task_command(actor, key, "claim", task_id, lambda tx: tasks.claim(tx, actor, task_id))

    def release(self, actor: Actor, task_id: str, key: str | None = None) -> Task:
        """Give a task back to its group; the draft stays with it."""
        return self._task_command(actor, key, "release", task_id, lambda tx: tasks.release(tx, actor, task_id))

    def candidates(self, actor: Actor, task_id: str, limit: int = 100) -> tuple[Person, ...]:
        """Who may be given a task: the holders of its role; without any who may do it, everybody who may."""
        with self.read() as tx:
            self._require(tx, actor, "task.assign", task_id)
            return tasks.candidates(tx, task_id, limit)

    def assign(self, actor: Actor, task_id: str, person_id: str, key: str | None = None) -> Task:
        """Give a task to a person."""

        def do(tx: Tx) -> None:
            self._require(tx, actor, "task.assign", task_id)
            tasks.assign(tx, actor, task_id, person_id)

        return self._task_command(actor, key, f"assign {person_id}", task_id, do)

    def _task_command(self, actor: Actor, key: str | None, what: str, task_id: str, do: Callable[[Tx], None]) -> Task:
        def run(tx: Tx) -> str:
            do(tx)
            return task_id

        self._command(actor, key, what, {"task": task_id}, run)
        with self.read() as tx:
            return tasks.as_value(tasks.row(tx, task_id))

    def save_draft(self, actor: Actor, task_id: str, data: Mapping[str, Json], key: str | None = None) -> datetime:
        """Keep what was typed so far, unchecked; returns when it was kept."""

        def do(tx: Tx) -> str:
            tasks.save_draft(tx, actor, task_id, data)
            return tx.now.isoformat()

        answer = self._command(actor, key, DRAFT, {"task": task_id, "data": dict(data)}, do)
        return datetime.fromisoformat(answer)

    def complete(
        self, actor: Actor, task_id: str, data: Mapping[str, Json] | None = None, key: str | None = None
    ) -> Case:
        """Complete a task with its form's data; the case goes on to where it next waits.

        Of an ad hoc subprocess, an activity that is offered is begun (who begins it takes it, if it is a person's
        task and theirs to do), and the subprocess itself finished.

        If the diagram cannot go on, the data is kept and the returned case is held (``state`` failed, ``fault``).

        Raises:
            FormInvalid, TaskTaken, TaskGone, NotAllowed, NotFound.
        """
        given = dict(data or {})

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            return tasks.complete(tx, self._stepper, actor, task_id, given)

        def run(tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
            self._run_step(tx, by, case_id, kind, inputs)
            if kind == "activity.begun":
                tasks.claim_begun(tx, by, case_id, inputs["element"])

        about = {"task": task_id, "data": given}
        return self._case(self._step(actor, key, "complete", about, prepare, run))
