# SPDX-License-Identifier: Apache-2.0
"""Many at once: one wins, the others are told who; a key counts once; nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from engine import SYSTEM
from engine.errors import EngineError, TaskGone, TaskTaken
from engine.values import Person
from tests.engine.workshop import Workshop

TEXT = "start S -> A\nuser A -> B\nuser B -> E\nend E"


def at_once(number: int, do: Callable[[int], Any]) -> tuple[list[Any], list[Exception]]:
    """Do it in so many threads that start together; returns what came back and what was raised."""
    gate, done, raised = threading.Barrier(number), [], []

    def run(own: int) -> None:
        gate.wait(timeout=30)
        try:
            done.append(do(own))
        except EngineError as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(own,)) for own in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) + len(raised) == number, "something else than an engine error was raised"
    return done, raised


@pytest.fixture
def crowd(workshop: Workshop) -> Workshop:
    workshop.publish("P", TEXT)
    for n in range(10):
        workshop.engine.people.add(SYSTEM, Person(f"p{n}", f"Person {n}", roles=frozenset({"worker"})), f"p{n}")
    return workshop


def test_one_of_ten_gets_the_task(crowd: Workshop) -> None:
    """The others are told who has it."""
    case = crowd.start()
    crowd.engine.release(crowd.actor("wanda"), crowd.task(case).id)
    task = crowd.task(case).id
    won, refused = at_once(10, lambda n: crowd.engine.claim(crowd.actor(f"p{n}"), task).claimed_by)
    assert len(won) == 1
    assert all(isinstance(e, TaskTaken) for e in refused)
    name = crowd.engine.people.get(won[0]).name
    assert all(name in e.sentence or "a moment ago" in e.sentence for e in refused)
    assert crowd.kinds(case).count("task.claimed") == 2


def test_one_of_ten_completes_the_task(crowd: Workshop) -> None:
    """Its data counts; the others lose nothing but are told who was first."""
    case = crowd.start()
    crowd.engine.release(crowd.actor("wanda"), crowd.task(case).id)
    task = crowd.task(case).id
    won, refused = at_once(10, lambda n: (n, crowd.engine.complete(crowd.actor(f"p{n}"), task, {"n": n})))
    assert len(won) == 1
    assert crowd.data(case) == {"n": won[0][0]}
    assert all(isinstance(e, TaskGone) and f"Person {won[0][0]}" in e.sentence for e in refused)
    assert crowd.engine.verify(SYSTEM, case.id).ok


COMMANDS: dict[str, tuple[Callable[..., Any], str]] = {
    "start": (lambda e, w, c, t: e.start(w, "P", {"x": 1}, key="k").id, "case.started"),
    "claim": (lambda e, w, c, t: e.claim(w, t, key="k").id, "task.claimed"),
    "release": (lambda e, w, c, t: e.release(w, t, key="k").id, "task.released"),
    "draft": (lambda e, w, c, t: e.save_draft(w, t, {"x": 1}, key="k"), ""),
    "complete": (lambda e, w, c, t: e.complete(w, t, {"x": 1}, key="k").id, "task.completed"),
    "assign": (lambda e, w, c, t: e.assign(SYSTEM, t, "will", key="k").id, "task.assigned"),
    "correct": (lambda e, w, c, t: e.correct(SYSTEM, c, {"x": 1}, "why", key="k").id, "case.corrected"),
    "cancel": (lambda e, w, c, t: e.cancel(SYSTEM, c, "why", key="k").id, "case.cancelled"),
    "correlate": (lambda e, w, c, t: [r.id for r in e.correlate(SYSTEM, "go", None, {}, key="k")], ""),
    "write a record": (lambda e, w, c, t: e.write_record(SYSTEM, "thing", {"title": "x"}, key="k").id, ""),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_ten_times_the_same_command_with_one_key_is_one(crowd: Workshop, what: str) -> None:
    """All ten get the one answer."""
    crowd.publish("Q", "start S | message: go -> A\nuser A -> E\nend E")
    case = crowd.start()
    engine, wanda, task = crowd.engine, crowd.actor("wanda"), crowd.task(case).id
    do, kind = COMMANDS[what]
    total, records = engine.cases(SYSTEM).total, engine.records(SYSTEM, "thing").total
    before = Counter(crowd.kinds(case))
    answers, refused = at_once(10, lambda n: do(engine, wanda, case.id, task))
    assert refused == []
    # who repeats a message before it is delivered learns nothing about its receiver yet, but no second one is sent
    assert len({repr(a) for a in answers if a != []}) == 1
    more = Counter(crowd.kinds(case)) - before
    assert more == ({kind: 1} if kind not in {"", "case.started"} and what != "claim" else {})
    assert engine.cases(SYSTEM).total == total + (what in {"start", "correlate"})
    assert engine.records(SYSTEM, "thing").total == records + (what == "write a record")
    assert [v.reason for v in engine.verify_all(SYSTEM) if not v.ok] == []


def test_branches_of_one_case_are_completed_at_once(crowd: Workshop) -> None:
    """Eight people, eight branches, one join; not one is lost."""
    branches = [f"T{n}" for n in range(8)]
    crowd.publish("W", "\n".join([
        "start S -> F", "and F -> " + " / ".join(branches), *(f"user {b} -> J" for b in branches),
        "and J -> Z", "user Z -> E", "end E",
    ]))  # fmt: skip
    case = crowd.start("W")
    for task in crowd.open(case):
        if task.claimed_by:
            crowd.engine.release(crowd.actor("wanda"), task.id)
    tasks = [t.id for t in crowd.open(case)]
    _, refused = at_once(8, lambda n: crowd.engine.complete(crowd.actor(f"p{n}"), tasks[n], {f"x{n}": n}))
    assert refused == []
    assert dict(crowd.data(case)) == {f"x{n}": n for n in range(8)}
    assert [t.element for t in crowd.open(case)] == ["Z"]
    assert crowd.engine.verify(SYSTEM, case.id).ok


def test_a_timer_and_a_person_meet(crowd: Workshop) -> None:
    """Whoever comes first decides; the other finds it gone, and the case is one or the other."""
    crowd.publish(
        "T", "start S -> A\nuser A -> B\ntimer X | on: A | duration: PT1H -> C\nuser B -> E\nuser C -> E\nend E"
    )
    cases = [crowd.start("T") for _ in range(12)]
    tasks = [crowd.task(c).id for c in cases]
    crowd.clock.advance(crowd.engine.next_due() - crowd.clock.now())  # type: ignore[operator]
    wanda = crowd.actor("wanda")
    at_once(12, lambda n: crowd.engine.complete(wanda, tasks[n], {}) if n % 2 else crowd.engine.fire_due())
    for case in cases:
        assert [t.element for t in crowd.open(case)] in (["B"], ["C"])
        assert len([k for k in crowd.kinds(case) if k in {"task.completed", "timer.fired"}]) == 1
    assert all(v.ok for v in crowd.engine.verify_all(SYSTEM))
