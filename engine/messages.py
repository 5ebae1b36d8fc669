# SPDX-License-Identifier: Apache-2.0
"""Messages between cases: thrown in one step, delivered in another, exactly once.

A thrown message is a row, written in the step that throws it. Delivery is a command of its own: in one transaction the
row is marked and the receiving case advances (or begins). Rule for receivers: a case that waits for name and key (the
one started first, if several); else every process that starts with that name; else, if some process could wait for it,
the message is kept until one does; else it is for the outside and only recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import definitions
from engine.store import instances as store
from engine.store.transaction import Tx
from engine.values import Json


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a message goes: to a waiting case (``token``, ``element``), or to a definition that it starts."""

    case_id: str
    kind: str
    inputs: Mapping[str, Json]
    definition: Mapping[str, Any] | None = None


def put(tx: Tx, name: str, key: str, payload: Json, source: str | None = None) -> str:
    """Put a message that comes from outside on its way; returns its id."""
    message_id = f"m.{tx.ids.new()}"
    values = {"id": message_id, "name": name, "key": key, "payload": payload, "state": "pending"}
    store.add_message(tx.connection, {**values, "source_id": source, "sent_at": tx.now})
    tx.to_deliver.append(message_id)
    return message_id


def route(tx: Tx, message: Any) -> list[Delivery]:
    """Who receives a pending message now. Marks it; empty when it is kept or for the outside."""
    told = {"message": message.name, "message_id": message.id, "key": message.key, "source": message.source_id}
    waiting = store.subscribers(tx.connection, message.name, message.key)
    if waiting:
        first = waiting[0]
        store.end_message(tx.connection, message.id, "delivered", first.instance_id, tx.now)
        inputs = {**told, "token": first.token, "element": first.element, "payload": message.payload}
        return [Delivery(first.instance_id, "message.received", inputs)]
    starting = definitions.started_by_message(tx, message.name)
    if starting:
        found = [
            Delivery(tx.ids.new(), "case.started", {**told, "data": message.payload or {}}, row) for row in starting
        ]
        store.end_message(tx.connection, message.id, "delivered", found[0].case_id, tx.now)
        return found
    state = "kept" if definitions.is_caught(tx, message.name) else "external"
    store.end_message(tx.connection, message.id, state, None, tx.now)
    return []
