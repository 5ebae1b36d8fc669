# SPDX-License-Identifier: Apache-2.0
"""Pages of long lists, at a cost that does not grow with the list.

A list is the union of a few *branches*, each of which an index has in the list's order: the page is merged from their
beginnings. Rows are counted up to ``COUNTED``, and where rows are looked at one by one, ``SEARCHED`` of them are; a page
says when there are more. What a search for words finds is in `engine.store.words`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, literal_column, select, tuple_

from engine.store.prepared import Prepared

COUNTED = 1_000
SEARCHED = 2_000  #: the first rows in the list's order
_AHEAD = 200  #: rows that are fetched at first, from all branches together

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
        # In order, too: else PostgreSQL reads the whole table, in the hope to come soon upon enough rows of such kind.
        one = query.with_only_columns(literal_column("1"), maintain_column_froms=True)
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
    """A page of what was found in the beginnings of branches; ``cut``: there is more of them. A row may be found twice."""
    keys = _merged(connection, branches, max(offset + limit, COUNTED) + 1, descending)
    return chosen(keys, limit=limit, offset=offset, whole=not cut, descending=descending)


def _merged(connection: Connection, branches: Branches, most: int, descending: bool) -> list[Key]:
    found = {key for branch, values in branches for key in branch.first(connection, values, most)}
    return sorted(found, reverse=descending)[:most]


def chosen(found: Collection[Key], *, limit: int, offset: int, whole: bool, descending: bool = False) -> Slice:
    """A page of keys that were found; ``whole``: they are all there are."""
    keys = sorted(found, reverse=descending)
    return Slice(keys[offset : offset + limit], min(len(keys), COUNTED), exact=whole and len(keys) <= COUNTED)


# --- looking at rows one by one --------------------------------------------------------------------------------------

Row = tuple[Any, ...]  #: as the driver gives it: most of them are looked at and left, so their moments stay texts


class Walk:
    """Rows of a branch with what has to be looked at in them. ``query`` selects first what they are in order by."""

    def __init__(self, query: Select[Any], order: Sequence[ColumnElement[Any]], *, descending: bool = False) -> None:
        self._length = len(order)
        self._last = [f"last{number}" for number in range(len(order))]
        last = tuple_(*(bindparam(name, type_=column.type) for name, column in zip(self._last, order, strict=True)))
        further = query.where(tuple_(*order) < last if descending else tuple_(*order) > last)
        turned = [column.desc() if descending else column for column in order]
        self._first, self._further = (
            Prepared(each.order_by(*turned).limit(bindparam("most"))) for each in (query, further)
        )

    def rows(self, connection: Connection, values: dict[str, Any], ahead: int) -> Iterator[Row]:
        """All of them, fetched as they are asked for: ``ahead`` at first, then twice as many each time."""
        found = self._first.raw(connection, {**values, "most": ahead})
        yield from found
        while len(found) == ahead:
            last, ahead = zip(self._last, self.key(connection, found[-1]), strict=True), ahead * 2
            found = self._further.raw(connection, {**values, **dict(last), "most": ahead})
            yield from found

    def order(self, row: Row) -> Row:
        return row[: self._length]

    def key(self, connection: Connection, row: Row) -> Key:
        return self._first.converted(connection, row)[: self._length]


Walks = Sequence[tuple[Walk, dict[str, Any]]]  #: each with its values


def look(
    connection: Connection, walks: Walks, wanted: Callable[[Row], bool], most: int, *, descending: bool = False
) -> tuple[set[Key], bool]:
    """What the rows that are wanted are in order by, the first ``most`` of them; whether that is all there are.

    All walks have the same order. No more than `SEARCHED` rows are looked at.
    """
    found: set[Key] = set()
    if not walks:
        return found, True
    order, key = walks[0][0].order, walks[0][0].key
    ahead = max(_AHEAD // len(walks), 20)
    rows = merge(
        *(walk.rows(connection, values, ahead) for walk, values in walks), key=order, reverse=descending
    )
    for number, row in enumerate(rows):
        if number == SEARCHED or len(found) == most:
            return found, False
        if wanted(row):
            found.add(key(connection, row))
    return found, True


# --- texts -----------------------------------------------------------------------------------------------------------


def contains(column: ColumnElement[Any], parameter: str = "text") -> ColumnElement[bool]:
    """Whether a parameter (a `pattern`) occurs in a column, in capitals or not (SQLite: of ASCII letters)."""
    return func.lower(column).like(func.lower(bindparam(parameter)), escape="\\")


def pattern(text: str) -> str:
    """For LIKE: anything, the text as it is, anything."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
