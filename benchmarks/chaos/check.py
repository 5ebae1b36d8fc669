# SPDX-License-Identifier: Apache-2.0
"""What must be exact when all is over. Every check is a question to the engine or the database, after the fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.chaos import subject
from benchmarks.chaos.clients import Order
from benchmarks.chaos.receiver import Receiver
from engine import SYSTEM, Engine
from engine.values import Case, CaseFilter, Event

_ALL = 1_000_000


class Findings:
    """Counts, and what is wrong."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.violations: list[str] = []

    def demand(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.violations.append(sentence)


def check(engine: Engine, orders: Sequence[Order], receiver: Receiver) -> Findings:
    """Compare what was acknowledged with what is there."""
    found = Findings()
    cases = {name: _cases(engine, name) for name in (subject.ORDER, subject.CHILD, subject.CLOCK)}
    events = {case.id: engine.history(SYSTEM, case.id) for listed in cases.values() for case in listed}
    found.counts["cases"] = len(events)
    found.counts["events"] = sum(map(len, events.values()))
    _ended(found, engine, cases)
    _acknowledged(found, cases[subject.ORDER], orders, events)
    _passed(found, engine, cases[subject.ORDER])
    _children(found, cases)
    _timers(found, cases, events)
    _calls(found, engine, cases[subject.ORDER], events, receiver)
    _records(found, engine, orders)
    _messages(found, engine)
    _verdicts(found, engine)
    return found


def _cases(engine: Engine, process_id: str) -> tuple[Case, ...]:
    return engine.cases(SYSTEM, CaseFilter(process_id=process_id, limit=_ALL)).items


def _ended(found: Findings, engine: Engine, cases: Mapping[str, Sequence[Case]]) -> None:
    """No case is stuck: everything that could go on did. (Time itself goes on starting cases of the clock.)"""
    for case in (c for name in (subject.ORDER, subject.CHILD) for c in cases[name] if c.state != "completed"):
        view = engine.case(SYSTEM, case.id)
        waits = [*(t.element for t in view.tasks if t.state == "open"), *(w.element for w in view.waiting)]
        waits += [f"{t.element} due {t.due_at:%H:%M:%S}" for t in view.timers]
        waits += [f"{c.element} {c.state} after {c.attempts}: {c.error}" for c in view.calls]
        told = case.fault.message if case.fault else ", ".join(waits) or "nothing"
        found.violations.append(f"{case.process_id} {case.id} is {case.state} and waits for: {told}")
    for case in (c for c in cases[subject.CLOCK] if c.state not in ("completed", "running")):
        found.violations.append(f"{case.process_id} {case.id} is {case.state}")
    found.counts["cases completed"] = sum(c.state == "completed" for listed in cases.values() for c in listed)


def _acknowledged(
    found: Findings, cases: Sequence[Case], orders: Sequence[Order], events: Mapping[str, Sequence[Event]]
) -> None:
    """Each acknowledged command is there once, and nothing is there that nobody asked for."""
    there = {case.id for case in cases}
    known = [order.id for order in orders if order.id]
    found.demand(len(known) == len(set(known)), "two orders were answered with the same case")
    for order in orders:
        if order.id not in there:
            found.violations.append(f"{order.n}: the case {order.id} was acknowledged and is not there")
            continue
        kinds = Counter((e.kind, e.payload.get("inputs", {}).get("element", "")) for e in events[order.id])
        wanted = [("case.started", ""), ("message.received", "Go"), ("service.completed", "Call")]
        for what in [*wanted, *(("task.completed", task) for task in sorted(subject.TASKS))]:
            found.demand(kinds[what] == 1, f"{order.n} ({order.id}): {' '.join(what)} is there {kinds[what]} times")
        found.counts["acknowledged commands found once"] += 2 + len(subject.TASKS)
    for extra in there - set(known):
        found.violations.append(f"the case {extra} is there and nobody was told of it")


def _passed(found: Findings, engine: Engine, cases: Sequence[Case]) -> None:
    """No token is lost or doubled: every element was passed exactly once."""
    once = dict.fromkeys(subject.ONCE, 1)
    for case in cases:
        counts = dict(engine.case(SYSTEM, case.id).position.counts)
        found.counts["elements passed once"] += len(counts)
        if counts != once:
            different = {k: counts.get(k, 0) for k in {*counts, *once} if counts.get(k, 0) != once.get(k, 0)}
            found.violations.append(f"{case.id}: passed other than once: {different}")


def _children(found: Findings, cases: Mapping[str, Sequence[Case]]) -> None:
    parents = Counter(child.parent_id for child in cases[subject.CHILD])
    for order in cases[subject.ORDER]:
        found.demand(parents[order.id] == 1, f"{order.id} has {parents[order.id]} cases that its message started")
    found.counts["messages that started one case"] = len(cases[subject.ORDER])


def _timers(found: Findings, cases: Mapping[str, Sequence[Case]], events: Mapping[str, Sequence[Event]]) -> None:
    """Each timer fired once; a start timer began one case per tick."""
    for case in (c for listed in cases.values() for c in listed if c.state == "completed"):
        fired = Counter((e.payload["inputs"]["element"]) for e in events[case.id] if e.kind == "timer.fired")
        found.demand(fired == {"Wait": 1}, f"{case.id}: timers fired {dict(fired)}, not once")
        found.counts["timers fired once"] += 1
    ticks = Counter(events[c.id][0].payload["inputs"]["due_at"] for c in cases[subject.CLOCK])
    for due, number in ticks.items():
        found.demand(number == 1, f"the start timer of {due} began {number} cases")
    found.counts["ticks that started one case"] = len(ticks)


def _calls(
    found: Findings,
    engine: Engine,
    cases: Sequence[Case],
    events: Mapping[str, Sequence[Event]],
    receiver: Receiver,
) -> None:
    """The receiver saw each call's key, at least once; what it did is what the case knows."""
    keys: dict[str, str] = {}
    for case in cases:
        key = next((c["key"] for e in events[case.id] for c in e.payload.get("effects", {}).get("calls", ())), "")
        found.demand(key not in keys, f"{case.id} and {keys.get(key)} called with the same key {key}")
        keys[key] = case.id
        found.demand(receiver.requests[key] > 0, f"{case.id}: the receiver never saw the key {key}")
        receipt = engine.case(SYSTEM, case.id).data.get("receipt")
        told = receiver.effects.get(key)
        found.demand(receipt == told, f"{case.id}: the receiver's receipt is {told}, the case has {receipt}")
    for key in receiver.effects.keys() - keys.keys():
        found.violations.append(f"the receiver did something for the key {key}, which no case has")
    found.counts["service calls seen"] = len(keys)
    found.counts["repeated requests"] = sum(receiver.requests.values()) - len(keys)


def _records(found: Findings, engine: Engine, orders: Sequence[Order]) -> None:
    records = engine.records(SYSTEM, subject.REGISTER, limit=_ALL).items
    titles = Counter(str(record.data["title"]) for record in records)
    for order in orders:
        found.demand(titles[order.n] == 1, f"{order.n} wrote {titles[order.n]} records")
    found.counts["records written once"] = len(titles)


def _messages(found: Findings, engine: Engine) -> None:
    with engine.read() as tx:
        rows: list[Any] = engine_messages(tx)
    for row in rows:
        found.demand(row.state == "delivered", f"the message {row.id} ({row.name} {row.key}) is {row.state}")
    sent = Counter((row.name, row.key) for row in rows if row.name == subject.GO)
    for (name, key), number in sent.items():
        found.demand(number == 1, f"the message {name} {key} was put on its way {number} times")
    found.counts["messages delivered once"] = len(rows)


def engine_messages(tx: Any) -> list[Any]:
    """All messages there are, past the engine, which has no such question."""
    from sqlalchemy import select

    from engine.store.schema import message

    return list(tx.connection.execute(select(message)))


def _verdicts(found: Findings, engine: Engine) -> None:
    """Every chain holds and every case, run again, comes to the same state."""
    for verdict in engine.verify_all(SYSTEM):
        found.demand(verdict.ok, f"{verdict.case_id} does not verify: {verdict.reason}")
        found.counts["cases verified and replayed"] += 1
