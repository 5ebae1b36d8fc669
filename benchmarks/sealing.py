# SPDX-License-Identifier: Apache-2.0
"""What sealing costs: nothing to a step, one short transaction now and then, and hardly more as the log grows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from benchmarks.measure import Act, Figure, Report, each, middle, scratch, timed
from benchmarks.subject import CONTENT, Loop, Rows, add_worker, database
from engine import SYSTEM, Engine, EngineConfig, Sealing, open_engine
from engine.history import keys, log, merkle, seal
from engine.store import seals as store

SMALL, LARGE = 1_000, 20_000  #: leaves in the log
BATCH = 100  #: events until a seal is due
ROUNDS = 25


def run() -> Report:
    report = Report("sealing", "Sealing histories (SQLite, synchronous=FULL)")
    with scratch() as folder:
        engine = open_engine(_config(folder))
        try:
            engine.publish_content(SYSTEM)
            report.figures += _parts(engine, folder)
            _fill(engine, SMALL)
            small = _seals(engine, folder)
            _fill(engine, LARGE)
            large = _seals(engine, folder)
            report.figures += _compared(small, large)
            report.figures += _beside_steps(engine, folder)
        finally:
            engine.close()
    return report


def _config(folder: Path) -> EngineConfig:
    return EngineConfig(f"sqlite:///{database(folder)}", CONTENT, sealing=Sealing(folder / "seal.key"))


def _parts(engine: Engine, folder: Path) -> list[Figure]:
    """The parts alone: the chain's hash of an event, a leaf, a signature."""
    with engine.write() as tx:
        log.append(tx, "bench", SYSTEM, "thing.happened", {"note": "x" * 300, "amount": 41})
        event = log.read(tx, "bench")[0]
    key = keys.make(folder / "other.key", "bench")
    nodes = merkle.nodes_of(map(merkle.leaf_hash, (b"%d" % n for n in range(LARGE))))
    top = merkle.root(nodes, LARGE)
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(1_000)]
    acts: dict[str, tuple[Act, int]] = {
        "chain: hash one event": (lambda: log.event_hash(event), 200),
        "tree: add one leaf": (lambda: merkle.nodes_of(leaves), 1),
        "sign one head": (lambda: key.sign(LARGE, top, event.at), 100),
        "prove one inclusion (in memory)": (lambda: merkle.inclusion(nodes, 777, LARGE), 100),
    }
    found = []
    for what, (act, repeat) in acts.items():
        value = middle(each(act, repeat=repeat, rounds=ROUNDS))
        found.append(Figure(what, value / (len(leaves) if what.startswith("tree") else 1)))
    return found


def _fill(engine: Engine, leaves: int) -> None:
    """Bring the log to a size."""
    with engine.read() as tx:
        have = head.size if (head := seal.last_head(tx)) else 0
    with engine.write() as tx:
        for number in range(have, leaves):
            log.append(tx, f"fill-{number}", SYSTEM, "thing.happened", {"n": number}, head=(0, ""))
    engine.seal(SYSTEM)


def _seals(engine: Engine, folder: Path) -> tuple[float, float, float, float]:
    """(a hundred changed streams, one, look whether one is due, one durable commit): medians."""
    floor = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for command in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE IF NOT EXISTS t (x BLOB)"):
        floor.execute(command)
    times: tuple[list[float], ...] = ([], [], [], [])
    try:
        for _ in range(ROUNDS):
            for streams, own in ((BATCH, times[0]), (1, times[1])):
                _change(engine, streams)
                own.append(timed(lambda: engine.seal(SYSTEM)))
            times[2].append(timed(lambda: _look(engine)))
            times[3].append(timed(lambda: floor.execute("INSERT INTO t VALUES (x'00')")))
    finally:
        floor.close()
    many, one, look, commit = map(middle, times)
    return many, one, look, commit


def _change(engine: Engine, streams: int) -> None:
    with engine.write() as tx:
        for number in range(streams):
            log.append(tx, f"fill-{number}", SYSTEM, "thing.happened", {"more": number})


def _look(engine: Engine) -> int:
    with engine.read() as tx:
        last = store.last_head(tx.connection)
        return store.pending(tx.connection, last.seen)


def _compared(small: tuple[float, ...], large: tuple[float, ...]) -> list[Figure]:
    young = f"log of {SMALL:,} leaves"
    return [
        Figure(f"seal {BATCH} changed streams", large[0], young, small[0], 2.0, note=f"log of {LARGE:,} leaves"),
        Figure("… of it per event", large[0] / BATCH, note="once for each stream that changed"),
        Figure("seal one changed stream", large[1], young, small[1], 2.0),
        Figure("seal one changed stream", large[1], "one durable commit", large[3]),
        Figure("look whether a seal is due", large[2], "one durable commit", large[3], note="every five seconds"),
    ]


def _beside_steps(engine: Engine, folder: Path) -> list[Figure]:
    """Steps of two loops in turn, one of them with a seal (not timed) before each of its steps."""
    rows = Rows(folder)
    try:
        actor = add_worker(engine)
        beside, alone = Loop(engine, rows, actor), Loop(engine, rows, actor)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(100):
            engine.seal(SYSTEM)
            for own, loop in zip(times, (beside, alone), strict=True):
                own.append(timed(loop.step))
                loop.turn_over()
        return [Figure("a step right after a seal", middle(times[0]), "the step after it", middle(times[1]), 1.5)]
    finally:
        rows.close()
