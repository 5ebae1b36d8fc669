# SPDX-License-Identifier: Apache-2.0
"""One step of a case on SQLite with ``synchronous=FULL``: completing a user task, against its floor.

Steps of the small loop and of shipped incidents, each followed at once by its own floor (see `benchmarks.subject`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.measure import Figure, Report, middle, scratch, spread, timed_twice
from benchmarks.subject import ROOT, Floor, Loop, Recorded, Rows, add_worker, open_on
from engine import SYSTEM, Engine, VirtualClock
from engine.values import Task
from webapp.demo.answers import INCIDENTS, Scene, answer
from webapp.demo.organisation import write_registers
from webapp.demo.people import add_people, holders
from webapp.demo.stories import Story, stories

#: An incident's step also writes records, which its floor does not.
BOUNDS = {"two-task loop": 1.5, "incident process": 1.5}
LOOP_STEPS = 300
INCIDENT_CASES = 30
_PLOTS = ("plain", "second", "known", "reopened", "request")


def run() -> Report:
    report = Report("steps", "Engine step: complete a user task (SQLite, synchronous=FULL)")
    for what, measured in (("two-task loop", _loop), ("incident process", _incidents)):
        with scratch() as folder:
            pairs = list(measured(folder))
        own, cpu, floors, floors_cpu = ([pair[n] for pair in pairs] for n in range(4))
        against = "run alone + one commit"
        report.figures += [
            Figure(what, middle(own), against, middle(floors), BOUNDS[what], note=spread(own)),
            Figure(f"{what}, computing only", middle(cpu), against, middle(floors_cpu)),
        ]
    return report


#: (engine's step, its computing time, the floor, its computing time)
Times = tuple[float, float, float, float]


def _pair(floor: Floor, took: tuple[float, float], recorded: Recorded) -> Times:
    return (*took, *timed_twice(lambda: floor.step(recorded)))


def _loop(folder: Path) -> Iterator[Times]:
    engine = open_on(folder)
    rows, floor = Rows(folder), Floor(engine, folder)
    try:
        loop = Loop(engine, rows, add_worker(engine))
        loop.go(5)
        digest = engine.definition("bench_loop").digest
        floor.prepare(digest)
        for _ in range(LOOP_STEPS):
            tokens, variables = rows.state(loop.id)
            took = timed_twice(loop.step)
            loop.turn_over()
            event = engine.history(SYSTEM, loop.id)[-1]
            yield _pair(floor, took, Recorded(event, tokens, variables, digest, loop.actor.person_id))
    finally:
        rows.close()
        floor.close()
        engine.close()


def _incidents(folder: Path) -> Iterator[Times]:
    """Incidents of the sample organisation, each played to its end."""
    clock = VirtualClock(datetime(2026, 11, 2, 9, tzinfo=UTC))
    engine = open_on(folder, ROOT, clock)
    rows, floor = Rows(folder), Floor(engine, folder)
    try:
        add_people(engine)
        ids = write_registers(engine)
        digest = engine.definition(INCIDENTS).digest
        floor.prepare(digest)
        told = [s for s in stories() if s.plot in _PLOTS]
        for number in range(INCIDENT_CASES):
            yield from _play(engine, clock, rows, floor, told[number % len(told)], ids, digest)
    finally:
        rows.close()
        floor.close()
        engine.close()


def _play(
    engine: Engine, clock: VirtualClock, rows: Rows, floor: Floor, story: Story, ids: dict[str, str], digest: str
) -> Iterator[Times]:
    starter = holders("isrm_service_desk")[0]
    case = engine.start(engine.people.actor(starter), INCIDENTS)
    visits: Counter[str] = Counter()
    chance = random.Random(case.id)
    while (task := _open_task(engine, case.id)) is not None:
        clock.advance(timedelta(minutes=7))
        person = task.claimed_by or task.assignee or holders(task.role)[0]
        actor = engine.people.actor(person)
        engine.claim(actor, task.id)
        scene = Scene(story, visits[task.element], clock.now(), ids, chance, person)
        data = answer(engine.task_form(actor, task.id), scene)
        if data is None:
            return
        visits[task.element] += 1
        tokens, variables = rows.state(case.id)
        took = timed_twice(partial(engine.complete, actor, task.id, data))
        event = next(e for e in reversed(engine.history(SYSTEM, case.id)) if e.kind == "task.completed")
        yield _pair(floor, took, Recorded(event, tokens, variables, digest, starter))


def _open_task(engine: Engine, case_id: str) -> Task | None:
    return next((t for t in engine.case(SYSTEM, case_id).tasks if t.state == "open"), None)
