# SPDX-License-Identifier: Apache-2.0
"""Pages of long lists, at a cost that does not grow with the list.

A list is the union of a few *branches*, each of which an index has in the list's order: the page is merged from their
beginnings. Rows are counted up to ``COUNTED`` and searched through up to ``SEARCHED``; a page says when there are more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal_column, select

from engine.store.prepared import Prepared

COUNTED = 1_000
SEARCHED = 2_000  #: of each branch, its first rows in the list's order

Key = tuple[Any, ...]  #: what a list is ordered by; its last part is the row's id


@dataclass(frozen=True, slots=True)
class Slice:
    """The keys of one page; ``total`` counts at most `COUNTED` rows, ``exact`` tells whether that is all."""

    keys: Sequence[Key]
    total: int
    exact: bool


class Branch:
    """Rows that one index has in the list's order. ``query`` selects the parts of the key and says the order."""

    def __init__(self, query: Any) -> None:
        self._first = Prepared(query.limit(bindparam("most")))
        one = query.with_only_columns(literal_column("1"), maintain_column_froms=True).order_by(None)
        within = one.limit(bindparam("most")).subquery()
        self._count = Prepared(select(func.count()).select_from(within))

    def first(self, connection: Connection, values: dict[str, Any], most: int) -> list[Key]:
        return [tuple(row.values()) for row in self._first.all(connection, {**values, "most": most})]

    def count(self, connection: Connection, values: dict[str, Any], most: int) -> int:
        return int(self._count.value(connection, {**values, "most": most}))


Branches = Sequence[tuple[Branch, dict[str, Any]]]  #: each with its values


def page(connection: Connection, branches: Branches, *, limit: int, offset: int, descending: bool = False) -> Slice:
    """A page of the merged branches, which have no row in common."""
    keys = _merged(connection, branches, offset + limit, descending) if limit else []
    total = sum(branch.count(connection, values, COUNTED + 1) for branch, values in branches)
    return Slice(keys[offset:], max(min(total, COUNTED), len(keys)), exact=total <= COUNTED)


def matches(
    connection: Connection, branches: Branches, *, limit: int, offset: int, cut: bool, descending: bool = False
) -> Slice:
    """A page of what a search has found; ``cut``: it has not looked at everything. A row may be found in two ways."""
    keys = _merged(connection, branches, max(offset + limit, COUNTED) + 1, descending)
    return Slice(keys[offset : offset + limit], min(len(keys), COUNTED), exact=not cut and len(keys) <= COUNTED)


def _merged(connection: Connection, branches: Branches, most: int, descending: bool) -> list[Key]:
    found = {key for branch, values in branches for key in branch.first(connection, values, most)}
    return sorted(found, reverse=descending)[:most]


def contains(column: ColumnElement[Any], parameter: str = "text") -> ColumnElement[bool]:
    """Whether a parameter (a `pattern`) occurs in a column, in capitals or not (SQLite: of ASCII letters)."""
    return func.lower(column).like(func.lower(bindparam(parameter)), escape="\\")


def pattern(text: str) -> str:
    """For LIKE: anything, the text as it is, anything."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
