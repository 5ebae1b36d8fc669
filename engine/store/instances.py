# SPDX-License-Identifier: Apache-2.0
"""Queries on cases, their timers, subscriptions and messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, literal, or_, select, tuple_, union, update

from engine.store.caselist import SLIM
from engine.store.prepared import Prepared
from engine.store.schema import definition, event, instance, message, start_timer, subscription, task, timer
from engine.store.types import Utc

# The statements of every step, made once: making one costs several times what running it does.
_ADD = Prepared(instance.insert())
_ONE = select(instance).where(instance.c.id == bindparam("own"))
_GET = Prepared(_ONE)
_LOCK = Prepared(_ONE.with_for_update())
_SUMMARY = Prepared(
    select(*SLIM, definition.c.name.label("process_name"))
    .join(
        definition,
        (definition.c.process_id == instance.c.process_id) & (definition.c.version == instance.c.version),
    )
    .where(instance.c.id == bindparam("own"))
)
_SAVE = Prepared(update(instance).where(instance.c.id == bindparam("own")))
# Written so that the database goes along the timers in order of time and stops at the first: a join of all timers with
# all cases would take the longer the more there are.
_OF_RUNNING = exists().where(instance.c.id == timer.c.instance_id, instance.c.state == "running")
_NEXT_DUE = select(timer.c.due_at).where(_OF_RUNNING).order_by(timer.c.due_at).limit(1)
_NEXT_START = select(func.min(start_timer.c.due_at))
_NEXT_EXPIRY = select(func.min(message.c.expires_at)).where(message.c.state == "kept")
_DUE_TIMERS = (
    select(timer.c.due_at, timer.c.instance_id, timer.c.token, timer.c.element)
    .where(timer.c.due_at <= bindparam("by"), _OF_RUNNING)
    .order_by(timer.c.due_at, timer.c.instance_id, timer.c.token, timer.c.element)
    .limit(bindparam("most"))
)
_TIMER = select(timer).where(
    timer.c.instance_id == bindparam("own"), timer.c.token == bindparam("at"), timer.c.element == bindparam("of")
)
_DROP_WAITS = {t: Prepared(delete(t).where(t.c.instance_id == bindparam("own"))) for t in (timer, subscription)}
_ADD_WAITS = {t: Prepared(t.insert()) for t in (timer, subscription)}
_SUBSCRIPTIONS = select(subscription).where(subscription.c.instance_id == bindparam("own"))
_SUBSCRIBERS = (
    select(subscription)
    .join(instance, instance.c.id == subscription.c.instance_id)
    .where(subscription.c.message == bindparam("name"), subscription.c.key == bindparam("with_key"))
    .where(instance.c.state == "running", subscription.c.kind == "message")
    .order_by(instance.c.started_at, subscription.c.instance_id)
)
_HELD = (
    select(subscription.c.element)
    .join(instance, instance.c.id == subscription.c.instance_id)
    .where(subscription.c.message == bindparam("name"), subscription.c.key == bindparam("with_key"))
    .where(instance.c.state == "failed", subscription.c.kind == "message")
    .limit(1)
)
_ADD_MESSAGE = Prepared(message.insert())
_END_MESSAGE = Prepared(update(message).where(message.c.id == bindparam("own")))
_MESSAGE = select(message).where(message.c.id == bindparam("own")).with_for_update()
_MESSAGE_READ = select(message).where(message.c.id == bindparam("own"))
_LOCK_CORRELATION = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("of"), 0)))
_KEPT = (
    select(message)
    .where(message.c.state == "kept", message.c.kind == "message")
    .where(message.c.name == bindparam("name"), message.c.key == bindparam("with_key"))
    .order_by(message.c.sent_at, message.c.id)
)
_OLDEST_KEPT = _KEPT.limit(1)


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    _ADD.run(connection, values)


def lock(connection: Connection, instance_id: str) -> Mapping[str, Any] | None:
    """The case's row, locked until the transaction ends (SQLite: the transaction itself is the lock)."""
    return _LOCK.first(connection, {"own": instance_id})


def get(connection: Connection, instance_id: str) -> Mapping[str, Any] | None:
    return _GET.first(connection, {"own": instance_id})


def summary(connection: Connection, instance_id: str) -> Mapping[str, Any] | None:
    """The case's row without the two large columns, with the name of its process."""
    return _SUMMARY.first(connection, {"own": instance_id})


def save(connection: Connection, instance_id: str, values: Mapping[str, Any]) -> None:
    _SAVE.run(connection, {**values, "own": instance_id})


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(instance)) or 0


def ids_after(connection: Connection, last: tuple[datetime, str] | None, limit: int) -> list[tuple[datetime, str]]:
    """(start, id) of the next cases after ``last``, the oldest first."""
    order = (instance.c.started_at, instance.c.id)
    query = select(*order).order_by(*order).limit(limit)
    if last is not None:
        query = query.where(tuple_(*order) > tuple_(literal(last[0], Utc), literal(last[1])))
    return [(row[0], row[1]) for row in connection.execute(query)]


def related(connection: Connection, instance_id: str) -> list[Mapping[str, Any]]:
    """Cases that this one started or was started by, or exchanged messages with."""
    query = select(*SLIM).where(instance.c.id.in_(union(*_spoken_with(instance_id))), instance.c.id != instance_id)
    return [row._asdict() for row in connection.execute(query.order_by(instance.c.started_at))]


def partners(connection: Connection, instance_id: str) -> list[tuple[str, str]]:
    """(id, digest) of the running cases that began by a message of this one or the other way round, or exchanged one."""
    begun_by = select(instance.c.parent_id).where(instance.c.id == instance_id, instance.c.parent_id.is_not(None))
    begun = select(instance.c.id).where(instance.c.parent_id == instance_id)
    rows = connection.execute(
        select(instance.c.id, instance.c.digest)
        .where(
            instance.c.id.in_(union(*_spoken_with(instance_id), begun_by, begun)),
            instance.c.id != instance_id,
            instance.c.state.in_(("running", "failed")),
        )
        .order_by(instance.c.started_at, instance.c.id)
    )
    return [(row.id, row.digest) for row in rows]


def _spoken_with(instance_id: str) -> tuple[Select[Any], Select[Any]]:
    """Receivers and senders of a case's messages; in one union, since PostgreSQL asks every case whether it is in one or
    in the other."""
    sent = select(message.c.target_id).where(message.c.source_id == instance_id, message.c.target_id.is_not(None))
    got = select(message.c.source_id).where(message.c.target_id == instance_id, message.c.source_id.is_not(None))
    return sent, got


def takes_part(connection: Connection, instance_id: str, person_id: str, roles: Iterable[str]) -> bool:
    acted = select(event.c.seq).where(event.c.instance_id == instance_id, event.c.actor == person_id).limit(1)
    if connection.execute(acted).first():
        return True
    offered = (
        select(task.c.id)
        .where(task.c.instance_id == instance_id)
        .where(or_(task.c.assignee == person_id, task.c.claimed_by == person_id, task.c.role.in_(list(roles))))
        .limit(1)
    )
    return connection.execute(offered).first() is not None


# --- timers and subscriptions --------------------------------------------------------------------------------------


def replace_waits(
    connection: Connection,
    instance_id: str,
    timers: Sequence[Mapping[str, Any]],
    subscriptions: Sequence[Mapping[str, Any]],
) -> None:
    """Make the rows of a case's timers and subscriptions what ``timers`` and ``subscriptions`` say."""
    for table, wanted in ((timer, timers), (subscription, subscriptions)):
        _DROP_WAITS[table].run(connection, {"own": instance_id})
        _ADD_WAITS[table].run_many(connection, [{"instance_id": instance_id, **w} for w in wanted])


def timers(connection: Connection, instance_id: str | None = None, limit: int | None = None) -> list[Any]:
    """Timers of running cases in order of their due time; the first ``limit`` of them."""
    title = select(instance.c.title).where(instance.c.id == timer.c.instance_id).scalar_subquery()
    query = select(timer, title.label("case_title")).where(_OF_RUNNING)
    if instance_id:
        query = query.where(timer.c.instance_id == instance_id)
    order = (timer.c.due_at, timer.c.instance_id, timer.c.element)
    return list(connection.execute(query.order_by(*order).limit(limit)))


def due_timers(connection: Connection, due_by: datetime, most: int) -> list[Any]:
    """(due time, case, token, element) of timers of running cases that are due, the earliest first."""
    return list(connection.execute(_DUE_TIMERS, {"by": due_by, "most": most}))


def timer_of(connection: Connection, instance_id: str, token: str, element: str) -> Any:
    return connection.execute(_TIMER, {"own": instance_id, "at": token, "of": element}).first()


def timers_of(connection: Connection, instance_id: str) -> list[Any]:
    """The timers of a case, whatever its state."""
    return list(connection.execute(select(timer).where(timer.c.instance_id == instance_id)))


def replace_start_timers(connection: Connection, process_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make a process's start timers, but for those of records, what ``rows`` says; they know when they fired last."""
    own = (start_timer.c.process_id == process_id) & (start_timer.c.record_id == "")
    fired = {r.element: {"last_due": r.last_due, "last_case": r.last_case}
             for r in connection.execute(select(start_timer).where(own))}  # fmt: skip
    never = {"last_due": None, "last_case": None}
    connection.execute(delete(start_timer).where(own))
    if rows:
        told = [{"process_id": process_id, **row, **fired.get(row["element"], never)} for row in rows]
        connection.execute(start_timer.insert(), told)


def own_start_timers(connection: Connection, process_id: str) -> dict[str, Any]:
    """Start event -> its timer, but for those of records."""
    own = (start_timer.c.process_id == process_id) & (start_timer.c.record_id == "")
    return {row.element: row for row in connection.execute(select(start_timer).where(own))}


def start_timers(
    connection: Connection, due_by: datetime, process_id: str | None = None, most: int | None = None
) -> list[Any]:
    """Start events that wait for a time up to then, in order of their due time (the first ``most``)."""
    query = select(start_timer).where(start_timer.c.due_at <= due_by)
    if process_id is not None:
        query = query.where(start_timer.c.process_id == process_id)
    order = (start_timer.c.due_at, start_timer.c.process_id, start_timer.c.element, start_timer.c.record_id)
    return list(connection.execute(query.order_by(*order).limit(most)))


def lock_start_timer(connection: Connection, process_id: str, element: str, record_id: str) -> Any:
    return connection.execute(
        select(start_timer).where(_start(process_id, element, record_id)).with_for_update()
    ).first()


def move_start_timer(connection: Connection, row: Any, due_at: datetime | None, fired: datetime, case: str) -> None:
    """A start timer has fired for a time, and its next due time; None when there is none (a record's stays, as done)."""
    here = _start(row.process_id, row.element, row.record_id)
    if due_at is None and not row.record_id:
        connection.execute(delete(start_timer).where(here))
    else:
        changed = {"due_at": due_at, "last_due": fired, "last_case": case}
        connection.execute(update(start_timer).where(here).values(changed))


def _start(process_id: str, element: str, record_id: str) -> Any:
    own = (start_timer.c.process_id == process_id) & (start_timer.c.element == element)
    return own & (start_timer.c.record_id == record_id)


def next_due(connection: Connection, after: datetime | None = None) -> datetime | None:
    """When the next timer of a running case or start timer is due, or a kept message expires (``after``: later)."""
    of_cases, of_starts, of_messages = _NEXT_DUE, _NEXT_START, _NEXT_EXPIRY
    if after is not None:
        of_cases, of_starts = of_cases.where(timer.c.due_at > after), of_starts.where(start_timer.c.due_at > after)
        of_messages = of_messages.where(message.c.expires_at > after)
    found: list[datetime | None] = [connection.scalar(of) for of in (of_cases, of_starts, of_messages)]
    return min((d for d in found if d is not None), default=None)


def subscriptions(connection: Connection, instance_id: str) -> list[Any]:
    return list(connection.execute(_SUBSCRIPTIONS, {"own": instance_id}))


def subscribers(connection: Connection, name: str, key: str) -> list[Any]:
    """Running cases that wait for a message, the one that has waited longest (smallest start) first."""
    return list(connection.execute(_SUBSCRIBERS, {"name": name, "with_key": key}))


def held_waits(connection: Connection, name: str, key: str) -> bool:
    """Whether a case that is held would wait for such a message."""
    return connection.scalar(_HELD, {"name": name, "with_key": key}) is not None


def listeners(connection: Connection, name: str) -> list[Any]:
    """All that wait for a signal in running cases, in the order in which the cases were started."""
    return list(
        connection.execute(
            select(subscription)
            .join(instance, instance.c.id == subscription.c.instance_id)
            .where(subscription.c.kind == "signal", subscription.c.message == name, instance.c.state == "running")
            .order_by(instance.c.started_at, subscription.c.instance_id, subscription.c.element)
        )
    )


# --- messages ------------------------------------------------------------------------------------------------------


def add_message(connection: Connection, values: Mapping[str, Any]) -> None:
    _ADD_MESSAGE.run(connection, values)


def end_message(connection: Connection, message_id: str, state: str, target_id: str | None, now: datetime) -> None:
    ended = {"state": state, "target_id": target_id, "ended_at": now}
    _END_MESSAGE.run(connection, {**ended, "own": message_id})


def undecided_messages(connection: Connection, name: str | None) -> list[Any]:
    """Kept messages without a key, oldest first; of one name, or of all for which somebody waits."""
    query = select(message).where(message.c.state == "kept", message.c.kind == "message", message.c.key == "")
    if name is not None:
        query = query.where(message.c.name == name)
    else:
        waited = select(subscription.c.message).where(subscription.c.kind == "message", subscription.c.key == "")
        query = query.where(message.c.name.in_(waited))
    return list(connection.execute(query.order_by(message.c.sent_at, message.c.id)))


def keep_message(connection: Connection, message_id: str, now: datetime, expires_at: datetime) -> None:
    """Nobody waits for a message yet; it is kept until somebody does, or until ``expires_at``."""
    connection.execute(
        update(message)
        .where(message.c.id == message_id)
        .values(state="kept", target_id=None, ended_at=now, expires_at=expires_at)
    )


def expired_messages(connection: Connection, by: datetime) -> list[str]:
    """Ids of kept messages whose time is over, the first first."""
    query = select(message.c.id).where(message.c.state == "kept", message.c.expires_at <= by)
    return list(connection.scalars(query.order_by(message.c.expires_at, message.c.id)))


def messages(connection: Connection, states: Sequence[str], limit: int) -> list[Any]:
    """Messages in such states, the newest first."""
    query = select(message).where(message.c.state.in_(states), message.c.kind == "message")
    return list(connection.execute(query.order_by(message.c.sent_at.desc(), message.c.id).limit(limit)))


def pending_messages(connection: Connection) -> list[Any]:
    return list(
        connection.execute(
            select(message).where(message.c.state == "pending").order_by(message.c.sent_at, message.c.id)
        )
    )


def message_by_id(connection: Connection, message_id: str, *, lock: bool = False) -> Any:
    """``lock``: nobody else delivers it until the transaction ends."""
    return connection.execute(_MESSAGE if lock else _MESSAGE_READ, {"own": message_id}).first()


def lock_correlation(connection: Connection, name: str, key: str) -> None:
    """Until the transaction ends nobody else looks for, or begins to be, a receiver of such messages.

    Without it a message could be kept in the same moment in which a case finds none and waits. SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_CORRELATION, {"of": f"message|{name}|{key}"})


def kept_messages(connection: Connection, name: str, key: str) -> list[Any]:
    """The messages that a case that begins to wait may get, oldest first: the oldest one.

    Without a key all of them: which one is meant for that case depends on who sent it.
    """
    return list(connection.execute(_OLDEST_KEPT if key else _KEPT, {"name": name, "with_key": key}))
