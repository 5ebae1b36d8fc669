# SPDX-License-Identifier: Apache-2.0
"""A step runs until everything waits: activities, subprocesses, calls, starts and ends, messages, registers."""

from __future__ import annotations

import copy

import pytest

from engine.bpmn import compile_program
from engine.decisions import DecisionTable, Input, Output, Rule
from engine.errors import DiagramInvalid, Invalid, StepFailed, TaskGone
from engine.scripts import ScriptRunner
from tests.builders import diagram
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.play import Play, Shelf

ONE_TASK = """
start Start_1 -> Task_A
user Task_A -> End_1
end End_1
"""


class TestVariables:
    def test_a_form_replaces_what_it_names(self, play: Played) -> None:
        """Nothing is merged into an older value; what the form does not name stays."""
        case = play(ONE_TASK).start(a={"x": 1, "y": [1, 2]}, b=1)
        case.complete("Task_A", a={"x": 2})
        assert dict(case.variables) == {"a": {"x": 2}, "b": 1}

    def test_nested_values_are_never_shared(self, play: Played) -> None:
        """Changing what went in, or what a script was given, changes no other variable."""
        given = {"list": [1], "deep": {"k": [1]}}
        kept = copy.deepcopy(given)
        case = play("""
            start Start_1 -> Script_1
            script Script_1 | do: b = a ; c = [a, a] -> Task_A
            user Task_A -> End_1
            end End_1
        """).start(a=given)
        given["list"].append(2)
        given["deep"]["k"].append(2)
        assert case.variables["a"] == case.variables["b"] == kept
        before = copy.deepcopy(dict(case.variables))
        case.complete("Task_A", a={"list": [9]})
        assert case.variables["b"] == before["b"]
        assert case.variables["c"] == before["c"]

    def test_the_variables_of_the_step_before_stay_as_they_were(self, play: Played) -> None:
        """A step works on a copy: the old mapping is left alone."""
        case = play(ONE_TASK).start(a={"x": [1]})
        before = case.outcome.variables
        case.complete("Task_A", a={"x": [2]})
        assert before == {"a": {"x": [1]}}

    @pytest.mark.parametrize("name", ["typename", "data", "task", "id", "workflow", "len", "now"])
    def test_any_name_may_be_a_field(self, play: Played, name: str) -> None:
        """Also names that mean something to SpiffWorkflow's serializer or to our language."""
        case = play(ONE_TASK).start()
        case.complete("Task_A", **{name: {"typename": "Task", "nested": [{"typename": 1}]}})
        assert case.variables[name] == {"typename": "Task", "nested": [{"typename": 1}]}
        assert case.outcome.completed

    def test_values_keep_their_kind(self, play: Played) -> None:
        """Empty, nested, large and unusual JSON values come through a step as they went in."""
        values = {"n": None, "t": True, "f": 1.5, "s": "ü\u2028", "e": [], "m": {}, "i": 10**15, "z": [None, [{}]]}
        case = play(ONE_TASK).start(**values)
        case.complete("Task_A")
        assert dict(case.variables) == values
        assert all(type(case.variables[k]) is type(v) for k, v in values.items())


class TestSubprocesses:
    def test_a_subprocess_works_on_the_variables_of_the_case(self, play: Played) -> None:
        """What is set inside is seen after it, at once."""
        case = play("""
            start Start_1 -> Sub
            sub Sub -> Choose
              start S -> Script_In
              script Script_In | do: x = x + 1 -> Task_In
              user Task_In -> E
              end E
            xor Choose -> Task_Big if x > 5 / End_1
            user Task_Big -> End_1
            end End_1
        """).start(x=5)
        assert case.open == ["Task_In"]
        assert case.complete("Task_In").open == ["Task_Big"]

    def test_subprocesses_nest_and_repeat(self, play: Played) -> None:
        """Three levels deep, ten times over, with a flat state."""
        case = play("""
            start Start_1 -> Merge
            xor Merge -> One
            sub One -> Again
              start S1 -> Two
              sub Two -> E1
                start S2 -> Three
                sub Three -> E2
                  start S3 -> Task_Deep
                  user Task_Deep -> E3
                  end E3
                end E2
              end E1
            xor Again -> Merge if n < 10 / End_1
            end End_1
        """).start(n=0)
        sizes = []
        for turn in range(1, 11):
            assert case.open == ["Task_Deep"]
            case.complete("Task_Deep", n=turn)
            sizes.append(case.tokens)
        assert case.outcome.completed
        assert sizes[1] == max(sizes[:-1])

    def test_a_subprocess_may_run_twice_at_once(self, play: Played) -> None:
        """Two tokens that enter it run it each on its own."""
        case = play("""
            start Start_1 -> Split
            and Split -> Task_A / Task_B
            user Task_A -> Sub
            user Task_B -> Sub
            sub Sub -> Task_After
              start S -> Task_In
              user Task_In -> E
              end E
            user Task_After -> End_1
            end End_1
        """).start()
        case.complete("Task_A").complete("Task_B")
        assert case.open == ["Task_In", "Task_In"]
        case.complete("Task_In")
        assert case.open == ["Task_After", "Task_In"]
        case.complete("Task_In").complete("Task_After")
        assert not case.outcome.completed
        assert case.complete("Task_After").outcome.completed

    def test_a_subprocess_ends_when_all_in_it_has_ended(self, play: Played) -> None:
        """Two parallel ends inside; the way on is taken once."""
        case = play("""
            start Start_1 -> Sub
            sub Sub -> Task_After
              start S -> Split
              and Split -> Task_A / Task_B
              user Task_A -> EA
              user Task_B -> EB
              end EA
              end EB
            user Task_After -> End_1
            end End_1
        """).start()
        assert case.complete("Task_B").open == ["Task_A"]
        assert case.complete("Task_A").open == ["Task_After"]


class TestCalls:
    CALLED = diagram(
        "Called", "start S -> Task_X\nuser Task_X -> Script_X\nscript Script_X | do: y = x * 2 -> E\nend E"
    )

    def test_a_called_process_runs_in_the_case_and_returns(self, play: Played) -> None:
        """Its elements are told apart by its process id; variables are the case's."""
        case = play("start S1 -> C\ncall C | process: Called -> Task_A\nuser Task_A -> E1\nend E1", self.CALLED).start()
        assert case.open == ["Called:Task_X"]
        case.complete("Called:Task_X", x=21)
        assert case.open == ["Task_A"]
        assert case.variables["y"] == 42

    def test_the_same_process_called_twice_at_once(self, play: Played) -> None:
        """Each call is a scope of its own."""
        text = """
            start S1 -> Split
            and Split -> C1 / C2
            call C1 | process: Called -> Join
            call C2 | process: Called -> Join
            and Join -> Task_A
            user Task_A -> E1
            end E1
        """
        case = play(text, self.CALLED).start()
        assert case.open == ["Called:Task_X", "Called:Task_X"]
        case.complete("Called:Task_X", x=1)
        assert case.open == ["Called:Task_X"]
        assert case.complete("Called:Task_X", x=2).open == ["Task_A"]

    def test_calls_in_a_loop_keep_the_state_flat(self, play: Played) -> None:
        """Thirty calls one after the other."""
        text = "start S1 -> M\nxor M -> C\ncall C | process: Called -> A\nxor A -> M if x < 30 / E1\nend E1"
        case = play(text, self.CALLED).start()
        sizes = []
        for x in range(1, 31):
            case.complete("Called:Task_X", x=x)
            sizes.append(case.tokens)
        assert case.outcome.completed
        assert sizes[1] == max(sizes[:-1])

    def test_a_called_process_begins_at_its_none_start(self, play: Played) -> None:
        """Its message start is for those who send the message."""
        called = diagram(
            "Called", "start S | message: m -> Task_M\nstart T -> Task_N\nuser Task_M -> E\nuser Task_N -> E\nend E"
        )
        case = play("start S1 -> C\ncall C | process: Called -> E1\nend E1", called).start()
        assert (case.open, case.waiting) == (["Called:Task_N"], [])
        assert case.complete("Called:Task_N").outcome.completed

    def test_subprocesses_of_caller_and_called_need_ids_of_their_own(self, play: Played) -> None:
        """SpiffWorkflow knows them by id alone: two with the same id are refused, never mixed up."""
        sub = "sub Sub -> {next}\n  start {n}1 -> {n}2\n  user {n}2 -> {n}3\n  end {n}3\n"
        called = diagram("Called", "start S -> Sub\n" + sub.format(n="X", next="E") + "end E")
        with pytest.raises(DiagramInvalid, match="Sub"):
            play("start S1 -> Sub\n" + sub.format(n="Y", next="C") + "call C | process: Called -> E1\nend E1", called)


class TestStartsAndEnds:
    SEVERAL = """
        start Start_Hand -> Task_Hand
        start Start_Message | message: begun | var: request -> Task_Message
        start Start_Spread | message: spread -> Task_Spread
        start Start_Timer | cycle: R/2026-01-01T09:00:00+01:00/P1M -> Task_Timer
        user Task_Hand -> End_1
        user Task_Message -> End_1
        user Task_Spread -> End_1
        user Task_Timer -> End_1
        end End_1
    """

    def test_by_hand_a_case_begins_at_the_none_start(self, play: Played) -> None:
        """Of several start events only the one that was asked for begins."""
        case = play(self.SEVERAL).start(a=1)
        assert (case.open, case.waiting) == (["Task_Hand"], [])
        assert case.complete("Task_Hand").outcome.completed

    def test_by_message_it_begins_at_that_message(self, play: Played) -> None:
        """The payload goes into the start event's variable."""
        case = play(self.SEVERAL).start("begun", title="x")
        assert (case.open, case.waiting) == (["Task_Message"], [])
        assert dict(case.variables) == {"request": {"title": "x"}}

    def test_without_a_variable_the_keys_of_the_payload_become_variables(self, play: Played) -> None:
        """Only at a start event."""
        case = play(self.SEVERAL).start("spread", title="x", n=1)
        assert case.open == ["Task_Spread"]
        assert dict(case.variables) == {"title": "x", "n": 1}

    def test_a_start_that_is_not_drawn_is_refused(self, play: Played) -> None:
        """With a hint what to do."""
        with pytest.raises(Invalid):
            play(self.SEVERAL).start("unknown")
        with pytest.raises(Invalid):
            play("start S | message: m -> E\nend E").start()

    def test_a_terminate_end_ends_everything(self, play: Played) -> None:
        """Tasks, timers, subprocesses: nothing is left, and the case has ended."""
        case = play("""
            start Start_1 -> Split
            and Split -> Task_A / Sub / Event_Wait
            user Task_A -> End_Stop
            sub Sub -> End_1
              start S -> Task_B
              user Task_B -> E
              end E
            timer Event_Wait | duration: P1D -> End_1
            end End_Stop | terminate
            end End_1
        """).start()
        case.complete("Task_A")
        assert case.outcome.completed
        assert (case.open, case.waiting, len(case.outcome.withdrawn)) == ([], [], 1)
        assert case.outcome.end_event == "End_Stop"

    def test_a_terminate_end_in_a_subprocess_ends_only_that(self, play: Played) -> None:
        """Its surroundings go on (BPMN 2.0, 10.5.3)."""
        case = play("""
            start Start_1 -> Split
            and Split -> Sub / Task_Other
            sub Sub -> Task_After
              start S -> Split_In
              and Split_In -> Task_A / Task_B
              user Task_A -> Stop
              user Task_B -> E
              end Stop | terminate
              end E
            user Task_After -> End_1
            user Task_Other -> End_1
            end End_1
        """).start()
        case.complete("Task_A")
        assert case.open == ["Task_After", "Task_Other"]


class TestMessages:
    def test_what_is_thrown_goes_out_with_key_and_payload(self, play: Played) -> None:
        """By an event, a send task and an end event; keys are texts."""
        case = play("""
            start Start_1 -> Throw
            throw Throw | message: one | payload: {"x": x} | key: x -> Send
            send Send | message: two | payload: {"list": [x, x]} | key: case_id() -> End_1
            end End_1 | message: three
        """).start(x=1)
        assert [(t.element, t.name, t.key, t.payload) for t in case.outcome.thrown] == [
            ("Throw", "one", "1", {"x": 1}),
            ("Send", "two", "case-1", {"list": [1, 1]}),
            ("End_1", "three", "", {}),
        ]

    def test_a_key_is_taken_when_the_token_begins_to_wait(self, play: Played) -> None:
        """Later changes of the variable do not move the subscription."""
        case = play("""
            start Start_1 -> Split
            and Split -> Event_1 / Task_A
            catch Event_1 | message: m | key: number | var: got -> Join
            user Task_A -> Join
            and Join -> End_1
            end End_1
        """).start(number="INC-1")
        case.complete("Task_A", number="INC-2")
        assert [(m.name, m.key) for m in case.outcome.messages] == [("m", "INC-1")]
        case.receive("Event_1", {"v": [1]})
        assert case.variables["got"] == {"v": [1]}
        assert case.outcome.completed

    def test_an_intermediate_message_without_a_variable_changes_nothing(self, play: Played) -> None:
        """Its payload's keys do not spill over the case."""
        case = play("start S -> C\ncatch C | message: m | key: case_id() -> E\nend E").start(a=1)
        case.receive("C", {"a": 2, "b": 3})
        assert dict(case.variables) == {"a": 1}


class TestRegisters:
    TEXT = """
        start Start_1 -> Task_Create
        task Task_Create | write: thing: title = title; state = "new" -> Task_Read
        task Task_Read | read: thing: thing_id as found -> Task_Change
        task Task_Change | write: thing: id = thing_id; state = "changed" -> Task_Look
        user Task_Look | read: thing: thing_id as seen -> End_1
        end End_1
    """

    def test_a_new_record_gets_a_number_and_is_seen_in_the_same_step(self, play: Played) -> None:
        """Also before the step has been saved; later writes of the step are merged into it."""
        case = play(self.TEXT).start(title="A")
        assert case.variables["thing_id"] == "T-1"
        assert case.variables["found"] == {"id": "T-1", "title": "A", "state": "new"}
        assert case.variables["seen"] == {"id": "T-1", "title": "A", "state": "changed"}
        assert [(w.record_id, w.created, dict(w.fields)) for w in case.outcome.writes] == [
            ("T-1", True, {"title": "A", "state": "new"}),
            ("T-1", False, {"state": "changed"}),
        ]

    def test_a_record_that_is_not_there_reads_as_empty(self, play: Played) -> None:
        """And so does an id that is empty."""
        text = 'start S -> T\nuser T | read: thing: get_var("which") as found -> E\nend E'
        shelf = Shelf({("thing", "T-9"): {"title": "nine"}})
        assert play(text, shelf=shelf).start(which="T-8").variables["found"] is None
        assert play(text, shelf=shelf).start().variables["found"] is None
        assert play(text, shelf=shelf).start(which="T-9").variables["found"] == {"title": "nine", "id": "T-9"}


class TestDecisions:
    TABLE = DecisionTable(
        id="grade", name="Grade", hit_policy="UNIQUE", aggregation="",
        inputs=(Input("I1", "Score", "score"),), outputs=(Output("O1", "grade"),),
        rules=(Rule("R1", 1, (">= 50",), ('"good"',)), Rule("R2", 2, ("< 50",), ('"bad"',))),
    )  # fmt: skip
    TEXT = "start S -> A\nuser A -> R\nrule R | decision: grade -> B\nuser B -> E\nend E"

    def test_outputs_become_variables_and_the_decision_is_told(self, play: Played) -> None:
        """With what it saw and which rule it was."""
        case = play(self.TEXT, tables=(self.TABLE,)).start().complete("A", score=70)
        assert case.variables["grade"] == "good"
        (taken,) = case.outcome.decisions
        assert (taken.element, taken.decision, dict(taken.inputs), taken.rules) == ("R", "grade", {"Score": 70}, ("1",))

    def test_an_input_that_is_missing_fails_the_step_at_the_element(self, play: Played) -> None:
        """The case is told where and why."""
        case = play(self.TEXT, tables=(self.TABLE,)).start()
        with pytest.raises(StepFailed) as caught:
            case.complete("A", other=1)
        assert caught.value.element == "R"


class TestFailures:
    @pytest.mark.parametrize(
        ("line", "expression"),
        [
            ("script X | do: y = nothing + 1 -> End_1", "nothing"),
            ('send X | message: m | payload: {"a": nothing} | key: 1 -> End_1', "nothing"),
            ("send X | message: m | key: nothing -> End_1", "nothing"),
            ("catch X | message: m | key: nothing -> End_1", "nothing"),
            ("timer X | date: nothing -> End_1", "nothing"),
            ('timer X | duration: coalesce("soon") -> End_1', "soon"),
            ('timer X | date: number("5") -> End_1', "number"),
            ("user X | assignee: nothing -> End_1", "nothing"),
            ("user X | priority: nothing -> End_1", "nothing"),
            ("user X | due: nothing -> End_1", "nothing"),
            ("task X | write: thing: title = nothing -> End_1", "nothing"),
            ("task X | read: thing: nothing as r -> End_1", "nothing"),
            ("xor X -> End_1 if nothing / End_2", "nothing"),
        ],
    )
    def test_each_expression_that_fails_says_where(self, play: Played, line: str, expression: str) -> None:
        """The element, and the expression or the value at fault; the values it saw are kept."""
        ends = "\n".join(f"end {end}" for end in ("End_1", "End_2") if end in line)
        case = play(f"start Start_1 -> Task_A\nuser Task_A -> X\n{line}\n{ends}").start(known=1)
        with pytest.raises(StepFailed) as caught:
            case.complete("Task_A")
        assert caught.value.element == "X"
        assert expression in caught.value.expression + caught.value.sentence
        assert caught.value.hint

    def test_a_circle_without_a_wait_is_stopped(self, play: Played) -> None:
        """By the number of steps; the element at work is named."""
        case = play("start S -> M\nxor M -> T\ntask T -> A\nxor A -> E if False / M\nend E")
        with pytest.raises(StepFailed, match="does not wait"):
            case.start()

    @pytest.mark.parametrize("kind", ["task", "user"])
    def test_a_circle_that_splits_for_ever_is_stopped(self, play: Played, kind: str) -> None:
        """By the number of its tokens, before it takes the machine."""
        case = play(f"start S -> M\nxor M -> F\nand F -> M / A\n{kind} A -> E\nend E")
        with pytest.raises(StepFailed, match=r"tokens|does not wait"):
            case.start()

    def test_a_long_automatic_way_within_one_step(self, play: Played) -> None:
        """Two thousand turns of a loop, deeper than SpiffWorkflow walks."""
        case = play("""
            start S -> M
            xor M -> X
            script X | do: n = n + 1 -> A
            xor A -> M if n < 2000 / T
            user T -> E
            end E
        """)
        case.start(n=0)
        assert (case.open, case.variables["n"]) == (["T"], 2000)
        assert case.tokens < 8

    def test_a_token_that_moved_on_is_gone(self, play: Played) -> None:
        """Commands name a token; a used one is refused."""
        case = play("start S -> A\nuser A -> B\nuser B -> E\nend E").start()
        (first,) = case.outcome.tasks
        case.complete("A")
        with pytest.raises(TaskGone):
            case.complete_token(first.token)
        with pytest.raises(TaskGone):
            case.complete_token("999")


class TestOffers:
    def test_who_what_and_when_are_evaluated_as_the_task_is_offered(self, play: Played) -> None:
        """Assignee, priority and due time; they stay as they were offered."""
        case = play("""
            start S -> F
            and F -> A / B
            user A | role: lead | assignee: who | priority: "P1" if urgent else "P3" | due: add_time(now(), "PT4H") -> E
            user B -> E
            end E
        """).start(who="lea", urgent=True)
        (offered,) = [t for t in case.outcome.tasks if t.element == "A"]
        assert (offered.role, offered.assignee, offered.priority) == ("lead", "lea", "P1")
        assert offered.due_at == "2026-03-02T13:00:00Z"
        case.wait(hours=1)
        case.complete("B", who="somebody else", urgent=False)
        assert [t for t in case.outcome.tasks if t.element == "A"] == [offered]

    def test_title_and_business_key_follow_the_variables(self, scripts: ScriptRunner) -> None:
        """Empty while what they need is not there."""
        xml = diagram("P", ONE_TASK, properties={"title": '"About " + subject', "business_key": "number"})
        case = Play(compile_program("P", {"p.bpmn": xml}, ()), scripts).start()
        assert (case.outcome.title, case.outcome.business_key) == ("", "")
        case.complete("Task_A", subject="mail", number="INC-7")
        assert (case.outcome.title, case.outcome.business_key) == ("About mail", "INC-7")
