# SPDX-License-Identifier: Apache-2.0
"""Questions of a diagram about a whole register: which records, how many, how many of each kind.

Written as a mapping where otherwise the id of one record stands:

    {"where": {"state": ["active", "in_review"], "next_review_on": {"to": today()}}, "order": "next_review_on"}
    {"where": {"service": service, "reported_on": {"from": begin}}, "count": True}
    {"where": {"reported_on": {"from": begin}}, "count_by": "service"}

A field is compared with a value, with several (one of them), with bounds (``from`` and ``to``, both included), or with
None (has none). Fields are ``id``, ``state`` and those that the register's ``x-index`` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from functools import lru_cache
from typing import Any

from engine.errors import Invalid, TimeInvalid
from engine.iso8601 import parse_datetime
from engine.store import questions as store
from engine.store.questions import Condition
from engine.store.transaction import Tx
from engine.values import Json

LIMIT, MOST = 100, 1_000  #: records of an answer, if nothing is said and at most
_KEYS = frozenset({"where", "order", "limit", "count", "count_by"})


def ask(tx: Tx, register: str, described: Mapping[str, Any], question: Mapping[str, Json]) -> Json:
    """The answer from a register with the schema ``described``: a list of records (mappings with ``id``, ``number`` and
    ``label``), a number, or a list of ``{"value": …, "count": …}``, most frequent first.

    Raises:
        Invalid: the question cannot be asked.
    """
    fields = {"id", "state", *described.get("x-index", ())}
    unknown = set(question) - _KEYS
    if unknown:
        raise _invalid(register, f"'{min(unknown)}' is no part of a question", f"Use {', '.join(sorted(_KEYS))}.")
    where = list(_conditions(register, fields, question.get("where") or {}))
    limit = _limit(register, question.get("limit", LIMIT))
    if question.get("count"):
        return store.count_where(tx.connection, register, where)
    if by := question.get("count_by"):
        counted = store.count_by(tx.connection, register, _field(register, fields, by), where, limit)
        return [{"value": value, "count": count} for value, count in counted]
    order = [(_field(register, fields, name.removeprefix("-")), name.startswith("-")) for name in _order(question)]
    rows = store.select_where(tx.connection, register, where, order, limit)
    return [{**row["data"], "id": row["id"], "number": row["id"], "label": row["label"]} for row in rows]


def _order(question: Mapping[str, Json]) -> list[str]:
    order = question.get("order") or []
    return [str(name) for name in (order if isinstance(order, list) else [order])]


def _limit(register: str, limit: Json) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise _invalid(register, "the limit is no number of records", f"Give a number from 1 to {MOST:,}.")
    return limit


def _field(register: str, fields: set[str], name: Json) -> str:
    if name not in fields:
        known = ", ".join(sorted(fields))
        raise _invalid(register, f"records are not found by '{name}'", f"Use {known}, or add it to x-index.")
    return str(name)


def _conditions(register: str, fields: set[str], where: Json) -> Iterator[Condition]:
    if not isinstance(where, Mapping):
        raise _invalid(register, "'where' is no mapping of fields", 'Write {"where": {"state": "active"}}.')
    for name, wanted in where.items():
        field = _field(register, fields, name)
        if isinstance(wanted, Mapping):
            yield _between(register, field, wanted)
        elif isinstance(wanted, list):
            yield Condition(field, one_of=tuple(written(value) for value in wanted))
        elif wanted is None:
            yield Condition(field, one_of=("",)) if field in ("id", "state") else Condition(field)
        else:
            yield Condition(field, one_of=(written(wanted),))


def _between(register: str, field: str, wanted: Mapping[str, Json]) -> Condition:
    bounds = {side: value for side, value in wanted.items() if value is not None}
    if not bounds or set(bounds) - {"from", "to"}:
        raise _invalid(
            register, f"the bounds of '{field}' cannot be read", 'Write {"from": …, "to": …}, or one of them.'
        )
    low, high = bounds.get("from"), bounds.get("to")
    return Condition(field, low=None if low is None else written(low), high=None if high is None else written(high))


def _invalid(register: str, what: str, hint: str) -> Invalid:
    return Invalid(f"The register '{register}' cannot be asked this: {what}.", hint=hint)


def values(described: Mapping[str, Any], data: Mapping[str, Json]) -> list[tuple[str, str]]:
    """What a record is found by: (field, value) for every field of ``x-index`` that it has, several for a list."""
    found = []
    for name in described.get("x-index", ()):
        value = data.get(name)
        several = value if isinstance(value, list) else [value]
        found += [(name, written(each)) for each in several if isinstance(each, (str, int, float, bool))]
    return found


def written(value: Json) -> str:
    """A value as a text whose order is the value's: numbers of one length, moments in UTC."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value + 1e12:024.6f}"
    return _written(str(value))


@lru_cache(4_096)
def _written(text: str) -> str:
    if "T" in text and text[:4].isdigit():
        try:
            return parse_datetime(text, UTC).astimezone(UTC).isoformat(timespec="seconds")
        except TimeInvalid:
            return text[:200]
    return text[:200]
