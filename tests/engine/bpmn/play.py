# SPDX-License-Identifier: Apache-2.0
"""Plays a diagram without a database: every command goes through written and read state, as in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson

from engine.bpmn import (
    Choose,
    Command,
    CompleteTask,
    FireTimer,
    HumanTask,
    Outcome,
    Program,
    ReceiveMessage,
    Runner,
    Start,
    compile_program,
    read_models,
)
from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.decisions import DecisionTable
from engine.errors import TaskGone
from engine.scripts import Context, ScriptRunner
from engine.values import Json
from tests.builders import FREE_FORM, diagram

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


class Shelf:
    """Registers as a mapping; new records get numbers of their own."""

    def __init__(self, records: Mapping[tuple[str, str], Mapping[str, Json]] | None = None) -> None:
        self.records = dict(records or {})
        self.given = 0

    def record(self, register: str, record_id: str) -> Mapping[str, Json] | None:
        found = self.records.get((register, record_id))
        return None if found is None else {**found, "id": record_id}

    def records(self, register: str, question: Mapping[str, Json]) -> Json:
        raise AssertionError(f"the register {register} is asked {question}")

    def new_number(self, register: str) -> str:
        self.given += 1
        return f"{register[:1].upper()}-{self.given}"


def program_of(text: str, *called: bytes, tables: tuple[DecisionTable, ...] = ()) -> Program:
    """The program of a text of `tests.builders`, which must be publishable as it stands."""
    main = diagram("P", text)
    files = {"p.bpmn": main, **{f"c{n}.bpmn": xml for n, xml in enumerate(called)}}
    processes = {m.process_id for name, xml in files.items() for m in read_models(parse(xml, name), name)}
    known = Known(
        forms={FREE_FORM},
        registers={"thing": {"title", "state", "note"}},
        roles={"worker", "lead"},
        processes=processes,
        decisions={t.id: {o.name for o in t.outputs} for t in tables},
    )
    for name, xml in files.items():
        errors = [f for f in check(parse(xml, name), name, known=known) if f.severity == "error"]
        assert not errors, errors
    return compile_program("P", files, tables)


class Play:
    """One case: what it did last (`outcome`), where it waits, and the commands to move it."""

    def __init__(self, program: Program, scripts: ScriptRunner, shelf: Shelf | None = None) -> None:
        self.runner = Runner(program, scripts, BERLIN)
        self.shelf = shelf or Shelf()
        self.now = START
        self.outcome: Outcome
        self.passed: list[str] = []

    # --- commands --------------------------------------------------------------------------------------------------

    def start(self, message: str = "", **data: Json) -> Play:
        self._keep(self.runner.start(Start(data, message), self._context(), self.shelf))
        return self

    def complete(self, element: str, **data: Json) -> Play:
        """Complete the (first) open task of an element."""
        return self.complete_token(next(t.token for t in self._work() if t.element == element), **data)

    def choose(self, element: str) -> Play:
        """Begin an activity of an ad hoc subprocess, or finish the subprocess."""
        offered = (t for t in self.outcome.tasks if t.purpose != "work")
        return self._advance(Choose(next(t.token for t in offered if t.element == element)))

    def complete_token(self, token: str, **data: Json) -> Play:
        return self._advance(CompleteTask(token, data))

    def receive(self, element: str, payload: Json = None) -> Play:
        token = next(m.token for m in self.outcome.messages if m.element == element)
        return self._advance(ReceiveMessage(token, element, payload))

    def fire(self, element: str) -> Play:
        """The timer of an element fires, whatever the time is."""
        return self._advance(FireTimer(self._timer(element).token, element))

    def until(self, when: datetime) -> list[tuple[str, datetime]]:
        """Let time pass; timers fire in order of their due time. Returns which fired, and when each was due."""
        fired = []
        while due := [t for t in self.outcome.timers if datetime.fromisoformat(t.due_at) <= when]:
            first = min(due, key=lambda t: (t.due_at, t.element))
            self.now = max(self.now, datetime.fromisoformat(first.due_at))
            fired.append((first.element, datetime.fromisoformat(first.due_at)))
            self._advance(FireTimer(first.token, first.element))
        self.now = when
        return fired

    def wait(self, **by: float) -> list[str]:
        return [element for element, _ in self.until(self.now + timedelta(**by))]

    # --- where it stands -------------------------------------------------------------------------------------------

    @property
    def open(self) -> list[str]:
        """Elements of the open tasks, sorted."""
        return sorted(t.element for t in self._work())

    @property
    def choices(self) -> list[str]:
        """Elements that a person may begin, and ad hoc subprocesses that a person may finish, sorted."""
        return sorted(t.element for t in self.outcome.tasks if t.purpose != "work")

    @property
    def waiting(self) -> list[str]:
        """Elements that wait for a time or a message, sorted."""
        return sorted([t.element for t in self.outcome.timers] + [m.element for m in self.outcome.messages])

    @property
    def variables(self) -> Mapping[str, Json]:
        return self.outcome.variables

    @property
    def tokens(self) -> int:
        """How many tasks the kept state holds, those of subprocesses included."""
        state = orjson.loads(self.outcome.state)
        return len(state["top"]["tasks"]) + sum(len(one["tasks"]) for _, _, one in state["subs"])

    def due(self, element: str) -> datetime:
        return datetime.fromisoformat(self._timer(element).due_at)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _work(self) -> list[HumanTask]:
        return [t for t in self.outcome.tasks if t.purpose == "work"]

    def _timer(self, element: str):
        found = [t for t in self.outcome.timers if t.element == element]
        if not found:
            raise TaskGone(f"No timer {element} is armed.")
        return found[0]

    def _advance(self, command: Command) -> Play:
        state, before = self.outcome.state, self.outcome.variables
        self._keep(self.runner.advance(state, before, command, self._context(), self.shelf))
        return self

    def _keep(self, outcome: Outcome) -> None:
        for write in outcome.writes:
            self.shelf.records[write.register, write.record_id] = dict(write.fields)
        self.outcome = outcome
        self.passed += outcome.passed

    def _context(self) -> Context:
        return Context(now=self.now, actor="wanda", case_id="case-1", initiator="wanda")
