# SPDX-License-Identifier: Apache-2.0
"""Named calendars: checked when published, kept by running cases, and able to show how a due time was counted."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.definitions import put_asset
from engine.errors import Conflict, DiagramInvalid, Invalid, NotAllowed, NotFound, TimeInvalid
from engine.store.schema import task
from tests.engine.workshop import START, Workshop

#: Easter is on 5 April 2026; the shop is shut on Easter Monday, opens on a Sunday in between, and shuts on the Wednesday.
SHOP = {
    "title": "Shop",
    "time_zone": "Europe/Berlin",
    "opening_hours": {day: ["09:00-17:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")},
    "holidays": {"country": "DE", "subdivision": "BY"},
    "extra_holidays": {"2026-04-08": "Stocktaking"},
    "extra_working_days": {"2026-04-04": ["10:00-12:00"]},
}
DUE = 'start S -> A\nuser A | due: add_working_time("2026-04-02T15:00:00Z", length, "shop") -> E\nend E'


def keep(workshop: Workshop, name: str, content: dict[str, object]) -> None:
    with workshop.engine.write() as tx:
        put_asset(tx, "calendar", name, json.dumps(content).encode(), "shipped")


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    keep(workshop, "shop", SHOP)
    return workshop


def test_an_unknown_calendar_is_refused_with_the_element(shop: Workshop) -> None:
    """In a property, a timer, a condition, a script and a text; the nearest name is offered."""
    for text in (
        DUE.replace('"shop"', '"shpo"'),
        'start S -> A\nuser A -> E\ntimer T | on: A | date: add_working_time(now(), "PT1H", "shpo") -> E\nend E',
        'start S -> A\nscript A | do: x = working_time_between(now(), now(), calendar="shpo") -> E\nend E',
    ):
        with pytest.raises(DiagramInvalid) as error:
            shop.publish("P", text)
        finding = next(f for f in error.value.findings if f.rule == "calendar-unknown")
        assert "'shpo', which does not exist" in finding.message
        assert finding.hint == "Did you mean 'shop'?"
        assert finding.element in ("A", "Def_T")
    assert shop.publish("P", DUE).version == 1


def test_a_due_time_shows_which_times_were_counted(shop: Workshop) -> None:
    """Opening hours, holidays of the country's part, an extra opening and an extra closing, each with its reason."""
    shop.publish("P", DUE)
    case = shop.start(length="PT12H")
    (one,) = shop.engine.why_due(shop.actor("wanda"), shop.task(case).id)
    assert (one.calendar, one.title, one.time_zone, one.duration) == ("shop", "Shop", "Europe/Berlin", "PT12H")
    assert one.end == shop.task(case).due_at
    assert [(f"{c.day:%m-%d}", f"{c.start:%H:%M}", f"{c.end:%H:%M}", c.counted, c.reason) for c in one.counted] == [
        ("04-03", "00:00", "00:00", "PT0S", "Good Friday"),
        ("04-04", "10:00", "12:00", "PT2H", "open"),
        ("04-05", "00:00", "00:00", "PT0S", "no opening hours on Sunday"),
        ("04-06", "00:00", "00:00", "PT0S", "Easter Monday"),
        ("04-07", "09:00", "17:00", "PT8H", "open"),
        ("04-08", "00:00", "00:00", "PT0S", "Stocktaking"),
        ("04-09", "09:00", "11:00", "PT2H", "open"),
    ]  # fmt: skip


def test_pauses_are_told_apart(shop: Workshop) -> None:
    """What makes up for a pause is counted by itself, and says when the clock stood still."""
    shop.publish("P", DUE.replace('"shop")', '"shop", pauses)'))
    pauses = [{"from": "2026-04-04T11:30:00+02:00", "to": "2026-04-07T10:00:00+02:00"}]
    case = shop.start(length="PT2H", pauses=pauses)
    first, pause = shop.engine.why_due(SYSTEM, shop.task(case).id)
    assert (first.duration, f"{first.end:%m-%d %H:%M}", first.paused_from) == ("PT2H", "04-04 12:00", None)
    assert (pause.duration, pause.start, pause.end) == ("PT1H30M", first.end, shop.task(case).due_at)
    assert [f"{moment:%m-%d %H:%M}" for moment in (pause.paused_from, pause.paused_to, pause.end) if moment] == [
        "04-04 11:30", "04-07 10:00", "04-07 10:30",
    ]  # fmt: skip


def test_working_days_are_told_one_by_one(shop: Workshop) -> None:
    """Of any calendar, from any start."""
    one = shop.engine.explain_working_time("shop", "2026-04-07T11:00:00", "P2D")
    assert [(f"{c.day:%m-%d}", c.working_days, c.counts) for c in one.counted] == [
        ("04-08", 0, False),
        ("04-09", 1, True),
        ("04-10", 1, True),
    ]
    assert one.end.isoformat() == "2026-04-10T11:00:00+02:00"
    with pytest.raises(NotFound, match="no calendar 'shp'"):
        shop.engine.explain_working_time("shp", START, "P2D")
    with pytest.raises(TimeInvalid):
        shop.engine.explain_working_time("shop", START, "2 days")
    assert shop.engine.calendars() == {"shop": "Shop"}


def test_a_running_case_keeps_the_calendar_it_was_published_with(shop: Workshop) -> None:
    """A later change counts for the next version; timers, due times and replays of earlier cases are what they were."""
    text = 'start S -> A\nuser A | due: add_working_time(now(), "P1D", "shop") -> T\ntimer T | date: add_working_time(now(), "P1D", "shop") -> E\nend E'
    shop.publish("P", text)
    old, later = shop.start(), shop.start()
    keep(shop, "shop", {**SHOP, "extra_holidays": {"2026-03-03": "Closed", "2026-03-04": "Closed"}})
    assert shop.publish("P", text).version == 2
    new = shop.start()
    assert shop.task(old).due_at == START + timedelta(days=1)
    assert shop.task(new).due_at == START + timedelta(days=3)
    shop.do(later)  # counts only now, on the calendar of its own version
    assert [t.due_at for t in shop.engine.timers(SYSTEM, later.id)] == [START + timedelta(days=1)]
    (one,) = shop.engine.why_due(SYSTEM, shop.task(old).id)
    assert one.end == START + timedelta(days=1)
    assert shop.wait(days=1) == 1
    assert all(v.ok for v in shop.engine.verify_all(SYSTEM))


def test_what_was_not_counted_in_working_time_says_so(shop: Workshop) -> None:
    """By the clock; or not at all."""
    shop.publish("P", 'start S -> A\nuser A | due: add_time(now(), "P1D") -> B\nuser B -> E\nend E')
    case = shop.start()
    assert shop.engine.why_due(SYSTEM, shop.task(case).id) == ()
    shop.do(case)
    assert shop.engine.why_due(SYSTEM, shop.task(case).id) == ()


def test_what_cannot_be_shown_is_not_guessed(shop: Workshop) -> None:
    """A working that does not lead to the recorded due time is none."""
    shop.publish("P", DUE)
    case = shop.start(length="PT3H")
    moved = task.update().where(task.c.instance_id == case.id).values(due_at=START)
    with shop.engine.write() as tx:
        tx.connection.execute(moved)
    with pytest.raises(Conflict, match="cannot be shown"):
        shop.engine.why_due(SYSTEM, shop.task(case).id)


def test_only_those_who_may_see_the_case_are_told(shop: Workshop) -> None:
    """As with the case itself."""
    shop.publish("P", DUE)
    case = shop.start(length="PT1H")
    with pytest.raises(NotAllowed):
        shop.engine.why_due(shop.actor("nina"), shop.task(case).id)


def test_a_calendar_that_cannot_be_read_names_its_file(shop: Workshop) -> None:
    """When it is published with the content, before any process runs on it."""
    folder = shop.engine.config.content_dir / "processes" / "calendars"
    folder.mkdir(exist_ok=True)
    (folder / "bad.json").write_text('{"title": "Bad", "time_zone": "Europe/Berlin", "opening_hours": {"mnday": []}}')
    with pytest.raises(Invalid, match=r"processes/calendars/bad\.json: There is no weekday 'mnday'"):
        shop.engine.publish_content()
    (folder / "bad.json").unlink()


def test_a_changed_calendar_brings_new_versions_and_leaves_running_cases(shop: Workshop) -> None:
    """Only process owners change one. Cases that run count on theirs; the change is in the history and in the tables."""
    engine = shop.engine
    before = shop.publish("P", DUE)
    case = shop.start(length="PT12H")
    due = shop.task(case).due_at
    later = {**SHOP, "opening_hours": {"monday": ["10:00-12:00"]}}
    with pytest.raises(NotAllowed):
        engine.set_calendar(shop.actor("wanda"), "shop", later)
    with pytest.raises(TimeInvalid):
        engine.set_calendar(shop.actor("olga"), "shop", {**SHOP, "time_zone": "Mars/Base"})
    (after,) = (one for one in engine.set_calendar(shop.actor("olga"), "shop", later) if one.process_id == "P")
    assert (after.version, after.published_by) == (before.version + 1, before.published_by)
    assert engine.set_calendar(shop.actor("olga"), "shop", later) == ()
    assert shop.task(case).due_at == due
    assert shop.task(shop.start(length="PT12H")).due_at != due
    assert engine.verify(SYSTEM, case.id).ok
