# SPDX-License-Identifier: Apache-2.0
"""The calendar: three sheets, whose they are, what they run into, and moving the date of a review."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from engine import Engine, VirtualClock, open_engine
from engine.values import SYSTEM, Json
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import rehearsal
from webapp.calendar.items import period_words
from webapp.config import WebConfig

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUARTERLY = (
    'start S | cycle: R/2026-01-15T09:00:00/P3M -> T\nmanual T | role: desk | due: add_time(now(), "P2D") -> E\nend E'
)
REVIEW = "start Due | register: contract | date: review_on if state == 'active' else None -> A\nmanual A | role: lead -> E\nend E"
MEETING = "start Due | register: contract | date: meeting_at -> A\nmanual A | role: lead -> E\nend E"


@pytest.fixture
def engine(engine: Engine, config: WebConfig) -> Iterator[Engine]:
    opened = open_engine(config.engine, VirtualClock(START))
    yield opened
    opened.close()


@pytest.fixture
def lea(app: Flask) -> Browser:
    """Somebody who may write records, signed in."""
    return Browser(app).sign_in("lea", PASSWORD)


def publish(engine: Engine, process_id: str, lines: str, folder: str = "DESK") -> None:
    engine.publish(SYSTEM, diagram(process_id, lines), f"processes/bpmn/{folder}/{process_id}.bpmn")


def contract(engine: Engine, **fields: Json) -> str:
    data = {"title": "Cleaning", "owner": "lea", "state": "active", "review_on": "2026-03-20", **fields}
    return engine.write_record(SYSTEM, "contract", data).id


def wait(engine: Engine, **by: float) -> None:
    clock = engine.clock
    assert isinstance(clock, VirtualClock)
    clock.set(clock.now() + timedelta(**by))
    engine.fire_due()


def test_an_empty_calendar_says_so_and_leads_on(dana: Browser, engine: Engine) -> None:
    """To what there is for others, if there is anything."""
    page = dana.open("/calendar/").text
    assert "Nothing in this calendar" in page
    assert "Show all" not in page
    assert "cal-sheet" not in page
    publish(engine, "R", QUARTERLY.replace("role: desk", "role: support"))
    page = dana.open("/calendar/").text
    assert "No review, task or timer is yours." in page
    assert "Show all 1" in page


def test_a_month_has_what_comes_in_it(lea: Browser, engine: Engine) -> None:
    """Each on its day, with a way to the next and the last month; what only recurs is marked as expected."""
    publish(engine, "V", REVIEW)
    own = contract(engine, every="P1M")
    page = lea.open("/calendar/").text
    assert "March 2026" in page
    assert re.search(rf'is-review"[^>]*href="/calendar/of/V/Due/{own}"', page)
    assert "is-expected" not in page.split('class="cal-legend"')[0]
    april = lea.open("/calendar/?month=2026-04").text
    assert 'class="cal-entry is-review is-expected"' in april
    assert "month=2026-03" in april
    assert "month=2026-05" in april
    assert lea.open("/calendar/?month=1999-01").status_code == 200
    assert lea.open("/calendar/?month=soon").status_code == 400
    assert lea.open("/calendar/?view=century").status_code == 400
    assert lea.open("/calendar/?process=PR0").status_code == 400


def test_many_on_one_day_are_folded(lea: Browser, engine: Engine) -> None:
    """Two stand in the cell, the others behind them."""
    publish(engine, "V", REVIEW)
    for _ in range(5):
        contract(engine)
    page = lea.open("/calendar/").text
    assert ">3 more<" in page
    assert page.count('class="cal-entry') == 5


def test_mine_my_processes_and_all(engine: Engine, app: Flask, dana: Browser) -> None:
    """By name, by role where nobody is named; by the processes of one's roles; everything that one may see."""
    publish(engine, "R", QUARTERLY.replace("start S", "start S | role: desk"))
    publish(engine, "Q", QUARTERLY, folder="OTHER")
    publish(engine, "V", REVIEW)
    contract(engine, owner="dana")
    contract(engine, owner="sam")
    counts = re.findall(r'class="cal-count">(\d+)', dana.open("/calendar/").text)
    assert counts == ["2", "3", "4"]
    assert re.findall(r'class="cal-count">(\d+)', dana.open("/calendar/?process=OTHER").text) == ["0", "0", "1"]
    guest = Browser(app).sign_in("guest", PASSWORD).open("/calendar/?scope=all&view=list").text
    assert "Cleaning" not in guest
    assert guest.count('class="cal-what"') == 2


def test_the_list_tells_late_last_and_next(lea: Browser, engine: Engine) -> None:
    """Late first, then what comes; what was last and how that went; what has no next date is found."""
    publish(engine, "R", QUARTERLY)
    publish(engine, "V", REVIEW)
    contract(engine)
    wait(engine, days=50)
    page = lea.open("/calendar/?view=list&scope=all").text
    assert re.findall(r'class="card-title" id="group-\d">([^<]+)', page) == ["Next 30 days", "Later", "Under way"]
    assert "every 3 months" in page
    assert "21 Apr 2026" in page
    wait(engine, days=3)
    page = lea.open("/calendar/?view=list&scope=all").text
    assert "is-overdue" in page
    case = next(p for p in engine.schedule(SYSTEM, START + timedelta(days=700)).planned if p.what == "review").last_case
    engine.cancel(SYSTEM, case, "not needed")
    assert "Without a next date" in lea.open("/calendar/?view=list&scope=all").text


def test_what_comes_daily_is_left_out_of_the_sheets(lea: Browser, engine: Engine) -> None:
    """And told at the end of the list."""
    publish(engine, "R", QUARTERLY.replace("P3M", "P1D"))
    assert 'class="cal-entry' not in lea.open("/calendar/?scope=all").text
    page = lea.open("/calendar/?scope=all&view=list").text
    assert "More often than weekly" in page
    assert "every day" in page
    assert "too often for a list" in lea.open("/calendar/of/R/S").text


def test_two_years_in_months(lea: Browser, engine: Engine) -> None:
    """A line for each, with a mark in each month; a total below."""
    publish(engine, "R", QUARTERLY)
    page = lea.open("/calendar/?scope=all&view=year").text
    assert page.count('class="cal-box is-sure" title="') == 8
    assert re.findall(r"cal-total[^>]*>(\d*)<", page)[:3] == ["", "1", ""]


def test_holidays_and_freezes_are_shown(lea: Browser, engine: Engine) -> None:
    """On their days, and beside what runs into them."""
    publish(engine, "V", REVIEW)
    contract(engine, review_on="2026-05-01")
    contract(engine, title="Power", review_on="2026-05-14", every="P1Y")
    contract(
        engine, title="Freeze", review_on=None, freeze_from="2026-05-11", freeze_to="2026-05-15", freeze_reason="Move"
    )
    page = lea.open("/calendar/?scope=all&month=2026-05").text
    assert "cal-holiday" in page
    told = page.split("On holidays and in change freezes")[1]
    assert re.findall(r'class="cal-when">([^<]+)', told) == ["Fri 1 May 2026", "Thu 14 May 2026"]
    assert re.findall(r'class="cal-note">([^<:]+)', told) == ["Holiday", "Holiday", "Change freeze"]
    assert "CON-2 Due" in told
    year = lea.open("/calendar/?scope=all&view=year").text
    assert "Move (11 May – 15 May 2026)" in year
    assert "is-meets" in year
    assert "Thu 14 May 2026" in year.split("On holidays and in change freezes")[1]
    assert "Change freeze: Move" in lea.open("/calendar/?scope=all&view=list").text
    assert "On holidays and in change freezes" not in lea.open("/calendar/?scope=all&month=2026-06").text


def test_numbers_stand_in_their_order(lea: Browser, engine: Engine) -> None:
    """The second record before the tenth."""
    publish(engine, "V", REVIEW)
    for _ in range(11):
        contract(engine)
    for view in ("list", "year"):
        page = lea.open(f"/calendar/?scope=all&view={view}").text
        assert [int(n) for n in re.findall(r'class="cal-what"[^>]*>CON-(\d+)', page)] == list(range(1, 12))


def test_deadlines_of_running_cases_come_on_demand(lea: Browser, engine: Engine) -> None:
    """Timers and tasks of cases that nothing periodic began."""
    publish(engine, "B", 'start S -> T\nmanual T | role: lead | due: add_time(now(), "P2D") -> E\nend E\n'
            "timer X | beside: T | duration: P3D -> F\nend F")  # fmt: skip
    engine.start(SYSTEM, "B")
    assert 'class="cal-entry' not in lea.open("/calendar/?scope=all").text
    page = lea.open("/calendar/?scope=all&deadlines=1").text
    assert "is-task" in page
    assert "is-timer" in page


def test_a_rehearsal_adds_what_follows(
    lea: Browser, dana: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tasks of reviews that have not begun; bounded in time, kept until something happens; for who reads cases."""
    publish(engine, "V", REVIEW.replace("role: lead", "role: lead | due: add_time(now(), 'P2D')"))
    contract(engine)
    page = lea.open("/calendar/?scope=all&ahead=1").text
    assert "Rehearsed on a copy" in page
    assert page.count('class="cal-entry is-ahead"') == 2
    kept = lea.open
    monkeypatch.setattr(rehearsal, "SECONDS", -1.0)
    assert kept("/calendar/?scope=mine&ahead=1").text.count('class="cal-entry is-ahead"') == 2
    contract(engine, title="Another")
    page = kept("/calendar/?scope=all&ahead=1").text
    assert "seconds at most" in page
    assert dana.open("/calendar/?ahead=1").status_code == 403


def test_the_effect_is_seen_before_it_is_saved(lea: Browser, engine: Engine) -> None:
    """Another date and another period, side by side with what is; nothing is written."""
    publish(engine, "V", REVIEW)
    own = contract(engine, every="P6M")
    page = lea.open(f"/calendar/of/V/Due/{own}").text
    assert 'value="2026-03-20"' in page
    assert "before and after" not in page
    page = lea.open(f"/calendar/of/V/Due/{own}?on=2026-04-10&period=P1Y&reason=busy").text
    assert "Two years, before and after" in page
    assert "Fri 10 Apr 2026" in page
    assert "Sat 10 Apr 2027" in page
    assert 'value="busy"' in page
    assert engine.record(SYSTEM, "contract", own).data["review_on"] == "2026-03-20"
    assert "begins as soon as you save" in lea.open(f"/calendar/of/V/Due/{own}?on=2026-02-10&period=P1Y").text
    assert "Give a day." in lea.open(f"/calendar/of/V/Due/{own}?on=&period=often").text


def test_a_review_is_moved_with_a_reason(lea: Browser, engine: Engine) -> None:
    """The record gets a new version, and its timer moves."""
    publish(engine, "V", REVIEW)
    own = contract(engine, every="P6M")
    path = f"/calendar/of/V/Due/{own}"
    lea.open(path)
    refused = lea.send(path, on="2026-04-10", period="P1Y", reason=" ")
    assert refused.status_code == 422
    assert "Say why" in refused.text
    moved = lea.send(path, on="2026-04-10", period="P1Y", reason="The owner is away")
    assert moved.status_code == 303
    written = engine.record(SYSTEM, "contract", own)
    assert (written.data["review_on"], written.data["every"], written.version) == ("2026-04-10", "P1Y", 2)
    assert engine.next_due() == datetime(2026, 4, 9, 22, tzinfo=UTC)
    assert "Moved to 10 April 2026." in lea.open(path).text


def test_a_moment_is_moved_as_a_moment(lea: Browser, engine: Engine) -> None:
    """A date-time stays one; without a field for the period nothing is asked about it."""
    publish(engine, "M", MEETING)
    own = contract(engine, meeting_at="2026-03-20T10:00:00+01:00")
    page = lea.open(f"/calendar/of/M/Due/{own}").text
    assert 'type="datetime-local"' in page
    assert 'id="period"' not in page
    assert lea.send(f"/calendar/of/M/Due/{own}", on="2026-03-21T11:30", reason="later").status_code == 303
    assert engine.record(SYSTEM, "contract", own).data["meeting_at"] == "2026-03-21T11:30:00+01:00"


def test_a_period_that_all_records_have_is_known_from_the_start(lea: Browser, engine: Engine) -> None:
    """The second year is expected although nothing came yet; there is nothing to choose in the record."""
    publish(engine, "C", REVIEW.replace("review_on", "checked_on"))
    own = contract(engine, checked_on="2026-04-20")
    [planned] = engine.schedule(SYSTEM, START + timedelta(days=800)).planned
    assert (planned.period, planned.period_field) == ("P1Y", "")
    assert [at.year for at in planned.later] == [2027, 2028]
    page = lea.open(f"/calendar/of/C/Due/{own}").text
    assert "every year" in page
    assert 'id="period"' not in page
    assert lea.send(f"/calendar/of/C/Due/{own}", on="2026-05-20", reason="later").status_code == 303


def test_what_a_register_refuses_is_said_on_the_form(lea: Browser, dana: Browser, engine: Engine) -> None:
    """And who may not write records cannot move anything."""
    publish(engine, "V", REVIEW)
    own = contract(engine)
    lea.open(f"/calendar/of/V/Due/{own}")
    for period, said in (
        ("now and then", "This is no ISO 8601 duration."), ("P0D", "P0D is no time at all."), ("-P1M", "cannot be negative"),
        ("P1000Y", "P1000Y is too long: 100 years at most."), ("R/P1M", "This is no ISO 8601 duration."),
    ):  # fmt: skip
        refused = lea.send(f"/calendar/of/V/Due/{own}", on="2026-04-10", period=period, reason="As agreed")
        assert refused.status_code == 422
        assert said in refused.text
        assert 'value="As agreed"' in refused.text
        assert 'value="2026-04-10"' in refused.text
    assert engine.record(SYSTEM, "contract", own).version == 1
    dana.open(f"/calendar/of/V/Due/{own}")
    assert "Change it" not in dana.open(f"/calendar/of/V/Due/{own}").text
    assert dana.send(f"/calendar/of/V/Due/{own}", on="2026-04-10", reason="x").status_code == 403
    assert dana.open("/calendar/of/V/Due/CON-99").status_code == 404


def test_a_review_in_the_last_year_there_is_hides_no_other(lea: Browser, engine: Engine) -> None:
    """What would come after the year 9999 never comes; the sheets show the others."""
    publish(engine, "V", REVIEW)
    own = contract(engine, every="P1Y")
    contract(engine, title="Heating", every="P1Y")
    path = f"/calendar/of/V/Due/{own}"
    lea.open(path)
    assert lea.send(path, on="9999-12-31", period="P1Y", reason="Some day").status_code == 303
    assert "31 December 9999" in lea.open(path).text
    for sheet in ("month", "list", "year"):
        shown = lea.open(f"/calendar/?scope=all&view={sheet}")
        assert shown.status_code == 200
    assert "Heating" in lea.open("/calendar/?scope=all&view=list").text
    assert engine.schedule(SYSTEM, START + timedelta(days=800)).planned
    assert lea.send(path, on="0001-01-01T00:00", period="P1Y", reason="Long ago").status_code == 422


@pytest.fixture
def otto(app: Flask) -> Browser:
    """Somebody who may publish processes, signed in."""
    return Browser(app).sign_in("otto", PASSWORD)


def test_a_time_of_a_diagram_is_tried_before_it_is_published(otto: Browser, dana: Browser, engine: Engine) -> None:
    """Another day and another period beside what is, with what they run into; the others are told who can."""
    publish(engine, "R", QUARTERLY)
    page = otto.open("/calendar/of/R/S").text
    assert 'value="2026-04-15T09:00"' in page
    assert '<option value="P3M" selected>' in page
    assert "Publish version 2" in page
    assert "/studio/processes/R/edit" in page
    page = otto.open("/calendar/of/R/S?on=2026-05-01T10:30&period=P1Y&reason=busy").text
    assert "Two years, before and after" in page
    now, after = page.split("<h3>Now</h3>")[1].split("<h3>After</h3>")
    assert "Wed 15 Apr 2026" in now
    assert "Fri 1 May 2026</span> 10:30" in after
    assert "Sat 1 May 2027" in after
    assert "1 of 2 falls on a holiday or into a change freeze." in after
    assert 'value="busy"' in page
    assert engine.definition("R").version == 1
    assert "A process owner can change it." in dana.open("/calendar/of/R/S?on=2026-05-01T10:30&period=P1Y").text
    assert dana.send("/calendar/of/R/S", on="2026-05-01T10:30", period="P1Y", reason="busy").status_code == 403


def test_a_time_of_a_diagram_is_published_with_a_reason(otto: Browser, engine: Engine) -> None:
    """As a new version whose timer comes at the new times; nothing typed is lost on the way there."""
    publish(engine, "R", QUARTERLY)
    path = "/calendar/of/R/S"
    base = re.search('name="base" value="([^"]+)"', otto.open(path).text)
    assert base
    for values, said in (
        ({"on": "2026-06-01T10:30", "period": "P6M", "reason": " "}, "Say why"),
        ({"on": "", "period": "P6M", "reason": "Twice is enough"}, "Give a day and a time."),
        ({"on": "2026-06-01T10:30", "period": "PT0S", "reason": "Twice is enough"}, "longer than nothing"),
        ({"on": "2026-06-01T10:30", "period": "P1000Y", "reason": "Never"}, "P1000Y is too long: 100 years at most."),
        ({"on": "2026-04-15T09:00", "period": "P3M", "reason": "As before"}, "the times that it has now"),
    ):
        refused = otto.send(path, base=base[1], **values)
        assert refused.status_code == 422
        assert said in refused.text
        assert f'value="{values["on"]}"' in refused.text
    sent = {"base": base[1], "on": "2026-06-01T10:30", "period": "P6M", "reason": "Twice is enough"}
    assert otto.send(path, **sent).status_code == 303
    found = engine.definition("R")
    assert (found.version, found.comment, found.published_by) == (2, "Twice is enough", "otto")
    assert b">R/2026-06-01T10:30:00/P6M<" in engine.diagram("R")
    assert engine.next_due() == datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    assert "Version 2 is published." in otto.open(path).text
    sent |= {"period": "P1Y", "reason": "Once is"}
    late = otto.send(path, **sent)
    assert late.status_code == 422
    assert "published version 2" in late.text
    assert 'value="Once is"' in late.text
    assert engine.definition("R").version == 2


def test_what_no_date_and_period_can_say_is_written_as_a_timer(otto: Browser, engine: Engine) -> None:
    """A cron line stays one; what an expression gives is changed in the studio."""
    publish(engine, "R", QUARTERLY.replace("R/2026-01-15T09:00:00/P3M", "0 9 15 * *"))
    assert 'value="0 9 15 * *"' in otto.open("/calendar/of/R/S").text
    page = otto.open("/calendar/of/R/S?cycle=0+9+1+*+*").text
    assert "Wed 1 Apr 2026" in page.split("<h3>After</h3>")[1]
    assert "weekday" in otto.open("/calendar/of/R/S?cycle=0+9+1+*+5").text
    assert "This never happens." in otto.open("/calendar/of/R/S?cycle=0+9+30+2+*").text
    assert "This rule has the interval" in otto.open("/calendar/of/R/S?cycle=RRULE:FREQ%3DDAILY;INTERVAL%3D0").text
    assert "Too often for a list." in otto.open("/calendar/of/R/S?cycle=R/P1D").text
    publish(engine, "Q", QUARTERLY.replace("R/2026-01-15T09:00:00/P3M", '"R/P3" + "M"'))
    page = otto.open("/calendar/of/Q/S").text
    assert "/studio/processes/Q/edit" in page
    assert "Show the effect" not in page
    assert otto.send("/calendar/of/Q/S", on="2026-05-01T10:30", period="P1Y", reason="busy").status_code == 400


def test_a_cycle_that_depends_on_a_record_is_of_the_diagram(lea: Browser, otto: Browser, engine: Engine) -> None:
    """Its page names the record and leads to it; another time is published, and nothing is written into the record."""
    publish(engine, "R", QUARTERLY.replace("cycle:", "register: contract | while: state == 'active' | cycle:"))
    own = contract(engine)
    [planned] = engine.schedule(SYSTEM, START + timedelta(days=365)).planned
    assert (planned.what, planned.record_id) == ("start", own)
    path = f"/calendar/of/R/S/{own}"
    page = lea.open(path).text
    assert f"as long as the record {own} says so" in page
    assert f"/registers/contract/{own}" in page
    assert lea.send(path, on="2026-06-01T10:30", period="P6M", reason="Later").status_code == 403
    page = otto.open(f"{path}?on=2026-06-01T10:30&period=P6M").text
    assert "Tue 1 Dec 2026</span> 10:30" in page
    assert otto.send(path, on="2026-06-01T10:30", period="P6M", reason="Twice is enough").status_code == 303
    assert b">R/2026-06-01T10:30:00/P6M<" in engine.diagram("R")
    assert engine.next_due() == datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    assert len(list(engine.record_history(SYSTEM, "contract", own))) == 1


def test_a_full_calendar_is_fast(lea: Browser, engine: Engine) -> None:
    """Five hundred reviews and a page within a second on any machine (about a fifth of that on a common one)."""
    publish(engine, "V", REVIEW)
    for number in range(500):
        contract(
            engine, title=f"Contract {number}", review_on=f"2026-{number % 9 + 4:02}-{number % 27 + 1:02}", every="P3M"
        )
    lea.open("/calendar/?scope=all")
    began = time.perf_counter()
    page = lea.open("/calendar/?scope=all&view=list").text
    assert time.perf_counter() - began < 2
    assert "200 more are left out" in page


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("", ""), ("P1M", "every month"), ("P6M", "every 6 months"), ("R/P1Y", "every year"), ("0 9 1 * *", "0 9 1 * *"),
        ("R12/2026-01-31T09:00:00/P2W", "every 2 weeks"), ("R/P3M/2026-12-31T18:00:00", "every 3 months"),
    ],
)  # fmt: skip
def test_a_period_in_words(period: str, words: str) -> None:
    """A cycle as people say it; what cannot be said so stays as it is written."""
    assert period_words(period) == words
