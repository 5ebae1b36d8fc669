# SPDX-License-Identifier: Apache-2.0
"""Signals, errors, escalations, conditions, links and event sub-processes, thrown and caught."""

from __future__ import annotations

import pytest

from engine.errors import StepFailed
from tests.engine.bpmn.plain import plain
from tests.engine.bpmn.play import Play

DEFINITIONS = (
    '<signal id="Sig" name="alarm"/><error id="Err" errorCode="E1"/><error id="Other" errorCode="E2"/>'
    '<escalation id="Esc" escalationCode="X1"/>'
)


def play(scripts, process: str, **data) -> Play:
    return Play(plain(process, DEFINITIONS), scripts).start(**data)


SUB_THROWS = """
<startEvent id="S"/><subProcess id="Sub"><startEvent id="SS"/><userTask id="A"/>{throw}<scriptTask id="After"><script>ran = 1</script></scriptTask><endEvent id="SE"/>
SS -> A
A -> T
{rest}
</subProcess>
<boundaryEvent id="Caught" attachedToRef="Sub" cancelActivity="{cancel}"><{kind}EventDefinition {kind}Ref="{ref}"/></boundaryEvent>
<userTask id="Next"/><userTask id="Handler"/><endEvent id="E"/><endEvent id="E2"/>
S -> Sub
Sub -> Next
Next -> E
Caught -> Handler
Handler -> E2
"""


def thrown(kind: str, ref: str, *, cancel: bool = True, end: bool = False, catches: str = "") -> str:
    node = "endEvent" if end else "intermediateThrowEvent"
    throw = f'<{node} id="T"><{kind}EventDefinition {kind}Ref="{ref}"/></{node}>'
    rest = "" if end else "T -> After\nAfter -> SE"
    text = SUB_THROWS.format(throw=throw, rest=rest, cancel=str(cancel).lower(), kind=kind, ref=catches or ref)
    return (
        text
        if not end
        else text.replace('<scriptTask id="After"><script>ran = 1</script></scriptTask><endEvent id="SE"/>', "")
    )


def test_an_error_ends_the_subprocess_and_goes_on_at_its_boundary(scripts) -> None:
    """Nothing behind the subprocess runs."""
    case = play(scripts, thrown("error", "Err", end=True)).complete("A")
    assert case.open == ["Handler"]
    assert case.complete("Handler").outcome.completed


def test_an_error_that_nobody_catches_ends_the_case_with_it(scripts) -> None:
    """Another code is not caught; the outcome names the error."""
    case = play(scripts, thrown("error", "Err", end=True, catches="Other")).complete("A")
    assert (case.outcome.completed, case.outcome.error, case.open) == (True, "E1", [])


def test_an_interrupting_escalation_takes_effect_at_once(scripts) -> None:
    """The element behind the throw does not run."""
    case = play(scripts, thrown("escalation", "Esc")).complete("A")
    assert case.open == ["Handler"]
    assert "ran" not in case.variables


def test_a_non_interrupting_escalation_lets_both_go_on(scripts) -> None:
    """The subprocess runs to its end, the handler beside it."""
    case = play(scripts, thrown("escalation", "Esc", cancel=False)).complete("A")
    assert case.open == ["Handler", "Next"]
    assert case.variables["ran"] == 1


def test_an_escalation_that_nobody_catches_is_passed_over(scripts) -> None:
    """BPMN 2.0: it has no effect."""
    text = thrown("escalation", "Esc").replace(
        'escalationRef="Esc"/></boundaryEvent>', 'escalationRef="None"/></boundaryEvent>'
    )
    case = Play(plain(text, DEFINITIONS + '<escalation id="None" escalationCode="other"/>'), scripts).start()
    assert case.complete("A").open == ["Next"]


def test_a_signal_reaches_its_own_case_and_goes_out(scripts) -> None:
    """A catcher in the same case goes on at once; the outcome carries the signal for the others."""
    case = play(scripts, """
        <startEvent id="S"/><parallelGateway id="F"/><userTask id="A"/>
        <intermediateThrowEvent id="T"><signalEventDefinition signalRef="Sig"/></intermediateThrowEvent><endEvent id="E"/>
        <intermediateCatchEvent id="C"><signalEventDefinition signalRef="Sig"/></intermediateCatchEvent>
        <userTask id="B"/><endEvent id="E2"/>
        S -> F
        F -> A
        A -> T
        T -> E
        F -> C
        C -> B
        B -> E2
    """)  # fmt: skip
    assert [m.kind for m in case.outcome.messages] == ["signal"]
    case.complete("A")
    assert case.open == ["B"]
    assert [(t.kind, t.name) for t in case.outcome.thrown] == [("signal", "alarm")]


def test_a_signal_end_event_throws_too(scripts) -> None:
    """SpiffWorkflow itself ignores it."""
    case = play(
        scripts, '<startEvent id="S"/><endEvent id="E"><signalEventDefinition signalRef="Sig"/></endEvent>\nS -> E'
    )
    assert [t.name for t in case.outcome.thrown] == ["alarm"]


def test_a_condition_fires_when_it_becomes_true(scripts) -> None:
    """On whatever changes the variables in the same case."""
    case = play(scripts, """
        <startEvent id="S"/><parallelGateway id="F"/><userTask id="A"/><endEvent id="E"/>
        <intermediateCatchEvent id="C"><conditionalEventDefinition><condition>n &gt; 2</condition></conditionalEventDefinition>
        </intermediateCatchEvent><userTask id="B"/><endEvent id="E2"/><userTask id="A2"/>
        S -> F
        F -> A
        A -> A2
        A2 -> E
        F -> C
        C -> B
        B -> E2
    """, n=1)  # fmt: skip
    assert case.complete("A", n=2).open == ["A2"]
    assert case.complete("A2", n=3).open == ["B"]


def test_a_link_goes_on_where_it_is_caught(scripts) -> None:
    """Within its scope, like a flow."""
    case = play(scripts, """
        <startEvent id="S"/><intermediateThrowEvent id="L1"><linkEventDefinition name="x"/></intermediateThrowEvent>
        <intermediateCatchEvent id="L2"><linkEventDefinition name="x"/></intermediateCatchEvent><userTask id="A"/><endEvent id="E"/>
        S -> L1
        L2 -> A
        A -> E
    """)  # fmt: skip
    assert case.open == ["A"]
    assert case.passed == ["S", "L1", "L2"]


def test_several_flows_out_of_a_task_are_a_parallel_split(scripts) -> None:
    """BPMN 2.0, 10.3: uncontrolled flow."""
    case = play(scripts, """
        <startEvent id="S"/><userTask id="A"/><userTask id="B"/><userTask id="C"/><endEvent id="E"/>
        S -> A
        A -> B
        A -> C
        B -> E
        C -> E
    """)  # fmt: skip
    assert case.complete("A").open == ["B", "C"]


def test_a_condition_on_a_flow_out_of_a_task_counts(scripts) -> None:
    """With the task's default when no condition is true."""
    text = """
        <startEvent id="S"/><userTask id="A" default="A_C"/><userTask id="B"/><userTask id="C"/><endEvent id="E"/>
        S -> A
        A -> B if yes
        A -> C
        B -> E
        C -> E
    """
    assert play(scripts, text).complete("A", yes=True).open == ["B"]
    assert play(scripts, text).complete("A", yes=False).open == ["C"]


def test_a_flow_without_condition_is_taken_beside_those_with_one(scripts) -> None:
    """Unless it is the default."""
    text = """
        <startEvent id="S"/><userTask id="A"/><userTask id="B"/><userTask id="C"/><endEvent id="E"/>
        S -> A
        A -> B if yes
        A -> C
        B -> E
        C -> E
    """
    assert play(scripts, text).complete("A", yes=True).open == ["B", "C"]
    assert play(scripts, text).complete("A", yes=False).open == ["C"]


def test_an_error_without_code_catches_every_error(scripts) -> None:
    """Whatever its name."""
    text = thrown("error", "Err", end=True, catches="Any")
    case = Play(plain(text, DEFINITIONS + '<error id="Any" name="any"/>'), scripts).start()
    assert case.complete("A").open == ["Handler"]


def test_a_process_that_begins_with_a_signal_is_not_started_by_hand() -> None:
    """Nor with a message or at a time."""
    text = '<startEvent id="S"><signalEventDefinition signalRef="Sig"/></startEvent><endEvent id="E"/>\nS -> E'
    assert not plain(text, DEFINITIONS).model.starts_by_hand


def test_what_a_repeated_event_writes_is_written_each_time(scripts) -> None:
    """The register is drawn at the boundary event."""
    store = '<dataStore id="Store" name="thing"/>'
    case = Play(plain("""
        <startEvent id="S"/><userTask id="A"/><endEvent id="E"/><endEvent id="E2"/><dataStoreReference id="Ref" dataStoreRef="Store"/>
        <boundaryEvent id="B" attachedToRef="A" cancelActivity="false"><dataOutputAssociation><targetRef>Ref</targetRef>
        <assignment><from>"late"</from><to>state</to></assignment></dataOutputAssociation>
        <timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></boundaryEvent>
        S -> A
        A -> E
        B -> E2
    """, store), scripts).start()  # fmt: skip
    for _ in range(2):
        case.fire("B")
        assert [(w.element, dict(w.fields)) for w in case.outcome.writes] == [("B", {"state": "late"})]


EVENT_SUB = """
<startEvent id="S"/><userTask id="A"/><userTask id="B"/><endEvent id="E"/>
<subProcess id="Esp" triggeredByEvent="true"><startEvent id="Es" isInterrupting="{interrupting}">{event}</startEvent>
<userTask id="H"/><endEvent id="Ee"/>
Es -> H
H -> Ee
</subProcess>
S -> A
A -> B
B -> E
"""
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
CYCLE = "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="M"><extensionElements><spiffworkflow:messageVariable>got</spiffworkflow:messageVariable></extensionElements></messageEventDefinition>'


def event_sub(scripts, event: str, interrupting: bool) -> Play:
    text = EVENT_SUB.format(event=event, interrupting=str(interrupting).lower())
    return Play(plain(text, DEFINITIONS + '<message id="M" name="m"/>'), scripts).start()


def test_an_interrupting_event_subprocess_replaces_its_scope(scripts) -> None:
    """The open task is withdrawn; the case ends with the event sub-process."""
    case = event_sub(scripts, TIMER, True)
    assert case.wait(hours=1) == ["Es"]
    assert (case.open, case.waiting, len(case.outcome.withdrawn)) == (["H"], [], 1)
    assert case.complete("H").outcome.completed


def test_a_non_interrupting_event_subprocess_runs_beside(scripts) -> None:
    """Both must end before the case does."""
    case = event_sub(scripts, TIMER, False)
    case.wait(hours=1)
    assert case.open == ["A", "H"]
    case.complete("A").complete("B")
    assert not case.outcome.completed
    assert case.complete("H").outcome.completed


def test_it_can_happen_again_while_its_scope_runs(scripts) -> None:
    """A cycle starts it each time; when the scope is over it no longer does."""
    case = event_sub(scripts, CYCLE, False)
    assert case.wait(hours=2.5) == ["Es", "Es"]
    assert case.open == ["A", "H", "H"]
    for element in ("A", "B", "H", "H"):
        case.complete(element)
    assert (case.outcome.completed, case.waiting) == (True, [])


def test_an_armed_event_subprocess_does_not_keep_the_case(scripts) -> None:
    """A case whose tokens have ended is over, whatever could still have happened."""
    case = event_sub(scripts, TIMER, True).complete("A").complete("B")
    assert (case.outcome.completed, case.waiting) == (True, [])


def test_a_message_starts_it_with_its_payload(scripts) -> None:
    """The payload is in its variable when it begins."""
    case = event_sub(scripts, MESSAGE, True).receive("Es", {"n": 7})
    assert (case.open, case.variables["got"]) == (["H"], {"n": 7})


def test_an_event_subprocess_catches_the_errors_of_its_scope(scripts) -> None:
    """Also those thrown in a subprocess inside that has no boundary event for it."""
    case = play(scripts, """
        <startEvent id="S"/><subProcess id="Sub"><startEvent id="SS"/><userTask id="A"/>
        <endEvent id="SE"><errorEventDefinition errorRef="Err"/></endEvent>
        SS -> A
        A -> SE
        </subProcess><endEvent id="E"/>
        <subProcess id="Esp" triggeredByEvent="true"><startEvent id="Es"><errorEventDefinition errorRef="Err"/></startEvent>
        <userTask id="H"/><endEvent id="Ee"/>
        Es -> H
        H -> Ee
        </subProcess>
        S -> Sub
        Sub -> E
    """).complete("A")  # fmt: skip
    assert case.open == ["H"]
    assert case.complete("H").outcome.completed


def test_an_event_subprocess_belongs_to_its_subprocess(scripts) -> None:
    """It is armed when the subprocess begins and interrupts only that."""
    case = play(scripts, """
        <startEvent id="S"/><userTask id="First"/><subProcess id="Sub"><startEvent id="SS"/><userTask id="A"/><endEvent id="SE"/>
        SS -> A
        A -> SE
        <subProcess id="Esp" triggeredByEvent="true"><startEvent id="Es"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent>
        <userTask id="H"/><endEvent id="Ee"/>
        Es -> H
        H -> Ee
        </subProcess></subProcess><userTask id="Next"/><endEvent id="E"/>
        S -> First
        First -> Sub
        Sub -> Next
        Next -> E
    """)  # fmt: skip
    assert case.waiting == []
    assert case.complete("First").waiting == ["Es"]
    case.wait(hours=1)
    assert case.open == ["H"]
    assert case.complete("H").open == ["Next"]


def test_a_failing_script_is_an_error_that_a_boundary_event_catches(scripts) -> None:
    """Without one the step fails as a whole."""
    text = """
        <startEvent id="S"/><userTask id="A"/><scriptTask id="X"><script>n = 1 / zero</script></scriptTask><endEvent id="E"/>{boundary}
        S -> A
        A -> X
        X -> E
    """
    caught = '<boundaryEvent id="B" attachedToRef="X"><errorEventDefinition/></boundaryEvent><userTask id="H"/><endEvent id="E2"/>\nB -> H\nH -> E2'
    case = Play(plain(text.format(boundary=caught)), scripts).start(zero=0)
    assert case.complete("A").open == ["H"]
    with pytest.raises(StepFailed):
        Play(plain(text.format(boundary="")), scripts).start(zero=0).complete("A")
