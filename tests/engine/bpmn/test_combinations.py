# SPDX-License-Identifier: Apache-2.0
"""Whatever the check accepts, the engine plays to its end: element by position by event definition by place."""

from __future__ import annotations

import pytest

from engine.bpmn import FailService
from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import (
    EVENTS,
    KEY,
    LOOPS,
    PLACES,
    TURNS,
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

ACTIVITIES = {
    "task": '<task id="A">{}</task>',
    "scriptTask": '<scriptTask id="A">{}<script>n = get_var("n", 0) + 1</script></scriptTask>',
    "sendTask": f'<sendTask id="A" messageRef="Msg"><extensionElements>{KEY}</extensionElements>{{}}</sendTask>',
    "receiveTask": f'<receiveTask id="A" messageRef="Msg2"><extensionElements>{KEY}</extensionElements>{{}}</receiveTask>',
    "serviceTask": '<serviceTask id="A"><extensionElements><spiffworkflow:serviceTaskOperator id="http/get"/></extensionElements>{}</serviceTask>',
    "manualTask": '<manualTask id="A">{}</manualTask>',
    "subProcess": '<subProcess id="A">{}<startEvent id="aS"/><manualTask id="aA"/><endEvent id="aE"/>\naS -> aA\naA -> aE\n</subProcess>',
    "callActivity": '<callActivity id="A" calledElement="Other">{}</callActivity>',
}
WAITING = ("receiveTask", "serviceTask", "manualTask", "subProcess", "callActivity")
#: Events that come from outside the activity, and how they come.
OUTSIDE = ("message", "timer", "signal", "conditional")


def happen(case: Play, event: str, element: str) -> Play:
    """The event comes about; for a condition, somebody else in the case makes it true."""
    if event == "timer":
        return case.fire(element)
    if event == "conditional":
        return complete(case, "Beside", go=True)
    return case.receive(element, {"from": "outside"})


# --- activities and loops ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", ACTIVITIES)
def test_an_activity_runs_as_often_as_its_loop_says(scripts: ScriptRunner, kind: str, loop: str, place: str) -> None:
    """At every place, also within a turn of another loop."""
    fragment = f'{ACTIVITIES[kind].format(LOOPS[loop])}<endEvent id="fE"/>\nfS -> A\nA -> fE\n'
    case = finish(begin(at(place, fragment).play(scripts), place))
    around = 2 if place in ("loop", "turns") else 1
    inner = {"subProcess": "aA", "callActivity": "oA"}.get(kind, "A")
    assert passed(case, inner) == TURNS[loop] * around
    assert passed(case, "fE") == around


# --- boundary events -----------------------------------------------------------------------------------------------

_BOUNDARY = """{activity}<boundaryEvent id="B" attachedToRef="A" cancelActivity="{interrupting}">{event}</boundaryEvent>
<manualTask id="Next"/><manualTask id="Handler"/><endEvent id="fE"/><endEvent id="bE"/><parallelGateway id="Fork"/>
<manualTask id="Beside"/><endEvent id="oE2"/>
fS -> Fork
Fork -> A
Fork -> Beside
Beside -> oE2
A -> Next
Next -> fE
B -> Handler
Handler -> bE
"""


def bounded(kind: str, loop: str, event: str, interrupting: bool) -> str:
    activity = ACTIVITIES[kind].format(LOOPS[loop])
    return _BOUNDARY.format(activity=activity, event=EVENTS[event], interrupting=str(interrupting).lower())


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("event", OUTSIDE)
@pytest.mark.parametrize("kind", WAITING)
def test_a_boundary_event_happens(scripts: ScriptRunner, kind: str, event: str, loop: str, interrupting: bool) -> None:
    """An interrupting one ends the activity with all its turns; another lets it go on."""
    case = at("process", bounded(kind, loop, event, interrupting)).play(scripts).start()
    before = (case.open, case.waiting)
    happen(case, event, "B")
    assert "Handler" in open_in(case)
    calls = [call.element for call in case.outcome.calls]
    inside = [e for e in [*open_in(case), *case.waiting, *calls] if e in ("A", "aA", "oA")]
    assert bool(inside) is not interrupting, before
    finish(case)
    assert passed(case, "Handler") == 1
    assert passed(case, "Next") == (0 if interrupting else 1)


@pytest.mark.parametrize("place", PLACES[1:])
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("event", OUTSIDE)
@pytest.mark.parametrize("kind", WAITING)
def test_a_boundary_event_happens_at_every_place(
    scripts: ScriptRunner, kind: str, event: str, interrupting: bool, place: str
) -> None:
    """In a subprocess, in a turn of a loop, in an event subprocess, in a called process, two levels down."""
    case = begin(at(place, bounded(kind, "once", event, interrupting)).play(scripts), place)
    happen(case, event, "B")
    assert "Handler" in open_in(case)
    finish(case)
    assert passed(case, "Handler") >= 1


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("event", OUTSIDE)
@pytest.mark.parametrize("kind", WAITING)
def test_a_boundary_event_that_does_not_happen_leaves_nothing(
    scripts: ScriptRunner, kind: str, event: str, loop: str, interrupting: bool
) -> None:
    """When the activity is over, it no longer waits."""
    case = at("process", bounded(kind, loop, event, interrupting)).play(scripts).start()
    for _ in range(TURNS[loop]):
        if kind == "receiveTask":
            case.receive("A")
        elif kind == "serviceTask":
            answer(case, "A")
        else:
            complete(case, {"subProcess": "aA", "callActivity": "oA"}.get(kind, "A"))
    assert open_in(case) == ["Beside", "Next"]
    assert case.waiting == []
    complete(case, "Beside", go=True)
    finish(case)
    assert passed(case, "Handler") == 0


def thrower(kind: str, loop: str, event: str, end: bool) -> tuple[str, str]:
    """(activity that throws, process that it calls)"""
    tag = "endEvent" if end else "intermediateThrowEvent"
    throw = f'<{tag} id="T">{EVENTS[event]}</{tag}>' + ("" if end else '<endEvent id="aE"/>\nT -> aE\n')
    inside = f'<startEvent id="aS"/><manualTask id="aA"/>{throw}\naS -> aA\naA -> T\n'
    if kind == "subProcess":
        return f'<subProcess id="A">{LOOPS[loop]}{inside}</subProcess>', ""
    return f'<callActivity id="A" calledElement="Called">{LOOPS[loop]}</callActivity>', inside


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", ["subProcess", "callActivity"])
@pytest.mark.parametrize(
    ("event", "end", "interrupting"),
    [("error", True, True), ("escalation", True, True), ("escalation", True, False),
     ("escalation", False, True), ("escalation", False, False)],
)  # fmt: skip
@pytest.mark.parametrize("any_code", [False, True])
def test_what_is_thrown_inside_is_caught_at_the_border(
    scripts: ScriptRunner, kind: str, event: str, end: bool, interrupting: bool, loop: str, any_code: bool
) -> None:
    """By its code, or by a boundary event that catches all."""
    activity, called = thrower(kind, loop, event, end)
    caught = f"<{event}EventDefinition/>" if any_code else EVENTS[event]
    fragment = _BOUNDARY.format(activity=activity, event=caught, interrupting=str(interrupting).lower())
    case = written('<startEvent id="fS"/>' + fragment, called).play(scripts).start()
    complete(case, "aA")
    assert "Handler" in open_in(case)
    assert ("aA" in open_in(case)) is (not interrupting and loop != "once")
    finish(case)
    assert passed(case, "Handler") == (1 if interrupting else TURNS[loop])
    assert passed(case, "Next") == (0 if interrupting else 1)
    assert case.outcome.error == ""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("any_code", [False, True])
def test_a_service_that_fails_for_good_is_caught_at_its_border(
    scripts: ScriptRunner, any_code: bool, loop: str, place: str
) -> None:
    """By the code of its failure, or whatever it is; then its loop ends."""
    event = "<errorEventDefinition/>" if any_code else EVENTS["error"]
    activity = ACTIVITIES["serviceTask"].format(LOOPS[loop])
    fragment = _BOUNDARY.format(activity=activity, event=event, interrupting="true")
    case = begin(at(place, fragment).play(scripts), place)
    call = case.outcome.calls[0]
    case._advance(FailService(call.token, call.element, "E1", "It is down."))
    assert "Handler" in open_in(case)
    if place != "turns":
        assert case.outcome.calls == ()
    finish(case)
    assert passed(case, "Handler") == 1


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
def test_a_failing_script_is_caught_at_its_border(scripts: ScriptRunner, loop: str, place: str) -> None:
    """Also when it is done several times; then its loop ends."""
    activity = f'<scriptTask id="A">{LOOPS[loop]}<script>n = 1 / zero</script></scriptTask>'
    event = "<errorEventDefinition><extensionElements><spiffworkflow:variableName>why</spiffworkflow:variableName></extensionElements></errorEventDefinition>"
    fragment = _BOUNDARY.format(activity=activity, event=event, interrupting="true")
    case = begin(at(place, fragment).play(scripts), place, zero=0)
    assert "Handler" in open_in(case)
    finish(case)
    assert passed(case, "Next") == 0


# --- intermediate events -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("event", OUTSIDE)
def test_an_intermediate_event_is_waited_for(scripts: ScriptRunner, event: str, place: str) -> None:
    """The path goes on when it happens."""
    fragment = f"""<intermediateCatchEvent id="C">{EVENTS[event]}</intermediateCatchEvent><manualTask id="Beside"/>
        <manualTask id="Next"/><endEvent id="fE"/><endEvent id="bE"/><parallelGateway id="Fork"/>
        fS -> Fork
        Fork -> C
        Fork -> Beside
        Beside -> bE
        C -> Next
        Next -> fE
    """
    case = begin(at(place, fragment).play(scripts), place)
    assert "Next" not in open_in(case)
    happen(case, event, "C")
    assert "Next" in open_in(case)
    if event != "conditional" or place not in ("loop", "turns"):
        finish(case)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("other", [*OUTSIDE, "receive"])
@pytest.mark.parametrize("event", OUTSIDE)
def test_the_first_event_wins(scripts: ScriptRunner, event: str, other: str, place: str) -> None:
    """Behind an event-based gateway; the other is forgotten."""
    if event == other == "message":
        second = EVENTS["message"].replace('"Msg"', '"Msg2"')
    else:
        second = EVENTS.get(other, "")
    loser = f'<intermediateCatchEvent id="Z">{second}</intermediateCatchEvent>'
    if other == "receive":
        loser = f'<receiveTask id="Z" messageRef="Msg2"><extensionElements>{KEY}</extensionElements></receiveTask>'
    if other == "conditional":
        loser = loser.replace('get_var("go", False)', 'get_var("never", False)')
    fragment = f"""<intermediateCatchEvent id="C">{EVENTS[event]}</intermediateCatchEvent>{loser}<manualTask id="Beside"/>
        <manualTask id="Next"/><manualTask id="Lost"/><endEvent id="fE"/><endEvent id="bE"/><parallelGateway id="Fork"/>
        <eventBasedGateway id="Race"/>
        fS -> Fork
        Fork -> Race
        Race -> C
        Race -> Z
        Fork -> Beside
        Beside -> bE
        C -> Next
        Z -> Lost
        Next -> fE
        Lost -> fE
    """
    case = begin(at(place, fragment).play(scripts), place)
    assert not {"Next", "Lost"} & set(open_in(case))
    happen(case, event, "C")
    assert "Next" in open_in(case)
    assert "Lost" not in open_in(case)
    if place not in ("loop", "turns"):
        assert not {"C", "Z"} & set(case.waiting)
        finish(case)
        assert passed(case, "Lost") == 0


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("tag", "event"),
    [
        *(("intermediateThrowEvent", event) for event in ("none", "message", "signal", "escalation")),
        *(("endEvent", event) for event in ("none", "message", "signal", "escalation", "error", "terminate")),
    ],
)
def test_an_event_is_thrown(scripts: ScriptRunner, tag: str, event: str, place: str) -> None:
    """A message or signal leaves the case; an error that nobody catches ends it; an escalation has no effect."""
    after = "" if tag == "endEvent" else '<manualTask id="Next"/><endEvent id="fE"/>\nT -> Next\nNext -> fE\n'
    fragment = f'<manualTask id="A"/><{tag} id="T">{EVENTS[event]}</{tag}>{after}\nfS -> A\nA -> T\n'
    case = begin(at(place, fragment).play(scripts), place)
    complete(case, "A")
    assert [t.kind for t in case.outcome.thrown] == ([event] if event in ("message", "signal") else [])
    if event == "error":
        assert (case.outcome.completed, case.outcome.error, case.open, case.waiting) == (True, "E1", [], [])
        return
    assert ("Next" in open_in(case)) is (tag != "endEvent")
    finish(case)
    assert passed(case, "T") == (2 if place in ("loop", "turns") else 1)


@pytest.mark.parametrize("place", PLACES)
def test_terminate_ends_what_is_around_it_and_no_more(scripts: ScriptRunner, place: str) -> None:
    """What is beside it in the same scope is withdrawn; what is around that scope goes on."""
    fragment = f"""<manualTask id="A"/><manualTask id="Beside"/><endEvent id="fE"/><endEvent id="T">{EVENTS["terminate"]}</endEvent>
        fS -> A
        fS -> Beside
        A -> T
        Beside -> fE
    """
    case = begin(at(place, fragment).play(scripts), place)
    complete(case, "A")
    assert open_in(case) == {"loop": ["A", "Beside"], "turns": ["A", "Beside"], "event subProcess": ["Main"]}.get(
        place, []
    )
    assert case.outcome.completed is (not case.open)
    finish(case)


@pytest.mark.parametrize("place", PLACES)
def test_links_join_within_their_scope(scripts: ScriptRunner, place: str) -> None:
    """Several throws lead to one catch."""
    link = EVENTS["link"]
    fragment = f"""<intermediateThrowEvent id="L1">{link}</intermediateThrowEvent><intermediateThrowEvent id="L2">{link}</intermediateThrowEvent>
        <intermediateCatchEvent id="L3">{link}</intermediateCatchEvent><manualTask id="Next"/><endEvent id="fE"/>
        fS -> L1
        fS -> L2
        L3 -> Next
        Next -> fE
    """
    case = finish(begin(at(place, fragment).play(scripts), place))
    assert passed(case, "Next") == (4 if place in ("loop", "turns") else 2)


# --- event subprocesses --------------------------------------------------------------------------------------------

_EVENT_SUB = """<manualTask id="A"/><manualTask id="Next"/><manualTask id="Beside"/>{thrower}<endEvent id="fE"/><endEvent id="bE"/>
<subProcess id="Esp" triggeredByEvent="true"><startEvent id="Es" isInterrupting="{interrupting}">{event}</startEvent>
<manualTask id="H"/><endEvent id="Ee"/>
Es -> H
H -> Ee
</subProcess>
fS -> A
fS -> Beside
Beside -> bE
Next -> fE
"""
_WITHIN = """<subProcess id="Within"><startEvent id="wS"/>{throw}
wS -> T
</subProcess>
A -> Within
Within -> Next
"""


def event_sub(event: str, interrupting: bool) -> str:
    if event in ("error", "escalation"):
        throw = f'<endEvent id="T">{EVENTS[event]}</endEvent>'
        flows = _WITHIN.format(throw=throw)
    else:
        flows = "\nA -> Next\n"
    return _EVENT_SUB.format(thrower=flows, interrupting=str(interrupting).lower(), event=EVENTS[event])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("event", "interrupting"),
    [(event, i) for event in (*OUTSIDE, "error", "escalation") for i in (True, False) if i or event != "error"],
)
def test_an_event_subprocess_begins(scripts: ScriptRunner, event: str, interrupting: bool, place: str) -> None:
    """An interrupting one replaces what is around it; another runs beside it."""
    case = begin(at(place, event_sub(event, interrupting)).play(scripts), place)
    if event in ("error", "escalation"):
        complete(case, "A")
    else:
        happen(case, event, "Es")
    assert "H" in open_in(case)
    if place not in ("loop", "turns"):
        assert bool({"A", "Next", "Beside"} & set(open_in(case))) is not interrupting
    for _ in range(2):
        if event == "error" and "A" in open_in(case):
            complete(case, "A")
    finish(case)
    assert case.outcome.error == ""
    assert passed(case, "H") >= 1


def test_an_event_subprocess_that_leaves_the_rest_alone_stays_ready(scripts: ScriptRunner) -> None:
    """But for a timer that fires once; a condition must become false in between."""
    for event in ("message", "signal"):
        case = at("process", event_sub(event, False)).play(scripts).start()
        happen(case, event, "Es")
        happen(case, event, "Es")
        assert open_in(case).count("H") == 2
        finish(case)
    case = at("process", event_sub("timer", False)).play(scripts).start().fire("Es")
    assert case.waiting == []
    case = at("process", event_sub("conditional", False)).play(scripts).start()
    for element, go, begun in (("A", True, 1), ("H", False, 1), ("Beside", True, 2)):
        complete(case, element, go=go)
        assert passed(case, "Es") == begun
    finish(case)


# --- what a case does to itself ------------------------------------------------------------------------------------


def thrown_and_caught(end: bool, caught: str) -> str:
    """A signal that is thrown where it is also waited for."""
    tag = "endEvent" if end else "intermediateThrowEvent"
    after = "" if end else '<endEvent id="tE"/>\nT -> tE\n'
    return f'<startEvent id="aS"/><manualTask id="A"/><{tag} id="T">{EVENTS["signal"]}</{tag}>{after}{caught}\naS -> A\nA -> T\n'


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_ends_what_throws_it(scripts: ScriptRunner, interrupting: bool, end: bool, place: str) -> None:
    """At the border of its subprocess, or lets it go on."""
    cancel = str(interrupting).lower()
    fragment = f"""<subProcess id="Sub1">{thrown_and_caught(end, "")}</subProcess>
        <boundaryEvent id="B" attachedToRef="Sub1" cancelActivity="{cancel}">{EVENTS["signal"]}</boundaryEvent>
        <manualTask id="H"/><manualTask id="Next"/><endEvent id="fE"/>
        fS -> Sub1
        Sub1 -> Next
        Next -> fE
        B -> H
        H -> fE
    """
    case = begin(at(place, fragment).play(scripts), place)
    complete(case, "A")
    assert "H" in open_in(case)
    assert ("Next" in open_in(case)) is not interrupting
    finish(case)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("interrupting", [True, False])
def test_a_signal_begins_an_event_subprocess_beside(
    scripts: ScriptRunner, interrupting: bool, end: bool, place: str
) -> None:
    """Of the scope that throws it."""
    start = f'<startEvent id="Es" isInterrupting="{str(interrupting).lower()}">{EVENTS["signal"]}</startEvent>'
    esp = f'<subProcess id="Esp" triggeredByEvent="true">{start}<manualTask id="H"/><endEvent id="hE"/>\nEs -> H\nH -> hE\n</subProcess>'
    fragment = thrown_and_caught(end, esp).replace('<startEvent id="aS"/>', "").replace("aS ->", "fS ->")
    case = begin(at(place, fragment).play(scripts), place)
    complete(case, "A")
    assert "H" in open_in(case)
    finish(case)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("interrupting", [True, False])
def test_a_script_makes_a_condition_true(scripts: ScriptRunner, interrupting: bool, place: str) -> None:
    """In the same step, before anybody is offered what follows."""
    start = f'<startEvent id="Es" isInterrupting="{str(interrupting).lower()}">{EVENTS["conditional"]}</startEvent>'
    fragment = f"""<manualTask id="A"/><scriptTask id="T"><script>go = True</script></scriptTask><manualTask id="Next"/><endEvent id="fE"/>
        fS -> A
        A -> T
        T -> Next
        Next -> fE
        <subProcess id="Esp" triggeredByEvent="true">{start}<manualTask id="H"/><endEvent id="hE"/>
        Es -> H
        H -> hE
        </subProcess>
    """
    case = begin(at(place, fragment).play(scripts), place)
    complete(case, "A")
    assert "H" in open_in(case)
    assert ("Next" in open_in(case)) is not interrupting
    finish(case)
