# SPDX-License-Identifier: Apache-2.0
"""What every part of the façade stands on: transactions, idempotency, held steps, rights.

A command is all or nothing. If the database undoes its transaction for the sake of another one (a deadlock, say), it is
carried out again from the start, a few times; the caller notices nothing but the time it takes.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from engine import access, assignments, cases, definitions, files, handover, plain, registers, tasks
from engine.config import EngineConfig
from engine.connectors import Connector
from engine.errors import EngineError, Invalid, KeyReused, NotAllowed, NotFound, StepFailed, StorageBusy
from engine.facade.people import People
from engine.guard import shared
from engine.history import log
from engine.history.way import Ways
from engine.ports import Clock, Ids, Meter, NoMeter
from engine.scripts import ScriptRunner
from engine.store import Store
from engine.store import definitions as definition_store
from engine.store import events as event_store
from engine.store import instances as instance_store
from engine.store import people as people_store
from engine.store.transaction import Tx
from engine.values import (
    Actor,
    Case,
    Definition,
    Json,
    Role,
    Task,
)
from engine.wakeup import Alarm
from engine.waking import InProcess, Wakeup

MAX_KEY = 120  #: characters of an idempotency key
DRAFT = "save_draft"  #: the command that keeps what is not handed in yet
#: How often a command is carried out in all when the database undoes it, and about the pause before the second time.
ATTEMPTS, FIRST_PAUSE = 6, 0.02

T = TypeVar("T")


class Core(ABC):
    """Holds the store, the clock, compiled programs and script workers."""

    def __init__(
        self, config: EngineConfig, store: Store, clock: Clock, ids: Ids, connectors: Mapping[str, Connector]
    ) -> None:
        self.config = config
        self.clock = clock
        self._store = store
        self._ids = ids
        self._scripts = ScriptRunner()
        self._guard = shared()
        self._programs = definitions.Programs()
        self._ways = Ways()
        self._stepper = cases.Stepper(self._programs, self._scripts, config.zone)
        self._alarm = Alarm(self.ring, self.next_due, clock)
        self._connectors = connectors
        self._forgot_at: datetime | None = None
        self.meter: Meter = NoMeter()  #: is told of every command; a monitor puts its own here
        self._caller = Alarm(self.run_calls, self.next_call, clock, together=True)
        self._wakeup = self._woken()
        self.people = People(self._command, self._carry_out, self.read, self._require)

    def close(self) -> None:
        self._wakeup.stop()
        self._scripts.close()
        self._store.close()

    def _woken(self) -> Wakeup:
        """Who does what becomes due: this process."""
        return InProcess(self._alarm, self._caller)

    @abstractmethod
    def _deliver(self, message_ids: Iterable[str]) -> None:
        """Deliver messages that were put on their way."""

    @abstractmethod
    def expire_messages(self, now: datetime | None = None) -> int:
        """End kept messages whose time is over."""

    @abstractmethod
    def fire_due(self, now: datetime | None = None) -> int:
        """Fire what is due."""

    @abstractmethod
    def ring(self) -> None:
        """Fire what is due, until the process stops."""

    @abstractmethod
    def run_calls(self) -> int:
        """Make the service calls that are due."""

    @abstractmethod
    def next_call(self, after: datetime | None = None) -> datetime | None:
        """When the next call is due (``after``: later than that)."""

    @abstractmethod
    def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the next timer is due (``after``: later than that)."""

    # --- transactions ------------------------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """One transaction that changes something; what it put on its way goes out after the commit."""
        with self._transaction() as tx:
            yield tx
        if tx.to_deliver:
            self._deliver(sent.id for sent in tx.to_deliver)

    @contextmanager
    def _transaction(self, link: int = 0) -> Iterator[Tx]:
        """Like ``write``, but the messages that it leaves in ``to_deliver`` are the caller's to deliver.

        ``link``: the number of the message in its chain that is delivered in this transaction.
        """
        with self._store.write() as connection:
            tx = Tx(connection, self.clock.now(), self._ids, link, self.config.zone)
            yield tx
            handover.settle(tx)
            self._wakeup.committing(tx)
        tx.to_deliver[:] = self._wakeup.committed(tx)

    def _carry_out(self, do: Callable[[Tx], T]) -> T:
        """Do it in one transaction, with ``write``'s deliveries; again from the start if the database undid it."""

        def once() -> T:
            with self.write() as tx:
                return do(tx)

        return self._again_if_undone(once)

    @staticmethod
    def _again_if_undone(do: Callable[[], T]) -> T:
        for attempt in range(1, ATTEMPTS):
            try:
                return do()
            except StorageBusy:
                time.sleep(_pause(attempt))
        return do()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self._store.read() as connection:
            yield Tx(connection, self.clock.now(), self._ids, zone=self.config.zone)

    def _command(
        self, actor: Actor, key: str | None, what: str, content: Mapping[str, Any], do: Callable[[Tx], str]
    ) -> str:
        """Run a command once per idempotency key; returns its answer (an id)."""
        began, outcome = time.perf_counter(), "fault"
        try:
            answer = self._once(actor, key, what, content, do)
            outcome = "done"
            return answer
        except EngineError as error:
            outcome = "held" if isinstance(error, StepFailed) else error.code
            raise
        finally:
            self.meter.command(what.partition(" ")[0], outcome, time.perf_counter() - began)

    def _once(
        self, actor: Actor, key: str | None, what: str, content: Mapping[str, Any], do: Callable[[Tx], str]
    ) -> str:
        plain.check(content)
        if key is not None and len(key) > MAX_KEY:
            raise Invalid(f"An idempotency key has at most {MAX_KEY} characters.", hint="Use a UUID.")

        def hold_and_do(tx: Tx) -> str:
            if what != DRAFT:  # one may be thrown away
                files.hold(tx, content)
            return do(tx)

        def once(tx: Tx) -> str:
            if key is None:
                return hold_and_do(tx)
            fingerprint = log.digest({"what": what, "content": content})
            before = people_store.take_key(tx.connection, actor.person_id, key, fingerprint, tx.now)
            if before is not None:
                if before["fingerprint"] != fingerprint:
                    raise KeyReused("This idempotency key was used for another command.", hint="Use a new key.")
                return str(before["answer"])
            answer = hold_and_do(tx)
            people_store.keep_answer(tx.connection, actor.person_id, key, answer)
            return answer

        return self._carry_out(once)

    def _step(
        self,
        actor: Actor,
        key: str | None,
        what: str,
        content: Mapping[str, Any],
        prepare: Callable[[Tx], tuple[Actor, str, str, dict[str, Json]]],
        run: Callable[[Tx, Actor, str, str, dict[str, Json]], None],
        retried_by: str | None = None,
        besides: Callable[[Tx], None] = lambda tx: None,
    ) -> Case | str:
        """A command that runs a diagram. If it fails, the step is undone and the case is held with the command.

        Returns the case as the step left it, or its id if more may have happened since.

        ``retried_by``: who has an earlier command run again. ``besides``: what happens in the same transaction, whether
        the step fails or not.
        """
        held: list[tuple[Actor, str, str, dict[str, Json]]] = []
        left: list[Case] = []

        def do(tx: Tx) -> str:
            left.clear()
            held[:] = [prepare(tx)]
            by, case_id, kind, inputs = held[0]
            run(tx, by, case_id, kind, inputs)
            besides(tx)
            if not tx.to_deliver:
                left[:] = [self._stepped(tx, case_id)]
            return case_id

        try:
            answer = self._command(actor, key, what, content, do)
            return left[0] if left else answer
        except StepFailed as error:
            failure = error
        by, case_id, kind, inputs = held[0]

        def keep(tx: Tx) -> str:
            self._ensure_row(tx, by, case_id, inputs)
            cases.hold(tx, by, case_id, kind, inputs, failure, retried_by)
            besides(tx)
            return case_id

        return self._once(actor, key, what, content, keep)

    def _ensure_row(self, tx: Tx, by: Actor, case_id: str, inputs: Mapping[str, Json]) -> None:
        """A case whose very start failed exists as well: it is held from the beginning."""
        if instance_store.get(tx.connection, case_id) is None:
            row = definitions.by_digest(tx, inputs["digest"])
            instance_store.add(tx.connection, cases.new_row(tx, by, row, case_id, inputs))

    def _run_step(self, tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
        if kind == "case.started":
            cases.start(tx, self._stepper, by, definitions.by_digest(tx, inputs["digest"]), inputs, case_id)
        else:
            cases.step(tx, self._stepper, by, case_id, kind, inputs)

    def _stepped(self, tx: Tx, case_id: str) -> Case:
        """A case as a step of this transaction left it."""
        row = tx.stepped[case_id]
        program, _ = self._programs.get(tx, row["digest"])
        return cases.as_value(row, program.model.name)

    def _case(self, found: Case | str) -> Case:
        """What a step gave, as the case; looked up again only if it gave an id."""
        if isinstance(found, Case):
            return found
        with self.read() as tx:
            return self._case_value(tx, found)

    def _case_value(self, tx: Tx, case_id: str) -> Case:
        row = instance_store.summary(tx.connection, case_id)
        if row is None:
            raise NotFound(f"There is no case '{case_id}'.")
        return cases.as_value(row, row["process_name"])

    # --- access ------------------------------------------------------------------------------------------

    def may(self, actor: Actor, action: str, subject: object = None) -> bool:
        """Whether the actor may do ``action`` (on ``subject``: a Case, Task or the id of one; else on anything)."""
        with self.read() as tx:
            return self._may(tx, actor, action, subject)

    def _may(self, tx: Tx, actor: Actor, action: str, subject: object = None) -> bool:
        granted = access.grants(actor, definitions.roles(tx))
        case_id = _case_id(subject)
        if action == "case.start":
            return any(d.process_id == subject for d in self._startable(tx, actor)) if subject else bool(granted)
        if action == "task.complete" and subject is not None:
            row = tasks.row(tx, subject.id if isinstance(subject, Task) else str(subject))
            return row["state"] == "open" and tasks.may_work_on(tx, actor, row)
        if action == "case.read" and case_id:
            part = instance_store.takes_part(tx.connection, case_id, actor.person_id, actor.roles)
            return access.may_read_case(granted, part)
        if action == "register.read" and subject and action not in granted:
            return access.may_read_assignments(granted) and assignments.ASSIGNS in registers.schemas(tx).get(str(subject), {})
        if action == "case.cancel" and case_id and action not in granted:
            return self._only_begun(tx, actor, case_id)
        return action in granted

    def _only_begun(self, tx: Tx, actor: Actor, case_id: str) -> bool:
        """Who started a case by mistake may take it back as long as nothing was entered."""
        row = instance_store.get(tx.connection, case_id)
        steps = [e for e in event_store.of(tx.connection, case_id) if e.kind in cases.STEPS]
        return row is not None and row["started_by"] == actor.person_id and len(steps) == 1

    def _require(self, tx: Tx, actor: Actor, action: str, subject: object = None) -> None:
        if not self._may(tx, actor, action, subject):
            raise NotAllowed("You may not do this.", hint=f"It needs a role with the right '{action}'.")

    def roles(self) -> tuple[Role, ...]:
        with self.read() as tx:
            listed = definitions.roles(tx)
        return tuple(
            Role(
                r["id"], r["title"], r.get("process", ""), r.get("description", ""), assignments.by_hand(r),
                bool(r.get("for_programs")),
            )
            for r in listed
        )  # fmt: skip

    def _startable(self, tx: Tx, actor: Actor) -> list[Definition]:
        """What is offered to be started by hand: not what others call, unless it says who may start it."""
        rows = definition_store.newest_of_all(tx.connection)
        called = {process for r in rows for process in r["about"].get("called", ())}
        found = [definitions.as_value(r) for r in rows]
        return [
            d
            for d in found
            if access.may_start(actor, d.startable_by, d.starts_by_hand)
            and (d.startable_by or d.process_id not in called)
        ]


def _pause(attempt: int) -> float:
    """Seconds before the next attempt: doubling, spread by process and thread so that two do not meet again."""
    own = f"{os.getpid()}.{threading.get_ident()}.{attempt}".encode()
    return FIRST_PAUSE * 2.0 ** (attempt - 1) * (0.5 + hashlib.sha256(own).digest()[0] / 255)


def _case_id(subject: object) -> str:
    if isinstance(subject, Case):
        return subject.id
    if isinstance(subject, Task):
        return subject.case_id
    return subject if isinstance(subject, str) else ""
