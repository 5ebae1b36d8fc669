# SPDX-License-Identifier: Apache-2.0
"""``docs/performance.md``, written from the figures in ``benchmarks/results/`` so that it says nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import RESULTS, shown

_HEAD = """\
<!-- Written by: python -m benchmarks report > docs/performance.md -->
# Performance

Every figure below comes from a run of `make bench` (or `make bench ARGS="PART --size N"`) and is written here by
`python -m benchmarks report > docs/performance.md`. Times are medians
(of `scale` lower quartiles: its lists take less than a turn of the scheduler). *Against* is what the figure is compared with: the
same work in a small database, or the least that the work could take; where a bound is set, the ratio must stay below it, and
**over** says where it did not. Things that are compared take turns, so that both see the same disturbances; absolute times
depend on the machine and on what else it does. Each
part says how busy the machine was: with a load above its cores, absolute times are too long, and only ratios mean something.

- `http`: the bare route knows its person by a session, and commits five statements; the bound leaves two thirds of its time for
  running the case, rights, forms and history together. Running the case takes most of that when SpiffWorkflow does it
  alone, with its own serializer: the second line is against the same route with that in its transaction.
- `scale`: a thousand cases with an open task each against many more (`--size`, up to 1,000,000); the large numbers are put
  into the database in bulk, as copies of a case that was run. A search for a word that at most a thousand cases have looks all
  of them up; for one that more have, it looks through the list until the page is full, at most through 2,000 rows.
- `storage`: growth of the database per finished case, with claims, idempotency keys and indexes. `--size` cases.
- `proof`: checking every chain, leaf and signed head; and running a case of a thousand steps again.
- The databases lie on the project's own disk; commits are durable (SQLite `synchronous=FULL`, PostgreSQL `fsync=on`).
"""


def text() -> str:
    """The document; without the parts that were never run here."""
    found = [
        json.loads(path.read_text(encoding="utf-8")) | {"part": path.stem} for path in sorted(RESULTS.glob("*.json"))
    ]
    parts = "\n".join("\n".join(_part(one)) + "\n" for one in found if "figures" in one)
    return f"{_HEAD}\n{parts}"


def _part(found: dict[str, Any]) -> Iterator[str]:
    yield f"## {found['title']}"
    yield f"`make bench ARGS={found['part']}` · Python {found['python']}, {found['machine']}{_busy(found)}"
    yield ""
    yield "| what | measured | against | measured | ratio | bound | |"
    yield "|---|--:|---|--:|--:|--:|---|"
    for figure in found["figures"]:
        yield f"| {' | '.join(_cells(figure))} |"


def _busy(found: dict[str, Any]) -> str:
    return f", {found['cores']} cores, load {found['load']:g}" if "load" in found else ""


def _cells(figure: dict[str, Any]) -> Iterator[str]:
    yield figure["what"].replace("|", "\\|")
    yield shown(figure["value"], figure["unit"])
    yield figure["against"]
    yield "" if figure["floor"] is None else shown(figure["floor"], figure["unit"])
    yield "" if figure["ratio"] is None else f"{figure['ratio']:.2f}"
    yield "" if figure["bound"] is None else f"≤ {figure['bound']:g}"
    yield "; ".join(filter(None, ("" if figure["kept"] else "**over**", figure["note"])))
