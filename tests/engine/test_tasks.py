# SPDX-License-Identifier: Apache-2.0
"""Human tasks: who is offered them, claiming, drafts, forms, and two people at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from engine import SYSTEM
from engine.errors import FormInvalid, KeyReused, NotAllowed, TaskGone, TaskTaken
from engine.values import Person, TaskFilter
from tests.engine.organisation import INCIDENTS, Office
from tests.engine.workshop import Workshop


def test_who_starts_a_process_has_its_first_task(office: Office) -> None:
    """No search for it in a list."""
    case = office.engine.start(office.actor("dana"), INCIDENTS)
    assert office.task(case).claimed_by == "dana"


def test_a_task_is_offered_to_the_role_of_its_lane(office: Office) -> None:
    """With priority and due time in working hours; others do not see it."""
    case = office.report()
    [task] = office.engine.tasks(office.actor("sam")).items
    assert (task.case_id, task.priority, task.role) == (case.id, "P3", "isrm_support")
    assert task.due_at is not None
    assert task.due_at > office.clock.now()
    assert office.engine.tasks(office.actor("lea")).items == ()
    assert office.engine.tasks(office.actor("uma")).total == 0


def test_the_most_urgent_task_comes_first(office: Office) -> None:
    """Priority before due time before age."""
    office.report(impact="low", urgency="low")
    office.report(impact="high", urgency="high")
    assert [t.priority for t in office.engine.tasks(office.actor("sam")).items] == ["P1", "P5"]


def test_a_claimed_task_is_its_claimers(office: Office) -> None:
    """The second who wants it is told who has it; given back it is free again."""
    task = office.task(office.report())
    office.engine.claim(office.actor("sam"), task.id)
    with pytest.raises(TaskTaken, match="Sam"):
        office.engine.claim(office.actor("sue"), task.id)
    assert office.engine.tasks(office.actor("sue"), TaskFilter(scope="all")).total == 0
    office.engine.release(office.actor("sam"), task.id)
    assert office.engine.claim(office.actor("sue"), task.id).claimed_by == "sue"


def test_two_people_complete_the_same_task(office: Office) -> None:
    """The second is told who was faster; nothing happens twice."""
    case = office.report()
    task = office.task(case)
    office.resolve(case, "sam")
    with pytest.raises(TaskGone, match="completed by Sam"):
        office.engine.complete(office.actor("sue"), task.id, {"outcome": "resolved"})
    assert [e.kind for e in office.engine.history(SYSTEM, case.id)].count("task.completed") == 2


def test_somebody_without_the_role_may_not_complete_it(office: Office) -> None:
    """The error names the role that may."""
    task = office.task(office.report())
    with pytest.raises(NotAllowed) as refused:
        office.engine.complete(office.actor("lea"), task.id, {})
    assert refused.value.hint == "It is for the role 'First-level support'."


def test_a_form_is_checked_field_by_field(office: Office) -> None:
    """Wrong type, unknown choice, missing, not of this form, unknown record and person: each at its field."""
    case = office.engine.start(office.actor("dana"), INCIDENTS)
    data = {
        "ticket_type": "incident",
        "title": 7,
        "reporter": "nobody",
        "service": "SVC-99",
        "impact": "huge",
        "zzz": 1,
    }
    with pytest.raises(FormInvalid) as refused:
        office.engine.complete(office.actor("dana"), office.task(case).id, data)
    found = {e.path[0]: e.rule for e in refused.value.errors}
    assert found["title"] == "type"
    assert found["impact"] == "oneOf"
    assert found["description"] == "required"
    assert found["zzz"] == "unexpected"
    assert found["service"] == found["reporter"] == "reference"
    assert office.task(case).state == "open"


def test_a_draft_waits_for_its_writer(office: Office) -> None:
    """Unchecked, shown over what is known, gone with the completion."""
    case = office.report()
    task = office.task(case)
    office.engine.claim(office.actor("sam"), task.id)
    office.engine.save_draft(office.actor("sam"), task.id, {"resolution": "half a sen"})
    form = office.engine.task_form(office.actor("sam"), task.id)
    assert form.value["resolution"] == "half a sen"
    assert form.draft_saved_at == office.clock.now()
    assert office.engine.task(office.actor("sam"), task.id).has_draft
    office.resolve(case)
    assert not office.engine.task(office.actor("sam"), task.id).has_draft


def test_what_is_known_is_filled_in_and_decisions_are_asked_anew(office: Office) -> None:
    """A second visit of the same task does not offer the first visit's decision."""
    case = office.report()
    office.engine.complete(
        office.actor("sam"), office.task(case).id, {"outcome": "information", "question": "Since when?"}
    )
    office.engine.complete(office.actor("uma"), office.task(case).id, {"answer": "Since nine."})
    assert "outcome" not in office.engine.task_form(office.actor("sam"), office.task(case).id).value


def test_a_task_for_a_person_is_for_their_deputy_too(office: Office) -> None:
    """What the deputy does stands in the history as done on behalf."""
    office.engine.people.update(SYSTEM, Person("uma", "Uma", deputy_id="sue"))
    case = office.report()
    office.resolve(case)
    task = office.task(case)
    assert task.assignee == "uma"
    with pytest.raises(NotAllowed):
        office.engine.complete(office.actor("sam"), task.id, {"solved": True})
    office.engine.complete(office.actor("sue"), task.id, {"solved": True})
    last = office.engine.history(SYSTEM, case.id)[-1]
    assert (last.actor, last.on_behalf_of) == ("sue", "uma")
    assert office.engine.verify(SYSTEM, case.id).ok


def test_a_task_can_be_given_to_a_person(office: Office) -> None:
    """By who may; then only they are offered it."""
    task = office.task(office.report())
    with pytest.raises(NotAllowed):
        office.engine.assign(office.actor("sam"), task.id, "sue")
    office.engine.assign(office.actor("max"), task.id, "sue")
    assert office.engine.tasks(office.actor("sam")).total == 0
    assert office.engine.next_task(office.actor("sue")).id == task.id


def test_a_task_not_done_in_time_escalates_by_itself(office: Office) -> None:
    """It is withdrawn from first level and offered to second; the register has the escalation."""
    case = office.report()
    task = office.task(case)
    office.clock.set(office.engine.timers(SYSTEM, case.id)[0].due_at)
    office.engine.fire_due()
    assert office.engine.task(SYSTEM, task.id).state == "withdrawn"
    assert office.engine.tasks(office.actor("lea")).items[0].case_id == case.id
    assert office.engine.records(SYSTEM, "escalation").total == 1
    with pytest.raises(TaskGone, match="no longer needed"):
        office.engine.complete(office.actor("sam"), task.id, {"outcome": "resolved"})


def test_a_command_sent_twice_is_done_once(office: Office) -> None:
    """The same key with the same content gives the same answer; with other content it is refused."""
    dana = office.actor("dana")
    first = office.engine.start(dana, INCIDENTS, key="k")
    assert office.engine.start(dana, INCIDENTS, key="k").id == first.id
    with pytest.raises(KeyReused):
        office.engine.start(dana, INCIDENTS, {"other": 1}, key="k")
    assert office.engine.cases(SYSTEM).total == 1


def test_ten_at_once_with_one_key_are_one_command(office: Office) -> None:
    """Threads of one server, as after a double click."""
    dana, got, failed = office.actor("dana"), [], []

    def start() -> None:
        try:
            got.append(office.engine.start(dana, INCIDENTS, key="same").id)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(got) == 10
    assert len(set(got)) == 1


def test_nobody_answers_and_the_case_closes_itself(office: Office) -> None:
    """Five working days after the question, not five days."""
    case = office.report()
    office.resolve(case)
    asked = office.clock.now()
    due = office.engine.timers(SYSTEM, case.id)[0].due_at
    assert due - asked == timedelta(days=7)
    office.clock.set(due)
    office.engine.fire_due()
    assert office.engine.case(SYSTEM, case.id).case.outcome == "Closed without confirmation"


def test_overdue_tasks_can_be_listed(office: Office) -> None:
    """Only those whose due time has passed."""
    office.report(impact="high", urgency="high")
    wanted: Any = TaskFilter(overdue=True)
    assert office.engine.tasks(SYSTEM, wanted).total == 0
    office.clock.advance(timedelta(days=3))
    assert office.engine.tasks(SYSTEM, wanted).total == 1


def test_a_task_says_which_of_its_records_others_have_changed_since(workshop: Workshop) -> None:
    """It goes on with what it has: only the fields it writes change, and the rest is as the others left it."""
    own = workshop.engine.write_record(SYSTEM, "thing", {"title": "Mill", "state": "new", "size": 3}).id
    workshop.publish(
        "P",
        "start S -> M\nuser M -> A\nuser A | read: thing: which as found | write: thing: id = which; note = note -> E\nend E",
    )
    case = workshop.start()
    workshop.do(case, "M", which=own)
    task, wanda = workshop.task(case), workshop.actor("wanda")
    assert workshop.engine.task_form(wanda, task.id).changed == ()
    workshop.clock.advance(timedelta(minutes=5))
    workshop.engine.write_record(SYSTEM, "thing", {"state": "old", "size": 4}, own)
    (changed,) = workshop.engine.task_form(wanda, task.id).changed
    assert (changed.id, changed.state, changed.version) == (own, "old", 2)
    workshop.do(case, note="seen")
    left = workshop.engine.record(SYSTEM, "thing", own)
    assert (left.data["state"], left.data["size"], left.data["note"], left.version) == ("old", 4, "seen", 3)
    assert workshop.engine.verify(SYSTEM, case.id).ok
