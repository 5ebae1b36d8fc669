# SPDX-License-Identifier: Apache-2.0
"""A trial run of diagrams: in memory, on a virtual clock that jumps to the next timer, people answered for.

No database, no history: a question about a diagram, answered in milliseconds. All processes of the given files can take
part: messages and signals start them and go between them. Registers keep what is written, and have an example of each
record that is looked up (`engine.shelf`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn import (
    Choose,
    Command,
    CompleteTask,
    Element,
    FireTimer,
    HumanTask,
    Model,
    Outcome,
    ReceiveMessage,
    Runner,
    Start,
    Thrown,
    compile_program,
    parse_tables,
    read_models,
)
from engine.bpmn.xml import parse
from engine.correlation import receiver
from engine.errors import DiagramInvalid, EngineError, Invalid, StepFailed
from engine.guard import Guard, shared
from engine.iso8601 import parse_datetime, parse_duration
from engine.scripts import Context, ScriptRunner
from engine.shelf import Shelf
from engine.values import Json
from engine.worktime import Calendar

#: As an answer: leave the task open, so that time or a message goes on.
WAIT = "wait"
#: More commands than this mean that people and timers send a case round for ever.
COMMAND_LIMIT = 10_000
#: Who does everything in a trial.
_PERSON = "trial"
#: The calendar "default" of a trial that is given none: Monday to Friday, no holidays.
_OFFICE_HOURS = {day: ["08:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}


@dataclass(frozen=True, slots=True)
class Passed:
    """One element that a token left, when, and the variables that it changed."""

    at: datetime
    process: str
    case: int
    element: str
    name: str
    kind: str
    changes: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial run came to. ``state`` is completed, waiting or failed (that of the first case).

    ``waiting``: what the open cases wait for. ``failure``: element, message, expression, values and hint; ``unanswered``
    are the elements before it that could have been given data and were given none.
    """

    state: str
    outcome: str
    at: datetime
    trace: tuple[Passed, ...]
    variables: Mapping[str, Json]
    waiting: tuple[Mapping[str, Json], ...] = ()
    failure: Mapping[str, Json] | None = None
    messages: tuple[Mapping[str, Json], ...] = ()


def run(
    files: Mapping[str, bytes],
    *,
    process_id: str | None = None,
    data: Mapping[str, Json] | None = None,
    answers: Mapping[str, Json] | None = None,
    start: datetime,
    until: datetime | None = None,
    zone: ZoneInfo,
    registers: Mapping[str, Mapping[str, Json]] | None = None,
    calendars: Mapping[str, Mapping[str, Json]] | None = None,
    guard: Guard | None = None,
) -> Trial:
    """As `run_here`, in a worker process that is stopped when it takes too long or too much memory.

    ``guard``: whose workers; else those of this process.

    Raises:
        DiagramInvalid: a file cannot be read or run.
        Invalid: there is no such process, or none to choose; or the run was stopped.
    """
    told: dict[str, Any] = {"files": dict(files), "process_id": process_id, "data": data, "answers": answers}
    told |= {"start": start, "until": until, "zone": zone, "registers": registers, "calendars": calendars}
    return _read((guard or shared()).trial(told))


def _read(told: Mapping[str, Any]) -> Trial:
    trace = tuple(Passed(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in told["trace"])
    lists = {name: tuple(told[name]) for name in ("waiting", "messages")}
    return Trial(**{**told, **lists, "at": datetime.fromisoformat(told["at"]), "trace": trace})


def run_here(
    files: Mapping[str, bytes],
    *,
    process_id: str | None = None,
    data: Mapping[str, Json] | None = None,
    answers: Mapping[str, Json] | None = None,
    start: datetime,
    until: datetime | None = None,
    zone: ZoneInfo,
    registers: Mapping[str, Mapping[str, Json]] | None = None,
    calendars: Mapping[str, Mapping[str, Json]] | None = None,
) -> Trial:
    """Run a process from the given BPMN and DMN files (name -> content).

    ``answers``: element id -> form data, or a list of them for one visit after another, or ``"wait"``; a task without
    an answer is completed with no data. In an ad hoc subprocess each activity is begun once, or as often as its list has
    answers, and not at all for ``"wait"``; then the subprocess is finished, if people finish it and it is not to wait.
    The clock does not go past ``until``. ``registers``: the schemas of those that there are, ``calendars``: these as
    JSON; without any, "default" is office hours.

    A process that no person begins (by a form, or as ``startable_by`` says) begins with the records that it is about:
    ``<register>_id`` for each register that it looks up by that; one that the date of a record begins also has that
    record, and ``due_on``.

    Raises:
        DiagramInvalid: a file cannot be read or run.
        Invalid: there is no such process, or none to choose; or a calendar is none.
    """
    known = {name: Calendar.from_json(content) for name, content in (calendars or {}).items()}
    with ScriptRunner() as scripts:
        trial = _Trial(files, answers or {}, start, until, zone, scripts, registers or {}, known)
        return trial.run(process_id, dict(data or {}))


def decision_ids(content: bytes, name: str) -> tuple[str, ...]:
    """The ids of the decision tables of a DMN file; none if it cannot be read."""
    try:
        return tuple(table.id for table in parse_tables(content, name))
    except DiagramInvalid:
        return ()


def calls_of(content: bytes, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """(the processes in a BPMN file, those that they call); none if it cannot be read."""
    try:
        models = read_models(parse(content, name), name)
    except DiagramInvalid:
        return frozenset(), frozenset()
    return frozenset(m.process_id for m in models), frozenset(called for m in models for called in m.called)


def until_of(text: str, start: datetime, zone: ZoneInfo) -> datetime:
    """A moment given as date-time, or as a duration from ``start``.

    Raises:
        TimeInvalid: it is neither.
    """
    return parse_duration(text).add_to(start, zone) if text.startswith("P") else parse_datetime(text, zone)


def _office_hours(zone: ZoneInfo) -> Calendar:
    return Calendar.from_json({"title": "Office hours", "time_zone": zone.key, "opening_hours": _OFFICE_HOURS})


@dataclass
class _Case:
    number: int
    model: Model
    runner: Runner
    outcome: Outcome | None = None
    failure: StepFailed | None = None
    #: Cases that it is in conversation with, by number.
    partners: set[int] = field(default_factory=set)

    @property
    def live(self) -> bool:
        return self.failure is None and self.outcome is not None and not self.outcome.completed


class _Trial:
    def __init__(
        self,
        files: Mapping[str, bytes],
        answers: Mapping[str, Json],
        start: datetime,
        until: datetime | None,
        zone: ZoneInfo,
        scripts: ScriptRunner,
        registers: Mapping[str, Mapping[str, Json]],
        calendars: Mapping[str, Calendar],
    ) -> None:
        self._now, self._until, self._zone, self._scripts = start, until, zone, scripts
        self._answers = {e: list(a) if isinstance(a, list) else a for e, a in answers.items()}
        self._diagrams = {n: d for n, d in files.items() if not n.endswith(".dmn")}
        self._tables = [t for n, d in files.items() if n.endswith(".dmn") for t in parse_tables(d, n)]
        self._models = [m for n, d in self._diagrams.items() for m in read_models(parse(d, n), n)]
        #: How often an element is begun in one visit of an ad hoc subprocess, as the answers say; else once.
        self._often = {
            e: sum(1 for one in (a if isinstance(a, list) else [a]) if one != WAIT) for e, a in answers.items()
        }
        self._begun: Counter[tuple[int, int, str]] = Counter()
        self._calendars = {"default": _office_hours(zone), **calendars}
        self._shelf = Shelf(registers, lambda: self._now, _PERSON)
        self._cases: list[_Case] = []
        self._kept: list[tuple[_Case, Thrown]] = []
        self._sent: list[dict[str, Json]] = []
        self._trace: list[Passed] = []
        #: Elements that could have been given data and were given none, in order.
        self._unanswered: dict[str, None] = {}

    def run(self, process_id: str | None, data: dict[str, Json]) -> Trial:
        model = self._chosen(process_id)
        if not data:
            self._unanswered[_start_of(model).id] = None
        first = self._begin(model, Start({**self._about(model), **data}))
        for _ in range(COMMAND_LIMIT):
            if first.failure or not (self._answer_one() or self._let_time_pass()):
                return self._result(first)
        first.failure = StepFailed(
            f"After {COMMAND_LIMIT} commands the case still goes on.",
            hint="Something sends it round for ever: give the loop an end, or set --until.",
        )
        return self._result(first)

    def _chosen(self, process_id: str | None) -> Model:
        names = ", ".join(m.process_id for m in self._models) or "none"
        if process_id is not None:
            found = [m for m in self._models if m.process_id == process_id]
        else:
            found = [m for m in self._models if m.starts_by_hand][:1] or self._models[:1]
        if not found:
            raise Invalid(
                f"There is no executable process{f' {process_id}' if process_id else ''} in the files (there is: {names}).",
                hint='Set isExecutable="true" on the process, or name another one.',
            )
        return found[0]

    def _about(self, model: Model) -> dict[str, Json]:
        """What a process begins with that no person begins."""
        start = _start_of(model)
        by_person = model.starts_by_hand and "startable_by" in model.properties
        if start.form or by_person:
            return {}
        accesses = (access for e in model.elements.values() for access in (*e.reads, *e.writes))
        found: dict[str, Json] = {
            f"{a.register}_id": f"{a.register}-1"
            for a in accesses
            if any(f"{a.register}_id" in each.source for each in a.assignments)
        }
        if register := start.of_register:
            own = f"{register}-1"
            record = dict(self._shelf.record(register, own) or {})
            found |= {f"{register}_id": own, register: record, "due_on": self._now.date().isoformat()}
        return found

    def _begin(self, model: Model, command: Start, sender: _Case | None = None) -> _Case:
        program = compile_program(model.process_id, self._diagrams, self._tables)
        case = _Case(len(self._cases) + 1, model, Runner(program, self._scripts, self._zone, tracing=True))
        self._cases.append(case)
        if sender is not None:
            _converse(sender, case)
        if not command.message and not command.element and not model.starts_by_hand:
            command = Start(command.data, element=_start_of(model).id)
        self._do(case, command)
        return case

    def _do(self, case: _Case, command: Command) -> None:
        context = Context(
            now=self._now, actor=_PERSON, case_id=f"trial-{case.number}", initiator=_PERSON, calendars=self._calendars
        )
        try:
            if isinstance(command, Start):
                outcome = case.runner.start(command, context, self._shelf)
            else:
                assert case.outcome is not None
                before = case.outcome
                outcome = case.runner.advance(before.state, before.variables, command, context, self._shelf)
        except StepFailed as failure:
            case.failure = failure
            return
        except EngineError as error:
            case.failure = StepFailed(error.sentence, hint=error.hint)
            return
        case.outcome = outcome
        self._shelf.keep(outcome)
        self._note(case, outcome)
        for thrown in outcome.thrown:
            self._send(case, thrown)
        self._hand_out_kept()

    def _note(self, case: _Case, outcome: Outcome) -> None:
        for label, changes in outcome.trace:
            process_id, _, element_id = label.rpartition(":")
            models = case.runner.program.models
            model = models[process_id] if process_id else case.model
            element = model.elements[element_id]
            self._trace.append(
                Passed(self._now, model.process_id, case.number, element_id, element.name, element.kind, changes)
            )

    # --- messages --------------------------------------------------------------------------------------------------

    def _send(self, sender: _Case, thrown: Thrown) -> None:
        told = {"kind": thrown.kind, "name": thrown.name, "key": thrown.key, "payload": thrown.payload}
        self._sent.append({**told, "from": sender.model.process_id, "at": self._now.isoformat()})
        if thrown.kind == "signal":
            others = [c for c in self._cases if c is not sender]
            for case, token, element in list(self._waiting(thrown, others)):
                self._do(case, ReceiveMessage(token, element, thrown.payload))
            for model in self._models:
                for start in model.starts():
                    if start.trigger and start.trigger.kind == "signal" and start.trigger.name == thrown.name:
                        self._begin(model, Start(thrown.payload or {}, element=start.id))
        else:
            self._kept.append((sender, thrown))

    def _waiting(self, thrown: Thrown, cases: Sequence[_Case]) -> Iterator[tuple[_Case, str, str]]:
        for case in cases:
            for wait in case.outcome.messages if case.live and case.outcome else ():
                if (wait.kind, wait.name, wait.key) == (thrown.kind, thrown.name, thrown.key):
                    yield case, wait.token, wait.element

    def _hand_out_kept(self) -> None:
        """Deliver kept messages to who waits for them now, or to a process that starts with them."""
        for kept in list(self._kept):
            sender, thrown = kept
            waiting = list(self._waiting(thrown, self._cases))
            found = receiver(thrown.key, waiting, lambda wait: str(wait[0].number), self._partners(sender, thrown))
            starting = [m for m in self._models if thrown.name in m.start_messages]
            if kept not in self._kept or (found is None and not starting):
                continue
            self._kept.remove(kept)
            if found is not None:
                case, token, element = found
                _converse(sender, case)
                self._do(case, ReceiveMessage(token, element, thrown.payload))
            else:
                for model in starting:
                    self._begin(model, Start(thrown.payload or {}, thrown.name), sender)

    def _partners(self, sender: _Case, thrown: Thrown) -> set[str]:
        cases = (self._cases[number - 1] for number in sender.partners)
        return {str(c.number) for c in cases if c.live and thrown.name in c.model.caught_messages}

    # --- people and time -------------------------------------------------------------------------------------------

    def _answer_one(self) -> bool:
        for case in self._cases:
            tasks = case.outcome.tasks if case.live and case.outcome else ()
            for task in tasks:
                answer: Any = self._answer(task) if task.purpose == "work" else WAIT
                if answer != WAIT:
                    if not answer:
                        self._unanswered[task.element] = None
                    self._do(case, CompleteTask(task.token, answer or {}))
                    return True
            for task in sorted(tasks, key=lambda t: t.purpose == "finish"):
                if task.purpose != "work" and self._chooses(case, task):
                    self._do(case, Choose(task.token))
                    return True
        return False

    def _chooses(self, case: _Case, task: HumanTask) -> bool:
        """Whether to begin an activity (once more), or to finish the ad hoc subprocess."""
        within, element = task.within.rpartition(":")[2], task.element.rpartition(":")[2]
        visit = sum(1 for one in self._trace if (one.case, one.element) == (case.number, within))
        key = (case.number, visit, element)
        self._begun[key] += 1
        return self._begun[key] <= self._often.get(element, 1)

    def _answer(self, task: HumanTask) -> Any:
        answer = self._answers.get(task.element.rpartition(":")[2])
        if isinstance(answer, list):
            return answer[0] if len(answer) == 1 and answer[0] == WAIT else answer.pop(0) if answer else {}
        return answer

    def _let_time_pass(self) -> bool:
        due = [
            (datetime.fromisoformat(t.due_at), c.number, t.element, t.token)
            for c in self._cases
            if c.live and c.outcome
            for t in c.outcome.timers
        ]
        if not due:
            return False
        when, number, element, token = min(due)
        if self._until is not None and when > self._until:
            self._now = max(self._now, self._until)
            return False
        self._now = max(self._now, when)
        self._do(self._cases[number - 1], FireTimer(token, element))
        return True

    # --- the result ------------------------------------------------------------------------------------------------

    def _result(self, first: _Case) -> Trial:
        failed = next((c for c in [first, *self._cases] if c.failure), None)
        done = first.outcome is not None and first.outcome.completed
        state = "failed" if failed else "completed" if done else "waiting"
        return Trial(
            state=state,
            outcome=(first.outcome.error or first.outcome.end_event) if first.outcome and done else "",
            at=self._now,
            trace=tuple(self._trace),
            variables=dict(first.outcome.variables) if first.outcome else {},
            waiting=tuple(self._open()),
            failure={**_told(failed.failure), "unanswered": list(self._unanswered)} if failed and failed.failure else None,
            messages=tuple(self._sent),
        )

    def _open(self) -> Iterator[dict[str, Json]]:
        for case in (c for c in self._cases if c.live and c.outcome):
            assert case.outcome is not None
            own = {"process": case.model.process_id, "case": case.number}
            for task in case.outcome.tasks:
                what = "task" if task.purpose == "work" else task.purpose
                yield {**own, "for": what, "element": task.element, "name": task.name, "role": task.role}
            for timer in case.outcome.timers:
                yield {**own, "for": "timer", "element": timer.element, "due": timer.due_at}
            for wait in case.outcome.messages:
                yield {**own, "for": wait.kind, "element": wait.element, "name": wait.name, "key": wait.key}


def _start_of(model: Model) -> Element:
    """Where a process begins that nothing is sent to: by hand if it can, else by its first start event."""
    starts = model.starts()
    by_hand = [s for s in starts if s.message is None and s.timer is None and s.trigger is None]
    return (by_hand or starts)[0]


def _converse(one: _Case, other: _Case) -> None:
    one.partners.add(other.number)
    other.partners.add(one.number)


def _told(failure: StepFailed) -> dict[str, Json]:
    return {
        "element": failure.element,
        "message": failure.sentence,
        "expression": failure.expression,
        "values": dict(failure.names),
        "hint": failure.hint,
    }
