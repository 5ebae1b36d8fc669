# SPDX-License-Identifier: Apache-2.0
"""Whatever the check accepts, played to its end: ways to begin, and several flows out of one element."""

from __future__ import annotations

import pytest

from engine.bpmn import Start
from engine.errors import DiagramInvalid, StepFailed
from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import (
    EVENTS,
    KEY,
    LOOPS,
    PLACES,
    answer,
    at,
    begin,
    complete,
    finish,
    open_in,
    passed,
    written,
)
from tests.engine.bpmn.play import Play

STARTS = {
    "none": '<startEvent id="none"/>',
    "message": '<startEvent id="message"><messageEventDefinition messageRef="Msg"/></startEvent>',
    "message2": '<startEvent id="message2"><messageEventDefinition messageRef="Msg2"/></startEvent>',
    "signal": '<startEvent id="signal"><signalEventDefinition signalRef="Sig"/></startEvent>',
    "timer": '<startEvent id="timer"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>',
    "timer2": '<startEvent id="timer2"><timerEventDefinition><timeDate>2027-01-01T09:00Z</timeDate></timerEventDefinition></startEvent>',
}
CALL = '<startEvent id="S"/><callActivity id="Call" calledElement="Called"/><endEvent id="E"/>\nS -> Call\nCall -> E\n'


def started(case: Play, element: str, **data: object) -> Play:
    """The case begun at a start event, as the engine does it for messages, signals and timers."""
    case.outcome = case.runner.start(Start(dict(data), element=element), case._context(), case.shelf)
    case.passed = list(case.outcome.passed)
    return case


def process_with(*starts: str) -> str:
    begun = "".join(STARTS[s] + f'<manualTask id="After_{s}"/>' for s in starts)
    flows = "".join(f"{s} -> After_{s}\nAfter_{s} -> fE\n" for s in starts)
    return f'{begun}<endEvent id="fE"/>\n{flows}'


@pytest.mark.parametrize("start", STARTS)
def test_a_process_with_one_start_event(scripts: ScriptRunner, start: str) -> None:
    """Of any kind; what comes with the start is there."""
    case = started(written(process_with(start)).play(scripts), start, x=1)
    assert (case.open, case.variables["x"]) == ([f"After_{start}"], 1)
    finish(case)


@pytest.mark.parametrize("start", STARTS)
def test_a_process_with_many_start_events_begins_at_one(scripts: ScriptRunner, start: str) -> None:
    """Only the path behind that one is gone."""
    case = started(written(process_with(*STARTS)).play(scripts), start)
    assert case.open == [f"After_{start}"]
    finish(case)
    assert case.passed == [start, f"After_{start}", "fE"]


def test_a_process_without_none_start_is_not_started_by_hand(scripts: ScriptRunner) -> None:
    """With one it is, whatever other starts it has."""
    assert not written(process_with("message", "signal", "timer")).play(scripts).runner.program.model.starts_by_hand
    assert written(process_with("message", "none")).play(scripts).runner.program.model.starts_by_hand


def test_a_called_process_begins_at_its_none_start(scripts: ScriptRunner) -> None:
    """Also if others are drawn before it."""
    case = written(CALL, process_with("message", "signal", "timer", "none")).play(scripts).start()
    assert open_in(case) == ["After_none"]
    finish(case)


@pytest.mark.parametrize("starts", [("message",), ("signal", "timer")])
def test_a_process_that_only_events_start_cannot_be_called(scripts: ScriptRunner, starts: tuple[str, ...]) -> None:
    """It is found when the caller is published."""
    with pytest.raises(DiagramInvalid, match="no start event without trigger") as caught:
        written(CALL, process_with(*starts)).play(scripts)
    assert [(f.rule, f.element, f.file) for f in caught.value.findings] == [("call-start", "Call", "p.bpmn")]


# --- several flows out of one element ------------------------------------------------------------------------------

SOURCES = {
    "task": '<task id="A">{}</task>',
    "scriptTask": '<scriptTask id="A">{}<script>n = 1</script></scriptTask>',
    "sendTask": f'<sendTask id="A" messageRef="Msg"><extensionElements>{KEY}</extensionElements>{{}}</sendTask>',
    "serviceTask": '<serviceTask id="A"><extensionElements><spiffworkflow:serviceTaskOperator id="http/get"/></extensionElements>{}</serviceTask>',
    "manualTask": '<manualTask id="A">{}</manualTask>',
    "receiveTask": f'<receiveTask id="A" messageRef="Msg2"><extensionElements>{KEY}</extensionElements>{{}}</receiveTask>',
    "subProcess": '<subProcess id="A">{}<startEvent id="aS"/><manualTask id="aA"/><endEvent id="aE"/>\naS -> aA\naA -> aE\n</subProcess>',
    "callActivity": '<callActivity id="A" calledElement="Other">{}</callActivity>',
    "catch": f'<intermediateCatchEvent id="A">{EVENTS["timer"]}</intermediateCatchEvent>',
    "throw": '<intermediateThrowEvent id="A"/>',
}
ACTIVITIES = [name for name in SOURCES if name not in ("catch", "throw")]
_FORK = """{source}<manualTask id="B"/><manualTask id="C"/><endEvent id="bE"/><endEvent id="cE"/>
fS -> A
B -> bE
C -> cE
"""


def until_forked(case: Play) -> Play:
    """Everything up to the fork done."""
    for _ in range(8):
        names = open_in(case)
        if {"B", "C"} & set(names) or case.outcome.completed:
            return case
        if case.outcome.tasks:
            case.complete_token(case.outcome.tasks[0].token)
        elif case.outcome.calls:
            answer(case, case.outcome.calls[0].element)
        elif case.outcome.messages:
            case.receive(case.outcome.messages[0].element)
        else:
            case.fire(case.outcome.timers[0].element)
    raise AssertionError(f"the fork was not reached: {case.open}, {case.waiting}")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("source", SOURCES)
def test_several_flows_are_all_taken(scripts: ScriptRunner, source: str, place: str) -> None:
    """Out of activities and events alike (BPMN 2.0: uncontrolled flow)."""
    fragment = _FORK.format(source=SOURCES[source].format("")) + "A -> B\nA -> C\n"
    case = begin(at(place, fragment).play(scripts), place)
    if place != "turns" and source != "subProcess":
        assert {"B", "C"} <= set(open_in(until_forked(case)))
    finish(case)
    around = 2 if place in ("loop", "turns") else 1
    assert (passed(case, "B"), passed(case, "C")) == (around, around)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize(("flows", "taken"), [
    ("A -> B if yes\nA -> C if True\n", {True: {"B", "C"}, False: {"C"}}),
    ("A -> B if yes\nA -> C\n", {True: {"B", "C"}, False: {"C"}}),
    ("default:A -> B if yes\nA -> C\n", {True: {"B"}, False: {"C"}}),
    ("A -> B if yes\nA -> C if not yes\n", {True: {"B"}, False: {"C"}}),
])  # fmt: skip
@pytest.mark.parametrize("source", ACTIVITIES)
def test_conditions_on_flows_out_of_activities_count(
    scripts: ScriptRunner, source: str, flows: str, taken: dict[bool, set[str]], yes: bool, loop: str
) -> None:
    """Those that hold are taken, those without condition too, and the default if no other is."""
    activity = SOURCES[source].format(LOOPS[loop])
    if flows.startswith("default:"):
        flows, activity = flows.removeprefix("default:"), activity.replace('id="A"', 'id="A" default="A_C"', 1)
    case = at("process", _FORK.format(source=activity) + flows).play(scripts).start(yes=yes)
    until_forked(case)
    assert set(open_in(case)) == taken[yes]
    finish(case)


@pytest.mark.parametrize("source", ACTIVITIES)
def test_a_lone_condition_that_does_not_hold_stops_the_step(scripts: ScriptRunner, source: str) -> None:
    """The check warns of it."""
    fragment = _FORK.format(source=SOURCES[source].format("")).replace("C -> cE", "").replace(
        '<manualTask id="C"/>', "").replace('<endEvent id="cE"/>', "") + "A -> B if yes\n"  # fmt: skip
    files = at("process", fragment)
    assert "condition-alone" in {finding.rule for finding in files.findings()}
    assert open_in(until_forked(begin(files.play(scripts), "process", yes=True))) == ["B"]
    with pytest.raises(StepFailed, match="A"):
        until_forked(begin(files.play(scripts), "process", yes=False))


def test_a_start_event_and_a_boundary_event_may_fork_too(scripts: ScriptRunner) -> None:
    """Each time the boundary event happens."""
    fragment = f"""<manualTask id="A"/><boundaryEvent id="B" attachedToRef="A" cancelActivity="false">{EVENTS["signal"]}</boundaryEvent>
        <manualTask id="One"/><manualTask id="Two"/><endEvent id="fE"/>
        fS -> A
        fS -> Two
        B -> One
        B -> Two
        A -> fE
        One -> fE
        Two -> fE
    """
    case = at("process", fragment).play(scripts).start()
    assert open_in(case) == ["A", "Two"]
    case.receive("B").receive("B")
    assert open_in(case) == ["A", "One", "One", "Two", "Two", "Two"]
    finish(case)


# --- several tokens on one path ------------------------------------------------------------------------------------

_TWICE = f"""<manualTask id="A"/><boundaryEvent id="B" attachedToRef="A" cancelActivity="false">{EVENTS["signal"]}</boundaryEvent>
<manualTask id="One"/><manualTask id="Two"/><manualTask id="Z"/><endEvent id="fE"/><endEvent id="zE"/>
<{{gateway}} id="Split"/><{{gateway}} id="Join"/>
fS -> A
A -> fE
B -> Split
Split -> One{{condition}}
Split -> Two{{condition}}
One -> Join
Two -> Join
Join -> Z
Z -> zE
"""
GATEWAYS = [("parallelGateway", ""), ("inclusiveGateway", " if True")]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("gateway", "condition"), GATEWAYS)
def test_each_token_splits_for_itself(scripts: ScriptRunner, gateway: str, condition: str, place: str) -> None:
    """What an earlier one has set going stays."""
    case = begin(at(place, _TWICE.format(gateway=gateway, condition=condition)).play(scripts), place)
    case.receive("B").receive("B")
    assert (open_in(case).count("One"), open_in(case).count("Two")) == (2, 2)
    finish(case)
    assert passed(case, "Z") == 2


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("gateway", "condition"), GATEWAYS)
def test_each_pair_of_tokens_is_joined_for_itself(
    scripts: ScriptRunner, gateway: str, condition: str, place: str
) -> None:
    """What went on behind the join before stays, and so does a token that has no partner yet."""
    case = begin(at(place, _TWICE.format(gateway=gateway, condition=condition)).play(scripts), place)
    for _ in range(2):
        case.receive("B")
        complete(case, "One")
        complete(case, "Two")
    assert open_in(case).count("Z") == 2
    case.receive("B").receive("B")
    for element, joined in (("One", 2), ("One", 2), ("Two", 3), ("Two", 4)):
        complete(case, element)
        assert gateway == "inclusiveGateway" or open_in(case).count("Z") == joined
    finish(case)
    assert passed(case, "Z") == 4


def test_a_case_stays_small_however_often_it_splits_and_joins(scripts: ScriptRunner) -> None:
    """The fortieth turn holds no more tokens than the second."""
    case = at("process", _TWICE.format(gateway="parallelGateway", condition="")).play(scripts).start()
    sizes = []
    for _ in range(40):
        case.receive("B")
        for element in ("One", "Two", "Z"):
            complete(case, element)
        sizes.append(case.tokens)
    assert sizes[-1] <= sizes[1]


def test_two_flows_between_the_same_two_are_two_tokens(scripts: ScriptRunner) -> None:
    """Drawn by mistake or not, each counts."""
    text = '<manualTask id="A"/><manualTask id="B"/><endEvent id="fE"/>\nfS -> A\nA -> B\nB -> fE\n'
    text += '<sequenceFlow id="again" sourceRef="A" targetRef="B"/>'
    case = at("process", text).play(scripts).start()
    complete(case, "A")
    assert open_in(case) == ["B", "B"]
    finish(case)
