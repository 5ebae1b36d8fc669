# SPDX-License-Identifier: Apache-2.0
"""Replay is re-execution: the recorded commands run again, with the recorded inputs, moments and reads, on the recorded
definition. Each step must reach the recorded state and have the recorded effects; where it does not, the case parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine import cases, definitions
from engine.errors import EngineError
from engine.history import log
from engine.store.transaction import Tx
from engine.values import Actor, Change, Event, Json, Position, Step, Verdict
from engine.world import RecordedWorld


def verify(tx: Tx, stepper: cases.Stepper, case_id: str, row: Mapping[str, Any]) -> Verdict:
    """Check a case's chain and run all of its commands again."""
    events = log.read(tx, case_id)
    broken = log.first_break(events)
    head = events[-1].hash if events else ""
    if broken is None and row["head"] != head:
        broken = (len(events) + 1, "the case knows of later events than the history holds")
    if broken is not None:
        where, why = broken
        return Verdict(case_id, len(events), _commands(events), False, False, where, f"At event {where}: {why}.", head)
    parted = _damaged(tx, events) or _reproduce(tx, stepper, case_id, events, row)
    at, reason = parted or (None, "")
    return Verdict(case_id, len(events), _commands(events), True, parted is None, at, reason, head)


def _commands(events: Sequence[Event]) -> int:
    return sum(e.kind in cases.STEPS for e in events)


def _damaged(tx: Tx, events: Sequence[Event]) -> tuple[int, str] | None:
    """The first event whose definition is no longer as it was published."""
    ran_on: dict[str, int] = {}
    for event in events:
        digest = None
        if event.kind == "case.started":
            digest = event.payload["inputs"]["digest"]
        elif event.kind == "case.retried":
            digest = event.payload.get("to")
        if digest:
            ran_on.setdefault(digest, event.seq)
    found = ((seq, definitions.damage(tx, digest)) for digest, seq in ran_on.items())
    return next(((seq, why) for seq, why in found if why), None)


def _reproduce(
    tx: Tx, stepper: cases.Stepper, case_id: str, events: Sequence[Event], row: Mapping[str, Any]
) -> tuple[int, str] | None:
    state: dict[str, Any] = {"tokens": None, "variables": {}}
    digest, initiator = "", ""
    for event in events:
        payload = event.payload
        if event.kind == "case.started":
            digest, initiator = payload["inputs"]["digest"], event.actor
        elif event.kind == "case.retried" and "to" in payload:
            digest = payload["to"]
        elif event.kind == "case.corrected":
            state["variables"] = {**state["variables"], **{n: c[1] for n, c in payload["changes"].items()}}
        if event.kind in cases.STEPS:
            reason = _rerun(tx, stepper, case_id, event, state, digest, initiator)
            if reason:
                return event.seq, reason
    if not _same(state["variables"], row["variables"] or {}) or state["tokens"] != row["tokens"]:
        return len(events), "The case's stored state is not the one its history leads to."
    program, _ = stepper.programs.get(tx, events[0].payload["inputs"]["digest"])
    shown = _shown(events, row, program.model.name)
    different = sorted(name for name, value in shown.items() if row[name] != value)
    if different:
        return len(events), f"The case shows another {', '.join(different)} than its history leads to."
    return None


def _same(one: Json, other: Json) -> bool:
    """Equal as JSON: to Python ``True`` and ``1`` are equal as well."""
    return one == other and log.canonical(one) == log.canonical(other)


def _shown(events: Sequence[Event], row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What people read of a case in lists, as its history has it; from the row what the history does not say.

    ``name``: of the process, the title of a case that has no other.
    """
    first = events[0]
    shown: dict[str, Any] = {"started_by": first.actor, "started_at": first.at, "state": "running", "ended_at": None}
    shown |= {"title": name, "business_key": "", "outcome": ""}
    for event in events:
        effects = event.payload.get("effects", {})
        shown |= {name: effects[name] for name in ("title", "business_key") if effects.get(name)}
        if event.kind == "case.started":
            inputs = event.payload["inputs"]
            shown |= {"process_id": inputs.get("process", row["process_id"]), "digest": inputs["digest"]}
        if event.kind == "step.failed":
            shown["state"] = "failed"
        elif event.kind == "case.retried":
            shown["state"] = "running"
            shown |= {"digest": event.payload["to"]} if "to" in event.payload else {}
        elif event.kind == "case.cancelled":
            shown |= {"state": "cancelled", "outcome": event.payload["reason"], "ended_at": event.at}
        elif effects.get("completed"):
            shown |= {"state": "completed", "outcome": effects.get("outcome", ""), "ended_at": event.at}
    return shown


def _rerun(
    tx: Tx, stepper: cases.Stepper, case_id: str, event: Event, state: dict[str, Any], digest: str, initiator: str
) -> str:
    """Run one recorded command; the reason why it does not reproduce, or the empty text."""
    payload = event.payload
    actor = Actor(event.actor, on_behalf_of=event.on_behalf_of)
    world = RecordedWorld(payload["reads"])
    try:
        context = stepper.context(tx, digest, event.at, case_id, actor, initiator)
        outcome = stepper.run(tx, digest, cases.command_of(event.kind, payload["inputs"]), state, context, world)
    except EngineError as error:
        return f"The step now fails: {error.sentence}"
    now = cases.effects(state["variables"], outcome)
    different = [n for n in {*now, *payload["effects"]} if not _same(now.get(n), payload["effects"].get(n))]
    if different:
        return f"Other effects than recorded: {', '.join(sorted(different))}."
    if cases.fingerprint(outcome) != payload["state"]:
        return "Another state than recorded."
    state["tokens"], state["variables"] = outcome.state, dict(outcome.variables)
    return ""


# --- the case step by step -----------------------------------------------------------------------------------------


def steps(events: Sequence[Event], names: Mapping[str, str]) -> Iterator[Step]:
    """The events of a case as an auditor walks through them; ``names``: element id -> label."""
    way = _Way()
    for event in events:
        way.go(event.kind, event.payload)
        yield _step(event, way.position(), names)


def position(events: Iterable[tuple[str, Mapping[str, Json]]]) -> Position:
    """Where a case stands after its events: (kind, payload) of each, in order."""
    way = _Way()
    for kind, payload in events:
        way.go(kind, payload)
    return way.position()


class _Way:
    """Where tokens have been and where they are, followed event by event."""

    def __init__(self) -> None:
        self._done: Counter[str] = Counter()
        self._active: tuple[str, ...] = ()
        self._failed: tuple[str, ...] = ()

    def go(self, kind: str, payload: Mapping[str, Json]) -> None:
        if kind in cases.STEPS:
            effects = payload.get("effects", {})
            self._done.update(effects.get("passed", ()))
            self._active, self._failed = tuple(effects.get("active", ())), ()
        elif kind == "step.failed":
            self._failed = (payload["element"],) if payload["element"] else ()
        elif kind == "case.cancelled":
            self._active = ()

    def position(self) -> Position:
        return Position(tuple(self._done), self._active, self._failed, dict(self._done))


def _step(event: Event, position: Position, names: Mapping[str, str]) -> Step:
    payload = event.payload
    inputs = payload.get("inputs", {})
    element = inputs.get("element") or payload.get("element") or None
    return Step(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        on_behalf_of=event.on_behalf_of,
        kind=event.kind,
        title=_title(event, names.get(element or "", element or "")),
        element=element,
        form=_form(event.kind, inputs.get("data")),
        changes=tuple(_changes(payload)),
        position=position,
        details=_details(payload),
    )


def _form(kind: str, data: Json) -> Mapping[str, Json] | None:
    """What was filled in; a message that starts a case may bring something else than fields."""
    return data if kind in {"task.completed", "case.started"} and isinstance(data, Mapping) else None


def _changes(payload: Mapping[str, Json]) -> Iterator[Change]:
    recorded = payload.get("effects", {}).get("changes") or payload.get("changes") or {}
    for name, (before, after) in recorded.items():
        yield Change(name, before, after)


def _details(payload: Mapping[str, Json]) -> dict[str, Json]:
    effects = payload.get("effects", {})
    shown = {n: effects[n] for n in ("decisions", "records", "thrown", "withdrawn", "outcome") if n in effects}
    told = ("reason", "message", "expression", "names", "to", "from", "command", "retried_by", "error", "attempts")
    own = {n: payload[n] for n in told if n in payload}
    received = payload.get("inputs", {})
    return {**shown, **own, **({"payload": received["payload"]} if "payload" in received else {})}


_TITLES = {
    "case.started": "Case started",
    "case.corrected": "Values corrected",
    "case.cancelled": "Case cancelled",
    "case.retried": "Failed step tried again",
    "step.failed": "Step failed",
}
_VERBS = {
    "task.completed": "Completed",
    "task.claimed": "Taken",
    "task.released": "Released",
    "task.assigned": "Assigned",
    "service.retried": "Call tried again",
    "timer.fired": "Time came",
    "message.received": "Message received",
}


def _title(event: Event, name: str) -> str:
    if event.kind == "step.failed" and "retried_by" in event.payload:
        return f"Step failed again, tried by {event.payload['retried_by']}" + (f": {name}" if name else "")
    if event.kind in _TITLES:
        return _TITLES[event.kind] + (f": {name}" if name else "")
    return f"{_VERBS.get(event.kind, event.kind)}: {name or event.payload.get('name', '')}"
