# SPDX-License-Identifier: Apache-2.0
"""The tokens of one scope while they move to another version: each to its place there, or with the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.adhoc import OFFERS, AdHocGate
from engine.bpmn.joining import Tokens, is_join
from engine.bpmn.loops import LoopItem, LoopTask
from engine.bpmn.matching import family, kind_of
from engine.bpmn.model import Element, Model
from engine.bpmn.reduce import gate_of, item_of, undo_of
from engine.bpmn.scopes import EventScope, HandlerScope
from engine.bpmn.waits import WAIT, RaceGateway

if TYPE_CHECKING:
    from engine.bpmn.moving import Mover

_TOKEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_GO_FIRST = "Complete it on the old version first"


@dataclass(slots=True)
class Token:
    """A task of the written state, by the names of what stands at each place of the list."""

    id: str
    parent: str | None
    children: list[str]
    state: int
    spec: str
    triggered: bool
    internal: dict[str, Any]

    def written(self) -> list[Any]:
        return [self.id, self.parent, self.children, self.state, self.spec, self.triggered, self.internal]


class Relocation:
    """The tokens of one scope while they move."""

    def __init__(self, mover: Mover, one: Mapping[str, Any], old: Any, new: Any, model: Model, owner: str) -> None:
        self._mover, self._old, self._new, self._model, self._owner = mover, old, new, model, owner
        self._matching, self._carrying = mover.matching, mover.carrying
        self._tasks = {t[0]: Token(*t) for t in one["tasks"]}
        root = self._tasks[one["root"]]
        self._root = Token(root.id, None, [], root.state, new.start.name, root.triggered, root.internal)
        self._moved: dict[str, Token] = {root.id: self._root}
        self.before, self.after = Tokens(), Tokens()

    def tokens(self) -> list[Token]:
        return list(self._moved.values())

    def run(self) -> None:
        for token in list(self._tasks.values()):
            spec = self._old.task_specs[token.spec]
            if isinstance(spec, _EndJoin):
                if token.state & _TOKEN:
                    self._put(token, f"{self._new.name}.EndJoin", self._root)
            elif is_join(spec):
                if token.state & (TaskState.WAITING | TaskState.CANCELLED):
                    self._arrive(token, spec)
            elif token.state & _TOKEN and not isinstance(spec, BoundaryEvent | BoundaryEventJoin | LoopItem):
                self._stand(token, spec)

    def _put(self, token: Token, spec: str, parent: Token, *, own: str = "") -> Token:
        moved = Token(own or token.id, parent.id, [], token.state, spec, token.triggered, token.internal)
        parent.children.append(moved.id)
        self._moved[moved.id] = moved
        return moved

    def _refuse(self, element_id: str, sentence: str, hint: str) -> None:
        self._mover.refuse(self._model, element_id, sentence, hint)

    # --- a token at an element -------------------------------------------------------------------------------------

    def _stand(self, token: Token, spec: Any) -> None:
        if isinstance(spec, AdHocGate):
            self._gate(token)
            return
        if isinstance(spec, HandlerScope):
            self._undoing(spec)
            return
        element = self._model.elements.get(spec.bpmn_id or spec.name)
        if element is None:
            self._refuse(token.spec, f"A token stands at '{token.spec}', which cannot be moved.", _GO_FIRST + ".")
            return
        target = self._target(element)
        if target is None or not self._fits(element, target, spec):
            return
        host, split = self._root, self._new.task_specs.get(f"{target.id}.BoundaryEventSplit")
        siblings = self._siblings(token)
        if split is not None:
            host = self._split(token, split)
        moved = self._put(token, target.id, host)
        self.before.standing.append(token.spec)
        self.after.standing.append(target.id)
        self._take_along(token, moved, spec, element, target)
        self._boundaries(host, split, siblings, target)

    def _target(self, element: Element) -> Element | None:
        """The element of the new version in whose place the token will stand."""
        where = f"'{element.name}' ({element.id})"
        target = self._matching.element(self._model, element.id)
        if target is None:
            hint = f"Name the element that takes its place (mapping {element.id}=…), or {_GO_FIRST.lower()}."
            self._refuse(element.id, f"The case stands at {where}, which is not in the new version.", hint)
            return None
        if family(element) != family(target) or (element.loop and element.loop.kind) != (
            target.loop and target.loop.kind
        ):
            self._refuse(
                element.id,
                f"The case stands at {where}: {_told(element)} in the old version, {_told(target)} in the new one.",
                f"Map it to an element of the same kind, or {_GO_FIRST.lower()}.",
            )
            return None
        if target.id not in self._new.task_specs:
            inside = f"in the subprocess '{target.scope}'" if target.scope else "in no subprocess"
            self._refuse(
                element.id,
                f"The case stands at {where}, which lies {inside} in the new version.",
                f"An element can only move within its subprocess: {_GO_FIRST.lower()}.",
            )
            return None
        return target

    def _fits(self, element: Element, target: Element, spec: Any) -> bool:
        """Whether what the token is in the middle of is the same thing in the new version."""
        where = f"'{element.name}' ({element.id})"
        if element.called != target.called:
            self._refuse(
                element.id,
                f"{where} has called '{element.called}'; in the new version it calls '{target.called}'.",
                "Wait until the called process has ended.",
            )
        elif reason := self._carrying.differs(element, target):
            self._refuse(element.id, f"{where} {reason}", "Wait until it has come.")
        else:
            return True
        return False

    def _gate(self, token: Token) -> None:
        """An ad hoc sub-process that goes on: what is offered stays offered, if it can be begun in the new version."""
        target = self._matching.id_of(self._model, self._old.name)
        moved = self._put(token, gate_of(target), self._root)
        kept: dict[str, Any] = {}
        for activity, offer in token.internal.get(OFFERS, {}).items():
            old = self._model.elements[activity or self._old.name]
            new = self._matching.element(self._model, old.id)
            if new is not None and (not activity or (new.begins and new.scope == target)):
                kept[new.id if activity else activity] = offer
                self._carrying.task(offer["token"], old, new)
            else:
                self._carrying.gone(offer["token"], old)
        moved.internal = {**token.internal, OFFERS: kept}

    def _undoing(self, spec: Any) -> None:
        handler = self._model.elements.get(spec.name.removesuffix(undo_of("")))
        where = f"'{handler.name}'" if handler else "what was done"
        self._refuse(handler.id if handler else "", f"The case is undoing: {where}.", "Wait until all of it is undone.")

    def _take_along(self, token: Token, moved: Token, spec: Any, element: Element, target: Element) -> None:
        if element.is_human and token.state == TaskState.READY:
            self._carrying.task(token.id, element, target)
        if isinstance(spec, RaceGateway):
            moved.internal = {**token.internal, WAIT: self._race(token, target)}
        elif WAIT in token.internal:
            moved.internal = {**token.internal, WAIT: self._wait(token, element, target)}
        if isinstance(spec, LoopTask):
            self._turns(token, moved, element, target)
        elif token.id in self._mover.owners:
            self._mover.enter(token.id, spec, self._new.task_specs[target.id])
            if isinstance(spec, EventScope) and self._interrupts(element):
                self._mover.interrupted(self._owner)

    def _interrupts(self, subprocess: Element) -> bool:
        starts = [e for e in self._model.elements.values() if e.scope == subprocess.id and e.kind == "startEvent"]
        return any(start.interrupting for start in starts)

    def _turns(self, token: Token, moved: Token, element: Element, target: Element) -> None:
        """The turns of a loop that are under way."""
        for turn in (self._tasks[i] for i in token.children):
            spec = self._old.task_specs[turn.spec]
            if isinstance(spec, LoopItem) and turn.state & _TOKEN:
                self._put(turn, item_of(target.id), moved)
                self._mover.enter(turn.id, spec, self._new.task_specs[item_of(target.id)])

    def _race(self, token: Token, target: Element) -> dict[str, Any]:
        """The events behind an event-based gateway: those that stay, those that are new."""
        waits, found = token.internal.get(WAIT, {}), {}
        new_model = self._matching.new.models[self._new.name]
        for spec in self._new.task_specs[target.id].outputs:
            event = new_model.elements[spec.bpmn_id]
            before = self._matching.before(self._model, event.id)
            if before is not None and before.id in waits:
                found[event.id] = self._carrying.event(token.id, before, event, waits[before.id])
            else:
                found[event.id] = self._carrying.new(token.id, event)
        for element_id in waits:
            if (after := self._matching.element(self._model, element_id)) is None or after.id not in found:
                self._carrying.gone(token.id, self._model.elements[element_id])
        return found

    # --- boundary events -------------------------------------------------------------------------------------------

    def _siblings(self, token: Token) -> dict[str, Token]:
        """Boundary events that wait beside a token, by element id."""
        parent = self._tasks.get(token.parent or "")
        if parent is None or not isinstance(self._old.task_specs[parent.spec], BoundaryEventSplit):
            return {}
        beside = (self._tasks[i] for i in parent.children)
        return {
            t.spec: t
            for t in beside
            if t.state == TaskState.WAITING and isinstance(self._old.task_specs[t.spec], BoundaryEvent)
        }

    def _split(self, token: Token, spec: Any) -> Token:
        """The split above an activity with boundary events: the old one, or one of its own."""
        parent = self._tasks.get(token.parent or "")
        old = parent is not None and isinstance(self._old.task_specs[parent.spec], BoundaryEventSplit)
        own = parent.id if old and parent is not None else self._mover.new_id()
        return self._put(Token(own, None, [], TaskState.COMPLETED, "", False, {}), spec.name, self._root)

    def _boundaries(self, host: Token, split: Any, siblings: Mapping[str, Token], target: Element) -> None:
        new_model = self._matching.new.models[self._new.name]
        kept: set[str] = set()
        for spec in split.outputs if split is not None else ():
            if not isinstance(spec, BoundaryEvent):
                continue
            event = new_model.elements[spec.bpmn_id]
            before = self._matching.before(self._model, event.id)
            after = self._matching.element(self._model, before.attached_to) if before else None
            same = before is not None and after is not None and after.id == target.id
            if same and before is not None and self._carrying.alike(before, event):
                if before.id in siblings:
                    kept.add(before.id)
                    self._keep_boundary(host, siblings[before.id], before, event)
                    self.before.waiting.append(before.id)
                    self.after.waiting.append(event.id)
                continue
            own = self._mover.new_id()
            waits = {event.id: self._carrying.new(own, event)}
            self._put(Token(own, None, [], TaskState.WAITING, "", False, {WAIT: waits}), spec.name, host)
            self.after.waiting.append(event.id)
        for element_id, token in siblings.items():
            if element_id not in kept:
                self.before.waiting.append(element_id)
                self._carrying.gone(token.id, self._model.elements[element_id])

    def _keep_boundary(self, host: Token, token: Token, before: Element, event: Element) -> None:
        moved = self._put(token, event.id, host)
        moved.internal = {**token.internal, WAIT: self._wait(token, before, event)}

    def _wait(self, token: Token, old: Element, new: Element) -> dict[str, Any]:
        """The wait of a token at one event; a cycle that has come to its end waits for nothing more."""
        wait = token.internal.get(WAIT, {}).get(old.id)
        return {} if wait is None else {new.id: self._carrying.event(token.id, old, new, wait)}

    # --- joins -----------------------------------------------------------------------------------------------------

    def _arrive(self, token: Token, spec: Any) -> None:
        """A token that has arrived at a join, with the way in by which it came."""
        came_from = self._tasks[token.parent or ""]
        join, way = (self._matching.spec_name(self._model, name) for name in (spec.name, came_from.spec))
        target = self._new.task_specs.get(join)
        if target is None or not is_join(target) or type(target) is not type(spec):
            self._refuse(
                spec.name,
                f"A token has arrived at the join '{named(self._model, spec.name)}', which is not there in the new version.",
                "Wait until the case is behind the join.",
            )
            return
        if way not in {i.name for i in target.inputs}:
            self._refuse(
                spec.name,
                f"A token has arrived at '{named(self._model, spec.name)}' from '{named(self._model, came_from.spec)}'; in the "
                "new version that way in is gone.",
                "Wait until the case is behind the join.",
            )
            return
        done = came_from.state == TaskState.COMPLETED and came_from.id not in self._moved
        own = came_from.id if done else self._mover.new_id()
        parent = self._put(Token(own, None, [], TaskState.COMPLETED, "", False, {}), way, self._root)
        self._put(token, join, parent)
        self.before.arrived.append((spec.name, came_from.spec))
        self.after.arrived.append((join, way))


# --- words ---------------------------------------------------------------------------------------------------------


def _told(element: Element) -> str:
    often = {"standard": "repeated", "sequential": "done once for each, one after another",
             "parallel": "done once for each, all at once"}  # fmt: skip
    return kind_of(element) + (f" {often[element.loop.kind]}" if element.loop else "")


def named(model: Model, name: str) -> str:
    """What people call the element behind a spec."""
    element = model.elements.get(name) or model.elements.get(name.partition(".")[0])
    return element.name if element else name
