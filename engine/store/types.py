# SPDX-License-Identifier: Apache-2.0
"""Column types that mean the same on every database: moments in UTC and JSON as compact text.

Some give their conversions to and from the driver themselves, without what SQLAlchemy puts around: the conversions of the
type beneath, which bytes do not need, and of moments on SQLite a slower one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import DateTime, Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from engine.store.packing import packed, unpacked

Convert = Callable[[Any], Any]


class Utc(TypeDecorator[datetime]):
    """An aware date-time; kept in UTC, comes back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a date-time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    """As SQLAlchemy writes it: by this text moments are compared."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("a date-time without a zone cannot be stored")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class JsonBytes(TypeDecorator[Any]):
    """A JSON value as bytes, in the order of its keys (PostgreSQL's JSONB would not keep it)."""

    impl = LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        return partial(self.process_bind_param, dialect=dialect)

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else orjson.dumps(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(unpacked(value))


class PackedJson(JsonBytes):
    """The same, packed (`engine.store.packing`) when it has ``least`` bytes."""

    cache_ok = True

    def __init__(self, least: int) -> None:
        super().__init__()
        self.least = least

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        text = orjson.dumps(value)
        return text if len(text) < self.least else packed(text)


class Sha256(TypeDecorator[str]):
    """A SHA-256 in hex, kept as its 32 bytes; SQLite files of earlier releases hold some as text."""

    impl = LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        return partial(self.process_bind_param, dialect=dialect)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: bytes | str | None, dialect: Dialect) -> str | None:
        return value if value is None or isinstance(value, str) else value.hex()
