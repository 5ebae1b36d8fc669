# SPDX-License-Identifier: Apache-2.0
"""Puts a great many cases into a database without running them: copies of one that was run, with ids, people, priorities,
moments and hash chains of their own, so that lists have something to sort and chains can be verified.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, Table, select, text

from engine import Engine
from engine.history import log
from engine.store import words
from engine.store.schema import case_word, event, instance, task, timer
from engine.store.tasklist import urgency

#: How often each priority occurs, of twenty.
_PRIORITIES = ("P1", *["P2"] * 3, *["P3"] * 8, *["P4"] * 5, *[None] * 3)
BATCH = 20_000


def copies(
    engine: Engine, template: str, number: int, *, roles: Sequence[str], processes: Sequence[tuple[str, str]],
    events: int = 0, state: str = "running",
) -> None:  # fmt: skip
    """Copy the case ``template`` so many times.

    ``processes``: (process id, digest) in turn. ``events``: notes appended to each history besides its own.
    """
    with engine.write() as tx:
        connection = tx.connection
        case = dict(connection.execute(select(instance).where(instance.c.id == template)).one()._mapping)
        rows = {
            table: [dict(r._mapping) for r in connection.execute(select(table).where(table.c.instance_id == template))]
            for table in (event, task, timer)
        }
        start = tx.now - timedelta(days=200)
        made = _Copies(case, rows, start, roles, processes, events, state)
        for table in (instance, event, task, timer, case_word):
            _load(connection, table, made.of(table, number))
    with engine.write() as tx:
        tx.connection.execute(text("ANALYZE"))


class _Copies:
    def __init__(
        self, case: dict[str, Any], rows: dict[Table, list[dict[str, Any]]], start: datetime, roles: Sequence[str],
        processes: Sequence[tuple[str, str]], events: int, state: str,
    ) -> None:  # fmt: skip
        self._case, self._rows, self._start = case, rows, start
        self._roles, self._processes, self._events, self._state = roles, processes, events, state
        self._chains: list[str] = []

    def of(self, table: Table, number: int) -> Iterator[dict[str, Any]]:
        make = {
            instance: self._instance, event: self._history, task: self._tasks, timer: self._timers, case_word: self._words,
        }[table]  # fmt: skip
        for n in range(number):
            yield from make(n)

    def _at(self, n: int) -> datetime:
        return self._start + timedelta(seconds=n % 10_000_000, microseconds=n % 997)

    def _instance(self, n: int) -> Iterator[dict[str, Any]]:
        process, digest = self._processes[n % len(self._processes)]
        seq, head = self._chain(n)
        own = {
            "id": f"b{n}",
            "process_id": process,
            "digest": digest,
            "started_at": self._at(n),
            "seq": seq,
            "head": head,
        }
        own |= {"business_key": f"BEN-{n:07}", "title": _title(n), "state": self._state}
        own |= {"ended_at": self._at(n) if self._state == "completed" else None}
        yield {**self._case, **own}

    def _words(self, n: int) -> Iterator[dict[str, Any]]:
        case = next(self._instance(n))
        for alive, word in words.entries(case):
            yield {"alive": alive, "word": word, "begun": words.micros(case["started_at"]), "instance_id": case["id"]}

    def _chain(self, n: int) -> tuple[int, str]:
        last = list(self._history(n))[-1]
        return last["seq"], last["hash"]

    def _history(self, n: int) -> Iterator[dict[str, Any]]:
        prev = log.GENESIS
        told = [(row["kind"], row["payload"], row["actor"]) for row in self._rows[event]]
        told += [
            ("task.claimed", {"task": f"b{n}-2", "element": "Task_Write", "name": "Write"}, f"p{n % 997}")
        ] * self._events
        for seq, (kind, payload, actor) in enumerate(told, 1):
            row = {
                "instance_id": f"b{n}",
                "seq": seq,
                "at": self._at(n),
                "actor": actor,
                "on_behalf_of": None,
                "kind": kind,
            }
            body = {"stream": f"b{n}", "seq": seq, "at": row["at"].isoformat(), "actor": actor, "on_behalf_of": None}
            own = hashlib.sha256(log.canonical({**body, "kind": kind, "payload": payload, "prev": prev})).hexdigest()
            yield {**row, "payload": payload, "prev_hash": prev, "hash": own}
            prev = own

    def _tasks(self, n: int) -> Iterator[dict[str, Any]]:
        for row in self._rows[task]:
            own: dict[str, Any] = {"id": f"b{n}-{row['token']}", "instance_id": f"b{n}", "created_at": self._at(n)}
            own |= {"role": self._roles[n % len(self._roles)], "priority": _PRIORITIES[n * 7 % 20]}
            own |= {"due_at": self._at(n * 31) + timedelta(days=150) if n % 3 else None}
            own |= {
                "claimed_by": f"p{n % 997}" if n % 20 == 0 else None,
                "assignee": f"p{n % 991}" if n % 50 == 1 else None,
            }
            own |= {"process_id": self._processes[n % len(self._processes)][0]}
            own |= {"urgency": urgency(own["priority"], own["due_at"])}
            yield {**row, **own}

    def _timers(self, n: int) -> Iterator[dict[str, Any]]:
        for row in self._rows[timer]:
            yield {**row, "instance_id": f"b{n}", "due_at": row["due_at"] + timedelta(days=365, seconds=n)}


def _title(n: int) -> str:
    """With words that all have, one in nine has, and fifty have, however many copies there are."""
    rare = " on parchment" if n < 1_000 and n % 20 == 3 else ""
    return f"Copy {n:07} of what was {'printed' if n % 9 == 5 else 'written'}{rare}"


def _load(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """COPY on PostgreSQL, else inserts of many rows past SQLAlchemy's execution layer."""
    names = [column.name for column in table.c]
    into = {c.name: c.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for c in table.c}
    plain = ([_plain(into[name], row.get(name)) for name in names] for row in rows)
    driver: Any = connection.connection.dbapi_connection
    listed = ", ".join(names)
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([_PG[type(c.type).__name__] for c in table.c])
            for row in plain:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(names))
    while batch := list(islice(plain, BATCH)):
        driver.executemany(f"INSERT INTO {table.name} ({listed}) VALUES ({marks})", batch)


_PG = {
    "String": "varchar", "Text": "text", "Integer": "int4", "SmallInteger": "int2", "BigInteger": "int8",
    "LargeBinary": "bytea", "JsonBytes": "bytea", "PackedJson": "bytea", "Sha256": "bytea", "Utc": "timestamptz",
    "Boolean": "bool",
}  # fmt: skip


def _plain(convert: Any, value: Any) -> Any:
    if isinstance(value, (dict, list)) and convert is None:
        return orjson.dumps(value)
    return convert(value) if convert is not None else value
