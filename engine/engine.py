# SPDX-License-Identifier: Apache-2.0
"""The façade: every command and every question, each in one transaction. No rule lives here.

A command runs in ``_command``: look up the idempotency key, do it, keep the answer, commit; then deliver the messages
it threw and wake the alarm for the timers it armed. Only this module commits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from engine import access, cases, content, definitions, forms, messages, registers, tasks
from engine.bpmn import read_decision
from engine.config import EngineConfig
from engine.errors import CaseEnded, Conflict, KeyReused, NotAllowed, NotFound, StepFailed, TaskGone
from engine.history import log, replay
from engine.people_door import People
from engine.ports import Clock, Ids, RandomIds, SystemClock
from engine.scripts import ScriptRunner
from engine.store import Store, open_store
from engine.store import definitions as definition_store
from engine.store import events as event_store
from engine.store import instances as instance_store
from engine.store import people as people_store
from engine.store.transaction import Tx
from engine.values import (
    SYSTEM,
    Actor,
    Case,
    CaseFilter,
    CaseView,
    DecisionView,
    Definition,
    Event,
    Finding,
    Json,
    Link,
    Page,
    Position,
    Record,
    Register,
    Role,
    Step,
    Task,
    TaskFilter,
    TaskForm,
    Timer,
    Verdict,
    Waiting,
)
from engine.wakeup import Alarm

logger = logging.getLogger(__name__)
T = TypeVar("T")
#: A message may start a case that throws one, and so on; more than this in one go is a circle between processes.
DELIVERY_LIMIT = 1_000


def open_engine(config: EngineConfig, clock: Clock | None = None, ids: Ids | None = None) -> Engine:
    """Open the database (creating or upgrading it) and return the engine on it.

    Raises:
        StorageFailed: the database cannot be opened.
    """
    return Engine(config, open_store(config.database_url), clock or SystemClock(), ids or RandomIds())


class Engine:
    """Executes published processes. Thread safe; one per process."""

    def __init__(self, config: EngineConfig, store: Store, clock: Clock, ids: Ids) -> None:
        self.config = config
        self.clock = clock
        self._store = store
        self._ids = ids
        self._scripts = ScriptRunner()
        self._programs = definitions.Programs()
        self._stepper = cases.Stepper(self._programs, self._scripts, config.zone)
        self._alarm = Alarm(self.fire_due, self.next_due)
        self.people = People(self.write, self.read, self._require)

    def close(self) -> None:
        self.stop_timers()
        self._scripts.close()
        self._store.close()

    # --- transactions ----------------------------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """One transaction that changes something; what it put on its way goes out after the commit."""
        with self._store.write() as connection:
            tx = Tx(connection, self.clock.now(), self._ids)
            yield tx
        if tx.armed:
            self._alarm.wake(min(tx.armed))
        if tx.to_deliver:
            self._deliver(tx.to_deliver)

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self._store.read() as connection:
            yield Tx(connection, self.clock.now(), self._ids)

    def _command(
        self, actor: Actor, key: str | None, what: str, content: Mapping[str, Any], do: Callable[[Tx], str]
    ) -> str:
        """Run a command once per idempotency key; returns its answer (an id)."""
        with self.write() as tx:
            if key is None:
                return do(tx)
            fingerprint = log.digest({"what": what, "content": content})
            before = people_store.answer_for(tx.connection, actor.person_id, key)
            if before is not None:
                if before.fingerprint != fingerprint:
                    raise KeyReused("This idempotency key was used for another command.", hint="Use a new key.")
                return str(before.answer)
            answer = do(tx)
            people_store.keep_answer(tx.connection, actor.person_id, key, fingerprint, answer, tx.now)
            return answer

    def _step(
        self,
        actor: Actor,
        key: str | None,
        what: str,
        content: Mapping[str, Any],
        prepare: Callable[[Tx], tuple[Actor, str, str, dict[str, Json]]],
        run: Callable[[Tx, Actor, str, str, dict[str, Json]], None],
    ) -> str:
        """A command that runs a diagram. If it fails, the step is undone and the case is held with the command."""
        held: list[tuple[Actor, str, str, dict[str, Json]]] = []

        def do(tx: Tx) -> str:
            held[:] = [prepare(tx)]
            by, case_id, kind, inputs = held[0]
            run(tx, by, case_id, kind, inputs)
            return case_id

        try:
            return self._command(actor, key, what, content, do)
        except StepFailed as error:
            failure = error
        by, case_id, kind, inputs = held[0]

        def keep(tx: Tx) -> str:
            self._ensure_row(tx, by, case_id, inputs)
            cases.hold(tx, by, case_id, kind, inputs, failure)
            return case_id

        return self._command(actor, key, what, content, keep)

    def _ensure_row(self, tx: Tx, by: Actor, case_id: str, inputs: Mapping[str, Json]) -> None:
        """A case whose very start failed exists as well: it is held from the beginning."""
        if instance_store.get(tx.connection, case_id) is None:
            row = definitions.by_digest(tx, inputs["digest"])
            instance_store.add(tx.connection, cases.new_row(tx, by, row, case_id, inputs))

    # --- access ----------------------------------------------------------------------------------------------------

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
            deputised = people_store.deputised(tx.connection, actor.person_id)
            return row["state"] == "open" and access.may_work_on(actor, row, deputised)
        if action == "case.read" and case_id:
            part = instance_store.takes_part(tx.connection, case_id, actor.person_id, actor.roles)
            return access.may_read_case(granted, part)
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
        return tuple(Role(r["id"], r["title"], r.get("process", ""), r.get("description", "")) for r in listed)

    # --- definitions -----------------------------------------------------------------------------------------------

    def validate(self, xml: bytes, file: str) -> tuple[Finding, ...]:
        """Everything that is wrong with a diagram, errors first."""
        with self.write() as tx:
            return definitions.validate(tx, xml, file)

    def publish(
        self,
        actor: Actor,
        xml: bytes,
        file: str,
        comment: str = "",
        base_digest: str | None = None,
        key: str | None = None,
    ) -> Definition:
        """Publish a diagram as a new version; the same content gives the version there is.

        Raises:
            DiagramInvalid, VersionConflict, NotAllowed.
        """

        def do(tx: Tx) -> str:
            self._require(tx, actor, "definition.publish")
            return definitions.publish(tx, actor, xml, file, comment, base_digest).digest

        about = {"file": file, "xml": log.digest(xml.decode("utf-8", "replace")), "comment": comment}
        digest = self._command(actor, key, "publish", about, do)
        with self.read() as tx:
            return definitions.as_value(definitions.by_digest(tx, digest))

    def publish_content(self, actor: Actor = SYSTEM) -> tuple[Definition, ...]:
        """Publish what is shipped and new; returns the definitions that were published now."""
        with self.write() as tx:
            self._require(tx, actor, "definition.publish")
            return content.publish(tx, self.config.content_dir)

    def definitions(self) -> tuple[Definition, ...]:
        """The newest version of each process, by name; ``running`` counts cases of all its versions."""
        with self.read() as tx:
            running: dict[str, int] = {}
            for (process_id, _), number in definition_store.running(tx.connection).items():
                running[process_id] = running.get(process_id, 0) + number
            rows = definition_store.newest_of_all(tx.connection)
            return tuple(definitions.as_value(r, running.get(r["process_id"], 0)) for r in rows)

    def definition(self, process_id: str, version: int | None = None) -> Definition:
        with self.read() as tx:
            return definitions.as_value(definitions.find(tx, process_id, version))

    def versions(self, process_id: str) -> tuple[Definition, ...]:
        """All versions, newest first, with the number of their running cases."""
        with self.read() as tx:
            running = definition_store.running(tx.connection)
            rows = definition_store.versions(tx.connection, process_id)
            return tuple(definitions.as_value(r, running.get((process_id, r["version"]), 0)) for r in rows)

    def diagram(self, process_id: str, version: int | None = None) -> bytes:
        """The BPMN XML, byte for byte as published."""
        with self.read() as tx:
            return definitions.diagram(tx, definitions.find(tx, process_id, version))

    def diagram_of(self, digest: str) -> bytes:
        with self.read() as tx:
            return definitions.diagram(tx, definitions.by_digest(tx, digest))

    def outline(self, digest: str) -> Mapping[str, str]:
        """Element id -> label of a definition."""
        with self.read() as tx:
            return dict(definitions.by_digest(tx, digest)["about"]["elements"])

    def catalog(self) -> dict[str, Any]:
        """What a diagram may refer to: names of forms, decisions, messages, registers, processes; roles with titles."""
        with self.read() as tx:
            rows = definition_store.newest_of_all(tx.connection)
            return {
                "forms": sorted(definition_store.assets(tx.connection, "form")),
                "decisions": sorted(definition_store.assets(tx.connection, "decision")),
                "messages": sorted({m for r in rows for m in r["about"]["messages"]}),
                "roles": [{"id": r["id"], "title": r["title"]} for r in definitions.roles(tx)],
                "registers": sorted(definition_store.assets(tx.connection, "register")),
                "processes": sorted(r["process_id"] for r in rows),
            }

    def decisions(self) -> tuple[DecisionView, ...]:
        """The current decision tables, as people read them."""
        with self.read() as tx:
            rows = definition_store.newest_of_all(tx.connection)
            found = []
            for name, data in definition_store.all_assets(tx.connection, "decision").items():
                used_by = [r["process_id"] for r in rows if name in r["manifest"]["decisions"]]
                found.append(_decision_view(read_decision(data, name), used_by))
            return tuple(sorted(found, key=lambda d: d.name))

    def form(self, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """(schema, UI schema) of a form file as it is now, with the registers' fields filled in."""
        with self.read() as tx:
            current = definitions.asset_json(tx, "form")
            if path not in current:
                raise NotFound(f"There is no form '{path}'.")
            schema = forms.self_contained(current[path], definitions.asset_json(tx, "register"), path)
            return schema, current.get(path.removesuffix(".json") + ".ui.json", {})

    def startable(self, actor: Actor) -> tuple[Definition, ...]:
        """The processes that the actor may start by hand."""
        with self.read() as tx:
            return tuple(self._startable(tx, actor))

    def _startable(self, tx: Tx, actor: Actor) -> list[Definition]:
        found = [definitions.as_value(r) for r in definition_store.newest_of_all(tx.connection)]
        return [d for d in found if access.may_start(actor, d.startable_by, d.starts_by_hand)]

    # --- cases -----------------------------------------------------------------------------------------------------

    def start(
        self, actor: Actor, process_id: str, data: Mapping[str, Json] | None = None, key: str | None = None
    ) -> Case:
        """Start a case of the newest version; the actor takes its first task if it is theirs to do."""

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            row = definitions.find(tx, process_id)
            if not access.may_start(actor, definitions.as_value(row).startable_by, row["about"]["starts_by_hand"]):
                raise NotAllowed(f"You may not start '{row['name']}'.", hint="Ask somebody whose role may start it.")
            return actor, tx.ids.new(), "case.started", {"data": dict(data or {}), "digest": row["digest"]}

        def run(tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
            cases.start(tx, self._stepper, by, definitions.by_digest(tx, inputs["digest"]), inputs, case_id)
            tasks.claim_first(tx, by, case_id)

        about = {"process": process_id, "data": dict(data or {})}
        return self._case(self._step(actor, key, "start", about, prepare, run))

    def _case(self, case_id: str) -> Case:
        with self.read() as tx:
            return self._case_value(tx, case_id)

    def _case_value(self, tx: Tx, case_id: str) -> Case:
        row = instance_store.get(tx.connection, case_id)
        if row is None:
            raise NotFound(f"There is no case '{case_id}'.")
        name = definitions.by_digest(tx, row["digest"])["name"]
        return cases.as_value(row, name)

    def case(self, actor: Actor, case_id: str) -> CaseView:
        """A case with all that belongs to it."""
        with self.read() as tx:
            case = self._case_value(tx, case_id)
            self._require(tx, actor, "case.read", case_id)
            row = instance_store.get(tx.connection, case_id) or {}
            waits = instance_store.subscriptions(tx.connection, case_id)
            return CaseView(
                case=case,
                data=row["variables"] or {},
                position=self._position(tx, case_id),
                tasks=tasks.of_case(tx, case_id),
                timers=tuple(_timer(r) for r in instance_store.timers(tx.connection, case_id)),
                waiting=tuple(Waiting(case_id, w.element, w.message, w.key) for w in waits),
                related=tuple(self._related(tx, case_id)),
                records=registers.written_by_case(tx, case_id),
            )

    def _position(self, tx: Tx, case_id: str) -> Position:
        last = Position()
        for step in replay.steps(log.read(tx, case_id), {}):
            last = step.position
        return last

    def _related(self, tx: Tx, case_id: str) -> Iterator[Case]:
        for row in instance_store.related(tx.connection, case_id):
            yield cases.as_value(row, definitions.by_digest(tx, row["digest"])["name"])

    def cases(self, actor: Actor, wanted: CaseFilter | None = None) -> Page[Case]:
        """Cases that the actor may read, newest first."""
        wanted = wanted or CaseFilter()
        with self.read() as tx:
            granted = access.grants(actor, definitions.roles(tx))
            everything = bool(granted & {"case.read", "history.read"}) and not wanted.involved
            rows, total = instance_store.find(
                tx.connection,
                state=wanted.state,
                process_id=wanted.process_id,
                search=wanted.search,
                involving=None if everything else (actor.person_id,),
                roles=sorted(actor.roles),
                limit=wanted.limit,
                offset=wanted.offset,
            )
            names = {r["process_id"]: r["name"] for r in definition_store.newest_of_all(tx.connection)}
            found = tuple(cases.as_value(r, names.get(r["process_id"], "")) for r in rows)
            return Page(found, total, wanted.offset, wanted.limit)

    def cancel(self, actor: Actor, case_id: str, reason: str, key: str | None = None) -> Case:
        """End a case before its end; the reason stands in its history."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "case.cancel", case_id)
            cases.cancel(tx, actor, case_id, reason)
            return case_id

        return self._case(self._command(actor, key, "cancel", {"case": case_id, "reason": reason}, do))

    def correct(
        self, actor: Actor, case_id: str, changes: Mapping[str, Json], reason: str, key: str | None = None
    ) -> Case:
        """Change a case's variables by hand, recorded with the reason."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "case.correct", case_id)
            cases.correct(tx, actor, case_id, changes, reason)
            return case_id

        about = {"case": case_id, "changes": dict(changes), "reason": reason}
        return self._case(self._command(actor, key, "correct", about, do))

    def retry(self, actor: Actor, case_id: str, newest: bool = False, key: str | None = None) -> Case:
        """Run the failed step of a held case again; with ``newest`` on the newest version of its process."""

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            self._require(tx, actor, "case.correct", case_id)
            row = instance_store.lock(tx.connection, case_id)
            if row is None or row["state"] != "failed":
                raise Conflict("The case is not held; there is nothing to retry.")
            fault = row["fault"]
            by = Actor(fault["actor"], on_behalf_of=fault["on_behalf_of"])
            return by, case_id, fault["command"], fault["inputs"]

        def run(tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
            row = instance_store.get(tx.connection, case_id) or {}
            target = definitions.find(tx, row["process_id"]) if newest else None
            step = cases.retry(tx, self._stepper, actor, case_id, target)
            if kind == "task.completed":
                tasks.mark_completed(tx, inputs["task"], by.person_id)
            step()

        return self._case(self._step(actor, key, "retry", {"case": case_id, "newest": newest}, prepare, run))

    # --- tasks -----------------------------------------------------------------------------------------------------

    def tasks(self, actor: Actor, wanted: TaskFilter | None = None) -> Page[Task]:
        """Open tasks for the actor, most urgent first."""
        with self.read() as tx:
            return tasks.find(tx, actor, wanted or TaskFilter())

    def next_task(self, actor: Actor) -> Task | None:
        """What to do next: my most urgent task, else the most urgent one of my groups."""
        for scope in ("mine", "group"):
            found = self.tasks(actor, TaskFilter(scope=scope, limit=1)).items  # type: ignore[arg-type]
            if found:
                return found[0]
        return None

    def task(self, actor: Actor, task_id: str) -> Task:
        """A task, also when it is over (``claimed_by`` then tells who completed it)."""
        with self.read() as tx:
            return tasks.as_value(self._readable_task(tx, actor, task_id))

    def _readable_task(self, tx: Tx, actor: Actor, task_id: str) -> Mapping[str, Any]:
        row = tasks.row(tx, task_id)
        deputised = people_store.deputised(tx.connection, actor.person_id)
        if not access.may_work_on(actor, row, deputised):
            self._require(tx, actor, "case.read", row["instance_id"])
        return row

    def task_form(self, actor: Actor, task_id: str) -> TaskForm:
        """The form of a task with what is known already filled in."""
        with self.read() as tx:
            self._readable_task(tx, actor, task_id)

            def context(row: Mapping[str, Any]) -> Any:
                case = instance_store.get(tx.connection, row["instance_id"]) or {}
                return self._stepper.context(tx, row["digest"], tx.now, row["instance_id"], actor, case["started_by"])

            return tasks.form(tx, self._programs, task_id, context)

    def claim(self, actor: Actor, task_id: str, key: str | None = None) -> Task:
        """Take a task; taking it twice changes nothing."""
        return self._task_command(actor, key, "claim", task_id, lambda tx: tasks.claim(tx, actor, task_id))

    def release(self, actor: Actor, task_id: str, key: str | None = None) -> Task:
        """Give a task back to its group; the draft stays with it."""
        return self._task_command(actor, key, "release", task_id, lambda tx: tasks.release(tx, actor, task_id))

    def assign(self, actor: Actor, task_id: str, person_id: str, key: str | None = None) -> Task:
        """Give a task to a person."""

        def do(tx: Tx) -> None:
            self._require(tx, actor, "task.assign", task_id)
            tasks.assign(tx, actor, task_id, person_id)

        return self._task_command(actor, key, f"assign {person_id}", task_id, do)

    def _task_command(self, actor: Actor, key: str | None, what: str, task_id: str, do: Callable[[Tx], None]) -> Task:
        def run(tx: Tx) -> str:
            do(tx)
            return task_id

        self._command(actor, key, what, {"task": task_id}, run)
        with self.read() as tx:
            return tasks.as_value(tasks.row(tx, task_id))

    def save_draft(self, actor: Actor, task_id: str, data: Mapping[str, Json], key: str | None = None) -> datetime:
        """Keep what was typed so far, unchecked; returns when it was kept."""

        def do(tx: Tx) -> str:
            tasks.save_draft(tx, actor, task_id, data)
            return tx.now.isoformat()

        answer = self._command(actor, key, "save_draft", {"task": task_id, "data": dict(data)}, do)
        return datetime.fromisoformat(answer)

    def complete(
        self, actor: Actor, task_id: str, data: Mapping[str, Json] | None = None, key: str | None = None
    ) -> Case:
        """Complete a task with its form's data; the case goes on to where it next waits.

        If the diagram cannot go on, the data is kept and the returned case is held (``state`` failed, ``fault``).

        Raises:
            FormInvalid, TaskTaken, TaskGone, NotAllowed, NotFound.
        """
        given = dict(data or {})

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            by, case_id, inputs = tasks.complete(tx, self._stepper, actor, task_id, given)
            return by, case_id, "task.completed", inputs

        about = {"task": task_id, "data": given}
        return self._case(self._step(actor, key, "complete", about, prepare, self._run_step))

    def _run_step(self, tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
        if kind == "case.started":
            cases.start(tx, self._stepper, by, definitions.by_digest(tx, inputs["digest"]), inputs, case_id)
        else:
            cases.step(tx, self._stepper, by, case_id, kind, inputs)

    # --- messages --------------------------------------------------------------------------------------------------

    def correlate(
        self, actor: Actor, message: str, key_value: str, payload: Json = None, key: str | None = None
    ) -> tuple[Case, ...]:
        """Bring in a message from outside; returns the cases that it reached now."""
        sent: list[str] = []

        def do(tx: Tx) -> str:
            sent.append(messages.put(tx, message, key_value, payload))
            return sent[0]

        message_id = self._command(
            actor, key, "correlate", {"message": message, "key": key_value, "payload": payload}, do
        )
        with self.read() as tx:
            row = instance_store.message_by_id(tx.connection, message_id)
            return (self._case_value(tx, row.target_id),) if row is not None and row.target_id else ()

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

    # --- time ------------------------------------------------------------------------------------------------------

    def start_timers(self) -> None:
        """From now on due timers fire by themselves; those overdue fire at once, each once, in order."""
        with self.read() as tx:
            pending = [m.id for m in instance_store.pending_messages(tx.connection)]
        self._deliver(pending)
        self._alarm.start()

    def stop_timers(self) -> None:
        self._alarm.stop()

    def next_due(self) -> datetime | None:
        with self.read() as tx:
            return instance_store.next_due(tx.connection)

    def fire_due(self, now: datetime | None = None) -> int:
        """Fire every timer that is due, in order of due time; returns how many fired."""
        fired = 0
        limit = now or self.clock.now()
        while True:
            with self.read() as tx:
                due = instance_store.timers(tx.connection, due_by=limit)
            progress = [self._fire(row) for row in due]
            fired += sum(progress)
            if not any(progress):
                return fired

    def _fire(self, row: Any) -> bool:
        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            there = {(t.token, t.element, t.due_at) for t in instance_store.timers(tx.connection, row.instance_id)}
            if (row.token, row.element, row.due_at) not in there:
                raise TaskGone("This timer is no longer armed.")
            late = (tx.now - row.due_at).total_seconds()
            inputs = {"token": row.token, "element": row.element, "name": row.name, "due_at": row.due_at.isoformat()}
            return SYSTEM, row.instance_id, "timer.fired", {**inputs, "late_seconds": round(max(late, 0.0), 3)}

        try:
            self._step(SYSTEM, None, "fire", {}, prepare, self._run_step)
        except (TaskGone, CaseEnded, Conflict):
            return False
        return True

    def timers(self, actor: Actor, case_id: str | None = None) -> tuple[Timer, ...]:
        """Armed timers in order of their due time, of one case or of all."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return tuple(_timer(r) for r in instance_store.timers(tx.connection, case_id))

    # --- history ---------------------------------------------------------------------------------------------------

    def history(self, actor: Actor, case_id: str) -> tuple[Event, ...]:
        """The events of a case, in order."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            return log.read(tx, case_id)

    def steps(self, actor: Actor, case_id: str) -> tuple[Step, ...]:
        """The history as steps with positions, for replaying on the diagram."""
        with self.read() as tx:
            self._require(tx, actor, "case.read", case_id)
            row = instance_store.get(tx.connection, case_id)
            if row is None:
                raise NotFound(f"There is no case '{case_id}'.")
            names = definitions.by_digest(tx, row["digest"])["about"]["elements"]
            return tuple(replay.steps(log.read(tx, case_id), names))

    def verify(self, actor: Actor, case_id: str) -> Verdict:
        """Check the hash chain and run every recorded command of a case again."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify", case_id)
            row = instance_store.get(tx.connection, case_id)
            if row is None:
                raise NotFound(f"There is no case '{case_id}'.")
            return replay.verify(tx, self._stepper, case_id, row)

    def verify_all(self, actor: Actor) -> Iterator[Verdict]:
        """Verify case by case, the oldest first."""
        with self.read() as tx:
            self._require(tx, actor, "history.verify")
            case_ids = instance_store.ids(tx.connection)
        for case_id in case_ids:
            yield self.verify(actor, case_id)

    # --- registers -------------------------------------------------------------------------------------------------

    def registers(self) -> tuple[Register, ...]:
        with self.read() as tx:
            return registers.listed(tx)

    def register(self, name: str) -> Register:
        with self.read() as tx:
            return registers.as_value(name, registers.schema(tx, name))

    def records(
        self, actor: Actor, register: str, q: str = "", state: str | None = None, limit: int = 50, offset: int = 0
    ) -> Page[Record]:
        """Records of a register; every word of ``q`` must occur."""
        with self.read() as tx:
            registers.schema(tx, register)
            return registers.search(tx, register, q, state, limit, offset)

    def search_records(self, actor: Actor, register: str, q: str, limit: int = 10) -> tuple[Record, ...]:
        return self.records(actor, register, q, limit=limit).items

    def record(self, actor: Actor, register: str, record_id: str, version: int | None = None) -> Record:
        with self.read() as tx:
            return registers.one(tx, register, record_id, version)

    def record_history(self, actor: Actor, register: str, record_id: str) -> tuple[Record, ...]:
        """All versions, newest first."""
        with self.read() as tx:
            return registers.history(tx, register, record_id)

    def record_links(self, actor: Actor, register: str, record_id: str) -> tuple[Link, ...]:
        with self.read() as tx:
            return registers.links(tx, register, record_id)

    def write_record(
        self,
        actor: Actor,
        register: str,
        data: Mapping[str, Json],
        id: str | None = None,  # noqa: A002  the record's own word
        reason: str = "",
        key: str | None = None,
    ) -> Record:
        """Create or change a record by hand, without a process; needs the right to."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "register.write", register)
            return registers.edit(tx, actor, register, data, id, reason).id

        about = {"register": register, "id": id, "data": dict(data), "reason": reason}
        record_id = self._command(actor, key, "write_record", about, do)
        return self.record(actor, register, record_id)


def _case_id(subject: object) -> str:
    if isinstance(subject, Case):
        return subject.id
    if isinstance(subject, Task):
        return subject.case_id
    return subject if isinstance(subject, str) else ""


def _timer(row: Any) -> Timer:
    return Timer(
        id=f"{row.instance_id}.{row.token}.{row.element}",
        case_id=row.instance_id,
        element=row.element,
        name=row.name,
        due_at=row.due_at,
        case_title=row.case_title,
    )


def _decision_view(table: Any, used_by: Iterable[str]) -> DecisionView:
    return DecisionView(
        id=table.id,
        name=table.name,
        hit_policy=table.hit_policy,
        inputs=tuple(i.label or i.expression for i in table.inputs),
        outputs=tuple(o.label or o.name for o in table.outputs),
        rules=tuple((r.cells, r.results, "; ".join(r.annotations) or r.description) for r in table.rules),
        used_by=tuple(used_by),
    )
