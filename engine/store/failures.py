# SPDX-License-Identifier: Apache-2.0
"""What a person can do about a database error, in one sentence.

PostgreSQL is told by its SQLSTATE (PostgreSQL documentation, appendix A), SQLite by its words.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

from engine.errors import StorageBusy, StorageFailed

#: Undone for the sake of another transaction: serialization failure, deadlock.
_UNDONE = frozenset({"40001", "40P01"})
_AGAIN = "Nothing was changed. Send again."


@dataclass(slots=True)
class Stage:
    """How far a transaction has come."""

    committing: bool = False


@contextmanager
def failing_plainly() -> Iterator[Stage]:
    """What the database refuses, as StorageFailed; but not a broken constraint or a wrong query, which are faults."""
    stage = Stage()
    try:
        yield stage
    except DBAPIError as error:
        if isinstance(error, OperationalError) or type(error) is DatabaseError or error.connection_invalidated:
            raise storage_failed(error, committing=stage.committing) from error
        raise
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
            raise storage_failed(error) from error
        raise


def storage_failed(error: Exception, *, committing: bool = False) -> StorageFailed:
    """``error``: SQLAlchemy's or SQLite's. ``committing``: it happened while the transaction was being committed."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None)
    if state in _UNDONE:
        return StorageBusy("Somebody else changed the same in the same moment.", hint=_AGAIN)
    if getattr(error, "connection_invalidated", False):
        return _cut(committing)
    if type(origin).__module__.startswith("psycopg"):
        return _of_server(state, str(origin))
    return _of_file(str(origin))


def _cut(committing: bool) -> StorageFailed:
    sentence = "The connection to the database was cut"
    if committing:
        hint = "Look whether it is there. Sent again with the same idempotency key it counts once."
        return StorageFailed(f"{sentence} in the moment of saving: whether it was kept is not known.", hint=hint)
    return StorageFailed(f"{sentence}.", hint=_AGAIN)


def _of_server(state: str | None, text: str) -> StorageFailed:
    if state is None or state.startswith(("08", "57P")):
        text = text.strip().splitlines()[0] if text.strip() else "no answer"
        return StorageFailed(f"The database cannot be reached: {text}", hint=f"Is it running? {_AGAIN}")
    known = {
        "53100": ("The database's disk is full: nothing was changed.", "Free some space, then send again."),
        "53300": ("The database takes no more connections.", "Run fewer processes, or raise its max_connections."),
        "25006": ("The database is read only.", "Is it a standby, or was it set to read only?"),
        "55P03": ("The database is busy.", "Send again."),
    }
    if state in known:
        sentence, hint = known[state]
        return StorageFailed(sentence, hint=hint)
    return StorageFailed(f"The database could not do it: {text}", hint="Nothing was changed. Look at the server's log.")


def _of_file(text: str) -> StorageFailed:
    if "full" in text:
        return StorageFailed("The disk is full: nothing was changed.", hint="Free some space, then send again.")
    if "readonly" in text or "read-only" in text:
        return StorageFailed("The database is read only.", hint="Check the rights of the database file.")
    if "locked" in text:
        return StorageFailed("The database is busy.", hint="Send again; if it stays so, look for a second server.")
    if "malformed" in text or "not a database" in text:
        return StorageFailed("The database file is damaged.", hint="Restore the last backup; keep the damaged file.")
    return StorageFailed(f"The database could not do it: {text}", hint="Nothing was changed. Look at the server's log.")
