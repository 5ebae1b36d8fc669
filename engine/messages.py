# SPDX-License-Identifier: Apache-2.0
"""Messages between cases: thrown in one step, delivered in another, exactly once.

A thrown message is a row, written in the step that throws it. Delivery is a command of its own: in one transaction the
row is marked and the receiving case advances (or begins). Rule for receivers: a case that waits for name and key (see
`engine.correlation`); else every process that starts with that name; else, if some process could wait for it, the
message is kept until one does, or until its time to live is over; else it is for the outside and only recorded. A time
to live of nothing (P0D) says that it is for whoever waits now. A case that is held waits too: what is meant for it is
kept, however long it takes until somebody retries it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import definitions
from engine.bpmn.correlations import key_of
from engine.correlation import receiver
from engine.iso8601 import parse_duration
from engine.scripts import Context
from engine.store import instances as store
from engine.store.transaction import Sent, Tx
from engine.values import Json, Message

#: How much longer a message is kept, again and again, while the case that waits for it is held.
HELD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message goes: to a waiting case (``token``, ``element``), or to a definition that it starts."""

    case_id: str
    kind: str
    inputs: Mapping[str, Json]
    definition: Mapping[str, Any] | None = None


def put(
    tx: Tx,
    name: str,
    key: str,
    payload: Json,
    source: str | None = None,
    message_id: str | None = None,
    time_to_live: str = "",
) -> str:
    """Put a message on its way; returns its id. One from outside has no ``source`` and gets an id of its own.

    ``time_to_live``: an ISO 8601 duration, how long it is kept while nobody waits for it; the engine's if empty.
    """
    own = message_id or f"m.{tx.ids.new()}"
    _add(tx, own, "message", name, key, payload, source, None, time_to_live)
    return own


def broadcast(tx: Tx, signal_id: str, name: str, payload: Json, source: str | None = None) -> int:
    """Send a signal to everything that waits for it now, but for the case that threw it; returns to how many.

    Each receiver has a row of its own: what begins to wait later does not get it (BPMN 2.0, 10.5.5).
    """
    waiting = [w for w in store.listeners(tx.connection, name) if w.instance_id != source]
    for number, wait in enumerate(waiting, 1):
        _add(
            tx,
            f"{signal_id}.{number}",
            "signal",
            name,
            f"{wait.token}|{wait.element}",
            payload,
            source,
            wait.instance_id,
        )
    starting = definitions.started_by_signal(tx, name)
    for number, (process_id, element) in enumerate(starting, len(waiting) + 1):
        _add(tx, f"{signal_id}.{number}", "signal", name, f"{process_id}|{element}", payload, source, None)
    return len(waiting) + len(starting)


def _add(
    tx: Tx,
    own: str,
    kind: str,
    name: str,
    key: str,
    payload: Json,
    source: str | None,
    target: str | None,
    time_to_live: str = "",
) -> None:
    values = {"id": own, "kind": kind, "name": name, "key": key, "payload": payload, "state": "pending"}
    values |= {"source_id": source, "target_id": target, "sent_at": tx.now, "time_to_live": time_to_live}
    store.add_message(tx.connection, values)
    tx.to_deliver.append(Sent(own, _order(kind, name, key, source, target)))


def _order(kind: str, name: str, key: str, source: str | None, target: str | None) -> str:
    """What a case throws is delivered in the order it threw it; what comes from outside, in order per name and key."""
    if kind == "signal":
        return f"to:{target}" if target else f"start:{key}"
    return f"from:{source}" if source else f"message:{name}|{key}"


def again(tx: Tx, row: Any) -> None:
    """Put a message that was kept, or whose delivery was lost, on its way."""
    if row.state != "pending":
        store.end_message(tx.connection, row.id, "pending", None, tx.now)
    tx.to_deliver.append(Sent(row.id, _order(row.kind, row.name, row.key, row.source_id, row.target_id)))


def reconsider(tx: Tx, name: str | None = None) -> None:
    """One case less waits: what was kept without a key because several did may be meant for one only now.

    ``name``: the message that it waited for; any, if it is not known.
    """
    for row in store.undecided_messages(tx.connection, name):
        again(tx, row)


def route(tx: Tx, message: Any, time_to_live: str) -> list[Delivery]:
    """Who receives a pending message or signal now. Marks it; empty when it is kept or for the outside.

    ``time_to_live``: of messages that have none of their own.
    """
    return _route_signal(tx, message) if message.kind == "signal" else _route_message(tx, message, time_to_live)


def _route_message(tx: Tx, message: Any, time_to_live: str) -> list[Delivery]:
    told = {"message": message.name, "message_id": message.id, "key": message.key, "source": message.source_id}
    store.lock_correlation(tx.connection, message.name, message.key)
    waiting = store.subscribers(tx.connection, message.name, message.key)
    partners = _partners(tx, message) if waiting and not message.key else set()
    first = receiver(message.key, waiting, lambda wait: wait.instance_id, partners)
    if first is not None:
        store.end_message(tx.connection, message.id, "delivered", first.instance_id, tx.now)
        if not message.key:
            reconsider(tx, message.name)
        inputs = {**told, "token": first.token, "element": first.element, "payload": message.payload}
        return [Delivery(first.instance_id, "message.received", inputs)]
    starting = definitions.started_by_message(tx, message.name)
    if starting:
        found = [Delivery(tx.ids.new(), "case.started", {**told, "data": message.payload}, row) for row in starting]
        store.end_message(tx.connection, message.id, "delivered", found[0].case_id, tx.now)
        return found
    if definitions.is_caught(tx, message.name):
        until = parse_duration(message.time_to_live or time_to_live).add_to(message.sent_at, UTC)
        if until > message.sent_at or store.held_waits(tx.connection, message.name, message.key):
            _keep(tx, message.id, tx.now, until)
            return []
    store.end_message(tx.connection, message.id, "external", None, tx.now)
    return []


def _keep(tx: Tx, message_id: str, since: datetime, until: datetime) -> None:
    store.keep_message(tx.connection, message_id, since, until)
    tx.expiring.append(until)


def expire(tx: Tx, message: Any) -> dict[str, Json] | None:
    """A kept message's time is over; what its event says, or None if it is kept no longer or not over yet."""
    if message is None or message.state != "kept" or message.expires_at is None or message.expires_at > tx.now:
        return None
    if store.held_waits(tx.connection, message.name, message.key):
        _keep(tx, message.id, message.ended_at, tx.now + HELD)
        return None
    store.end_message(tx.connection, message.id, "expired", None, tx.now)
    moments = {"sent_at": message.sent_at.isoformat(), "expires_at": message.expires_at.isoformat()}
    return {"name": message.name, "key": message.key, "message_id": message.id, **moments}


def as_value(row: Any) -> Message:
    return Message(
        id=row.id,
        name=row.name,
        key=row.key,
        payload=row.payload,
        state=row.state,
        source_id=row.source_id,
        target_id=row.target_id,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        expires_at=row.expires_at,
    )


def _partners(tx: Tx, message: Any) -> set[str]:
    """The running cases that the sender is in conversation with and that could wait for such a message."""
    if message.source_id is None:
        return set()
    found = store.partners(tx.connection, message.source_id)
    return {i for i, digest in found if message.name in definitions.by_digest(tx, digest)["about"]["catches"]}


def key_in(tx: Tx, name: str, payload: Json) -> str:
    """The key that a message from outside has in its payload, if a diagram says where; else the empty text."""
    paths = definitions.correlated_by(tx, name)
    return key_of(paths, payload, Context(now=tx.now, case_id="")) if paths else ""


def is_ambiguous(tx: Tx, name: str, key: str) -> bool:
    """Whether a message from outside could be meant for several cases that wait."""
    return not key and len({w.instance_id for w in store.subscribers(tx.connection, name, key)}) > 1


def _route_signal(tx: Tx, signal: Any) -> list[Delivery]:
    told = {"signal": signal.name, "message_id": signal.id, "source": signal.source_id}
    where, _, element = signal.key.partition("|")
    if signal.target_id is None:
        case_id = tx.ids.new()
        store.end_message(tx.connection, signal.id, "delivered", case_id, tx.now)
        inputs = {**told, "start": element, "data": signal.payload}
        return [Delivery(case_id, "case.started", inputs, definitions.find(tx, where))]
    waiting = store.subscriptions(tx.connection, signal.target_id)
    still = any((w.token, w.element, w.message) == (where, element, signal.name) for w in waiting)
    store.end_message(tx.connection, signal.id, "delivered" if still else "external", signal.target_id, tx.now)
    inputs = {**told, "token": where, "element": element, "payload": signal.payload}
    return [Delivery(signal.target_id, "signal.received", inputs)] if still else []
