# SPDX-License-Identifier: Apache-2.0
"""Queries on the log of sealed heads. Rows are added and read, never changed.

Changed streams are found without any help from the steps: SQLite numbers the rows of the event table in the order of
their commits anyway; on PostgreSQL a BRIN index on the events' moments, which costs inserts next to nothing, leads to
the last minutes (with a margin, since transactions may commit out of order).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, bindparam, func, literal_column, select, text

from engine.store.schema import event, seal_leaf, seal_node, tree_head

#: Transactions on PostgreSQL that take longer are only found when the stream changes again or by a whole comparison.
MARGIN = timedelta(minutes=10)

_NODE = select(seal_node.c.hash).where(
    seal_node.c.level == bindparam("of_level"), seal_node.c.number == bindparam("at_number")
)
_HEADS = select(tree_head).where(tree_head.c.size > bindparam("above")).order_by(tree_head.c.size)
_LAST_HEAD = select(tree_head).order_by(tree_head.c.size.desc()).limit(1)
_LAST_LEAF = (
    select(seal_leaf)
    .where(seal_leaf.c.stream == bindparam("of_stream"), seal_leaf.c.number < bindparam("below"))
    .order_by(seal_leaf.c.seq.desc())
    .limit(1)
)
_COVERING = (
    select(seal_leaf)
    .where(seal_leaf.c.stream == bindparam("of_stream"), seal_leaf.c.seq >= bindparam("from_seq"))
    .order_by(seal_leaf.c.seq)
    .limit(1)
)
_OF_STREAM = select(seal_leaf).where(seal_leaf.c.stream == bindparam("of_stream")).order_by(seal_leaf.c.seq)
_ALL = (
    select(seal_leaf, event.c.hash.label("now"))
    .outerjoin(event, and_(event.c.instance_id == seal_leaf.c.stream, event.c.seq == seal_leaf.c.seq))
    .order_by(seal_leaf.c.number)
)
_ROW: ColumnElement[int] = literal_column("event.rowid")


def _unsealed(fresh: Select[Any]) -> Select[Any]:
    """Of the heads (stream, seq) those that are not sealed, with what was sealed of their streams."""
    found, head, sealed, now = fresh.cte("fresh"), event.alias("head"), seal_leaf.alias("sealed"), event.alias("now")
    last = select(func.max(seal_leaf.c.seq)).where(seal_leaf.c.stream == found.c.stream).scalar_subquery()
    return (
        select(found.c.stream, found.c.seq, head.c.hash, sealed.c.hash.label("sealed"), now.c.hash.label("now"))
        .join(head, and_(head.c.instance_id == found.c.stream, head.c.seq == found.c.seq))
        .outerjoin(sealed, and_(sealed.c.stream == found.c.stream, sealed.c.seq == last))
        .outerjoin(now, and_(now.c.instance_id == found.c.stream, now.c.seq == sealed.c.seq))
        .where(sealed.c.seq.is_(None) | (sealed.c.seq < found.c.seq))
        .order_by(head.c.at, found.c.stream)
    )


_NEWEST = select(event.c.instance_id.label("stream"), func.max(event.c.seq).label("seq"))
_CHANGED_OF_ALL = _unsealed(_NEWEST.group_by(event.c.instance_id))
_CHANGED_LATELY = _unsealed(_NEWEST.where(event.c.at >= bindparam("seen")).group_by(event.c.instance_id))
# The plus sign keeps SQLite from walking the whole index by stream instead of the new rows.
_CHANGED_ROWS = _unsealed(
    _NEWEST.where(bindparam("seen", type_=Integer) < _ROW).group_by(literal_column("+event.instance_id"))
)
_LAST_ROW = select(func.max(_ROW)).select_from(event)


def lock(connection: Connection) -> None:
    """Let nobody else seal until the transaction ends (SQLite: the transaction itself is the lock)."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("LOCK TABLE tree_head IN SHARE ROW EXCLUSIVE MODE"))


def changed(connection: Connection, seen: int | None) -> list[Any]:
    """Streams with events that are not sealed yet: stream, seq, hash of their heads, in order of time.

    Also what was ``sealed`` of each last (a hash) and the hash of that event ``now``; both None if nothing was.
    ``seen``: where to look from (see `seen_now`); None looks at everything.
    """
    if seen is None:
        return list(connection.execute(_CHANGED_OF_ALL))
    if connection.dialect.name == "sqlite":
        return list(connection.execute(_CHANGED_ROWS, {"seen": seen}))
    return list(connection.execute(_CHANGED_LATELY, {"seen": _moment(seen) - MARGIN}))


def seen_now(connection: Connection, now: datetime) -> int:
    """The place up to which the event table is read by a transaction that begins ``now``."""
    if connection.dialect.name == "sqlite":
        return connection.scalar(_LAST_ROW) or 0
    return _micros(now)


def pending(connection: Connection, seen: int) -> int:
    """About how many events came after ``seen``."""
    if connection.dialect.name == "sqlite":
        return max((connection.scalar(_LAST_ROW) or 0) - seen, 0)
    return connection.scalar(select(func.count()).where(event.c.at > _moment(seen))) or 0


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC)


def add_leaves(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(seal_leaf.insert(), list(rows))


def add_nodes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(seal_node.insert(), list(rows))


def add_head(connection: Connection, row: Mapping[str, Any]) -> None:
    connection.execute(tree_head.insert(), dict(row))


def node(connection: Connection, level: int, number: int) -> bytes | None:
    return connection.scalar(_NODE, {"of_level": level, "at_number": number})


def heads(connection: Connection, above: int = 0) -> list[Any]:
    """Signed heads of more than ``above`` leaves, the smallest first."""
    return list(connection.execute(_HEADS, {"above": above}))


def last_head(connection: Connection) -> Any:
    return connection.execute(_LAST_HEAD).first()


def head_over(connection: Connection, number: int) -> Any:
    """The first head whose tree holds the leaf ``number``."""
    return connection.execute(_HEADS.limit(1), {"above": number}).first()


def last_leaf(connection: Connection, stream: str, below: int) -> Any:
    """The newest leaf of a stream in the tree of ``below`` leaves."""
    return connection.execute(_LAST_LEAF, {"of_stream": stream, "below": below}).first()


def covering(connection: Connection, stream: str, seq: int) -> Any:
    """The first leaf by which the event ``seq`` is sealed."""
    return connection.execute(_COVERING, {"of_stream": stream, "from_seq": seq}).first()


def of_stream(connection: Connection, stream: str) -> list[Any]:
    return list(connection.execute(_OF_STREAM, {"of_stream": stream}))


def all_leaves(connection: Connection) -> Iterator[Any]:
    """Every leaf in order, with the hash that its event has ``now`` (None: it is gone)."""
    yield from connection.execution_options(yield_per=1_000).execute(_ALL)


def all_nodes(connection: Connection) -> Iterator[Any]:
    yield from connection.execution_options(yield_per=1_000).execute(select(seal_node))


def streams(connection: Connection) -> list[str]:
    """Every stream that has events."""
    return list(connection.scalars(select(event.c.instance_id).distinct().order_by(event.c.instance_id)))
