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


def test_tasks_of_roles_that_nobody_holds_are_listed(workshop: Workshop) -> None:
    """The most urgent first, for those who may read all cases; not what somebody has, nor what its holder may not do."""
    workshop.publish("P", LEFT)
    first, second, third = (workshop.do(workshop.start()) for _ in range(3))
    assert workshop.engine.unheld_tasks(SYSTEM) == ()
    workshop.engine.people.set_active(workshop.actor("root"), "lea", False)
    assert [task.case_id for task in workshop.engine.unheld_tasks(SYSTEM)] == [first.id, second.id, third.id]
    workshop.engine.assign(SYSTEM, workshop.task(second).id, "nina")
    assert [task.case_id for task in workshop.engine.unheld_tasks(SYSTEM)] == [first.id, third.id]
    assert [task.element for task in workshop.engine.unheld_tasks(SYSTEM, most=1)] == ["B"]
    assert workshop.engine.unheld_tasks(workshop.actor("nina")) == ()
