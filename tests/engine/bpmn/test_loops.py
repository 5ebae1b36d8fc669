# SPDX-License-Identifier: Apache-2.0
"""Activities that run several times: standard loop, sequential and parallel multi-instance."""

from __future__ import annotations

import pytest

from engine.errors import StepFailed
from tests.engine.bpmn.plain import plain
from tests.engine.bpmn.play import Play

MULTI = """
<startEvent id="S"/><userTask id="A"><multiInstanceLoopCharacteristics isSequential="{sequential}">
{what}<inputDataItem id="i" name="one"/>
<loopDataOutputRef>answers</loopDataOutputRef><outputDataItem id="o" name="answer"/>{condition}
</multiInstanceLoopCharacteristics></userTask><userTask id="B"/><endEvent id="E"/>
S -> A
A -> B
B -> E
"""
LIST = "<loopDataInputRef>items</loopDataInputRef>"


def multi(scripts, sequential: bool = False, what: str = LIST, condition: str = "") -> Play:
    text = MULTI.format(sequential=str(sequential).lower(), what=what, condition=condition)
    return Play(plain(text), scripts)


def test_parallel_turns_are_offered_together_and_outputs_keep_the_order_of_the_items(scripts) -> None:
    """Whatever the order of completion, outputs[n] belongs to items[n]."""
    case = multi(scripts).start(items=["x", None, "z"])
    assert [t.local["one"] for t in case.outcome.tasks] == ["x", None, "z"]
    for task in reversed(case.outcome.tasks):
        case.complete_token(task.token, answer=f"{task.local['one']}!")
    assert case.open == ["B"]
    assert case.variables["answers"] == ["x!", "None!", "z!"]


def test_sequential_turns_come_one_after_the_other(scripts) -> None:
    """The second is offered when the first is done, also for an empty item."""
    case = multi(scripts, sequential=True).start(items=["x", None])
    assert [t.local for t in case.outcome.tasks] == [{"loopCounter": 1, "one": "x", "answer": None}]
    case.complete("A", answer=1)
    assert [t.local for t in case.outcome.tasks] == [{"loopCounter": 2, "one": None, "answer": None}]
    assert case.complete("A", answer=2).variables["answers"] == [1, 2]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_empty_list_is_passed_over(scripts, sequential: bool) -> None:
    """No turn, an empty list of outputs, and the case goes on."""
    case = multi(scripts, sequential).start(items=[])
    assert (case.open, case.variables["answers"]) == (["B"], [])


def test_a_number_of_turns_may_be_given_instead(scripts) -> None:
    """The cardinality counts from 1."""
    case = multi(scripts, what="<loopCardinality>count + 1</loopCardinality>").start(count=2)
    assert [t.local["one"] for t in case.outcome.tasks] == [1, 2, 3]


def test_enough_is_enough(scripts) -> None:
    """With its completion condition true the rest is withdrawn."""
    condition = "<completionCondition>numberOfCompletedInstances &gt;= 2</completionCondition>"
    case = multi(scripts, condition=condition).start(items=[1, 2, 3, 4])
    case.complete("A", answer="a")
    case.complete("A", answer="b")
    assert case.open == ["B"]
    assert case.variables["answers"] == ["a", "b", None, None]


def test_what_a_turn_sets_stays_in_it_but_for_what_was_there(scripts) -> None:
    """A new name belongs to the turn; a name of the case is the case's."""
    case = multi(scripts).start(items=[1, 2], total=0)
    case.complete("A", answer=1, note="mine", total=5)
    assert "note" not in case.variables
    assert case.variables["total"] == 5
    assert "note" not in case.outcome.tasks[0].local


def test_nested_values_are_not_shared_between_turns(scripts) -> None:
    """Each turn has its own item, and a turn's change of it changes nothing else."""
    case = multi(scripts).start(items=[{"n": 1}, {"n": 2}])
    case.complete("A", one={"n": 99}, answer="x")
    assert case.variables["items"] == [{"n": 1}, {"n": 2}]


def test_the_output_of_a_turn_is_its_own_also_if_the_case_has_one_of_that_name(scripts) -> None:
    """Two turns that are under way at the same time do not write over each other's."""
    text = SUB.replace("</multiInstanceLoopCharacteristics>", OUTPUT + "</multiInstanceLoopCharacteristics>")
    case = Play(plain(text), scripts).start(items=["p", "q"], answer="of the case")
    first, second = case.outcome.tasks
    case.complete_token(first.token, answer="of p").complete_token(second.token, answer="of q")
    case.complete("Y").complete("Y")
    assert case.variables["answers"] == ["of p", "of q"]
    assert case.variables["answer"] == "of the case"


def test_something_that_is_no_list_fails_the_step(scripts) -> None:
    """The error names the activity and what it got."""
    with pytest.raises(StepFailed, match="no list") as caught:
        multi(scripts).start(items="abc")
    assert caught.value.element == "A"


OUTPUT = '<loopDataOutputRef>answers</loopDataOutputRef><outputDataItem id="o" name="answer"/>'
LOOP = """
<startEvent id="S"/><userTask id="A"><standardLoopCharacteristics {attributes}>{condition}
</standardLoopCharacteristics></userTask><endEvent id="E"/>
S -> A
A -> E
"""


def loop(scripts, condition: str = "", attributes: str = "") -> Play:
    inner = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    return Play(plain(LOOP.format(condition=inner, attributes=attributes)), scripts)


def test_a_loop_goes_on_while_its_condition_is_true(scripts) -> None:
    """Tested after each turn; the variables are the case's."""
    case = loop(scripts, "again").start()
    case.complete("A", again=True)
    assert case.open == ["A"]
    assert case.complete("A", again=False).outcome.completed


def test_a_loop_may_be_tested_before_its_first_turn(scripts) -> None:
    """Then it may have no turn at all."""
    assert loop(scripts, "again", 'testBefore="true"').start(again=False).outcome.completed


def test_a_loop_ends_at_its_maximum(scripts) -> None:
    """Even while its condition is true."""
    case = loop(scripts, "True", 'loopMaximum="2"').start()
    assert not case.complete("A").outcome.completed
    assert case.complete("A").outcome.completed


SUB = """
<startEvent id="S"/><subProcess id="Sub"><multiInstanceLoopCharacteristics>
<loopDataInputRef>items</loopDataInputRef><inputDataItem id="i" name="one"/>
</multiInstanceLoopCharacteristics><startEvent id="SS"/><userTask id="X"/><userTask id="Y"/><endEvent id="SE"/>
SS -> X
X -> Y
Y -> SE
</subProcess><boundaryEvent id="Late" attachedToRef="Sub"><timerEventDefinition>
<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
<userTask id="After"/><userTask id="TooLate"/><endEvent id="E"/><endEvent id="E2"/>
S -> Sub
Sub -> After
After -> E
Late -> TooLate
TooLate -> E2
"""


def test_a_subprocess_runs_per_item_with_its_own_variables(scripts) -> None:
    """Each turn is somewhere else, and what is set in one is seen there only."""
    case = Play(plain(SUB), scripts).start(items=["p", "q"])
    case.complete("X", seen="by p")
    tasks = {t.element: t.local for t in case.outcome.tasks}
    assert tasks["Y"]["one"] == "p"
    assert tasks["Y"]["seen"] == "by p"
    assert "seen" not in tasks["X"]
    for element in ("X", "Y", "Y"):
        case.complete(element)
    assert case.open == ["After"]


def test_an_interrupting_timer_ends_all_turns(scripts) -> None:
    """No turn goes on, and the case ends whole."""
    case = Play(plain(SUB), scripts).start(items=["p", "q"])
    case.complete("X")
    assert case.wait(hours=2) == ["Late"]
    assert (case.open, case.waiting) == (["TooLate"], [])
    assert case.complete("TooLate").outcome.completed


def test_the_state_stays_small_over_many_turns(scripts) -> None:
    """The hundredth turn of a sequential loop holds no more tokens than the second."""
    case = multi(scripts, sequential=True).start(items=list(range(100)))
    case.complete("A", answer=0)
    early = case.tokens
    for _ in range(90):
        case.complete("A", answer=0)
    assert case.tokens <= early
