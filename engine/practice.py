# SPDX-License-Identifier: Apache-2.0
"""What is practised of what the diagrams say: which of their marked elements were passed, in how many cases, and when last.

A mark is a property of an element, such as the activity of a standard that it performs. It is looked for in the newest
versions of the processes, and for that in their newest cases only (`CASES`, not counting cancelled ones): the answer takes
as long in a year as it does today. So "never" means: not in those cases. Human tasks are asked of their table; what
passes by itself stands in the events alone, and is asked of fewer cases (`FOLLOWED`).

The same can be asked of a moment in the past: with the diagrams of today, what had been done by then. What passes by itself
counts from when its case began, as at present.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.history.way import Ways
from engine.marks import Marked, marked
from engine.store import practice as store
from engine.store.transaction import Tx

CASES, FOLLOWED = 100, 5
COUNTED = store.MOST
_HUMAN = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True, slots=True)
class Practised:
    """``passed``: in how many of the ``looked`` newest cases; ``last_case``, ``last_at``: in which last, and when.

    ``cases``: how many cases there are of the processes in which it can be passed, counted up to `COUNTED`.
    """

    marked: Marked
    process: str
    cases: int
    looked: int
    passed: int
    last_at: datetime | None = None
    last_case: str = ""


@dataclass(frozen=True, slots=True)
class Practice:
    """``records``: register that a marked element writes -> how many records it has, counted up to ``counted_to``.

    ``looked_at``: of each process at most so many cases, the newest.
    """

    elements: tuple[Practised, ...]
    records: Mapping[str, int] = field(default_factory=dict)
    looked_at: int = CASES
    counted_to: int = COUNTED


def look(
    tx: Tx,
    ways: Ways,
    rows: Sequence[Mapping[str, Any]],
    mark: str,
    values: Collection[str] | None = None,
    until: datetime | None = None,
) -> Practice:
    """All elements with the mark, in the order of their processes (``rows``: the newest definitions) and diagrams.

    ``values``: only those with one of these words in it. ``until``: as it was then, but for the records.
    """
    until = until or tx.now
    found = [(row, one) for row in rows for one in marked(row, mark)]
    if values is not None:
        found = [(row, one) for row, one in found if not set(one.value.split()).isdisjoint(values)]
    wanted = {name for _, one in found for name in (one.element, _within(one))}
    places = _places(rows)
    used = {place for _, one in found for place in places[one.process_id]}
    newest = {place: store.newest(tx.connection, place, CASES, until) for place in sorted(used)}
    counted = {place: store.count(tx.connection, place, until) for place in used}
    done = _done(tx, newest, wanted, until)
    elements = []
    for row, one in found:
        where = places[one.process_id]
        cases = [(case, _key(one, place)) for place in where for case in newest[place]]
        looked, passed = (len(cases), [done[c["id"], key] for c, key in cases if (c["id"], key) in done])
        if one.kind not in _HUMAN:
            looked, passed = _followed(tx, ways, cases)
        last_at, last_case = max(passed, default=(None, ""))
        total = sum(counted[place] for place in where)
        elements.append(Practised(one, row["name"], total, looked, len({p[1] for p in passed}), last_at, last_case))
    registers = sorted({register for _, one in found for register in one.writes})
    return Practice(tuple(elements), {name: store.records(tx.connection, name) for name in registers})


def _places(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Process -> the processes in whose cases its elements are passed: its own, and those that call it."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for process_id in (row["process_id"], *row["about"].get("called", {})):
            found[process_id].append(row["process_id"])
    return {process_id: tuple(dict.fromkeys(where)) for process_id, where in found.items()}


def _within(one: Marked) -> str:
    """What the element is called in a case of a process that calls its own."""
    return f"{one.process_id}:{one.element}"


def _key(one: Marked, place: str) -> str:
    return one.element if place == one.process_id else _within(one)


def _done(
    tx: Tx, newest: Mapping[str, list[dict[str, Any]]], elements: set[str], until: datetime
) -> dict[tuple[str, str], tuple[datetime, str]]:
    ids = [case["id"] for cases in newest.values() for case in cases]
    rows = store.done(tx.connection, ids, elements, until)
    return {(row.instance_id, row.element): (row.at, row.instance_id) for row in rows}


def _followed(tx: Tx, ways: Ways, cases: list[tuple[dict[str, Any], str]]) -> tuple[int, list[tuple[datetime, str]]]:
    """How many cases were followed event by event, and of those that passed the element when they began."""
    newest = sorted(cases, key=lambda one: (one[0]["started_at"], one[0]["id"]), reverse=True)[:FOLLOWED]
    passed = [(c["started_at"], c["id"]) for c, key in newest if key in ways.of(tx, c["id"]).position().counts]
    return len(newest), passed
