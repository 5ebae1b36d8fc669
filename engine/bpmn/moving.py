# SPDX-License-Identifier: Apache-2.0
"""Moves the tokens of a waiting case to another version of its process: written state in, written state out.

Every token keeps its id and what hangs on it (the offer to a person, a due time, a call under way, a loop's turns). The
tree above the tokens is made anew, as flat as can be: a finished task is kept only where something still asks for it
(the way in of a join, the split of boundary events). What cannot move is named, all of it, and nothing is moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.carrying import Carrying
from engine.bpmn.joining import is_join, parted, stuck
from engine.bpmn.matching import Matching
from engine.bpmn.model import Model
from engine.bpmn.relocation import Relocation, named
from engine.bpmn.remembered import remembered
from engine.bpmn.scopes import SCOPE
from engine.values import Obstacle


class Mover:
    """Moves one case. ``obstacles`` is empty when it can move; ``carrying`` says what becomes of what it waits for."""

    def __init__(self, matching: Matching, state: bytes) -> None:
        self.matching = matching
        self.obstacles: list[Obstacle] = []
        self.carrying = Carrying()
        self._state = orjson.loads(state)
        self._counter = int(self._state["counter"])
        #: Tokens that own a scope.
        self.owners = {owner for owner, _, _ in self._state["subs"]}
        #: Owner of a scope ("" for the process) -> its specs in the old and the new version.
        self._specs: dict[str, tuple[Any, Any]] = {"": (matching.old.spec, matching.new.spec)}
        self._interrupted: set[str] = set()

    def move(self) -> bytes:
        """The new state; of no use when there are ``obstacles``."""
        moved = {**self._state, "top": self._scope(self._state["top"], "")}
        moved["subs"] = [
            [owner, parent, self._scope(one, owner)]
            for owner, parent, one in self._state["subs"]
            if owner in self._specs
        ]
        before = self._state.get("armed", {})
        armed = {owner: self._armed(owner, before.get(owner, {})) for owner in self._specs}
        if kept := {owner: waits for owner, waits in armed.items() if waits or owner in before}:
            moved["armed"] = kept
        self._remembered(moved)
        return orjson.dumps({**moved, "counter": self._counter})

    def _remembered(self, state: dict[str, Any]) -> None:
        """What has completed and can be undone, by its ids in the new version."""
        done, missing = remembered(self.matching, state.get("done", {}), self._specs)
        if done:
            state["done"] = done
        else:
            state.pop("done", None)
        for model, handler in missing:
            name = model.elements[handler].name
            hint = f"Name what takes its place (mapping {handler}=…), or let the case end on the old version."
            self.refuse(model, handler, f"'{name}' may yet have to undo something; it is not in the new version.", hint)

    def new_id(self) -> str:
        self._counter += 1
        return str(self._counter)

    # --- one scope -------------------------------------------------------------------------------------------------

    def _scope(self, one: Mapping[str, Any], owner: str) -> dict[str, Any]:
        old, new = self._specs[owner]
        model = self.matching.old.models[old.name]
        self.carrying.prefix = self._prefix(model)
        moving = Relocation(self, one, old, new, model, owner)
        moving.run()
        tokens = moving.tokens()
        self._check_joins(moving, old, new, model)
        last = one["last"] if any(t.id == one["last"] for t in tokens) else None
        return {**one, "root": tokens[0].id, "last": last, "tasks": [t.written() for t in tokens]}

    def _check_joins(self, moving: Relocation, old: Any, new: Any, model: Model) -> None:
        if self.obstacles:
            return
        before, after, new_model = moving.before, moving.after, self.matching.new.models[new.name]
        known = {self.matching.spec_name(model, join) for join, _ in stuck(old.task_specs, before)}
        for join, missing in stuck(new.task_specs, after):
            if join not in known:
                ways = ", ".join(f"'{named(new_model, way)}'" for way in missing)
                self._refuse_join(
                    model,
                    join,
                    f"The case would wait for ever at the join '{named(new_model, join)}': nothing of it can come from {ways}",
                )
        for join in parted(old.task_specs, new.task_specs, before, after, partial(self.matching.spec_name, model)):
            self._refuse_join(
                model,
                join,
                f"The branches of the case meet at '{named(model, join)}' in the old version; in the new one they do "
                "not, and each would go on for itself",
            )

    def _refuse_join(self, model: Model, join: str, sentence: str) -> None:
        self.refuse(model, join, f"{sentence}.", "Wait until the case is behind the join.")

    def _prefix(self, model: Model) -> str:
        return "" if model is self.matching.old.model else f"{model.process_id}:"

    def refuse(self, model: Model, element_id: str, sentence: str, hint: str) -> None:
        obstacle = Obstacle(self._prefix(model) + element_id, sentence, hint)
        if obstacle not in self.obstacles:
            self.obstacles.append(obstacle)

    def enter(self, owner: str, old: Any, new: Any) -> None:
        """The scope that a token owns moves as well."""
        specs = self.matching.old.subspecs[old.spec], self.matching.new.subspecs.get(new.spec)
        if specs[1] is not None:
            self._specs[owner] = specs

    # --- event sub-processes ---------------------------------------------------------------------------------------

    def interrupted(self, owner: str) -> None:
        """An interrupting event sub-process has taken over a scope: nothing more is armed in it."""
        self._interrupted.add(owner)

    def _armed(self, owner: str, waits: Mapping[str, Any]) -> dict[str, Any]:
        old, new = self._specs[owner]
        model, new_model = self.matching.old.models[old.name], self.matching.new.models[new.name]
        self.carrying.prefix = self._prefix(model)
        token = SCOPE + owner
        starts = [s for _, s in new_model.event_subprocesses("" if new.name == new_model.process_id else new.name)]
        found: dict[str, Any] = {}
        for start in starts:
            before = self.matching.before(model, start.id)
            if before is None or before.kind != "startEvent":
                if owner not in self._interrupted:
                    found[start.id] = self.carrying.new(token, start)
            elif before.id in waits:
                found[start.id] = self.carrying.event(token, before, start, waits[before.id])
        gone = [i for i in waits if (e := self.matching.element(model, i)) is None or e.id not in found]
        for element_id in gone:
            self.carrying.gone(token, model.elements[element_id])
        return found


def ready_join(workflow: Any) -> Any:
    """A token that waits at a join of a loaded case, which would let it pass; None when there is none."""
    for one in (workflow, *workflow.subprocesses.values()):
        for task in one.tasks.values():
            waits = task._state == TaskState.WAITING and is_join(task.task_spec)
            if waits and task.task_spec._check_threshold_unstructured(task):
                return task
    return None
