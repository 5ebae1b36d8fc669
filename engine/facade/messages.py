# SPDX-License-Identifier: Apache-2.0
"""Messages from outside, and the delivery of those that cases throw."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from engine import cases, messages
from engine.errors import CaseEnded, Conflict, StepFailed, TaskGone
from engine.facade.core import Core
from engine.history import log
from engine.iso8601 import parse_duration
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Case,
    Json,
    Message,
)
from engine.wakeup import RETRY_AFTER

logger = logging.getLogger(__name__)
#: A message may start a case that throws one, and so on; a longer chain than this is a circle between processes.
CHAIN_LIMIT = 100
#: The stream of what happened to messages that no case has sent.
EXPIRED = "messages"
#: How often in all another receiver is looked for at once.
LOOKS = 3


class MessagesFacade(Core):
    def correlate(
        self,
        actor: Actor,
        message: str,
        key_value: Json,
        payload: Json = None,
        key: str | None = None,
        time_to_live: str = "",
    ) -> tuple[Case, ...]:
        """Bring in a message from outside; returns the cases that it reached now.

        ``key_value``: the correlation key; None for a message that starts a case, or whose key is found in its payload
        (a diagram's `correlationProperty`). ``time_to_live``: an ISO 8601
        duration, how long it is kept if nobody waits for it yet.

        Raises:
            NotAllowed: the actor has no role with the right ``message.send``.
            Conflict: several cases wait for such a message and it has no key.
            TimeInvalid: ``time_to_live`` is no duration.
        """
        key_value = "" if key_value is None else str(key_value)
        if time_to_live:
            parse_duration(time_to_live)
        about = {"message": message, "key": key_value, "payload": payload}
        about |= {"time_to_live": time_to_live} if time_to_live else {}

        def do(tx: Tx) -> str:
            self._require(tx, actor, "message.send")
            own = key_value or messages.key_in(tx, message, payload)
            if messages.is_ambiguous(tx, message, own):
                hint = "Give the correlation key of the case that is meant; the process must wait with one."
                raise Conflict(f"Several cases wait for '{message}' and the message does not say which.", hint=hint)
            sent = messages.put(tx, message, own, payload, time_to_live=time_to_live)
            tx.to_deliver.clear()  # here and now, since the caller wants to know whom it reached
            return sent

        message_id = self._command(actor, key, "correlate", about, do)
        self._deliver([message_id])
        with self.read() as tx:
            row = instance_store.message_by_id(tx.connection, message_id)
            return (self._case_value(tx, row.target_id),) if row is not None and row.target_id else ()

    def signal(self, actor: Actor, name: str, payload: Json = None, key: str | None = None) -> int:
        """Send a signal to everything that waits for it now; returns to how many. Needs ``message.send``."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "message.send")
            return str(messages.broadcast(tx, f"s.{tx.ids.new()}", name, payload))

        return int(self._command(actor, key, "signal", {"signal": name, "payload": payload}, do))

    def _deliver(self, message_ids: Iterable[str]) -> None:
        """Deliver pending messages, and those that their receivers throw; each in a transaction of its own.

        Who sent them has committed: a delivery that fails is logged, stays pending and is tried again by the alarm.
        """
        queue = deque((message_id, 1) for message_id in message_ids)
        while queue:
            message_id, link = queue.popleft()
            try:
                queue.extend((thrown, link + 1) for thrown in self._deliver_one(message_id, link))
            except Exception:
                logger.exception("message %s could not be delivered; trying again in a minute", message_id)
                self._wakeup.again(self.clock.now() + RETRY_AFTER)

    def _deliver_one(self, message_id: str, link: int = 1) -> list[str]:
        """Deliver the message that is number ``link`` of its chain; returns those that are now to be delivered here.

        A receiver that is there when it is looked for, and has gone on when its row is locked, is looked for again.
        """

        def once() -> list[str]:
            with self._transaction(link) as tx:
                self._hand_over(tx, message_id)
            return [sent.id for sent in tx.to_deliver]

        for _ in range(LOOKS):
            try:
                return self._again_if_undone(once)
            except (TaskGone, CaseEnded, Conflict):
                logger.debug("the receiver of message %s has gone on; looking for another", message_id)
        return self._again_if_undone(once)

    def _hand_over(self, tx: Tx, message_id: str) -> None:
        row = instance_store.message_by_id(tx.connection, message_id, lock=True)
        if row is None or row.state != "pending":
            return
        if tx.link > CHAIN_LIMIT:
            logger.error(
                "message %s ends a chain of %d; processes send each other in a circle", message_id, CHAIN_LIMIT
            )
            instance_store.end_message(tx.connection, message_id, "stopped", None, tx.now)
            return
        for one in messages.route(tx, row, self.config.message_ttl):
            self._receive(tx, one)

    def expire_messages(self, now: datetime | None = None) -> int:
        """End every kept message whose time is over; returns how many. The case that sent it has it in its history."""
        limit = now or self.clock.now()
        with self.read() as tx:
            over = instance_store.expired_messages(tx.connection, limit)
        return sum(self._carry_out(partial(self._expire, message_id)) for message_id in over)

    @staticmethod
    def _expire(message_id: str, tx: Tx) -> bool:
        row = instance_store.message_by_id(tx.connection, message_id, lock=True)
        told = messages.expire(tx, row)
        if told is None:
            return False
        if row.source_id is not None:
            cases.note(tx, SYSTEM, row.source_id, "message.expired", told)
        else:
            log.append(tx, EXPIRED, SYSTEM, "message.expired", told)
        return True

    def undelivered(
        self, actor: Actor, states: Sequence[str] = ("kept", "expired"), *, limit: int = 100
    ) -> tuple[Message, ...]:
        """Messages in such states, the newest first; by default those that found nobody."""
        with self.read() as tx:
            if not self._may(tx, actor, "system.look"):
                self._require(tx, actor, "case.read")
            return tuple(messages.as_value(row) for row in instance_store.messages(tx.connection, states, limit))

    def _receive(self, tx: Tx, one: messages.Delivery) -> None:
        """The step of one receiver; it is held if that fails, which is nobody else's business."""
        inputs = self._inputs(one)
        try:
            with tx.connection.begin_nested():
                self._run_step(tx, SYSTEM, one.case_id, one.kind, inputs)
        except StepFailed as failure:
            self._ensure_row(tx, SYSTEM, one.case_id, inputs)
            cases.hold(tx, SYSTEM, one.case_id, one.kind, inputs, failure)

    @staticmethod
    def _inputs(delivery: messages.Delivery) -> dict[str, Json]:
        inputs = dict(delivery.inputs)
        return {**inputs, "digest": delivery.definition["digest"]} if delivery.definition else inputs
