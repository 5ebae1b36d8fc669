# SPDX-License-Identifier: Apache-2.0
"""What is wrong in a diagram is told with file, line, element, rule, sentence and hint: the line of the fault itself."""

from __future__ import annotations

import pytest

from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.errors import DiagramInvalid
from engine.values import Finding

FRAME = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  id="Defs" targetNamespace="https://example.org/t">
  <bpmn:message id="Msg" name="paid"/>
  <bpmn:process id="P" isExecutable="true">
    <bpmn:startEvent id="S"/>
    <bpmn:sequenceFlow id="F_S" sourceRef="S" targetRef="A"/>
    <bpmn:manualTask id="A"/>
    <bpmn:sequenceFlow id="F_A" sourceRef="A" targetRef="E"/>
    <bpmn:endEvent id="E"/>
{}
  </bpmn:process>
</bpmn:definitions>
"""
#: A subprocess of its own, beside the way from S to E.
SUB = '    <bpmn:subProcess id="Sub">\n      <bpmn:startEvent id="s"/>\n      <bpmn:sequenceFlow id="f_s" sourceRef="s" targetRef="e"/>\n      <bpmn:endEvent id="e"/>\n    </bpmn:subProcess>'
GATEWAY = '    <bpmn:exclusiveGateway id="G"/>\n    <bpmn:sequenceFlow id="F_G1" sourceRef="G" targetRef="E"/>\n    <bpmn:sequenceFlow id="F_G2" sourceRef="G" targetRef="E2"/>\n    <bpmn:endEvent id="E2"/>'
RECEIVE = '    <bpmn:receiveTask id="{0}" messageRef="Msg"/>\n    <bpmn:sequenceFlow id="F_{0}" sourceRef="{0}" targetRef="E"/>'
TIMER = '    <bpmn:intermediateCatchEvent id="T">\n      <bpmn:timerEventDefinition id="Td">\n        <bpmn:timeDuration>{}</bpmn:timeDuration>\n      </bpmn:timerEventDefinition>\n    </bpmn:intermediateCatchEvent>\n    <bpmn:sequenceFlow id="F_T" sourceRef="T" targetRef="E"/>'
LOOP = '    <bpmn:manualTask id="M">\n      <bpmn:multiInstanceLoopCharacteristics id="Mi"/>\n    </bpmn:manualTask>\n    <bpmn:sequenceFlow id="F_M" sourceRef="M" targetRef="E"/>'

#: What is wrong -> (what is added, rule, element, what stands in the line of the fault).
FAULTS = {
    "a dangling reference": ('    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="Nowhere"/>', "reference-dangling", "F_X", 'id="F_X"'),
    "a flow across a border": (SUB + '\n    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="e"/>', "flow-border", "F_X", 'id="F_X"'),
    "a boundary event on nothing": ('    <bpmn:boundaryEvent id="B" attachedToRef="Gone">\n      <bpmn:timerEventDefinition id="Bd"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>\n    </bpmn:boundaryEvent>\n    <bpmn:sequenceFlow id="F_B" sourceRef="B" targetRef="E"/>', "reference-dangling", "B", 'id="B"'),
    "a boundary event that is on none": ('    <bpmn:boundaryEvent id="B">\n      <bpmn:timerEventDefinition id="Bd"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>\n    </bpmn:boundaryEvent>\n    <bpmn:sequenceFlow id="F_B" sourceRef="B" targetRef="E"/>', "reference-dangling", "B", 'id="B"'),
    "a flow into a start": ('    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="S"/>', "start-incoming", "F_X", 'id="F_X"'),
    "a flow out of an end": ('    <bpmn:sequenceFlow id="F_X" sourceRef="E" targetRef="A"/>', "end-outgoing", "F_X", 'id="F_X"'),
    "an event definition that cannot stand there": ('    <bpmn:endEvent id="E3">\n      <bpmn:timerEventDefinition id="Bad"/>\n    </bpmn:endEvent>\n    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="E3"/>', "event-definition", "Bad", 'id="Bad"'),
    "a node that nothing leads to": ('    <bpmn:manualTask id="Lost"/>\n    <bpmn:sequenceFlow id="F_L" sourceRef="Lost" targetRef="E"/>', "unreachable", "Lost", 'id="Lost"'),
    "a missing condition": (GATEWAY + '\n    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="G"/>', "gateway-conditions", "F_G1", 'id="F_G1"'),
    "a gateway that mixes": ('    <bpmn:parallelGateway id="G"/>\n    <bpmn:sequenceFlow id="F_1" sourceRef="A" targetRef="G"/>\n    <bpmn:sequenceFlow id="F_2" sourceRef="S" targetRef="G"/>\n    <bpmn:sequenceFlow id="F_3" sourceRef="G" targetRef="E"/>\n    <bpmn:sequenceFlow id="F_4" sourceRef="G" targetRef="A"/>', "gateway-mixed", "G", '<bpmn:parallelGateway id="G"'),
    "a multi-instance without cardinality": (LOOP + '\n    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="M"/>', "loop-items", "Mi", 'id="Mi"'),
    "messages where two could match": (RECEIVE.format("R1") + "\n" + RECEIVE.format("R2") + '\n    <bpmn:sequenceFlow id="F_1" sourceRef="A" targetRef="R1"/>\n    <bpmn:sequenceFlow id="F_2" sourceRef="A" targetRef="R2"/>', "message-ambiguous", "R2", 'id="R2"'),
    "a timer that cannot be read": (TIMER.format("PT4h") + '\n    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="T"/>', "timer-value", "Td", "<bpmn:timeDuration>"),
    "a timer expression that cannot be read": (TIMER.format("1 +") + '\n    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="T"/>', "timer-value", "Td", "<bpmn:timeDuration>"),
    "an expression that cannot be read": ('    <bpmn:sequenceFlow id="F_X" sourceRef="A" targetRef="E">\n      <bpmn:conditionExpression>a = = b</bpmn:conditionExpression>\n    </bpmn:sequenceFlow>', "expression", "F_X", "a = = b"),
    "a script that cannot be read": ('    <bpmn:scriptTask id="Sc">\n      <bpmn:script>import os</bpmn:script>\n    </bpmn:scriptTask>\n    <bpmn:sequenceFlow id="F_1" sourceRef="A" targetRef="Sc"/>\n    <bpmn:sequenceFlow id="F_2" sourceRef="Sc" targetRef="E"/>', "script", "Sc", "import os"),
}  # fmt: skip
WARNINGS = {"gateway-mixed"}


def findings(xml: str) -> list[Finding]:
    try:
        return check(parse(xml.encode(), "some/file.bpmn"), "some/file.bpmn", known=Known())
    except DiagramInvalid as error:
        return list(error.findings)


def test_the_frame_is_right() -> None:
    """So each finding below comes from what was added."""
    assert [f for f in findings(FRAME.format("")) if f.severity == "error"] == []


@pytest.mark.parametrize("what", FAULTS)
def test_it_is_told_where(what: str) -> None:
    """File, line, element, rule, a sentence and a hint."""
    added, rule, element, in_line = FAULTS[what]
    xml = FRAME.format(added)
    line = next(number for number, text in enumerate(xml.splitlines(), 1) if in_line in text)
    found = [f for f in findings(xml) if (f.rule, f.element) == (rule, element)]
    assert [(f.file, f.line) for f in found][:1] == [("some/file.bpmn", line)], findings(xml)
    assert {f.severity for f in found} == {"warning" if rule in WARNINGS else "error"}
    assert all(f.message.endswith(".") and f.hint for f in found)


def test_an_id_used_twice_is_told_with_both_lines() -> None:
    """At the second one, naming the first."""
    (finding,) = findings(FRAME.format('    <bpmn:manualTask id="A"/>'))
    assert (finding.rule, finding.line, finding.element) == ("xml-id", 11, "A")
    assert "first in line 8" in finding.message
