# SPDX-License-Identifier: Apache-2.0
"""Messages without correlation: accepted where one place waits at a time, refused where two could match."""

from __future__ import annotations

import pytest

from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.values import Finding
from tests.engine.bpmn.plain import plain_xml

MSG = '<message id="Msg" name="Payment"/><message id="Other" name="Other"/>'
CATCH = '<intermediateCatchEvent id="{}"><messageEventDefinition messageRef="Msg"/></intermediateCatchEvent>'
SUB = '<subProcess id="Sub"><startEvent id="s"/>{}<endEvent id="e"/>\ns -> A\nA -> e\n</subProcess>'
ON = '<boundaryEvent id="B" attachedToRef="Sub" cancelActivity="{}"><messageEventDefinition messageRef="Msg"/></boundaryEvent><endEvent id="EB"/>\nB -> EB\n'
ESP = '<subProcess id="Esp" triggeredByEvent="true"><startEvent id="B" isInterrupting="{}"><messageEventDefinition messageRef="Msg"/></startEvent><endEvent id="ee"/>\nB -> ee\n</subProcess>'
FRAME = '<startEvent id="S"/>{}<endEvent id="E"/>\n'
A, B = CATCH.format("A"), CATCH.format("B")
LOOP = '<multiInstanceLoopCharacteristics isSequential="{}"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'

FINE = {
    "one catch": FRAME.format(A) + "S -> A\nA -> E\n",
    "one after the other": FRAME.format(A + B) + "S -> A\nA -> B\nB -> E\n",
    "one or the other": FRAME.format(A + B + '<exclusiveGateway id="G" default="G_B"/>')
    + "S -> G\nG -> A if True\nG -> B\nA -> E\nB -> E\n",
    "before and after a join": FRAME.format(A + B + '<parallelGateway id="G"/><parallelGateway id="J"/><task id="X"/>')
    + "S -> G\nG -> A\nG -> X\nA -> J\nX -> J\nJ -> B\nB -> E\n",
    "turn by turn": FRAME.format(f'<receiveTask id="A" messageRef="Msg">{LOOP.format("true")}</receiveTask>')
    + "S -> A\nA -> E\n",
}
AMBIGUOUS = {
    "on parallel paths": FRAME.format(A + B + '<parallelGateway id="G"/><parallelGateway id="J"/>')
    + "S -> G\nG -> A\nG -> B\nA -> J\nB -> J\nJ -> E\n",
    "on paths of an inclusive gateway": FRAME.format(A + B + '<inclusiveGateway id="G" default="G_B"/>')
    + "S -> G\nG -> A if True\nG -> B\nA -> E\nB -> E\n",
    "on two ways out of a task": FRAME.format(A + B + '<task id="T"/>') + "S -> T\nT -> A\nT -> B\nA -> E\nB -> E\n",
    "in a race": FRAME.format(A + B + '<eventBasedGateway id="G"/>') + "S -> G\nG -> A\nG -> B\nA -> E\nB -> E\n",
    "on and in a subprocess": FRAME.format(SUB.format(A) + ON.format("true")) + "S -> Sub\nSub -> E\n",
    "beside a subprocess": FRAME.format(SUB.format('<manualTask id="A"/>') + ON.format("false") + CATCH.format("C"))
    + "S -> Sub\nSub -> C\nC -> E\n",
    "in an event subprocess": FRAME.format(A + ESP.format("true")) + "S -> A\nA -> E\n",
    "several turns at once": FRAME.format(f'<receiveTask id="A" messageRef="Msg">{LOOP.format("false")}</receiveTask>')
    + "S -> A\nA -> E\n",
}


def errors(body: str) -> list[Finding]:
    found = check(parse(plain_xml(body, MSG), "p.bpmn"), "p.bpmn", known=Known())
    return [f for f in found if f.severity == "error"]


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_one_place_at_a_time_may_wait_without_key(text: str) -> None:
    """The message cannot be meant for anything else in the case."""
    assert errors(text) == []


@pytest.mark.parametrize("text", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_where_two_could_match_a_key_is_needed(text: str) -> None:
    """One sentence that names both, the line of the second, and what to do."""
    (finding,) = errors(text)
    line = 1 + plain_xml(text, MSG).decode()[: plain_xml(text, MSG).decode().rindex('messageRef="Msg"')].count("\n")
    assert (finding.rule, finding.line) == ("message-ambiguous", line)
    assert "'Payment'" in finding.message
    assert "correlationKey" in finding.hint


@pytest.mark.parametrize("what", [what for what in AMBIGUOUS if what != "several turns at once"])
def test_another_message_at_one_of_them_is_no_doubt(what: str) -> None:
    """What is told apart by its name needs no key."""
    first, _, last = AMBIGUOUS[what].rpartition('"Msg"')
    assert errors(f'{first}"Other"{last}') == []


def test_two_processes_that_wait_for_one_message() -> None:
    """A message has one receiver, and nothing says which of the two."""
    one = plain_xml(FRAME.format(A) + "S -> A\nA -> E\n", MSG).decode()
    second = '<bpmn:process id="Q" isExecutable="true"><bpmn:startEvent id="S2"/><bpmn:receiveTask id="A2" messageRef="Msg"/><bpmn:endEvent id="E2"/><bpmn:sequenceFlow id="x" sourceRef="S2" targetRef="A2"/><bpmn:sequenceFlow id="y" sourceRef="A2" targetRef="E2"/></bpmn:process>'
    both = one.replace("</bpmn:definitions>", f"{second}</bpmn:definitions>").encode()
    found = [f for f in check(parse(both, "p.bpmn"), "p.bpmn", known=Known()) if f.severity == "error"]
    assert [(f.rule, f.element) for f in found] == [("message-ambiguous", "A2")]
