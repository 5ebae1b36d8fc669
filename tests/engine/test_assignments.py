# SPDX-License-Identifier: Apache-2.0
"""Records assign roles: people hold them as long as a record says so, and hand over what they had when it no longer does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.errors import FormInvalid, NotAllowed, RecordInvalid, TaskTaken
from engine.values import Json, Person, TaskFilter
from tests.engine.workshop import Workshop

ASSIGNMENT = {
    "title": "Assignments", "x-prefix": "ASG", "x-states": ["planned", "active", "ended"], "x-index": ["person", "role"],
    "x-assigns": {"person": "person", "role": "role", "while": ["active"]}, "type": "object",
    "properties": {
        "title": {"type": "string"}, "person": {"type": "string", "x-person": True}, "role": {"type": "string", "x-roles": True},
    },
}  # fmt: skip
WORK = "start S -> A\nuser A | role: lead -> E\nend E"
APPROVAL = "start S -> A\nuser A -> B\nuser B | excluded: author -> E\nend E"


@pytest.fixture
def staffed(workshop: Workshop) -> Iterator[Workshop]:
    """A workshop with a register of assignments and a process that writes it."""
    folder = Path(workshop.engine.config.content_dir)
    (folder / "processes" / "registers" / "assignment.json").write_text(json.dumps(ASSIGNMENT))
    workshop.engine.publish_content()
    fields = 'title = "Lead"; state = state; person = person; role = role'
    step = f"user A -> W\nscript W | do: done = True | write: assignment: {fields}"
    workshop.publish(
        "Assign",
        f"start S -> A\n{step} -> B\nuser B -> X\nscript X | do: over = True | write: assignment: id = assignment_id; state = after -> E\nend E",
    )
    yield workshop
    (folder / "processes" / "registers" / "assignment.json").unlink()


def roles(workshop: Workshop, person: str) -> frozenset[str]:
    return workshop.engine.people.get(person).roles


def assign(workshop: Workshop, person: str, role: str = "lead", state: str = "active", **more: Json) -> str:
    return workshop.engine.write_record(
        SYSTEM, "assignment", {"title": "x", "person": person, "role": role, "state": state, **more}
    ).id


def test_a_step_gives_a_role_and_another_takes_it(staffed: Workshop) -> None:
    case = staffed.start("Assign")
    staffed.do(case, person="nina", role="lead", state="active")
    assert roles(staffed, "nina") == {"lead"}
    staffed.do(case, after="ended")
    assert roles(staffed, "nina") == set()
    assert staffed.engine.verify(SYSTEM, case.id).ok
    changes = [e.payload for e in staffed.engine.history(SYSTEM, "people") if e.kind == "person.roles_changed"]
    assert [c["after"] for c in changes] == [["lead"], []]


def test_a_planned_assignment_gives_nothing_yet(staffed: Workshop) -> None:
    own = assign(staffed, "nina", state="planned")
    assert roles(staffed, "nina") == set()
    staffed.engine.write_record(SYSTEM, "assignment", {"state": "active"}, own)
    assert roles(staffed, "nina") == {"lead"}


def test_a_role_that_another_record_gives_stays(staffed: Workshop) -> None:
    first, _ = assign(staffed, "nina"), assign(staffed, "nina")
    staffed.engine.write_record(SYSTEM, "assignment", {"state": "ended"}, first)
    assert roles(staffed, "nina") == {"lead"}


@pytest.mark.parametrize(
    ("person", "role", "what"),
    [
        ("nobody", "lead", "There is nobody 'nobody'"),
        ("nina", "captain", "role"),
        ("nina", "administrator", "is given by hand"),
    ],
)
def test_what_cannot_be_assigned_is_refused(staffed: Workshop, person: str, role: str, what: str) -> None:
    with pytest.raises(RecordInvalid, match=what):
        assign(staffed, person, role)
    assert roles(staffed, "nina") == set()


def test_who_may_write_registers_cannot_give_roles_by_hand(staffed: Workshop) -> None:
    """But with the right to manage people, too."""
    with pytest.raises(NotAllowed):
        staffed.engine.write_record(
            staffed.actor("olga"), "assignment", {"title": "x", "person": "olga", "role": "lead", "state": "active"}
        )


def test_who_loses_a_role_hands_over_what_they_had_of_it(staffed: Workshop) -> None:
    """What they had begun is open to the role again, what was theirs alone goes to the deputy; other roles' tasks stay."""
    own = assign(staffed, "nina")
    staffed.engine.people.update(SYSTEM, Person("nina", "Nina", deputy_id="lea"))
    staffed.publish("P", WORK)
    staffed.publish("Q", WORK.replace("| role: lead", '| role: lead | assignee: "nina"'))
    staffed.publish("R", WORK.replace("| role: lead", '| assignee: "nina"'))
    begun, given, other = (staffed.start(p) for p in "PQR")
    staffed.engine.claim(staffed.actor("nina"), staffed.task(begun).id)
    staffed.engine.write_record(SYSTEM, "assignment", {"state": "ended"}, own)
    found = [(t.assignee, t.claimed_by) for t in map(staffed.task, (begun, given, other))]
    assert found == [(None, None), ("lea", None), ("nina", None)]
    staffed.do(begun, login="lea")
    staffed.do(given, login="lea")
    assert all(v.ok for v in staffed.engine.verify_all(SYSTEM))


def test_who_leaves_hands_over_everything(staffed: Workshop) -> None:
    """Without a deputy, to all who hold the task's role."""
    staffed.publish("P", WORK.replace("| role: lead", '| assignee: "will"'))
    case = staffed.start()
    staffed.engine.claim(staffed.actor("will"), staffed.task(case).id)
    with pytest.raises(TaskTaken):
        staffed.do(case)
    staffed.engine.people.set_active(SYSTEM, "will", False)
    staffed.do(case)
    assert staffed.case(case).state == "completed"
    assert staffed.engine.verify(SYSTEM, case.id).ok


def test_four_eyes(workshop: Workshop) -> None:
    """Whose work it is about is neither offered the task, nor may take or complete it, nor be given it."""
    workshop.publish("P", APPROVAL)
    case = workshop.start()
    workshop.do(case, author="wanda")
    task = workshop.task(case)
    assert [t.id for t in workshop.engine.tasks(workshop.actor("wanda"), TaskFilter(scope="all")).items] == []
    assert [t.id for t in workshop.engine.tasks(workshop.actor("will"), TaskFilter(scope="all")).items] == [task.id]
    overdue = workshop.engine.tasks(workshop.actor("will"), TaskFilter(scope="group", overdue=True, search="B"))
    assert overdue.total == 0
    for act in (lambda: workshop.engine.claim(workshop.actor("wanda"), task.id), lambda: workshop.do(case)):
        with pytest.raises(NotAllowed, match="second pair of eyes"):
            act()
    with pytest.raises(NotAllowed, match="own work"):
        workshop.engine.assign(SYSTEM, task.id, "wanda")
    workshop.do(case, login="will")
    assert workshop.engine.verify(SYSTEM, case.id).ok


def test_four_eyes_with_several_authors_and_an_assignee_who_is_one(workshop: Workshop) -> None:
    """Then it is the role's; case and id must be whole: 'will' is not 'willy'."""
    workshop.publish("P", APPROVAL.replace("| excluded: author", '| assignee: "wanda" | excluded: authors'))
    case = workshop.start()
    workshop.do(case, authors=["wanda", "willy"])
    assert workshop.task(case).assignee is None
    assert workshop.engine.tasks(workshop.actor("will"), TaskFilter(scope="group", search="B")).total == 1
    workshop.do(case, login="will")


def test_a_field_of_roles_offers_those_there_are(staffed: Workshop) -> None:
    """In forms and in the register alike."""
    folder = Path(staffed.engine.config.content_dir)
    form = folder / "forms" / "T" / "role.json"
    form.write_text(
        json.dumps({"type": "object", "properties": {"role": {"$ref": "register:assignment#/properties/role"}}})
    )
    staffed.engine.publish_content()
    staffed.publish("P", "start S -> A\nuser A | form: T/role.json -> E\nend E")
    form.unlink()
    case = staffed.start()
    with pytest.raises(FormInvalid):
        staffed.do(case, role="captain")
    staffed.do(case, role="lead")


def test_a_list_of_roles_offers_those_there_are(staffed: Workshop) -> None:
    """Each of them must be one."""
    folder = Path(staffed.engine.config.content_dir)
    form = folder / "forms" / "T" / "roles.json"
    roles = {"type": "array", "items": {"type": "string", "x-roles": True}}
    form.write_text(json.dumps({"type": "object", "properties": {"roles": roles}}))
    staffed.engine.publish_content()
    staffed.publish("P", "start S -> A\nuser A | form: T/roles.json -> E\nend E")
    form.unlink()
    case = staffed.start()
    with pytest.raises(FormInvalid):
        staffed.do(case, roles=["lead", "captain"])
    staffed.do(case, roles=["lead", "worker"])


OFFERED = "start S -> A\nuser A -> B\nuser B | offered_to: to -> E\nend E"


def test_a_case_says_to_which_role_a_task_is_offered(staffed: Workshop) -> None:
    """Instead of the lane's; where it says nothing, the lane's it is."""
    staffed.publish("P", OFFERED)
    chosen, usual = staffed.start(), staffed.start()
    lane = staffed.task(usual).role
    staffed.do(chosen, to="lead")
    staffed.do(usual, to=None)
    assert (staffed.task(chosen).role, staffed.task(usual).role) == ("lead", lane)
    with pytest.raises(NotAllowed):
        staffed.do(chosen, login="wanda")
    staffed.do(chosen, login="lea")
    assert staffed.engine.verify(SYSTEM, chosen.id).ok


def test_a_task_for_a_role_that_is_none_holds_the_case(staffed: Workshop) -> None:
    """The fault says which; nothing is lost."""
    staffed.publish("P", OFFERED)
    case = staffed.start()
    staffed.do(case, to="captain")
    fault = staffed.case(case).fault
    assert fault is not None
    assert "'captain'" in fault.message
