# SPDX-License-Identifier: Apache-2.0
"""A plan tried on copies: each case moves in memory and, if wanted, goes on for some steps. Nothing is kept.

People are answered for: with the given answers, else with what a form is filled in with anyway, if that is enough for
it; a task that needs more is left open. Time jumps to the next timer. What only comes from outside (the rest of a form,
a message, a service's answer) ends the look ahead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import cases, forms
from engine.bpmn import Command, CompleteTask, FireTimer, HumanTask, Outcome, find_element
from engine.errors import Conflict, EngineError, MoveRefused, NotFound, StepFailed
from engine.migration.plan import CasePlan, Plan, try_move
from engine.store import instances as store
from engine.store.transaction import Tx
from engine.values import Actor, Json, Obstacle
from engine.world import LiveWorld


@dataclass(frozen=True, slots=True)
class Ahead:
    """One step of a copy: ``what`` is task or timer; ``passed`` the elements it went past."""

    at: datetime
    what: str
    element: str
    name: str
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of one case. ``state`` is refused, waiting, completed or failed; ``open`` the elements it waits at.

    ``failure``: element, message, expression, values and hint of a step that would hold the case.
    """

    case_id: str
    title: str
    state: str
    obstacles: tuple[Obstacle, ...] = ()
    open: tuple[str, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    failure: Mapping[str, Json] | None = None


def rehearse(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    plan: Plan,
    target: Mapping[str, Any],
    chosen: Iterable[CasePlan],
    steps: int,
    answers: Mapping[str, Json],
) -> tuple[Rehearsal, ...]:
    """Try the move of the chosen cases of a plan, and ``steps`` steps after it."""
    return tuple(_one(tx, stepper, actor, plan, target, case, steps, answers) for case in chosen)


def _one(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    plan: Plan,
    target: Mapping[str, Any],
    case: CasePlan,
    steps: int,
    answers: Mapping[str, Json],
) -> Rehearsal:
    row = store.get(tx.connection, case.case_id)
    try:
        if row is None:
            raise NotFound(f"There is no case '{case.case_id}'.")
        moved = try_move(tx, stepper, actor, row, target, plan.mapping)
    except MoveRefused as refused:
        return Rehearsal(case.case_id, case.title, "refused", refused.obstacles)
    except (Conflict, NotFound) as error:
        return Rehearsal(case.case_id, case.title, "refused", (Obstacle("", error.sentence, error.hint),))
    if moved is None:
        return Rehearsal(case.case_id, case.title, "waiting")
    return _Copy(tx, stepper, row, plan.to_digest, moved.outcome, answers).go_on(case, steps)


class _Shelf:
    """Registers as they are, with what the copy would have written."""

    def __init__(self, tx: Tx) -> None:
        self._live, self._written, self._numbers = LiveWorld(tx), dict[tuple[str, str], dict[str, Json]](), 0

    def record(self, register: str, record_id: str) -> Mapping[str, Json] | None:
        found, written = self._live.record(register, record_id), self._written.get((register, record_id))
        return {**(found or {"id": record_id}), **written} if written is not None else found

    def records(self, register: str, question: Mapping[str, Json]) -> Json:
        """A question about a whole register sees it as it is, without what the copy would have written."""
        return self._live.records(register, question)

    def new_number(self, register: str) -> str:
        self._numbers += 1
        return f"{register}-copy-{self._numbers}"

    def keep(self, outcome: Outcome) -> None:
        for write in outcome.writes:
            self._written.setdefault((write.register, write.record_id), {}).update(write.fields)


class _Copy:
    """One case in memory."""

    def __init__(
        self,
        tx: Tx,
        stepper: cases.Stepper,
        row: Mapping[str, Any],
        digest: str,
        outcome: Outcome,
        answers: Mapping[str, Json],
    ) -> None:
        self._tx, self._stepper, self._row, self._digest = tx, stepper, row, digest
        self._outcome, self._answers, self._now = outcome, answers, tx.now
        self._shelf = _Shelf(tx)

    def go_on(self, case: CasePlan, steps: int) -> Rehearsal:
        ahead: list[Ahead] = []
        failure: Mapping[str, Json] | None = None
        for _ in range(steps):
            chosen = self._next()
            if chosen is None or self._outcome.completed:
                break
            command, what, element, name = chosen
            try:
                self._do(command)
            except StepFailed as error:
                failure = _told(error)
                break
            except EngineError as error:
                failure = {"element": element, "message": error.sentence, "hint": error.hint}
                break
            ahead.append(Ahead(self._now, what, element, name, self._outcome.passed))
        state = "failed" if failure else "completed" if self._outcome.completed else "waiting"
        waits = tuple(cases.active(self._outcome))
        return Rehearsal(case.case_id, case.title, state, (), waits, tuple(ahead), failure)

    def _next(self) -> tuple[Command, str, str, str] | None:
        """The first open task whose form is filled in well enough, else the next timer, as if nobody did the others."""
        for task in self._outcome.tasks:
            if (answer := self._answer(task)) is not None:
                return CompleteTask(task.token, answer), "task", task.element, task.name
        for timer in sorted(self._outcome.timers, key=lambda t: (t.due_at, t.element)):
            self._now = max(self._now, datetime.fromisoformat(timer.due_at))
            return FireTimer(timer.token, timer.element), "timer", timer.element, timer.name
        return None

    def _answer(self, task: HumanTask) -> dict[str, Json] | None:
        """What the form is completed with; None when it needs what only a person can say."""
        given = self._answers.get(task.element)
        if isinstance(given, Mapping):
            return dict(given)
        program, _ = self._stepper.programs.get(self._tx, self._digest)
        found = find_element(program, task.element)
        schema = self._stepper.programs.form(self._tx, self._digest, found[1].form) if found else {}
        known = forms.prefill(schema, {**self._outcome.variables, **task.local})
        return None if list(forms.errors(schema, known)) else known

    def _do(self, command: Command) -> None:
        context = self._stepper.context(
            self._tx, self._digest, self._now, self._row["id"], Actor("rehearsal"), self._row["started_by"]
        )
        before = {"tokens": self._outcome.state, "variables": self._outcome.variables}
        self._outcome = self._stepper.run(self._tx, self._digest, command, before, context, self._shelf)
        self._shelf.keep(self._outcome)


def _told(failure: StepFailed) -> dict[str, Json]:
    return {
        "element": failure.element,
        "message": failure.sentence,
        "expression": failure.expression,
        "values": dict(failure.names),
        "hint": failure.hint,
    }
