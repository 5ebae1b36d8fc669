# SPDX-License-Identifier: Apache-2.0
"""Service calls: making those that are due, and what to do about one that has failed."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from engine import access, calls, cases, definitions, plain
from engine.connectors import ConnectorFailed
from engine.errors import CaseEnded, Conflict, Invalid, NotAllowed, NotFound, TaskGone
from engine.facade.core import Core
from engine.store import calls as store
from engine.store.transaction import Armed, Tx
from engine.values import SYSTEM, Actor, Call, Case, Json

logger = logging.getLogger(__name__)
#: Calls taken up in one go.
BATCH = 50


class CallsFacade(Core):
    def next_call(self, after: datetime | None = None) -> datetime | None:
        """When the next call is due: the earliest of all, or of those due after a moment."""
        with self.read() as tx:
            return store.next_at(tx.connection, after)

    def run_calls(self) -> int:
        """Make every call that is due, outside of any transaction; returns how many were made."""
        made = 0
        while True:
            with self.read() as tx:
                due = store.due(tx.connection, tx.now, BATCH)
            progress = [self._make(row) for row in due]
            made += sum(progress)
            if not any(progress):
                return made

    def _make(self, row: Any) -> bool:
        if not self._carry_out(lambda tx: calls.take(tx, row, self.config.services.lease)):
            return False
        connector = self._connectors.get(row.operator)
        try:
            if connector is None:
                known = ", ".join(sorted(self._connectors))
                raise ConnectorFailed(f"There is no operator '{row.operator}' (there is: {known}).", final=True)
            result = connector(row.parameters, row.key)
            plain.check(result)
        except ConnectorFailed as error:
            self._missed(row, error)
        except Invalid as error:
            reason = f"{row.operator} answered what cannot be kept: {error.sentence}"
            self._missed(row, ConnectorFailed(reason, code="BadAnswer", final=True))
        except Exception as error:
            logger.exception("the connector of %s failed unexpectedly", row.operator)
            self._missed(row, ConnectorFailed(f"{type(error).__name__}: {error}"))
        else:
            self._answer(row, "service.completed", {"payload": result})
        return True

    def _missed(self, row: Any, error: ConnectorFailed) -> None:
        last = self._carry_out(lambda tx: calls.give_back(tx, row, str(error), final=error.final))
        if last:
            self._answer(row, "service.failed", {"code": error.code, "message": str(error)})

    def _answer(self, row: Any, kind: str, inputs: dict[str, Json], actor: Actor = SYSTEM) -> None:
        told = {"token": row.token, "element": row.element, "name": row.name, "operator": row.operator}

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            return actor, row.instance_id, kind, {**told, **inputs}

        try:
            self._step(actor, None, kind, {}, prepare, self._run_step)
        except (TaskGone, CaseEnded, Conflict, NotFound):
            logger.debug("nobody waits for the answer of %s any more, or nobody catches its failure", row.key)

    def troubled_calls(self, actor: Actor, limit: int = 200) -> tuple[Call, ...]:
        """Calls that were given up, of all cases; then those that failed and will be made again by themselves."""
        with self.read() as tx:
            self._require_standstills(tx, actor)
            return tuple(calls.as_value(r) for r in store.troubled(tx.connection, limit))

    def failed_calls(self, actor: Actor) -> tuple[Call, ...]:
        """Calls whose retries are used up, of all cases."""
        return tuple(call for call in self.troubled_calls(actor) if call.state == "failed")

    def standstills(self, actor: Actor) -> int | None:
        """How many calls were given up and how many cases are held; None for whom it does not concern."""
        with self.read() as tx:
            if not access.may_see_standstills(access.grants(actor, definitions.roles(tx))):
                return None
            return store.standstills(tx.connection)

    def _require_standstills(self, tx: Tx, actor: Actor) -> None:
        if not access.may_see_standstills(access.grants(actor, definitions.roles(tx))):
            raise NotAllowed(
                "You may not see this.", hint="It is for those who correct cases, own processes or run the system."
            )

    def retry_call(self, actor: Actor, call_id: str, key: str | None = None) -> Case:
        """Make a failed call again, with all its retries and the same key; who asked stands in the history."""

        def do(tx: Tx) -> str:
            row = self._failed(tx, actor, call_id)
            values = {"state": "pending", "attempts": 0, "next_at": tx.now}
            store.save(tx.connection, row.instance_id, row.token, row.element, values)
            told = {"element": row.element, "name": row.name, "error": row.error, "attempts": row.attempts}
            cases.note(tx, actor, row.instance_id, "service.retried", told)
            tx.called.append(Armed(tx.now, call_id))
            return call_id

        answer = self._command(actor, key, "retry_call", {"call": call_id}, do)
        return self._case(answer.partition(".")[0])

    def skip_call(self, actor: Actor, call_id: str, reason: str, result: Json = None, key: str | None = None) -> Case:
        """Go on without a failed call, as if it had answered ``result``; the reason stands in the history."""
        if not reason.strip():
            raise Invalid("Skipping a call needs a reason.", hint="Say why the case can go on without it.")

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            row = self._failed(tx, actor, call_id)
            told = {"token": row.token, "element": row.element, "name": row.name, "operator": row.operator}
            return actor, row.instance_id, "service.completed", {**told, "payload": result, "skipped": reason.strip()}

        about = {"call": call_id, "reason": reason, "result": result}
        return self._case(self._step(actor, key, "skip_call", about, prepare, self._run_step))

    def _failed(self, tx: Tx, actor: Actor, call_id: str) -> Any:
        case_id, token, element = calls.parts(call_id)
        self._require(tx, actor, "case.correct", case_id)
        row = store.get(tx.connection, case_id, token, element)
        if row is None:
            raise NotFound(f"There is no call '{call_id}'.")
        if row.state != "failed":
            raise Conflict(f"The call of '{row.name}' has not failed; it is {row.state}.")
        return row
