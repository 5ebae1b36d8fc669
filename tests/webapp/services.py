# SPDX-License-Identifier: Apache-2.0
"""Cases that wait for a service which does not answer."""

from __future__ import annotations

from engine import SYSTEM, Engine

_PROCESS = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="https://example.org/test">
<bpmn:process id="{process}" name="Order from the depot" isExecutable="true"><bpmn:startEvent id="S"/>
<bpmn:serviceTask id="Call_Depot" name="Ask the depot"><bpmn:extensionElements>
<spiffworkflow:serviceTaskOperator id="http/post" resultVariable="depot"><spiffworkflow:parameters>
<spiffworkflow:parameter id="url" type="any" value="address"/></spiffworkflow:parameters>
<spiffworkflow:retry retries="3" backoff_base="600"/></spiffworkflow:serviceTaskOperator>
</bpmn:extensionElements></bpmn:serviceTask><bpmn:receiveTask id="Arrival" name="Arrival" messageRef="M"><bpmn:extensionElements>
<spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties>
</bpmn:extensionElements></bpmn:receiveTask><bpmn:endEvent id="E"/>
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="Call_Depot"/><bpmn:sequenceFlow id="f2" sourceRef="Call_Depot" targetRef="Arrival"/>
<bpmn:sequenceFlow id="f3" sourceRef="Arrival" targetRef="E"/></bpmn:process>
<bpmn:message id="M" name="arrived"/></bpmn:definitions>"""
PROCESS = "TEST_order"


def give_up(engine: Engine) -> str:
    """The id of a call that failed for good."""
    return _call(engine, "depot.example.org")  # no http address: it does not get better


def retrying(engine: Engine) -> str:
    """The id of a call that failed once and will be made again."""
    return _call(engine, "http://depot.invalid/orders")  # a name that never resolves (RFC 6761)


def _call(engine: Engine, address: str) -> str:
    engine.publish(SYSTEM, _PROCESS.format(process=PROCESS).encode(), "TEST/order.bpmn")
    case = engine.start(SYSTEM, PROCESS, {"address": address})
    engine.run_calls()
    [call] = engine.case(SYSTEM, case.id).calls
    return call.id
