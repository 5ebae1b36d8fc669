# SPDX-License-Identifier: Apache-2.0
"""Statements that every step runs: made with SQLAlchemy, compiled once, run on the driver's own cursor.

`Connection.execute` looks a statement up in a cache, builds a context, a cursor result and a row class each time; for
a statement on one row that costs several times what the database does. A ``Prepared`` keeps the compiled text and the
conversions of its columns. What it leaves out is what hot statements do not need: IN lists of any length, defaults
computed in Python, events of the connection. Errors of the driver come out as SQLAlchemy's, as elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one dialect and one set of columns to be written."""

    sql: str
    #: Names of the values in the order of the text; None where the driver takes them by name.
    order: tuple[str, ...] | None
    #: Conversions of values on their way in.
    bind: tuple[tuple[str, Convert], ...]
    #: Values that the statement itself holds, converted.
    fixed: Mapping[str, Any]
    #: Names of the result's columns.
    names: tuple[str, ...]
    #: Conversions of result columns, by their position.
    result: tuple[tuple[int, Convert], ...]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **values} if self.fixed else dict(values)
        for name, convert in self.bind:
            given[name] = convert(given[name])
        return given if self.order is None else [given[name] for name in self.order]

    def columns(self, found: Sequence[Any]) -> list[Any]:
        columns = list(found)
        for position, convert in self.result:
            columns[position] = convert(columns[position])
        return columns

    def row(self, found: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self.names, self.columns(found), strict=True))


class Prepared:
    """A statement on few rows; ``values`` name its bound parameters and, for INSERT and UPDATE, the columns to write.

    An UPDATE or INSERT may be run with different sets of columns: each is compiled at its first use.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._writes = isinstance(statement, Insert | Update)
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def first(self, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first row as a mapping of column names; None when there is none."""
        compiled = self._for(connection.dialect, values)
        found = self._run(connection, compiled, values).fetchone()
        return None if found is None else compiled.row(found)

    def value(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; None when there is none."""
        compiled = self._for(connection.dialect, values)
        found = self._run(connection, compiled, values).fetchone()
        return None if found is None else compiled.row(found)[compiled.names[0]]

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """All rows."""
        compiled = self._for(connection.dialect, values)
        return [compiled.row(found) for found in self._run(connection, compiled, values).fetchall()]

    def tuples(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows, by the order of their columns."""
        compiled = self._for(connection.dialect, values)
        return [tuple(compiled.columns(found)) for found in self._run(connection, compiled, values).fetchall()]

    def raw(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows as the driver gives them: for those who look at many and keep few (`converted`)."""
        compiled = self._for(connection.dialect, values)
        return list(self._run(connection, compiled, values).fetchall())

    def converted(self, connection: Connection, found: Sequence[Any]) -> tuple[Any, ...]:
        """A row of `raw`, by the order of its columns."""
        return tuple(self._for(connection.dialect, {}).columns(found))

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return int(self._run(connection, self._for(connection.dialect, values), values).rowcount)

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for each of ``rows``, which all name the same columns."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            compiled = self._for(connection.dialect, rows[0])
            given = [compiled.parameters(row) for row in rows]
            cursor = _driver(connection).cursor()
            try:
                cursor.executemany(compiled.sql, given)
            except connection.dialect.loaded_dbapi.Error as error:
                _failed(connection, compiled.sql, given, error)

    def _for(self, dialect: Dialect, values: Mapping[str, Any]) -> _Compiled:
        key = (dialect.name, *values) if self._writes else (dialect.name,)
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = _compile(self._statement, dialect, values if self._writes else None)
        return found

    @staticmethod
    def _run(connection: Connection, compiled: _Compiled, values: Mapping[str, Any]) -> Any:
        given = compiled.parameters(values)
        cursor = _driver(connection).cursor()
        try:
            cursor.execute(compiled.sql, given)
        except connection.dialect.loaded_dbapi.Error as error:
            _failed(connection, compiled.sql, given, error)
        return cursor


def _driver(connection: Connection) -> Any:
    return connection.connection


def _failed(connection: Connection, sql: str, given: Any, error: Exception) -> NoReturn:
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        sql, given, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    ) from error


def _compile(statement: Any, dialect: Dialect, written: Iterable[str] | None) -> _Compiled:
    made = statement.compile(dialect=dialect, column_keys=None if written is None else list(written))
    if made.post_compile_params or made.insert_prefetch or made.update_prefetch:
        raise TypeError(f"not a statement for Prepared: {made}")
    bind = {name: _into(one.type, dialect) for name, one in made.binds.items()}
    given = {name for name, one in made.binds.items() if one.required}
    fixed = {n: v for n, v in made.params.items() if n not in given}
    columns = statement.column_descriptions if statement.is_select else statement.returning_column_descriptions
    result = [(n, _out_of(column["type"], dialect)) for n, column in enumerate(columns)]
    return _Compiled(
        sql=str(made),
        order=tuple(made.positiontup) if made.positional else None,
        bind=tuple((n, convert) for n, convert in bind.items() if convert and n in given),
        fixed={n: convert(v) if (convert := bind[n]) else v for n, v in fixed.items()},
        names=tuple(column["name"] for column in columns),
        result=tuple((n, convert) for n, convert in result if convert),
    )


def _into(kind: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


def _out_of(kind: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return found
