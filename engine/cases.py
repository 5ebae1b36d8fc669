# SPDX-License-Identifier: Apache-2.0
"""Cases: the one load → advance → save → log that every command on a case goes through.

A step is recorded as one event that holds everything it was given (form data, message, moment, what it read from
registers) and everything it did. If the diagram cannot go on, the step is undone whole and the case is held: it keeps
the command that failed, shows element, expression and values, and waits for a retry. Other cases do not notice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine import access, calls, definitions, messages, registers
from engine.bpmn import (
    Choose,
    Command,
    CompleteTask,
    FailService,
    FireTimer,
    Matching,
    Moved,
    Outcome,
    ReceiveMessage,
    Runner,
    Start,
    Thrown,
    World,
)
from engine.bpmn.outcome import RULES, HumanTask
from engine.errors import CaseEnded, Conflict, Invalid, NotFound, RecordInvalid, StepFailed
from engine.history import log
from engine.scripts import Context, ScriptRunner
from engine.scripts.data import same
from engine.store import instances as store
from engine.store import tasks as task_store
from engine.store import words
from engine.store.tasklist import urgency
from engine.store.transaction import Armed, Tx
from engine.values import Actor, Case, Fault, Json
from engine.world import LiveWorld

#: What completing a task is called in the history, by the purpose of the task.
COMPLETIONS = {"work": "task.completed", "begin": "activity.begun", "finish": "subprocess.finished"}
#: How the events of steps are written; 1 did not say so. A replay reads all formats up to this one.
FORMAT = 2
#: Events that run the diagram; a replay runs them again.
STEPS = frozenset(
    {
        "case.started", "task.completed", "timer.fired", "message.received", "signal.received", "service.completed",
        "service.failed", "activity.begun", "subprocess.finished",
    }
)  # fmt: skip


class Stepper:
    """Runs steps. Holds what is shared by all of them: compiled programs, script workers, the zone where none was set."""

    def __init__(self, programs: definitions.Programs, scripts: ScriptRunner, zone: ZoneInfo) -> None:
        self.programs = programs
        self._scripts = scripts
        self._zone = zone

    def run(
        self,
        tx: Tx,
        digest: str,
        command: Command,
        before: Mapping[str, Any] | None,
        context: Context,
        world: World,
    ) -> Outcome:
        """Run ``command`` on a state (``tokens`` and ``variables`` of ``before``); pure but for ``world``."""
        program, _ = self.programs.get(tx, digest)
        runner = Runner(program, self._scripts, self._zone_of(tx, digest))
        if isinstance(command, Start):
            return runner.start(command, context, world)
        if before is None or before["tokens"] is None:
            raise Invalid("The case has not begun.")
        return runner.advance(before["tokens"], before["variables"] or {}, command, context, world)

    def move(
        self,
        tx: Tx,
        from_digest: str,
        to_digest: str,
        mapping: Mapping[str, str],
        before: Mapping[str, Any],
        context: Context,
        world: World,
    ) -> Moved:
        """Bring a state to another definition; no token moves on."""
        old, _ = self.programs.get(tx, from_digest)
        runner = Runner(self.programs.get(tx, to_digest)[0], self._scripts, self._zone_of(tx, to_digest))
        return runner.move(old, mapping, before["tokens"], before["variables"] or {}, context, world)

    def _zone_of(self, tx: Tx, digest: str) -> ZoneInfo:
        """A version keeps the zone that it was published with, so that a replay comes out the same whatever is set since."""
        return self.programs.zone(tx, digest) or self._zone

    def matched(self, tx: Tx, from_digest: str, to_digest: str, mapping: Mapping[str, str]) -> frozenset[str]:
        """The names of a mapping that a definition has; each leads to an element of the same kind, or it is Invalid."""
        old, new = (self.programs.get(tx, digest)[0] for digest in (from_digest, to_digest))
        return Matching(old, new, mapping).named

    def look(self, tx: Tx, digest: str, before: Mapping[str, Any], context: Context, world: World) -> Outcome:
        """What a state waits for."""
        program, _ = self.programs.get(tx, digest)
        runner = Runner(program, self._scripts, self._zone_of(tx, digest))
        return runner.look(before["tokens"], before["variables"] or {}, context, world)

    def context(self, tx: Tx, digest: str, now: datetime, case_id: str, actor: Actor, initiator: str) -> Context:
        _, calendars = self.programs.get(tx, digest)
        return Context(now=now, actor=actor.person_id, case_id=case_id, initiator=initiator, calendars=calendars)


def command_of(kind: str, inputs: Mapping[str, Json]) -> Command:
    """The command that an event of a step recorded."""
    corrected = inputs.get("corrected") or {}
    match kind:
        case "case.started":
            data = inputs.get("data")
            message, start = inputs.get("message") or "", inputs.get("start") or ""
            return Start({} if data is None else data, message, start, corrected, inputs.get("rules", 1))
        case "task.completed":
            return CompleteTask(inputs["token"], {**(inputs.get("data") or {}), **corrected})
        case "activity.begun" | "subprocess.finished":
            return Choose(inputs["token"])
        case "timer.fired":
            return FireTimer(inputs["token"], inputs["element"])
        case "service.failed":
            return FailService(inputs["token"], inputs["element"], inputs["code"], inputs["message"])
        case "message.received" | "signal.received" | "service.completed":
            return ReceiveMessage(inputs["token"], inputs["element"], inputs.get("payload"), corrected)
    raise Invalid(f"'{kind}' is no step.")


def start(
    tx: Tx, stepper: Stepper, actor: Actor, row: Mapping[str, Any], inputs: Mapping[str, Json], case_id: str
) -> None:
    """Create a case of the definition ``row`` and run it to where it first waits."""
    store.add(tx.connection, new_row(tx, actor, row, case_id, inputs))
    step(tx, stepper, actor, case_id, "case.started", {**inputs, **_own(row)})


def _own(row: Mapping[str, Any]) -> dict[str, Json]:
    """What the engine adds to the inputs of a start: of which definition, and by which version of its rules."""
    return {"process": row["process_id"], "digest": row["digest"], "rules": RULES}


def new_row(tx: Tx, actor: Actor, row: Mapping[str, Any], case_id: str, inputs: Mapping[str, Json]) -> dict[str, Any]:
    return {
        "id": case_id,
        "process_id": row["process_id"],
        "version": row["version"],
        "digest": row["digest"],
        "title": row["name"],
        "business_key": "",
        "state": "running",
        "outcome": "",
        "started_at": tx.now,
        "started_by": actor.person_id,
        "parent_id": inputs.get("source"),
        "seq": 0,
        "head": "",
        "variables": {},
    }


def step(tx: Tx, stepper: Stepper, actor: Actor, case_id: str, kind: str, inputs: Mapping[str, Json]) -> None:
    """Run one command on a case and write down all it did.

    Raises:
        NotFound, CaseEnded, Conflict: the case is not there, has ended, or is held.
        StepFailed: the diagram cannot go on; nothing may be kept of this transaction.
    """
    row = lock(tx, case_id)
    try:
        _step(tx, stepper, actor, row, kind, inputs)
    except StepFailed as failure:
        failure.seq = row["seq"]
        raise


def _step(
    tx: Tx, stepper: Stepper, actor: Actor, row: Mapping[str, Any], kind: str, inputs: Mapping[str, Json]
) -> None:
    case_id, world = row["id"], LiveWorld(tx)
    context = stepper.context(tx, row["digest"], tx.now, case_id, actor, row["started_by"])
    outcome = stepper.run(tx, row["digest"], command_of(kind, inputs), row, context, world)
    seq, head = log.append(
        tx,
        case_id,
        actor,
        kind,
        {
            "format": FORMAT,
            "inputs": dict(inputs),
            "reads": world.reads,
            "effects": effects(row["variables"] or {}, outcome),
            "state": fingerprint(outcome),
        },
        head=(row["seq"], row["head"]),
    )
    save(tx, actor, row, outcome, seq, head)


def lock(tx: Tx, case_id: str) -> Mapping[str, Any]:
    """The case's row, locked; only if it is running."""
    row = tx.locked.pop(case_id, None) or store.lock(tx.connection, case_id)
    if row is None:
        raise NotFound(f"There is no case '{case_id}'.")
    if row["state"] == "failed":
        raise Conflict("The case is held because a step failed.", hint="Open the case, mend what it shows and retry.")
    if row["state"] != "running":
        raise CaseEnded(f"The case has ended ({row['outcome'] or row['state']}).")
    return row


def fingerprint(outcome: Outcome) -> str:
    """SHA-256 over tokens and variables: what a replay must reach."""
    content = hashlib.sha256(outcome.state)
    content.update(log.canonical(outcome.variables))
    return content.hexdigest()


def effects(before: Mapping[str, Json], outcome: Outcome) -> dict[str, Json]:
    """What a step did, as it stands in the history and as a replay must find it again."""
    found: dict[str, Json] = {
        "passed": list(outcome.passed),
        "active": active(outcome),
        "changes": changes(before, outcome.variables, exact=outcome.rules > 1),
        "withdrawn": list(outcome.withdrawn),
        "decisions": [_plain(d) for d in outcome.decisions],
        "conflicts": [_plain(c) for c in outcome.conflicts],
        "data_states": [_plain(s) for s in outcome.states],
        "locals": [_plain(one) for one in outcome.local_changes],
        "records": [_plain(w) for w in outcome.writes],
        "thrown": [_thrown(t) for t in outcome.thrown],
        "timers": [_plain(t) for t in outcome.timers],
        "calls": [_plain(c) for c in outcome.calls],
        "title": outcome.title,
        "business_key": outcome.business_key,
        "completed": outcome.completed,
        "outcome": outcome.error or outcome.end_event,
    }
    return {name: value for name, value in found.items() if value not in ([], {}, "", False)}


def _plain(value: Any) -> dict[str, Json]:
    """A frozen fact as a mapping. Its values are JSON and are only read from now on, so none is copied."""
    found = {name: getattr(value, name) for name in value.__dataclass_fields__}
    return {k: list(v) if isinstance(v, tuple) else dict(v) if isinstance(v, Mapping) else v for k, v in found.items()}


def _thrown(one: Thrown) -> dict[str, Json]:
    told = _plain(one)
    return told if one.time_to_live else {name: value for name, value in told.items() if name != "time_to_live"}


def active(outcome: Outcome) -> list[str]:
    """Element ids where tokens wait now; of what may only be chosen, the ad hoc subprocess."""
    where = [*(t.within or t.element for t in outcome.tasks), *(t.element for t in outcome.timers)]
    where += [c.element for c in outcome.calls]
    return list(dict.fromkeys([*where, *(m.element for m in outcome.messages)]))


def changes(before: Mapping[str, Json], after: Mapping[str, Json], *, exact: bool = True) -> dict[str, list[Json]]:
    """Variable -> [before, after], for those that changed.

    ``exact``: also from 1 to true, which are equal to Python, and where one is new that holds nothing. Cases that began
    by older rules are recorded without.
    """
    names = dict.fromkeys([*before, *after])
    if not exact:
        return {n: [before.get(n), after.get(n)] for n in names if before.get(n) != after.get(n)}
    kept = (n in before and n in after and (before[n] is after[n] or same(before[n], after[n])) for n in names)
    return {n: [before.get(n), after.get(n)] for n, unchanged in zip(names, kept, strict=True) if not unchanged}


def save(tx: Tx, actor: Actor, row: Mapping[str, Any], outcome: Outcome, seq: int, head: str) -> None:
    """Make the case and its tasks, timers, messages and calls what the outcome says."""
    case_id = row["id"]
    values: dict[str, Any] = {
        "seq": seq,
        "head": head,
        "tokens": outcome.state,
        "variables": dict(outcome.variables),
        "title": outcome.title or row["title"],
        "business_key": outcome.business_key or row["business_key"],
    }
    if outcome.completed:
        values |= {"state": "completed", "ended_at": tx.now, "outcome": outcome.error or outcome.end_event}
    store.save(tx.connection, case_id, values)
    tx.stepped[case_id] = {**row, **values}
    words.keep(tx.connection, row if row["seq"] else None, tx.stepped[case_id])
    _write_records(tx, actor, case_id, outcome)
    _sync_tasks(tx, case_id, row["process_id"], outcome)
    _sync_waits(tx, case_id, outcome)
    calls.sync(tx, case_id, outcome)
    _send(tx, case_id, seq, outcome)


def _write_records(tx: Tx, actor: Actor, case_id: str, outcome: Outcome) -> None:
    for write in outcome.writes:
        try:
            registers.write(
                tx,
                actor,
                write.register,
                write.record_id,
                write.fields,
                case_id=case_id,
                element=write.element,
                create=write.created,
            )
        except (RecordInvalid, NotFound) as error:
            raise StepFailed(
                error.sentence, element=write.element, names=write.fields, hint=error.hint or "Mend the step's mapping."
            ) from error


def _sync_tasks(tx: Tx, case_id: str, process_id: str, outcome: Outcome) -> None:
    """Open rows are the tasks that the case's tokens wait at: what is new comes in, what is no longer there goes."""
    before, gone = outcome.offered_before, list(outcome.withdrawn)
    if before is None:
        before = frozenset(t["token"] for t in task_store.open_of(tx.connection, case_id))
        gone += sorted(before.difference(gone, (t.token for t in outcome.tasks)))
    for token in gone:
        task_store.withdraw(tx.connection, case_id, token, tx.now)
    new = [t for t in outcome.tasks if t.token not in before]
    _check_roles(tx, new)
    task_store.add(tx.connection, [task_row(case_id, process_id, t, tx.now) for t in new])


def _check_roles(tx: Tx, tasks: Sequence[HumanTask]) -> None:
    """A role that the case names must be one that somebody can hold: else the task would never be offered to anybody."""
    chosen = [task for task in tasks if task.role_chosen]
    known = {role["id"] for role in definitions.roles(tx)} if chosen else frozenset()
    for task in chosen:
        if task.role not in known:
            raise StepFailed(
                f"'{task.name}' ({task.element}) is to be offered to {task.role!r}, which is no role.",
                element=task.element,
                hint="Let the property 'offered_to' give the id of a role.",
            )


def task_row(case_id: str, process_id: str, task: Any, now: datetime) -> dict[str, Any]:
    """The row of a task (`engine.bpmn.HumanTask`) that became ready ``now``."""
    due_at, priority = _moment(task), task.priority if isinstance(task.priority, str) else None
    excluded = task.excluded if isinstance(task.excluded, list) else [task.excluded] if task.excluded else []
    assignee = task.assignee if isinstance(task.assignee, str) and task.assignee not in ("", *excluded) else None
    return {
        "id": f"{case_id}-{task.token}",
        "instance_id": case_id,
        "process_id": process_id,
        "token": task.token,
        "element": task.element,
        "name": task.name,
        "role": task.role,
        "state": "open",
        "assignee": assignee,
        "excluded": access.named(excluded),
        "priority": priority,
        "due_at": due_at,
        "urgency": urgency(priority, due_at, task.purpose),
        "created_at": now,
        "local": dict(task.local) or None,
        "purpose": task.purpose,
    }


def _moment(task: Any) -> datetime | None:
    if not task.due_at:
        return None
    try:
        due = datetime.fromisoformat(str(task.due_at))
    except ValueError:
        due = None
    if due is None or due.tzinfo is None:
        raise StepFailed(
            f"'{task.name}' ({task.element}): its due time {task.due_at!r} is no date-time with an offset.",
            element=task.element,
            hint="Let the property 'due' give e.g. add_working_time(now(), \"PT4H\").",
        )
    return due


def _sync_waits(tx: Tx, case_id: str, outcome: Outcome) -> None:
    if not (outcome.waited_before or outcome.timers or outcome.messages):
        return
    timers: list[dict[str, Any]] = [
        {"token": t.token, "element": t.element, "name": t.name, "due_at": datetime.fromisoformat(t.due_at)}
        for t in outcome.timers
    ]
    waits = [
        {"token": m.token, "element": m.element, "kind": m.kind, "message": m.name, "key": m.key}
        for m in outcome.messages
    ]
    store.replace_waits(tx.connection, case_id, timers, waits)
    tx.armed.extend(Armed(t["due_at"], case_id) for t in timers)
    for wait in (w for w in waits if w["kind"] == "message"):
        store.lock_correlation(tx.connection, wait["message"], wait["key"])
        for kept in store.kept_messages(tx.connection, wait["message"], wait["key"]):
            messages.again(tx, kept)
    if outcome.completed:
        messages.reconsider(tx)


def _send(tx: Tx, case_id: str, seq: int, outcome: Outcome) -> None:
    for number, thrown in enumerate(outcome.thrown, 1):
        message_id = f"{case_id}.{seq}.{number}"
        if thrown.kind == "signal":
            messages.broadcast(tx, message_id, thrown.name, thrown.payload, case_id)
        else:
            messages.put(tx, thrown.name, thrown.key, thrown.payload, case_id, message_id, thrown.time_to_live)


# --- when a step fails ---------------------------------------------------------------------------------------------


def hold(
    tx: Tx,
    actor: Actor,
    case_id: str,
    kind: str,
    inputs: Mapping[str, Json],
    error: StepFailed,
    retried_by: str | None = None,
) -> None:
    """Keep the command that failed and show why; the case stands still until it is retried.

    ``retried_by``: who asked for the retry that failed again; ``actor`` is still who gave the command.
    """
    row = store.lock(tx.connection, case_id)
    if row is None:
        raise NotFound(f"There is no case '{case_id}'.")
    if error.seq is not None and row["seq"] != error.seq:
        raise Conflict("Something else happened on this case in the same moment.", hint="Send again.")
    fault = {
        "element": error.element,
        "message": error.sentence,
        "expression": error.expression,
        "names": dict(error.names),
        "hint": error.hint,
        "at": tx.now.isoformat(),
        "command": kind,
        "inputs": dict(inputs),
        "actor": actor.person_id,
        "on_behalf_of": actor.on_behalf_of,
    }
    told = {k: v for k, v in fault.items() if k not in {"actor", "on_behalf_of"}}
    if retried_by is not None:
        told["retried_by"] = retried_by
    seq, head = log.append(tx, case_id, actor, "step.failed", told, head=(row["seq"], row["head"]))
    store.save(tx.connection, case_id, {"state": "failed", "fault": fault, "seq": seq, "head": head})
    words.keep(tx.connection, row if row["seq"] else None, {**row, "state": "failed"})
    task_store.hold(tx.connection, case_id, held=True)


def retry(tx: Tx, stepper: Stepper, actor: Actor, case_id: str) -> Callable[[], None]:
    """Take a held case up again; returns the step to run in this transaction."""
    row = store.lock(tx.connection, case_id)
    if row is None or row["state"] != "failed":
        raise Conflict("The case is not held; there is nothing to retry.")
    fault = row["fault"]
    payload: dict[str, Json] = {"command": fault["command"]}
    seq, head = log.append(tx, case_id, actor, "case.retried", payload, head=(row["seq"], row["head"]))
    store.save(tx.connection, case_id, {"state": "running", "fault": None, "seq": seq, "head": head})
    task_store.hold(tx.connection, case_id, held=False)
    original = Actor(fault["actor"], on_behalf_of=fault["on_behalf_of"])
    inputs = dict(fault["inputs"])
    if "digest" in inputs:
        inputs |= _own(row)

    def again() -> None:
        try:
            step(tx, stepper, original, case_id, fault["command"], inputs)
        except StepFailed as failure:
            failure.seq = row["seq"]  # the retry itself is undone with the step
            raise

    return again


def correct(tx: Tx, actor: Actor, case_id: str, data: Mapping[str, Json], reason: str) -> None:
    """Change case variables by hand; the old values stay in the history."""
    row = store.lock(tx.connection, case_id)
    if row is None:
        raise NotFound(f"There is no case '{case_id}'.")
    if row["state"] not in {"running", "failed"}:
        raise CaseEnded("The case has ended; its values are what they were.")
    if not reason.strip():
        raise Invalid("A correction needs a reason.", hint="Say why the value was wrong.")
    before = row["variables"] or {}
    after = {**before, **data}
    payload = {"changes": changes(before, after), "reason": reason.strip()}
    seq, head = log.append(tx, case_id, actor, "case.corrected", payload, head=(row["seq"], row["head"]))
    values: dict[str, Any] = {"variables": after, "seq": seq, "head": head}
    if row["fault"]:
        values["fault"] = _corrected(row["fault"], data)
    store.save(tx.connection, case_id, values)


def _corrected(fault: Mapping[str, Any], data: Mapping[str, Json]) -> dict[str, Json]:
    """A held command brings data of its own, and a retry would undo the correction: it is set after that data."""
    inputs = fault["inputs"]
    return {**fault, "inputs": {**inputs, "corrected": {**inputs.get("corrected", {}), **data}}}


def cancel(tx: Tx, actor: Actor, case_id: str, reason: str) -> None:
    """End a case before its end: tasks are withdrawn, timers and subscriptions go."""
    row = store.lock(tx.connection, case_id)
    if row is None:
        raise NotFound(f"There is no case '{case_id}'.")
    if row["state"] not in {"running", "failed"}:
        raise CaseEnded("The case has ended already.")
    if not reason.strip():
        raise Invalid("Cancelling a case needs a reason.", hint="Say in a few words why.")
    payload = {"reason": reason.strip()}
    seq, head = log.append(tx, case_id, actor, "case.cancelled", payload, head=(row["seq"], row["head"]))
    values = {"state": "cancelled", "outcome": reason.strip(), "ended_at": tx.now, "fault": None}
    store.save(tx.connection, case_id, {**values, "seq": seq, "head": head})
    words.keep(tx.connection, row, {**row, **values})
    for open_task in task_store.open_of(tx.connection, case_id):
        task_store.save(tx.connection, open_task["id"], {"state": "withdrawn", "ended_at": tx.now})
    store.replace_waits(tx.connection, case_id, [], [])
    messages.reconsider(tx)
    calls.drop(tx, case_id)


def note(tx: Tx, actor: Actor, case_id: str, kind: str, payload: Mapping[str, Json]) -> None:
    """Record something about a case that does not run its diagram (claimed, released, assigned)."""
    row = store.lock(tx.connection, case_id)
    if row is None:
        raise NotFound(f"There is no case '{case_id}'.")
    seq, head = log.append(tx, case_id, actor, kind, payload, head=(row["seq"], row["head"]))
    store.save(tx.connection, case_id, {"seq": seq, "head": head})


def as_value(row: Mapping[str, Any], process_name: str = "") -> Case:
    fault = row.get("fault")
    return Case(
        id=row["id"],
        process_id=row["process_id"],
        version=row["version"],
        digest=row["digest"],
        title=row["title"],
        business_key=row["business_key"],
        state=row["state"],
        started_at=row["started_at"],
        started_by=row["started_by"],
        ended_at=row["ended_at"],
        outcome=row["outcome"],
        parent_id=row["parent_id"],
        process_name=process_name,
        fault=_fault(fault) if fault else None,
    )


def _fault(fault: Mapping[str, Any]) -> Fault:
    return Fault(
        element=fault["element"],
        message=fault["message"],
        expression=fault["expression"],
        names=fault["names"],
        at=datetime.fromisoformat(fault["at"]),
        command=fault["command"],
        hint=fault["hint"],
    )
