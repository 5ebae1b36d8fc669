# SPDX-License-Identifier: Apache-2.0
"""The zone of local times: set in the database, followed by what begins from then on, kept by what runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine import SYSTEM
from engine.errors import NotAllowed, TimeInvalid
from tests.engine.workshop import Workshop

NINE = "0 9 * * *"


def due(workshop: Workshop, process_id: str) -> datetime:
    """When a process begins by itself."""
    planned = workshop.engine.schedule(SYSTEM, datetime(2027, 1, 1, tzinfo=UTC)).planned
    (at,) = [one.at for one in planned if one.process_id == process_id and one.what != "task"]
    assert at is not None
    return at


def test_what_begins_by_itself_follows_the_zone(workshop: Workshop) -> None:
    """At the same time of day: nine in Berlin is eight in UTC, nine in New York is two in the afternoon."""
    workshop.publish("daily", f"start S | cycle: {NINE} -> A\nuser A -> E\nend E")
    assert due(workshop, "daily") == datetime(2026, 3, 3, 8, tzinfo=UTC)
    workshop.engine.set_time_zone(SYSTEM, "America/New_York")
    assert due(workshop, "daily") == datetime(2026, 3, 2, 14, tzinfo=UTC)
    workshop.wait(hours=6)
    assert workshop.only("daily").state == "running"
    assert due(workshop, "daily") == datetime(2026, 3, 3, 14, tzinfo=UTC)


def test_a_day_of_a_record_begins_in_the_zone(workshop: Workshop) -> None:
    workshop.publish("review", "start S | register: thing | date: day -> A\nuser A -> E\nend E")
    workshop.engine.write_record(SYSTEM, "thing", {"title": "Contract", "day": "2026-06-01"})
    assert due(workshop, "review") == datetime(2026, 5, 31, 22, tzinfo=UTC)
    workshop.engine.set_time_zone(SYSTEM, "America/New_York")
    assert due(workshop, "review") == datetime(2026, 6, 1, 4, tzinfo=UTC)


def test_a_running_case_keeps_the_zone_with_which_it_began(workshop: Workshop) -> None:
    """Its timers are due when they were, also those armed later; and it is reproduced as it was."""
    workshop.publish("p", "start S -> A\nuser A -> T\ntimer T | date: 2026-06-01T09:00:00 -> B\nuser B -> E\nend E")
    before = workshop.start("p")
    workshop.engine.set_time_zone(SYSTEM, "America/New_York")
    after = workshop.start("p")
    for case in (before, after):
        workshop.do(case)
    (early,), (late,) = (workshop.engine.timers(SYSTEM, case.id) for case in (before, after))
    assert early.due_at == datetime(2026, 6, 1, 7, tzinfo=UTC)
    assert late.due_at == datetime(2026, 6, 1, 13, tzinfo=UTC)
    assert after.version == before.version + 1
    workshop.reopen()
    for case in (before, after):
        assert workshop.engine.verify(SYSTEM, case.id).ok


def test_setting_it_puts_nothing_off(workshop: Workshop) -> None:
    """What repeats goes on from where it was, and what is due by now is due still."""
    workshop.publish("monthly", "start S | cycle: R/P1M -> A\nuser A -> E\nend E")
    first = due(workshop, "monthly")
    workshop.wait(days=10)
    workshop.engine.set_time_zone(SYSTEM, "America/New_York")
    assert due(workshop, "monthly") == first
    workshop.clock.set(first)
    workshop.engine.set_time_zone(SYSTEM, "Asia/Tokyo")
    assert due(workshop, "monthly") == first


def test_it_is_recorded_and_stays(workshop: Workshop) -> None:
    """Also over a restart; setting it again changes nothing; the record of it is sealed and checked."""
    engine = workshop.engine
    assert str(engine.time_zone()) == "Europe/Berlin"
    workshop.publish("p", "start S -> A\nuser A -> E\nend E")
    assert [one.process_id for one in engine.set_time_zone(SYSTEM, "Asia/Tokyo")] == ["p"]
    assert engine.set_time_zone(SYSTEM, "Asia/Tokyo") == ()
    workshop.reopen()
    assert str(workshop.engine.time_zone()) == "Asia/Tokyo"
    assert not workshop.engine.verify_seals(SYSTEM).faults
    with workshop.database.past() as past:
        past.execute("UPDATE asset SET digest = (SELECT digest FROM asset WHERE kind = 'roles') WHERE kind = 'setting'")
    assert any("time_zone" in fault for fault in workshop.engine.verify_seals(SYSTEM).faults)


def test_only_who_runs_the_installation_sets_it(workshop: Workshop) -> None:
    with pytest.raises(NotAllowed):
        workshop.engine.set_time_zone(workshop.actor("olga"), "Asia/Tokyo")
    with pytest.raises(TimeInvalid):
        workshop.engine.set_time_zone(workshop.actor("root"), "Mars/Olympus")
    workshop.engine.set_time_zone(workshop.actor("root"), "Asia/Tokyo")


def test_a_form_means_the_day_of_the_zone(workshop: Workshop) -> None:
    """Late in the evening in UTC it is tomorrow in Tokyo."""
    workshop.publish("p", "start S -> A\nuser A -> E\nend E")
    case = workshop.start("p")
    workshop.wait(hours=11)
    form = workshop.engine.task_form(workshop.actor("wanda"), workshop.task(case).id)
    assert form.today.date().isoformat() == "2026-03-02"
    workshop.engine.set_time_zone(SYSTEM, "Asia/Tokyo")
    form = workshop.engine.task_form(workshop.actor("wanda"), workshop.task(case).id)
    assert form.today.date().isoformat() == "2026-03-03"
