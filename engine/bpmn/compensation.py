# SPDX-License-Identifier: Apache-2.0
"""Compensation and the cancelling of transactions (BPMN 2.0, 10.5.6, 10.7 and 13.5.5).

What has completed and can be undone stands in ``Session.done`` under the owner of its scope, in order of completion; a
subprocess that ends takes what stands under it along, as ``inside`` of its own entry. Only what something can undo is
entered at all. An entry is a small mapping of JSON values:

- ``of``: the activity; ``by``: what undoes it (else: what undoes what is ``inside``, the last first);
- ``times``: how often, if several like it came one after the other;
- ``turn``: the variables of the turn of a loop that it was done in, as they were when it ended; ``data``: those that a
  subprocess or called process had for itself (its data objects), for what undoes what is in it.

Compensation takes the entries out, so each is undone once, and runs what undoes them one after the other, the last
first. A run is a task below the root of the scope that threw; ``Session.undoing`` says what comes after it.

Variables: what undoes sees the case's variables as they are now, for the case is still under way; of a turn of a loop
or a subprocess with data objects, which are over, it sees those that were kept. New names go to what is under way.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.events import Events
from engine.bpmn.model import SUBPROCESSES, Element, Model
from engine.bpmn.reduce import undo_of
from engine.bpmn.scopes import EventScope, HandlerScope, add, catcher, end_all, find, owner_of, reap, run, running
from engine.bpmn.session import Session
from engine.errors import StepFailed
from engine.values import Json

#: Key in a throwing task's ``internal_data``: what it threw is undone, it passes on.
UNDONE = "undone"
#: Stands for who waits when a transaction is cancelled: its cancel boundary event.
CANCEL = "cancel"

Entry = dict[str, Json]


class Compensation:
    """Remembers what can be undone and undoes it, for one step."""

    def __init__(self, workflow: Any, session: Session, events: Events) -> None:
        self._workflow = workflow
        self._session = session
        self._events = events

    # --- remembering -----------------------------------------------------------------------------------------------

    def data_of(self, task: Any, element: Element | None) -> dict[str, Json]:
        """The variables that a subprocess or call has for itself, before they go with it."""
        own = self._session.locals.get(task.id)
        if not own or element is None or not (element.called or element.kind in SUBPROCESSES):
            return {}
        return copy.deepcopy(own) if self._session.program.compensates else {}

    def completed(self, task: Any, element: Element, own: dict[str, Json]) -> None:
        """An activity has completed; ``own``: its ``data_of``."""
        if not self._session.program.compensates:
            return
        inside = self._session.done.pop(task.id, [])
        model = self._model(task.workflow)
        by = model.handlers.get(element.id, "")
        if not by and element.called:
            model = self._session.program.models[element.called]
            by = model.handlers.get("", "")
        entry: Entry = {"of": element.id}
        if by:
            entry["by"] = by
        if inside and (not by or model.elements[by].by_event):
            entry["inside"] = inside
        if own and (inside or by) and (not by or model.elements[by].by_event):
            entry["data"] = own
        if len(entry) > 1:
            _enter(self._session.done.setdefault(owner_of(task.workflow), []), entry)

    def turn_over(self, item: Any) -> None:
        """A turn of a loop has completed: what was done in it keeps its variables."""
        entries = self._session.done.pop(item.id, [])
        local = self._session.locals.get(item.id, {})
        for entry in entries:
            if local:
                entry["turn"] = {**local, **entry.get("turn", {})}
            _enter(self._session.done.setdefault(owner_of(item.workflow), []), entry)

    # --- undoing ---------------------------------------------------------------------------------------------------

    def throw(self, task: Any, element: Element) -> bool:
        """Compensation is thrown; whether the token passes on now."""
        assert element.trigger is not None
        entries = self._take(task.workflow, element.trigger.name)
        rest = list(_in_order(entries, {}))
        if not rest:
            return True
        waits = element.trigger.waits
        if waits:
            task._set_state(TaskState.STARTED)
        self._next(task.workflow, rest, task.id if waits else "")
        return not waits

    def over(self, task: Any) -> bool:
        """A run of what undoes an activity is over: the next one begins; whether the run's own token passes on."""
        after = self._session.undoing.pop(task.id)
        if after["rest"]:
            self._next(task.workflow, after["rest"], after["for"])
        elif after["for"] == CANCEL:
            self._leave(task.workflow)
            return False
        elif (thrower := task.workflow.tasks.get(after["for"])) is not None:
            thrower.internal_data[UNDONE] = True
            thrower._set_state(TaskState.READY)
        return True

    def cancel(self, task: Any) -> None:
        """The transaction around an element is cancelled: what is under way ends, what is done is undone, the last
        first, also what was done in subprocesses that are under way; then its cancel boundary event happens.
        """
        workflow = self._transaction(task.workflow)
        rest = [one for inner in self._within(workflow) for one in self._all_of(inner, workflow)]
        end_all(self._session, workflow)
        reap(self._workflow)
        if rest:
            self._next(workflow, rest, CANCEL)
        else:
            self._leave(workflow)

    def _take(self, workflow: Any, activity: str) -> list[Entry]:
        """What can be undone from a scope, in order of completion; an event sub-process reaches what is around it."""
        owners = [owner_of(workflow)]
        owner = find(self._workflow, owners[0])
        if owner is not None and type(owner.task_spec) is EventScope:
            owners.insert(0, owner_of(owner.workflow))
        taken: list[Entry] = []
        for own in owners:
            entries = self._session.done.pop(own, [])
            left = [e for e in entries if activity and e["of"] != activity]
            taken += [e for e in entries if not activity or e["of"] == activity]
            if left:
                self._session.done[own] = left
        return taken

    def _next(self, workflow: Any, rest: list[Entry], waiting: str) -> None:
        first, *others = rest
        task = add(self._session, workflow, undo_of(first["by"]))
        self._session.undoing[task.id] = {"rest": others, "for": waiting}
        if first.get("turn"):
            self._session.locals[task.id] = first["turn"]
        if first.get("inside"):
            self._session.done[task.id] = copy.deepcopy(first["inside"])
        run(task)

    def _leave(self, workflow: Any) -> None:
        found = catcher(self._workflow, self._session, workflow, "cancel", "")
        if found is None:
            raise StepFailed(
                "The transaction was cancelled, and no cancel boundary event stands on it.",
                element=workflow.spec.name,
                hint="Draw one on the transaction.",
            )
        where, element = found
        self._events.fire(where.id, element.id)

    # --- scopes ----------------------------------------------------------------------------------------------------

    def _model(self, workflow: Any) -> Model:
        return self._session.program.models[workflow.spec.name]

    def _transaction(self, workflow: Any) -> Any:
        """The nearest transaction outwards."""
        while workflow.parent_task_id is not None:
            element = self._model(workflow).elements.get(workflow.spec.name)
            if element is not None and element.kind == "transaction":
                return workflow
            workflow = find(self._workflow, workflow.parent_task_id).workflow
        raise StepFailed(
            "There is no transaction to cancel.", hint="Draw the cancel end event inside of a transaction."
        )

    def _within(self, workflow: Any) -> list[Any]:
        """The scope and those under way in it, the innermost first."""
        found = {owner_of(workflow)}
        scopes = [workflow]
        for one in running(self._workflow):
            owner = find(self._workflow, one.parent_task_id) if one.parent_task_id else None
            if owner is not None and owner_of(owner.workflow) in found:
                found.add(owner_of(one))
                scopes.append(one)
        return scopes[::-1]

    def _all_of(self, workflow: Any, outer: Any) -> Iterator[Entry]:
        """All that is to be undone of a scope that ends: first what was about to be undone."""
        for task in workflow.tasks.values():
            if isinstance(task.task_spec, HandlerScope) and task.id in self._session.undoing:
                yield from self._session.undoing.pop(task.id)["rest"]
        around: dict[str, Json] = {}
        inner = workflow
        while inner is not outer:
            around = {**self._session.locals.get(owner_of(inner), {}), **around}
            inner = find(self._workflow, inner.parent_task_id).workflow
        yield from _in_order(self._session.done.pop(owner_of(workflow), []), around)


def _enter(entries: list[Entry], entry: Entry) -> None:
    """Add an entry; one like the last is only counted, so that a loop does not fill the state."""
    last = entries[-1] if entries else {}
    if {**last, "times": 0} == {**entry, "times": 0}:
        last["times"] = last.get("times", 1) + 1
    else:
        entries.append(entry)


def _in_order(entries: list[Entry], around: dict[str, Json]) -> Iterator[Entry]:
    """What is to be run, the last completed first; ``around``: variables of turns around it."""
    for entry in reversed(entries):
        turn = {**around, **entry.get("turn", {}), **entry.get("data", {})}
        for _ in range(entry.get("times", 1)):
            if "by" in entry:
                yield {**{n: v for n, v in entry.items() if n != "times"}, "turn": turn}
            else:
                yield from _in_order(entry["inside"], turn)
