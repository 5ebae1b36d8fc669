# SPDX-License-Identifier: Apache-2.0
"""Whatever can be undone is undone at every place: activity by loop by what undoes it by what throws."""

from __future__ import annotations

import pytest

from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import (
    EVENTS,
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
)
from tests.engine.bpmn.play import Play
from tests.engine.bpmn.test_combinations import ACTIVITIES, OUTSIDE, WAITING, happen

_UNDO = '<boundaryEvent id="C{0}" attachedToRef="{0}"><compensateEventDefinition/></boundaryEvent><association id="X{0}" sourceRef="C{0}" targetRef="{1}"/>'
COMPENSATE = "<compensateEventDefinition{}/>"
#: The transaction is an activity among others here; what cancels it is played below.
DOES = {**ACTIVITIES, "transaction": ACTIVITIES["subProcess"].replace("subProcess", "transaction")}


def named(activity: str, own: str, more: str = "") -> str:
    """An activity of `ACTIVITIES` with other ids than A, aS, aA, aE."""
    for letter in ("A", "aS", "aA", "aE"):
        activity = activity.replace(f'"{letter}"', f'"{own}{letter[1:]}"').replace(
            f"\n{letter} ", f"\n{own}{letter[1:]} "
        )
        activity = activity.replace(f"-> {letter}\n", f"-> {own}{letter[1:]}\n")
    return activity.replace(f'id="{own}"', f'id="{own}"{more}', 1)


def undoing(kind: str, loop: str, handler: str, handler_loop: str, throw: str, attributes: str = "") -> str:
    """A, then something throws compensation, then Next; U undoes A."""
    activity = DOES[kind].format(LOOPS[loop])
    undo = named(DOES[handler].format(LOOPS[handler_loop]), "U", ' isForCompensation="true"')
    definition = COMPENSATE.format(attributes)
    after = '<endEvent id="fE"/>\n'
    if throw == "intermediateThrowEvent":
        after = '<manualTask id="Next"/><endEvent id="fE"/>\nT -> Next\nNext -> fE\n'
    return f'{activity}{_UNDO.format("A", "U")}{undo}<{throw} id="T">{definition}</{throw}>{after}\nfS -> A\nA -> T\n'.replace(
        '<endEvent id="fE"/>\n\nfS', "\nfS"
    )


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", DOES)
def test_an_activity_is_undone_as_often_as_it_was_done(scripts: ScriptRunner, kind: str, loop: str, place: str) -> None:
    """Once for every turn of its loop, at every place."""
    fragment = undoing(kind, loop, "manualTask", "once", "intermediateThrowEvent")
    case = finish(begin(at(place, fragment).play(scripts), place))
    around = 2 if place in ("loop", "turns") else 1
    assert passed(case, "U") == TURNS[loop] * around
    assert passed(case, "Next") == around


@pytest.mark.parametrize("throw", ["intermediateThrowEvent", "endEvent"])
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("handler", DOES)
def test_whatever_kind_of_activity_undoes(scripts: ScriptRunner, handler: str, loop: str, throw: str) -> None:
    """Also one with a loop."""
    case = finish(at("process", undoing("manualTask", "once", handler, loop, throw)).play(scripts).start())
    inner = {"subProcess": "UA", "transaction": "UA", "callActivity": "oA"}.get(handler, "U")
    assert passed(case, inner) == TURNS[loop]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "attributes", ["", ' waitForCompletion="false"', ' activityRef="A"', ' activityRef="A" waitForCompletion="false"']
)
@pytest.mark.parametrize("throw", ["intermediateThrowEvent", "endEvent"])
def test_compensation_is_thrown(scripts: ScriptRunner, throw: str, attributes: str, place: str) -> None:
    """The path waits for it, or goes on at once."""
    case = begin(at(place, undoing("manualTask", "once", "manualTask", "once", throw, attributes)).play(scripts), place)
    complete(case, "A")
    assert "U" in open_in(case)
    if throw == "intermediateThrowEvent":
        assert ("Next" in open_in(case)) is ("false" in attributes)
    finish(case)
    assert passed(case, "U") == (2 if place in ("loop", "turns") else 1)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("event", OUTSIDE)
def test_an_event_happens_while_something_is_undone(
    scripts: ScriptRunner, event: str, interrupting: bool, place: str
) -> None:
    """An interrupting one ends the undoing with the rest; another lets it go on."""
    start = f'<startEvent id="Es" isInterrupting="{str(interrupting).lower()}">{EVENTS[event]}</startEvent>'
    fragment = f"""<manualTask id="A"/>{_UNDO.format("A", "U")}<manualTask id="U" isForCompensation="true"/><manualTask id="Beside"/>
        <intermediateThrowEvent id="T">{COMPENSATE.format("")}</intermediateThrowEvent><manualTask id="Next"/><endEvent id="fE"/><endEvent id="bE"/>
        fS -> A
        fS -> Beside
        Beside -> bE
        A -> T
        T -> Next
        Next -> fE
        <subProcess id="Esp" triggeredByEvent="true">{start}<manualTask id="H"/><endEvent id="hE"/>
        Es -> H
        H -> hE
        </subProcess>
    """
    case = begin(at(place, fragment).play(scripts), place)
    for _ in range(open_in(case).count("A")):
        complete(case, "A")
    before = open_in(case).count("U")
    happen(case, event, "Es")
    assert "H" in open_in(case)
    if event != "conditional" or place != "turns":
        assert open_in(case).count("U") == before - (1 if interrupting else 0)
    finish(case)


# --- transactions --------------------------------------------------------------------------------------------------

_TRANSACTION = """<transaction id="A">{loop}<startEvent id="aS"/>{done}<endEvent id="aE"/>{undo}<manualTask id="Decide"/>
<endEvent id="Stop"><cancelEventDefinition/></endEvent><manualTask id="Under"/>
aS -> Z
Z -> Decide
aS -> Under
Under -> aE
Decide -> Stop
</transaction><boundaryEvent id="B" attachedToRef="A"><cancelEventDefinition/></boundaryEvent>
<manualTask id="Next"/><manualTask id="Handler"/><endEvent id="fE"/>
fS -> A
A -> Next
Next -> fE
B -> Handler
Handler -> fE
"""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", ["task", *WAITING])
def test_a_transaction_is_cancelled(scripts: ScriptRunner, kind: str, loop: str, place: str) -> None:
    """What was done in it is undone, then the case goes on at its border, and its loop ends."""
    done = named(DOES[kind].format(""), "Z")
    fragment = _TRANSACTION.format(
        loop=LOOPS[loop], done=done, undo=_UNDO.format("Z", "U") + '<task id="U" isForCompensation="true"/>'
    )
    case = begin(at(place, fragment).play(scripts), place)
    _do(case, kind)
    complete(case, "Decide")
    assert "Handler" in open_in(case)
    if place != "turns":
        assert not {"Under", "Decide"} & set(open_in(case))
    assert passed(case, "U") == 1
    finish(case)
    assert passed(case, "Next") == 0


def _do(case: Play, kind: str) -> None:
    """The first activity Z of the transaction is done."""
    if kind == "receiveTask":
        case.receive("Z")
    elif kind == "serviceTask":
        answer(case, "Z")
    elif kind != "task":
        complete(case, {"subProcess": "ZA", "callActivity": "oA"}.get(kind, "Z"))
