# SPDX-License-Identifier: Apache-2.0
"""One step of a case on SQLite with ``synchronous=FULL``: completing a user task, against its floors.

Steps of the small loop and of shipped incidents, each followed at once by its own floor (see `benchmarks.subject`); those
of the loop also by a step of the same diagram that SpiffWorkflow takes alone (see `benchmarks.stock`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.measure import Figure, Report, middle, scratch, spread, timed_twice
from benchmarks.stock import Stock
from benchmarks.subject import ROOT, Floor, Loop, Recorded, Rows, add_worker, open_on
from engine import SYSTEM, Engine, VirtualClock
from engine.values import Task
from webapp.demo.answers import INCIDENTS, Scene, answer
from webapp.demo.organisation import write_registers
from webapp.demo.people import add_people, holders
from webapp.demo.stories import Story, stories

#: (engine's step, its computing time, the floor, its computing time)
Times = tuple[float, float, float, float]

#: An incident's step also writes records, which its floor does not.
BOUND = 1.5
LOOP_STEPS = 300
INCIDENT_CASES = 30
_PLOTS = ("plain", "second", "known", "reopened", "request")


def run() -> Report:
    report = Report("steps", "Engine step: complete a user task (SQLite, synchronous=FULL)")
    with scratch() as folder:
        alone: list[tuple[float, float]] = []
        pairs = list(_loop(folder, alone))
        report.figures.append(_against("two-task loop", pairs, "SpiffWorkflow alone + one commit", alone))
        report.figures += _figures("two-task loop", pairs)
    with scratch() as folder:
        report.figures += _figures("incident process", list(_incidents(folder)))
    return report


def _figures(what: str, pairs: list[Times]) -> Iterator[Figure]:
    yield _against(what, pairs, "run alone + one commit", [(floor, cpu) for _, _, floor, cpu in pairs])
    cpu, floors = middle([pair[1] for pair in pairs]), middle([pair[3] for pair in pairs])
    yield Figure(f"{what}, computing only", cpu, "run alone", floors)


def _against(what: str, pairs: list[Times], floor: str, floors: list[tuple[float, float]]) -> Figure:
    own = [pair[0] for pair in pairs]
    return Figure(what, middle(own), floor, middle([took for took, _ in floors]), BOUND, note=spread(own))


def _pair(floor: Floor, took: tuple[float, float], recorded: Recorded) -> Times:
    return (*took, *timed_twice(lambda: floor.step(recorded)))


def _loop(folder: Path, alone: list[tuple[float, float]]) -> Iterator[Times]:
    """``alone`` takes the times of SpiffWorkflow's own steps."""
    engine = open_on(folder)
    rows, floor, stock = Rows(folder), Floor(engine, folder), Stock(folder)
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
            alone.append(timed_twice(stock.step))
            stock.turn_over()
            yield _pair(floor, took, Recorded(event, tokens, variables, digest, loop.actor.person_id))
    finally:
        rows.close()
        stock.close()
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
