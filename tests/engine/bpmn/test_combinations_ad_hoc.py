# SPDX-License-Identifier: Apache-2.0
"""Ad hoc subprocesses at every place, with every kind of activity in them and every event on them."""

from __future__ import annotations

import pytest

from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import (
    EVENTS,
    LOOPS,
    PLACES,
    TURNS,
    at,
    begin,
    complete,
    finish,
    open_in,
    passed,
    short,
)
from tests.engine.bpmn.play import Play
from tests.engine.bpmn.test_combinations import OUTSIDE, happen
from tests.engine.bpmn.test_combinations_undone import DOES

_AD_HOC = """<adHocSubProcess id="H"{attributes}>{loop}{inside}{condition}</adHocSubProcess>
<manualTask id="Next"/><endEvent id="fE"/>
fS -> H
H -> Next
Next -> fE
"""
MODES = {
    "parallel": ("", ""),
    "sequential": (' ordering="Sequential"', ""),
    "until": ("", "<completionCondition>True</completionCondition>"),
    "until, wait": (
        ' cancelRemainingInstances="false"',
        "<completionCondition>True</completionCondition>",
    ),
}


def ad_hoc(mode: str, inside: str, loop: str = "once") -> str:
    attributes, condition = MODES[mode]
    return _AD_HOC.format(attributes=attributes, condition=condition, inside=inside, loop=LOOPS[loop])


def choose(case: Play, element: str) -> Play:
    return case.choose(next(e for e in case.choices if short(e) == element))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", DOES)
def test_every_activity_can_be_begun(scripts: ScriptRunner, kind: str, loop: str, place: str) -> None:
    """As often as its loop says each time; also one with a loop, at every place."""
    case = begin(at(place, ad_hoc("parallel", DOES[kind].format(LOOPS[loop]))).play(scripts), place)
    finish(choose(case, "A"))
    inner = {"subProcess": "aA", "transaction": "aA", "callActivity": "oA"}.get(kind, "A")
    assert passed(case, inner) >= TURNS[loop]
    assert passed(case, inner) % TURNS[loop] == 0


#: What is open after A, in which C follows A and B was begun too; what is left to do before the case goes on.
LEFT = {"parallel": ["B", "C"], "sequential": ["C"], "until": [], "until, wait": ["B", "C"]}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mode", MODES)
def test_it_goes_on_when_it_is_enough(scripts: ScriptRunner, mode: str, place: str) -> None:
    """When a person says so, or the condition."""
    inside = '<manualTask id="A"/><manualTask id="B"/><manualTask id="C"/>\nA -> C\n'
    case = begin(at(place, ad_hoc(mode, inside)).play(scripts), place)
    turns = 2 if place == "turns" else 1
    offered = len(case.choices)
    choose(case, "A")
    assert len(case.choices) == offered - {"parallel": 1, "sequential": 3}.get(mode, 0)
    if mode != "sequential":
        choose(case, "B")
    complete(case, "A")
    for element in LEFT[mode]:
        assert element in open_in(case)
        complete(case, element)
    assert [short(e) for e in case.choices].count("A") == (turns - 1 if "until" in mode else turns)
    if "until" not in mode:
        choose(case, "H")
    if place != "turns":
        assert "Next" in open_in(case) or place == "loop"
    finish(case)
    assert passed(case, "Next") == (2 if place in ("loop", "turns") else 1)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("mode", MODES)
def test_it_is_done_as_often_as_its_loop_says(scripts: ScriptRunner, mode: str, loop: str, place: str) -> None:
    """Each turn offers anew."""
    inside = '<scriptTask id="A"><script>n = get_var("n", 0) + 1</script></scriptTask><manualTask id="B"/>'
    case = finish(begin(at(place, ad_hoc(mode, inside, loop)).play(scripts), place))
    around = 2 if place in ("loop", "turns") else 1
    assert passed(case, "Next") == around
    assert passed(case, "H") == TURNS[loop] * around


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("event", OUTSIDE)
@pytest.mark.parametrize("mode", ["parallel", "sequential"])
def test_an_event_happens_on_it(scripts: ScriptRunner, mode: str, event: str, interrupting: bool, place: str) -> None:
    """An interrupting one withdraws what was offered in it."""
    boundary = f"""<boundaryEvent id="B" attachedToRef="H" cancelActivity="{str(interrupting).lower()}">{EVENTS[event]}</boundaryEvent>
        <manualTask id="Handler"/><manualTask id="Beside"/><endEvent id="bE"/>
        fS -> Beside
        Beside -> bE
        B -> Handler
        Handler -> bE
    """
    case = begin(at(place, ad_hoc(mode, '<manualTask id="A"/>') + boundary).play(scripts), place)
    before = len(case.choices)
    happen(case, event, "B")
    assert "Handler" in open_in(case)
    if not interrupting:
        assert len(case.choices) == before
    elif place != "turns":
        assert case.choices == []
    finish(case)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("event", [*OUTSIDE, "escalation"])
def test_an_event_happens_in_it(scripts: ScriptRunner, event: str, interrupting: bool, place: str) -> None:
    """An event subprocess of its own; an interrupting one replaces all that could be begun."""
    start = f'<startEvent id="Es" isInterrupting="{str(interrupting).lower()}">{EVENTS[event]}</startEvent>'
    throw = f'<manualTask id="Tell"/><intermediateThrowEvent id="T">{EVENTS["escalation"]}</intermediateThrowEvent>\nTell -> T\n'
    inside = f"""<manualTask id="Beside"/>{throw}<subProcess id="Esp" triggeredByEvent="true">{start}<manualTask id="Handler"/><endEvent id="hE"/>
        Es -> Handler
        Handler -> hE
        </subProcess>"""
    case = begin(at(place, ad_hoc("parallel", inside)).play(scripts), place)
    if event == "escalation":
        choose(case, "Tell")
        complete(case, "Tell")
    elif event == "conditional":
        choose(case, "Beside")
        complete(case, "Beside", go=True)
    else:
        happen(case, event, "Es")
    assert "Handler" in open_in(case)
    if place != "turns":
        assert bool(case.choices) is not interrupting
    finish(case)
