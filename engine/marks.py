# SPDX-License-Identifier: Apache-2.0
"""Marks: properties by which an element of a diagram says what of a standard it performs, and which only questions ask for.

They are read when a process is published and kept with its definition, so that a question about all processes opens no
diagram. What was published before that was so is read when somebody first asks, once for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import definitions
from engine.bpmn import read_models
from engine.bpmn.xml import parse
from engine.store import definitions as store
from engine.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class Marked:
    """An element of a diagram with a mark (``value``), and the registers that it writes."""

    process_id: str
    element: str
    name: str
    kind: str
    value: str
    writes: tuple[str, ...] = ()


def marked(row: Mapping[str, Any], mark: str) -> tuple[Marked, ...]:
    """The elements of a definition with that mark, in the order of the diagram."""
    names = row["about"]["elements"]
    return tuple(
        Marked(row["process_id"], element, names[element], kind, marks[mark], tuple(writes))
        for element, kind, marks, writes in row["about"]["marked"]
        if mark in marks
    )


def unread(rows: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Those of the definitions whose marks were never read."""
    return [row for row in rows if "marked" not in row["about"]]


def read(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Read the marks of definitions in their diagrams, and keep them."""
    for row in sorted(rows, key=lambda one: str(one["process_id"])):
        models = read_models(parse(definitions.diagram(tx, row), row["file"]), row["file"])
        found = [one for model in models if model.process_id == row["process_id"] for one in definitions.marks(model)]
        about = {**row["about"], "marked": found}
        store.tell(tx.connection, row["process_id"], row["version"], about)
