# SPDX-License-Identifier: Apache-2.0
"""The history as auditors read it: steps for the replay, verdicts in plain words, events as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from engine.values import Calls, Case, Event, Step, Verdict
from webapp.cases.pictures import markers
from webapp.filters import person_name

BATCH = 5  #: cases verified in one request, so that the progress bar moves and no request lasts long


def step_json(step: Step, calls: Calls) -> dict[str, Any]:
    """A step as the replay island shows it, on the diagram of the case's own process."""
    where = markers(step.position, calls)
    return {
        "seq": step.seq,
        "at": _text(step.at),
        "actor": person_name(step.actor),
        "on_behalf_of": person_name(step.on_behalf_of) if step.on_behalf_of else None,
        "element": step.element,
        "title": step.title,
        "kind": step.kind,
        "form": dict(step.form) if step.form is not None else None,
        "changes": [{"name": c.name, "before": c.before, "after": c.after} for c in step.changes],
        "locals": [_scope(one, calls) for one in step.details.get("locals", ())],
        "conflicts": step.details.get("conflicts", []),
        "done": where["done"],
        "active": where["active"],
        "failed": where["failed"],
        "digest": step.digest,
        "moved": [_moved(shift) for shift in step.details.get("moved", ())],
    }


def _scope(local: Mapping[str, Any], calls: Calls) -> dict[str, Any]:
    """What a step changed in a turn of a loop (whose number stands apart), a subprocess or an activity."""
    changes = {n: each for n, each in local["changes"].items() if n != "loopCounter" or local["turn"] is None}
    return {
        "scope": local["scope"],
        "name": calls.elements.get(local["element"], local["element"]),
        "turn": local["turn"],
        "over": local["over"],
        "changes": [{"name": name, "before": before, "after": after} for name, (before, after) in changes.items()],
    }


def _moved(shift: Mapping[str, Any]) -> str:
    """What became of one thing that a case waited for when it moved to another version."""
    differs = "; ".join(f"{name} {before or 'none'} → {after or 'none'}" for name, before, after in shift["changes"])
    return f"{shift['what'].capitalize()} “{shift['name']}”: {shift['change']}" + (f" ({differs})" if differs else "")


def export(case: Case, events: tuple[Event, ...]) -> dict[str, Any]:
    """The whole history of a case with every hash, so that somebody else can check it."""
    return {
        "format": "fitsm-flow-history/1",
        "case": {"id": case.id, "process_id": case.process_id, "version": case.version, "digest": case.digest},
        "events": [_event_json(event) for event in events],
        "head": events[-1].hash if events else "",
    }


def sentences(verdict: Verdict) -> tuple[str, ...]:
    """What a verdict says, and what it does not say."""
    chain = (
        f"The history is whole: {_count(verdict.events, 'entry', 'entries')}, none altered, removed or reordered."
        if verdict.chain_whole
        else f"The chain of entries is broken{_place(verdict)}: an entry was altered, removed or reordered."
    )
    again = (
        f"Run again on the recorded diagram, {_count(verdict.commands, 'recorded action')} led to the same result."
        if verdict.reproduced
        else f"Running the recorded actions again did not lead to the recorded result{_place(verdict)}."
    )
    reason = (verdict.reason,) if verdict.reason else ()
    return (chain, again, *reason, _sealed(verdict))


def _sealed(verdict: Verdict) -> str:
    if verdict.sealed is None:
        return "Not sealed yet: no signed tree head holds this history so far."
    head = verdict.sealed.head
    later = verdict.events - verdict.sealed.seq
    rest = f" {_count(later, 'later entry', 'later entries')} will be in the next one." if later > 0 else ""
    return (
        f"Up to entry {verdict.sealed.seq} sealed in tree head {head.size} at {head.at:%Y-%m-%d %H:%M:%S} UTC "
        f"(signature {head.signature[:16]}…, key {head.key_id}).{rest}"
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _place(verdict: Verdict) -> str:
    return f" at entry {verdict.parted_at}" if verdict.parted_at is not None else ""


def _event_json(event: Event) -> dict[str, Any]:
    return {**asdict(event), "at": _text(event.at), "payload": dict(event.payload)}


def _text(when: datetime) -> str:
    return when.isoformat()
