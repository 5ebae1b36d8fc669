# SPDX-License-Identifier: Apache-2.0
"""Timers fire when they are due: once each, without drift, without a burst after a standstill, past cases that fail."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from engine import SYSTEM, CountingIds, cases, open_engine
from engine.errors import Conflict, DiagramInvalid, NotAllowed, StepFailed
from engine.values import Case
from tests.databases import only_sqlite
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
    with workshop.database.past() as past:
        past.execute("UPDATE instance SET tokens = to_bytes('{') WHERE id = ?", (broken.id,))
    with pytest.raises(ValueError):
        workshop.wait(hours=1)
    assert [t.element for t in workshop.open(fine)] == ["B"]
    assert "failed" in caplog.text


def test_a_timer_event_may_compute_its_time(workshop: Workshop) -> None:
    """From variables, on the calendar's zone."""
    workshop.publish("P", 'start S -> T\ntimer T | date: add_time(when, "P1M") -> A\nuser A -> E\nend E')
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
    (due,) = workshop.engine._due(workshop.clock.now(), 10)
    assert [engine._fire(due) for engine in (other, workshop.engine)] == [True, False]
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


def test_a_start_timer_whose_case_cannot_begin_fires_once(workshop: Workshop) -> None:
    """The case is held from its beginning; the timer has moved on all the same."""
    workshop.publish("P", "start S | cycle: R/2026-03-03T00:00:00Z/P1D -> X\nscript X | do: y = 1 / 0 -> E\nend E")
    assert workshop.wait(days=1) == 1
    assert [c.state for c in workshop.engine.cases(SYSTEM).items] == ["failed"]
    assert workshop.engine.next_due() == datetime(2026, 3, 4, tzinfo=UTC)
    assert workshop.wait(hours=1) == 0


def test_a_timer_due_before_it_was_armed_fires_at_once_and_says_how_late(workshop: Workshop) -> None:
    """A date that has passed is no error: the moment was missed, and that is what is recorded."""
    workshop.publish("P", "start S -> T\ntimer T | date: when -> A\nuser A -> E\nend E")
    case = workshop.start(when="2026-03-01T09:00:00Z")
    assert workshop.engine.fire_due() == 1
    assert fired(workshop, case) == [("2026-03-01T09:00:00+00:00", 86_400.0)]


def test_a_timer_years_away_waits_for_its_year(workshop: Workshop) -> None:
    """Whatever else comes before."""
    workshop.publish("P", "start S -> T\ntimer T | date: when -> A\nuser A -> E\nend E")
    far = workshop.start(when="2061-07-28T00:00:00Z")
    workshop.start(when="2026-03-02T10:00:00Z")
    assert workshop.wait(days=365 * 30) == 1
    assert workshop.engine.next_due() == datetime(2061, 7, 28, tzinfo=UTC)
    assert workshop.wait(days=365 * 10) == 1
    assert [t.element for t in workshop.open(far)] == ["A"]


def test_after_a_day_down_everything_overdue_fires_once_in_order_and_is_marked_late(workshop: Workshop) -> None:
    """Durations, cycles and start events alike; no cycle catches up on what it missed."""
    workshop.publish("P", REMINDED.format(cycle="R/PT5M"))
    workshop.publish("Q", LATE)
    workshop.publish("R", "start S | cycle: R/2026-03-02T10:00:00Z/PT1H -> A\nuser A -> E\nend E")
    reminded, late = workshop.start("P"), workshop.start("Q")
    workshop.reopen()
    assert workshop.wait(days=1) == 3
    assert workshop.wait() == 0
    assert fired(workshop, reminded) == [((START + timedelta(minutes=5)).isoformat(), 86_400 - 300)]
    assert fired(workshop, late) == [((START + timedelta(hours=1)).isoformat(), 86_400 - 3600)]
    (begun,) = [c for c in workshop.engine.cases(SYSTEM).items if c.process_id == "R"]
    assert workshop.engine.history(SYSTEM, begun.id)[0].payload["inputs"]["late_seconds"] == 86_400 - 3600
    assert workshop.engine.next_due() == START + timedelta(days=1, minutes=5)
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_a_clock_that_is_set_back_fires_nothing_twice(workshop: Workshop) -> None:
    """Due times are rows: what has fired is gone, and a cycle goes on from the one it fired last."""
    workshop.publish("P", REMINDED.format(cycle="R/PT1H"))
    case = workshop.start()
    assert workshop.wait(hours=1) == 1
    workshop.clock._now -= timedelta(minutes=30)  # a virtual clock is never set back, a machine's can be
    assert workshop.wait(minutes=29) == 0
    assert workshop.wait(minutes=2) == 0
    assert workshop.engine.next_due() == START + timedelta(hours=2)
    assert workshop.data(case) == {"n": 1}


@only_sqlite  # on PostgreSQL nobody waits for a turn
def test_many_timers_leave_others_their_turn(workshop: Workshop) -> None:
    """Between any two of them somebody else's command gets through, however many are due."""
    workshop.publish("P", LATE)
    cases = [workshop.start() for _ in range(40)]
    waiting, done, order = threading.Event(), threading.Event(), list[str]()
    real, store = workshop.engine._fire, workshop.engine._store

    def person() -> None:
        waiting.set()
        workshop.engine.start(workshop.actor("wanda"), "P", {})
        order.append("person")
        done.set()

    def fire(due: object) -> bool:
        order.append("timer")
        if len(order) == 1:
            with workshop.engine.write():  # whoever asks now stands before the next timer
                threading.Thread(target=person).start()
                assert waiting.wait(20)
                while store.is_sqlite and not store.waiting:
                    assert not done.wait(0.001)
                assert store.is_sqlite or done.wait(20)  # PostgreSQL lets them through at the same time
        return real(due)

    workshop.engine._fire = fire
    assert workshop.wait(hours=1) == len(cases)
    assert done.wait(20)
    assert order.index("person") <= 3


def test_a_round_ends_when_the_process_stops(workshop: Workshop) -> None:
    """Between two timers; what is left fires at the next start."""
    workshop.publish("P", LATE)
    for _ in range(5):
        workshop.start()
    workshop.clock.advance(timedelta(hours=1))
    real, fired_now = workshop.engine._fire, list[object]()

    def fire(due: object) -> bool:
        fired_now.append(due)
        workshop.engine._alarm.stopping = True
        return real(due)

    workshop.engine._fire = fire
    workshop.engine.ring()
    assert len(fired_now) == 1
    workshop.engine._fire = real
    assert workshop.engine.fire_due() == 4


def test_the_lateness_of_all_firings_is_kept_by_the_hour(workshop: Workshop) -> None:
    """Median, 99th percentile and worst, by nearest rank; also of those whose step failed; old ones are forgotten."""
    workshop.publish("P", "start S -> T\ntimer T | duration: d -> X\nscript X | do: y = 1 / z -> E\nend E")
    for minutes in range(1, 5):
        workshop.start(d=f"PT{minutes}M", z=minutes - 1)
    workshop.wait(minutes=5)
    workshop.start(d="PT2H", z=1)
    workshop.wait(hours=2)
    root = workshop.actor("root")
    first, second = workshop.engine.punctuality(root, START)
    assert (first.since, first.fired, first.p50, first.p99, first.worst) == (START, 4, 120.0, 240.0, 240.0)
    assert (second.since, second.fired, second.worst) == (START + timedelta(hours=2), 1, 0.0)
    workshop.clock.advance(timedelta(days=31))
    workshop.start(d="PT0S", z=1)
    workshop.engine.ring()
    assert [p.fired for p in workshop.engine.punctuality(root, START)] == [1]
    with pytest.raises(NotAllowed):
        workshop.engine.punctuality(workshop.actor("wanda"), START)


@pytest.mark.parametrize(
    "cycle", ["0 9 * * mon-fri", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0"]
)
def test_a_cycle_may_be_a_cron_line_or_a_recurrence_rule(workshop: Workshop, cycle: str) -> None:
    """At a start event and at a boundary event; nine o'clock stays nine o'clock when the clocks change."""
    workshop.publish("P", REMINDED.format(cycle=cycle))
    workshop.publish("Q", f"start S | cycle: {cycle} -> A\nuser A -> E\nend E")
    case = workshop.start("P")
    for _ in range(20):  # from Tuesday to the Monday after the clocks went forward
        due = workshop.engine.next_due()
        assert due is not None
        workshop.clock.set(due)
        assert workshop.engine.fire_due() == 2
    dues = [datetime.fromisoformat(due).astimezone(workshop.engine.config.zone) for due, _ in fired(workshop, case)]
    assert dues[-1].isoformat() == "2026-03-30T09:00:00+02:00"
    assert {(due.hour, due.minute) for due in dues} == {(9, 0)}
    assert {due.weekday() for due in dues} == {0, 1, 2, 3, 4}
    assert len([c for c in workshop.engine.cases(SYSTEM).items if c.process_id == "Q"]) == 20
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


@pytest.mark.parametrize(
    ("cycle", "said"),
    [("0 9 * * 1", "two readings"), ("RRULE:FREQ=HOURLY", "HOURLY"), ("0 9 * * mon-xyz", "no cron line")],
)
def test_a_cycle_that_cannot_be_read_is_refused_when_it_is_published(workshop: Workshop, cycle: str, said: str) -> None:
    """With the element and the way out."""
    with pytest.raises(DiagramInvalid) as error:
        workshop.publish("P", REMINDED.format(cycle=cycle))
    (finding,) = error.value.findings
    assert said in finding.message
    assert "'R'" in finding.message
    assert finding.hint
