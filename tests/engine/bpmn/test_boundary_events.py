# SPDX-License-Identifier: Apache-2.0
"""Boundary events: interrupting ones end their activity, the others set off a token beside it (BPMN 2.0, 10.5.6)."""

from __future__ import annotations

import pytest

from engine.errors import TaskGone
from tests.builders import diagram
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.play import Play

CALLED = diagram("Called", "start S -> Task_Inner\nuser Task_Inner -> E\nend E")

HOSTS = {
    "user": "user Host -> Task_After",
    "receive": "receive Host | message: never | key: case_id() -> Task_After",
    "sub": "sub Host -> Task_After\n  start S -> Task_Inner\n  user Task_Inner -> E\n  end E",
    "call": "call Host | process: Called -> Task_After",
}
EVENTS = {
    "timer": "timer Event_1 | {how}: Host | duration: PT1H",
    "message": "catch Event_1 | {how}: Host | message: m | key: case_id()",
}


def hosted(host: str, event: str, how: str) -> str:
    return f"""
start Start_1 -> Host
{HOSTS[host]}
{EVENTS[event].format(how=how)} -> Task_Beside
user Task_Beside -> End_Beside
user Task_After -> End_1
end End_1
end End_Beside
"""


def trigger(case: Play, event: str) -> None:
    if event == "timer":
        assert case.wait(hours=1) == ["Event_1"]
    else:
        case.receive("Event_1")


def finish_host(case: Play, host: str) -> None:
    if host == "receive":
        case.receive("Host")
    else:
        case.complete(next(e for e in case.open if e == "Host" or "Task_Inner" in e))


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("host", HOSTS)
class TestEveryActivityAndTrigger:
    def test_an_interrupting_event_ends_the_activity(self, play: Played, host: str, event: str) -> None:
        """What waited inside no longer does; only the event's own path goes on."""
        case = play(hosted(host, event, "on"), CALLED).start()
        trigger(case, event)
        assert (case.open, case.waiting) == (["Task_Beside"], [])
        assert case.complete("Task_Beside").outcome.completed

    def test_it_is_disarmed_when_the_activity_ends_first(self, play: Played, host: str, event: str) -> None:
        """Nothing waits for it any more."""
        case = play(hosted(host, event, "on"), CALLED).start()
        finish_host(case, host)
        assert (case.open, case.waiting) == (["Task_After"], [])
        assert case.complete("Task_After").outcome.completed

    def test_a_non_interrupting_event_leaves_the_activity_alone(self, play: Played, host: str, event: str) -> None:
        """Both paths go on, and the case ends with the last of them."""
        case = play(hosted(host, event, "beside"), CALLED).start()
        before = case.open
        trigger(case, event)
        assert case.open == sorted([*before, "Task_Beside"])
        finish_host(case, host)
        assert case.open == ["Task_After", "Task_Beside"]
        assert case.waiting == []
        assert not case.complete("Task_After").outcome.completed
        assert case.complete("Task_Beside").outcome.completed

    def test_a_non_interrupting_event_that_never_happens(self, play: Played, host: str, event: str) -> None:
        """It goes with its activity."""
        case = play(hosted(host, event, "beside"), CALLED).start()
        finish_host(case, host)
        assert (case.open, case.waiting) == (["Task_After"], [])
        assert case.complete("Task_After").outcome.completed


def test_a_duration_beside_an_activity_fires_once(play: Played) -> None:
    """Only cycles and messages repeat."""
    case = play(hosted("user", "timer", "beside")).start()
    assert case.wait(hours=10) == ["Event_1"]


def test_a_message_beside_an_activity_may_come_again(play: Played) -> None:
    """Each message sets off a token."""
    case = play(hosted("user", "message", "beside")).start()
    for number in range(1, 6):
        case.receive("Event_1")
        assert case.open.count("Task_Beside") == number
    case.complete("Host")
    assert case.waiting == []
    for _ in range(5):
        case.complete("Task_Beside")
    assert case.complete("Task_After").outcome.completed


def test_a_message_beside_an_activity_brings_its_payload(play: Played) -> None:
    """The receiving variable is set before the event's path goes on."""
    case = play("""
        start Start_1 -> Host
        user Host -> End_1
        catch Event_1 | beside: Host | message: m | key: case_id() | var: told -> Script_1
        script Script_1 | do: seen = told["n"] -> End_2
        end End_1
        end End_2
    """).start()
    case.receive("Event_1", {"n": 7})
    assert case.variables["seen"] == 7


def test_a_boundary_event_in_a_loop_is_armed_anew_each_turn(play: Played) -> None:
    """From the moment at which the activity begins again."""
    case = play("""
        start Start_1 -> Merge
        xor Merge -> Host
        user Host -> Again
        timer Event_1 | on: Host | duration: PT1H -> Merge
        xor Again -> Merge if again / End_1
        end End_1
    """).start()
    case.wait(minutes=50)
    case.complete("Host", again=True)
    assert case.wait(minutes=50) == []
    assert case.wait(minutes=10) == ["Event_1"]
    size = case.tokens
    assert case.wait(hours=30) == ["Event_1"] * 30
    assert case.open == ["Host"]
    assert case.tokens == size


def test_interrupting_and_not_on_the_same_activity(play: Played) -> None:
    """Reminders go out until the deadline; then all of them stop."""
    case = play("""
        start Start_1 -> Host
        user Host -> End_1
        timer Event_Remind | beside: Host | cycle: R/PT1H -> Script_Count
        script Script_Count | do: n = n + 1 -> End_2
        timer Event_Deadline | on: Host | duration: PT3H30M -> Task_Late
        user Task_Late -> End_1
        end End_1
        end End_2
    """).start(n=0)
    case.wait(hours=9)
    assert case.variables["n"] == 3
    assert (case.open, case.waiting) == (["Task_Late"], [])
    assert case.complete("Task_Late").outcome.completed


def test_interrupting_a_subprocess_ends_all_that_is_under_way_in_it(play: Played) -> None:
    """Tasks, timers, messages and inner subprocesses."""
    case = play("""
        start Start_1 -> Outer
        sub Outer -> End_1
          start S1 -> Split
          and Split -> Task_A / Event_Wait / Event_Msg / Inner
          user Task_A -> Join
          timer Event_Wait | duration: P1D -> Join
          catch Event_Msg | message: m | key: case_id() -> Join
          sub Inner -> Join
            start S2 -> Task_B
            user Task_B -> E2
            timer Event_Inner | beside: Task_B | cycle: R/PT1H -> E3
            end E2
            end E3
          and Join -> E1
          end E1
        timer Event_Stop | on: Outer | duration: PT90M -> Task_Stopped
        user Task_Stopped -> End_1
        end End_1
    """).start()
    assert case.open == ["Task_A", "Task_B"]
    assert case.wait(hours=2) == ["Event_Inner", "Event_Stop"]
    assert (case.open, case.waiting) == (["Task_Stopped"], [])
    assert len(case.outcome.withdrawn) == 2
    assert case.complete("Task_Stopped").outcome.completed


def test_withdrawn_tasks_cannot_be_completed(play: Played) -> None:
    """A token that was taken away is gone."""
    case = play(hosted("user", "timer", "on")).start()
    (task,) = case.outcome.tasks
    case.wait(hours=1)
    assert case.outcome.withdrawn == (task.token,)
    with pytest.raises(TaskGone):
        case.complete_token(task.token)


def test_paths_of_an_activity_and_its_event_may_merge(play: Played) -> None:
    """Late or not, the case goes on the same way; whoever comes is one token."""
    text = """
        start Start_1 -> Host
        user Host -> Merge
        timer Event_1 | on: Host | duration: PT1H -> Merge
        xor Merge -> Task_After
        user Task_After -> End_1
        end End_1
    """
    late = play(text).start()
    late.wait(hours=1)
    assert late.open == ["Task_After"]
    assert play(text).start().complete("Host").open == ["Task_After"]


def test_paths_of_an_activity_and_an_event_beside_it_may_join(play: Played) -> None:
    """A parallel join behind both waits for both."""
    case = play("""
        start Start_1 -> Host
        user Host -> Join
        timer Event_1 | beside: Host | duration: PT1H -> Task_Beside
        user Task_Beside -> Join
        and Join -> Task_After
        user Task_After -> End_1
        end End_1
    """).start()
    case.wait(hours=1)
    case.complete("Host")
    assert case.open == ["Task_Beside"]
    assert case.complete("Task_Beside").open == ["Task_After"]


def test_an_event_inside_a_parallel_branch_leaves_the_other_branch_alone(play: Played) -> None:
    """Interrupting one activity withdraws only that one; the join then counts the event's path."""
    case = play("""
        start Start_1 -> Split
        and Split -> Host / Task_B
        user Host -> Merge
        timer Event_1 | on: Host | duration: PT1H -> Task_Late
        user Task_Late -> Merge
        xor Merge -> Join
        user Task_B -> Join
        and Join -> Task_After
        user Task_After -> End_1
        end End_1
    """).start()
    case.wait(hours=1)
    assert case.open == ["Task_B", "Task_Late"]
    case.complete("Task_B")
    assert case.complete("Task_Late").open == ["Task_After"]


class TestErrors:
    SUB = """
        start Start_1 -> Sub
        sub Sub -> Task_Fine
          start S -> Split
          and Split -> Task_A / Task_B
          user Task_A -> Choose
          xor Choose -> Sub_Failed if bad / Join
          user Task_B -> Join
          and Join -> Sub_End
          end Sub_End
          end Sub_Failed | error: broken
        error Event_Error | on: Sub | error: broken -> Task_Mend
        user Task_Mend -> End_1
        user Task_Fine -> End_1
        end End_1
    """

    def test_an_error_end_leaves_its_subprocess_by_the_boundary(self, play: Played) -> None:
        """All else in the subprocess is withdrawn."""
        case = play(self.SUB).start().complete("Task_A", bad=True)
        assert (case.open, case.waiting) == (["Task_Mend"], [])
        assert case.complete("Task_Mend").outcome.completed

    def test_without_an_error_the_boundary_does_nothing(self, play: Played) -> None:
        """The normal way out is taken."""
        case = play(self.SUB).start().complete("Task_A", bad=False).complete("Task_B")
        assert case.open == ["Task_Fine"]
        assert case.complete("Task_Fine").outcome.completed

    def test_an_error_goes_up_to_the_boundary_that_names_it(self, play: Played) -> None:
        """Past an inner boundary for another error."""
        case = play("""
            start Start_1 -> Outer
            sub Outer -> End_1
              start S1 -> Inner
              sub Inner -> E1
                start S2 -> Task_A
                user Task_A -> E2
                end E2 | error: deep
              error Event_Other | on: Inner | error: other -> E1
              end E1
            error Event_Deep | on: Outer | error: deep -> Task_Mend
            user Task_Mend -> End_1
            end End_1
        """).start()
        assert case.complete("Task_A").open == ["Task_Mend"]

    def test_an_error_of_a_called_process_reaches_its_caller(self, play: Played) -> None:
        """Through a call activity as through a subprocess."""
        called = diagram("Called", "start S -> Task_X\nuser Task_X -> E\nend E | error: broken")
        case = play(
            """
            start Start_1 -> Call_1
            call Call_1 | process: Called -> End_1
            error Event_1 | on: Call_1 | error: broken -> Task_Mend
            user Task_Mend -> End_1
            end End_1
            """,
            called,
        ).start()
        assert case.complete("Called:Task_X").open == ["Task_Mend"]
        assert case.complete("Task_Mend").outcome.completed

    def test_an_error_that_nobody_catches_ends_the_case_with_it(self, play: Played) -> None:
        """And it is told as the case's outcome, not lost."""
        case = play("""
            start Start_1 -> Split
            and Split -> Task_A / Task_B
            user Task_A -> End_Bad
            user Task_B -> End_1
            end End_Bad | error: broken
            end End_1
        """).start()
        case.complete("Task_B")
        case.complete("Task_A")
        assert case.outcome.completed
        assert case.outcome.error == "broken"
