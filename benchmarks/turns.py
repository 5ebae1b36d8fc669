# SPDX-License-Identifier: Apache-2.0
"""Whether a case slows down with age: the loop's step at its 10th and at its 1,000th turn, step by step in turn.

Also what grows with a long history by its nature, for the record: looking at the case.
"""

from __future__ import annotations

from benchmarks.measure import Figure, Report, interleaved, middle, scratch, timed
from benchmarks.subject import Loop, Rows, add_worker, open_on

BOUND = 1.2
YOUNG, OLD = 10, 1_000
STEPS = 200


def run() -> Report:
    report = Report("turns", f"Age of a case: the {OLD:,}th turn of a loop against the {YOUNG}th")
    with scratch() as folder:
        engine = open_on(folder)
        rows = Rows(folder)
        try:
            actor = add_worker(engine)
            old, young = Loop(engine, rows, actor), Loop(engine, rows, actor)
            old.go(OLD)
            young.go(YOUNG)
            sizes = [len(rows.state(one.id)[0]) for one in (old, young)]
            looks = interleaved([lambda: engine.case(actor, old.id), lambda: engine.case(actor, young.id)], rounds=5)
            times = _steps((old, young))
        finally:
            rows.close()
            engine.close()
    against = f"{YOUNG}th turn"
    report.figures += [
        Figure("complete a task", middle(times[0]), against, middle(times[1]), BOUND),
        Figure("size of the state", sizes[0], against, sizes[1], BOUND, unit="bytes"),
        Figure("look at the case", middle(looks[0]), against, middle(looks[1]), note="reads all its events"),
    ]
    return report


def _steps(loops: tuple[Loop, Loop]) -> tuple[list[float], list[float]]:
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(STEPS):
        for own, loop in zip(found, loops, strict=True):
            own.append(timed(loop.step))
            loop.turn_over()
    return found
