# SPDX-License-Identifier: Apache-2.0
"""What the rows of a case's tasks, timers, subscriptions and calls must be, followed event by event.

They are written with the steps so that lists are fast; the history is the truth. Whoever changes such a row past the
engine (gives a task to somebody else, puts a deadline off) is found by comparing it with what a replay leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import cases, migration
from engine.bpmn import Outcome
from engine.store import calls as call_store
from engine.store import instances as store
from engine.store import tasks as task_store
from engine.store.transaction import Tx
from engine.values import Event

Key = tuple[str, str]  #: token, element
_TASK = (
    "process_id", "token", "element", "name", "role", "state", "assignee", "claimed_by", "excluded", "priority", "due_at",
    "urgency", "held", "created_at", "ended_at", "local", "purpose",
)  # fmt: skip


class Rows:
    """Give it every event in order (``note``), and the outcome of those that are steps (``step``)."""

    def __init__(self, case_id: str, process_id: str) -> None:
        self._case, self._process = case_id, process_id
        self._tasks: dict[str, dict[str, Any]] = {}
        self._timers: dict[Key, Any] = {}
        self._waits: dict[Key, Any] = {}
        self._calls: dict[Key, Any] = {}
        self._failed: Event | None = None

    def note(self, event: Event) -> None:
        """What an event does that does not run the diagram."""
        payload = event.payload
        if event.kind == "task.claimed":
            self._tasks[payload["task"]] |= {"claimed_by": event.actor}
        elif event.kind == "task.released":
            self._tasks[payload["task"]] |= {"claimed_by": None}
        elif event.kind == "task.assigned":
            self._tasks[payload["task"]] |= {"assignee": payload["to"], "claimed_by": None}
        elif event.kind in cases.COMPLETIONS.values():
            done = {"state": "completed", "claimed_by": event.actor, "ended_at": event.at}
            self._tasks[payload["inputs"]["task"]] |= done
        elif event.kind == "step.failed":
            self._failed = event
            self._hold(held=True)
        elif event.kind == "case.retried":
            self._failed = None
            self._hold(held=None)
        elif event.kind == "case.cancelled":
            self._failed = None
            self._withdraw(event.at, still=())
            self._timers, self._waits, self._calls = {}, {}, {}

    def step(self, event: Event, outcome: Outcome) -> None:
        """What a step left open and waits for."""
        self._withdraw(event.at, still={task.token for task in outcome.tasks})
        known = {row["token"] for row in self._tasks.values()}
        for task in outcome.tasks:
            if task.token not in known:
                row = cases.task_row(self._case, self._process, task, event.at)
                self._tasks[row["id"]] = {"claimed_by": None, "ended_at": None, "held": None, **row}
        self._wait(outcome)

    def move(self, event: Event, outcome: Outcome | None) -> None:
        """A move to another version: open tasks are shown as that has them, and keep all else."""
        if outcome is None:
            return
        wanted = {task.token: task for task in outcome.tasks}
        for row in self._tasks.values():
            if row["state"] != "completed" and (task := wanted.get(row["token"])) is not None:
                row |= {
                    "element": task.element,
                    "name": task.name,
                    "role": task.role,
                    "state": "open",
                    "ended_at": None,
                }
        self.step(event, outcome)
        if self._failed is not None:
            self._hold(held=True)
            self._failed = replace(self._failed, payload=migration.held(self._failed.payload, event.payload))

    def _wait(self, outcome: Outcome) -> None:
        self._timers = {(t.token, t.element): (t.name, datetime.fromisoformat(t.due_at)) for t in outcome.timers}
        self._waits = {(m.token, m.element): (m.kind, m.name, m.key) for m in outcome.messages}
        self._calls = {(c.token, c.element): (c.name, c.operator, dict(c.parameters), c.key) for c in outcome.calls}

    def _hold(self, *, held: bool | None) -> None:
        for row in self._tasks.values():
            if row["state"] == "open":
                row["held"] = held

    def _withdraw(self, at: datetime, still: Any) -> None:
        for row in self._tasks.values():
            if row["state"] == "open" and row["token"] not in still:
                row |= {"state": "withdrawn", "ended_at": at}

    def differences(self, tx: Tx, row: Mapping[str, Any]) -> Iterator[str]:
        """Sentences on every row that is not what the history leads to; ``row`` is the case's own."""
        yield from self._of_fault(row)
        yield from self._of_tasks(tx)
        timers = {(t.token, t.element): (t.name, t.due_at) for t in store.timers_of(tx.connection, self._case)}
        yield from _compared("timer", self._timers, timers)
        waits = {
            (w.token, w.element): (w.kind, w.message, w.key) for w in store.subscriptions(tx.connection, self._case)
        }
        yield from _compared("subscription", self._waits, waits)
        calls = {
            (c.token, c.element): (c.name, c.operator, c.parameters, c.key)
            for c in call_store.of_case(tx.connection, self._case)
        }
        yield from _compared("call", self._calls, calls)

    def _of_fault(self, row: Mapping[str, Any]) -> Iterator[str]:
        """A held case keeps the command that a retry gives again: nobody may put another in its place."""
        fault, failed = row["fault"], self._failed
        if (fault is None) != (failed is None):
            yield "The case is held, but its history knows of no failed step." if fault else "The failed step is gone."
        if fault is None or failed is None:
            return
        wanted = {**failed.payload, "actor": failed.actor, "on_behalf_of": failed.on_behalf_of}
        wanted.pop("retried_by", None)
        corrected = fault["inputs"].get("corrected", {})
        inputs = [{n: v for n, v in one["inputs"].items() if n != "corrected"} for one in (fault, wanted)]
        known = {name: (row["variables"] or {}).get(name) for name in corrected}
        if inputs[0] != inputs[1] or corrected != known or {**fault, "inputs": 0} != {**wanted, "inputs": 0}:
            yield f"The failed step that the case keeps is not the one of event {failed.seq}."

    def _of_tasks(self, tx: Tx) -> Iterator[str]:
        there = {row["id"]: row for row in task_store.of_case(tx.connection, self._case)}
        for own in sorted(there.keys() - self._tasks.keys()):
            yield f"The task {own} is not in the history."
        for own, wanted in self._tasks.items():
            if own not in there:
                yield f"The task {own} of '{wanted['name']}' is missing."
                continue
            for name in _TASK:
                if there[own][name] != wanted[name]:
                    shown, led = _word(there[own][name]), _word(wanted[name])
                    yield f"The task {own} shows {name} {shown}; its history leads to {led}."


def _compared(what: str, wanted: Mapping[Key, Any], there: Mapping[Key, Any]) -> Iterator[str]:
    for key in sorted(wanted.keys() | there.keys()):
        if wanted.get(key) != there.get(key):
            faults = {key not in there: "is missing", key not in wanted: "is not in the history"}
            yield f"The {what} at '{key[1]}' {faults.get(True, 'is not what its history leads to')}."


def _word(value: Any) -> str:
    return "nothing" if value is None else f"'{value}'"
