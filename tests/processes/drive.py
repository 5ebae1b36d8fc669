# SPDX-License-Identifier: Apache-2.0
"""Drives a shipped process along one of its ways: people's answers, messages and time are given, the engine does the rest.

A `Scenario` says how a case begins, what people enter at which step, which messages arrive, where nobody acts until a
timer fires, and how it ends. The scenarios of a process together must take every sequence flow; the cases of its decision
tables must hit every rule.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from lxml import etree

from engine import SYSTEM, Actor, Engine, VirtualClock
from engine.errors import NotAllowed
from engine.values import Case, CaseFilter, CaseView

BPMN = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL"}
MOST = 200  #: steps of one scenario
FIRINGS = 5_000  #: of all processes' start timers until the one of a scenario: half a year of mornings
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """``answers``: element -> what is entered there, or a list of it for one visit after another (of several
    open tasks, the one that stands first here is done first); ``messages``: the same
    for events and receive tasks (the message's payload). ``late``: elements at which nobody acts until a timer has fired
    there, or as many timers as it is named times (if they have an answer too, it is given after that). ``data`` begins a
    case by hand, ``payload`` by message, or by signal where ``signal`` names one; ``start``: the start event. ``ends``: the
    end events reached. ``records``: (register, id) -> fields that it must hold in the end. ``given``: (register, fields)
    written beforehand; the ids are the next of each register. ``files``: (name, content) uploaded beforehand."""

    process: str
    ends: tuple[str, ...]
    start: str = ""
    data: Data = field(default_factory=dict)
    message: str = ""
    payload: Data | None = None
    signal: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    messages: Mapping[str, Any] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    given: Sequence[tuple[str, Data]] = ()
    files: Sequence[tuple[str, bytes]] = ()
    records: Mapping[tuple[str, str], Data] = field(default_factory=dict)


class Driver:
    """One engine, one person who may do everything, a colleague for what that person may not approve."""

    def __init__(self, engine: Engine, clock: VirtualClock, person: Actor, colleague: Actor) -> None:
        self.engine, self._clock, self._person, self._colleague = engine, clock, person, colleague

    def drive(self, scenario: Scenario) -> Case:
        """Play it to its end.

        Raises:
            AssertionError: the case stands still, is held, or ended elsewhere; the text says where and on what.
        """
        for name, content in scenario.files:
            self.engine.keep_file(SYSTEM, name, content)
        for register, fields in scenario.given:
            self.engine.write_record(SYSTEM, register, dict(fields))
        case = self._begin(scenario)
        left = _Left(scenario)
        for _ in range(MOST):
            view = self.engine.case(SYSTEM, case.id)
            assert view.case.fault is None, f"{view.case.fault}"
            if view.case.state != "running":
                break
            self._go_on(view, left)
        view = self.engine.case(SYSTEM, case.id)
        assert view.case.state == "completed", f"{scenario.process} is {view.case.state}, at {view.position}"
        reached = self.passed(case.id)
        missing = set(scenario.ends) - set(reached)
        assert not missing, f"{scenario.process}: {missing} not reached, but {reached}"
        assert not left.unused(), f"{scenario.process}: never asked for {left.unused()}"
        for (register, record_id), fields in scenario.records.items():
            found = self.engine.record(SYSTEM, register, record_id).data
            assert {name: found.get(name) for name in fields} == dict(fields), f"{register} {record_id}: {found}"
        verdict = self.engine.verify(SYSTEM, case.id)
        assert verdict.ok, f"{scenario.process}: {verdict.reason}"
        return view.case

    def _begin(self, scenario: Scenario) -> Case:
        if scenario.payload is None and not scenario.signal and not scenario.start.startswith("Start_By_Time"):
            return self.engine.start(self._person, scenario.process, dict(scenario.data))
        before = self._cases(scenario.process)
        if scenario.signal:
            self.engine.signal(SYSTEM, scenario.signal, dict(scenario.payload or {}))
        elif scenario.payload is not None:
            self.engine.correlate(SYSTEM, scenario.message, f"drive-{len(before)}", dict(scenario.payload))
        else:
            self._wait_for_start(scenario.process, before)
        began = [self.engine.case(SYSTEM, case_id).case for case_id in self._cases(scenario.process) - before]
        return next(case for case in began if case.parent_id is None)

    def _cases(self, process: str) -> set[str]:
        return {c.id for c in self.engine.cases(SYSTEM, CaseFilter(process_id=process, limit=200)).items}

    def _wait_for_start(self, process: str, before: set[str]) -> None:
        for _ in range(FIRINGS):
            due = self.engine.next_due()
            assert due is not None, f"no timer starts {process}"
            self._advance(due)
            if self._cases(process) - before:
                return
        raise AssertionError(f"no timer started {process}")

    def _advance(self, to: Any) -> None:
        self.wait_until(max(to, self._clock.now() + timedelta(seconds=1)))

    def wait_until(self, moment: Any) -> None:
        """Let it be that moment, and what is due by then happen."""
        self._clock.set(moment)
        self.engine.fire_due()

    def _go_on(self, view: CaseView, left: _Left) -> None:
        """One thing that the outer world does: an answer, a message, or time."""
        opened = {task.element: task for task in reversed(view.tasks) if task.state == "open"}
        for element in left.asked_of(opened):
            task = opened[element]
            person = self.engine.people.actor(task.assignee) if task.assignee else self._person
            self._complete(person, task.id, left.answer(element))
            return
        for waiting in view.waiting:
            if (payload := left.message(waiting.element)) is not None:
                self.engine.correlate(SYSTEM, waiting.message, waiting.key, dict(payload))
                return
        timers = sorted(view.timers, key=lambda t: t.due_at)
        assert timers, f"{view.case.process_id} stands still at {view.position} with {sorted(view.data)}"
        left.fired({*opened, *(waiting.element for waiting in view.waiting)})
        self._advance(timers[0].due_at)

    def _complete(self, person: Actor, task_id: str, answer: Data) -> None:
        """By somebody else where four eyes are wanted and the first two are this person's."""
        try:
            self.engine.complete(person, task_id, dict(answer))
        except NotAllowed:
            self.engine.complete(self._colleague, task_id, dict(answer))

    def passed(self, case_id: str) -> list[str]:
        """Elements in the order in which the case passed them."""
        events = self.engine.history(SYSTEM, case_id)
        return [e for event in events for e in event.payload.get("effects", {}).get("passed", [])]


class _Left:
    """What of a scenario was not used yet."""

    def __init__(self, scenario: Scenario) -> None:
        self._answers = {k: list(v) if isinstance(v, list) else [v] for k, v in scenario.answers.items()}
        self._messages = {k: list(v) if isinstance(v, list) else [v] for k, v in scenario.messages.items()}
        self._late = list(scenario.late)

    def asked_of(self, elements: Collection[str]) -> list[str]:
        """Those of the elements that have an answer now, in the order of the scenario."""
        return [e for e, rest in self._answers.items() if e in elements and rest and e not in self._late]

    def answer(self, element: str) -> Data:
        answer: Data = self._answers[element].pop(0)
        return answer

    def message(self, element: str) -> Data | None:
        waits = element in self._late or not self._messages.get(element)
        return None if waits else self._messages[element].pop(0)

    def fired(self, there: Collection[str]) -> None:
        """A timer fired while these waited: each is late once less."""
        for element in there:
            if element in self._late:
                self._late.remove(element)

    def unused(self) -> list[str]:
        return [name for side in (self._answers, self._messages) for name, rest in side.items() if rest]


class Flows:
    """The sequence flows of a diagram, and which of them a case took."""

    def __init__(self, xml: bytes) -> None:
        root = etree.fromstring(xml)
        self.all = {
            f.get("id", ""): (f.get("sourceRef", ""), f.get("targetRef", ""))
            for f in root.iterfind(".//b:sequenceFlow", BPMN)
        }
        self._joins = {
            g.get("id") for kind in ("parallel", "inclusive") for g in root.iterfind(f".//b:{kind}Gateway", BPMN)
        }

    def taken(self, passed: Sequence[str]) -> set[str]:
        """To each element, the flow from the nearest of its predecessors that was passed before; to a gateway that waits
        for several, those from all that were passed since it was passed itself."""
        into: dict[str, list[tuple[str, str]]] = {}
        for flow, (source, target) in self.all.items():
            into.setdefault(target, []).append((source, flow))
        found, last = set[str](), dict[str, int]()
        for place, element in enumerate(passed):
            before = [(last[source], flow) for source, flow in into.get(element, ()) if source in last]
            if element in self._joins:
                found |= {flow for at, flow in before if at > last.get(element, -1)}
            elif before:
                found.add(max(before)[1])
            last[element] = place
        return found
