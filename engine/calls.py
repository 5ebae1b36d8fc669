# SPDX-License-Identifier: Apache-2.0
"""Calls of services: asked for in a step, made outside of it, answered by a step of their own.

A call is a row written with the step that asks for it. It carries a key that stays the same over all retries, so that
the receiver can tell a repetition. After the last retry it is failed: an error boundary event may catch that, else it
stands on the case with its cause until somebody retries it or skips it with a reason.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from engine.bpmn import Outcome
from engine.store import calls as store
from engine.store.transaction import Armed, Tx
from engine.values import Call

MAX_BACKOFF = timedelta(hours=1)


def sync(tx: Tx, case_id: str, outcome: Outcome) -> None:
    """Make the case's rows what the outcome waits for."""
    wanted = {(c.token, c.element): c for c in outcome.calls}
    if not wanted and not outcome.called_before:
        return
    there = {(r.token, r.element) for r in store.of_case(tx.connection, case_id)}
    for token, element in there - set(wanted):
        store.drop(tx.connection, case_id, token, element)
    new = [_row(tx, case_id, wanted[where]) for where in wanted if where not in there]
    store.add(tx.connection, new)
    tx.called.extend(Armed(row["next_at"], call_id(case_id, row["token"], row["element"])) for row in new)


def _row(tx: Tx, case_id: str, call: Any) -> dict[str, Any]:
    return {
        "instance_id": case_id,
        "token": call.token,
        "element": call.element,
        "name": call.name,
        "operator": call.operator,
        "parameters": dict(call.parameters),
        "key": call.key,
        "state": "pending",
        "attempts": 0,
        "retries": call.retries,
        "backoff": call.backoff,
        "next_at": tx.now,
        "error": "",
    }


def drop(tx: Tx, case_id: str) -> None:
    """The case has ended: nothing is called any more."""
    store.drop(tx.connection, case_id)


def take(tx: Tx, row: Any, lease: timedelta) -> bool:
    """Begin an attempt; false when somebody else has it or it is gone.

    ``lease``: after that time it counts as lost (the process that made it is gone) and is made again.
    """
    now = store.get(tx.connection, row.instance_id, row.token, row.element)
    if now is None or now.state == "failed" or now.next_at != row.next_at:
        return False
    values = {"state": "running", "attempts": now.attempts + 1, "next_at": tx.now + lease}
    store.save(tx.connection, row.instance_id, row.token, row.element, values)
    return True


def give_back(tx: Tx, row: Any, error: str, *, final: bool) -> bool:
    """An attempt failed: try again later, or never; true when that was the last."""
    now = store.get(tx.connection, row.instance_id, row.token, row.element)
    if now is None:
        return False
    last = final or now.attempts > now.retries
    again = tx.now + pause(now.attempts, now.backoff, now.key)
    values = {"state": "failed" if last else "pending", "error": error, "next_at": again}
    if not last:
        tx.called.append(Armed(again, call_id(row.instance_id, row.token, row.element)))
    store.save(tx.connection, row.instance_id, row.token, row.element, values)
    return last


def pause(attempts: int, backoff: int, key: str) -> timedelta:
    """How long to wait after the n-th attempt: doubling, and up to a tenth more so that many do not come at once.

    The more comes from the call's key, not from chance.
    """
    seconds = min(backoff * 2 ** max(attempts - 1, 0), MAX_BACKOFF.total_seconds())
    spread = hashlib.sha256(f"{key}.{attempts}".encode()).digest()[0] / 255
    return timedelta(seconds=seconds * (1 + spread / 10))


def call_id(case_id: str, token: str, element: str) -> str:
    return f"{case_id}.{token}.{element}"


def parts(call_id: str) -> tuple[str, str, str]:
    """(case, token, element) of a call's id; empty texts for what is missing."""
    case_id, token, element = [*call_id.split(".", 2), "", ""][:3]
    return case_id, token, element


def as_value(row: Any) -> Call:
    return Call(
        id=call_id(row.instance_id, row.token, row.element),
        case_id=row.instance_id,
        element=row.element,
        name=row.name,
        operator=row.operator,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at,
        error=row.error,
        retries=row.retries,
        key=row.key,
        case_title=getattr(row, "case_title", ""),
        business_key=getattr(row, "business_key", ""),
    )
