# SPDX-License-Identifier: Apache-2.0
"""Ad hoc subprocesses: what people may begin, how often, and when they end (BPMN 2.0, 10.3.5)."""

from __future__ import annotations

import pytest

from engine.bpmn import Choose
from engine.errors import TaskGone
from tests.engine.bpmn.conftest import Played

SEARCH = """
    start S -> Search
    adhoc Search{options} -> After
      user Look | role: lead | priority: "P2" ->
      manual Ask -> Note
      script Note | do: notes = get_var("notes", 0) + 1 ->
      script Count | do: counted = get_var("counted", 0) + 1 ->
    manual After -> E
    end E
"""


def text(options: str = "") -> str:
    return SEARCH.format(options=options).replace(" ->\n", "\n")


def test_people_begin_what_they_want_as_often_as_they_want(play: Played) -> None:
    """Also what is under way already; what is no task of a person runs at once."""
    case = play(text()).start()
    assert case.open == []
    assert case.choices == ["Ask", "Count", "Look", "Search"]
    case.choose("Look").choose("Look")
    assert case.open == ["Look", "Look"]
    assert case.choose("Count").choose("Count").variables["counted"] == 2


def test_what_is_offered_and_to_whom(play: Played) -> None:
    """The lane of each activity, with its priority; a token of its own, which stays while it is offered."""
    case = play(text()).start()
    (look,) = [t for t in case.outcome.tasks if t.element == "Look"]
    assert (look.purpose, look.name, look.role, look.priority) == ("begin", "Look", "lead", "P2")
    (search,) = [t for t in case.outcome.tasks if t.element == "Search"]
    assert search.purpose == "finish"
    case.choose("Count")
    assert look in case.outcome.tasks
    case.choose("Look")
    assert look not in case.outcome.tasks
    with pytest.raises(TaskGone, match="can no longer be begun"):
        case._advance(Choose(look.token))


def test_flows_inside_lead_on(play: Played) -> None:
    """What a flow leads to cannot be begun by itself; a path just ends."""
    case = play(text()).start().choose("Ask")
    assert case.complete("Ask").variables["notes"] == 1
    assert case.passed == ["S", "Ask", "Note"]


def test_without_a_condition_a_person_finishes(play: Played) -> None:
    """That is offered while nothing is under way, from the beginning."""
    assert play(text()).start().choose("Search").open == ["After"]
    case = play(text()).start().choose("Look")
    assert case.choices == ["Ask", "Count", "Look"]
    assert case.complete("Look").choose("Search").complete("After").outcome.completed


def test_one_at_a_time(play: Played) -> None:
    """Nothing may be begun while something is under way, flows inside included."""
    case = play(text(" | sequential:")).start().choose("Ask")
    assert (case.open, case.choices) == (["Ask"], [])
    assert case.complete("Ask").choices == ["Ask", "Count", "Look", "Search"]


UNTIL = " | until: counted >= 2 or stopped"


def test_it_ends_when_its_condition_holds(play: Played) -> None:
    """Asked after each activity; what is under way then ends with it."""
    case = play(text(UNTIL)).start(counted=0, stopped=False).choose("Look").choose("Count")
    assert case.choices == ["Ask", "Count", "Look"]
    left = {t.token for t in case.outcome.tasks if t.element != "Count"}
    assert case.choose("Count").open == ["After"]
    assert set(case.outcome.withdrawn) == left
    assert case.complete("After").outcome.completed


def test_what_is_under_way_may_be_waited_for(play: Played) -> None:
    """Nothing more can be begun then."""
    case = play(text(UNTIL + " | keep:")).start(counted=0, stopped=False).choose("Look").choose("Ask").choose("Count")
    case.choose("Count")
    assert (case.open, case.choices) == (["Ask", "Look"], [])
    assert case.complete("Ask").open == ["Look"]
    assert case.variables["notes"] == 1
    assert case.complete("Look").open == ["After"]


def test_a_condition_is_asked_only_when_an_activity_completes(play: Played) -> None:
    """So something is done at least once."""
    case = play(text(UNTIL)).start(counted=5, stopped=False)
    assert case.choices == ["Ask", "Count", "Look"]
    assert case.choose("Look").complete("Look").open == ["After"]


def test_branches_meet_inside(play: Played) -> None:
    """A join waits for one token from each activity, whoever begins them; others may be begun beside."""
    for join in ("and", "or"):
        case = play(f"""
            start S -> Search
            adhoc Search -> E
              manual One -> Join
              manual Two -> Join
              manual Else
              {join} Join -> Both
              manual Both
            end E
        """).start()
        case.choose("One").choose("Two").choose("Else").complete("One")
        assert case.open == ["Else", "Two"]
        assert case.complete("Two").open == ["Both", "Else"]


def test_what_was_done_in_it_can_be_undone(play: Played) -> None:
    """As often as it was done, whatever was done by people's choice."""
    case = (
        play("""
        start S -> Search
        adhoc Search -> Undo
          manual Try
          script Untry | undoes: Try | do: undone = get_var("undone", 0) + 1
        throw Undo | compensate: Search -> E
        end E
    """)
        .start()
        .choose("Try")
        .choose("Try")
        .complete("Try")
        .complete("Try")
        .choose("Search")
    )
    assert case.outcome.completed
    assert case.variables["undone"] == 2


def test_events_end_it_like_every_subprocess(play: Played) -> None:
    """A timer at its border; nothing is offered any more."""
    case = (
        play("""
        start S -> Search
        adhoc Search -> E
          manual Try
          timer Long | on: Try | duration: PT2H -> Late
          manual Late
        timer Limit | on: Search | duration: PT4H -> E
        end E
    """)
        .start()
        .choose("Try")
        .choose("Try")
        .fire("Long")
    )
    assert (case.open, case.waiting) == (["Late", "Try"], ["Limit", "Long"])
    assert case.fire("Limit").outcome.completed


def test_the_state_does_not_grow_with_what_was_done(play: Played) -> None:
    """The hundredth time costs what the first did."""
    case = play(text()).start().choose("Ask").complete("Ask")
    size = len(case.outcome.state)
    for _ in range(50):
        case.choose("Ask").complete("Ask")
    assert len(case.outcome.state) < size * 1.3


def test_what_is_begun_later_knows_what_was_done_before(play: Played) -> None:
    """So writing the same variable again is no conflict; at the same time it is one."""
    case = play(text()).start().choose("Look").complete("Look", found="a").choose("Look").complete("Look", found="b")
    assert case.outcome.conflicts == ()
    case.choose("Look").choose("Look").complete("Look", found="c").complete("Look", found="d")
    assert [(c.variable, c.value, c.instead_of) for c in case.outcome.conflicts] == [("found", "d", "c")]
