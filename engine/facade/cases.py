# SPDX-License-Identifier: Apache-2.0
"""Starting, looking at and steering cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import access, calls, cases, definitions, migration, registers, tasks, timers
from engine.errors import Conflict, Invalid, NotAllowed, StepFailed
from engine.facade.core import Core
from engine.store import calls as call_store
from engine.store import caselist
from engine.store import definitions as definition_store
from engine.store import instances as instance_store
from engine.store.transaction import Tx
from engine.values import (
    Actor,
    Case,
    CaseFilter,
    CaseView,
    Json,
    Page,
    Waiting,
)


class CasesFacade(Core):
    def start(
        self, actor: Actor, process_id: str, data: Mapping[str, Json] | None = None, key: str | None = None
    ) -> Case:
        """Start a case of the newest version; the actor takes its first task if it is theirs to do."""

        def prepare(tx: Tx) -> tuple[Actor, str, str, dict[str, Json]]:
            row = definitions.find(tx, process_id)
            if not row["about"].get("executable", True):
                hint = "Publish a version whose process is executable."
                raise Invalid(f"'{row['name']}' is documentation: it is shown and never run.", hint=hint)
            if not access.may_start(actor, definitions.as_value(row).startable_by, row["about"]["starts_by_hand"]):
                raise NotAllowed(f"You may not start '{row['name']}'.", hint="Ask somebody whose role may start it.")
            return actor, tx.ids.new(), "case.started", {"data": dict(data or {}), "digest": row["digest"]}

        def run(tx: Tx, by: Actor, case_id: str, kind: str, inputs: dict[str, Json]) -> None:
            cases.start(tx, self._stepper, by, definitions.by_digest(tx, inputs["digest"]), inputs, case_id)
            tasks.claim_first(tx, by, case_id)

        about = {"process": process_id, "data": dict(data or {})}
        return self._case(self._step(actor, key, "start", about, prepare, run))

    def case(self, actor: Actor, case_id: str) -> CaseView:
        """A case with all that belongs to it."""
        with self.read() as tx:
            case = self._case_value(tx, case_id)
            self._require(tx, actor, "case.read", case_id)
            row = instance_store.get(tx.connection, case_id) or {}
            waits = instance_store.subscriptions(tx.connection, case_id)
            listed, older, nobodys = tasks.of_case(tx, case_id)
            way = self._ways.of(tx, case_id)
            return CaseView(
                case=case,
                data=row["variables"] or {},
                position=way.position(),
                tasks=listed,
                older_tasks=older,
                nobodys=nobodys,
                timers=tuple(timers.as_value(r) for r in instance_store.timers(tx.connection, case_id)),
                waiting=tuple(Waiting(case_id, w.element, w.message, w.key) for w in waits),
                calls=tuple(calls.as_value(r) for r in call_store.of_case(tx.connection, case_id)),
                related=tuple(self._related(tx, case_id)),
                records=registers.written_by_case(tx, case_id),
                data_states=way.data_states,
            )

    def _related(self, tx: Tx, case_id: str) -> Iterator[Case]:
        for row in instance_store.related(tx.connection, case_id):
            yield cases.as_value(row, definitions.name_of(tx, row["digest"]))

    def cases(self, actor: Actor, wanted: CaseFilter | None = None) -> Page[Case]:
        """Cases that the actor may read, newest first."""
        wanted = wanted or CaseFilter()
        with self.read() as tx:
            granted = access.grants(actor, definitions.roles(tx))
            everything = bool(granted & {"case.read", "history.read"}) and not wanted.involved
            rows, listed = caselist.find(
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
            return Page(found, listed.total, wanted.offset, wanted.limit, listed.exact)

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
        """Run the failed step of a held case again; with ``newest`` on the newest version of its process.

        Raises:
            MoveRefused: the case cannot move to the newest version as it stands.
        """

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
            target = definitions.find(tx, row["process_id"])
            if newest and target["digest"] != row["digest"]:
                migration.move(tx, self._stepper, actor, row, target, {}, {"reason": "retry on the newest version"})
            step = cases.retry(tx, self._stepper, actor, case_id)
            if kind in cases.COMPLETIONS.values():
                tasks.mark_completed(tx, inputs["task"], by.person_id)
            try:
                step()
            except StepFailed as failure:
                failure.seq = row["seq"]  # the move is undone with the step
                raise

        about = {"case": case_id, "newest": newest}
        return self._case(self._step(actor, key, "retry", about, prepare, run, retried_by=actor.person_id))
