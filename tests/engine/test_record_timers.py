# SPDX-License-Identifier: Apache-2.0
"""A start event that waits for dates of records begins one case for each record and date, and moves with the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import SYSTEM
from engine.errors import DiagramInvalid, RecordInvalid
from engine.foresight import foreseen
from engine.values import CaseFilter, Json
from tests.engine.workshop import START, Workshop

REVIEW = """
    start S | register: thing | date: day if state != "old" else None -> A
    user A -> W
    script W | do: done = True | write: thing: id = thing_id; day = add_time(due_on, "P1Y"); note = "reviewed" -> E
    end E"""


def thing(workshop: Workshop, record_id: str | None = None, **fields: Json) -> str:
    return workshop.engine.write_record(SYSTEM, "thing", {"title": "Mill", **fields}, record_id).id


def begun(workshop: Workshop) -> list[tuple[str, str]]:
    """(record, date) of each case, the first begun first."""
    cases = workshop.engine.cases(SYSTEM, CaseFilter(process_id="P", limit=500)).items
    inputs = [workshop.engine.history(SYSTEM, c.id)[0].payload["inputs"] for c in reversed(cases)]
    return [(i["data"]["thing_id"], i["data"]["due_on"]) for i in inputs]


def test_each_record_has_its_own_timer(workshop: Workshop) -> None:
    """At the first moment of the day in local time; one without a date has none."""
    workshop.publish("P", REVIEW)
    mill, _, saw = thing(workshop, day="2026-04-01"), thing(workshop), thing(workshop, day="2026-03-10")
    assert workshop.engine.next_due() == datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert workshop.wait(days=8) == 1
    assert workshop.wait(days=30) == 1
    assert begun(workshop) == [(saw, "2026-03-10"), (mill, "2026-04-01")]
    assert workshop.engine.next_due() is None
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_a_case_begins_with_the_record_as_it_is_then(workshop: Workshop) -> None:
    """Its id, its fields and the date; what was written since the timer was armed counts."""
    workshop.publish("P", REVIEW)
    own = thing(workshop, day="2026-03-10")
    thing(workshop, own, size=7)
    workshop.wait(days=8)
    data = workshop.data(workshop.only("P"))
    assert (data["thing_id"], data["due_on"]) == (own, "2026-03-10")
    assert {"day": "2026-03-10", "size": 7, "title": "Mill", "id": own}.items() <= dict(data["thing"]).items()


def test_the_review_of_the_next_year_comes_when_this_one_is_done(workshop: Workshop) -> None:
    """Not while it is under way, however often the record is written."""
    workshop.publish("P", REVIEW)
    own = thing(workshop, day="2026-03-10")
    assert workshop.wait(days=8) == 1
    thing(workshop, own, note="somebody wrote")
    assert workshop.engine.next_due() is None
    assert workshop.wait(days=30) == 0
    workshop.do(workshop.only("P"))
    assert workshop.engine.next_due() == datetime(2027, 3, 9, 23, tzinfo=UTC)
    assert workshop.wait(days=365) == 1
    assert begun(workshop) == [(own, "2026-03-10"), (own, "2027-03-10")]


def test_a_timer_moves_with_its_record(workshop: Workshop) -> None:
    """Later, away when the record is retired, back when it is not; a date that has passed comes at once."""
    workshop.publish("P", REVIEW)
    own = thing(workshop, day="2026-03-10")
    thing(workshop, own, day="2026-05-01")
    assert workshop.wait(days=30) == 0
    thing(workshop, own, state="old")
    assert workshop.engine.next_due() is None
    thing(workshop, own, state="new", day="2026-03-01")
    assert workshop.wait() == 1
    assert begun(workshop) == [(own, "2026-03-01")]


@pytest.mark.parametrize(
    ("written", "next_due"), [('"2026-05-01"', datetime(2026, 4, 30, 22, tzinfo=UTC)), ("None", None)]
)
def test_a_case_that_is_over_at_once_has_written_the_next_date(
    workshop: Workshop, written: str, next_due: datetime | None
) -> None:
    """Or none: nobody has to do anything between the date and what is written."""
    start = REVIEW.strip().splitlines()[0]
    workshop.publish(
        "P", f"{start}\nscript A | do: done = True | write: thing: id = thing_id; day = {written} -> E\nend E"
    )
    own = thing(workshop, day="2026-03-10")
    assert workshop.wait(days=8) == 1
    assert workshop.wait() == 0
    assert begun(workshop) == [(own, "2026-03-10")]
    assert workshop.engine.next_due() == next_due


def test_records_that_were_there_before_the_process(workshop: Workshop) -> None:
    """Get their timers when it is published; another version keeps them, and what has fired does not fire again."""
    own = thing(workshop, day="2026-03-10")
    workshop.publish("P", REVIEW)
    assert workshop.wait(days=8) == 1
    thing(workshop, day="2026-04-01")
    workshop.publish("P", REVIEW.replace("user A", "user A | due: now()"))
    assert workshop.wait() == 0
    assert workshop.wait(days=30) == 1
    assert len(begun(workshop)) == 2
    workshop.publish("P", REVIEW.replace("start S", "start Z"))
    assert workshop.wait() == 2, "another start event has not begun anything yet"
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    thing(workshop, own, day="2026-06-01")
    assert workshop.engine.next_due() is None


def test_after_an_outage_each_overdue_review_comes_once_and_is_marked_late(workshop: Workshop) -> None:
    workshop.publish("P", REVIEW)
    for day in ("2026-03-10", "2026-03-11", "2026-03-12"):
        thing(workshop, day=day)
    workshop.reopen()
    assert workshop.wait(days=30) == 3
    assert workshop.wait() == 0
    late = [
        workshop.engine.history(SYSTEM, c.id)[0].payload["inputs"]["late_seconds"]
        for c in workshop.engine.cases(SYSTEM).items
    ]
    assert min(late) > 19 * 86_400


def test_a_rehearsal_knows_them(workshop: Workshop) -> None:
    workshop.publish("P", REVIEW)
    thing(workshop, day="2026-03-10")
    with foreseen(workshop.engine) as rehearsed:
        found = [(one.what, one.element) for one in rehearsed.until(START + timedelta(days=20))]
    assert found == [("started", "S"), ("task", "A")]
    assert begun(workshop) == []


def test_values_that_tell_no_date_are_refused_where_they_are_written(workshop: Workshop) -> None:
    """With the process and the expression; nothing is written."""
    workshop.publish("P", "start S | register: thing | date: add_time(day, note) -> A\nuser A -> E\nend E")
    with pytest.raises(RecordInvalid, match="'S' of the process P cannot tell when it begins") as refused:
        thing(workshop, day="2026-03-10", note="a year")
    assert "add_time(day, note)" in refused.value.hint
    assert workshop.engine.records(SYSTEM, "thing").total == 0


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("register: thingy | date: day", "There is no register 'thingy'"),
        ("register: thing | date: next_day", "reads 'next_day', which no record of 'thing' has"),
        ("register: thing | cycle: R/2026-01-01T09:00:00/P1D", "one and the same moment for every record"),
        ("register: thing | while: size > 3 and colour | cycle: R/P1D", "reads 'colour', which no record of 'thing' has"),
        ('register: thing | while: day is not None | cycle: "R/P1D" if size else None', "has a cycle that is no plain text"),
        ("register: thing | while: size > 3 | date: day", "waits for a date, so that its `while` would be ignored"),
        ("while: size > 3 | cycle: R/P1D", "goes round while a record says so, but names no register"),
        ("register: thing", "has no date to wait for"),
        ("register: thing | date: 2026-05-01T09:00:00", "one and the same moment for every record"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_published(workshop: Workshop, start: str, what: str) -> None:
    with pytest.raises(DiagramInvalid, match=what):
        workshop.publish("P", f"start S | {start} -> A\nuser A -> E\nend E")


CYCLE = """
    start S | register: thing | while: state == "new" | cycle: R/2026-01-05T08:00:00/P1W -> A
    user A -> E
    end E"""


def test_a_cycle_goes_round_while_the_record_says_so(workshop: Workshop) -> None:
    """From the first tick after that was written, whatever else is; a case begins with the record and the day of the tick."""
    workshop.publish("P", CYCLE)
    own = thing(workshop)
    assert workshop.engine.next_due() is None
    thing(workshop, own, state="new")
    assert workshop.engine.next_due() == datetime(2026, 3, 9, 7, tzinfo=UTC)
    assert workshop.wait(days=7) == 1
    thing(workshop, own, note="somebody wrote")
    assert workshop.wait(days=7) == 1
    assert begun(workshop) == [(own, "2026-03-09"), (own, "2026-03-16")]
    thing(workshop, own, state="old")
    assert workshop.engine.next_due() is None
    assert workshop.wait(days=21) == 0
    thing(workshop, own, state="new")
    assert workshop.engine.next_due() == datetime(2026, 4, 13, 6, tzinfo=UTC)
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_a_cycle_begins_with_a_record_that_was_there_and_is_put_off_by_no_version(workshop: Workshop) -> None:
    """One for each record that says so; what was missed comes once, late."""
    first, _, second = thing(workshop, state="new"), thing(workshop, state="old"), thing(workshop, state="new")
    workshop.publish("P", CYCLE)
    workshop.wait(days=4)
    workshop.publish("P", CYCLE.replace("user A", "user A | due: now()"))
    assert workshop.wait(days=3) == 2
    workshop.reopen()
    assert workshop.wait(days=30) == 2
    assert [day for _, day in begun(workshop)] == ["2026-03-09"] * 2 + ["2026-03-16"] * 2
    assert {record for record, _ in begun(workshop)} == {first, second}
    assert workshop.engine.next_due() == datetime(2026, 4, 13, 6, tzinfo=UTC)


def test_a_cycle_of_a_record_follows_the_zone(workshop: Workshop) -> None:
    """At the same time of day: there it is not eight on this Monday yet."""
    workshop.publish("P", CYCLE)
    thing(workshop, state="new")
    assert workshop.engine.next_due() == datetime(2026, 3, 9, 7, tzinfo=UTC)
    workshop.engine.set_time_zone(SYSTEM, "America/New_York")
    assert workshop.engine.next_due() == datetime(2026, 3, 2, 13, tzinfo=UTC)


WRITES = st.lists(
    st.tuples(st.integers(0, 2), st.none() | st.integers(-3, 12), st.integers(0, 5)), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=WRITES)
def test_a_date_begins_one_case_when_it_comes(workshop: Workshop, writes: list[tuple[int, int | None, int]]) -> None:
    """Whatever is written when (record, days from then, days until the next), against a model that looks at every record
    every day: a date that is written anew is a new one."""
    workshop.publish("P", REVIEW)
    first = workshop.clock.now()
    stands: dict[str, str | None] = {thing(workshop): None for _ in range(3)}
    waits, expected = set[str](), list[tuple[str, str]]()

    def look() -> None:
        today = workshop.clock.now().astimezone(workshop.engine.config.zone).date().isoformat()
        for record in sorted(waits):
            day = stands[record]
            if day is not None and day <= today:
                expected.append((record, day))
                waits.discard(record)

    for which, days, pause in writes:
        record = list(stands)[which]
        day = None if days is None else (workshop.clock.now() + timedelta(days=days)).date().isoformat()
        thing(workshop, record, day=day)
        if day != stands[record]:
            stands[record] = day
            waits.add(record)
        workshop.wait()
        look()
        for _ in range(pause):
            workshop.wait(days=1)
            look()
    assert workshop.clock.now() - first == timedelta(days=sum(pause for *_, pause in writes))
    assert sorted(one for one in begun(workshop) if one[0] in stands) == sorted(expected)
