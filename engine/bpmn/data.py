# SPDX-License-Identifier: Apache-2.0
"""The scopes of data items, and the moving of data into and out of activities (BPMN 2.0, 10.4.2).

A subprocess with data objects, and an activity with data inputs, outputs or properties, has variables of its own while
it is under way: under its token in ``Session.locals``. What is not declared there lives further out. Data goes in when
the activity begins, seen from around it, and out when its work is done. An input that is not there yet holds nothing;
nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import plain
from engine.bpmn.model import Element, Move
from engine.bpmn.scopes import running
from engine.bpmn.session import Session
from engine.values import Json

_UNDER_WAY = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})


class Data:
    """Opens and closes scopes, for one step."""

    def __init__(self, workflow: Any, session: Session) -> None:
        self._workflow = workflow
        self._session = session

    def open_new(self) -> None:
        """Open the scope of every activity that has begun."""
        if not self._session.program.has_data:
            return
        for one in list(running(self._workflow)):
            for task in one.tasks.values():
                if task.has_state(_UNDER_WAY) and task.id not in self._session.locals:
                    element = self._session.program.element(task)
                    if element is not None and element.kind not in _EVENTS:
                        self._open(element, task)

    def _open(self, element: Element, task: Any) -> None:
        own: dict[str, Json] = dict.fromkeys(self._names(element))
        if own:
            self._session.enter(element, task)
            for move in element.data.before if element.data is not None else ():
                own[move.target] = self._moved(move, own[move.target])
            self._session.locals[task.id] = own

    def _names(self, element: Element) -> tuple[str, ...]:
        """The variables that an activity has for itself; of one that calls a process, also those of that process."""
        own = element.data.names if element.data is not None else ()
        called = self._session.program.models.get(element.called) if element.called else None
        return (*own, *called.data, *called.inputs) if called is not None else own

    def close(self, element: Element, task: Any) -> None:
        """The work of an activity is done: its data goes out, and its scope is over."""
        if element.kind in _EVENTS or (element.data is None and task.id not in self._session.locals):
            return
        moves = element.data.after if element.data is not None else ()
        results = [(move, self._values(move, {})) for move in moves]
        self._session.locals.pop(task.id, None)
        self._session.enter(element, task)
        self._put(element, task, results)

    def caught(self, element: Element, task: Any, payload: Json) -> None:
        """An event has caught something: its data outputs hold the payload and go where they are drawn to."""
        if element.data is None:
            return
        outputs = dict.fromkeys(element.data.outputs, payload)
        results = [(move, self._values(move, outputs)) for move in element.data.after]
        self._put(element, task, results)

    def thrown(self, element: Element) -> Json:
        """What an event throws by its data inputs: the one value, or a mapping; None without inputs."""
        if element.data is None or not element.data.inputs:
            return None
        own: dict[str, Json] = dict.fromkeys(element.data.inputs)
        for move in element.data.before:
            own[move.target] = self._moved(move, own.get(move.target))
        given = {name: own[name] for name in element.data.inputs}
        return next(iter(given.values())) if len(given) == 1 else dict(given)

    def _put(self, element: Element, task: Any, results: list[tuple[Move, list[tuple[str, Json]]]]) -> None:
        for move, values in results:
            if values:
                self._session.set(move.target, _with(self._session.view.get(move.target), values))
            if move.state:
                self._session.note_state(element, task, move)

    def _moved(self, move: Move, before: Json) -> Json:
        values = self._values(move, {})
        return _with(before, values) if values else self._session.view.get(move.target)

    def _values(self, move: Move, more: Mapping[str, Json]) -> list[tuple[str, Json]]:
        return [(key, plain.copied(self._session.evaluate_with(source, more))) for key, source in move.values]


def _with(before: Json, values: list[tuple[str, Json]]) -> Json:
    """The value of a variable after entries of it, or all of it, were set."""
    for key, value in values:
        before = value if not key else {**(before if isinstance(before, dict) else {}), key: value}
    return before
