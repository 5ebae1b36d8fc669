# SPDX-License-Identifier: Apache-2.0
"""Every role with who holds it, since when, until when, and who stands in; what nobody holds is a gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine import Engine
from engine.values import Actor, Person, Record, Register, Role, Task

ASSIGN = "SMS_assign_roles"  #: the process by which a role is given
ASSIGNS = "x-assigns"  #: the keyword of the register that says who holds which role
PROCESSES = "process_record"  #: the register of processes, whose owners decide
MOST = 1_000  #: assignments that are looked at
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role. ``record``: the assignment that gives it, if it was not given by hand."""

    person: Person
    deputy: str
    record: Record | None
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A role as it stands. ``planned``: assignments that have not begun. ``ends``: the last day on which somebody has
    it, when that is soon and nobody follows. ``waiting``: tasks for which somebody must have it."""

    role: Role
    holders: tuple[Holder, ...]
    planned: tuple[Record, ...]
    ends: str = ""
    waiting: tuple[Task, ...] = ()

    @property
    def is_gap(self) -> bool:
        return not self.holders and not self.role.for_programs


def gaps(engine: Engine) -> int:
    """How many roles nobody holds."""
    held = engine.people.roles()
    return sum(role.id not in held and not role.for_programs for role in engine.roles())


def standings(engine: Engine, actor: Actor, today: date) -> tuple[Standing, ...]:
    """All roles: first those that nobody holds, of these those that are waited for; then those that soon nobody holds, then
    the others by process."""
    register = next((one for one in engine.registers() if ASSIGNS in one.schema), None)
    active, planned = (_assignments(engine, actor, register, state) for state in ("active", "planned"))
    holders = engine.people.holders()
    waiting: dict[str, list[Task]] = {}
    for task in engine.unheld_tasks(actor):
        waiting.setdefault(task.role, []).append(task)
    found = [
        replace(
            _standing(role, holders.get(role.id, ()), active.get(role.id, ()), planned.get(role.id, ()), today),
            waiting=tuple(waiting.get(role.id, ())),
        )
        for role in engine.roles()
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_gap, not one.waiting, not one.ends, one.role.process, one.role.title)))


def _assignments(engine: Engine, actor: Actor, register: Register | None, state: str) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = {}
    records = engine.records(actor, register.name, state=state, limit=MOST).items if register else ()
    for record in sorted(records, key=lambda one: str(one.data.get("valid_from", ""))):
        found.setdefault(str(record.data.get("role")), []).append(record)
    return found


def _standing(
    role: Role, people: Iterable[Person], active: Sequence[Record], planned: Sequence[Record], today: date
) -> Standing:
    given = {str(record.data.get("person")): record for record in active}
    holders = tuple(_holder(person, given.get(person.id)) for person in people)
    last = max((one.until for one in holders), default="") if all(one.until for one in holders) else ""
    soon = last if last and last <= (today + SOON).isoformat() and not planned else ""
    return Standing(role, holders, tuple(planned), soon)


def _holder(person: Person, record: Record | None) -> Holder:
    said = record.data if record else {}
    deputy = str(said.get("deputy") or person.deputy_id or "")
    return Holder(person, deputy, record, str(said.get("valid_from") or ""), str(said.get("valid_until") or ""))


def begun_with(engine: Engine, actor: Actor, role: Role) -> dict[str, str]:
    """What the form of an assignment is filled in with: the role, and the process that it belongs to."""
    found = {"role": role.id}
    if role.process and any(one.name == PROCESSES for one in engine.registers()):
        for record in engine.records(actor, PROCESSES, limit=MOST).items:
            code = str(record.data.get("code") or "")
            if code and role.process.partition("-")[0] == code.partition("-")[0]:
                found["process_record_id"] = record.id
    return found
