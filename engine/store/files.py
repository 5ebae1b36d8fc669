# SPDX-License-Identifier: Apache-2.0
"""Queries on files that people handed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from engine.store.definitions import insert_for
from engine.store.schema import file


def add(connection: Connection, digest: str, content: bytes, by: str, at: datetime) -> None:
    """Keep a content; one that is kept already stays whose it is, but counts as uploaded now."""
    values = {"digest": digest, "content": content, "size": len(content), "uploaded_by": by, "uploaded_at": at}
    statement = insert_for(connection, file).values(**values, held=False)
    connection.execute(statement.on_conflict_do_update(index_elements=["digest"], set_={"uploaded_at": at}))


def hold(connection: Connection, digest: str) -> int | None:
    """From now on something names the file, and it stays; its size, or None if it is not here."""
    connection.execute(update(file).where(file.c.digest == digest, file.c.held.is_(False)).values(held=True))
    size: int | None = connection.scalar(select(file.c.size).where(file.c.digest == digest, file.c.held.is_(True)))
    return size


def content(connection: Connection, digest: str) -> bytes | None:
    found: bytes | None = connection.scalar(select(file.c.content).where(file.c.digest == digest))
    return found


def drop_loose(connection: Connection, by: str, keep: int) -> None:
    """Of the files that somebody uploaded and nothing names, only the newest stay."""
    loose = select(file.c.digest).where(file.c.uploaded_by == by, file.c.held.is_(False))
    old = loose.order_by(file.c.uploaded_at.desc(), file.c.digest).offset(keep)
    for digest in list(connection.scalars(old)):
        connection.execute(delete(file).where(file.c.digest == digest, file.c.held.is_(False)))
