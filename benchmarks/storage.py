# SPDX-License-Identifier: Apache-2.0
"""How much room a finished case of ten user tasks takes, everything included: rows, indexes, history, idempotency keys.

Each task is claimed and completed with a form of six fields, some 300 bytes of JSON. Cases that an empty database needs
for itself (definitions, people) are not counted: what is measured is the growth between two numbers of cases.

PostgreSQL's room for what is outdated is used again once autovacuum has come by. It does so after as many changes as these
cases make in a hundred (with its defaults, in a database of this size), but at most once a minute, and here a hundred take
seconds: so it is called by hand. Without it a case takes a quarter more.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg

from benchmarks import databases
from benchmarks.measure import Figure, Report
from benchmarks.subject import CONTENT, add_worker
from engine import SYSTEM, Actor, Engine, EngineConfig, open_engine

SIZE = 200
EACH = 100  #: cases between two VACUUMs
BOUND = 20_000  #: bytes
_NOTE = "It was looked into and done as agreed with the user; nothing else was needed in this part. " * 2


def run(size: int = SIZE) -> Report:
    report = Report("storage", "Room for a finished case of ten user tasks")
    for name, database in databases.everything().items():
        with database() as urls, closing(open_engine(EngineConfig(urls[0], CONTENT))) as engine:
            engine.publish_content(SYSTEM)
            actor = add_worker(engine)
            for number in range(50):
                _case(engine, actor, number)
            before = _bytes(engine)
            for number in range(50, 50 + size):
                _case(engine, actor, number)
                if number % EACH == 0:
                    _bytes(engine)
            grown = (_bytes(engine) - before) / size
        note = f"{size:,} cases; VACUUM after each {EACH}" if name != "SQLite" else f"{size:,} cases"
        report.figures.append(Figure(f"{name}: a case", grown, "allowed", BOUND, 1.0, unit="bytes", note=note))
    return report


def _case(engine: Engine, actor: Actor, number: int) -> None:
    case = engine.start(actor, "bench_ten", key=f"start-{number}")
    for part in range(1, 11):
        (task,) = [t for t in engine.case(SYSTEM, case.id).tasks if t.state == "open"]
        engine.claim(actor, task.id)
        data: dict[str, Any] = {
            f"title_{part}": f"What was asked for in case {number}, part {part}",
            f"note_{part}": _NOTE,
            f"amount_{part}": part * number,
            f"done_{part}": True,
            f"day_{part}": "2026-03-02",
            f"choice_{part}": "second",
        }
        engine.complete(actor, task.id, data, key=f"complete-{number}-{part}")


def _bytes(engine: Engine) -> int:
    url = engine.config.database_url
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            pages, free = (
                database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")
            )
            return int((pages - free) * database.execute("PRAGMA page_size").fetchone()[0])
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as database:
        database.execute("VACUUM")
        found = database.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()
        return int(found[0]) if found else 0
