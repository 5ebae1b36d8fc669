# SPDX-License-Identifier: Apache-2.0

"""One diagram that keeps every rule, and what it takes to break it in one place."""

from __future__ import annotations

import re

from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.values import Finding

KNOWN = Known(
    forms={"X/register.json", "X/decide.json", "X/look.json"},
    ui_forms={"X/register.ui.json"},
    form_fields={"X/register.json": {"title", "impact"}, "X/look.json": {"title", "sum"}},
    decisions={"priority_of": {"priority"}, "count_of": {"max"}},
    registers={"incident": {"title", "priority"}, "ci": {"title"}},
    roles={"service_desk", "support"},
    operators={"http/post": {"url": True, "body": False}, "mail/send": {"to": True, "subject": True}, "log/note": None},
    processes={"X_main", "X_other"},
)

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="Definitions_X" targetNamespace="https://example.org/x" exporter="test" exporterVersion="1">
"""
_SHAPES = re.compile(
    r'<bpmn:(?!process|sequenceFlow)(?:\w*Task|task|\w*Event|\w*Gateway|subProcess|adHocSubProcess|transaction|callActivity)\b[^>]*? ?id="([^"]+)"'
)
_EDGES = re.compile(r'<bpmn:sequenceFlow[^>]*? ?id="([^"]+)"')

VALID = """
<bpmn:message id="Message_Asked" name="asked"/>
<bpmn:message id="Message_Answered" name="answered"/>
<bpmn:message id="Message_Begun" name="begun"/>
<bpmn:error id="Error_Failed" name="Failed" errorCode="failed"/>
<bpmn:dataStore id="DataStore_incident" name="incident"/>
<bpmn:dataStore id="DataStore_ci" name="ci"/>
<bpmn:category id="Category_1"><bpmn:categoryValue id="CategoryValue_1" value="Together"/></bpmn:category>
<bpmn:collaboration id="Collaboration_X">
  <bpmn:participant id="Pool_X" name="X" processRef="X_main"/>
  <bpmn:participant id="Pool_Other" name="Customer"/>
  <bpmn:messageFlow id="MessageFlow_1" sourceRef="Task_Send" targetRef="Pool_Other"/>
</bpmn:collaboration>
<bpmn:process id="X_main" name="Main" isExecutable="true">
  <bpmn:documentation>What it is for.</bpmn:documentation>
  <bpmn:extensionElements><spiffworkflow:properties>
    <spiffworkflow:property name="title" value='get_var("title", "new")'/>
    <spiffworkflow:property name="business_key" value='get_var("incident_id")'/>
    <spiffworkflow:property name="startable_by" value="service_desk support"/>
  </spiffworkflow:properties></bpmn:extensionElements>
  <bpmn:laneSet id="LaneSet_X">
    <bpmn:lane id="Lane_Desk" name="Desk">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="role" value="service_desk"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:flowNodeRef>Task_Register</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>
    </bpmn:lane>
    <bpmn:lane id="Lane_Support" name="Support">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="role" value="support"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:flowNodeRef>Sub_Try</bpmn:flowNodeRef>
    </bpmn:lane>
  </bpmn:laneSet>

  <bpmn:startEvent id="Start_Hand" name="Reported"/>
  <bpmn:startEvent id="Start_Message" name="Message received">
    <bpmn:messageEventDefinition id="Def_Start" messageRef="Message_Begun"/>
  </bpmn:startEvent>
  <bpmn:startEvent id="Start_Timer" name="Each month">
    <bpmn:timerEventDefinition id="Def_Monthly"><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/2026-01-01T09:00:00+01:00/P1M</bpmn:timeCycle></bpmn:timerEventDefinition>
  </bpmn:startEvent>
  <bpmn:sequenceFlow id="Flow_1" sourceRef="Start_Hand" targetRef="Task_Register"/>
  <bpmn:sequenceFlow id="Flow_2" sourceRef="Start_Message" targetRef="Task_Register"/>
  <bpmn:sequenceFlow id="Flow_3" sourceRef="Start_Timer" targetRef="Task_Register"/>
  <bpmn:userTask id="Task_Register" name="Register">
    <bpmn:extensionElements>
      <spiffworkflow:properties>
        <spiffworkflow:property name="fitsm" value="PR9.A1.1"/>
        <spiffworkflow:property name="formJsonSchemaFilename" value="X/register.json"/>
        <spiffworkflow:property name="formUiSchemaFilename" value="X/register.ui.json"/>
        <spiffworkflow:property name="priority" value='get_var("priority")'/>
      </spiffworkflow:properties>
      <spiffworkflow:instructionsForEndUser>Register **{{ get_var("title", "it") }}**.</spiffworkflow:instructionsForEndUser>
    </bpmn:extensionElements>
    <bpmn:dataOutputAssociation id="Write_1">
      <bpmn:targetRef>Store_Incident</bpmn:targetRef>
      <bpmn:assignment><bpmn:from xsi:type="bpmn:tFormalExpression">title</bpmn:from><bpmn:to xsi:type="bpmn:tFormalExpression">title</bpmn:to></bpmn:assignment>
      <bpmn:assignment><bpmn:from>"new"</bpmn:from><bpmn:to>state</bpmn:to></bpmn:assignment>
    </bpmn:dataOutputAssociation>
  </bpmn:userTask>
  <bpmn:boundaryEvent id="Event_Remind" name="Each day" attachedToRef="Task_Register" cancelActivity="false">
    <bpmn:timerEventDefinition id="Def_Daily"><bpmn:timeCycle>R/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>
  </bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="Flow_4" sourceRef="Event_Remind" targetRef="Task_Send"/>
  <bpmn:sendTask id="Task_Send" name="Remind" messageRef="Message_Asked">
    <bpmn:extensionElements>
      <spiffworkflow:messagePayload>{"title": title}</spiffworkflow:messagePayload>
      <spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties>
    </bpmn:extensionElements>
  </bpmn:sendTask>
  <bpmn:sequenceFlow id="Flow_5" sourceRef="Task_Send" targetRef="End_Reminded"/>
  <bpmn:endEvent id="End_Reminded" name="Reminded"/>

  <bpmn:sequenceFlow id="Flow_6" sourceRef="Task_Register" targetRef="Task_Rule"/>
  <bpmn:businessRuleTask id="Task_Rule" name="Determine priority">
    <bpmn:extensionElements><spiffworkflow:calledDecisionId>priority_of</spiffworkflow:calledDecisionId></bpmn:extensionElements>
  </bpmn:businessRuleTask>
  <bpmn:sequenceFlow id="Flow_7" sourceRef="Task_Rule" targetRef="Gateway_Urgent"/>
  <bpmn:exclusiveGateway id="Gateway_Urgent" name="Urgent?" default="Flow_No"/>
  <bpmn:sequenceFlow id="Flow_No" name="no" sourceRef="Gateway_Urgent" targetRef="Task_Look"/>
  <bpmn:sequenceFlow id="Flow_Yes" name="yes" sourceRef="Gateway_Urgent" targetRef="Task_Compute">
    <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">priority == "P1"</bpmn:conditionExpression>
  </bpmn:sequenceFlow>
  <bpmn:scriptTask id="Task_Compute" name="Compute"><bpmn:script>level = 2</bpmn:script></bpmn:scriptTask>
  <bpmn:sequenceFlow id="Flow_8" sourceRef="Task_Compute" targetRef="Task_Look"/>
  <bpmn:manualTask id="Task_Look" name="Look">
    <bpmn:property id="Property_Look" name="__targetRef_placeholder"/>
    <bpmn:dataInputAssociation id="Read_1">
      <bpmn:sourceRef>Store_Ci</bpmn:sourceRef>
      <bpmn:targetRef>Property_Look</bpmn:targetRef>
      <bpmn:assignment><bpmn:from>get_var("ci")</bpmn:from><bpmn:to>ci_record</bpmn:to></bpmn:assignment>
    </bpmn:dataInputAssociation>
  </bpmn:manualTask>
  <bpmn:sequenceFlow id="Flow_9" sourceRef="Task_Look" targetRef="Gateway_Fork"/>
  <bpmn:inclusiveGateway id="Gateway_Fork" name="What is to be done?" default="Flow_Ask"/>
  <bpmn:sequenceFlow id="Flow_Ask" name="ask" sourceRef="Gateway_Fork" targetRef="Event_Asked"/>
  <bpmn:sequenceFlow id="Flow_Try" name="try" sourceRef="Gateway_Fork" targetRef="Sub_Try">
    <bpmn:conditionExpression>impact == "high"</bpmn:conditionExpression>
  </bpmn:sequenceFlow>

  <bpmn:intermediateThrowEvent id="Event_Asked" name="Asked">
    <bpmn:messageEventDefinition id="Def_Asked" messageRef="Message_Asked">
      <bpmn:extensionElements>
        <spiffworkflow:messagePayload>{"id": incident_id}</spiffworkflow:messagePayload>
        <spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="incident_id"/></spiffworkflow:properties>
      </bpmn:extensionElements>
    </bpmn:messageEventDefinition>
  </bpmn:intermediateThrowEvent>
  <bpmn:sequenceFlow id="Flow_10" sourceRef="Event_Asked" targetRef="Gateway_Race"/>
  <bpmn:eventBasedGateway id="Gateway_Race" name="What comes first?"/>
  <bpmn:sequenceFlow id="Flow_11" sourceRef="Gateway_Race" targetRef="Event_Answered"/>
  <bpmn:sequenceFlow id="Flow_12" sourceRef="Gateway_Race" targetRef="Event_Late"/>
  <bpmn:intermediateCatchEvent id="Event_Answered" name="Answered">
    <bpmn:messageEventDefinition id="Def_Answered" messageRef="Message_Answered">
      <bpmn:extensionElements>
        <spiffworkflow:messageVariable>answer</spiffworkflow:messageVariable>
        <spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="incident_id"/></spiffworkflow:properties>
      </bpmn:extensionElements>
    </bpmn:messageEventDefinition>
  </bpmn:intermediateCatchEvent>
  <bpmn:intermediateCatchEvent id="Event_Late" name="No answer">
    <bpmn:timerEventDefinition id="Def_Late"><bpmn:timeDate>add_working_time(now(), "P5D")</bpmn:timeDate></bpmn:timerEventDefinition>
  </bpmn:intermediateCatchEvent>
  <bpmn:sequenceFlow id="Flow_13" sourceRef="Event_Answered" targetRef="Gateway_Join"/>
  <bpmn:sequenceFlow id="Flow_14" sourceRef="Event_Late" targetRef="Gateway_Join"/>

  <bpmn:subProcess id="Sub_Try" name="Try">
    <bpmn:startEvent id="Sub_Start" name="Begin"/>
    <bpmn:sequenceFlow id="Flow_15" sourceRef="Sub_Start" targetRef="Task_Try"/>
    <bpmn:userTask id="Task_Try" name="Try it">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="formJsonSchemaFilename" value="X/decide.json"/>
      </spiffworkflow:properties></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:boundaryEvent id="Event_TooLong" name="Too long" attachedToRef="Task_Try">
      <bpmn:timerEventDefinition id="Def_TooLong"><bpmn:timeDuration>PT4H</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="Flow_16" sourceRef="Task_Try" targetRef="Sub_End"/>
    <bpmn:endEvent id="Sub_End" name="Tried"/>
    <bpmn:sequenceFlow id="Flow_17" sourceRef="Event_TooLong" targetRef="Sub_Failed"/>
    <bpmn:endEvent id="Sub_Failed" name="Failed"><bpmn:errorEventDefinition id="Def_Throw" errorRef="Error_Failed"/></bpmn:endEvent>
  </bpmn:subProcess>
  <bpmn:boundaryEvent id="Event_Failed" name="Failed" attachedToRef="Sub_Try"><bpmn:errorEventDefinition id="Def_Catch" errorRef="Error_Failed"/></bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="Flow_18" sourceRef="Event_Failed" targetRef="Call_Other"/>
  <bpmn:callActivity id="Call_Other" name="Do it otherwise" calledElement="X_other"/>
  <bpmn:sequenceFlow id="Flow_19" sourceRef="Call_Other" targetRef="End_All"/>
  <bpmn:endEvent id="End_All" name="Ended"><bpmn:terminateEventDefinition id="Def_End"/></bpmn:endEvent>
  <bpmn:sequenceFlow id="Flow_20" sourceRef="Sub_Try" targetRef="Gateway_Join"/>
  <bpmn:inclusiveGateway id="Gateway_Join"/>
  <bpmn:sequenceFlow id="Flow_21" sourceRef="Gateway_Join" targetRef="Task_Receive"/>
  <bpmn:receiveTask id="Task_Receive" name="Wait" messageRef="Message_Answered">
    <bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties></bpmn:extensionElements>
  </bpmn:receiveTask>
  <bpmn:sequenceFlow id="Flow_22" sourceRef="Task_Receive" targetRef="Gateway_Both"/>
  <bpmn:parallelGateway id="Gateway_Both"/>
  <bpmn:sequenceFlow id="Flow_23" sourceRef="Gateway_Both" targetRef="Task_Plain"/>
  <bpmn:sequenceFlow id="Flow_24" sourceRef="Gateway_Both" targetRef="End_One"/>
  <bpmn:task id="Task_Plain" name="Note"/>
  <bpmn:sequenceFlow id="Flow_25" sourceRef="Task_Plain" targetRef="End_Two"/>
  <bpmn:sequenceFlow id="Flow_23b" sourceRef="Gateway_Both" targetRef="Task_Call"/>
  <bpmn:serviceTask id="Task_Call" name="Tell another system">
    <bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="http/post" resultVariable="told"><spiffworkflow:parameters>
      <spiffworkflow:parameter id="url" type="str" value="&quot;https://example.org/&quot;"/></spiffworkflow:parameters>
      <spiffworkflow:retry retries="3" backoff_base="10"/></spiffworkflow:serviceTaskOperator></bpmn:extensionElements>
  </bpmn:serviceTask>
  <bpmn:sequenceFlow id="Flow_25b" sourceRef="Task_Call" targetRef="End_Two"/>
  <bpmn:endEvent id="End_One" name="One"/>
  <bpmn:endEvent id="End_Two" name="Two"/>
  <bpmn:dataStoreReference id="Store_Incident" name="Incident" dataStoreRef="DataStore_incident"/>
  <bpmn:dataStoreReference id="Store_Ci" name="CI" dataStoreRef="DataStore_ci"/>
  <bpmn:textAnnotation id="Note_1"><bpmn:text>By the way</bpmn:text></bpmn:textAnnotation>
  <bpmn:association id="Association_1" sourceRef="Task_Look" targetRef="Note_1"/>
  <bpmn:group id="Group_1" categoryValueRef="CategoryValue_1"/>
</bpmn:process>
"""


def xml(body: str) -> bytes:
    """A whole file: head, body, and a drawing of every node and flow of the body that has an id."""
    shapes = "".join(f'<bpmndi:BPMNShape bpmnElement="{found}"/>' for found in _SHAPES.findall(body))
    edges = "".join(f'<bpmndi:BPMNEdge bpmnElement="{found}"/>' for found in _EDGES.findall(body))
    drawing = f'<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="X_main">{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return f"{_HEAD}{body}{drawing}</bpmn:definitions>".encode()


def changed(old: str, new: str, body: str = VALID) -> str:
    """The body with one place changed; the place must be there exactly once."""
    assert body.count(old) == 1, f"{body.count(old)} times: {old}"
    return body.replace(old, new)


def findings(body: str, known: Known = KNOWN) -> list[Finding]:
    return check(parse(xml(body), "x.bpmn"), "x.bpmn", known=known)
