# SPDX-License-Identifier: Apache-2.0
"""An organisation founds itself from nothing, and for two years everything comes up by itself: in its period, once, to
somebody, and as the calendar said on the first day.

Nobody touches a timer, and the test writes nothing to a register. What had to come is worked out beside the engine
(`expected`). In these two years are both changes of the clocks, 29 February, holidays with reviews due on them, and three
days in which the engine does not run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from engine import SYSTEM, Planned, foreseen
from engine.values import CaseFilter, Event
from tests.founding import expected
from tests.founding.expected import ZONE, Begun, Came, Start
from tests.founding.organisation import FOUNDED, LEFT, OUTAGE, OUTAGE_ENDS, Organisation, found
from tests.founding.people import NAMES
from tests.webapp.test_year import orphans
from webapp.demo.year.play import stuck

#: Registers in which every turn has a record of its own: the meetings of the next period are another record.
CHAINS = {"management_review", "communication_activity"}
#: Whose next date a decision table tells, from what was found: no calendar can know it before.
DECIDED = {"PR6_ISM_assess_risks", "PR6_ISM_maintain_assets", "PR8_SUPPM_monitor_suppliers", "PR4_SACM_assess_risks",
           "PR6_ISM_review_access"}  # fmt: skip
REHEARSED = timedelta(days=100)


class Story:
    """The organisation at the end of its two years, and what is read of it more than once."""

    def __init__(self, organisation: Organisation, rehearsed: list[tuple[str, str, datetime]]) -> None:
        self.organisation, self.engine = organisation, organisation.engine
        assert organisation.day_1 is not None, "the management system was never established"
        assert organisation.forecast is not None
        self.day_1, self.end, self.forecast = organisation.day_1, organisation.until, organisation.forecast
        self.rehearsed = rehearsed

    @cached_property
    def begun(self) -> list[Begun]:
        return sorted(expected.came(self.engine), key=lambda one: one.came)

    @cached_property
    def starts(self) -> dict[tuple[str, str], Start]:
        return {(start.process, start.element): start for start in expected.starts()}

    def cases(self, process: str) -> list[str]:
        return [c.id for c in self.engine.cases(SYSTEM, CaseFilter(process_id=process, limit=10_000)).items]

    def history(self, case_id: str) -> list[Event]:
        return list(self.engine.history(SYSTEM, case_id))

    def passed(self, process: str) -> Counter[str]:
        events = (event for case_id in self.cases(process) for event in self.history(case_id))
        return Counter(step for event in events for step in event.payload.get("effects", {}).get("passed", ()))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Played once. On its first day it is rehearsed what the next months bring."""
    organisation = found(tmp_path_factory.mktemp("founding"))
    rehearsed: list[tuple[str, str, datetime]] = []

    def rehearse(*_: object) -> None:
        if organisation.day_1 and not rehearsed:
            with foreseen(organisation.engine) as copy:
                told = [one for one in copy.until(organisation.day_1 + REHEARSED) if one.what == "started"]
            rehearsed.extend((one.process_id, one.case, one.at) for one in told)

    organisation.run(rehearse)
    yield Story(organisation, rehearsed)
    organisation.engine.close()


@pytest.mark.slow
def test_the_management_system_is_established(story: Story) -> None:
    """All twenty-one set-ups are done, one of them months later, after it had been left out with a reason."""
    setups = {record.data["code"]: record for record in story.engine.records(SYSTEM, "setup", limit=50).items}
    assert {code: one.state for code, one in setups.items()} == {
        **{f"GR{number}": "done" for number in range(1, 8)}, **{f"PR{number}": "done" for number in range(1, 15)},
    }  # fmt: skip
    left_out = list(story.engine.record_history(SYSTEM, "setup", setups["PR13"].id))[-1]
    assert (left_out.state, left_out.data["reason"]) == ("skipped", "Nothing is released before the spring.")
    assert setups["PR13"].data["done_on"] > story.day_1.date().isoformat()
    assert setups["GR2"].data["start_on"] == setups["GR3"].data["start_on"]
    processes = story.engine.records(SYSTEM, "process_record", limit=50).items
    assert {record.state for record in processes} == {"active"}
    assert len(processes) == 14


@pytest.mark.slow
def test_roles_are_held_by_assignment(story: Story) -> None:
    """But for what the administrator gave to the first three, every role that somebody has stands in a record."""
    assigned = story.engine.records(SYSTEM, "role_assignment", state="active", limit=500).items
    roles: dict[str, set[str]] = defaultdict(set)
    for record in assigned:
        roles[str(record.data["person"])].add(str(record.data["role"]))
    by_hand = {"user", "administrator", "sms_manager", "top_management"}
    for person in NAMES:
        assert story.engine.people.actor(person).roles - by_hand == roles[person] - by_hand
    held = set().union(*roles.values()) | by_hand
    assert {role.id for role in story.engine.roles()} - held == {"integration"}  # for programs


@pytest.mark.slow
def test_everything_comes_once_when_it_is_due(story: Story) -> None:
    """Every tick of every cycle and every date of every record has begun one case: none is missing, none came twice."""
    had_to_come = Counter(expected.had_to_come(story.engine, story.end))
    did_come = Counter(one.came for one in story.begun)
    assert sorted((had_to_come - did_come).elements()) == []
    assert sorted((did_come - had_to_come).elements()) == []
    assert len(story.begun) > 500


@pytest.mark.slow
def test_nothing_that_waits_for_time_is_left_out(story: Story) -> None:
    """Each start event of each process that does so has begun a case: those of the set-ups once, the others in the two years
    of operation. One that is new in a diagram needs something in the story that brings it up."""
    waiting = {(start.process, start.element) for start in expected.starts()}
    set_ups = {(start.process, start.element) for start in expected.starts() if start.process.endswith("_set_up")}
    came = Counter((one.came.process, one.came.element) for one in story.begun)
    in_operation = {(one.came.process, one.came.element) for one in story.begun if one.at > story.day_1}
    assert sorted(waiting - set_ups - in_operation) == []
    assert {start: came[start] for start in set_ups} == dict.fromkeys(set_ups, 1)
    assert len(set_ups) == 21


@pytest.mark.slow
def test_nothing_comes_up_before_its_process_is_set_up(story: Story) -> None:
    """What goes round does so from the day on which the process goes into operation; not while it is left out."""
    done: dict[str, datetime] = {}
    for setup in story.engine.records(SYSTEM, "setup", limit=50).items:
        for version in story.engine.record_history(SYSTEM, "setup", setup.id):
            if version.state == "done" and version.written_at is not None:
                done[version.data["code"]] = version.written_at
    began: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for one in story.begun:
        if story.starts[one.came.process, one.came.element].is_cycle:
            began[one.came.process, one.came.element].append(one.at)
    assert len(began) == 11
    for (process, _), moments in began.items():
        assert min(moments) > done[process.partition("_")[0]]
    assert done["PR13"] > story.day_1


def test_nothing_comes_up_by_itself_before_the_beginning(tmp_path: Path) -> None:
    """Of a fresh installation nobody is asked anything before somebody begins to establish the management system."""
    organisation = found(tmp_path)
    assert organisation.engine.next_due() is None
    assert organisation.engine.schedule(SYSTEM, FOUNDED + timedelta(days=730)).planned == ()
    organisation.engine.close()


@pytest.mark.slow
def test_nothing_is_late_but_what_fell_into_the_outage(story: Story) -> None:
    """That began when the engine was back, each once, and says how late it was. So does a date that had passed already
    when it was written."""
    for one in story.begun:
        late = (one.at - one.came.due).total_seconds()
        assert one.late == pytest.approx(late, abs=0.01)
        if OUTAGE <= one.came.due < OUTAGE_ENDS:
            assert one.at == OUTAGE_ENDS
        elif one.at != one.came.due:
            assert one.came.record, one
            start = story.starts[one.came.process, one.came.element]
            assert one.at in {date.at for date in expected.written(story.engine, start, one.came.record)}
    in_outage = [one.came.process for one in story.begun if OUTAGE <= one.came.due < OUTAGE_ENDS]
    assert {"PR6_ISM_classify_events", "PR10_PM_identify_problems", "GENERAL_review_processes"} <= set(in_outage)


@pytest.mark.slow
def test_special_days_are_among_them(story: Story) -> None:
    """Reviews began on 29 February, on holidays, and on the days on which clocks are changed."""
    days = {one.came.due.astimezone(ZONE).date().isoformat() for one in story.begun if one.came.record}
    assert {"2028-02-29", "2027-05-06", "2027-12-25", "2027-03-28", "2027-10-31"} <= days


@pytest.mark.slow
def test_the_forecast_of_the_first_day_equals_what_happened(story: Story) -> None:
    """For each cycle: the same moments. For each date of a record: the next one, and those expected after it at its period,
    are those on which it came.

    Three things a calendar cannot know, and only these are let pass: a date that something else moved (a change brings a
    review forward, somebody puts a meeting off); a date that came while the case of the one before was still open, which is one case then and not two;
    and the last days of a month, which not every month has.
    """
    came: dict[tuple[str, str, str], list[Begun]] = defaultdict(list)
    for one in story.begun:
        if one.at > story.day_1:
            came[_key(story, one.came)].append(one)
    compared, excused, wrong = 0, 0, []
    for planned in story.forecast.planned:
        if planned.what in ("start", "review") and planned.at is not None:
            start = story.starts[planned.process_id, planned.element]
            key = _key(story, Came(start.process, start.element, planned.record_id, planned.at))
            until = _moved(story, start, planned)
            told = [at for at in (planned.at, *planned.later) if at < until]
            happened = sorted(one.came.due for one in came[key] if one.at < until)
            if planned.process_id in DECIDED:
                told, happened = told[:1], happened[:1]
            unlike = _unlike(told, happened)
            left = [at for at in unlike if at in happened or not _open(story, start, planned.record_id, at)]
            compared, excused = compared + len(told), excused + len(unlike) - len(left)
            wrong += [(planned.process_id, planned.record_id, at) for at in left]
    assert wrong == []
    assert compared > 400
    assert excused < compared / 50


def _key(story: Story, one: Came) -> tuple[str, str, str]:
    chain = story.starts[one.process, one.element].register in CHAINS
    return one.process, one.element, "" if chain else one.record


def _moved(story: Story, start: Start, planned: Planned) -> datetime:
    """When a case that this date has not begun wrote another one, for the first time after the first day; else the end. Of a
    chain, when somebody put off one of its records."""
    if start.register in CHAINS:
        records = story.engine.records(SYSTEM, start.register, limit=500).items
        dates = (date for one in records for date in expected.written(story.engine, start, one.id)[1:] if date.text)
        return min((date.at for date in dates if date.at > story.day_1), default=story.end)
    key = (start.process, start.element, planned.record_id)
    own = {one.case for one in story.begun if (one.came.process, one.came.element, one.came.record) == key}
    dates = expected.written(story.engine, start, planned.record_id)
    return next((date.at for date in dates if date.at > story.day_1 and date.case not in own), story.end)


def _open(story: Story, start: Start, record_id: str, at: datetime) -> bool:
    """Whether an earlier date of the record had come then, and its case had not written the next one yet."""
    if start.is_cycle or start.register in CHAINS:
        return False
    dates = expected.written(story.engine, start, record_id)
    after = [date.at for date in dates[1:]] + [story.end]
    return any(date.text and expected.moment(date.text) < at <= done for date, done in zip(dates, after, strict=True))


def _unlike(told: list[datetime], happened: list[datetime]) -> list[datetime]:
    """What was told and did not happen, and what happened and was not told."""

    def same(one: datetime, other: datetime) -> bool:
        ends = one.astimezone(ZONE).day > 28 or other.astimezone(ZONE).day > 28
        return one == other or (ends and abs(one - other) <= timedelta(days=3))

    missing = [at for at in told if not any(same(at, one) for one in happened)]
    return missing + [at for at in happened if not any(same(at, one) for one in told)]


@pytest.mark.slow
def test_the_rehearsal_of_the_first_day_tells_the_same(story: Story) -> None:
    """What it lets begin in the next months has begun, at these moments."""
    came = {(one.came.process, one.at) for one in story.begun}
    known = [(process, at) for process, _, at in story.rehearsed]
    assert len(known) > 30
    assert [one for one in known if one not in came] == []


@pytest.mark.slow
def test_what_is_left_lying_escalates(story: Story) -> None:
    """Wherever a diagram has a reminder at a task, after some days or working days, it came each time the task lay so long,
    and at no other time."""
    fired: Counter[str] = Counter()
    for reminder in expected.reminders():
        for case_id in story.cases(reminder.process):
            events = story.history(case_id)
            escalated = expected.escalated(events, reminder)
            assert escalated == expected.had_to_escalate(events, reminder, story.end), (reminder, case_id)
            fired[reminder.process] += len(escalated)
    assert {process for process, _ in LEFT if fired[process]} >= {
        "SMS_follow_set_ups", "GENERAL_review_processes", "PR7_CRM_review_complaints", "PR1_SPM_maintain_portfolio",
        "GR3_SCS_review_scope", "GR1_MCA_review_policy", "PR4_SACM_review_plans", "PR5_CAPM_review_plans",
        "PR6_ISM_review_access",
    }  # fmt: skip
    assert sum(fired.values()) > 10
    assert story.passed("GENERAL_review_processes").keys() >= {"Timer_Month", "Timer_TwoMonths", "Task_Escalated"}


@pytest.mark.slow
def test_a_set_up_that_lies_comes_to_the_sms_manager(story: Story) -> None:
    """Four weeks after its start; and to the SMS owner when that has no effect for two more."""
    [case_id, *_] = reversed(story.cases("SMS_follow_set_ups"))
    events = story.history(case_id)
    assert events[0].payload["inputs"]["data"]["setup"]["code"] == "PR4"
    assert events[0].at.astimezone(ZONE).date().isoformat() == "2026-12-14"
    done = {e.payload["inputs"]["element"]: e.actor for e in events if e.kind == "task.completed"}
    assert done == {"Task_See": "rita", "Task_Help": "olaf"}


@pytest.mark.slow
def test_nothing_is_lost(story: Story) -> None:
    """No task that nobody could do, no case held or without anything to come, no message that somebody waits for."""
    assert story.organisation.faults == []
    assert stuck(story.organisation) == []
    assert orphans(story.engine) == (set(), set())


@pytest.mark.slow
def test_every_case_verifies_and_replays(story: Story) -> None:
    verdicts = list(story.engine.verify_all(SYSTEM))
    assert len(verdicts) > 800
    assert [verdict for verdict in verdicts if not verdict.ok] == []
