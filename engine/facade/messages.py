# SPDX-License-Identifier: Apache-2.0
"""Messages from outside, and the delivery of those that cases throw."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from engine import cases, messages
from engine.errors import StepFailed
from engine.facade.core import Core
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Case,
    Json,
)

logger = logging.getLogger(__name__)
#: A message may start a case that throws one, and so on; more than this in one go is a circle between processes.
DELIVERY_LIMIT = 1_000


class MessagesFacade(Core):
    def correlate(
        self, actor: Actor, message: str, key_value: Json, payload: Json = None, key: str | None = None
    ) -> tuple[Case, ...]:
        """Bring in a message from outside; returns the cases that it reached now.

        ``key_value``: the correlation key; None for a message that starts a case.
        """
        sent: list[str] = []
        key_value = "" if key_value is None else str(key_value)

        def do(tx: Tx) -> str:
            sent.append(messages.put(tx, message, key_value, payload))
            return sent[0]

        message_id = self._command(
            actor, key, "correlate", {"message": message, "key": key_value, "payload": payload}, do
        )
        with self.read() as tx:
            row = instance_store.message_by_id(tx.connection, message_id)
            return (self._case_value(tx, row.target_id),) if row is not None and row.target_id else ()

    def signal(self, actor: Actor, name: str, payload: Json = None, key: str | None = None) -> int:
        """Send a signal to everything that waits for it now; returns to how many."""

        def do(tx: Tx) -> str:
            return str(messages.broadcast(tx, f"s.{tx.ids.new()}", name, payload))

        return int(self._command(actor, key, "signal", {"signal": name, "payload": payload}, do))

    def _deliver(self, message_ids: Iterable[str]) -> None:
        """Deliver pending messages, and those that their receivers throw; each in a transaction of its own."""
        queue = list(message_ids)
        for _ in range(DELIVERY_LIMIT):
            if not queue:
                return
            self._deliver_one(queue.pop(0))
        logger.error("stopped after %d messages in one go; the rest waits for the next start", DELIVERY_LIMIT)

    def _deliver_one(self, message_id: str) -> None:
        routed: list[messages.Delivery] = []
        with self.write() as tx:
            row = instance_store.message_by_id(tx.connection, message_id)
            if row is None or row.state != "pending":
                return
            routed = messages.route(tx, row)
            try:
                with tx.connection.begin_nested():
                    for one in routed:
                        self._run_step(tx, SYSTEM, one.case_id, one.kind, self._inputs(one))
                return
            except StepFailed as error:
                failure = error
            for one in routed:
                self._ensure_row(tx, SYSTEM, one.case_id, self._inputs(one))
                cases.hold(tx, SYSTEM, one.case_id, one.kind, self._inputs(one), failure)

    @staticmethod
    def _inputs(delivery: messages.Delivery) -> dict[str, Json]:
        inputs = dict(delivery.inputs)
        return {**inputs, "digest": delivery.definition["digest"]} if delivery.definition else inputs
