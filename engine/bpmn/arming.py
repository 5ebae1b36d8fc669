# SPDX-License-Identifier: Apache-2.0
"""Gives whatever has begun to wait what it waits for: a due time, a message with its key, a signal, a condition.

A wait is a small mapping of JSON values: ``due`` with ``anchor`` and ``text``; ``message`` with ``key``; ``signal``;
``service`` with ``parameters``;
``condition`` with ``was`` (its last value: it fires when it becomes true); ``error``; ``escalation``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Element
from engine.bpmn.scopes import SCOPE, event_subprocesses, owner_of, running
from engine.bpmn.session import Session
from engine.bpmn.timing import first_due, next_due, timer_text
from engine.bpmn.waits import WAIT, RaceGateway
from engine.errors import EngineError, StepFailed
from engine.recurrence import is_recurrence
from engine.values import Json

#: The version of the engine's rules by which a condition happens at once; in older cases, when nothing else can run.
CONDITIONS_AT_ONCE = 3

Waited = dict[str, Json]


class Arming:
    """Arms waits and lists them, for one step."""

    def __init__(self, workflow: Any, session: Session, zone: tzinfo) -> None:
        self._workflow = workflow
        self._session = session
        self._zone = zone

    def tokens(self) -> list[Any]:
        """Tokens that wait for an event."""
        return list(self._workflow.event_manager.tasks.values())

    def arm_new(self) -> None:
        """Arm what waits since the last call, and forget what is gone."""
        for task in self.tokens():
            if WAIT not in task.internal_data and task._state == TaskState.WAITING:
                model = self._session.program.models[task.workflow.spec.name]
                watched = [model.elements[i] for i in _watched(task)]
                task.internal_data[WAIT] = {e.id: self._wait(e, task) for e in watched if _waits(e)}
        if not (self._session.armed or self._session.program.has_event_scopes):
            return
        owners = {owner_of(w): w for w in running(self._workflow)}
        self._session.armed = {o: w for o, w in self._session.armed.items() if o in owners}
        for owner, workflow in owners.items():
            starts = [start for _, start in event_subprocesses(self._session, workflow)]
            if starts and owner not in self._session.armed:
                self._session.armed[owner] = {s.id: self._wait(s, workflow.task_tree) for s in starts}

    def _wait(self, element: Element, task: Any) -> Waited:
        self._session.enter(element, task)
        if element.timer is not None:
            return self._timer(element)
        if element.service is not None:
            given = {n: self._session.optional(e) for n, e in element.service.parameters.items()}
            return {"service": element.service.operator, "parameters": given}
        if element.message is not None:
            return {"message": element.message.name, "key": self._session.awaited_key(element.message)}
        assert element.trigger is not None
        if element.trigger.kind == "conditional":
            return {"condition": element.trigger.name, "was": False}
        return {element.trigger.kind: element.trigger.name}

    def _timer(self, element: Element) -> Waited:
        assert element.timer is not None
        now = self._session.context.now
        try:
            text = timer_text(element.timer, self._session.evaluate)
            due = first_due(element.timer.kind, text, now, self._zone)
        except EngineError as error:
            raise self._session.failure(error) from error
        return {"due": iso(due), "anchor": iso(now), "text": text}

    def arm_moved(self, token: str, element_id: str, old: Mapping[str, Json] | None) -> Waited | None:
        """Arm an event that a change of version added or changed; a changed timer counts from the old one's ``anchor``.

        None, and it no longer waits, when a cycle has no more times to come.
        """
        task = self.task_of(token)
        model = self._session.program.models[task.workflow.spec.name]
        in_scope = token.startswith(SCOPE)
        waits = self._session.armed[token.removeprefix(SCOPE)] if in_scope else task.internal_data[WAIT]
        wait = self._moved(model.elements[element_id], task, old)
        if wait is None:
            del waits[element_id]
        else:
            waits[element_id] = wait
        return wait

    def _moved(self, element: Element, task: Any, old: Mapping[str, Json] | None) -> Waited | None:
        if element.timer is None or old is None:
            return self._wait(element, task)
        now = self._session.context.now
        self._session.context = replace(self._session.context, now=datetime.fromisoformat(old["anchor"]))
        try:
            wait = self._wait(element, task)
        finally:
            self._session.context = replace(self._session.context, now=now)
        if element.timer.kind == "timeCycle" and datetime.fromisoformat(wait["due"]) <= now:
            anchor = datetime.fromisoformat(wait["anchor"])
            due = next_due(wait["text"], anchor, datetime.fromisoformat(wait["due"]), now, self._zone)
            return None if due is None else {**wait, "due": iso(due)}
        return wait

    def rearm(self, waits: dict[str, Waited], element: str) -> None:
        """After a repeating event has fired: the next due time of a cycle, or nothing more."""
        wait = waits[element]
        if "due" not in wait:
            return
        anchor, previous = datetime.fromisoformat(wait["anchor"]), datetime.fromisoformat(wait["due"])
        due = None
        if is_recurrence(wait["text"]):
            due = next_due(wait["text"], anchor, previous, self._session.context.now, self._zone)
        if due is None:
            del waits[element]
        else:
            wait["due"] = iso(due)

    def waits(self) -> Iterator[tuple[str, Element, Waited]]:
        """(token, element, wait) of all that is armed."""
        for task in self.tokens():
            model = self._session.program.models[task.workflow.spec.name]
            for element, wait in task.internal_data.get(WAIT, {}).items():
                yield task.id, model.elements[element], wait
        for workflow in running(self._workflow) if self._session.armed else ():
            model = self._session.program.models[workflow.spec.name]
            for element, wait in self._session.armed.get(owner_of(workflow), {}).items():
                yield SCOPE + owner_of(workflow), model.elements[element], wait

    def task_of(self, token: str) -> Any:
        """The task to look from when a wait of ``token`` is evaluated."""
        if token.startswith(SCOPE):
            owner = token.removeprefix(SCOPE)
            return self._workflow.task_tree if not owner else self._workflow.subprocesses[owner].task_tree
        return next(t for t in self.tokens() if t.id == token)

    def became_true(self, *, at_rest: bool) -> tuple[str, Element] | None:
        """The first armed condition that has become true since it was last looked at.

        While elements still run (not ``at_rest``), one that fails is not true yet: its variables may be about to come.
        """
        if not self._session.program.has_conditions:
            return None
        for token, element, wait in self.waits():
            if "condition" in wait:
                self._session.enter(element, self.task_of(token))
                try:
                    value = bool(self._session.evaluate(wait["condition"]))
                except StepFailed:
                    if at_rest:
                        raise
                    continue
                fires, wait["was"] = value and not wait["was"], value
                if fires:
                    return token, element
        return None


def _watched(task: Any) -> list[str]:
    if isinstance(task.task_spec, RaceGateway):
        return [spec.bpmn_id for spec in task.task_spec.outputs]
    return [task.task_spec.bpmn_id]


def _waits(element: Element) -> bool:
    return any((element.timer, element.message, element.trigger, element.service))


def iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()
