# SPDX-License-Identifier: Apache-2.0
"""Queries that find records by their fields: `engine.queries`.

A diagram asks the same question at each step with other values: its statement is made once for its form and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, false, func, select

from engine.kept import Kept
from engine.store.prepared import Prepared
from engine.store.schema import record, record_value

#: What records are found by without ``x-index``.
_OWN = {"id": record.c.id, "state": record.c.state}
#: Statements by what they ask for and the forms of their conditions.
_made: Kept[tuple[Any, ...], Prepared] = Kept(512)


class Condition(NamedTuple):
    """One of some values, or between two (both included), or, if all are None, no value at all."""

    field: str
    one_of: tuple[str, ...] | None = None
    low: str | None = None
    high: str | None = None

    @property
    def form(self) -> tuple[str, int | None, bool, bool]:
        """What it says but for its values."""
        return self.field, None if self.one_of is None else len(self.one_of), self.low is not None, self.high is not None


def select_where(
    connection: Connection, register: str, where: Sequence[Condition], order: Sequence[tuple[str, bool]], limit: int
) -> Sequence[Mapping[str, Any]]:
    """``id``, ``label`` and ``data`` of the records that keep every condition; ``order``: (field, whether descending),
    those without a value last. At last by when they were written."""

    def query() -> Select[Any]:
        found = select(record.c.id, record.c.label, record.c.data).where(*_kept(where))
        for field, descending in order:
            column = _value_of(field)
            found = found.order_by((column.desc() if descending else column.asc()).nulls_last())
        return found.order_by(record.c.written_at, record.c.id).limit(bindparam("most"))

    made = _statement(("records", *order), where, query)
    return made.all(connection, {**_values(register, where), "most": limit})


def count_where(connection: Connection, register: str, where: Sequence[Condition]) -> int:
    """How many records keep every condition."""
    made = _statement(("count",), where, lambda: select(func.count()).select_from(record).where(*_kept(where)))
    return int(made.value(connection, _values(register, where)))


def count_by(
    connection: Connection, register: str, field: str, where: Sequence[Condition], limit: int
) -> list[tuple[str, int]]:
    """(value of ``field``, how many records that keep every condition), most frequent first."""

    def query() -> Select[Any]:
        column = _OWN.get(field, record_value.c.value)
        found = select(column.label("value"), func.count().label("records")).where(*_kept(where)).group_by(column)
        if field not in _OWN:
            own = (record_value.c.register == record.c.register) & (record_value.c.id == record.c.id)
            found = found.join_from(record, record_value, own).where(record_value.c.field == field)
        return found.order_by(func.count().desc(), column).limit(bindparam("most"))

    made = _statement(("count_by", field), where, query)
    rows = made.all(connection, {**_values(register, where), "most": limit})
    return [(row["value"], row["records"]) for row in rows]


def _statement(wanted: tuple[Any, ...], where: Sequence[Condition], query: Callable[[], Select[Any]]) -> Prepared:
    return _made.get((*wanted, *(condition.form for condition in where)), lambda: Prepared(query()))


def _values(register: str, where: Sequence[Condition]) -> dict[str, Any]:
    found: dict[str, Any] = {"of_register": register}
    for number, condition in enumerate(where):
        found |= {_one_of(number, n): value for n, value in enumerate(condition.one_of or ())}
        bounds = {f"low_{number}": condition.low, f"high_{number}": condition.high}
        found |= {name: value for name, value in bounds.items() if value is not None}
    return found


def _one_of(condition: int, number: int) -> str:
    return f"value_{condition}_{number}"


def _value_of(field: str) -> Any:
    if field in _OWN:
        return _OWN[field]
    own = (record_value.c.register == record.c.register, record_value.c.field == field, record_value.c.id == record.c.id)
    return select(func.min(record_value.c.value)).where(*own).correlate(record).scalar_subquery()


def _kept(where: Sequence[Condition]) -> Iterator[ColumnElement[bool]]:
    yield record.c.register == bindparam("of_register")
    for number, condition in enumerate(where):
        if condition.field in _OWN:
            yield _compared(_OWN[condition.field], number, condition)
            continue
        own = (record_value.c.register == bindparam("of_register"), record_value.c.field == condition.field)
        same = record_value.c.id == record.c.id
        if condition.one_of is None and condition.low is None and condition.high is None:
            yield ~exists().where(*own, same).correlate(record)
        else:
            ids = select(record_value.c.id).where(*own, _compared(record_value.c.value, number, condition))
            yield record.c.id.in_(ids)


def _compared(column: Any, number: int, condition: Condition) -> ColumnElement[bool]:
    if condition.one_of is not None:
        among = [bindparam(_one_of(number, n), type_=column.type) for n in range(len(condition.one_of))]
        return column.in_(among) if among else false()
    bounds = [column >= bindparam(f"low_{number}")] if condition.low is not None else []
    bounds += [column <= bindparam(f"high_{number}")] if condition.high is not None else []
    return and_(*bounds)
