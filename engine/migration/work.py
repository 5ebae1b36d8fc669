# SPDX-License-Identifier: Apache-2.0
"""Moving one case, and moving it back: each one transaction and one event in the case's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from engine import cases, definitions
from engine.bpmn import Outcome, World
from engine.errors import Conflict, NotFound
from engine.history import log
from engine.migration.plan import reason_of, renamed, try_move
from engine.store import calls as call_store
from engine.store import events as event_store
from engine.store import instances as store
from engine.store import moves as move_store
from engine.store import tasks as task_store
from engine.store.transaction import Tx
from engine.values import Actor, Json, Shift
from engine.world import LiveWorld

MIGRATED = "case.migrated"
UNDONE = "case.migration_undone"
#: Events that put a case on another definition without running its diagram.
MOVES = frozenset({MIGRATED, UNDONE})


def move_planned(tx: Tx, stepper: cases.Stepper, actor: Actor, migration: Mapping[str, Any], case_id: str) -> None:
    """Move one case of a migration, as it stands now; it may have gone on since the plan. Refused with the reason."""
    planned = move_store.case(tx.connection, migration["id"], case_id)
    if planned is None or planned["state"] != "planned":
        return
    target = {**definitions.by_digest(tx, migration["to_digest"]), "version": migration["to_version"]}
    row = store.lock(tx.connection, case_id)
    told = {"migration": migration["id"], "plan": migration["plan"]}
    try:
        if row is None:
            raise NotFound(f"There is no case '{case_id}'.")
        before = row["tokens"]
        seq = move(tx, stepper, actor, row, target, migration["mapping"], told)
    except (Conflict, NotFound) as error:
        values: dict[str, Any] = {"state": "refused", "reason": reason_of(error)}
    else:
        values = {"state": "moved", "seq": seq, "tokens": before}
        values |= {"from_version": row["version"], "from_digest": row["digest"]}
    move_store.save_case(tx.connection, migration["id"], case_id, values)


def move(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    row: Mapping[str, Any],
    target: Mapping[str, Any],
    mapping: Mapping[str, str],
    told: Mapping[str, Json],
) -> int:
    """Move a (locked) case to the definition ``target``; returns the number of its event.

    ``told``: what the event says besides. A held case stays held, with its command.

    Raises:
        CaseEnded, Conflict, MoveRefused: it cannot move.
    """
    world = LiveWorld(tx)
    moved = try_move(tx, stepper, actor, row, target, mapping, world)
    inputs: dict[str, Json] = {**told, "from": row["digest"], "to": target["digest"], "version": target["version"]}
    inputs |= {"mapping": dict(mapping)}
    payload: dict[str, Json] = {"inputs": inputs}
    if moved is not None:
        payload |= {"reads": world.reads, **recorded(row, moved.outcome, moved.shifts)}
    seq, head = log.append(tx, row["id"], actor, MIGRATED, payload, head=(row["seq"], row["head"]))
    _keep(tx, actor, row, target, moved.outcome if moved is not None else None, payload, seq, head)
    return seq


def recorded(row: Mapping[str, Any], outcome: Outcome, shifts: Sequence[Shift]) -> dict[str, Json]:
    """What the event of a move says that it did, and a replay must find again."""
    effects = cases.effects(row["variables"] or {}, outcome)
    return {"effects": {**effects, "moved": told_shifts(shifts)}, "state": cases.fingerprint(outcome)}


def told_shifts(shifts: Sequence[Shift]) -> list[Json]:
    return [{**asdict(s), "changes": [[c.name, c.before, c.after] for c in s.changes]} for s in shifts]


def held(fault: Mapping[str, Any], payload: Mapping[str, Json]) -> dict[str, Any]:
    """The command that a case is held with, under the names that its elements have after the move of ``payload``."""
    shifts = _shifts(payload)
    inputs = dict(fault["inputs"])
    if "token" in inputs and (name := renamed(shifts, inputs["token"], inputs.get("element", ""))) is not None:
        inputs["element"] = name
    element = next((s.to for s in shifts if s.element == fault["element"] and s.to), fault["element"])
    return {**fault, "inputs": inputs, "element": element}


def _keep(
    tx: Tx,
    actor: Actor,
    row: Mapping[str, Any],
    target: Mapping[str, Any],
    outcome: Outcome | None,
    payload: Mapping[str, Json],
    seq: int,
    head: str,
) -> None:
    values: dict[str, Any] = {"digest": target["digest"], "version": target["version"], "seq": seq, "head": head}
    if row["fault"]:
        values["fault"] = held(row["fault"], payload)
    store.save(tx.connection, row["id"], values)
    if outcome is not None:
        _rename_calls(tx, row["id"], outcome)
        _offer_again(tx, row["id"], outcome)
        cases.save(tx, actor, row, outcome, seq, head)
        _show_tasks_anew(tx, row["id"], outcome)
        if row["fault"]:
            task_store.hold(tx.connection, row["id"], held=True)


def _rename_calls(tx: Tx, case_id: str, outcome: Outcome) -> None:
    """A call under way goes on under the element's new name; attempts and key stay."""
    wanted = {c.token: c for c in outcome.calls}
    for call in call_store.of_case(tx.connection, case_id):
        new = wanted.get(call.token)
        if new is not None and (new.element, new.name) != (call.element, call.name):
            values = {"element": new.element, "name": new.name}
            call_store.save(tx.connection, case_id, call.token, call.element, values)


def _offer_again(tx: Tx, case_id: str, outcome: Outcome) -> None:
    """Moved back: what the move had taken from the list of what may be begun is there again."""
    wanted = {t.token for t in outcome.tasks}
    for task in task_store.of_case(tx.connection, case_id):
        if task["state"] == "withdrawn" and task["token"] in wanted:
            task_store.save(tx.connection, task["id"], {"state": "open", "ended_at": None})


def _show_tasks_anew(tx: Tx, case_id: str, outcome: Outcome) -> None:
    """Open tasks as the version draws them; who works on them, drafts and due times are not touched."""
    wanted = {t.token: t for t in outcome.tasks}
    for task in task_store.open_of(tx.connection, case_id):
        new = wanted[task["token"]]
        values = {"element": new.element, "name": new.name, "role": new.role}
        if any(task[name] != value for name, value in values.items()):
            task_store.save(tx.connection, task["id"], values)


# --- back again ----------------------------------------------------------------------------------------------------


def undo(tx: Tx, stepper: cases.Stepper, actor: Actor, migration: Mapping[str, Any], case_id: str) -> None:
    """Move one case of a migration back to where it was, if it has not taken a step since."""
    moved = move_store.case(tx.connection, migration["id"], case_id)
    if moved is None or moved["state"] != "moved":
        return
    row = store.lock(tx.connection, case_id)
    assert row is not None
    reason = _went_on(tx, row, moved, migration)
    if reason:
        values = {"state": "stays", "reason": reason}
    else:
        _move_back(tx, stepper, actor, row, moved, migration)
        values = {"state": "undone", "reason": ""}
    move_store.save_case(tx.connection, migration["id"], case_id, values)


def _went_on(tx: Tx, row: Mapping[str, Any], moved: Mapping[str, Any], migration: Mapping[str, Any]) -> str:
    if row["state"] not in {"running", "failed"}:
        return "The case has ended since."
    if row["digest"] != migration["to_digest"]:
        return "The case has moved to another version since."
    if any(e.kind in cases.STEPS | MOVES for e in event_store.of(tx.connection, row["id"]) if e.seq > moved["seq"]):
        return "The case has taken a step since."
    return ""


def _move_back(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    row: Mapping[str, Any],
    moved: Mapping[str, Any],
    migration: Mapping[str, Any],
) -> None:
    target = definitions.by_digest(tx, moved["from_digest"])
    event = next(e for e in event_store.of(tx.connection, row["id"]) if e.seq == moved["seq"])
    inputs: dict[str, Json] = {"migration": migration["id"], "undoes": moved["seq"]}
    inputs |= {"from": row["digest"], "to": moved["from_digest"], "version": moved["from_version"]}
    payload: dict[str, Json] = {"inputs": inputs}
    outcome = None
    if moved["tokens"] is not None:
        world = LiveWorld(tx)
        outcome = look(tx, stepper, actor, row, moved["from_digest"], moved["tokens"], world)
        payload |= {"reads": world.reads, **recorded(row, outcome, shifts_back(event.payload))}
    seq, head = log.append(tx, row["id"], actor, UNDONE, payload, head=(row["seq"], row["head"]))
    back = {**target, "version": moved["from_version"]}
    _keep(tx, actor, row, back, outcome, payload, seq, head)


def look(
    tx: Tx, stepper: cases.Stepper, actor: Actor, row: Mapping[str, Any], digest: str, tokens: bytes, world: World
) -> Outcome:
    """What the case waits for with these tokens on that definition."""
    context = stepper.context(tx, digest, tx.now, row["id"], actor, row["started_by"])
    return stepper.look(tx, digest, {**row, "tokens": tokens}, context, world)


def _shifts(payload: Mapping[str, Json]) -> tuple[Shift, ...]:
    """The shifts of a recorded move, without what changed in each."""
    names = ("token", "what", "change", "element", "to", "name")
    return tuple(Shift(**{n: told[n] for n in names}) for told in payload.get("effects", {}).get("moved", ()))


def shifts_back(payload: Mapping[str, Json]) -> tuple[Shift, ...]:
    """The shifts of a recorded move, the other way round."""
    turned = {"new": "withdrawn", "withdrawn": "new"}
    return tuple(
        replace(s, change=turned.get(s.change, s.change), element=s.to, to=s.element) for s in _shifts(payload)
    )


def finish(tx: Tx, migration_id: str) -> None:
    """Note that nothing of a migration is left to be done."""
    migration = move_store.get(tx.connection, migration_id, lock=True)
    ended = {"moving": ("planned", "moved"), "undoing": ("moved", "undone")}
    if migration is not None and migration["state"] in ended:
        left, state = ended[migration["state"]]
        if not move_store.next_ids(tx.connection, migration_id, left, 1):
            move_store.save(tx.connection, migration_id, {"state": state})
