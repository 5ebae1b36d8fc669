# SPDX-License-Identifier: Apache-2.0
"""What evidence shows: the state of a requirement, the level of a process, and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine import Marked, Planned, Practice, Practised
from webapp.conformity.maturity import Quarter, quarters, since_begun
from webapp.conformity.report import Conformity, report
from webapp.conformity.standard import Requirement, Standard
from webapp.coverage import Catalogue
from webapp.coverage.catalogue import Activity, Process

NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)
TITLES = {"PR1.S1": "Set up", "PR1.A1.1": "Find", "PR1.A1.2": "Do"}
PROCESS = Process("PR1", "SPM", "Portfolio", (Activity("PR1.A1.1", "Find"), Activity("PR1.A1.2", "Do")),
                  (Activity("PR1.S1", "Set up"),), ())  # fmt: skip
STANDARD = Standard(
    "FitSM-1", "CC BY", (Requirement("PR1.1", "It is done.", ("PR1.S1", "PR1.A1.1", "PR1.A1.2")),
                         Requirement("PR1.2", "It is set up.", ("PR1.S1",))),
    Catalogue((PROCESS,), (), ()), TITLES, frozenset({"PR1.A1.1", "PR1.A1.2"}),
)  # fmt: skip


def done(activity: str, days: int | None) -> Practised:
    """An activity that was carried out so many days ago; None: never."""
    marked = Marked("P", f"Task_{activity}", activity, "userTask", activity, ("thing",))
    if days is None:
        return Practised(marked, "P", 3, 3, 0)
    return Practised(marked, "P", 3, 3, 2, NOW - timedelta(days=days), "case")


def judged(*elements: Practised, planned: tuple[Planned, ...] = ()) -> Conformity:
    files = {"P": "processes/bpmn/PR1-SPM/p.bpmn"}
    (one,) = report(STANDARD, Practice(elements, {"thing": 4}), planned, files, NOW)
    return one


@pytest.mark.parametrize(
    ("ages", "states", "level"),
    [
        ({}, ["undrawn", "undrawn"], 0),
        ({"PR1.A1.1": None}, ["none", "undrawn"], 0),
        ({"PR1.A1.1": 400}, ["part", "undrawn"], 1),
        ({"PR1.A1.1": 4}, ["part", "undrawn"], 2),
        ({"PR1.A1.1": 4, "PR1.A1.2": 4, "PR1.S1": None}, ["full", "none"], 2),
        ({"PR1.A1.1": 4, "PR1.A1.2": 400, "PR1.S1": 900}, ["part", "full"], 2),
        ({"PR1.A1.1": 4, "PR1.A1.2": 4, "PR1.S1": 900}, ["full", "full"], 3),
    ],
)
def test_states_and_levels(ages: dict[str, int | None], states: list[str], level: int) -> None:
    """What recurs must be of this year; setting up is done once."""
    found = judged(*(done(activity, days) for activity, days in ages.items()))
    assert [one.state for one in found.shown] == states
    assert found.level == level
    assert bool(found.reasons) == (level < 3)


def test_it_says_what_is_missing_and_what_shows_it() -> None:
    """Activities by their state, the newest case, the records."""
    (first, _) = judged(done("PR1.A1.1", 4), done("PR1.A1.1", 2), done("PR1.A1.2", None)).shown
    assert first.missing == ("PR1.A1.2: not seen", "PR1.S1: in no published diagram")
    assert first.newest is not None
    assert first.newest.last_at == NOW - timedelta(days=2)
    assert first.records == (("thing", 4),)


@pytest.mark.parametrize(
    ("review", "said"),
    [
        ({"without_next": True}, "THG-1 Review has no next date"),
        ({"last_state": "running", "last_at": NOW - timedelta(days=40)}, "THG-1 Review was begun 40 days ago"),
    ],
)
def test_a_late_review_keeps_a_process_from_the_highest_level(review: dict[str, object], said: str) -> None:
    """It is named."""
    planned = Planned("review", "P", "P", "Start", "Review", None, record_id="THG-1", **review)  # type: ignore[arg-type]
    found = judged(*(done(activity, 4) for activity in TITLES), planned=(planned,))
    assert found.level == 2
    assert any(said in reason for reason in found.reasons)


def test_the_quarters_before_are_shown_from_the_last_one_without_anything() -> None:
    """Eight at most, by local time; a summer's ends in summer time."""
    zone = ZoneInfo("Europe/Berlin")
    ends = quarters(datetime(2026, 11, 30, 9, tzinfo=zone))
    assert [f"{end:%Y-%m-%d %H:%M}" for end in (ends[0], *ends[-2:])] == [
        "2024-12-31 23:59", "2026-06-30 23:59", "2026-09-30 23:59",
    ]  # fmt: skip
    assert len(ends) == 8
    assert ends[-1].utcoffset() == timedelta(hours=2)
    nothing, some = judged(), judged(done("PR1.A1.1", 4))
    steps = [Quarter(end, nothing) for end in ends[:6]] + [Quarter(end, some) for end in ends[6:]]
    assert [step.label for step in since_begun(steps)] == ["Q1 2026", "Q2 2026", "Q3 2026"]
    assert [step.found.level for step in since_begun(steps)] == [0, 2, 2]
    assert len(since_begun([Quarter(end, nothing) for end in ends])) == 2
    assert steps[-1].words.startswith("Q3 2026: level 2 of 3. Requirements: 1 some evidence")
