# SPDX-License-Identifier: Apache-2.0
"""Timers fire when they are due: once each, without drift, without a burst after a standstill, past cases that fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import SYSTEM, CountingIds, cases, open_engine
from engine.errors import Conflict, StepFailed
from engine.facade.time import TimeFacade
from engine.store import instances
from engine.values import Case
from tests.engine.workshop import START, Workshop

REMINDED = """
start S -> A
user A -> E
timer R | beside: A | cycle: {cycle} -> X
script X | do: n = get_var("n", 0) + 1 -> F
end E
end F
"""
LATE = "start S -> A\nuser A -> E\ntimer T | on: A | duration: PT1H -> B\nuser B -> E\nend E"


def fired(workshop: Workshop, case: Case) -> list[tuple[str, float]]:
    """(when it was due, how late it fired in seconds) of each timer of a case that fired."""
    events = [e for e in workshop.engine.history(SYSTEM, case.id) if e.kind == "timer.fired"]
    return [(e.payload["inputs"]["due_at"], e.payload["inputs"]["late_seconds"]) for e in events]


def test_a_timer_fires_when_it_is_due_and_not_before(workshop: Workshop) -> None:
    """To the second; then it is gone."""
    workshop.publish("P", LATE)
    case = workshop.start()
    assert [t.due_at for t in workshop.engine.timers(SYSTEM, case.id)] == [START + timedelta(hours=1)]
    assert workshop.engine.next_due() == START + timedelta(hours=1)
    assert workshop.wait(minutes=59, seconds=59) == 0
    assert workshop.wait(seconds=1) == 1
    assert [t.element for t in workshop.open(case)] == ["B"]
    assert workshop.engine.next_due() is None
    assert workshop.wait(days=10) == 0


def test_a_cycle_does_not_drift_however_late_it_fires(workshop: Workshop) -> None:
    """Due times stay on the grid of the first one."""
    workshop.publish("P", REMINDED.format(cycle="R/PT1H"))
    case = workshop.start()
    for minutes in (60, 65, 58, 60):  # late by 0, 5, 3 and 3 minutes
        assert workshop.wait(minutes=minutes) == 1
    dues = [datetime.fromisoformat(due) for due, _ in fired(workshop, case)]
    assert dues == [START + timedelta(hours=n) for n in (1, 2, 3, 4)]
    assert [late for _, late in fired(workshop, case)] == [0, 300, 180, 180]


def test_after_a_standstill_a_cycle_fires_once_and_is_marked_late(workshop: Workshop) -> None:
    """The ticks that were missed are left out; the next one is on the grid again."""
    workshop.publish("P", REMINDED.format(cycle="R/PT1H"))
    case = workshop.start()
    assert workshop.wait(hours=50, minutes=30) == 1
    assert fired(workshop, case) == [((START + timedelta(hours=1)).isoformat(), 49.5 * 3600)]
    assert workshop.engine.next_due() == START + timedelta(hours=51)
    assert workshop.data(case) == {"n": 1}


def test_a_limited_cycle_ends(workshop: Workshop) -> None:
    """R3 fires three times."""
    workshop.publish("P", REMINDED.format(cycle="R3/PT1H"))
    case = workshop.start()
    assert sum(workshop.wait(hours=1) for _ in range(10)) == 3
    assert workshop.data(case) == {"n": 3}
    assert workshop.do(case).state == "completed"


def test_timers_fire_in_order_of_their_due_time(workshop: Workshop) -> None:
    """Whatever the order in which they were armed."""
    workshop.publish("P", "start S -> T\ntimer T | duration: d -> A\nuser A -> E\nend E")
    late, soon, middle = (workshop.start(d=d) for d in ("PT3H", "PT1H", "PT2H"))
    assert workshop.wait(hours=5) == 3
    seen = sorted((workshop.task(c).id, c.id) for c in (late, soon, middle))
    assert len(seen) == 3
    order = [c.id for c in (soon, middle, late)]
    dues = [fired(workshop, c)[0][0] for c in (soon, middle, late)]
    assert dues == sorted(dues)
    assert [workshop.engine.history(SYSTEM, i)[-1].kind for i in order] == ["timer.fired"] * 3


def test_a_task_done_in_time_takes_its_timer_along(workshop: Workshop) -> None:
    """Nothing is left to fire."""
    workshop.publish("P", LATE)
    case = workshop.start()
    workshop.do(case)
    assert workshop.engine.timers(SYSTEM) == ()
    assert workshop.wait(hours=2) == 0


def test_cancelling_a_case_disarms_it(workshop: Workshop) -> None:
    """And its tasks are withdrawn."""
    workshop.publish("P", LATE)
    case = workshop.start()
    workshop.engine.cancel(workshop.actor("lea"), case.id, "not needed")
    assert workshop.engine.next_due() is None
    assert workshop.wait(hours=2) == 0


def test_timers_survive_a_restart(workshop: Workshop) -> None:
    """The rows are the truth; what came due meanwhile fires at the start."""
    workshop.publish("P", LATE)
    case = workshop.start()
    workshop.reopen()
    assert workshop.wait(hours=3) == 1
    assert fired(workshop, case)[0][1] == 2 * 3600


def test_a_timer_whose_step_fails_holds_its_case_and_no_other(workshop: Workshop) -> None:
    """The held case's timers wait; the others go on."""
    workshop.publish("P", LATE.replace("-> B\nuser B", "-> X\nscript X | do: y = 1 / z -> B\nuser B"))
    bad, good = workshop.start(z=0), workshop.start(z=1)
    assert workshop.wait(hours=1) == 2
    assert workshop.case(bad).state == "failed"
    assert [t.element for t in workshop.open(good)] == ["B"]
    assert workshop.engine.next_due() is None
    workshop.engine.correct(SYSTEM, bad.id, {"z": 4}, "mended")
    assert workshop.engine.retry(SYSTEM, bad.id).state == "running"
    assert workshop.data(bad)["y"] == 0.25
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_a_timer_with_an_unexpected_fault_keeps_no_other_from_firing(
    workshop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    """A state that this release cannot read, say: the others fire, then the fault is told."""
    workshop.publish("P", LATE)
    broken, fine = workshop.start(), workshop.start()
    with workshop.engine.write() as tx:
        tx.connection.exec_driver_sql("UPDATE instance SET tokens = x'00' WHERE id = ?", (broken.id,))
    with pytest.raises(ValueError):
        workshop.wait(hours=1)
    assert [t.element for t in workshop.open(fine)] == ["B"]
    assert "failed" in caplog.text


def test_a_timer_event_may_compute_its_time(workshop: Workshop) -> None:
    """From variables, on the calendar's zone."""
    workshop.publish("P", "start S -> T\ntimer T | date: add_time(when, \"P1M\") -> A\nuser A -> E\nend E")
    workshop.start(when="2026-03-28T12:00:00+01:00")
    assert workshop.engine.next_due() == datetime(2026, 4, 28, 11, tzinfo=UTC)


def test_a_start_timer_begins_cases_by_itself(workshop: Workshop) -> None:
    """On its grid, also after a standstill; a new version takes it over."""
    text = "start S | cycle: R/2026-03-01T00:00:00Z/P1D -> A\nuser A -> E\nend E"
    workshop.publish("P", text)
    assert workshop.engine.next_due() == datetime(2026, 3, 3, tzinfo=UTC)
    assert workshop.wait(days=1) == 1
    assert workshop.wait(days=5) == 1
    workshop.publish("P", text.replace("user A", "user B").replace("-> A", "-> B"))
    assert workshop.wait(days=1) == 1
    assert sorted(c.version for c in workshop.engine.cases(SYSTEM).items) == [1, 1, 2]
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_two_servers_fire_each_timer_once(workshop: Workshop) -> None:
    """Whoever comes second finds it gone."""
    workshop.publish("P", REMINDED.format(cycle="R/PT1H"))
    case = workshop.start()
    other = open_engine(workshop.engine.config, workshop.clock, CountingIds("o"))
    workshop.clock.advance(timedelta(hours=1))
    with workshop.engine.read() as tx:
        (row,) = instances.timers(tx.connection, due_by=workshop.clock.now())
    assert [TimeFacade._fire(engine, row) for engine in (other, workshop.engine)] == [True, False]
    assert workshop.data(case) == {"n": 1}
    other.close()


def test_a_failure_while_somebody_else_acts_does_not_overwrite_what_they_did(workshop: Workshop) -> None:
    """Holding a case needs the case to stand where the failed step began."""
    workshop.publish("P", "start S -> F\nand F -> A / B\nuser A -> E\nuser B -> E\nend E")
    case = workshop.start()
    failure = StepFailed("too bad", element="A")
    failure.seq = workshop.engine.history(SYSTEM, case.id)[-1].seq
    workshop.do(case, "B")
    with pytest.raises(Conflict), workshop.engine.write() as tx:
        cases.hold(tx, SYSTEM, case.id, "task.completed", {}, failure)
    assert workshop.case(case).state == "running"
