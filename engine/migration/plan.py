# SPDX-License-Identifier: Apache-2.0
"""Which cases can move to another version, which cannot and why, and what changes for each. Nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import cases
from engine.bpmn import Moved, World, renamable, standing
from engine.errors import CaseEnded, Conflict, EngineError, Invalid, MoveRefused, NotFound
from engine.history import log
from engine.store import instances as store
from engine.store.transaction import Tx
from engine.values import Actor, Json, Obstacle, Shift
from engine.world import LiveWorld


@dataclass(frozen=True, slots=True)
class CasePlan:
    """What would become of one case. ``at`` are the elements of its tokens now, ``then`` those in the new version.

    ``seq`` is the last event that the plan has seen; ``obstacles`` is empty for a case that moves.
    """

    case_id: str
    title: str
    business_key: str
    held: bool
    version: int
    seq: int
    at: tuple[str, ...]
    then: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    shifts: tuple[Shift, ...] = ()

    @property
    def moves(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of a plan that stand alike and for which the same would happen; due times may differ."""

    version: int
    at: tuple[str, ...]
    then: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]
    shifts: tuple[Shift, ...]
    cases: tuple[CasePlan, ...]

    @property
    def moves(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True, slots=True)
class Gone:
    """An element of a version in question that the new one does not have. ``candidates``: (element, name) of new
    elements of the same kind that may have taken its place, for a mapping."""

    element: str
    name: str
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan for the cases of a process. ``id`` is the SHA-256 over what it says of which cases, at which event."""

    id: str
    process_id: str
    name: str
    to_version: int
    to_digest: str
    mapping: Mapping[str, str]
    made_at: datetime
    cases: tuple[CasePlan, ...]
    gone: tuple[Gone, ...] = ()

    @property
    def moving(self) -> tuple[CasePlan, ...]:
        return tuple(c for c in self.cases if c.moves)

    @property
    def refused(self) -> tuple[CasePlan, ...]:
        return tuple(c for c in self.cases if not c.moves)

    def versions(self) -> tuple[int, ...]:
        """The versions that its cases are on."""
        return tuple(sorted({c.version for c in self.cases}))

    def before(self, version: int) -> dict[str, int]:
        """Element of that version -> number of tokens that stand there now."""
        return dict(Counter(element for c in self.cases if c.version == version for element in c.at))

    def after(self) -> dict[str, int]:
        """Element of the new version -> number of tokens that would come to stand there."""
        return dict(Counter(element for c in self.moving for element in c.then))

    def groups(self) -> tuple[Group, ...]:
        """The cases by what happens to them: first those that cannot move, then the largest groups."""
        found: dict[Any, list[CasePlan]] = {}
        for case in self.cases:
            shifts = tuple((s.what, s.change, s.element, s.to) for s in case.shifts)
            found.setdefault((case.version, case.at, case.then, case.obstacles, shifts), []).append(case)
        groups = [
            Group(c[0].version, c[0].at, c[0].then, c[0].obstacles, c[0].shifts, tuple(c)) for c in found.values()
        ]
        return tuple(sorted(groups, key=lambda g: (g.moves, -len(g.cases))))


def plan_cases(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    target: Mapping[str, Any],
    case_ids: Iterable[str],
    mapping: Mapping[str, str],
) -> Plan:
    """Plan the move of cases to the definition ``target``.

    Raises:
        Invalid: the mapping names what no version in question has, or elements that do not match.
    """
    rows = [row for own in case_ids if (row := store.get(tx.connection, own)) is not None]
    check_mapping(tx, stepper, {str(row["digest"]) for row in rows}, target, mapping)
    planned = tuple(plan_case(tx, stepper, actor, row, target, mapping) for row in rows)
    said = [[c.case_id, c.seq, c.moves, list(c.then)] for c in planned]
    own = log.digest({"to": target["digest"], "mapping": dict(mapping), "cases": said})
    return Plan(
        id=own,
        process_id=target["process_id"],
        name=target["name"],
        to_version=target["version"],
        to_digest=target["digest"],
        mapping=dict(mapping),
        made_at=tx.now,
        cases=planned,
        gone=_gone(tx, stepper, {str(row["digest"]) for row in rows}, target),
    )


def _gone(tx: Tx, stepper: cases.Stepper, digests: Iterable[str], target: Mapping[str, Any]) -> tuple[Gone, ...]:
    new, _ = stepper.programs.get(tx, target["digest"])
    found: dict[str, Gone] = {}
    for digest in sorted(digests):
        old, _ = stepper.programs.get(tx, digest)
        for label, (name, candidates) in renamable(old, new).items():
            found.setdefault(label, Gone(label, name, candidates))
    return tuple(found.values())


def check_mapping(
    tx: Tx, stepper: cases.Stepper, digests: Iterable[str], target: Mapping[str, Any], mapping: Mapping[str, str]
) -> None:
    """Each name of the mapping is in some version in question, and leads to an element of the same kind."""
    known: set[str] = set()
    for digest in sorted(digests):
        known |= stepper.matched(tx, digest, target["digest"], mapping)
    if digests and (unknown := sorted(set(mapping) - known)):
        raise Invalid(
            f"The mapping names '{unknown[0]}', which no version that the cases are on has.",
            hint="Name elements by their ids, those of a called process with the process in front.",
        )


def plan_case(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    row: Mapping[str, Any],
    target: Mapping[str, Any],
    mapping: Mapping[str, str],
) -> CasePlan:
    """What would become of a case as it stands now."""
    program, _ = stepper.programs.get(tx, row["digest"])
    at = standing(program, row["tokens"]) if row["tokens"] is not None else ()
    fields: dict[str, Any] = {name: row[name] for name in ("title", "business_key", "version", "seq")}
    fields |= {"case_id": row["id"], "held": row["state"] == "failed", "at": at}
    try:
        moved = try_move(tx, stepper, actor, row, target, mapping)
    except MoveRefused as refused:
        return CasePlan(**fields, obstacles=refused.obstacles)
    except (Conflict, NotFound) as error:
        return CasePlan(**fields, obstacles=(Obstacle("", error.sentence, error.hint),))
    if moved is None:
        return CasePlan(**fields)
    new, _ = stepper.programs.get(tx, target["digest"])
    return CasePlan(**fields, then=standing(new, moved.outcome.state), shifts=moved.shifts)


def try_move(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    row: Mapping[str, Any],
    target: Mapping[str, Any],
    mapping: Mapping[str, str],
    world: World | None = None,
) -> Moved | None:
    """The case on its new version; None for one that was held before it began, which has nothing to move.

    ``world`` keeps what the expressions of timers, keys and titles ask for.

    Raises:
        CaseEnded: it is no longer there to be moved.
        Conflict: it is on that version already.
        MoveRefused: it cannot move as it stands.
    """
    if row["state"] not in {"running", "failed"}:
        raise CaseEnded("The case has ended; it stays what it was.")
    if row["digest"] == target["digest"]:
        raise Conflict("The case is on that version already.")
    if row["tokens"] is None:
        _check_start(tx, stepper, row, target)
        return None
    moved = move_state(tx, stepper, actor, row, row["digest"], target["digest"], mapping, world or LiveWorld(tx))
    _check_held(row, moved.shifts)
    return moved


def move_state(
    tx: Tx,
    stepper: cases.Stepper,
    actor: Actor,
    row: Mapping[str, Any],
    from_digest: str,
    to_digest: str,
    mapping: Mapping[str, str],
    world: World,
) -> Moved:
    """Tokens and variables of ``row`` on another definition."""
    context = stepper.context(tx, to_digest, tx.now, row["id"], actor, row["started_by"])
    return stepper.move(tx, from_digest, to_digest, mapping, row, context, world)


def _check_held(row: Mapping[str, Any], shifts: Sequence[Shift]) -> None:
    """A held case keeps the command that failed; what it was about must still be there."""
    fault = row["fault"]
    if not fault or "token" not in fault["inputs"]:
        return
    told = fault["inputs"]
    found = renamed(shifts, told["token"], told.get("element", ""))
    if found is None:
        name = told.get("name") or told.get("element", "")
        raise MoveRefused(
            [Obstacle(told.get("element", ""), f"The case is held at '{name}', which is not in the new version.",
                      "Mend what the case shows and retry it on its own version.")]
        )  # fmt: skip


def renamed(shifts: Sequence[Shift], token: str, element: str) -> str | None:
    """What an element that a token waited at is called after the move; None when the wait was withdrawn.

    Waits in a called process are told with and without that process in front.
    """
    bare = ":" not in element
    for shift in shifts:
        before = shift.element.rpartition(":")[2] if bare else shift.element
        if shift.token == token and before == element and shift.to:
            return shift.to.rpartition(":")[2] if bare else shift.to
    return None


def _check_start(tx: Tx, stepper: cases.Stepper, row: Mapping[str, Any], target: Mapping[str, Any]) -> None:
    inputs: Mapping[str, Json] = (row["fault"] or {}).get("inputs", {})
    program, _ = stepper.programs.get(tx, target["digest"])
    start, message = inputs.get("start") or "", inputs.get("message") or ""
    model = program.model
    found = (
        start in {e.id for e in model.starts()}
        if start
        else message in model.start_messages
        if message
        else model.starts_by_hand
    )
    if not found:
        raise MoveRefused(
            [Obstacle(start, "The case has not begun, and the new version has no such start event.",
                      "Draw one there, or cancel the case.")]
        )  # fmt: skip


def reason_of(error: EngineError) -> str:
    """Why a case was not moved, in one text."""
    if isinstance(error, MoveRefused):
        return " ".join(o.sentence for o in error.obstacles)
    return error.sentence
