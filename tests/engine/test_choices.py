# SPDX-License-Identifier: Apache-2.0
"""Ad hoc subprocesses for people: what is offered to whom, beginning and finishing, and the history of it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine import SYSTEM, try_diagrams
from engine.errors import Conflict, FormInvalid, NotAllowed, TaskGone
from engine.values import Task, TaskFilter
from tests.builders import diagram
from tests.engine.workshop import Workshop

SEARCH = """
    start S -> Search
    adhoc Search | role: lead -> After
      user Look | priority: "P1"
      manual Ask | role: lead
      script Count | role: worker | do: counted = get_var("counted", 0) + 1
    user After -> E
    end E
"""
TRIP = """
    start S -> Trip
    transaction Trip -> E
      start TS -> Book
      user Book -> Decide
      manual Unbook | undoes: Book
      user Decide -> Way
      xor Way -> Stop if bad / TE
      end TE
      end Stop | cancel:
    cancel Cancelled | on: Trip -> Sorry
    user Sorry -> E
    end E
"""


def offered(workshop: Workshop, login: str) -> list[tuple[str, str]]:
    found = workshop.engine.tasks(workshop.actor(login), TaskFilter(scope="group")).items
    return sorted((t.purpose, t.element) for t in found)


def offer(workshop: Workshop, case: object, element: str) -> Task:
    tasks = workshop.open(case)  # type: ignore[arg-type]
    return next(t for t in tasks if t.element == element and t.purpose != "work")


def test_what_may_be_begun_is_offered_to_the_lanes(workshop: Workshop) -> None:
    """Each activity to its own, finishing to that of the subprocess; after what has to be done."""
    workshop.publish("P", SEARCH)
    workshop.publish("Q", "start S -> A\nuser A -> E\nend E")
    workshop.start("P")
    workshop.start("Q", login="will")
    workshop.engine.release(workshop.actor("will"), workshop.task(workshop.only("Q")).id)
    assert offered(workshop, "wanda") == [("begin", "Count"), ("begin", "Look"), ("work", "A")]
    assert offered(workshop, "lea") == [("begin", "Ask"), ("finish", "Search")]
    first = workshop.engine.tasks(workshop.actor("wanda")).items[0]
    assert (first.element, first.priority) == ("A", None)
    assert workshop.engine.next_task(workshop.actor("wanda")) == first
    assert workshop.engine.next_task(workshop.actor("lea")) is None


def test_who_begins_a_task_has_it(workshop: Workshop) -> None:
    """And it can be begun once more, by others."""
    workshop.publish("P", SEARCH)
    case = workshop.start()
    assert all(t.claimed_by is None for t in workshop.open(case))
    begun = workshop.engine.complete(workshop.actor("wanda"), offer(workshop, case, "Look").id)
    assert begun.state == "running"
    workshop.engine.complete(workshop.actor("will"), offer(workshop, case, "Look").id)
    work = [t for t in workshop.open(case) if t.purpose == "work"]
    assert sorted((t.element, t.claimed_by) for t in work) == [("Look", "wanda"), ("Look", "will")]
    assert workshop.kinds(case)[1:] == ["activity.begun", "task.claimed", "activity.begun", "task.claimed"]


def test_the_same_offer_is_taken_once(workshop: Workshop) -> None:
    """The second who wants to begin is told who was faster."""
    workshop.publish("P", SEARCH)
    case = workshop.start()
    task = offer(workshop, case, "Look")
    workshop.engine.complete(workshop.actor("wanda"), task.id, key="k")
    workshop.engine.complete(workshop.actor("wanda"), task.id, key="k")
    with pytest.raises(TaskGone, match="was begun by Wanda"):
        workshop.engine.complete(workshop.actor("will"), task.id)
    assert workshop.kinds(case).count("activity.begun") == 1


def test_an_offer_is_nobodys_work(workshop: Workshop) -> None:
    """It is not taken, assigned, drafted or filled in, and only its lane may choose it."""
    workshop.publish("P", SEARCH)
    task = offer(workshop, workshop.start(), "Look")
    wanda, lea = workshop.actor("wanda"), workshop.actor("lea")
    with pytest.raises(Conflict, match="only offered to be begun"):
        workshop.engine.claim(wanda, task.id)
    with pytest.raises(Conflict, match="only offered to be begun"):
        workshop.engine.assign(lea, task.id, "will")
    with pytest.raises(Conflict, match="only offered to be begun"):
        workshop.engine.save_draft(wanda, task.id, {"x": 1})
    with pytest.raises(FormInvalid):
        workshop.engine.complete(wanda, task.id, {"x": 1})
    with pytest.raises(NotAllowed):
        workshop.engine.complete(workshop.actor("lea"), task.id)
    assert workshop.engine.task_form(wanda, task.id).schema == {}


def test_it_is_finished_when_nothing_is_under_way(workshop: Workshop) -> None:
    """What was offered is withdrawn then; the whole replays and its rows are what the history says."""
    workshop.publish("P", SEARCH)
    case = workshop.start()
    for element, login in (("Count", "wanda"), ("Look", "wanda"), ("Ask", "lea")):
        workshop.engine.complete(workshop.actor(login), offer(workshop, case, element).id)
    assert "finish" not in {t.purpose for t in workshop.open(case)}
    for task in [t for t in workshop.open(case) if t.purpose == "work"]:
        workshop.engine.complete(workshop.actor(task.claimed_by or ""), task.id)
    workshop.engine.complete(workshop.actor("lea"), offer(workshop, case, "Search").id)
    assert [(t.element, t.purpose) for t in workshop.open(case)] == [("After", "work")]
    assert workshop.data(case)["counted"] == 1
    workshop.do(case, "After")
    assert workshop.case(case).state == "completed"
    assert workshop.engine.replay(SYSTEM, case.id).reproduced
    titles = [step.title for step in workshop.engine.steps(SYSTEM, case.id)]
    assert titles[1] == "Begun: Count"
    assert "Finished: Search" in titles


def test_a_step_that_fails_when_something_is_begun_can_be_retried(workshop: Workshop) -> None:
    """The case is held with the choice; the offer is spent when the retry succeeds."""
    workshop.publish("P", SEARCH.replace('get_var("counted", 0) + 1', "1 / zero"))
    case = workshop.start(zero=0)
    task = offer(workshop, case, "Count")
    held = workshop.engine.complete(workshop.actor("wanda"), task.id)
    assert held.state == "failed"
    workshop.engine.correct(workshop.actor("lea"), case.id, {"zero": 2}, "It is two")
    assert workshop.engine.retry(workshop.actor("lea"), case.id).state == "running"
    assert workshop.data(case)["counted"] == 0.5
    assert workshop.engine.task(SYSTEM, task.id).state == "completed"
    assert offer(workshop, case, "Count").id != task.id
    assert workshop.engine.replay(SYSTEM, case.id).reproduced


def test_a_case_waits_at_the_subprocess(workshop: Workshop) -> None:
    """What may be begun is not where the case stands."""
    workshop.publish("P", SEARCH)
    case = workshop.start()
    assert workshop.engine.case(SYSTEM, case.id).position.active == ("Search",)
    workshop.engine.complete(workshop.actor("wanda"), offer(workshop, case, "Look").id)
    assert set(workshop.engine.case(SYSTEM, case.id).position.active) == {"Search", "Look"}


def test_a_cancelled_transaction_replays(workshop: Workshop) -> None:
    """With what was undone, step by step to the same state."""
    workshop.publish("P", TRIP)
    case = workshop.start()
    workshop.do(case, "Book")
    workshop.do(case, "Decide", bad=True)
    assert [t.element for t in workshop.open(case)] == ["Unbook"]
    workshop.reopen()
    workshop.do(case, "Unbook")
    workshop.do(case, "Sorry")
    assert workshop.case(case).state == "completed"
    assert workshop.engine.replay(SYSTEM, case.id).reproduced


def played(text: str, **answers: object):  # type: ignore[no-untyped-def]
    files = {"p.bpmn": diagram("P", text)}
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    return try_diagrams(files, answers=answers, start=start, zone=ZoneInfo("UTC"))


def test_a_trial_begins_each_activity_as_often_as_it_is_answered() -> None:
    """Once without an answer, then it finishes; not what is to wait."""
    trial = played(SEARCH)
    assert trial.state == "completed"
    assert [p.element for p in trial.trace] == ["S", "Look", "Ask", "Count", "Search", "After", "E"]
    trial = played(SEARCH, Look=[{"a": 1}, {"a": 2}], Ask="wait", Count=[{}, {}, {}])
    assert [p.element for p in trial.trace].count("Look") == 2
    assert trial.variables == {"a": 2, "counted": 3}
    assert "Ask" not in [p.element for p in trial.trace]
    trial = played(SEARCH, Search="wait")
    assert trial.state == "waiting"
    assert {
        "for": "finish",
        "element": "Search",
        "name": "Search",
        "role": "lead",
        "process": "P",
        "case": 1,
    } in trial.waiting


def test_a_trial_goes_into_an_ad_hoc_subprocess_again() -> None:
    """Each visit begins anew."""
    trial = played("""
        start S -> Join
        xor Join -> Search
        adhoc Search | until: True -> More
          script Count | do: n = get_var("n", 0) + 1
        xor More -> Join if n < 3 / E
        end E
    """)
    assert (trial.state, trial.variables) == ("completed", {"n": 3})
