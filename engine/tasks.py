# SPDX-License-Identifier: Apache-2.0
"""Human work: offered, claimed, drafted, completed. Who may is `engine.access`'s word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import access, cases, definitions, forms, people, registers, typed
from engine.bpmn import Element, find_element
from engine.errors import Conflict, ExpressionError, FormInvalid, NotAllowed, NotFound, TaskGone, TaskTaken
from engine.migration import MOVES
from engine.scripts import template
from engine.store import events as event_store
from engine.store import instances as case_store
from engine.store import people as people_store
from engine.store import registers as store_of_records
from engine.store import tasklist
from engine.store import tasks as store
from engine.store.transaction import Tx
from engine.values import Actor, FieldError, Json, Page, Person, Record, Task, TaskFilter, TaskForm

SHOWN_OF_CASE = 100  #: tasks of a case that are over, in a look at it; all of them stand in its history


def row(tx: Tx, task_id: str, *, lock: bool = False) -> Mapping[str, Any]:
    found = store.get(tx.connection, task_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no task '{task_id}'.")
    return found


def as_value(row: Mapping[str, Any]) -> Task:
    return Task(
        id=row["id"],
        case_id=row["instance_id"],
        element=row["element"],
        name=row["name"],
        role=row["role"],
        state=row["state"],
        created_at=row["created_at"],
        priority=row["priority"],
        due_at=row["due_at"],
        assignee=row["assignee"],
        claimed_by=row["claimed_by"],
        completed_at=row["ended_at"],
        case_title=row.get("case_title", ""),
        business_key=row.get("business_key", ""),
        process_id=row.get("process_id", ""),
        process_name=row.get("process_name", ""),
        has_draft=row["draft"] is not None,
        form=row["form"],
        purpose=row["purpose"],
    )


def find(tx: Tx, actor: Actor, wanted: TaskFilter) -> Page[Task]:
    """Open tasks for the actor, most urgent first: priority, then due time, then age."""
    persons = None if actor.is_system else [actor.person_id, *people.deputised(tx, actor.person_id)]
    rows, found = tasklist.find(
        tx.connection,
        person_ids=persons,
        roles=sorted(actor.roles),
        scope=wanted.scope,
        role=wanted.role,
        process_id=wanted.process_id,
        search=wanted.search,
        overdue_at=tx.now if wanted.overdue else None,
        limit=wanted.limit,
        offset=wanted.offset,
    )
    items = tuple(as_value(r) for r in rows)
    return Page(items, found.total, wanted.offset, wanted.limit, found.exact)


def of_case(tx: Tx, case_id: str) -> tuple[tuple[Task, ...], bool, tuple[str, ...]]:
    """The open tasks of a case and the last ones that are over; whether there are older ones; which are nobody's."""
    rows, older = store.newest_of_case(tx.connection, case_id, SHOWN_OF_CASE)
    return tuple(as_value(r) for r in rows), older, _nobodys(tx, rows)


def unheld(tx: Tx, most: int) -> tuple[Task, ...]:
    """Open tasks of the roles that nobody active holds: at most so many of each, the most urgent first."""
    held = people_store.held(tx.connection)
    nobodys = [role["id"] for role in definitions.roles(tx) if role["id"] not in held]
    return tuple(as_value(row) for role in nobodys for row in store.offered_to(tx.connection, role, most))


def _nobodys(tx: Tx, tasks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Ids of the open tasks that nobody may take: nobody active holds their role, or all who do are excluded (four eyes)."""
    offered = [t for t in tasks if t["state"] == "open" and t["purpose"] == "work"]
    offered = [t for t in offered if not t["assignee"] and not t["claimed_by"]]
    holders = people_store.holding(tx.connection, {t["role"] for t in offered}) if offered else {}
    return tuple(
        t["id"] for t in offered if all(access.is_excluded(Actor(one), t) for one in holders.get(t["role"], ()))
    )


def working_row(tx: Tx, actor: Actor, task_id: str, *, with_case: bool = False) -> Mapping[str, Any]:
    """The task, if it is still open and the actor may work on it.

    ``with_case``: its case is about to be stepped, and is locked with it.

    Raises:
        TaskGone, TaskTaken, NotAllowed: with who did what.
    """
    found = _with_case(tx, task_id) if with_case else row(tx, task_id, lock=True)
    if found["state"] == "completed":
        raise TaskGone(
            f"'{found['name']}' was {_DONE[found['purpose']]} by {_name(tx, found['claimed_by'])} in the meantime.",
            hint="Open the case to see how it went on. What you typed is still in this page.",
        )
    if found["state"] == "withdrawn":
        raise TaskGone(
            f"'{found['name']}' is no longer needed: the case went on another way.",
            hint="Open the case to see why. What you typed is still in this page.",
        )
    if found["claimed_by"] and found["claimed_by"] != actor.person_id and not actor.is_system:
        raise TaskTaken(
            f"{_name(tx, found['claimed_by'])} is working on '{found['name']}'.",
            hint="Ask them to release it, or take another task.",
        )
    if access.is_excluded(actor, found):
        raise NotAllowed(
            f"'{found['name']}' needs a second pair of eyes: what it is about is your own work.",
            hint=_others(tx, found),
        )
    if not may_work_on(tx, actor, found):
        to = _name(tx, found["assignee"]) if found["assignee"] else f"the role '{_role_title(tx, found['role'])}'"
        raise NotAllowed(f"'{found['name']}' is not offered to you.", hint=f"It is for {to}.")
    return found


def _others(tx: Tx, task: Mapping[str, Any]) -> str:
    """Who can do what the actor may not: the others with the role; without any, whoever it is assigned to."""
    title = _role_title(tx, task["role"])
    if any(not access.is_excluded(Actor(one), task) for one in _holders(tx, task["role"])):
        return f"Somebody else with the role '{title}' must do it."
    told = f"Nobody else holds the role '{title}'."
    return f"{told} Somebody who gives roles can give it to another person; somebody who assigns tasks can assign it."


def _holders(tx: Tx, role: str) -> Iterable[str]:
    return people_store.holding(tx.connection, {role}).get(role, ())


def _role_title(tx: Tx, role: str) -> str:
    return next((str(one["title"]) for one in definitions.roles(tx) if one["id"] == role), role)


#: What becomes of a task, by its purpose.
_DONE = {"work": "completed", "begin": "begun", "finish": "finished"}


def _to_be_done(found: Mapping[str, Any]) -> None:
    """What may only be chosen is nobody's before that."""
    if found["purpose"] != "work":
        raise Conflict(
            f"'{found['name']}' is only offered to be {_DONE[found['purpose']]}; nobody has to do it.",
            hint=f"Complete it: then it is {_DONE[found['purpose']]}.",
        )


def _with_case(tx: Tx, task_id: str) -> Mapping[str, Any]:
    found = store.get_with_case(tx.connection, task_id)
    if found is None:
        raise NotFound(f"There is no task '{task_id}'.")
    task, case = found
    tx.locked[case["id"]] = case
    return task


def may_work_on(tx: Tx, actor: Actor, task: Mapping[str, Any]) -> bool:
    """As `access.may_work_on`; for whom somebody deputises is looked up only where it matters."""
    return access.may_work_on(actor, task, ()) or access.may_work_on(actor, task, people.deputised(tx, actor.person_id))


def _name(tx: Tx, person_id: str | None) -> str:
    found = people_store.get(tx.connection, person_id) if person_id else None
    return found["name"] if found else (person_id or "somebody")


def on_behalf(tx: Tx, actor: Actor, task: Mapping[str, Any]) -> Actor:
    """The actor, marked as deputy where the task is another person's."""
    if task["assignee"] and task["assignee"] != actor.person_id and not actor.is_system:
        return Actor(actor.person_id, actor.roles, task["assignee"])
    return actor


def claim(tx: Tx, actor: Actor, task_id: str) -> None:
    found = working_row(tx, actor, task_id)
    _to_be_done(found)
    if found["claimed_by"] == actor.person_id:
        return
    if not store.claim(tx.connection, task_id, actor.person_id):
        raise TaskTaken(f"Somebody else took '{found['name']}' a moment ago.", hint="Take another task.")
    told = {"task": task_id, "element": found["element"], "name": found["name"]}
    cases.note(tx, on_behalf(tx, actor, found), found["instance_id"], "task.claimed", told)


def release(tx: Tx, actor: Actor, task_id: str) -> None:
    found = working_row(tx, actor, task_id)
    if found["claimed_by"] is None:
        return
    store.save(tx.connection, task_id, {"claimed_by": None})
    told = {"task": task_id, "element": found["element"], "name": found["name"]}
    cases.note(tx, actor, found["instance_id"], "task.released", told)


def candidates(tx: Tx, task_id: str, limit: int) -> tuple[Person, ...]:
    """Who may be given the task: the holders of its role; without any who may do it, everybody who may."""
    found = row(tx, task_id)
    for role in dict.fromkeys((found["role"] or None, None)):
        may = [one for one in people.find(tx, "", role, limit) if not access.is_excluded(Actor(one.id), found)]
        if may:
            return tuple(may)
    return ()


def assign(tx: Tx, actor: Actor, task_id: str, person_id: str) -> None:
    """Give an open task to a person, whoever had it."""
    found = row(tx, task_id)
    if found["state"] != "open":
        raise TaskGone(f"'{found['name']}' is over; it cannot be assigned.")
    _to_be_done(found)
    to = people.get(tx, person_id)
    if not to.active:
        raise NotAllowed(f"{to.name} is no longer active.", hint="Choose somebody else.")
    if access.is_excluded(Actor(person_id), found):
        raise NotAllowed(f"'{found['name']}' is about {to.name}'s own work.", hint="Choose somebody else.")
    store.save(tx.connection, task_id, {"assignee": person_id, "claimed_by": None})
    told = {"task": task_id, "element": found["element"], "name": found["name"], "to": person_id}
    cases.note(tx, actor, found["instance_id"], "task.assigned", {**told, "before": found["claimed_by"]})


def save_draft(tx: Tx, actor: Actor, task_id: str, data: Mapping[str, Json]) -> None:
    """Keep what was typed so far, unchecked."""
    _to_be_done(working_row(tx, actor, task_id))
    values = {"draft": dict(data), "draft_saved_at": tx.now, "draft_by": actor.person_id}
    store.save(tx.connection, task_id, values)


def form(tx: Tx, programs: definitions.Programs, task_id: str, stepper_context: Any) -> TaskForm:
    """What to show for a task: schemas, prefilled values, instructions. Readable also when the task is over."""
    found = _on_its_version(tx, programs, row(tx, task_id))
    element = _element(tx, programs, found)
    case = case_store.get(tx.connection, found["instance_id"]) or {}
    data = {**(case.get("variables") or {}), **(found["local"] or {})}
    work = found["purpose"] == "work"
    schema = programs.form(tx, found["digest"], element.form if work else "")
    value = forms.prefill(schema, data) | forms.fitting(schema, found["draft"] or {})
    return TaskForm(
        task=as_value(found),
        schema=schema,
        ui=programs.form(tx, found["digest"], element.ui_form if work else ""),
        value=value,
        instructions=_instructions(element, data, stepper_context(found)),
        draft_saved_at=found["draft_saved_at"],
        changed=tuple(_changed(tx, element, data, found)),
        today=definitions.today(tx),
    )


def _changed(
    tx: Tx, element: Element, data: Mapping[str, Json], task: Mapping[str, Any]
) -> Iterator[Record]:
    """The records that the task was given to read, if others have written them since."""
    read = ((use.register, data.get(assignment.target)) for use in element.reads for assignment in use.assignments)
    for register, known in read:
        own = known.get("id") if isinstance(known, dict) else None
        row = store_of_records.get(tx.connection, register, own) if isinstance(own, str) else None
        if row and row["written_at"] > task["created_at"] and row["instance_id"] != task["instance_id"]:
            yield registers.record_value(row)


def _on_its_version(tx: Tx, programs: definitions.Programs, task: Mapping[str, Any]) -> Mapping[str, Any]:
    """The task, with the definition that it was done on: its case may have moved to another version since."""
    if task["state"] == "open" or task["ended_at"] is None:
        return task
    moves = event_store.after(tx.connection, task["instance_id"], MOVES, task["ended_at"])
    digests = [*(move["inputs"]["from"] for move in moves), task["digest"]]
    for digest in digests:
        if find_element(programs.get(tx, digest)[0], task["element"]) is not None:
            return {**task, "digest": digest}
    return task


def _element(tx: Tx, programs: definitions.Programs, task: Mapping[str, Any]) -> Element:
    """The diagram's element of a task; inside a called process its id has that process in front."""
    found = find_element(programs.get(tx, task["digest"])[0], task["element"])
    assert found is not None
    return found[1]


def _instructions(element: Element, data: Mapping[str, Json], context: Any) -> str:
    try:
        return template(element.instructions, data, context)
    except ExpressionError as error:
        return f"{element.instructions}\n\n*({error.sentence})*"


def check(tx: Tx, programs: definitions.Programs, task: Mapping[str, Any], data: Mapping[str, Json]) -> None:
    """Check form data against the form's schema, and that records and people it names exist.

    Raises:
        FormInvalid: one entry per field.
    """
    element = _element(tx, programs, task)
    form = programs.checked_form(tx, task["digest"], element.form if task["purpose"] == "work" else "")
    if not form.schema:
        if data:
            raise FormInvalid([FieldError((name,), "This step has no form.", "unexpected") for name in data])
        return
    found = [*form.errors(dict(data))]
    known = {error.path for error in found}
    today = definitions.today(tx) if form.dated else tx.now
    found += (error for error in typed.faults(form.fields, data, today) if error.path not in known)
    found += registers.missing_references(tx, form.references(data, "x-register"))
    found += registers.missing_people(tx, form.references(data, "x-person"))
    if found:
        raise FormInvalid(found)


def complete(
    tx: Tx, stepper: cases.Stepper, actor: Actor, task_id: str, data: Mapping[str, Json]
) -> tuple[Actor, str, str, dict[str, Json]]:
    """Check and prepare completing a task; returns who completes, the case, the kind of event and the step's inputs.

    The task row is marked completed here; if the step then fails, the transaction is undone with it.
    """
    found = working_row(tx, actor, task_id, with_case=True)
    check(tx, stepper.programs, found, data)
    store.save(
        tx.connection,
        task_id,
        {"state": "completed", "claimed_by": actor.person_id, "ended_at": tx.now, "draft": None},
    )
    inputs = {"task": task_id, "token": found["token"], "element": found["element"], "name": found["name"]}
    kind = cases.COMPLETIONS[found["purpose"]]
    if kind == "task.completed":
        inputs["data"] = dict(data)
    return on_behalf(tx, actor, found), found["instance_id"], kind, inputs


def mark_completed(tx: Tx, task_id: str, person_id: str) -> None:
    """For a retried completion: the row says open since the failed step was undone."""
    values = {"state": "completed", "claimed_by": person_id, "ended_at": tx.now, "draft": None}
    store.save(tx.connection, task_id, values)


def claim_first(tx: Tx, actor: Actor, case_id: str) -> None:
    """After a start by hand: the starter takes the first task that is theirs to do."""
    for found in store.of_case(tx.connection, case_id):
        offered = access.may_work_on(actor, found, ()) and not found["claimed_by"]
        if found["state"] == "open" and found["purpose"] == "work" and offered:
            claim(tx, actor, found["id"])
            return


def claim_begun(tx: Tx, actor: Actor, case_id: str, element: str) -> None:
    """Who begins an activity that is a person's task takes it, if it is theirs to do."""
    new = [t for t in store.of_case(tx.connection, case_id) if t["element"] == element and t["created_at"] == tx.now]
    for found in new:
        offered = access.may_work_on(actor, found, ()) and not found["claimed_by"]
        if found["state"] == "open" and found["purpose"] == "work" and offered:
            claim(tx, actor, found["id"])
            return
