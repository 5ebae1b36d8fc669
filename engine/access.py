# SPDX-License-Identifier: Apache-2.0
"""Who may do what: one place, pure. Roles grant actions (``grants`` in the roles file); taking part grants reading.

The engine knows no role by name. Facts about the subject come in as arguments, so that the rule can be read and tested
without a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.values import Actor

#: All actions there are; a role's ``grants`` may name no other.
ACTIONS = frozenset(
    {
        "case.read", "case.cancel", "case.correct", "task.assign", "task.complete", "definition.read",
        "definition.publish", "definition.migrate", "history.read", "history.verify", "register.read", "register.write",
        "message.send", "people.manage", "system.look",
    }
)  # fmt: skip


def grants(actor: Actor, roles: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The actions that the actor's roles grant on everything."""
    if actor.is_system:
        return ACTIONS
    return frozenset(a for role in roles if role["id"] in actor.roles for a in role.get("grants", ()))


def may_start(actor: Actor, startable_by: frozenset[str], starts_by_hand: bool) -> bool:
    """A process without ``startable_by`` may be started by everybody who is signed in."""
    return starts_by_hand and (actor.is_system or not startable_by or bool(startable_by & actor.roles))


def may_work_on(actor: Actor, task: Mapping[str, Any], deputised: Iterable[str]) -> bool:
    """A task is for its assignee (and their deputy), else for the holders of its role; the claimer keeps it. Nobody who
    is excluded from it may do it."""
    if is_excluded(actor, task):
        return False
    if actor.is_system or task["claimed_by"] == actor.person_id:
        return True
    if task["assignee"]:
        return task["assignee"] == actor.person_id or task["assignee"] in set(deputised)
    return task["role"] in actor.roles


def named(people: Iterable[Any]) -> str | None:
    """People in one text, in which each can be looked for; None without any."""
    return f" {' '.join(map(str, people))} " if people else None


def is_excluded(actor: Actor, task: Mapping[str, Any]) -> bool:
    """Whether somebody else must do the task (four eyes)."""
    return not actor.is_system and f" {actor.person_id} " in (task["excluded"] or "")


def may_read_assignments(granted: frozenset[str]) -> bool:
    """Who reads registers, and who gives people their roles: such a register says which of these records gave."""
    return bool(granted & {"register.read", "people.manage"})


def may_see_standstills(granted: frozenset[str]) -> bool:
    """Who can help (case.correct), who runs the system, and who owns the processes."""
    return bool(granted & {"case.correct", "system.look", "definition.publish"})


def may_read_case(granted: frozenset[str], takes_part: bool) -> bool:
    return takes_part or bool(granted & {"case.read", "history.read"})
