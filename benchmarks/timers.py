# SPDX-License-Identifier: Apache-2.0
"""Timers under load: how late they fire while people work, and how long people wait while thousands are due at once.

*Spread*: timers come due evenly while four people complete tasks as fast as the engine lets them. Lateness is what the
events say: the moment of the firing minus the due time.

*At once*: the clock is put forward by an hour, over the due time of ten thousand timers (what a machine that slept sees).
One person completes a task every 20 ms, before and while the timers fire.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from benchmarks.measure import Figure, Report, middle, scratch, shown, timed
from benchmarks.subject import Loop, Rows, add_worker, open_on
from engine import SYSTEM, Engine

SPREAD_SECONDS, PER_SECOND, PEOPLE = 20, 20, 4
AT_ONCE = 10_000
THINKING = 0.02  #: seconds between two tasks of the person who is measured
LATE_BOUND = 1.0  #: seconds
WAIT_BOUND = 10.0  #: how much longer a person may wait, at the 99th percentile


class Shifted:
    """The machine's clock, which can be put forward."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def run() -> Report:
    report = Report("timers", "Timers: lateness under load, and people's waiting time while 10,000 fire")
    report.figures += _spread()
    report.figures += _at_once()
    return report


def _spread() -> list[Figure]:
    with scratch() as folder, ExitStack() as after:
        engine = open_on(folder)
        after.callback(engine.close)
        actor, number = add_worker(engine), SPREAD_SECONDS * PER_SECOND
        lead = timed(lambda: [engine.start(actor, "bench_wait", {"length": "PT0S"}) for _ in range(20)]) / 20
        began = engine.clock.now() + timedelta(seconds=2 * lead * number + 2)
        for place in range(number):
            due = began + timedelta(seconds=place / PER_SECOND)
            engine.start(actor, "bench_wait", {"length": _length(due - engine.clock.now())})
        stop, steps = threading.Event(), [0] * PEOPLE

        def work(person: int) -> None:
            own = Rows(folder)
            loop = Loop(engine, own, actor)
            while not stop.is_set():
                loop.step()
                loop.turn_over()
                steps[person] += 1
            own.close()

        engine.start_timers()
        people = [threading.Thread(target=work, args=(n,)) for n in range(PEOPLE)]
        for one in people:
            one.start()
        _until_none_waits(engine)
        stop.set()
        for one in people:
            one.join()
        engine.stop_timers()
        busy = (engine.clock.now() - began).total_seconds()
        late = _lateness(engine, began)
    note = f"{number} timers, {PER_SECOND} a second, beside {sum(steps) / busy:.0f} steps a second"
    return [
        Figure("lateness, median", middle(late), note=note),
        Figure("lateness, 99th percentile", _p99(late), "at most", LATE_BOUND, 1.0, note=f"worst {shown(max(late))}"),
    ]


def _at_once() -> list[Figure]:
    with scratch() as folder, ExitStack() as after:
        clock = Shifted()
        engine, rows = open_on(folder, clock=clock), Rows(folder)
        after.callback(engine.close)
        after.callback(rows.close)
        actor = add_worker(engine)
        _copy(engine, engine.start(actor, "bench_wait", {"length": "PT1H"}).id, AT_ONCE - 1)
        loop = Loop(engine, rows, actor)
        engine.start_timers()
        idle = _person(loop, lambda taken: taken < 500)
        clock.by = timedelta(hours=1)
        began = time.perf_counter()
        while engine.next_due() is not None and _waiting(engine) == AT_ONCE:
            time.sleep(0.005)  # until the alarm has noticed
        busy = _person(loop, lambda taken: engine.next_due() is not None)
        took = time.perf_counter() - began
        engine.stop_timers()
        fired = AT_ONCE - _waiting(engine)
    note = f"{fired:,} fired in {took:.1f} s ({fired / took:,.0f} a second), {len(busy)} tasks completed meanwhile"
    return [
        Figure("complete a task, median", middle(busy), "nothing due", middle(idle), note=note),
        Figure("complete a task, 99th percentile", _p99(busy), "nothing due", _p99(idle), WAIT_BOUND),
        Figure("complete a task, longest", max(busy), "nothing due", max(idle)),
    ]


def _person(loop: Loop, goes_on: Callable[[int], bool]) -> list[float]:
    """Seconds of each task that a person completes."""
    found: list[float] = []
    while goes_on(len(found)):
        found.append(timed(loop.step))
        loop.turn_over()
        time.sleep(THINKING)
    return found


def _copy(engine: Engine, case_id: str, number: int) -> None:
    """More cases like one: its rows again under other ids, since starting so many takes minutes."""
    with engine.write() as tx:
        for table, key in (("instance", "id"), ("timer", "instance_id")):
            columns = [row[1] for row in tx.connection.exec_driver_sql(f"PRAGMA table_info({table})")]
            values = ", ".join("'copy' || n.value" if column == key else f"t.{column}" for column in columns)
            counted = f"WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {number}) "
            tx.connection.exec_driver_sql(
                f"{counted} INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} t, n WHERE t.{key} = ?",
                (case_id,),
            )


def _waiting(engine: Engine) -> int:
    with engine.read() as tx:
        return int(tx.connection.exec_driver_sql("SELECT count(*) FROM timer").scalar() or 0)


def _until_none_waits(engine: Engine) -> None:
    while (due := engine.next_due()) is not None:
        time.sleep(max((due - engine.clock.now()).total_seconds(), 0) + 0.05)


def _lateness(engine: Engine, since: datetime) -> list[float]:
    with engine.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT instance_id FROM event WHERE kind = 'timer.fired'")
        ids = [row[0] for row in rows]
    told = [e.payload["inputs"] for case_id in ids for e in engine.history(SYSTEM, case_id) if e.kind == "timer.fired"]
    return [one["late_seconds"] for one in told if datetime.fromisoformat(one["due_at"]) >= since]


def _length(delta: timedelta) -> str:
    return f"PT{delta.total_seconds():.3f}S"


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[-1]
