# SPDX-License-Identifier: Apache-2.0
"""A waiting case moves to another version of its process: what stays, what changes, and what is refused with words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.bpmn import Program, Runner
from engine.errors import Invalid, MoveRefused
from engine.scripts import ScriptRunner
from engine.values import Shift
from tests.builders import diagram
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.fragments import EVENTS, written
from tests.engine.bpmn.play import BERLIN, START, Play, program_of

Moving = Callable[..., tuple[Shift, ...]]

PLAIN = """
start S -> A
user A -> B
user B -> E
end E
"""
FORK = """
start S -> F
and F -> A / B
user A -> J
user B -> J
and J -> C
user C -> E
end E
"""
LATE = PLAIN + "timer T | on: A | duration: PT4H -> N\nuser N -> E\n"
IN_SUB = """
start S -> U
sub U -> B
  start SS -> A
  user A -> A2
  user A2 -> SE
  end SE
user B -> E
end E
"""
CALLED = diagram("Called", "start S -> Inner\nuser Inner -> Inner2\nuser Inner2 -> E\nend E")
CALLING = """
start S -> A
call A | process: Called -> B
user B -> E
end E
"""


@pytest.fixture
def move(scripts: ScriptRunner) -> Moving:
    """Move a case to a program or a text of `tests.builders`; the mapping is given by names."""

    def moved(case: Play, to: Program | str, *called: bytes, **mapping: str) -> tuple[Shift, ...]:
        program = program_of(to, *called) if isinstance(to, str) else to
        runner = Runner(program, scripts, BERLIN)
        before = case.outcome
        found = runner.move(case.runner.program, mapping, before.state, before.variables, case._context(), case.shelf)
        case.runner, case.outcome = runner, found.outcome
        return found.shifts

    return moved


def reasons(error: pytest.ExceptionInfo[MoveRefused]) -> list[str]:
    return [o.sentence for o in error.value.obstacles]


class TestTasks:
    def test_an_unchanged_task_is_kept(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        token = case.outcome.tasks[0].token
        assert [(s.what, s.change, s.element, s.changes) for s in move(case, PLAIN)] == [("task", "kept", "A", ())]
        assert case.outcome.tasks[0].token == token

    @pytest.mark.parametrize(
        ("new", "then"),
        [
            pytest.param("start S -> X\nuser X -> A\nuser A -> B\nuser B -> E\nend E", ["A", "B"], id="added before"),
            pytest.param("start S -> A\nuser A -> X\nuser X -> B\nuser B -> E\nend E", ["A", "X", "B"], id="added after"),
            pytest.param("start S -> A\nuser A -> E\nend E", ["A"], id="removed elsewhere"),
            pytest.param("start S -> A\nuser A -> X\nxor X -> B if n / E\nuser B -> E\nend E", ["A"], id="gateway"),
            pytest.param("start S -> A\nuser A -> F\nand F -> B / X\nuser B -> J\nuser X -> J\nand J -> E\nend E",
                         ["A", "B", "X"], id="fork behind"),
            pytest.param("start S -> A\nmanual A -> B\nuser B -> E\nend E", ["A", "B"], id="manual"),
        ],
    )  # fmt: skip
    def test_the_case_goes_on_as_the_new_version_draws_it(
        self, play: Played, move: Moving, new: str, then: list[str]
    ) -> None:
        case = play(PLAIN).start(n=0)
        move(case, new)
        for element in then:
            assert element in case.open
            case.complete(element)
        assert case.outcome.completed

    def test_what_people_see_of_a_task_may_change(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        [shift] = move(case, PLAIN.replace("user A", "user A | role: lead | instructions: Do it"))
        assert {c.name: c.after for c in shift.changes} == {"role": "lead", "instructions": "Do it"}
        assert case.outcome.tasks[0].role == "lead"

    def test_due_time_priority_and_assignee_are_kept(self, play: Played, move: Moving) -> None:
        text = PLAIN.replace("user A", 'user A | due: "2026-03-02T12:00:00Z" | priority: "P1" | assignee: "anna"')
        case = play(text).start()
        before = case.outcome.tasks[0]
        move(case, PLAIN.replace("user A", 'user A | due: "2030-01-01T12:00:00Z" | priority: "P4"'))
        assert case.outcome.tasks == (before,)

    def test_a_renamed_task_moves_with_a_mapping(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        [shift] = move(case, PLAIN.replace("A", "Z"), A="Z")
        assert (shift.element, shift.to, shift.change) == ("A", "Z", "changed")
        assert case.complete("Z").open == ["B"]

    def test_a_task_that_is_gone_is_refused(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        with pytest.raises(MoveRefused) as refused:
            move(case, PLAIN.replace("A", "Z"))
        assert reasons(refused) == ["The case stands at 'A' (A), which is not in the new version."]
        assert "A=…" in refused.value.hint

    def test_a_task_of_another_kind_is_refused(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        with pytest.raises(MoveRefused, match="a user task in the old version, a task in the new one"):
            move(case, PLAIN.replace("user A", "task A"))

    def test_every_reason_is_named(self, play: Played, move: Moving) -> None:
        case = play(FORK).start()
        with pytest.raises(MoveRefused) as refused:
            move(case, "start S -> C\nuser C -> E\nend E")
        assert [o.element for o in refused.value.obstacles] == ["A", "B"]

    def test_two_elements_may_change_their_ids_with_each_other(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        move(case, "start S -> B\nuser B -> A\nuser A -> E\nend E", A="B", B="A")
        assert case.open == ["B"]
        assert case.complete("B").open == ["A"]

    def test_an_id_that_another_element_has_taken_is_no_match(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start().complete("A")
        with pytest.raises(MoveRefused, match="stands at 'B'"):
            move(case, "start S -> B\nuser B -> E\nend E", A="B")

    @pytest.mark.parametrize(
        ("mapping", "words"),
        [
            ({"A": "Nowhere"}, "not in the new version"),
            ({"A": "S"}, "'A' .A. is a user task, 'S' .S. is a start event"),
            ({"A": "B", "B": "B"}, "twice"),
        ],
    )
    def test_a_mapping_that_is_none_is_refused(
        self, play: Played, move: Moving, mapping: dict[str, str], words: str
    ) -> None:
        with pytest.raises(Invalid, match=words):
            move(play(PLAIN).start(), PLAIN, **mapping)

    def test_a_mapping_of_elements_of_some_other_version_is_left_aside(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        move(case, PLAIN, Elsewhere="B")
        assert case.open == ["A"]


class TestTimers:
    def test_an_unchanged_timer_keeps_its_due_time(self, play: Played, move: Moving) -> None:
        case = play(LATE).start()
        case.wait(hours=1)
        assert [(s.what, s.change) for s in move(case, LATE)] == [("task", "kept"), ("timer", "kept")]
        assert case.due("T") == START + timedelta(hours=4)

    def test_a_changed_timer_counts_from_when_it_began_to_wait(self, play: Played, move: Moving) -> None:
        case = play(LATE).start()
        case.wait(hours=1)
        shift = move(case, LATE.replace("PT4H", "PT8H"))[1]
        assert (shift.what, shift.change) == ("timer", "rescheduled")
        assert case.due("T") == START + timedelta(hours=8)

    def test_a_changed_timer_whose_time_has_passed_fires_at_once(self, play: Played, move: Moving) -> None:
        case = play(LATE).start()
        case.wait(hours=3)
        move(case, LATE.replace("PT4H", "PT2H"))
        assert case.wait(seconds=0) == ["T"]
        assert case.open == ["N"]

    def test_an_expression_sees_the_moment_at_which_it_began(self, play: Played, move: Moving) -> None:
        case = play(LATE).start(hours="PT6H")
        case.wait(hours=1)
        move(case, LATE.replace("duration: PT4H", "date: add_time(now(), hours)"))
        assert case.due("T") == START + timedelta(hours=6)

    def test_a_new_timer_begins_now(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        case.wait(hours=1)
        shift = move(case, LATE)[1]
        assert (shift.change, shift.element, shift.to) == ("new", "", "T")
        assert case.due("T") == START + timedelta(hours=5)
        assert case.wait(hours=4) == ["T"]
        assert case.open == ["N"]

    def test_a_timer_that_is_gone_is_withdrawn(self, play: Played, move: Moving) -> None:
        case = play(LATE).start()
        assert [(s.what, s.change) for s in move(case, PLAIN)] == [("task", "kept"), ("timer", "withdrawn")]
        assert case.waiting == []
        assert case.complete("A").open == ["B"]

    def test_a_changed_cycle_goes_on_with_its_next_tick(self, play: Played, move: Moving) -> None:
        text = PLAIN + "timer T | beside: A | cycle: R/PT1H -> X\nscript X | do: x = 1 -> EX\nend EX\n"
        case = play(text).start()
        assert case.wait(minutes=90) == ["T"]
        move(case, text.replace("R/PT1H", "R/PT40M"))
        assert case.due("T") == START + timedelta(minutes=120)
        assert case.wait(minutes=30) == ["T"]

    def test_a_changed_cycle_that_has_no_more_ticks_is_withdrawn(self, play: Played, move: Moving) -> None:
        text = PLAIN + "timer T | beside: A | cycle: R/PT1H -> X\nscript X | do: x = 1 -> EX\nend EX\n"
        case = play(text).start()
        case.wait(hours=5)
        shift = move(case, text.replace("R/PT1H", "R2/PT1H"))[1]
        assert (shift.what, shift.change, case.waiting) == ("timer", "withdrawn", [])

    def test_a_timer_that_has_fired_does_not_begin_again(self, play: Played, move: Moving) -> None:
        text = PLAIN + "timer T | beside: A | duration: PT1H -> X\nuser X -> EX\nend EX\n"
        case = play(text).start()
        case.wait(hours=1)
        for version in (text.replace("PT1H", "PT3H"), text):
            move(case, version)
            assert (case.open, case.waiting) == (["A", "X"], [])
        case.complete("A").complete("X").complete("B")
        assert case.outcome.completed

    def test_what_a_boundary_event_set_off_stays_when_the_event_goes(self, play: Played, move: Moving) -> None:
        text = PLAIN + "timer T | beside: A | cycle: R/PT1H -> X\nuser X -> EX\nend EX\n"
        case = play(text).start()
        case.wait(hours=2)
        move(case, "start S -> A\nuser A -> B\nuser B -> X\nuser X -> E\nend E")
        assert (case.open, case.waiting) == (["A", "X", "X"], [])

    def test_a_boundary_event_of_another_kind_takes_the_place_of_the_old(self, play: Played, move: Moving) -> None:
        case = play(LATE).start()
        shifts = move(case, LATE.replace("timer T | on: A | duration: PT4H", 'catch T | on: A | message: m | key: "k"'))
        assert [(s.what, s.change) for s in shifts[1:]] == [("message", "new"), ("timer", "withdrawn")]
        assert case.receive("T").open == ["N"]

    def test_a_timer_whose_expression_fails_refuses_the_move(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        with pytest.raises(MoveRefused, match="nothing_of_that_name"):
            move(case, LATE.replace("PT4H", "nothing_of_that_name"))

    def test_a_catching_event_in_the_flow_is_rescheduled_as_well(self, play: Played, move: Moving) -> None:
        text = "start S -> W\ntimer W | duration: PT4H -> A\nuser A -> E\nend E"
        case = play(text).start()
        move(case, text.replace("PT4H", "PT1H").replace("W", "W2"), W="W2")
        assert case.wait(hours=1) == ["W2"]
        assert case.open == ["A"]


class TestMessages:
    TEXT = "start S -> W\ncatch W | message: m | key: k -> A\nuser A -> E\nend E"

    def test_an_unchanged_message_keeps_its_key(self, play: Played, move: Moving) -> None:
        case = play(self.TEXT).start(k="old")
        [shift] = move(case, self.TEXT)
        assert (shift.what, shift.change) == ("message", "kept")

    def test_a_changed_message_is_expected_under_its_new_name_and_key(self, play: Played, move: Moving) -> None:
        case = play(self.TEXT).start(k="old", other="new")
        [shift] = move(case, self.TEXT.replace("message: m | key: k", "message: m2 | key: other"))
        assert [(c.name, c.before, c.after) for c in shift.changes] == [("message", "m", "m2"), ("key", "old", "new")]
        assert [(m.name, m.key) for m in case.outcome.messages] == [("m2", "new")]

    def test_waiting_for_something_else_is_refused(self, play: Played, move: Moving) -> None:
        case = play(self.TEXT).start(k="old")
        with pytest.raises(MoveRefused, match="waits for a message; in the new version it waits for a time"):
            move(case, self.TEXT.replace("catch W | message: m | key: k", "timer W | duration: PT1H"))

    def test_events_behind_an_event_based_gateway_come_and_go(self, play: Played, move: Moving) -> None:
        text = """
start S -> R
race R -> W / D
catch W | message: m | key: 1 -> A
timer D | duration: PT4H -> A
user A -> E
end E
"""
        new = text.replace("R -> W / D", "R -> D / N").replace("catch W", "catch N").replace("PT4H", "PT2H")
        case = play(text).start()
        shifts = move(case, new)
        assert [(s.what, s.change, s.element or s.to) for s in shifts] == [
            ("timer", "rescheduled", "D"), ("message", "new", "N"), ("message", "withdrawn", "W"),
        ]  # fmt: skip
        assert case.waiting == ["D", "N"]
        assert case.wait(hours=2) == ["D"]
        assert case.open == ["A"]


class TestServiceTasks:
    def xml(self, own: str = "C", operator: str = "log/note", text: str = '"a"') -> str:
        asked = (
            f'<spiffworkflow:serviceTaskOperator id="{operator}" resultVariable="r"><spiffworkflow:parameters>'
            f'<spiffworkflow:parameter id="text" type="str" value=\'{text}\'/>'
            "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        return (
            f'<startEvent id="S"/><serviceTask id="{own}"><extensionElements>{asked}</extensionElements></serviceTask>'
            f'<manualTask id="A"/><endEvent id="E"/>\nS -> {own}\n{own} -> A\nA -> E\n'
        )

    def test_a_call_under_way_is_answered_in_the_new_version(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(self.xml()).play(scripts).start()
        [before] = case.outcome.calls
        [shift] = move(case, written(self.xml("C2", text='"b"')).play(scripts).runner.program, C="C2")
        [after] = case.outcome.calls
        assert (shift.what, shift.change) == ("call", "kept")
        assert (after.element, after.key, after.parameters) == ("C2", before.key, before.parameters)

    def test_a_call_of_another_operator_is_refused(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(self.xml()).play(scripts).start()
        with pytest.raises(MoveRefused, match="has asked 'log/note'; in the new version it asks 'http/post'"):
            move(case, written(self.xml(operator="http/post")).play(scripts).runner.program)


class TestJoins:
    def test_a_token_that_has_arrived_counts_in_the_new_version(self, play: Played, move: Moving) -> None:
        case = play(FORK).start().complete("A")
        move(case, FORK)
        assert case.complete("B").open == ["C"]

    def test_a_task_may_be_added_in_a_branch_under_way(self, play: Played, move: Moving) -> None:
        case = play(FORK).start().complete("A")
        move(case, FORK.replace("user B -> J", "user B -> X\nuser X -> J"))
        assert case.complete("B").open == ["X"]
        assert case.complete("X").open == ["C"]

    def test_a_renamed_branch_and_join_move_with_a_mapping(self, play: Played, move: Moving) -> None:
        case = play(FORK).start().complete("A")
        move(case, FORK.replace("A", "A2").replace("J", "J2"), A="A2", J="J2")
        assert case.complete("B").open == ["C"]

    @pytest.mark.parametrize(
        ("done", "new", "words"),
        [
            pytest.param("A", FORK.replace("user A -> J", "user A -> X\nuser X -> J"),
                         "'J' from 'A'; in the new version that way in is gone", id="the way in changed"),
            pytest.param("A", FORK.replace("and J", "xor J"), "the join 'J', which is not there", id="no join"),
            pytest.param("A", FORK.replace("A / B", "A / B / X") + "user X -> J\n",
                         "wait for ever at the join 'J': nothing of it can come from 'X'", id="a branch more, arrived"),
            pytest.param("", FORK.replace("A / B", "A / B / X") + "user X -> J\n",
                         "wait for ever at the join 'J': nothing of it can come from 'X'", id="a branch more"),
            pytest.param("", "start S -> A\nuser A -> B\nuser B -> C\nuser C -> E\nend E",
                         "meet at 'J' in the old version", id="one after another"),
            pytest.param("", FORK.replace("and J", "xor J"), "meet at 'J' in the old version", id="no longer joined"),
        ],
    )  # fmt: skip
    def test_branches_that_would_not_meet_are_refused(
        self, play: Played, move: Moving, done: str, new: str, words: str
    ) -> None:
        case = play(FORK).start()
        if done:
            case.complete(done)
        with pytest.raises(MoveRefused) as refused:
            move(case, new)
        assert any(words in sentence for sentence in reasons(refused)), reasons(refused)

    def test_a_join_at_which_nothing_is_missing_any_more_is_refused(self, play: Played, move: Moving) -> None:
        """A migration moves no token on; here it would have to."""
        text = """
start S -> F
and F -> A / B / G / Z
user A -> J
user B -> J
user G -> X
xor X -> J if go / E
and J -> C
user C -> E
user Z -> E
end E
"""
        case = play(text).start().complete("G", go=False).complete("A").complete("B")
        with pytest.raises(MoveRefused, match="All that the join 'J' still waits for is there already"):
            move(case, text.replace("X -> J if go / E", "X -> C if go / E"))

    def test_a_single_token_does_not_move_into_a_parallel_branch(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        with pytest.raises(MoveRefused, match="wait for ever at the join 'J'"):
            move(case, FORK)

    def test_a_fork_ahead_is_no_hindrance(self, play: Played, move: Moving) -> None:
        case = play("start S -> Z\nuser Z -> A\nuser A -> E\nend E").start()
        move(case, FORK.replace("start S -> F", "start S -> Z\nuser Z -> F"))
        assert case.complete("Z").open == ["A", "B"]

    def test_a_join_of_a_later_block_may_change(self, play: Played, move: Moving) -> None:
        later = FORK.replace("user C -> E", "user C -> F2\nand F2 -> X / Y\nuser X -> J2\nuser Y -> J2\nand J2 -> E")
        case = play(later).start()
        move(case, FORK)
        assert case.complete("A").complete("B").open == ["C"]


class TestScopes:
    def test_what_is_in_a_subprocess_moves_with_it(self, play: Played, move: Moving) -> None:
        case = play(IN_SUB).start()
        new = IN_SUB.replace(
            "  user A -> A2", "  user A -> X\n  user X -> A2\n  timer T | on: A | duration: PT1H -> A2"
        )
        move(case, new)
        assert (case.open, case.waiting) == (["A"], ["T"])
        assert case.complete("A").complete("X").complete("A2").complete("B").outcome.completed

    def test_a_renamed_subprocess_moves_with_a_mapping(self, play: Played, move: Moving) -> None:
        case = play(IN_SUB).start()
        move(case, IN_SUB.replace("U", "U2"), U="U2")
        assert case.complete("A").complete("A2").open == ["B"]

    def test_a_boundary_event_may_come_to_a_subprocess_under_way(self, play: Played, move: Moving) -> None:
        case = play(IN_SUB).start()
        move(case, IN_SUB + "timer T | on: U | duration: PT1H -> B\n")
        assert case.wait(hours=1) == ["T"]
        assert case.open == ["B"]

    def test_out_of_a_subprocess_is_refused(self, play: Played, move: Moving) -> None:
        case = play(IN_SUB).start()
        with pytest.raises(MoveRefused) as refused:
            move(case, PLAIN)
        assert reasons(refused) == ["The case stands at 'U' (U), which is not in the new version."]

    def test_into_a_subprocess_is_refused(self, play: Played, move: Moving) -> None:
        case = play(PLAIN).start()
        with pytest.raises(MoveRefused, match="which lies in the subprocess 'U' in the new version"):
            move(case, IN_SUB)

    def test_a_called_process_moves_to_its_own_new_version(self, play: Played, move: Moving) -> None:
        case = play(CALLING, CALLED).start()
        new = diagram("Called", "start S -> Inner\nuser Inner | role: lead -> E\nend E")
        [shift] = move(case, CALLING, new)
        assert (shift.element, shift.change) == ("Called:Inner", "changed")
        assert case.complete("Called:Inner").open == ["B"]

    def test_elements_of_a_called_process_are_mapped_with_it_in_front(self, play: Played, move: Moving) -> None:
        case = play(CALLING, CALLED).start()
        new = diagram("Called", "start S -> Other\nuser Other -> E\nend E")
        with pytest.raises(MoveRefused) as refused:
            move(case, CALLING, new)
        assert refused.value.obstacles[0].element == "Called:Inner"
        move(case, CALLING, new, **{"Called:Inner": "Called:Other"})
        assert case.open == ["Called:Other"]

    def test_another_called_process_is_refused(self, play: Played, move: Moving) -> None:
        case = play(CALLING, CALLED).start()
        other = diagram("Other", "start S -> Inner\nuser Inner -> E\nend E")
        with pytest.raises(MoveRefused, match="has called 'Called'; in the new version it calls 'Other'"):
            move(case, CALLING.replace("Called", "Other"), other)

    @pytest.mark.parametrize("kind", ["standard", "sequential", "parallel"])
    def test_the_turns_of_a_loop_go_on(self, scripts: ScriptRunner, move: Moving, kind: str) -> None:
        case = written(looping(kind)).play(scripts).start()
        case.complete("A")
        move(case, written(looping(kind, "A2")).play(scripts).runner.program, A="A2")
        while "A2" in case.open:
            case.complete("A2")
        assert case.open == ["B"]
        assert case.passed.count("A") + case.passed.count("A2") == 3

    def test_another_kind_of_loop_is_refused(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(looping("parallel")).play(scripts).start()
        with pytest.raises(MoveRefused, match=r"all at once in the old version, .* one after another in the new one"):
            move(case, written(looping("sequential")).play(scripts).runner.program)

    def test_a_loop_where_there_was_none_is_refused(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(looping("once")).play(scripts).start()
        with pytest.raises(
            MoveRefused, match="a manual task in the old version, a manual task repeated in the new one"
        ):
            move(case, written(looping("standard")).play(scripts).runner.program)


def looping(kind: str, own: str = "A") -> str:
    loops = {
        "once": "",
        "standard": '<standardLoopCharacteristics loopMaximum="3"/>',
        "sequential": '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>',
        "parallel": "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>",
    }
    return (
        f'<startEvent id="S"/><manualTask id="{own}">{loops[kind]}</manualTask><manualTask id="B"/><endEvent id="E"/>\n'
        f"S -> {own}\n{own} -> B\nB -> E\n"
    )


def listening(event: str = "", own: str = "Ev", *, interrupting: bool = True) -> str:
    """A process with an event sub-process, if an event is named."""
    listener = (
        f'<subProcess id="{own}" triggeredByEvent="true"><startEvent id="{own}S" isInterrupting="{str(interrupting).lower()}">'
        f'{EVENTS[event]}</startEvent><manualTask id="{own}A"/><endEvent id="{own}E"/>\n{own}S -> {own}A\n{own}A -> {own}E\n'
        "</subProcess>"
        if event
        else ""
    )
    return f'<startEvent id="S"/><manualTask id="A"/><endEvent id="E"/>\nS -> A\nA -> E\n{listener}'


class TestEventSubprocesses:
    def test_a_new_one_listens_from_now_on(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(listening()).play(scripts).start()
        case.wait(hours=1)
        shifts = move(case, written(listening("timer")).play(scripts).runner.program)
        assert [(s.what, s.change, s.to) for s in shifts] == [("task", "kept", "A"), ("timer", "new", "EvS")]
        assert case.due("EvS") == START + timedelta(hours=2)
        assert case.wait(hours=1) == ["EvS"]
        assert case.open == ["EvA"]

    def test_one_that_is_gone_no_longer_listens(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(listening("message")).play(scripts).start()
        shifts = move(case, written(listening()).play(scripts).runner.program)
        assert [(s.what, s.change, s.element) for s in shifts[1:]] == [("message", "withdrawn", "EvS")]
        assert case.waiting == []
        assert case.complete("A").outcome.completed

    def test_an_unchanged_one_goes_on_listening(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(listening("timer")).play(scripts).start()
        case.wait(minutes=30)
        move(case, written(listening("timer")).play(scripts).runner.program)
        assert case.due("EvS") == START + timedelta(hours=1)

    def test_one_under_way_moves_with_the_case_and_nothing_else_is_armed(
        self, scripts: ScriptRunner, move: Moving
    ) -> None:
        case = written(listening("timer")).play(scripts).start()
        case.wait(hours=1)
        both = listening("timer") + listening("message", "Two").partition("A -> E\n")[2]
        move(case, written(both).play(scripts).runner.program)
        assert (case.open, case.waiting) == (["EvA"], [])
        assert case.complete("EvA").outcome.completed

    def test_beside_one_that_does_not_interrupt_a_new_one_is_armed(self, scripts: ScriptRunner, move: Moving) -> None:
        case = written(listening("timer", interrupting=False)).play(scripts).start()
        case.wait(hours=1)
        both = listening("timer", interrupting=False) + listening("message", "Two").partition("A -> E\n")[2]
        move(case, written(both).play(scripts).runner.program)
        assert (case.open, case.waiting) == (["A", "EvA"], ["TwoS"])
