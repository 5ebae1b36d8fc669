# SPDX-License-Identifier: Apache-2.0
"""Who loses a role, or leaves, hands over their open tasks: to their deputy, else to all who hold the task's role."""

from __future__ import annotations

from engine import assignments, cases, people, registers
from engine.store import people as people_store
from engine.store import tasks as store
from engine.store.transaction import Assigned, Tx
from engine.values import Actor


def settle(tx: Tx) -> None:
    """At the end of a transaction: what records assign is what people hold."""
    while tx.assigned:
        _settle(tx, tx.assigned.pop(0))


def _settle(tx: Tx, written: Assigned) -> None:
    described = registers.schema(tx, written.register)
    before, after = (assignments.assigned(described, data) for data in (written.before, written.after))
    if before == after:
        return
    if before is not None and not _still_assigned(tx, written.register, before):
        person, role = before
        people.set_roles(tx, written.by, person, people.get(tx, person).roles - {role})
        hand_over(tx, written.by, person, role)
    if after is not None:
        person, role = after
        people.set_roles(tx, written.by, person, people.get(tx, person).roles | {role})


def _still_assigned(tx: Tx, register: str, found: tuple[str, str]) -> bool:
    """Whether another record assigns the same."""
    meant = registers.schema(tx, register)[assignments.ASSIGNS]
    where = {meant["person"]: found[0], meant["role"]: found[1], "state": list(meant["while"])}
    return bool(registers.ask(tx, register, {"where": where, "count": True}))


def hand_over(tx: Tx, by: Actor, person_id: str, role: str | None = None) -> None:
    """Pass on the open tasks that a person has (those for a role). What only they have begun is open to all again."""
    deputy = _deputy(tx, person_id)
    for task in store.held_by(tx.connection, person_id):
        if role is not None and task["role"] != role:
            continue
        to = deputy if task["assignee"] == person_id and deputy != person_id else None
        keeps = task["assignee"] if task["assignee"] not in (None, person_id) else None
        store.save(tx.connection, task["id"], {"assignee": to or keeps, "claimed_by": None})
        told = {"task": task["id"], "element": task["element"], "name": task["name"]}
        told |= {"to": to or keeps, "before": task["claimed_by"] or person_id}
        cases.note(tx, by, task["instance_id"], "task.assigned", told)


def _deputy(tx: Tx, person_id: str) -> str | None:
    """Who stands in for a person, if they are there."""
    row = people_store.get(tx.connection, person_id)
    other = people_store.get(tx.connection, row["deputy_id"]) if row and row["deputy_id"] else None
    return other["id"] if other and other["active"] else None
