# SPDX-License-Identifier: Apache-2.0
"""Plays a year: everybody does something now and then, in the order of a virtual clock, all from one seed."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import literal_column, select

from engine import SYSTEM, Actor, CountingIds, Engine, EngineConfig, Sealing, VirtualClock, open_engine
from engine.connectors import ConnectorFailed
from engine.errors import (
    CaseEnded,
    Conflict,
    FormInvalid,
    Invalid,
    KeyReused,
    NotAllowed,
    RecordInvalid,
    TaskGone,
    TaskTaken,
)
from engine.store import events as event_store
from engine.store.schema import task
from engine.values import Case, CaseFilter, Person
from tests.engine.organisation import INCIDENTS
from tests.replay.year import answers, content

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
YEAR = timedelta(days=365)
#: What may happen to anybody who is a moment late; the case is none the worse for it.
LATE = (CaseEnded, Conflict, NotAllowed, TaskGone, TaskTaken)
KINDS = {INCIDENTS: 10, content.ERRANDS: 2, content.SHARES: 4, content.ORDERS: 4, content.ALARM: 3}


class Year:
    """One run. ``tally`` counts what was done, and what people were refused."""

    def __init__(self, folder: Path, cases: int, seed: int = 1, url: str = "") -> None:
        self.chance = random.Random(seed)
        self.tally: Counter[str] = Counter()
        self.folder = folder
        self.url = url or f"sqlite:///{folder / 'year.db'}"
        self._content = content.make(folder / "content")
        self._clock, self._ids = VirtualClock(START), CountingIds("y")
        self._cases, self._release, self._last_row = cases, 1, 0
        self._last_look, self._seen = START, set[str]()
        self._diary: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self.engine = self._open()
        self.people: dict[str, list[str]] = {}

    def _open(self) -> Engine:
        sealing = Sealing(self.folder / "seal.key", witness_dir=self.folder / "witness")
        config = EngineConfig(self.url, self._content, sealing=sealing)
        return open_engine(config, self._clock, self._ids, {content.OPERATOR: self._order_something})

    # --- the diary ---------------------------------------------------------------------------------------------

    def plan(self, hours: float, do: Callable[[], None]) -> None:
        heapq.heappush(self._diary, (self._clock.now() + timedelta(hours=hours), next(self._order), do))

    def play(self, progress: Callable[[int], None] = lambda events: None) -> None:
        """The whole year. ``progress`` is told the number of events now and then."""
        self._furnish()
        for _ in range(self._cases):
            self.plan(self.chance.uniform(0, YEAR / timedelta(hours=1)), self._begin)
        releases = min(max(self._cases // 40, 1), 11)
        for act in (self._publish, self._restart):
            for _ in range(releases):
                self.plan(self.chance.uniform(0, YEAR / timedelta(hours=1)), act)
        for number in range(52):
            self.plan(number * 168 + self.chance.uniform(0, 160), self._look_after)
            self.plan(number * 168 + self.chance.uniform(0, 160), self._after_calls)
        turn = 0
        while self._turn():
            turn += 1
            if turn % 100 == 0:
                progress(self.events())
        self.engine.seal(SYSTEM)

    def events(self) -> int:
        with self.engine.read() as tx:
            return event_store.count(tx.connection)

    def cases(self) -> tuple[Case, ...]:
        return self.engine.cases(SYSTEM, CaseFilter(limit=1_000_000)).items

    def _turn(self) -> bool:
        """What comes next: a timer, a call or somebody's act."""
        planned = self._diary[0][0] if self._diary else None
        waits = (self.engine.next_due(), self.engine.next_call(), planned)
        when = min((moment for moment in waits if moment is not None), default=None)
        if when is None or when > START + YEAR:
            return False
        self._clock.set(when)
        self.tally["timers fired"] += self.engine.fire_due()
        self.tally["calls made"] += self.engine.run_calls()
        if planned == when:
            act = heapq.heappop(self._diary)[2]
            try:
                act()
            except LATE as refused:
                self.tally[f"refused: {type(refused).__name__}"] += 1
        self._take_up_new_tasks()
        return True

    # --- people ------------------------------------------------------------------------------------------------

    def _furnish(self) -> None:
        self.engine.publish_content(SYSTEM)
        roles = [role.id for role in self.engine.roles()]
        for number, role in enumerate(roles):
            self.people[role] = [f"{role}-{n}" for n in (1, 2)]
            for own in self.people[role]:
                held = frozenset({role, roles[(number + 3) % len(roles)]})
                self.engine.people.add(SYSTEM, Person(own, own.title(), roles=held), own)
        self.engine.people.add(SYSTEM, Person("lea", "Lea", roles=frozenset({"worker"})), "lea")  # errands name her
        self.people["user"] = self.people["user"] + self.people["worker"]
        for number in range(6):
            owner = self.people["service_owner"][0]
            data = {"title": f"Service {number}", "state": "production", "owner": owner, "criticality": "high"}
            self.engine.write_record(SYSTEM, "service", data)
            data = {"title": f"server{number}", "state": "live", "owner": owner, "type": "server"}
            self.engine.write_record(SYSTEM, "ci", data)

    def _actor(self, person: str) -> Actor:
        return self.engine.people.actor(person)

    def _look_after(self) -> None:
        """Each week: records by hand, roles, deputies, sign-ins, a signal, a seal."""
        chance, owner = self.chance, self._actor(self.people["isrm_manager"][0])
        found = self.engine.search_records(SYSTEM, "ci", "", limit=20)
        try:
            self.engine.write_record(owner, "ci", {"title": answers.text(chance)}, chance.choice(found).id, "Renamed")
        except RecordInvalid:
            self.tally["refused: RecordInvalid"] += 1
        person = chance.choice(self.people["worker"])
        deputy = chance.choice([*self.people["isrm_support"], None])
        self.engine.people.update(SYSTEM, Person(person, person.title(), f"{person}@example.org", deputy_id=deputy))
        self.engine.people.set_roles(SYSTEM, person, {"worker", *chance.sample(["user", "isrm_support"], 1)})
        self.engine.people.record_sign_in(person, chance.random() < 0.9, "192.0.2.7")
        self.tally["signals received"] += self.engine.signal(SYSTEM, content.SIGNAL, {"loud": chance.random()})
        self.engine.seal(SYSTEM)

    # --- cases -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self.chance.random() < 0.15:
            self._ask_for_change()
            return
        kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
        by = self.people["isrm_service_desk" if kind == INCIDENTS else "worker"]
        data = {} if kind == INCIDENTS else {"n": self.chance.choice([0, 1, 2])}
        case = self.engine.start(self._actor(self.chance.choice(by)), kind, data, key=f"start-{next(self._order)}")
        self.tally["cases started"] += 1
        self._meddle(case)

    def _ask_for_change(self) -> None:
        service = self.chance.choice(self.engine.search_records(SYSTEM, "service", "", limit=9)).id
        payload = {
            "title": answers.text(self.chance), "reason": answers.text(self.chance),
            "description": answers.text(self.chance) if self.chance.random() < 0.8 else "",
            "service": service, "affected_ci": "CI-1", "priority": self.chance.choice(["P1", "P3", "P5"]),
            "requester": self.people["user"][0], "origin_process": "PR1-SPM", "origin_ref": service,
        }  # fmt: skip
        for case in self.engine.correlate(SYSTEM, "rfc.submitted", "", payload):
            self.tally["changes asked for"] += 1
            self._meddle(case)

    def _meddle(self, case: Case) -> None:
        """Some cases get a correction, are cancelled, or hear from outside."""
        lead = self._actor(self.chance.choice(self.people["process_owner"]))
        if self.chance.random() < 0.1:
            self.plan(self.chance.uniform(1, 200), lambda: self._correct(case.id, lead))
        if self.chance.random() < 0.05:
            self.plan(self.chance.uniform(1, 400), lambda: self._cancel(case.id, lead))
        if case.process_id == content.ERRANDS:
            for _ in range(3):
                payload = {"text": answers.text(self.chance), "deep": [1, {"x": None}]}
                self.plan(self.chance.uniform(1, 300), partial(self._tell, case.id, payload))
        self._mend_later(case)

    def _tell(self, case_id: str, payload: Mapping[str, Any]) -> None:
        self.tally["messages sent"] += 1
        self.engine.correlate(SYSTEM, "answer", case_id, payload)

    def _correct(self, case_id: str, lead: Actor) -> None:
        self.engine.correct(
            lead, case_id, {"note": answers.text(self.chance), "n": self.chance.randrange(1, 5)}, "Wrong."
        )
        self.tally["corrections"] += 1

    def _cancel(self, case_id: str, lead: Actor) -> None:
        self.engine.cancel(lead, case_id, "Not needed any more.")
        self.tally["cancelled"] += 1

    def _mend_later(self, case: Case) -> None:
        if case.state == "failed":
            self.tally["steps failed"] += 1
            self.plan(self.chance.uniform(1, 100), lambda: self._mend(case.id))

    def _mend(self, case_id: str) -> None:
        """Retry on the newest version, or after a correction; what stays broken is cancelled in the end."""
        lead = self._actor(self.people["process_owner"][0])
        case = self.engine.case(SYSTEM, case_id).case
        if case.state != "failed":
            return
        ways = ("newest", "correct", "correct", "cancel")
        match self.chance.choice(ways):
            case "newest":
                found = self.engine.retry(lead, case_id, newest=True)
            case "correct":
                changes = {"n": self.chance.randrange(1, 5), "description": answers.text(self.chance)}
                self.engine.correct(lead, case_id, changes, "Nothing can be divided by nothing.")
                found = self.engine.retry(lead, case_id)
            case _:
                found = self.engine.cancel(lead, case_id, "Cannot be mended.")
        self.tally["mended"] += found.state in ("running", "completed")
        self._mend_later(found)

    # --- work --------------------------------------------------------------------------------------------------

    def _take_up_new_tasks(self) -> None:
        for task_id, role in self._new_tasks():
            hours, kind = self.chance.uniform(0.1, 30), self.chance.random()
            if kind < 0.04:
                continue  # nobody ever does it, unless a timer ends it
            if kind < 0.15:
                self.plan(hours, lambda t=task_id, r=role: self._hesitate(t, r))
                hours += 20
            if kind > 0.95:
                self.plan(hours / 2, lambda t=task_id, r=role: self._assign(t, r))
            self.plan(hours, lambda t=task_id, r=role: self._work(t, r))

    def _new_tasks(self) -> list[tuple[str, str]]:
        """Open tasks that were not seen before, without looking at all others again."""
        with self.engine.read() as tx:
            query = select(task.c.id, task.c.role)
            if tx.connection.dialect.name == "sqlite":
                row = literal_column("task.rowid")
                found = list(tx.connection.execute(query.add_columns(row).where(row > self._last_row).order_by(row)))
                self._last_row = max((r[2] for r in found), default=self._last_row)
            else:
                found = list(
                    tx.connection.execute(query.where(task.c.created_at >= self._last_look).order_by(task.c.id))
                )
                self._last_look = self._clock.now()
        fresh = [(r[0], r[1]) for r in found if r[0] not in self._seen]
        self._seen.update(own for own, _ in fresh)
        return fresh

    def _somebody(self, task_id: str, role: str) -> Actor:
        found = self.engine.task(SYSTEM, task_id)
        person = (
            found.claimed_by or found.assignee or self.chance.choice(self.people.get(role) or self.people["worker"])
        )
        if found.assignee and not found.claimed_by and self.chance.random() < 0.3:
            deputy = self.engine.people.get(found.assignee).deputy_id
            person = deputy or person
        return self._actor(person)

    def _hesitate(self, task_id: str, role: str) -> None:
        """Taken, begun, given back."""
        actor = self._somebody(task_id, role)
        self.engine.claim(actor, task_id, key=f"claim-{task_id}")
        self.engine.save_draft(actor, task_id, {"note": answers.text(self.chance)})
        self.engine.release(actor, task_id)
        self.tally["given back"] += 1

    def _assign(self, task_id: str, role: str) -> None:
        to = self.chance.choice(self.people.get(role) or self.people["worker"])
        self.engine.assign(self._actor(self.people["process_owner"][0]), task_id, to)
        self.tally["assigned"] += 1

    def _work(self, task_id: str, role: str) -> None:
        actor = self._somebody(task_id, role)
        self.engine.claim(actor, task_id)
        form = self.engine.task_form(actor, task_id)
        key = f"complete-{task_id}"
        for _ in range(3):
            data = answers.answer(self.engine, form, self.chance, self._clock.now(), self.people)
            try:
                case = self.engine.complete(actor, task_id, data, key=key)
            except FormInvalid:
                self.tally["refused: FormInvalid"] += 1
                continue
            except KeyReused:
                return
            self.engine.complete(actor, task_id, data, key=key)  # sent twice, done once
            self.tally["tasks completed"] += 1
            self._mend_later(case)
            return

    # --- the house ---------------------------------------------------------------------------------------------

    def _publish(self) -> None:
        """A new release of the content; running cases stay on theirs."""
        self._release += 1
        content.release(self._content, self._release)
        self.tally["versions published"] += len(self.engine.publish_content(SYSTEM))

    def _restart(self) -> None:
        self.engine.close()
        self.engine = self._open()
        self.tally["restarts"] += 1

    def _after_calls(self) -> None:
        """Calls that failed for good are made again or skipped."""
        for call in self.engine.failed_calls(SYSTEM):
            try:
                if self.chance.random() < 0.5:
                    self.engine.retry_call(SYSTEM, call.id)
                else:
                    self.engine.skip_call(SYSTEM, call.id, "Ordered by telephone.", {"answer": 0})
                self.tally["calls mended"] += 1
            except (*LATE, Invalid):
                self.tally["refused: call"] += 1

    def _order_something(self, parameters: Mapping[str, Any], key: str) -> Any:
        match self.chance.random():
            case luck if luck < 0.2:
                raise ConnectorFailed("Sold out.", code="SoldOut", final=True)
            case luck if luck < 0.5:
                raise ConnectorFailed("The line is busy.")
            case _:
                return {"answer": parameters["n"], "key": key}
