# SPDX-License-Identifier: Apache-2.0
"""Who may do what: the table of rights, as people meet it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import SYSTEM, Actor, Engine, access
from engine.errors import EngineError, NotAllowed, NotFound
from engine.values import CaseFilter, Person
from tests.builders import diagram
from tests.engine.workshop import PEOPLE, ROLES, Workshop

XML = diagram("Q", "start S -> A\nuser A -> E\nend E")
Doing = Callable[[Engine, Actor, str, str], object]

#: what is done -> (how, who may; wanda has started the case and holds its task)
RIGHTS: dict[str, tuple[Doing, set[str]]] = {
    "read the case": (lambda e, a, c, t: e.case(a, c), {"wanda", "will", "lea", "ada"}),
    "read its history": (lambda e, a, c, t: e.history(a, c), {"wanda", "will", "lea", "ada"}),
    "replay it": (lambda e, a, c, t: e.steps(a, c), {"wanda", "will", "lea", "ada"}),
    "verify it": (lambda e, a, c, t: e.verify(a, c), {"ada"}),
    "verify all": (lambda e, a, c, t: list(e.verify_all(a)), {"ada"}),
    "start a case": (lambda e, a, c, t: e.start(a, "P"), {"wanda", "will"}),
    "cancel it": (lambda e, a, c, t: e.cancel(a, c, "why"), {"wanda", "lea"}),
    "correct it": (lambda e, a, c, t: e.correct(a, c, {"x": 1}, "why"), {"lea"}),
    "see the task": (lambda e, a, c, t: e.task_form(a, t), {"wanda", "will", "lea", "ada"}),
    "complete the task": (lambda e, a, c, t: e.complete(a, t, {}), {"wanda"}),
    "draft": (lambda e, a, c, t: e.save_draft(a, t, {}), {"wanda"}),
    "assign the task": (lambda e, a, c, t: e.assign(a, t, "will"), {"lea"}),
    "publish": (lambda e, a, c, t: e.publish(a, XML, "Q.bpmn"), {"olga"}),
    "write a record": (lambda e, a, c, t: e.write_record(a, "thing", {"title": "x"}), {"olga"}),
    "add a person": (lambda e, a, c, t: e.people.add(a, Person("", "New"), "new"), {"root"}),
    "give roles": (lambda e, a, c, t: e.people.set_roles(a, "nina", ["worker"]), {"root"}),
    "set another's password": (lambda e, a, c, t: e.people.set_password(a, "will", "h"), {"root", "will"}),
    "send a message": (lambda e, a, c, t: e.correlate(a, "m", None), {"root"}),
    "send a signal": (lambda e, a, c, t: e.signal(a, "s"), {"root"}),
    "see all timers": (lambda e, a, c, t: e.timers(a), {"lea", "ada"}),
}


@pytest.fixture
def busy(workshop: Workshop) -> tuple[Workshop, str, str]:
    workshop.publish("P", "start S -> A\nuser A -> E\nend E", startable_by="worker")
    case = workshop.start()
    return workshop, case.id, workshop.task(case).id


@pytest.mark.parametrize("login", PEOPLE)
@pytest.mark.parametrize("what", RIGHTS)
def test_the_table_of_rights(busy: tuple[Workshop, str, str], what: str, login: str) -> None:
    """Who may, can; who may not, is told so and changes nothing."""
    workshop, case_id, task_id = busy
    do, may = RIGHTS[what]
    before = workshop.engine.history(SYSTEM, case_id)
    if login in may:
        do(workshop.engine, workshop.actor(login), case_id, task_id)
        return
    with pytest.raises(EngineError) as caught:
        do(workshop.engine, workshop.actor(login), case_id, task_id)
    assert caught.value.code in {"not_allowed", "task.taken"}
    assert workshop.engine.history(SYSTEM, case_id) == before


def test_lists_show_what_one_may_read(busy: tuple[Workshop, str, str]) -> None:
    """Those who take part see theirs; who may read all sees all, unless asked for their own."""
    workshop, case_id, _ = busy
    seen = {login: [c.id for c in workshop.engine.cases(workshop.actor(login)).items] for login in PEOPLE}
    assert {login for login, ids in seen.items() if ids == [case_id]} == {"wanda", "will", "lea", "ada"}
    assert workshop.engine.cases(workshop.actor("lea"), CaseFilter(involved=True)).total == 0


def test_may_says_beforehand_what_doing_will_say(busy: tuple[Workshop, str, str]) -> None:
    """For buttons."""
    workshop, case_id, task_id = busy
    may = {login: workshop.engine.may(workshop.actor(login), "case.cancel", case_id) for login in PEOPLE}
    assert {login for login, can in may.items() if can} == {"wanda", "lea"}
    may = {login: workshop.engine.may(workshop.actor(login), "case.start", "P") for login in PEOPLE}
    assert {login for login, can in may.items() if can} == {"wanda", "will"}
    assert workshop.engine.may(workshop.actor("wanda"), "task.complete", task_id)
    assert not workshop.engine.may(workshop.actor("nina"), "task.complete", task_id)


def test_who_started_may_take_it_back_only_at_the_beginning(busy: tuple[Workshop, str, str]) -> None:
    """After something was entered it is everybody's case."""
    workshop, *_ = busy
    workshop.publish("R", "start S -> A\nuser A -> B\nuser B -> E\nend E")
    case = workshop.do(workshop.start("R"))
    with pytest.raises(NotAllowed):
        workshop.engine.cancel(workshop.actor("wanda"), case.id, "changed my mind")


def test_somebody_who_left_may_nothing(busy: tuple[Workshop, str, str]) -> None:
    """Their roles no longer count, their sessions end."""
    workshop, *_ = busy
    workshop.engine.people.set_active(workshop.actor("root"), "will", False)
    assert workshop.actor("will").roles == frozenset()
    with pytest.raises(NotFound):
        workshop.engine.people.session_epoch("will")
    with pytest.raises(NotAllowed):
        workshop.start("P", "will")


def test_roles_grant_only_what_there_is() -> None:
    """A misspelt action in the roles file would grant nothing, unnoticed; the shipped and our own have none."""
    assert {a for role in ROLES for a in role.get("grants", ())} <= access.ACTIONS


def test_the_system_may_everything() -> None:
    """It is the engine itself: timers, messages, the command line."""
    assert access.grants(SYSTEM, []) == access.ACTIONS
