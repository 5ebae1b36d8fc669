# SPDX-License-Identifier: Apache-2.0
"""Gateways route tokens as BPMN 2.0 says (10.6): alone, nested, in loops, and in every order of arrival."""

from __future__ import annotations

import itertools

import pytest

from engine.errors import StepFailed
from tests.engine.bpmn.conftest import Played

BOTH = """
start Start_1 -> Split
and Split -> Task_A / Task_B / Task_C
user Task_A -> Join
user Task_B -> Join
user Task_C -> Join
and Join -> Task_After
user Task_After -> End_1
end End_1
"""


@pytest.mark.parametrize("order", list(itertools.permutations(["Task_A", "Task_B", "Task_C"])))
def test_a_parallel_join_waits_for_every_branch_in_any_order(play: Played, order: tuple[str, ...]) -> None:
    """The task behind the join is offered once, after the last branch, whichever that is."""
    case = play(BOTH).start()
    for done, element in enumerate(order, 1):
        assert "Task_After" not in case.open
        case.complete(element)
        assert len(case.open) == (3 - done or 1)
    assert case.open == ["Task_After"]
    case.complete("Task_After")
    assert case.outcome.completed
    assert case.passed.count("Join") == 1 or case.passed.count("Task_After") == 1


def test_branches_may_change_the_same_variables(play: Played) -> None:
    """Variables are the case's: what one branch writes the other sees; nothing is merged or lost at the join."""
    case = play(BOTH).start(items=[1, 2, 3])
    case.complete("Task_A", items=[3, 4], a=1)
    case.complete("Task_B", b={"deep": [1]})
    case.complete("Task_C", b={"deep": [2]})
    assert dict(case.variables) == {"items": [3, 4], "a": 1, "b": {"deep": [2]}}


def test_a_parallel_join_in_a_loop_of_fifty_turns(play: Played) -> None:
    """Split and join work at every turn, and the state does not grow with the turns."""
    case = play("""
        start Start_1 -> Merge
        xor Merge -> Split
        and Split -> Task_A / Task_B
        user Task_A -> Join
        user Task_B -> Join
        and Join -> Gateway_Again
        xor Gateway_Again -> Merge if n < 50 / End_1
        end End_1
    """).start(n=0)
    sizes = []
    for turn in range(1, 51):
        assert case.open == ["Task_A", "Task_B"], turn
        first, second = ("Task_A", "Task_B") if turn % 2 else ("Task_B", "Task_A")
        case.complete(first)
        case.complete(second, n=turn)
        sizes.append(case.tokens)
    assert case.outcome.completed
    assert max(sizes[:-1]) == sizes[1]


def test_a_parallel_join_in_a_loop_of_automatic_steps(play: Played) -> None:
    """The same within one step, without anybody who waits in between."""
    case = play("""
        start Start_1 -> Merge
        xor Merge -> Split
        and Split -> Script_A / Script_B
        script Script_A | do: n = n + 1 -> Join
        script Script_B | do: m = m + 2 -> Join
        and Join -> Again
        xor Again -> Merge if n < 50 / End_1
        end End_1
    """).start(n=0, m=0)
    assert case.outcome.completed
    assert dict(case.variables) == {"n": 50, "m": 100}


def test_splits_nest(play: Played) -> None:
    """An inner join belongs to the inner split."""
    case = play("""
        start Start_1 -> Outer
        and Outer -> Inner / Task_C
        and Inner -> Task_A / Task_B
        user Task_A -> Inner_Join
        user Task_B -> Inner_Join
        and Inner_Join -> Task_AB
        user Task_AB -> Outer_Join
        user Task_C -> Outer_Join
        and Outer_Join -> End_1
        end End_1
    """).start()
    case.complete("Task_C").complete("Task_B")
    assert case.open == ["Task_A"]
    case.complete("Task_A")
    assert case.open == ["Task_AB"]
    assert case.complete("Task_AB").outcome.completed


def test_a_branch_may_loop_before_it_arrives(play: Played) -> None:
    """A token that goes round in its branch arrives once."""
    case = play("""
        start Start_1 -> Split
        and Split -> Merge / Task_B
        xor Merge -> Task_A
        user Task_A -> Enough
        xor Enough -> Merge if again / Join
        user Task_B -> Join
        and Join -> Task_After
        user Task_After -> End_1
        end End_1
    """).start()
    case.complete("Task_A", again=True).complete("Task_B")
    for _ in range(5):
        assert case.open == ["Task_A"]
        case.complete("Task_A", again=True)
    assert case.complete("Task_A", again=False).open == ["Task_After"]


def test_a_flow_straight_from_split_to_join(play: Played) -> None:
    """A branch without any activity arrives at once."""
    case = play("""
        start Start_1 -> Split
        and Split -> Task_A / Join
        user Task_A -> Join
        and Join -> Task_After
        user Task_After -> End_1
        end End_1
    """).start()
    assert case.open == ["Task_A"]
    assert case.complete("Task_A").open == ["Task_After"]


def test_an_uncontrolled_merge_runs_what_follows_once_a_token(play: Played) -> None:
    """Two tokens that meet at an activity without a join each perform it (BPMN 2.0, 10.2.1.1)."""
    case = play("""
        start Start_1 -> Split
        and Split -> Task_A / Task_B
        user Task_A -> Script_Count
        user Task_B -> Script_Count
        script Script_Count | do: n = n + 1 -> Task_After
        user Task_After -> End_1
        end End_1
    """).start(n=0)
    case.complete("Task_A").complete("Task_B")
    assert case.variables["n"] == 2
    assert case.open == ["Task_After", "Task_After"]
    case.complete("Task_After")
    assert not case.outcome.completed
    assert case.complete("Task_After").outcome.completed


def test_a_parallel_split_may_end_in_several_ends(play: Played) -> None:
    """The case ends with its last token."""
    case = play("""
        start Start_1 -> Split
        and Split -> Task_A / Task_B
        user Task_A -> End_A
        user Task_B -> End_B
        end End_A
        end End_B
    """).start()
    assert not case.complete("Task_B").outcome.completed
    assert case.complete("Task_A").outcome.completed
    assert case.outcome.end_event == "End_A"


INCLUSIVE = """
start Start_1 -> Split
or Split -> Task_A if a / Task_B if b / Task_C if c / Task_Else
user Task_A -> Join
user Task_B -> Join
user Task_C -> Join
user Task_Else -> Join
or Join -> Task_After
user Task_After -> End_1
end End_1
"""


@pytest.mark.parametrize("chosen", list(itertools.product([True, False], repeat=3)))
def test_an_inclusive_gateway_takes_every_flow_that_holds_and_joins_those(
    play: Played, chosen: tuple[bool, bool, bool]
) -> None:
    """All eight choices: the chosen branches run, the default only if none is chosen; the join waits for just those."""
    case = play(INCLUSIVE).start(a=chosen[0], b=chosen[1], c=chosen[2])
    wanted = [f"Task_{n}" for n, taken in zip("ABC", chosen, strict=True) if taken] or ["Task_Else"]
    assert case.open == wanted
    for number, element in enumerate(reversed(wanted), 1):
        case.complete(element)
        assert ("Task_After" in case.open) == (number == len(wanted))
    assert case.complete("Task_After").outcome.completed
    assert case.passed.count("Task_After") == 1


def test_an_inclusive_join_in_a_loop(play: Played) -> None:
    """Each turn may choose other branches."""
    case = play("""
        start Start_1 -> Merge
        xor Merge -> Split
        or Split -> Task_A if n % 2 == 0 / Task_B if n % 3 == 0 / Task_C
        user Task_A -> Join
        user Task_B -> Join
        user Task_C -> Join
        or Join -> Script_Next
        script Script_Next | do: n = n + 1 -> Again
        xor Again -> Merge if n < 12 / End_1
        end End_1
    """).start(n=0)
    while not case.outcome.completed:
        n = case.variables["n"]
        wanted = (["Task_A"] if n % 2 == 0 else []) + (["Task_B"] if n % 3 == 0 else [])
        assert case.open == (wanted or ["Task_C"])
        for element in case.open:
            case.complete(element)
    assert case.variables["n"] == 12


def test_an_inclusive_join_forgets_earlier_turns_within_one_step(play: Played) -> None:
    """Also when the turn before ended in the same step: it waits for the branches of this turn."""
    case = play("""
        start Start_1 -> Merge
        xor Merge -> Split
        or Split -> Script_A if n % 2 == 0 / Task_B if n % 3 == 0 / Script_C
        script Script_A | do: seen = "A" -> Join
        user Task_B -> Join
        script Script_C | do: seen = "C" -> Join
        or Join -> Script_Next
        script Script_Next | do: k = k + 1 ; n = n + 1 -> Again
        xor Again -> Merge if k < 10 / End_1
        end End_1
    """).start(n=1, k=0)
    for n in (3, 6, 9):
        assert (case.open, case.variables["n"]) == (["Task_B"], n)
        case.complete("Task_B")
    assert case.outcome.completed
    assert case.passed.count("Join") == 10


def test_an_inclusive_join_does_not_wait_for_a_branch_that_ended_elsewhere(play: Played) -> None:
    """A chosen branch that leaves for an end of its own is no longer under way, so the join goes on."""
    case = play("""
        start Start_1 -> Split
        or Split -> Task_A if True / Task_B if True / Task_C
        user Task_A -> Join
        user Task_B -> Leave
        user Task_C -> Join
        xor Leave -> End_Left if gone / Join
        or Join -> Task_After
        user Task_After -> End_1
        end End_1
        end End_Left
    """).start()
    case.complete("Task_A")
    assert case.open == ["Task_B"]
    case.complete("Task_B", gone=True)
    assert case.open == ["Task_After"]


def test_an_exclusive_gateway_takes_the_first_flow_that_holds(play: Played) -> None:
    """In the order of the diagram; the default only when no condition holds."""
    text = """
        start Start_1 -> Choose
        xor Choose -> Task_A if x > 10 / Task_B if x > 5 / Task_C
        user Task_A -> End_1
        user Task_B -> End_1
        user Task_C -> End_1
        end End_1
    """
    assert [play(text).start(x=x).open for x in (11, 7, 1)] == [["Task_A"], ["Task_B"], ["Task_C"]]


def test_a_gateway_without_a_way_out_fails_with_its_place_and_values(play: Played) -> None:
    """No condition holds and there is no default: the step fails and says where, and on which values."""
    case = play("""
        start Start_1 -> Task_A
        user Task_A -> Choose
        xor Choose -> End_1 if x == 1 / End_2 if x == 2
        end End_1
        end End_2
    """).start()
    with pytest.raises(StepFailed) as caught:
        case.complete("Task_A", x=3)
    assert caught.value.element == "Choose"
    assert caught.value.names == {"x": 3}
    assert "default" in caught.value.hint


RACE = """
start Start_1 -> Race
race Race -> Event_Answer / Event_Soon / Event_Late / Task_Cancelled
catch Event_Answer | message: answered | key: case_id() | var: answer -> Task_Answered
timer Event_Soon | duration: PT1H -> Task_Soon
timer Event_Late | duration: PT5H -> Task_Late
receive Task_Cancelled | message: cancelled | key: case_id() -> End_1
user Task_Answered -> End_1
user Task_Soon -> End_1
user Task_Late -> End_1
end End_1
"""


def test_the_first_event_behind_an_event_based_gateway_wins(play: Played) -> None:
    """Message before timers; the others are forgotten."""
    case = play(RACE).start()
    assert case.waiting == ["Event_Answer", "Event_Late", "Event_Soon", "Task_Cancelled"]
    case.receive("Event_Answer", {"text": "yes"})
    assert (case.open, case.waiting) == (["Task_Answered"], [])
    assert case.variables["answer"] == {"text": "yes"}


def test_two_timers_behind_an_event_based_gateway_have_times_of_their_own(play: Played) -> None:
    """The sooner one fires at its own time."""
    case = play(RACE).start()
    assert (case.due("Event_Late") - case.due("Event_Soon")).total_seconds() == 4 * 3600
    assert case.wait(minutes=59) == []
    assert case.wait(minutes=1) == ["Event_Soon"]
    assert (case.open, case.waiting) == (["Task_Soon"], [])


def test_a_receive_task_behind_an_event_based_gateway_ends_the_case(play: Played) -> None:
    """A receive task is an event like the others there."""
    assert play(RACE).start().receive("Task_Cancelled").outcome.completed


def test_an_event_based_gateway_in_a_loop_arms_anew(play: Played) -> None:
    """At each turn all of its events wait again, from that moment on."""
    case = play("""
        start Start_1 -> Merge
        xor Merge -> Race
        race Race -> Event_Answer / Event_Remind
        catch Event_Answer | message: answered | key: case_id() -> End_1
        timer Event_Remind | duration: PT2H -> Script_Count
        script Script_Count | do: n = n + 1 -> Merge
        end End_1
    """).start(n=0)
    assert case.wait(hours=20) == ["Event_Remind"] * 10
    assert case.variables["n"] == 10
    assert case.tokens < 8
    assert case.receive("Event_Answer").outcome.completed
