# SPDX-License-Identifier: Apache-2.0
"""How fast a record is proven: chains and seals per second, and running a long case again.

What is measured is computing time of one core: neither waits for anything but the disk's first reading.
"""

from __future__ import annotations

from contextlib import closing

from benchmarks import bulk
from benchmarks.measure import Figure, Report, middle, scratch, timed_twice
from benchmarks.subject import CONTENT, LOOP, Loop, Rows, add_worker, database
from engine import SYSTEM, EngineConfig, Sealing, open_engine

SIZE = 2_000  #: histories of 25 events
EVENTS = 24
TURNS = 500
VERIFIED_PER_SECOND = 50_000
REPLAY_BOUND = 1.0  #: seconds for a case of a thousand events


def run(size: int = SIZE) -> Report:
    report = Report("proof", "Proving a record (SQLite; computing time of one core)")
    with scratch() as folder:
        config = EngineConfig(f"sqlite:///{database(folder)}", CONTENT, sealing=Sealing(folder / "seal.key"))
        with closing(open_engine(config)) as engine, closing(Rows(folder)) as rows:
            engine.publish_content(SYSTEM)
            loop = Loop(engine, rows, add_worker(engine))
            loop.go(TURNS)
            replays = [timed_twice(lambda: engine.replay(SYSTEM, loop.id))[1] for _ in range(5)]
            template = engine.start(SYSTEM, LOOP).id
            published = engine.definition(LOOP)
            bulk.copies(engine, template, size, roles=["worker"], processes=[(LOOP, published.digest)], events=EVENTS)
            engine.seal(SYSTEM)
            events = size * (len(engine.history(SYSTEM, template)) + EVENTS)
            faults: list[str] = []
            checks = [timed_twice(lambda: faults.extend(engine.verify_seals(SYSTEM).faults))[1] for _ in range(3)]
            assert faults == [], faults[:3]
    each = middle(checks) / events
    speed = f"{1 / each:,.0f} events/s of {events:,}"
    report.figures += [
        Figure("check chains and seals, per event", each, "50,000 events/s", 1 / VERIFIED_PER_SECOND, 1.0, note=speed),
        Figure(f"run a case of {2 * TURNS:,} steps again", middle(replays), "allowed", REPLAY_BOUND, 1.0),
    ]
    return report
