# SPDX-License-Identifier: Apache-2.0
"""Whether a case slows down with age: its first steps and those after its 10,000th, step by step in turn.

Also what grows with a long history by its nature, for the record: looking at the case.
"""

from __future__ import annotations

from benchmarks.measure import Figure, Report, interleaved, middle, scratch, timed_twice
from benchmarks.subject import Loop, Rows, add_worker, open_on

BOUND = 1.2
STEPS_BEFORE = 10_000
MEASURED, FIRST = 300, 10  #: steps that are measured; the young case is a new one after each ten of them


def run() -> Report:
    report = Report("turns", f"Age of a case: a step after {STEPS_BEFORE:,} others against one of the first {FIRST}")
    with scratch() as folder:
        engine = open_on(folder)
        rows = Rows(folder)
        try:
            actor = add_worker(engine)
            old, young = Loop(engine, rows, actor), Loop(engine, rows, actor)
            old.go(STEPS_BEFORE // 2)
            sizes = [len(rows.state(one.id)[0]) for one in (old, young)]
            looks = interleaved([lambda: engine.case(actor, old.id), lambda: engine.case(actor, young.id)], rounds=5)
            times = [pair for _ in range(MEASURED // FIRST) for pair in _steps(old, Loop(engine, rows, actor))]
        finally:
            rows.close()
            engine.close()
    took, computed, young_took, young_computed = (middle([pair[n] for pair in times]) for n in range(4))
    against = "first steps"
    report.figures += [
        Figure("complete a task", took, against, young_took, BOUND),
        Figure("complete a task, computing only", computed, against, young_computed, BOUND),
        Figure("size of the state", sizes[0], against, sizes[1], BOUND, unit="bytes"),
        Figure("look at the case", middle(looks[0]), against, middle(looks[1]), note="looked at before"),
    ]
    return report


def _steps(old: Loop, young: Loop) -> list[tuple[float, float, float, float]]:
    """(an old step, its computing, a young step, its computing), each in turn."""
    found = []
    for _ in range(FIRST):
        pair = (*timed_twice(old.step), *timed_twice(young.step))
        found.append(pair)
        old.turn_over()
        young.turn_over()
    return found
