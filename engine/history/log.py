# SPDX-License-Identifier: Apache-2.0
"""Appends events to a stream's hash chain, and checks chains.

A stream is a case (its id), a definition (``definition/<process id>``), a record edited by hand
(``record/<register>/<id>``), a calendar (``calendar/<name>``), a setting (``setting/<name>``), ``verifications`` or
``people``. Each event's hash is SHA-256 over its canonical encoding, which holds the hash before it; the first holds 64
zeros. Nothing here changes or deletes an event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.store import events as store
from engine.store.transaction import Tx
from engine.values import Actor, Event, Json

GENESIS = "0" * 64


def canonical(value: Json) -> bytes:
    """The one encoding of a JSON value: keys sorted, no blanks, UTF-8 (like RFC 8785; floats as orjson writes them)."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: Json) -> str:
    """SHA-256 in hex over the canonical encoding."""
    return hashlib.sha256(canonical(value)).hexdigest()


def append(
    tx: Tx,
    stream: str,
    actor: Actor,
    kind: str,
    payload: Mapping[str, Json],
    *,
    head: tuple[int, str] | None = None,
) -> tuple[int, str]:
    """Add an event and return (seq, hash). ``head`` is the stream's last (seq, hash) if the caller knows it."""
    if head is None:
        store.lock_stream(tx.connection, stream)
        head = store.head(tx.connection, stream)
    seq, prev = head
    body = _body(
        stream, seq + 1, tx.now.isoformat(), actor.person_id, actor.on_behalf_of, kind, payload, prev or GENESIS
    )
    own = digest(body)
    store.append(
        tx.connection,
        {
            "instance_id": stream,
            "seq": seq + 1,
            "at": tx.now,
            "actor": actor.person_id,
            "on_behalf_of": actor.on_behalf_of,
            "kind": kind,
            "payload": dict(payload),
            "prev_hash": prev or GENESIS,
            "hash": own,
        },
    )
    return seq + 1, own


def read(tx: Tx, stream: str) -> tuple[Event, ...]:
    return tuple(_event(row) for row in store.of(tx.connection, stream))


def last(tx: Tx, stream: str) -> Event | None:
    """The last event of a stream."""
    row = store.last(tx.connection, stream)
    return _event(row) if row else None


def first_break(events: Iterable[Event]) -> tuple[int, str] | None:
    """The first event at which the chain is not whole, with the reason; None when it is."""
    prev, expected = GENESIS, 1
    for event in events:
        if event.seq != expected:
            return event.seq, f"event {expected} is missing"
        if event.prev_hash != prev:
            return event.seq, "it does not follow from the event before it"
        if event.hash != event_hash(event):
            return event.seq, "its content was changed after it was written"
        prev, expected = event.hash, expected + 1
    return None


def event_hash(event: Event) -> str:
    """What the event's hash must be."""
    return hashlib.sha256(content(event)).hexdigest()


def content(event: Event) -> bytes:
    """The bytes whose SHA-256 is the event's hash."""
    return canonical(
        _body(
            event.case_id,
            event.seq,
            event.at.isoformat(),
            event.actor,
            event.on_behalf_of,
            event.kind,
            event.payload,
            event.prev_hash,
        )
    )


def _body(
    stream: str, seq: int, at: str, actor: str, behalf: str | None, kind: str, payload: Mapping[str, Json], prev: str
) -> dict[str, Json]:
    return {
        "stream": stream,
        "seq": seq,
        "at": at,
        "actor": actor,
        "on_behalf_of": behalf,
        "kind": kind,
        "payload": dict(payload),
        "prev": prev,
    }


def _event(row: Any) -> Event:
    return Event(
        case_id=row.instance_id,
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        kind=row.kind,
        payload=row.payload,
        prev_hash=row.prev_hash,
        hash=row.hash,
    )
