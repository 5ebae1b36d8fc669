# SPDX-License-Identifier: Apache-2.0
"""Replay is re-execution: the recorded commands run again, with the recorded inputs, moments and reads, on the recorded
definition. Each step must reach the recorded state and have the recorded effects; where it does not, the case parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import cases, definitions, migration
from engine.bpmn import Outcome
from engine.errors import EngineError, NotReproduced
from engine.history import log
from engine.history.rows import Rows
from engine.history.way import Way
from engine.store.transaction import Tx
from engine.values import Actor, Change, Event, Json, LocalData, Position, Step, Verdict
from engine.world import RecordedWorld

SHOWN = 120  #: characters of a value in the sentence on where a case parts


def verify(tx: Tx, stepper: cases.Stepper, case_id: str, row: Mapping[str, Any], *, with_tasks: bool = True) -> Verdict:
    """Check a case's chain, run all of its commands again, and compare the case's row with what they lead to.

    ``with_tasks``: the rows of its tasks, timers, subscriptions and calls, too.
    """
    events = log.read(tx, case_id)
    broken = log.first_break(events)
    head = events[-1].hash if events else ""
    if broken is None and (row["seq"], row["head"]) != (len(events), head):
        broken = (len(events) + 1, "the case knows of later events than the history holds")
    if broken is not None:
        where, why = broken
        return Verdict(case_id, len(events), _commands(events), False, False, where, f"At event {where}: {why}.", head)
    again = _Again(tx, stepper, case_id, row["process_id"])
    try:
        again.run(events)
        again.compare(events, row, with_tasks=with_tasks)
        parted, reason = None, ""
    except NotReproduced as error:
        parted, reason = again.at, error.sentence
    except Exception as error:  # a record that this release cannot read must not hide all others
        parted, reason = again.at, f"The record cannot be read: {type(error).__name__}: {error}"
    return Verdict(case_id, len(events), _commands(events), True, parted is None, parted, reason, head)


def _commands(events: Sequence[Event]) -> int:
    return sum(e.kind in cases.STEPS | migration.MOVES for e in events)


class _Again:
    """A case as it is run again; ``at`` is the event that is being looked at."""

    def __init__(self, tx: Tx, stepper: cases.Stepper, case_id: str, process_id: str) -> None:
        self.at = 0
        self._tx, self._stepper = tx, stepper
        self._state: dict[str, Any] = {"tokens": None, "variables": {}}
        self._digest, self._initiator = "", ""
        self._rows = Rows(case_id, process_id)
        #: Of each move to another version so far, by its number: the tokens before it, and its payload.
        self._moves: migration.Before = {}

    def run(self, events: Sequence[Event]) -> None:
        """Every recorded command, in order.

        Raises:
            NotReproduced: one does not lead to what was recorded.
        """
        for event in events:
            self.at = event.seq
            self._rows.note(event)
            if event.kind == "case.started":
                self._initiator = event.actor
            if digest := digest_after(event.kind, event.payload):
                self._move_to(digest)
            if event.kind == "case.corrected":
                changed = {name: change[1] for name, change in event.payload["changes"].items()}
                self._state["variables"] = {**self._state["variables"], **changed}
            if event.kind in cases.STEPS:
                self._rows.step(event, self._step(event))
            elif event.kind in migration.MOVES:
                outcome = migration.rerun(self._tx, self._stepper, event, self._state, self._moves, self._initiator)
                self._rows.move(event, outcome)

    def _move_to(self, digest: str) -> None:
        """From now on the case runs on this definition, which must be as it was published."""
        self._digest = digest
        if damage := definitions.damage(self._tx, digest):
            raise NotReproduced(damage)

    def _step(self, event: Event) -> Outcome:
        payload, state = event.payload, self._state
        if (written := payload.get("format", 1)) > cases.FORMAT:
            raise NotReproduced(
                f"A newer release recorded this step (format {written}; this one reads up to {cases.FORMAT}). "
                "Replay it with that release."
            )
        actor = Actor(event.actor, on_behalf_of=event.on_behalf_of)
        world, command = RecordedWorld(payload["reads"]), cases.command_of(event.kind, payload["inputs"])
        try:
            context = self._stepper.context(self._tx, self._digest, event.at, event.case_id, actor, self._initiator)
            outcome = self._stepper.run(self._tx, self._digest, command, state, context, world)
        except EngineError as error:
            raise NotReproduced(f"The step now fails: {error.sentence}") from error
        now = cases.effects(state["variables"], outcome)
        for name in sorted({*now, *payload["effects"]}):
            if not _same(now.get(name), payload["effects"].get(name)):
                raise NotReproduced(f"Other effects than recorded: {_parts(name, now, payload['effects'])}.")
        if cases.fingerprint(outcome) != payload["state"]:
            raise NotReproduced("The same effects as recorded, but another state.")
        self._state = {"tokens": outcome.state, "variables": dict(outcome.variables)}
        return outcome

    def compare(self, events: Sequence[Event], row: Mapping[str, Any], *, with_tasks: bool) -> None:
        """The case's row, and those of its tasks and waits, against what the commands led to.

        Raises:
            NotReproduced: they show something else.
        """
        state = self._state
        if not _same(state["variables"], row["variables"] or {}) or state["tokens"] != row["tokens"]:
            raise NotReproduced("The case's stored state is not the one its history leads to.")
        program, _ = self._stepper.programs.get(self._tx, events[0].payload["inputs"]["digest"])
        shown = _shown(events, row, program.model.name)
        different = sorted(name for name, value in shown.items() if row[name] != value)
        if different:
            raise NotReproduced(f"The case shows another {', '.join(different)} than its history leads to.")
        for difference in self._rows.differences(self._tx, row) if with_tasks else ():
            raise NotReproduced(difference)


def _same(one: Json, other: Json) -> bool:
    """Equal as JSON: to Python ``True`` and ``1`` are equal as well."""
    return one == other and log.canonical(one) == log.canonical(other)


def _shown(events: Sequence[Event], row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What people read of a case in lists, as its history has it; from the row what the history does not say.

    ``name``: of the process, the title of a case that has no other.
    """
    first = events[0]
    shown: dict[str, Any] = {"started_by": first.actor, "started_at": first.at, "state": "running", "ended_at": None}
    shown |= {"title": name, "business_key": "", "outcome": "", "parent_id": None}
    for event in events:
        effects = event.payload.get("effects", {})
        shown |= {name: effects[name] for name in ("title", "business_key") if effects.get(name)}
        if event.kind == "case.started":
            inputs = event.payload["inputs"]
            shown |= {"process_id": inputs.get("process", row["process_id"]), "digest": inputs["digest"]}
            shown["parent_id"] = inputs.get("source")
        elif event.kind in migration.MOVES:
            shown["digest"] = event.payload["inputs"]["to"]
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


def _parts(name: str, now: Mapping[str, Json], then: Mapping[str, Json]) -> str:
    """In what an effect differs, in a few words."""
    one, other = now.get(name), then.get(name)
    if name == "changes" and isinstance(one, Mapping) and isinstance(other, Mapping):
        different = (n for n in sorted({*one, *other}) if not _same(one.get(n), other.get(n)))
        variable = next(different, "")
        return f"'{variable}' changes {_short(one.get(variable))}, recorded is {_short(other.get(variable))}"
    return f"{name} are {_short(one)}, recorded is {_short(other)}"


def _short(value: Json) -> str:
    text = log.canonical(value).decode()
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


# --- the case step by step -----------------------------------------------------------------------------------------


def steps(events: Sequence[Event], names: Callable[[str], Mapping[str, str]]) -> Iterator[Step]:
    """The events of a case as an auditor walks through them; ``names``: of a digest, element id -> label."""
    way, digest = Way(), ""
    labels: dict[str, str] = {}
    for event in events:
        way.go(event.kind, event.payload)
        if (after := digest_after(event.kind, event.payload)) and after != digest:
            digest, labels = after, {**labels, **names(after)}
        yield _step(event, way.position(), labels, digest)


def digest_after(kind: str, payload: Mapping[str, Json]) -> str:
    """The definition that an event puts its case on; the empty text when it leaves it where it is."""
    if kind == "case.started" or kind in migration.MOVES:
        inputs = payload["inputs"]
        return str(inputs["digest"] if kind == "case.started" else inputs["to"])
    return str(payload.get("to", "")) if kind == "case.retried" else ""


def locals_at(events: Iterable[Event], seq: int) -> tuple[LocalData, ...]:
    """The variables of the scopes within a case as they were after event ``seq``."""
    found: dict[str, LocalData] = {}
    for event in events:
        for one in event.payload.get("effects", {}).get("locals", ()) if event.seq <= seq else ():
            known = found.pop(one["scope"], LocalData(one["element"], one["turn"], {}))
            if not one["over"]:
                data = {**known.data, **{name: after for name, (_, after) in one["changes"].items()}}
                found[one["scope"]] = replace(known, data=data)
    return tuple(found.values())


def data_at(events: Iterable[Event], seq: int) -> dict[str, Json]:
    """The case's variables as they were after event ``seq``, from what each event has changed."""
    data: dict[str, Json] = {}
    for event in events:
        if event.seq <= seq:
            data |= {change.name: change.after for change in _changes(event.payload)}
    return data


def _step(event: Event, position: Position, names: Mapping[str, str], digest: str) -> Step:
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
        digest=digest,
    )


def _form(kind: str, data: Json) -> Mapping[str, Json] | None:
    """What was filled in; a message that starts a case may bring something else than fields."""
    return data if kind in {"task.completed", "case.started"} and isinstance(data, Mapping) else None


def _changes(payload: Mapping[str, Json]) -> Iterator[Change]:
    recorded = payload.get("effects", {}).get("changes") or payload.get("changes") or {}
    for name, (before, after) in recorded.items():
        yield Change(name, before, after)


_EFFECTS = ("decisions", "conflicts", "data_states", "locals", "records", "thrown", "withdrawn", "outcome")


def _details(payload: Mapping[str, Json]) -> dict[str, Json]:
    effects = payload.get("effects", {})
    shown = {n: effects[n] for n in _EFFECTS if n in effects}
    told = ("reason", "message", "expression", "names", "to", "from", "command", "retried_by", "error", "attempts")
    own = {n: payload[n] for n in told if n in payload}
    received = payload.get("inputs", {})
    if "moved" in effects:
        own |= {"moved": effects["moved"], "mapping": received.get("mapping", {})}
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
    "activity.begun": "Begun",
    "subprocess.finished": "Finished",
    "task.claimed": "Taken",
    "task.released": "Released",
    "task.assigned": "Assigned",
    "service.retried": "Call tried again",
    "timer.fired": "Time came",
    "message.received": "Message received",
    "message.expired": "Message expired, nobody waited for it in time",
}


def _title(event: Event, name: str) -> str:
    if event.kind == "step.failed" and "retried_by" in event.payload:
        return f"Step failed again, tried by {event.payload['retried_by']}" + (f": {name}" if name else "")
    if event.kind in migration.MOVES:
        back = " back" if event.kind == migration.UNDONE else ""
        return f"Moved{back} to version {event.payload['inputs']['version']}"
    if event.kind in _TITLES:
        return _TITLES[event.kind] + (f": {name}" if name else "")
    return f"{_VERBS.get(event.kind, event.kind)}: {name or event.payload.get('name', '')}"
