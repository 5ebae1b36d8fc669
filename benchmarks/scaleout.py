# SPDX-License-Identifier: Apache-2.0
"""One worker, and two of them: how many due timers of PostgreSQL's queue they fire a second, in processes of their own.

Every case waits for a timer; once the workers are there all become due at once, so each job is one step with all that
belongs to it. The clock runs from the first firing to the last, by the moments in the events.
One and two workers take turns. PostgreSQL runs on the same machine and takes its part of the processors.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from benchmarks.databases import everything
from benchmarks.measure import Figure, Report, scratch
from benchmarks.server import FITSM, ROOT
from benchmarks.subject import CONTENT, add_worker
from engine import SYSTEM, Actor, Engine, EngineConfig, open_engine

CASES = 900
ROUNDS = 3
WANTED = 1.6  #: times as much with two as with one
PATIENCE = 300.0  #: seconds until workers that do not finish are given up


def run() -> Report:
    report = Report(
        "scaleout", f"Two workers against one ({os.cpu_count()} processors, PostgreSQL on the same machine)"
    )
    databases = everything().get("PostgreSQL")
    if databases is None:
        report.figures.append(Figure("not measured", 0, note="there is no PostgreSQL server on this machine"))
        return report
    with databases() as urls:  # type: ignore[operator]
        report.figures += [_compared(urls[0], concurrency) for concurrency in (1, 4)]
    return report


def _compared(url: str, concurrency: int) -> Figure:
    engine = open_engine(EngineConfig(url, CONTENT, queue=True))
    try:
        engine.publish_content(SYSTEM)
        actor = engine.people.actor("worker") if engine.people.by_login("worker") else add_worker(engine)
        took: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(ROUNDS):
            for number, found in took.items():
                found.append(_round(engine, actor, url, number, concurrency))
    finally:
        engine.close()
    one, two = median(took[1]), median(took[2])
    note = f"{1 / two:,.0f} against {1 / one:,.0f} a second: {one / two:.2f} times as much; wanted {WANTED}"
    return Figure(
        f"a due timer, two workers, {concurrency} at once each", two, "one worker", one, 1 / WANTED, note=note
    )


def _round(engine: Engine, actor: Actor, url: str, workers: int, concurrency: int) -> float:
    """Seconds for each firing."""
    began = engine.clock.now()
    for _ in range(CASES):
        engine.start(actor, "bench_wait", {"length": "PT1H"})
    with scratch() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FITSM_DATABASE_URL": url,
            "FITSM_CONTENT_DIR": str(CONTENT),
            "FITSM_VAR_DIR": str(folder),
        }
        with _running([*FITSM, "worker", "--no-seal", "--concurrency", str(concurrency)], environment, workers):
            while _queues(engine) < 2 * workers:  # each has two
                time.sleep(0.05)
            with engine.write() as tx:
                tx.connection.exec_driver_sql("UPDATE timer SET due_at = now()")
            engine.sweep()
            _until_none_waits(engine)
    with engine.read() as tx:
        first, last, number = tx.connection.exec_driver_sql(
            "SELECT min(at), max(at), count(*) FROM event WHERE kind = 'timer.fired' AND at >= %s", (began,)
        ).one()
    assert number == CASES
    return float((last - first).total_seconds()) / (number - 1)


def _queues(engine: Engine) -> int:
    """How many queues are worked on."""
    with engine.read() as tx:
        return int(tx.connection.exec_driver_sql("SELECT count(*) FROM procrastinate_workers").scalar_one())


@contextmanager
def _running(command: list[str], environment: dict[str, str], number: int) -> Iterator[None]:
    started = [
        subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL) for _ in range(number)
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(PATIENCE)


def _until_none_waits(engine: Engine) -> None:
    end = time.monotonic() + PATIENCE
    while engine.next_due() is not None:
        if time.monotonic() > end:
            raise RuntimeError("the workers do not finish")
        time.sleep(0.2)
