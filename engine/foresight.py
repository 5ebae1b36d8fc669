# SPDX-License-Identifier: Apache-2.0
"""What will come up: the engine on a copy, with a clock that jumps from one due time to the next.

    with foreseen(engine) as rehearsed:
        for one in rehearsed.until(moment):
            ...

Nothing in the live database changes, no service is called and no mail is sent: a case that waits for a service's answer
waits for good, as one that waits for a person does (unless tasks are completed empty). So it shows what time brings by
itself, and that is what reviews, deadlines and escalations are.
"""

from __future__ import annotations

import heapq
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import tasks
from engine.engine import Engine
from engine.errors import EngineError
from engine.ports import CountingIds, VirtualClock
from engine.store import copy as store
from engine.store import instances as instance_store
from engine.store import tasks as task_store
from engine.store.transaction import Tx
from engine.values import SYSTEM, Actor, Json

logger = logging.getLogger(__name__)
#: As often a case is sent round at one moment by tasks that are completed empty; more would be for ever.
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that will come up. ``what``: started (a case), timer (fired), task (opened), due (a task's deadline),
    ended (a case), held (a step failed, and why).

    ``is_new``: the case does not exist yet. ``role`` and ``person``: whose task it is.
    """

    at: datetime
    what: str
    process_id: str
    process: str
    case_id: str
    case: str
    is_new: bool
    element: str = ""
    name: str = ""
    role: str = ""
    person: str = ""
    note: str = ""


class Foresight:
    """A copy, its engine and its clock. Begins at the moment at which it was made."""

    def __init__(self, engine: Engine, clock: VirtualClock) -> None:
        self._engine, self._clock = engine, clock
        self._place = 0
        self._seen: set[str] = set()
        self._deadlines: list[tuple[datetime, str]] = []
        with engine.read() as tx:
            self._there = store.case_ids(tx.connection)
        self._names = {d.process_id: d.name for d in engine.definitions()}

    @property
    def now(self) -> datetime:
        """How far it has come."""
        return self._clock.now()

    def until(
        self, moment: datetime, *, complete: bool = False, goes_on: Callable[[], bool] = lambda: True
    ) -> Iterator[Coming]:
        """All that comes up until then, in order.

        ``complete``: people complete every task at once, with nothing entered; else tasks stay open. ``goes_on`` is
        asked between two due times; when it says no, `now` tells how far it has come.
        """
        for task in self._new_tasks(None):
            self._remember_deadline(task)
        if complete:
            yield from self._completed()
        stuck: datetime | None = None
        while goes_on():
            due = self._engine.next_due(stuck)
            if due is None or due > moment:
                break
            yield from self._deadlines_until(due)
            self._clock.set(due)
            stuck = None if self._fired() else self.now
            yield from self._happened()
            if complete:
                yield from self._completed()
        else:
            return
        yield from self._deadlines_until(moment)
        self._clock.set(moment)

    def _fired(self) -> bool:
        try:
            return self._engine.fire_due() > 0
        except Exception:  # told by the live engine when it comes to it; here the others are wanted
            logger.warning("a timer of the rehearsal failed", exc_info=True)
            return False

    def _happened(self) -> Iterator[Coming]:
        """What the last commands have done."""
        with self._engine.read() as tx:
            events = store.new_events(tx.connection, self._place)
        for event in events:
            self._place = event.place
            yield from self._told(event)
        for task in self._new_tasks(self.now):
            self._remember_deadline(task)
            yield self._of_task("task", self.now, task)

    def _told(self, event: Any) -> Iterator[Coming]:
        if event.kind not in {"case.started", "timer.fired", "step.failed"} and "effects" not in event.payload:
            return
        inputs = event.payload.get("inputs") or {}
        name, element = str(inputs.get("name") or ""), str(inputs.get("element") or "")
        if event.kind == "case.started":
            yield self._coming("started", event, element=str(inputs.get("start") or ""), name=name)
        elif event.kind == "timer.fired":
            yield self._coming("timer", event, element=element, name=name)
        elif event.kind == "step.failed":
            note = str(event.payload["message"])
            yield self._coming("held", event, element=str(event.payload["element"]), name=name, note=note)
        if (event.payload.get("effects") or {}).get("completed"):
            yield self._coming("ended", event, note=str(event.payload["effects"].get("outcome") or ""))

    def _coming(self, what: str, event: Any, **more: str) -> Coming:
        return self._of_case(what, event.at, event.instance_id, **more)

    def _of_case(self, what: str, at: datetime, case_id: str, **more: str) -> Coming:
        with self._engine.read() as tx:
            row = instance_store.summary(tx.connection, case_id) or {}
        title = " ".join(part for part in (row.get("business_key"), row.get("title")) if part)
        process_id = str(row.get("process_id") or "")
        process = self._names.get(process_id, process_id)
        return Coming(at, what, process_id, process, case_id, title, case_id not in self._there, **more)

    def _of_task(self, what: str, at: datetime, task: Any) -> Coming:
        whose = {"role": task.role or "", "person": task.assignee or task.claimed_by or ""}
        return self._of_case(what, at, task.instance_id, element=task.element, name=task.name, **whose)

    def _new_tasks(self, since: datetime | None) -> list[Any]:
        with self._engine.read() as tx:
            found = [t for t in store.open_tasks(tx.connection, since) if t.id not in self._seen]
        self._seen.update(task.id for task in found)
        return found

    def _remember_deadline(self, task: Any) -> None:
        if task.due_at is not None and task.due_at > self.now:
            heapq.heappush(self._deadlines, (task.due_at, task.id))

    def _deadlines_until(self, moment: datetime) -> Iterator[Coming]:
        """Deadlines of tasks that are still open when it comes to them."""
        while self._deadlines and self._deadlines[0][0] <= moment:
            at, task_id = heapq.heappop(self._deadlines)
            with self._engine.read() as tx:
                here = [t for t in store.open_tasks(tx.connection) if t.id == task_id]
            for task in here:
                yield self._of_task("due", at, task)

    def _completed(self) -> Iterator[Coming]:
        """Complete what is open, empty, until nobody has anything to do (or a case goes round and round)."""
        for _ in range(ROUNDS):
            with self._engine.read() as tx:
                here = [t for t in store.open_tasks(tx.connection) if t.purpose == "work"]
            if not here:
                return
            for task in here:
                self._complete(task)
            yield from self._happened()

    def _complete(self, task: Any) -> None:
        """Without the form's check: nothing is entered, whatever the form asks for."""

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            here = task_store.get(tx.connection, task.id)
            assert here is not None
            tasks.mark_completed(tx, task.id, SYSTEM.person_id)
            told = {"task": task.id, "token": task.token, "element": task.element, "name": task.name}
            return SYSTEM, task.instance_id, "task.completed", {**told, "data": {}}

        try:
            self._engine._step(SYSTEM, None, "complete", {}, prepare, self._engine._run_step)
        except EngineError:
            logger.debug("the task %s was gone before it was completed", task.id)


@contextmanager
def foreseen(live: Engine) -> Iterator[Foresight]:
    """Copy what runs now and rehearse on the copy; it is gone afterwards.

    Raises:
        StorageFailed: the live database cannot be read, or there is no room for the copy.
    """
    with tempfile.TemporaryDirectory(prefix="fitsm-rehearsal-") as folder:
        url = f"sqlite:///{Path(folder) / 'copy.db'}"
        clock = VirtualClock(live.clock.now())
        config = replace(live.config, database_url=url, sealing=None, queue=False)
        engine = Engine(config, store.copied(live._store, url), clock, CountingIds("new"), {})
        try:
            yield Foresight(engine, clock)
        finally:
            engine.close()
