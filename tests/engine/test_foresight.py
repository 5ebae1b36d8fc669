# SPDX-License-Identifier: Apache-2.0
"""A rehearsal tells what time will bring, in order, and changes nothing that is real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from engine import SYSTEM, CountingIds, open_engine
from engine.foresight import Coming, foreseen
from engine.store.schema import instance, metadata
from tests.builders import diagram
from tests.engine.test_timers import LATE, REMINDED
from tests.engine.workshop import START, Workshop

YEARLY = "start S | cycle: R/2026-04-01T09:00:00/P3M -> A\nuser A -> B\nuser B -> E\nend E"
END = datetime(2027, 3, 2, 9, tzinfo=UTC)


def brief(found: list[Coming]) -> list[tuple[str, str, str]]:
    """(day, what, element) of each."""
    return [(f"{one.at:%m-%d}", one.what, one.element) for one in found]


def test_reviews_come_up_in_order_with_what_happens(workshop: Workshop) -> None:
    """Four times a year a case begins and a task is opened for a role; nobody does anything."""
    workshop.publish("P", YEARLY)
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(END))
    assert brief(found) == [
        (day, *rest) for day in ("04-01", "07-01", "10-01", "01-01") for rest in (("started", "S"), ("task", "A"))
    ]
    task = found[1]
    assert (task.process, task.name, task.role, task.is_new, task.at.isoformat()) == (
        "P",
        "A",
        "worker",
        True,
        "2026-04-01T07:00:00+00:00",
    )


def test_cases_that_run_go_on_in_it(workshop: Workshop) -> None:
    """Their timers and the deadlines of their tasks; a case that is there is told from one that comes."""
    workshop.publish("P", LATE)
    workshop.publish("Q", 'start S -> A\nuser A | due: add_time(now(), "P3D") -> E\nend E')
    case, other = workshop.start("P"), workshop.start("Q")
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(START + timedelta(days=10)))
    assert [(one.what, one.element, one.case_id, one.is_new) for one in found] == [
        ("timer", "T", case.id, False), ("task", "B", case.id, False), ("due", "A", other.id, False),
    ]  # fmt: skip
    assert found[2].at == START + timedelta(days=3)
    assert found[2].person == "wanda"


def rows(workshop: Workshop) -> dict[str, list[str]]:
    """All that is in the database, by table."""
    with workshop.engine.read() as tx:
        return {t.name: sorted(map(repr, tx.connection.execute(t.select()))) for t in metadata.sorted_tables}


def test_nothing_real_changes(workshop: Workshop) -> None:
    """Not a row: neither cases nor tasks nor timers nor history."""
    workshop.publish("P", YEARLY)
    workshop.publish("Q", LATE)
    workshop.start("Q")
    before = rows(workshop)
    with foreseen(workshop.engine) as rehearsed:
        assert len(list(rehearsed.until(END, complete=True))) > 4
    assert rows(workshop) == before
    assert workshop.engine.next_due() == START + timedelta(hours=1)


def test_what_an_ended_case_left_behind_is_no_obstacle(workshop: Workshop) -> None:
    """A message that is kept for nobody, and expires meanwhile, say."""
    workshop.publish("P", YEARLY)
    workshop.publish("Q", "start S -> T\nsend T | message: hello | key: 1 -> E\nend E")
    workshop.publish("R", "start S -> W\ncatch W | message: hello | key: 2 -> E\nend E")
    workshop.start("Q")
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(END))
    assert len(found) == 8


def test_tasks_may_be_completed_empty(workshop: Workshop) -> None:
    """Then cases come to their end, whatever their forms ask for; one that cannot without values is held."""
    workshop.publish("P", YEARLY.replace("user A", "user A | form: T/everything.json"))
    workshop.publish(
        "Q", "start S | date: 2026-03-03T00:00:00Z -> A\nuser A -> X\nscript X | do: y = 1 / asked -> E\nend E"
    )
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(START + timedelta(days=60), complete=True))
    assert brief(found) == [
        ("03-03", "started", "S"), ("03-03", "task", "A"), ("03-03", "held", "X"),
        ("04-01", "started", "S"), ("04-01", "task", "A"), ("04-01", "task", "B"), ("04-01", "ended", ""),
    ]  # fmt: skip
    assert "asked" in found[2].note


def test_a_case_that_goes_round_for_ever_is_left(workshop: Workshop) -> None:
    """Completed empty, a loop never ends; the rehearsal does."""
    workshop.publish(
        "P",
        "start S | date: 2026-03-03T00:00:00Z -> M\nxor M -> A\nuser A -> G\nxor G -> E if get_var('x', 0) > 1 / M\nend E",
    )
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(START + timedelta(days=5), complete=True))
    assert {one.element for one in found if one.what == "task"} == {"A"}


def test_it_can_be_stopped_and_says_how_far_it_came(workshop: Workshop) -> None:
    """What it has found is kept."""
    workshop.publish("P", REMINDED.format(cycle="R/P1D"))
    workshop.start()
    found: list[Coming] = []
    with foreseen(workshop.engine) as rehearsed:
        found += rehearsed.until(END, goes_on=lambda: len(found) < 3)
        assert rehearsed.now < START + timedelta(days=5)
    with foreseen(workshop.engine) as rehearsed:
        stream = rehearsed.until(END)
        assert [next(stream).what for _ in range(3)] == ["timer"] * 3
        assert rehearsed.now == START + timedelta(days=3)


def test_a_timer_that_cannot_fire_stops_nothing(workshop: Workshop) -> None:
    """A state that this release cannot read, say: the others are rehearsed."""
    workshop.publish("P", LATE)
    broken, fine = workshop.start(), workshop.start()
    with workshop.engine.write() as tx:
        tx.connection.execute(update(instance).where(instance.c.id == broken.id).values(tokens=b"\0"))
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(START + timedelta(days=2)))
    assert [one.case_id for one in found] == [fine.id, fine.id]


def test_no_service_is_called(workshop: Workshop) -> None:
    """A case that waits for an answer waits for good, also when the live engine knows the operator."""
    asked: list[object] = []
    config, clock = workshop.engine.config, workshop.clock
    workshop.engine.close()
    workshop.engine = open_engine(config, clock, CountingIds("s"), {"test/ask": lambda *given: asked.append(given)})
    service = """<bpmn:serviceTask id="X" name="Ask"><bpmn:extensionElements>
      <spiffworkflow:serviceTaskOperator id="test/ask" resultVariable="got"/></bpmn:extensionElements></bpmn:serviceTask>"""
    xml = diagram("P", "start S | date: 2026-03-03T00:00:00Z -> X\ntask X -> E\nend E")
    workshop.engine.publish(
        SYSTEM, xml.replace(b'<bpmn:task id="X" name="X"></bpmn:task>', service.encode()), "T/P.bpmn"
    )
    with foreseen(workshop.engine) as rehearsed:
        found = list(rehearsed.until(START + timedelta(days=5)))
    assert brief(found) == [("03-03", "started", "S")]
    assert asked == []
