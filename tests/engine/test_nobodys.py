# SPDX-License-Identifier: Apache-2.0
"""A task that nobody may take is told of."""

from __future__ import annotations

from engine import SYSTEM
from tests.engine.workshop import Workshop

LEFT = "start S -> A\nuser A | role: worker -> B\nuser B | role: lead -> E\nend E"
REVIEWED = "start S -> A\nuser A | role: worker -> B\nuser B | role: worker | excluded: author -> E\nend E"


def _nobodys(workshop: Workshop, case_id: str) -> list[str]:
    view = workshop.engine.case(SYSTEM, case_id)
    return [task.element for task in view.tasks if task.id in view.nobodys]


def test_a_task_whose_role_nobody_holds_is_nobodys(workshop: Workshop) -> None:
    """Somebody who may no longer sign in holds no role; once somebody has it, or it is assigned, all is well."""
    workshop.publish("P", LEFT)
    case = workshop.do(workshop.start())
    assert _nobodys(workshop, case.id) == []
    people, root = workshop.engine.people, workshop.actor("root")
    people.set_active(root, "lea", False)
    assert _nobodys(workshop, case.id) == ["B"]
    assert "lead" not in people.roles()
    people.set_roles(root, "nina", ["lead"])
    assert _nobodys(workshop, case.id) == []
    people.set_roles(root, "nina", [])
    workshop.engine.assign(SYSTEM, workshop.task(case).id, "nina")
    assert _nobodys(workshop, case.id) == []


def test_a_task_is_nobodys_if_all_holders_are_excluded(workshop: Workshop) -> None:
    """Four eyes need a second pair; the role itself is held."""
    workshop.publish("P", REVIEWED)
    case = workshop.do(workshop.start(author="wanda"))
    assert _nobodys(workshop, case.id) == []
    workshop.engine.people.set_active(workshop.actor("root"), "will", False)
    assert _nobodys(workshop, case.id) == ["B"]
    assert "worker" in workshop.engine.people.roles()
