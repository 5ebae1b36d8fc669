# SPDX-License-Identifier: Apache-2.0
"""Plays the year on a virtual clock: what happens, what timers bring, and what people do about it."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from engine import Engine, EngineConfig, VirtualClock, open_engine
from engine.errors import Conflict, FormInvalid, NotAllowed, TaskGone
from engine.values import SYSTEM, Case, CaseFilter, Json, Task, TaskFilter
from webapp.demo.build import Report
from webapp.demo.organisation import write_registers
from webapp.demo.people import add_people, holders, sample_people
from webapp.demo.stories import at_work
from webapp.demo.year.answers import Desk, answer

SEED = 2026
DAYS = 365
#: A form is filled in again at most so often; then nobody wants to go on, and the case is left to its timers.
VISITS = 12
#: Hours until a task is taken up: (urgent, else).
_PACE = ((0.2, 2.0), (2.0, 40.0))
Given = Mapping[str, Any]
Advance = Callable[[str, int, int], None]


@dataclass
class Year:
    """One year of one organisation. ``faults``: tasks that nobody could do, and why; ``holders``: role -> its people."""

    engine: Engine
    clock: VirtualClock
    ids: Mapping[str, str]
    until: datetime
    usual: Mapping[str, Any]
    holders: Callable[[str], Sequence[str]] = holders
    faults: list[str] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - the same every time
    _diary: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _seen: set[str] = field(default_factory=set)
    _visits: Counter[tuple[str, str]] = field(default_factory=Counter)
    _given: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _cases: dict[str, Case] = field(default_factory=dict)
    _turns: Counter[str] = field(default_factory=Counter)

    def plan(self, when: datetime, do: Callable[[], None]) -> None:
        heapq.heappush(self._diary, (when, next(self._order), do))

    def happen(self, what: Mapping[str, Any]) -> None:
        """Something begins: a case by hand, or by a message; ``answers`` count for it and for all that follows from it."""
        if "process" in what:
            by = what.get("by") or self.chance.choice(self.holders(what["role"]))
            began = [self.engine.start(self.engine.people.actor(by), what["process"], self._named(what.get("data", {})))]
        else:
            key = f"{what['message']}-{next(self._order)}"
            began = list(self.engine.correlate(SYSTEM, what["message"], key, self._named(what["payload"])))
        for case in began:
            self._given[case.id] = what.get("answers", {})

    def _named(self, value: Any) -> Any:
        """Every ``@key`` replaced by the id of the record of that key, every ``+30`` by the day in thirty days."""
        if isinstance(value, str) and value.startswith("@"):
            return self.ids[value[1:]]
        if isinstance(value, str) and value.startswith("+") and value[1:].isdigit():
            return (self.clock.now() + timedelta(days=int(value[1:]))).date().isoformat()
        if isinstance(value, dict):
            return {name: self._named(one) for name, one in value.items()}
        return [self._named(one) for one in value] if isinstance(value, list) else value

    def run(self, advance: Advance) -> None:
        began = self.clock.now()
        while True:
            due = self.engine.next_due()
            planned = self._diary[0][0] if self._diary else None
            when = min((moment for moment in (due, planned) if moment is not None), default=None)
            if when is None or when > self.until:
                break
            self.clock.set(max(when, self.clock.now()))
            if due is not None and due <= when:
                if not self.engine.fire_due() and self.engine.next_due() == due:
                    raise RuntimeError(f"Something is due at {due}, but nothing comes of it.")
            else:
                heapq.heappop(self._diary)[2]()
            self._look()
            advance("Playing a year", (self.clock.now() - began).days, (self.until - began).days)
        self.clock.set(self.until)

    def _look(self) -> None:
        for task in self.engine.tasks(SYSTEM, TaskFilter(limit=500)).items:
            if task.id not in self._seen:
                self._seen.add(task.id)
                self.plan(self._when(task), lambda task=task: self._do(task))  # type: ignore[misc]

    def _when(self, task: Task) -> datetime:
        """When somebody takes up a task that has just come up."""
        low, high = _PACE[task.priority not in ("P1", "P2")]
        when = self.clock.now() + timedelta(hours=self.chance.uniform(low, high))
        return when if task.priority == "P1" else at_work(when, self.chance)

    def _do(self, task: Task) -> None:
        visit = self._visits[task.case_id, task.element]
        given = self._of(task, visit)
        if given is None or visit >= VISITS:
            return  # nobody ever does it
        self._visits[task.case_id, task.element] += 1
        for person in self._able(task):
            actor = self.engine.people.actor(person)
            try:
                form = self.engine.task_form(actor, task.id)
                data = self.engine.case(SYSTEM, task.case_id).data
                desk = Desk(self.engine, self.clock.now(), self.chance, person, task.role, visit, data, self.holders)
                self.engine.complete(actor, task.id, answer(form, desk, given))
            except NotAllowed:
                continue  # four eyes: somebody else
            except (TaskGone, Conflict):
                pass
            except FormInvalid as refused:
                self.faults.append(f"{task.process_id} {task.element}: {refused.sentence}")
            return
        self._nobody(task)

    def _nobody(self, task: Task) -> None:
        """Nobody may do a task."""
        self.faults.append(f"{task.process_id} {task.element}: nobody may do it ({task.role})")

    def _able(self, task: Task) -> list[str]:
        if own := task.claimed_by or task.assignee:
            return [own]
        able = self.holders(task.role)
        return random.Random(f"{task.case_id}{task.role}").sample(able, len(able))  # noqa: S311 - not a secret

    def _of(self, task: Task, visit: int) -> Given | None:
        """What is said for this task by what its case follows from, and by what is usual; None: nobody does it."""
        of_process, _, element = f"{task.process_id}:{task.element}".rpartition(":")
        process = of_process.rpartition(":")[2]
        usual = {**self.usual.get(process, {}), **self._in_turn(f"{process}.{element}")}
        for said in self._stories(task.case_id):
            for name in (f"{process}.{element}", element):
                if name in said:
                    one = said[name]
                    found = one[min(visit, len(one) - 1)] if isinstance(one, list) else one
                    return None if found is None else self._named({**usual, **found})
        found = self._named(usual)
        return dict(found)

    def _in_turn(self, name: str) -> Given:
        """What is usual at an element; of several, one after the other, and the last ever after."""
        said = self.usual.get(name, {})
        several: list[Given] = said if isinstance(said, list) else [said]
        self._turns[name] += 1
        return several[min(self._turns[name], len(several)) - 1]

    def _stories(self, case_id: str) -> list[Mapping[str, Any]]:
        """What is said for a case and for those that it follows from, but of another process: what happened once must not
        happen again in what comes of it."""
        found, own, process = [], case_id, self._case(case_id).process_id
        while own:
            case = self._case(own)
            if own in self._given and (own == case_id or case.process_id != process):
                found.append(self._given[own])
            own = case.parent_id or ""
        return found

    def _case(self, case_id: str) -> Case:
        if case_id not in self._cases:
            self._cases[case_id] = self.engine.case(SYSTEM, case_id).case
        return self._cases[case_id]


def build_year(config: EngineConfig, advance: Advance | None = None, until: datetime | None = None) -> Report:
    """As `webapp.demo.build`, but a whole year of all processes."""
    year = play_year(config, until, advance)
    try:
        people, cases = len(sample_people()), year.engine.count_cases(SYSTEM)
        failed = year.engine.cases(SYSTEM, CaseFilter(state="failed", limit=1)).total
        return Report(people, len(year.ids), cases, failed)
    finally:
        year.engine.close()


def play_year(config: EngineConfig, until: datetime | None = None, advance: Advance | None = None) -> Year:
    """Found the sample organisation in an empty database and play a year that ends at ``until`` (default: now).

    The engine stays open: it is the caller's to close.
    """
    until = (until or datetime.now(UTC)) - timedelta(minutes=2)
    clock = VirtualClock(until - timedelta(days=DAYS))
    engine = open_engine(replace(config, queue=False), clock=clock)
    engine.publish_content(SYSTEM)
    add_people(engine)
    told: dict[str, Any] = orjson.loads((Path(__file__).parent / "happenings.json").read_bytes())
    year = Year(engine, clock, {**write_registers(engine)}, until, told["usual"])
    _more_records(year, told["records"])
    begins = clock.now()
    for what in told["happenings"]:
        at = at_work(begins + timedelta(days=what["day"], hours=9), year.chance)
        year.plan(at, lambda what=what: year.happen(what))  # type: ignore[misc]
    year.run(advance or (lambda *_: None))
    return year


def _more_records(year: Year, records: list[dict[str, Any]]) -> None:
    """Records beside those of the sample, and dates of reviews (``days`` from the beginning) of those there are."""
    begins = year.clock.now().date()
    for one in records:
        dates = {name: (begins + timedelta(days=days)).isoformat() for name, days in one.get("days", {}).items()}
        for name, days in one.get("moments", {}).items():
            dates[name] = f"{(begins + timedelta(days=days)).isoformat()}T09:00:00+01:00"
        data: dict[str, Json] = {**year._named(one.get("data", {})), **dates}
        there: list[str | None] = [year.ids[key] for key in one.get("of", ())]
        for own in there or [None]:
            made = year.engine.write_record(SYSTEM, one["register"], data, own, reason="Sample organisation")
            if "key" in one:
                year.ids = {**year.ids, one["key"]: made.id}


def stuck(year: Year) -> list[str]:
    """Cases that nothing moves any more: held, or running without a task, timer or message that may come."""
    found = []
    for state in ("failed", "running"):
        for case in year.engine.cases(SYSTEM, CaseFilter(state=state, limit=1_000)).items:
            view = year.engine.case(SYSTEM, case.id)
            waits = [t for t in view.tasks if t.state == "open"] or view.timers or view.waiting
            if state == "failed" or not waits:
                why = view.case.fault.message if view.case.fault else "waits for nothing"
                found.append(f"{case.process_id} {case.business_key}: {why}")
    return found
