# SPDX-License-Identifier: Apache-2.0
"""The calendar: what is due next, whose it is, when it was last, what comes after it, and who sees it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine import SYSTEM, Planned
from engine.errors import NotAllowed, NotFound, TimeInvalid
from engine.schedule import as_last_time, date_field, owner, repeats
from engine.values import Actor, Json
from tests.engine.workshop import START, Workshop

MONTHLY = 'start S | cycle: 0 9 1 * * -> T\nuser T | role: worker | due: add_time(now(), "P2D") -> E\nend E'
REVIEW = """
    start S | register: thing | date: day if state != "old" else None -> A
    user A | role: worker -> W
    script W | do: done = True | write: thing: id = thing_id; day = add_time(due_on, "P1Y") -> E
    end E"""
UNTIL = START + timedelta(days=730)
BERLIN = ZoneInfo("Europe/Berlin")
NOBODY = Actor("nobody")


def thing(workshop: Workshop, record_id: str | None = None, **fields: Json) -> str:
    return workshop.engine.write_record(SYSTEM, "thing", {"title": "Mill", **fields}, record_id).id


def planned(workshop: Workshop, actor: Actor = SYSTEM, *, deadlines: bool = False) -> list[Planned]:
    return list(workshop.engine.schedule(actor, UNTIL, deadlines=deadlines).planned)


def test_a_cycle_tells_its_ticks(workshop: Workshop) -> None:
    """The next, those after it until the end, and that they are certain."""
    workshop.publish("P", MONTHLY)
    [one] = planned(workshop)
    assert (one.what, one.process_id, one.at) == ("start", "P", datetime(2026, 4, 1, 7, tzinfo=UTC))
    assert one.certain
    assert len(one.later) == 23
    assert one.later[-1] == datetime(2028, 3, 1, 8, tzinfo=UTC)
    assert one.last_at is None


def test_a_cycle_of_a_record_tells_its_ticks(workshop: Workshop) -> None:
    """As any cycle, with its record; it is there only while the record says that it goes round."""
    workshop.publish("P", MONTHLY.replace("cycle:", 'register: thing | while: state == "new" | cycle:'))
    own = thing(workshop)
    assert planned(workshop) == []
    thing(workshop, own, state="new")
    [one] = planned(workshop)
    assert (one.what, one.at, one.record_id) == ("start", datetime(2026, 4, 1, 7, tzinfo=UTC), own)
    assert (one.period, one.certain, len(one.later)) == ("0 9 1 * *", True, 23)
    workshop.wait(days=30)
    thing(workshop, own, state="old")
    assert planned(workshop) == []


def test_what_comes_every_day_is_told_once(workshop: Workshop) -> None:
    """Seven hundred lines of the same would hide the others."""
    workshop.publish("P", MONTHLY.replace("0 9 1 * *", "0 9 * * *"))
    [one] = planned(workshop)
    assert one.often
    assert one.later == ()


def test_the_last_time_is_the_case_that_began(workshop: Workshop) -> None:
    """Under way as long as it runs, with its task; another version of the process does not forget it."""
    workshop.publish("P", MONTHLY)
    workshop.wait(days=35)
    case_id = workshop.only("P").id
    start, task = sorted(planned(workshop), key=lambda p: p.what)
    assert (start.last_case, start.last_at) == (case_id, START + timedelta(days=35))
    assert start.under_way
    assert (task.what, task.case_id, task.at) == ("task", case_id, START + timedelta(days=37))
    workshop.do(workshop.only("P"))
    workshop.publish("P", MONTHLY.replace("T |", "T | priority: P2 |"))
    [start] = planned(workshop)
    assert (start.last_case, start.under_way, start.last_state) == (case_id, False, "completed")


def test_a_review_is_of_its_record(workshop: Workshop) -> None:
    """The record's name and date, and the field it stands in; the day counts, not the hour."""
    workshop.publish("P", REVIEW)
    own = thing(workshop, day="2026-04-10")
    [one] = planned(workshop)
    assert (one.what, one.register, one.record_id, one.label, one.field) == ("review", "thing", own, "Mill", "day")
    assert one.all_day
    assert one.at == datetime(2026, 4, 9, 22, tzinfo=UTC)
    assert (one.later, one.certain) == ((), False)


def test_a_review_is_expected_again_as_far_apart_as_last_time(workshop: Workshop) -> None:
    """A year after a year."""
    workshop.publish("P", REVIEW)
    thing(workshop, day="2026-03-10")
    workshop.wait(days=10)
    under_way = next(p for p in planned(workshop) if p.what == "review")
    assert (under_way.at, under_way.under_way, under_way.without_next) == (None, True, False)
    workshop.do(workshop.only("P"))
    [one] = planned(workshop)
    assert one.period == "P1Y"
    assert one.at == datetime(2027, 3, 9, 23, tzinfo=UTC)
    assert not one.later  # 2028 lies after the end
    assert one.last_state == "completed"


def test_what_comes_before_its_day_is_counted_from_the_day(workshop: Workshop) -> None:
    """Thirty days before 8 June and 8 December: 9 May, 8 November, and so each year."""
    ahead = REVIEW.replace('day if state != "old" else None', 'subtract_time(day, "P30D")')
    workshop.publish("P", ahead.replace('add_time(due_on, "P1Y")', 'add_time(thing["day"], "P6M")'))
    thing(workshop, day="2026-06-08")
    workshop.wait(days=80)
    workshop.do(workshop.only("P"))
    [one] = planned(workshop)
    days = [at.astimezone(BERLIN).date().isoformat() for at in (one.at, *one.later) if at]
    assert (one.period, days) == ("P6M", ["2026-11-08", "2027-05-09", "2027-11-08"])


def test_a_first_step_may_write_the_next_date(workshop: Workshop) -> None:
    """Then a review is under way and has its next date all the same."""
    first = """
        start S | register: thing | date: day -> W
        script W | do: done = True | write: thing: id = thing_id; day = add_time(due_on, "P6M") -> A
        user A -> E
        end E"""
    workshop.publish("P", first)
    thing(workshop, day="2026-03-10")
    workshop.wait(days=10)
    one = next(p for p in planned(workshop) if p.what == "review")
    assert (one.at, one.under_way, one.period) == (datetime(2026, 9, 9, 22, tzinfo=UTC), True, "P6M")
    assert [at.month for at in one.later] == [3, 9]


def test_a_review_that_wrote_no_new_date_is_found(workshop: Workshop) -> None:
    """Nothing would ever come again; one that is retired is left out of that, and knows when it was last."""
    workshop.publish("P", REVIEW.replace('"P1Y"', '"P0D"'))
    own = thing(workshop, day="2026-03-10")
    workshop.wait(days=10)
    workshop.do(workshop.only("P"))
    assert [(p.at, p.without_next) for p in planned(workshop)] == [(None, True)]
    thing(workshop, own, state="old")
    [one] = planned(workshop)
    assert (one.at, one.without_next, one.last_state) == (None, False, "completed")


def test_deadlines_of_running_cases_are_told_on_demand(workshop: Workshop) -> None:
    """Timers, and tasks of cases that no timer began."""
    workshop.publish("P", "start S -> T\nuser T | role: worker | due: add_time(now(), \"P2D\") -> E\n"
                     "timer B | beside: T | duration: P3D -> F\nend E\nend F")  # fmt: skip
    workshop.engine.start(SYSTEM, "P")
    assert planned(workshop) == []
    found = {p.what: p for p in planned(workshop, deadlines=True)}
    assert set(found) == {"task", "timer"}
    assert found["timer"].at == START + timedelta(days=3)
    assert found["task"].role == "worker"


def test_who_sees_what(workshop: Workshop) -> None:
    """Start timers are no secret; records and cases are for those who may read them or work on them."""
    workshop.publish("P", MONTHLY)
    workshop.publish("Q", REVIEW)
    thing(workshop, day="2026-06-10")
    workshop.wait(days=35)
    assert {p.what for p in planned(workshop, NOBODY, deadlines=True)} == {"start"}
    worker = Actor("nobody", frozenset({"worker"}))
    assert "task" in {p.what for p in planned(workshop, worker, deadlines=True)}
    assert {p.what for p in planned(workshop)} == {"start", "review", "task"}


def test_dates_after_the_first_are_counted_from_it() -> None:
    """Every half year on the last day; what is no period gives none."""
    first = datetime(2026, 8, 31, tzinfo=BERLIN)
    assert [d.strftime("%F") for d in repeats(first, "P6M", UNTIL, BERLIN)] == [
        "2027-02-28",
        "2027-08-31",
        "2028-02-29",
    ]
    assert repeats(first, "twice a year", UNTIL, BERLIN) == ()
    assert repeats(None, "P6M", UNTIL, BERLIN) == ()


@pytest.mark.parametrize(
    ("before", "at", "period"),
    [
        ((2026, 3, 1), (2027, 3, 1), "P1Y"),
        ((2026, 3, 1), (2026, 9, 2), "P6M"),
        ((2026, 3, 1), (2026, 3, 15), "P14D"),
        ((2026, 3, 1), (2026, 3, 3), ""),
        ((2026, 3, 1), None, ""),
    ],
)
def test_the_period_of_last_time(before: tuple[int, int, int], at: tuple[int, int, int] | None, period: str) -> None:
    """Whole months where the day is the same, days else; what comes after a few days is no period."""
    found = as_last_time(datetime(*before, 9, tzinfo=UTC), datetime(*at, 9, tzinfo=UTC) if at else None, BERLIN)
    assert found == period


def test_who_answers_and_which_date() -> None:
    """The owner before others; the first date that the expression names."""
    people = {"properties": {"asked_by": {"x-person": True}, "owner": {"x-person": True}, "on": {"format": "date"}}}
    assert owner(people, {"asked_by": "a", "owner": "b"}) == "b"
    assert owner({"properties": {"asked_by": {"x-person": True}}}, {"asked_by": "a"}) == "a"
    assert owner({}, {}) == ""
    assert date_field(people, 'on if state == "new" else None', {}) == "on"
    assert date_field(people, "add_time(owner)", {}) == ""
    two = {"properties": {"wrong_since": {"format": "date"}, "on": {"format": "date"}}}
    assert date_field(two, "wrong_since or on", {"on": "2026-03-02"}) == "on"
    assert date_field(two, "wrong_since or on", {"on": "2026-03-02", "wrong_since": "2026-03-01"}) == "wrong_since"


def test_what_else_the_page_asks(workshop: Workshop) -> None:
    """Holidays of a calendar, a register's question with its right, and whether anything has happened."""
    engine = workshop.engine
    with pytest.raises(NotFound):
        engine.holidays(date(2026, 1, 1), date(2026, 12, 31), "moon")
    with pytest.raises(NotAllowed):
        engine.ask(NOBODY, "thing", {"count": True})
    assert engine.ask(SYSTEM, "thing", {"count": True}) == 0
    place = engine.place()
    assert engine.events_since(place) == 0
    workshop.wait(minutes=1)
    thing(workshop)
    assert engine.events_since(place) > 0
    with pytest.raises(TimeInvalid):
        engine.repeats(START, "P0D", UNTIL)


def test_another_cycle_is_tried_before_it_is_published(workshop: Workshop) -> None:
    """Its times are those that come when it is published; nothing else of the diagram changes, and nothing by trying."""
    workshop.publish("P", MONTHLY)
    before = workshop.engine.diagram("P")
    found = workshop.engine.retimed("P", "S", "R/2026-05-15T10:00:00/P6M", UNTIL)
    assert found.at == datetime(2026, 5, 15, 8, tzinfo=UTC)
    assert [at.month for at in found.later] == [11, 5, 11]
    assert found.xml == before.replace(b"0 9 1 * *", b"R/2026-05-15T10:00:00/P6M")
    assert workshop.engine.definition("P").version == 1
    [one] = workshop.engine.publish_file(SYSTEM, found.xml, found.file, "Twice a year is enough", found.digest)
    [now] = planned(workshop)
    assert (one.version, now.at, now.later) == (2, found.at, found.later)
    assert workshop.engine.retimed("P", "S", "R/P1D", UNTIL).often


def test_only_a_cycle_that_stands_on_the_diagram_is_tried(workshop: Workshop) -> None:
    """One that an expression gives, a date and a start without a timer are not; nor is what is no cycle."""
    workshop.publish("P", MONTHLY)
    workshop.publish("Q", MONTHLY.replace("cycle: 0 9 1 * *", 'cycle: "R/P" + "1M"'))
    for process_id, element in (("Q", "S"), ("P", "T"), ("P", "Nowhere")):
        with pytest.raises(NotFound):
            workshop.engine.retimed(process_id, element, "R/P1Y", UNTIL)
    assert [one.on_diagram for one in sorted(planned(workshop), key=lambda p: p.process_id)] == [True, False]
    for cycle in ("R/PT0S", "every now and then", "R0/P1M"):
        with pytest.raises(TimeInvalid):
            workshop.engine.retimed("P", "S", cycle, UNTIL)
