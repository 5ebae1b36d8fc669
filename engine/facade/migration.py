# SPDX-License-Identifier: Apache-2.0
"""Planning, rehearsing, doing and undoing the move of running cases to another version of their process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine import definitions, migration
from engine.errors import Conflict, Invalid, NotFound
from engine.facade.core import Core
from engine.history import log
from engine.migration import CasePlan, Migration, Plan, Rehearsal
from engine.migration.values import as_value, case_value
from engine.store import moves as move_store
from engine.store.transaction import Tx
from engine.values import Actor, Json

Progress = Callable[[Migration], None]
#: Cases listed with a migration.
LISTED = 1_000
#: Cases rehearsed unless others are named; of each group of the plan some.
REHEARSED = 50


def _never() -> bool:
    return False


class MigrationFacade(Core):
    def plan_migration(
        self,
        actor: Actor,
        process_id: str,
        to_version: int | None = None,
        cases: Iterable[str] | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> Plan:
        """What would become of the cases of a process (or some of them) on a version (the newest); nothing changes.

        ``mapping``: old element -> new element, for those whose id is another; all others are matched by id.

        Raises:
            NotFound: no such process, version or running case.
            Invalid: the mapping names elements that are not there or do not match.
        """
        with self.read() as tx:
            self._require(tx, actor, "definition.migrate")
            target = definitions.find(tx, process_id, to_version)
            wanted = None if cases is None else list(dict.fromkeys(cases))
            found = move_store.standing(tx.connection, process_id, target["digest"], wanted)
            if wanted is not None and (strange := [c for c in wanted if c not in set(found)]):
                raise NotFound(
                    f"The case '{strange[0]}' is no running case of '{target['name']}' on another version.",
                    hint="Leave it out.",
                )
            return migration.plan_cases(tx, self._stepper, actor, target, found, dict(mapping or {}))

    def rehearse_migration(
        self,
        actor: Actor,
        plan: Plan,
        steps: int = 0,
        answers: Mapping[str, Json] | None = None,
        cases: Sequence[str] | None = None,
    ) -> tuple[Rehearsal, ...]:
        """Try a plan on copies, and ``steps`` steps after it; nothing is kept.

        ``answers``: element -> form data for tasks on the way. ``cases``: which; else some of each group of the plan.
        """
        if not 0 <= steps <= 100:
            raise Invalid("A rehearsal goes on for 0 to 100 steps.")
        with self.read() as tx:
            self._require(tx, actor, "definition.migrate")
            target = {**definitions.find(tx, plan.process_id, plan.to_version)}
            chosen = _chosen(plan, cases)
            return migration.rehearse(tx, self._stepper, actor, plan, target, chosen, steps, dict(answers or {}))

    def migrate(
        self,
        actor: Actor,
        plan: Plan,
        comment: str = "",
        key: str | None = None,
        progress: Progress | None = None,
        stop: Callable[[], bool] = _never,
    ) -> Migration:
        """Move the cases that a plan moves, each in a transaction of its own. What was begun can be continued."""
        begun = self.begin_migration(actor, plan, comment, key)
        return self.continue_migration(actor, begun.id, progress=progress, stop=stop)

    def begin_migration(self, actor: Actor, plan: Plan, comment: str = "", key: str | None = None) -> Migration:
        """Note which cases are to be moved; ``continue_migration`` moves them."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "definition.migrate")
            if not plan.moving:
                raise Conflict(
                    "The plan moves no case.", hint="Look at its reasons, and name elements that were renamed."
                )
            own = tx.ids.new()
            values = {"id": own, "process_id": plan.process_id, "to_version": plan.to_version, "state": "moving"}
            values |= {"to_digest": plan.to_digest, "mapping": dict(plan.mapping), "plan": plan.id}
            values |= {"comment": comment.strip(), "created_at": tx.now, "created_by": actor.person_id}
            move_store.add(tx.connection, values, [_case_row(n, c) for n, c in enumerate(plan.moving)])
            told = {"migration": own, "plan": plan.id, "version": plan.to_version, "mapping": dict(plan.mapping)}
            told |= {"cases": len(plan.moving), "comment": comment.strip()}
            log.append(tx, f"definition/{plan.process_id}", actor, "definition.migration_begun", told)
            return own

        about = {"plan": plan.id, "comment": comment}
        return self._migration(self._command(actor, key, "migrate", about, do))

    def continue_migration(
        self,
        actor: Actor,
        migration_id: str,
        limit: int | None = None,
        progress: Progress | None = None,
        stop: Callable[[], bool] = _never,
    ) -> Migration:
        """Move (or move back) what is left of a migration: at most ``limit`` cases, until ``stop`` says so.

        Each case is a transaction of its own; whoever stops, or dies, loses nothing and can continue.
        """
        with self.read() as tx:
            self._require(tx, actor, "definition.migrate")
            row = self._migration_row(tx, migration_id)
        moving, done = row["state"] in {"moving", "moved"}, 0
        state, act = ("planned", migration.move_planned) if moving else ("moved", migration.undo)
        while not stop() and (limit is None or done < limit):
            with self.read() as tx:
                waiting = move_store.next_ids(tx.connection, migration_id, state, 1)
            if not waiting:
                break
            with self.write() as tx:
                act(tx, self._stepper, actor, row, waiting[0])
            done += 1
            if progress is not None:
                progress(self._migration(migration_id, listed=0))
        with self.write() as tx:
            migration.finish(tx, migration_id)
        return self._migration(migration_id)

    def undo_migration(
        self,
        actor: Actor,
        migration_id: str,
        key: str | None = None,
        progress: Progress | None = None,
        stop: Callable[[], bool] = _never,
    ) -> Migration:
        """Move back the cases of a migration that have not taken a step since; the others stay, with the reason."""
        begun = self.begin_undo(actor, migration_id, key)
        return self.continue_migration(actor, begun.id, progress=progress, stop=stop)

    def begin_undo(self, actor: Actor, migration_id: str, key: str | None = None) -> Migration:
        """From now on ``continue_migration`` moves the cases of a migration back; what was not moved stays."""

        def do(tx: Tx) -> str:
            self._require(tx, actor, "definition.migrate")
            row = self._migration_row(tx, migration_id, lock=True)
            if row["state"] in {"undoing", "undone"}:
                raise Conflict("This migration is undone already.")
            move_store.save(tx.connection, migration_id, {"state": "undoing"})
            told = {"migration": migration_id, "version": row["to_version"]}
            log.append(tx, f"definition/{row['process_id']}", actor, "definition.migration_undone", told)
            return migration_id

        return self._migration(self._command(actor, key, "undo migration", {"migration": migration_id}, do))

    def migration(self, actor: Actor, migration_id: str) -> Migration:
        """A migration with its cases, those that could not be moved first."""
        with self.read() as tx:
            self._require(tx, actor, "definition.migrate")
        return self._migration(migration_id)

    def migrations(self, actor: Actor, process_id: str | None = None) -> tuple[Migration, ...]:
        """Migrations (of a process), the newest first, without their cases."""
        with self.read() as tx:
            self._require(tx, actor, "definition.migrate")
            rows = move_store.of_process(tx.connection, process_id)
            counts = move_store.counts(tx.connection, [r["id"] for r in rows])
            return tuple(as_value(r, counts.get(r["id"], {})) for r in rows)

    def _migration(self, migration_id: str, listed: int = LISTED) -> Migration:
        with self.read() as tx:
            row = self._migration_row(tx, migration_id)
            counts = move_store.counts(tx.connection, [migration_id]).get(migration_id, {})
            rows = move_store.cases(tx.connection, migration_id, listed) if listed else []
            return as_value(row, counts, tuple(case_value(r) for r in rows))

    def _migration_row(self, tx: Tx, migration_id: str, *, lock: bool = False) -> Mapping[str, Any]:
        row = move_store.get(tx.connection, migration_id, lock=lock)
        if row is None:
            raise NotFound(f"There is no migration '{migration_id}'.")
        return row


def _case_row(number: int, case: CasePlan) -> dict[str, Any]:
    return {
        "instance_id": case.case_id,
        "number": number,
        "state": "planned",
        "planned_seq": case.seq,
        "from_version": case.version,
        "from_digest": "",
        "reason": "",
    }


def _chosen(plan: Plan, cases: Sequence[str] | None) -> list[CasePlan]:
    if cases is not None:
        return [c for c in plan.cases if c.case_id in set(cases)]
    groups, found = [list(g.cases) for g in plan.groups()], list[CasePlan]()
    while len(found) < REHEARSED and any(groups):
        found += [group.pop(0) for group in groups if group][: REHEARSED - len(found)]
    return found
