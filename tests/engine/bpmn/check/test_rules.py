# SPDX-License-Identifier: Apache-2.0

"""Each rule: the valid diagram keeps it, and each change of one place breaks it, and only it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from engine.bpmn.check import RULES
from tests.engine.bpmn.check.chosen import CHOSEN
from tests.engine.bpmn.check.diagrams import VALID, changed, findings
from tests.engine.bpmn.check.undone import UNDONE
from tests.engine.bpmn.check.wide import WIDE


@dataclass(frozen=True)
class Case:
    """A change of one place of the valid diagram: the rule that it breaks, and at which element."""

    rule: str
    element: str
    old: str
    new: str
    also: tuple[str, ...] = ()  #: rules that the same fault cannot but break
    body: str = VALID

    def __str__(self) -> str:
        return f"{self.rule}: {self.old[:30]} -> {self.new[:50]}"


def added(rule: str, element: str, new: str, *also: str, at: str = '  <bpmn:textAnnotation id="Note_1">') -> Case:
    """Something put in before a place."""
    return Case(rule, element, at, new + at, also)


_MORE = '<spiffworkflow:parameter id="verb" value="1"/></spiffworkflow:parameters>\n      <spiffworkflow:retry'
_POST = 'serviceTaskOperator id="http/post" resultVariable="told"><spiffworkflow:parameters>\n      <spiffworkflow:parameter id="url" type="str" value="&quot;https://example.org/&quot;"/>'
_TO_NOBODY = 'serviceTaskOperator id="mail/send" resultVariable="told"><spiffworkflow:parameters><spiffworkflow:parameter id="subject" value="1"/><spiffworkflow:parameter id="to" value="&quot;ann&quot;"/>'
_RACE = '<bpmn:sequenceFlow id="Flow_12" sourceRef="Gateway_Race" targetRef="Event_Late"/>'
_LATE = '<bpmn:timeDate>add_working_time(now(), "P5D")</bpmn:timeDate>'
_SEND_KEY = '<spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties>\n'
_CONDITION = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">priority == "P1"</bpmn:conditionExpression>'
_ASKED_KEY = '<spiffworkflow:messagePayload>{"id": incident_id}</spiffworkflow:messagePayload>'
_PLAIN = '<bpmn:task id="Task_Plain" name="Note"/>'
_READ = '<bpmn:assignment><bpmn:from>get_var("ci")</bpmn:from><bpmn:to>ci_record</bpmn:to></bpmn:assignment>'
_STATE = '<bpmn:assignment><bpmn:from>"new"</bpmn:from><bpmn:to>state</bpmn:to></bpmn:assignment>'
_SUB = '<bpmn:startEvent id="Sub_Start" name="Begin"/>'
_END = '<bpmn:endEvent id="End_All" name="Ended">'
_ENDS = """    <bpmn:endEvent id="Sub_End" name="Tried"/>
    <bpmn:sequenceFlow id="Flow_17" sourceRef="Event_TooLong" targetRef="Sub_Failed"/>
    <bpmn:endEvent id="Sub_Failed" name="Failed"><bpmn:errorEventDefinition id="Def_Throw" errorRef="Error_Failed"/></bpmn:endEvent>
"""
_MONTHLY = '<bpmn:timeCycle xsi:type="bpmn:tFormalExpression">R/2026-01-01T09:00:00+01:00/P1M</bpmn:timeCycle>'
_EXTENSION = "<bpmn:extensionElements>{}</bpmn:extensionElements>"

_CONDITIONAL = '<bpmn:conditionalEventDefinition id="Def_Enough"><bpmn:condition>"low" in impacts</bpmn:condition></bpmn:conditionalEventDefinition>'
_LIST = '<bpmn:loopDataInputRef>alarm["people"]</bpmn:loopDataInputRef>'
_PAY = '<bpmn:manualTask id="Task_Pay" name="Pay"/>'
_OTHER = '<bpmn:manualTask id="Task_Other" name="Note"/>'


def wide(rule: str, element: str, old: str, new: str, *also: str) -> Case:
    """A change of the second valid diagram."""
    return Case(rule, element, old, new, also, WIDE)


def undone(rule: str, element: str, old: str, new: str, *also: str) -> Case:
    """A change of the third valid diagram."""
    return Case(rule, element, old, new, also, UNDONE)


def chosen(rule: str, element: str, old: str, new: str, *also: str) -> Case:
    """A change of the fourth valid diagram."""
    return Case(rule, element, old, new, also, CHOSEN)


def looped(inside: str, attributes: str = "") -> str:
    """A plain task with a multi-instance loop."""
    return plain(
        f'<bpmn:multiInstanceLoopCharacteristics id="Loop" {attributes}>{inside}</bpmn:multiInstanceLoopCharacteristics>'
    )


def plain(inside: str) -> str:
    return f'<bpmn:task id="Task_Plain" name="Note">{inside}</bpmn:task>'


CASES = [
    Case("not-executable", "X_main", ' isExecutable="true"', ""),
    Case("not-executable", "X_main", ' isExecutable="true"', ' isExecutable="false"'),
    added("process-callable", "X_two", '<bpmn:process id="X_two" name="Two" isExecutable="true"><bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="title" value="1"/></spiffworkflow:properties></bpmn:extensionElements><bpmn:startEvent id="S2" name="s"/><bpmn:sequenceFlow id="F2" sourceRef="S2" targetRef="C2"/><bpmn:callActivity id="C2" name="c" calledElement="X_three"/><bpmn:sequenceFlow id="F3" sourceRef="C2" targetRef="E2"/><bpmn:endEvent id="E2" name="e"/></bpmn:process><bpmn:process id="X_three" name="Three" isExecutable="true"><bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="title" value="1"/></spiffworkflow:properties></bpmn:extensionElements><bpmn:startEvent id="S3" name="s"/><bpmn:sequenceFlow id="F4" sourceRef="S3" targetRef="C3"/><bpmn:callActivity id="C3" name="c" calledElement="X_two"/><bpmn:sequenceFlow id="F5" sourceRef="C3" targetRef="E3"/><bpmn:endEvent id="E3" name="e"/></bpmn:process>', at="<bpmn:message id=\"Message_Asked\""),
    added("process-title", "X_two", '<bpmn:process id="X_two" name="Two" isExecutable="true"><bpmn:startEvent id="S2" name="s"/><bpmn:sequenceFlow id="F2" sourceRef="S2" targetRef="E2"/><bpmn:endEvent id="E2" name="e"/></bpmn:process>', at="<bpmn:message id=\"Message_Asked\""),
    added("process-drawn-only", "X_two", '<bpmn:process id="X_two" isExecutable="false"><bpmn:startEvent id="S2" name="s"/><bpmn:sequenceFlow id="F2" sourceRef="S2" targetRef="E2"/><bpmn:endEvent id="E2" name="e"/></bpmn:process>', at="<bpmn:message id=\"Message_Asked\""),
    Case("process-name", "X_main", 'id="X_main" name="Main"', 'id="X_main" name=" "'),
    Case("process-title", "X_main", """<spiffworkflow:property name="title" value='get_var("title", "new")'/>""", ""),
    # elements
    Case("element-not-allowed", "Task_Plain", _PLAIN, '<bpmn:complexGateway id="Task_Plain" name="Note"/>'),
    Case("service-operator", "Task_Call", 'serviceTaskOperator id="http/post"', 'serviceTaskOperator id=""'),
    Case("service-operator", "Task_Call", '<spiffworkflow:parameter id="url"', '<spiffworkflow:parameter id=""'),
    Case("service-unknown", "Task_Call", 'serviceTaskOperator id="http/post"', 'serviceTaskOperator id="htpp/post"'),
    Case("service-parameter", "Task_Call", '<spiffworkflow:parameter id="url"', '<spiffworkflow:parameter id="uri"'),
    Case("service-parameter", "Task_Call", "</spiffworkflow:parameters>\n      <spiffworkflow:retry", _MORE),
    *(Case("service-parameter", "Task_Call", '"&quot;https://example.org/&quot;"', f'"&quot;{u}&quot;"') for u in ("ftp://x.org/", "https://", "x y")),
    Case("service-parameter", "Task_Call", _POST, _TO_NOBODY),
    *(Case("service-operator", "Task_Call", 'retries="3"', f'retries="{n}"') for n in ("often", "-1", "²", "9999999")),
    Case("service-operator", "Task_Call", '<spiffworkflow:retry ', "<spiffworkflow:script/><spiffworkflow:retry "),
    Case("variable-name", "Task_Call", 'resultVariable="told"', 'resultVariable="what it told"'),
    Case("variable-parallel", "Task_Call", 'resultVariable="told"', 'resultVariable="level"', body=VALID.replace('<bpmn:task id="Task_Plain" name="Note"/>', '<bpmn:scriptTask id="Task_Plain" name="Note"><bpmn:script>level = 3</bpmn:script></bpmn:scriptTask>')),
    Case("variable-shadows", "Task_Call", 'resultVariable="told"', 'resultVariable="max"'),
    Case("join-twice", "Flow_14", _RACE, _RACE + '<bpmn:sequenceFlow id="Flow_More" sourceRef="Event_Late" targetRef="Gateway_Join"/>'),
    Case("join-alternatives", "Gateway_Join", '<bpmn:inclusiveGateway id="Gateway_Join"/>', '<bpmn:parallelGateway id="Gateway_Join"/>'),
    Case("element-not-allowed", "Gateway_Both", '<bpmn:parallelGateway id="Gateway_Both"/>', '<bpmn:complexGateway id="Gateway_Both"/>'),
    Case("element-misplaced", "Task_Plain", _PLAIN, plain("<bpmn:script>x = 1</bpmn:script>")),
    added("element-misplaced", "Task_Lost", '<bpmn:task id="Task_Lost" name="lost"/>', "dead-end", at="<bpmn:message id=\"Message_Asked\""),
    Case("foreign-element", "Task_Plain", _PLAIN, plain("<camunda:in/>")),
    Case("attribute-ignored", "Task_Plain", _PLAIN, '<bpmn:task id="Task_Plain" name="Note" startQuantity="2"/>'),
    Case("vendor-meaning", "Task_Plain", _PLAIN, '<bpmn:task id="Task_Plain" name="Note" camunda:assignee="bob"/>'),
    Case("vendor-unknown", "Task_Plain", _PLAIN, '<bpmn:task id="Task_Plain" name="Note" camunda:asyncBefore="true"/>'),
    Case("vendor-unknown", "Task_Plain", _PLAIN, plain(_EXTENSION.format('<x:cost xmlns:x="https://example.org/x" value="3"/>'))),
    Case("attribute-ignored", "Task_Receive", 'id="Task_Receive" name="Wait"', 'id="Task_Receive" name="Wait" instantiate="true"'),
    Case("attribute-ignored", "Task_Compute", '<bpmn:scriptTask id="Task_Compute"', '<bpmn:scriptTask scriptFormat="groovy" id="Task_Compute"'),
    # extension elements
    Case("extension-element", "Task_Plain", _PLAIN, plain(_EXTENSION.format("<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>"))),
    Case("vendor-meaning", "Task_Plain", _PLAIN, plain(_EXTENSION.format("<camunda:formData/>"))),
    Case("extension-element", "Task_Plain", _PLAIN, plain(_EXTENSION.format("<bpmn:documentation/>"))),
    Case("extension-element", "Task_Plain", _PLAIN, plain(_EXTENSION.format("<spiffworkflow:messageVariable>x</spiffworkflow:messageVariable>"))),
    Case("extension-element", "Def_Asked", _ASKED_KEY, _ASKED_KEY * 2),
    Case("extension-element", "Def_Answered", "<spiffworkflow:messageVariable>answer</spiffworkflow:messageVariable>", "<spiffworkflow:messagePayload>{}</spiffworkflow:messagePayload>"),
    Case("extension-property", "Task_Register", '<spiffworkflow:property name="fitsm" value="PR9.A1.1"/>', '<spiffworkflow:property name="asignee" value="actor()"/>'),
    Case("extension-property", "Task_Register", '<spiffworkflow:property name="fitsm" value="PR9.A1.1"/>', '<spiffworkflow:property name="role" value="support"/>'),
    Case("extension-property", "Task_Register", '<spiffworkflow:property name="fitsm" value="PR9.A1.1"/>', '<spiffworkflow:property name="fitsm" value=""/>'),
    Case("extension-property", "Task_Register", '<spiffworkflow:property name="fitsm" value="PR9.A1.1"/>', '<spiffworkflow:property name="priority" value="1"/>'),
    # ids
    Case("id-required", "X_main", '<bpmn:sequenceFlow id="Flow_25"', "<bpmn:sequenceFlow", ("drawing-missing",)),
    Case("id-form", "1 note", 'id="Note_1"', 'id="1 note"', ("reference-dangling",)),
    Case("id-reserved", "End", 'id="LaneSet_X"', 'id="End"'),
    # references
    Case("reference-dangling", "Flow_25", 'id="Flow_25" sourceRef="Task_Plain" targetRef="End_Two"', 'id="Flow_25" sourceRef="Task_Plain" targetRef="End_Tow"', ("unreachable",)),
    Case("reference-dangling", "Flow_25", 'id="Flow_25" sourceRef="Task_Plain" ', 'id="Flow_25" ', ("unreachable", "dead-end")),
    Case("reference-dangling", "Event_TooLong", 'attachedToRef="Task_Try"', 'attachedToRef="Task_Tyr"', ("unreachable",)),
    Case("reference-dangling", "Event_TooLong", ' attachedToRef="Task_Try"', "", ("unreachable",)),
    Case("reference-dangling", "Event_TooLong", ' attachedToRef="Task_Try"', ' attachedToRef="Sub_Start"'),
    Case("reference-dangling", "Gateway_Urgent", 'default="Flow_No"', 'default="Flow_Nein"', ("gateway-conditions", "gateway-default")),
    Case("reference-dangling", "Def_Asked", 'id="Def_Asked" messageRef="Message_Asked"', 'id="Def_Asked" messageRef="Message_Aksed"'),
    Case("reference-dangling", "Def_Asked", 'id="Def_Asked" messageRef="Message_Asked"', 'id="Def_Asked"'),
    Case("reference-dangling", "Store_Ci", 'dataStoreRef="DataStore_ci"', 'dataStoreRef="DataStore_cmdb"'),
    Case("reference-dangling", "Lane_Desk", "<bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef><bpmn:flowNodeRef>Task_Gone</bpmn:flowNodeRef>"),
    Case("reference-dangling", "Read_1", "<bpmn:targetRef>Property_Look</bpmn:targetRef>", "<bpmn:targetRef>Property_Luck</bpmn:targetRef>"),
    Case("reference-dangling", "Write_1", "<bpmn:targetRef>Store_Incident</bpmn:targetRef>", "<bpmn:targetRef>DataStore_incident</bpmn:targetRef>"),
    Case("reference-dangling", "Def_Throw", 'id="Def_Throw" errorRef="Error_Failed"', 'id="Def_Throw" errorRef="Error_Unknown"'),
    Case("default-flow", "Gateway_Urgent", 'default="Flow_No"', 'default="Flow_9"', ("gateway-conditions", "gateway-default")),
    Case("lane-once", "Lane_Support", "<bpmn:flowNodeRef>Sub_Try</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>Sub_Try</bpmn:flowNodeRef><bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>"),
    # flows
    Case("start-required", "Sub_Try", _SUB, "", ("reference-dangling",)),
    Case("start-required", "Start_Again", '<bpmn:startEvent id="Start_Hand" name="Reported"/>', '<bpmn:startEvent id="Start_Hand" name="Reported"/><bpmn:startEvent id="Start_Again" name="Again"/><bpmn:sequenceFlow id="Flow_A" sourceRef="Start_Again" targetRef="Task_Register"/>'),
    Case("end-required", "Sub_Try", _ENDS, "", ("reference-dangling", "dead-end")),
    Case("start-incoming", "Flow_Back", '<bpmn:sequenceFlow id="Flow_23" sourceRef="Gateway_Both" targetRef="Task_Plain"/>', '<bpmn:sequenceFlow id="Flow_23" sourceRef="Gateway_Both" targetRef="Task_Plain"/><bpmn:sequenceFlow id="Flow_Back" sourceRef="Gateway_Both" targetRef="Start_Hand"/>'),
    Case("end-outgoing", "Flow_On", _PLAIN, _PLAIN + '<bpmn:sequenceFlow id="Flow_On" sourceRef="End_One" targetRef="Task_Plain"/>'),
    Case("dead-end", "Task_Plain", '<bpmn:sequenceFlow id="Flow_25" sourceRef="Task_Plain" targetRef="End_Two"/>', "", ("unreachable",)),
    Case("dead-end", "Event_TooLong", '<bpmn:sequenceFlow id="Flow_17" sourceRef="Event_TooLong" targetRef="Sub_Failed"/>', "", ("unreachable",)),
    Case("unreachable", "Task_Plain", '<bpmn:sequenceFlow id="Flow_23" sourceRef="Gateway_Both" targetRef="Task_Plain"/>', ""),
    Case("flow-border", "Flow_15", 'id="Flow_15" sourceRef="Sub_Start" targetRef="Task_Try"', 'id="Flow_15" sourceRef="Sub_Start" targetRef="Task_Plain"', ("unreachable",)),
    added("flow-border", "Flow_Far", '<bpmn:sequenceFlow id="Flow_Far" sourceRef="Gateway_Both" targetRef="End_One"/>', at=_SUB),
    Case("boundary-place", "Event_TooLong", 'attachedToRef="Task_Try"', 'attachedToRef="Task_Register"', ("unreachable",)),
    Case("condition-place", "Flow_24", '<bpmn:sequenceFlow id="Flow_24" sourceRef="Gateway_Both" targetRef="End_One"/>', '<bpmn:sequenceFlow id="Flow_24" sourceRef="Gateway_Both" targetRef="End_One"><bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>'),
    Case("condition-place", "Flow_No", '<bpmn:sequenceFlow id="Flow_No" name="no" sourceRef="Gateway_Urgent" targetRef="Task_Look"/>', '<bpmn:sequenceFlow id="Flow_No" name="no" sourceRef="Gateway_Urgent" targetRef="Task_Look"><bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>'),
    wide("condition-place", "Flow_20", '<bpmn:sequenceFlow id="Flow_20" sourceRef="Sub_Start" targetRef="Task_Look"></bpmn:sequenceFlow>', '<bpmn:sequenceFlow id="Flow_20" sourceRef="Sub_Start" targetRef="Task_Look"><bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>'),
    wide("condition-place", "Flow_Usual", 'id="Flow_Usual" sourceRef="Task_Each" targetRef="Task_Again">', 'id="Flow_Usual" sourceRef="Task_Each" targetRef="Task_Again"><bpmn:conditionExpression>True</bpmn:conditionExpression>'),
    wide("default-flow", "Task_Each", 'default="Flow_Usual"', 'default="Flow_12"'),
    wide("default-flow", "Task_Other", 'id="Task_Other" name="Note"', 'id="Task_Other" name="Note" default="Flow_6"'),
    Case("default-flow", "Task_Plain", _PLAIN, '<bpmn:task id="Task_Plain" name="Note" default="Flow_25"/>'),
    Case("condition-alone", "Task_Plain", '<bpmn:sequenceFlow id="Flow_25" sourceRef="Task_Plain" targetRef="End_Two"/>', '<bpmn:sequenceFlow id="Flow_25" sourceRef="Task_Plain" targetRef="End_Two"><bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>'),
    # gateways
    Case("gateway-conditions", "Flow_Yes", _CONDITION, ""),
    Case("gateway-conditions", "Flow_No", ' default="Flow_No"', "", ("gateway-default",)),
    Case("gateway-default", "Gateway_Urgent", '<bpmn:exclusiveGateway id="Gateway_Urgent" name="Urgent?" default="Flow_No"/>\n  <bpmn:sequenceFlow id="Flow_No" name="no" sourceRef="Gateway_Urgent" targetRef="Task_Look"/>', '<bpmn:exclusiveGateway id="Gateway_Urgent" name="Urgent?"/><bpmn:sequenceFlow id="Flow_No" name="no" sourceRef="Gateway_Urgent" targetRef="Task_Look"><bpmn:conditionExpression>True</bpmn:conditionExpression></bpmn:sequenceFlow>'),
    Case("gateway-mixed", "Gateway_Both", _PLAIN, '<bpmn:task id="Task_Plain" name="Note"/><bpmn:sequenceFlow id="Flow_On" sourceRef="Event_Remind" targetRef="Gateway_Both"/>', ("branch-at-gateway",)),
    Case("event-gateway", "Flow_12", _RACE, '<bpmn:sequenceFlow id="Flow_12" sourceRef="Gateway_Race" targetRef="Gateway_Join"/>', ("unreachable",)),
    Case("event-gateway", "Gateway_Race", _RACE, "", ("unreachable",)),
    Case("event-gateway", "Flow_12", 'targetRef="Gateway_Race"/>', 'targetRef="Gateway_Race"/><bpmn:sequenceFlow id="Flow_On" sourceRef="Gateway_Both" targetRef="Event_Late"/>'),
    # events
    Case("event-definition", "Event_Late", f'<bpmn:timerEventDefinition id="Def_Late">{_LATE}</bpmn:timerEventDefinition>', ""),
    Case("event-definition", "Def_Late", f'<bpmn:timerEventDefinition id="Def_Late">{_LATE}</bpmn:timerEventDefinition>', '<bpmn:terminateEventDefinition id="Def_Late"/>'),
    Case("event-definition", "Def_End2", '<bpmn:terminateEventDefinition id="Def_End"/>', '<bpmn:terminateEventDefinition id="Def_End"/><bpmn:errorEventDefinition id="Def_End2" errorRef="Error_Failed"/>'),
    Case("event-definition", "Def_Sub", _SUB, '<bpmn:startEvent id="Sub_Start" name="Begin"><bpmn:timerEventDefinition id="Def_Sub"><bpmn:timeDate>2026-01-01T00:00Z</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:startEvent>'),
    added("event-definition-shared", "Def_Far", '<bpmn:messageEventDefinition id="Def_Far" messageRef="Message_Asked"/>', "element-misplaced", at='<bpmn:message id="Message_Asked"'),
    Case("error-boundary", "Event_Failed", 'name="Failed" attachedToRef="Sub_Try"', 'name="Failed" attachedToRef="Task_Look"'),
    Case("error-boundary", "Event_Failed", 'name="Failed" attachedToRef="Sub_Try"', 'name="Failed" attachedToRef="Sub_Try" cancelActivity="false"'),
    Case("boundary-never", "Event_Failed", 'name="Failed" attachedToRef="Sub_Try"', 'name="Failed" attachedToRef="Task_Plain"'),
    # event subprocesses
    wide("event-definition", "Late_Start", '<bpmn:escalationEventDefinition id="Def_LateStart" escalationRef="Escalation_Late"/>', ""),
    wide("event-definition", "Def_LateStart", '<bpmn:escalationEventDefinition id="Def_LateStart" escalationRef="Escalation_Late"/>', '<bpmn:terminateEventDefinition id="Def_LateStart"/>'),
    wide("event-subprocess", "Flow_Esp", _OTHER, _OTHER + '<bpmn:sequenceFlow id="Flow_Esp" sourceRef="Task_Other" targetRef="Sub_Stop"/>'),
    wide("event-subprocess", "Flow_Esp", _OTHER, _OTHER + '<bpmn:sequenceFlow id="Flow_Esp" sourceRef="Sub_Stop" targetRef="End_One"/>'),
    wide("event-subprocess", "Event_On", _OTHER, _OTHER + '<bpmn:boundaryEvent id="Event_On" name="on" attachedToRef="Sub_Stop"><bpmn:signalEventDefinition id="Def_On" signalRef="Signal_Over"/></bpmn:boundaryEvent><bpmn:sequenceFlow id="Flow_On" sourceRef="Event_On" targetRef="End_One"/>', "unreachable"),
    wide("event-subprocess", "Loop_Esp", '<bpmn:startEvent id="Error_Start" name="Failed">', '<bpmn:standardLoopCharacteristics id="Loop_Esp" loopMaximum="2"/><bpmn:startEvent id="Error_Start" name="Failed">'),
    wide("start-required", "Error_Start", '<bpmn:startEvent id="Error_Start" name="Failed">', '<bpmn:startEvent id="Start_Two" name="two"><bpmn:signalEventDefinition id="Def_Two" signalRef="Signal_Over"/></bpmn:startEvent><bpmn:sequenceFlow id="Flow_Two" sourceRef="Start_Two" targetRef="Error_End"/><bpmn:startEvent id="Error_Start" name="Failed">'),
    wide("start-interrupting", "Start_Hand", 'id="Start_Hand" name="Begun"', 'id="Start_Hand" name="Begun" isInterrupting="false"'),
    wide("start-interrupting", "Sub_Start", 'id="Sub_Start" name="Begin"', 'id="Sub_Start" name="Begin" isInterrupting="false"'),
    wide("start-interrupting", "Error_Start", 'id="Error_Start" name="Failed"', 'id="Error_Start" name="Failed" isInterrupting="false"'),
    wide("attribute-ignored", "Late_Start", 'id="Late_Start" name="Late" isInterrupting="false"', 'id="Late_Start" name="Late" isInterrupting="no"'),
    wide("timer-kind", "Def_Timer", 'name="Each hour" isInterrupting="false"', 'name="Each hour"'),
    wide("message-key", "Def_Stop", '<spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties>', ""),
    # compensation and transactions
    undone("compensation-boundary", "Flow_Undo", _PAY, _PAY + '<bpmn:sequenceFlow id="Flow_Undo" sourceRef="Event_UndoPay" targetRef="End_Cancelled"/>'),
    undone("compensation-boundary", "Event_UndoPay", '<bpmn:association id="Association_3" sourceRef="Event_UndoPay" targetRef="Task_Refund"/>', "", "compensation-handler"),
    undone("compensation-boundary", "Event_UndoPay", 'sourceRef="Event_UndoPay" targetRef="Task_Refund"', 'sourceRef="Event_UndoPay" targetRef="Sub_Letter"', "compensation-handler"),
    undone("compensation-boundary", "Event_UndoPay", 'sourceRef="Event_UndoPay" targetRef="Task_Refund"', 'sourceRef="Event_UndoPay" targetRef="Task_Unbook"', "compensation-handler"),
    undone("compensation-boundary", "Event_UndoPay", _PAY, _PAY + '<bpmn:association id="Association_9" sourceRef="Event_UndoPay" targetRef="Task_More"/><bpmn:manualTask id="Task_More" name="More" isForCompensation="true"/>', "lane-role"),
    undone("compensation-boundary", "Event_UndoPay", 'name="Undo" attachedToRef="Task_Pay"', 'name="Undo" attachedToRef="Task_Pay" cancelActivity="false"'),
    undone("compensation-boundary", "Event_Again", _PAY, _PAY + '<bpmn:boundaryEvent id="Event_Again" name="Undo" attachedToRef="Task_Refund"><bpmn:compensateEventDefinition id="Def_Again"/></bpmn:boundaryEvent><bpmn:association id="Association_9" sourceRef="Event_Again" targetRef="Task_Refund"/>', "unreachable"),
    undone("compensation-handler", "Flow_Refund", _PAY, _PAY + '<bpmn:sequenceFlow id="Flow_Refund" sourceRef="Task_Refund" targetRef="End_Cancelled"/>'),
    undone("compensation-handler", "Event_Late", _PAY, _PAY + '<bpmn:boundaryEvent id="Event_Late" name="Late" attachedToRef="Task_Refund"><bpmn:timerEventDefinition id="Def_Late"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:sequenceFlow id="Flow_Late" sourceRef="Event_Late" targetRef="End_Cancelled"/>', "unreachable"),
    undone("compensation-handler", "Task_Lost", _PAY, _PAY + '<bpmn:task id="Task_Lost" name="Lost" isForCompensation="true"/>'),
    undone("compensation-handler", "Sub_Recall", 'triggeredByEvent="true">\n      <bpmn:startEvent id="Recall_Start"', 'triggeredByEvent="true" isForCompensation="true">\n      <bpmn:startEvent id="Recall_Start"'),
    undone("compensation-twice", "Event_UndoPay", _PAY, _PAY + '<bpmn:boundaryEvent id="Event_Twice" name="Undo" attachedToRef="Task_Pay"><bpmn:compensateEventDefinition id="Def_Twice"/></bpmn:boundaryEvent><bpmn:association id="Association_9" sourceRef="Event_Twice" targetRef="Task_Refund"/>'),
    undone("compensation-twice", "Recall_Start", _PAY, _PAY + '<bpmn:boundaryEvent id="Event_Twice" name="Undo" attachedToRef="Sub_Letter"><bpmn:compensateEventDefinition id="Def_Twice"/></bpmn:boundaryEvent><bpmn:association id="Association_9" sourceRef="Event_Twice" targetRef="Task_Refund"/>'),
    undone("compensation-thrown", "Def_UndoOne", 'activityRef="Task_Pay" waitForCompletion="false"', 'activityRef="Task_Book"'),
    undone("compensation-thrown", "Def_UndoOne", 'activityRef="Task_Pay" waitForCompletion="false"', 'activityRef="Task_Refund"'),
    undone("compensation-thrown", "Def_UndoPay", 'id="Def_UndoPay"', 'id="Def_UndoPay" activityRef="Task_Pay"'),
    undone("compensation-thrown", "Def_Recall", 'id="Def_Recall"', 'id="Def_Recall" waitForCompletion="true"'),
    Case("compensation-never", "Event_Undo", _PLAIN, _PLAIN + '<bpmn:boundaryEvent id="Event_Undo" name="Undo" attachedToRef="Task_Plain"><bpmn:compensateEventDefinition id="Def_Undo"/></bpmn:boundaryEvent><bpmn:association id="Association_9" sourceRef="Event_Undo" targetRef="Task_Undo"/><bpmn:task id="Task_Undo" name="Undo" isForCompensation="true"/>'),
    undone("start-interrupting", "Recall_Start", 'id="Recall_Start" name="Undo"', 'id="Recall_Start" name="Undo" isInterrupting="false"'),
    undone("reference-dangling", "Def_UndoOne", 'activityRef="Task_Pay"', 'activityRef="Start_Hand"'),
    undone("attribute-ignored", "Def_UndoOne", 'waitForCompletion="false"', 'waitForCompletion="no"'),
    undone("attribute-ignored", "Sub_Trip", 'id="Sub_Trip" name="Book the trip"', 'id="Sub_Trip" name="Book the trip" method="##Store"'),
    undone("cancel-place", "End_Undone", '<bpmn:compensateEventDefinition id="Def_UndoAll"/>', '<bpmn:cancelEventDefinition id="Def_UndoAll"/>'),
    undone("cancel-place", "Event_Cancelled", 'name="Cancelled" attachedToRef="Sub_Trip"', 'name="Cancelled" attachedToRef="Sub_Letter"', "cancel-caught"),
    undone("cancel-place", "Event_Cancelled", 'name="Cancelled" attachedToRef="Sub_Trip"', 'name="Cancelled" attachedToRef="Sub_Trip" cancelActivity="false"'),
    undone("cancel-caught", "Sub_Trip", '<bpmn:cancelEventDefinition id="Def_Cancelled"/>', '<bpmn:timerEventDefinition id="Def_Cancelled"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'),
    undone("cancel-caught", "Event_Cancelled", '<bpmn:cancelEventDefinition id="Def_Cancel"/>', ""),
    undone("cancel-caught", "Event_Again", _PAY, _PAY + '<bpmn:boundaryEvent id="Event_Again" name="Cancelled" attachedToRef="Sub_Trip"><bpmn:cancelEventDefinition id="Def_Again"/></bpmn:boundaryEvent><bpmn:sequenceFlow id="Flow_Again" sourceRef="Event_Again" targetRef="End_Cancelled"/>'),
    # ad hoc subprocesses
    chosen("ad-hoc-content", "Start_Try", _PLAIN, _PLAIN + '<bpmn:startEvent id="Start_Try" name="Begin"/><bpmn:sequenceFlow id="Flow_T" sourceRef="Start_Try" targetRef="Task_Plain"/>'),
    chosen("ad-hoc-content", "End_Try", _PLAIN, _PLAIN + '<bpmn:endEvent id="End_Try" name="End"/><bpmn:sequenceFlow id="Flow_T" sourceRef="Task_Plain" targetRef="End_Try"/>'),
    chosen("ad-hoc-content", "Event_Try", _PLAIN, _PLAIN + '<bpmn:intermediateThrowEvent id="Event_Try" name="Here"/><bpmn:sequenceFlow id="Flow_T" sourceRef="Event_Try" targetRef="Task_Plain"/>'),
    chosen("ad-hoc-content", "Sub_Try", '<bpmn:task id="Task_Plain" name="Note"/>\n    <bpmn:manualTask id="Task_Restart" name="Restart it"/>', ""),
    chosen("ad-hoc-condition", "Sub_Search", '<bpmn:completionCondition>get_var("found", False)</bpmn:completionCondition>', ""),
    chosen("ad-hoc-condition", "Sub_Search", ">get_var(\"found\", False)<", "><"),
    chosen("ad-hoc-condition", "Sub_Search", '<bpmn:completionCondition>get_var("found", False)</bpmn:completionCondition>', '<bpmn:completionCondition>get_var("found", False)</bpmn:completionCondition>' * 2),
    chosen("expression", "Sub_Search", ">get_var(\"found\", False)<", ">found =<"),
    chosen("variable-unknown", "Sub_Search", ">get_var(\"found\", False)<", ">numberOfInstances > 2<"),
    chosen("attribute-ignored", "Sub_Search", 'ordering="Sequential"', 'ordering="Random"'),
    chosen("attribute-ignored", "Sub_Search", 'cancelRemainingInstances="false"', 'cancelRemainingInstances="no"'),
    chosen("lane-role", "Task_Look", "<bpmn:flowNodeRef>Sub_Search</bpmn:flowNodeRef>\n      <bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>", "", ),
    chosen("lane-role", "Sub_Try", "<bpmn:flowNodeRef>Sub_Try</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>Task_Plain</bpmn:flowNodeRef><bpmn:flowNodeRef>Task_Restart</bpmn:flowNodeRef>"),
    chosen("event-gateway", "Gateway_Try", _PLAIN, _PLAIN + '<bpmn:eventBasedGateway id="Gateway_Try" name="What?"/><bpmn:sequenceFlow id="Flow_T" sourceRef="Task_Plain" targetRef="Gateway_Try"/>', "dead-end"),
    # signals, errors, escalations, conditions
    wide("signal-name", "Signal_Over", 'id="Signal_Over" name="over"', 'id="Signal_Over"'),
    wide("signal-name", "Signal_Over", 'id="Signal_Over" name="over"', 'id="Signal_Over" name="alarm"'),
    wide("reference-dangling", "Def_Signal", 'id="Def_Signal" signalRef="Signal_Over"', 'id="Def_Signal"'),
    wide("reference-dangling", "Def_Signal", 'id="Def_Signal" signalRef="Signal_Over"', 'id="Def_Signal" signalRef="Message_Stop"'),
    wide("reference-dangling", "Def_SubEnd", 'id="Def_SubEnd" escalationRef="Escalation_Late"', 'id="Def_SubEnd" escalationRef="Error_No"'),
    wide("code-required", "Def_Four", 'id="Def_Four" errorRef="Error_No"', 'id="Def_Four"'),
    wide("code-required", "Def_Four", 'id="Def_Four" errorRef="Error_No"', 'id="Def_Four" errorRef="Error_Any"'),
    wide("code-required", "Def_Throw", 'id="Def_Throw" escalationRef="Escalation_Late"', 'id="Def_Throw"'),
    wide("error-boundary", "Def_Failed", '<bpmn:errorEventDefinition id="Def_Failed">', '<bpmn:errorEventDefinition id="Def_Failed" errorRef="Error_No">'),
    wide("error-boundary", "Event_Alarm", '<bpmn:signalEventDefinition id="Def_Alarm" signalRef="Signal_Alarm"/>', '<bpmn:errorEventDefinition id="Def_Alarm"/>'),
    wide("escalation-boundary", "Event_Alarm", '<bpmn:signalEventDefinition id="Def_Alarm" signalRef="Signal_Alarm"/>', '<bpmn:escalationEventDefinition id="Def_Alarm"/>'),
    Case("boundary-never", "Event_Alarm", 'name="Alarm again" attachedToRef="Task_Each"', 'name="Alarm again" attachedToRef="Task_Compute"', body=WIDE),
    wide("condition-required", "Def_Enough", _CONDITIONAL, '<bpmn:conditionalEventDefinition id="Def_Enough"/>'),
    wide("condition-required", "Def_Enough", _CONDITIONAL, '<bpmn:conditionalEventDefinition id="Def_Enough"><bpmn:condition/></bpmn:conditionalEventDefinition>'),
    wide("expression", "Def_Enough", _CONDITIONAL, '<bpmn:conditionalEventDefinition id="Def_Enough"><bpmn:condition>low =</bpmn:condition></bpmn:conditionalEventDefinition>'),
    wide("event-definition", "Def_Hand", 'id="Start_Hand" name="Begun"/>', 'id="Start_Hand" name="Begun"><bpmn:conditionalEventDefinition id="Def_Hand"><bpmn:condition>True</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>'),
    wide("event-definition", "Def_Hand", 'id="Start_Hand" name="Begun"/>', 'id="Start_Hand" name="Begun"><bpmn:errorEventDefinition id="Def_Hand" errorRef="Error_No"/></bpmn:startEvent>'),
    wide("event-definition", "Def_Hand", 'id="Start_Hand" name="Begun"/>', 'id="Start_Hand" name="Begun"><bpmn:escalationEventDefinition id="Def_Hand" escalationRef="Escalation_Late"/></bpmn:startEvent>'),
    wide("message-start-twice", "Start_Signal", 'id="Start_Hand" name="Begun"/>', 'id="Start_Hand" name="Begun"><bpmn:signalEventDefinition id="Def_Hand" signalRef="Signal_Alarm"><bpmn:extensionElements><spiffworkflow:variableName>alarm</spiffworkflow:variableName></bpmn:extensionElements></bpmn:signalEventDefinition></bpmn:startEvent>'),
    wide("extension-element", "Def_Over", '<spiffworkflow:payloadExpression>{"impacts": impacts}</spiffworkflow:payloadExpression>', "<spiffworkflow:variableName>x</spiffworkflow:variableName>"),
    wide("extension-element", "Def_Failed", "<spiffworkflow:variableName>failure</spiffworkflow:variableName>", "<spiffworkflow:payloadExpression>1</spiffworkflow:payloadExpression>"),
    wide("expression", "Def_SubEnd", ">turn + loopCounter<", ">turn +<"),
    wide("variable-name", "Def_Failed", ">failure<", ">the failure<"),
    # links
    wide("link-name", "Def_LinkThrow", 'id="Def_LinkThrow" name="end"', 'id="Def_LinkThrow"', "link-pair", "unreachable"),
    wide("link-name", "Def_More", _OTHER, _OTHER + '<bpmn:intermediateCatchEvent id="Link_More" name="more"><bpmn:linkEventDefinition id="Def_More" name="end"/></bpmn:intermediateCatchEvent><bpmn:sequenceFlow id="Flow_More" sourceRef="Link_More" targetRef="Event_Late"/>', "unreachable"),
    wide("link-pair", "Def_LinkThrow", 'id="Def_LinkThrow" name="end"', 'id="Def_LinkThrow" name="edn"', "unreachable"),
    wide("link-pair", "Def_More", _OTHER, _OTHER + '<bpmn:intermediateCatchEvent id="Link_More" name="more"><bpmn:linkEventDefinition id="Def_More" name="more"/></bpmn:intermediateCatchEvent><bpmn:sequenceFlow id="Flow_More" sourceRef="Link_More" targetRef="Event_Late"/>', "unreachable"),
    wide("link-pair", "Def_More", '<bpmn:manualTask id="Task_Look" name="Look at it"/>', '<bpmn:manualTask id="Task_Look" name="Look at it"/><bpmn:intermediateThrowEvent id="Link_More" name="more"><bpmn:linkEventDefinition id="Def_More" name="end"/></bpmn:intermediateThrowEvent><bpmn:sequenceFlow id="Flow_More" sourceRef="Task_Look" targetRef="Link_More"/>'),
    wide("link-flow", "Flow_More", _OTHER, _OTHER + '<bpmn:sequenceFlow id="Flow_More" sourceRef="Link_Throw" targetRef="Event_Late"/>'),
    wide("link-flow", "Flow_More", _OTHER, _OTHER + '<bpmn:sequenceFlow id="Flow_More" sourceRef="Task_Other" targetRef="Link_Catch"/>'),
    wide("link-flow", "Flow_More", _OTHER, _OTHER + '<bpmn:sequenceFlow id="Flow_More" sourceRef="Event_Race" targetRef="Link_Catch"/>'),
    # loops
    Case("loop-once", "Loop_2", _PLAIN, looped("<bpmn:loopCardinality>2</bpmn:loopCardinality>").replace("</bpmn:task>", '<bpmn:standardLoopCharacteristics id="Loop_2" loopMaximum="2"/></bpmn:task>')),
    Case("loop-once", "Loop", _PLAIN, looped("<bpmn:loopCardinality>2</bpmn:loopCardinality>" * 2)),
    Case("loop-once", "Loop", _PLAIN, looped("<bpmn:loopCardinality/>")),
    Case("loop-end", "Loop", _PLAIN, plain('<bpmn:standardLoopCharacteristics id="Loop"/>')),
    *(Case("loop-end", "Loop", _PLAIN, plain(f'<bpmn:standardLoopCharacteristics id="Loop" loopMaximum="{n}"/>')) for n in ("", "0", "-1", "3.5", "n", "²", "1000000")),
    Case("loop-items", "Loop", _PLAIN, looped("")),
    Case("loop-items", "Loop", _PLAIN, looped("<bpmn:loopCardinality>2</bpmn:loopCardinality><bpmn:loopDataInputRef>[1]</bpmn:loopDataInputRef>")),
    wide("loop-output", "Loop_Each", '<bpmn:outputDataItem id="Item_2" name="impact"/>', ""),
    wide("loop-output", "Loop_Sub", '<bpmn:inputDataItem id="Item_3" name="turn"/>', '<bpmn:inputDataItem id="Item_3" name="turn"/><bpmn:outputDataItem id="Item_4" name="turn"/>'),
    wide("loop-output", "Item_2", 'id="Item_2" name="impact"', 'id="Item_2" name="impacts"'),
    wide("loop-output", "Item_3", 'id="Item_3" name="turn"', 'id="Item_3" name="loopCounter"', "variable-unknown"),
    wide("variable-name", "Item_1", 'id="Item_1" name="person"', 'id="Item_1" name="each person"', "variable-unknown"),
    wide("variable-name", "Loop_Each", "<bpmn:loopDataOutputRef>impacts<", "<bpmn:loopDataOutputRef>the impacts<", "variable-unknown"),
    wide("variable-shadows", "Loop_Sub", 'id="Item_3" name="turn"', 'id="Item_3" name="text"', "variable-unknown"),
    *(wide("expression", "Loop_Each", _LIST, f"<bpmn:loopDataInputRef>{text}</bpmn:loopDataInputRef>") for text in ("the people", "people.all", "peeple(1)")),
    wide("expression", "Loop_Again", ">is_empty(impacts)<", ">is_empty(<"),
    wide("expression", "Loop_Sub", ">2</bpmn:loopCardinality>", ">2 +</bpmn:loopCardinality>"),
    wide("expression", "Loop_Each", '>numberOfCompletedInstances >= 2 or "high" in impacts<', ">numberOfCompletedInstances = 2<"),
    *(Case("attribute-ignored", "Loop", _PLAIN, looped("<bpmn:loopCardinality>2</bpmn:loopCardinality>", f'behavior="{b}"')) for b in ("None", "One", "Complex")),
    Case("vendor-meaning", "Loop", _PLAIN, looped("<bpmn:loopCardinality>2</bpmn:loopCardinality>", 'camunda:collection="people"')),
    Case("element-not-allowed", "Loop", _PLAIN, looped("<bpmn:loopCardinality>2</bpmn:loopCardinality><bpmn:complexBehaviorDefinition/>")),
    Case("event-gateway", "Task_More", '<bpmn:sequenceFlow id="Flow_12" ', '<bpmn:receiveTask id="Task_More" name="More" messageRef="Message_Answered"><bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties></bpmn:extensionElements><bpmn:standardLoopCharacteristics loopMaximum="2"/></bpmn:receiveTask><bpmn:sequenceFlow id="Flow_More" sourceRef="Gateway_Race" targetRef="Task_More"/><bpmn:sequenceFlow id="Flow_More2" sourceRef="Task_More" targetRef="Gateway_Join"/><bpmn:sequenceFlow id="Flow_12" '),
    # inputs and outputs
    Case("data-association", "Write_2", '<bpmn:startEvent id="Sub_Start" name="Begin"/>', f'<bpmn:dataOutputAssociation id="Write_2"><bpmn:targetRef>Store_Incident</bpmn:targetRef>{_STATE}</bpmn:dataOutputAssociation>{_SUB}'),
    Case("data-association", "Write_2", '<bpmn:callActivity id="Call_Other" name="Do it otherwise" calledElement="X_other"/>', f'<bpmn:callActivity id="Call_Other" name="Do it otherwise" calledElement="X_other"><bpmn:dataOutputAssociation id="Write_2"><bpmn:targetRef>Store_Incident</bpmn:targetRef>{_STATE}</bpmn:dataOutputAssociation></bpmn:callActivity>'),
    # timers
    *(Case("timer-value", "Def_TooLong", ">PT4H<", f">{text}<") for text in ("PT4h", "P", "-PT4H", "", '"PT4X"', "R/PT4H", "4 hours", "2026-01-01T00:00Z")),
    *(Case("timer-value", "Def_Late", _LATE, f"<bpmn:timeDate>{text}</bpmn:timeDate>") for text in ("2026-13-01T00:00Z", "tomorow()", "PT4H", "2026-W05-1")),
    *(Case("timer-value", "Def_Daily", "R/P1D", text) for text in ("R0/P1D", "P1D", "R/P", "0 9 * * 1")),
    Case("timer-value", "Def_Late", _LATE, ""),
    Case("timer-value", "Def_Late", _LATE, _LATE * 2),
    *(Case("timer-length", "Def_TooLong", ">PT4H<", f">{text}<") for text in ("PT0S", "P0D", '"P0Y"', "P1000Y", "P101Y", "P99999W", '"P1000Y"')),
    *(Case("timer-length", "Def_Daily", "R/P1D", text) for text in ("R/P1000Y", "R3/P101Y", "R/PT0.001S", '"R/P1000Y"', "R/2026-01-01T00:00:00Z/P1000Y", "0 0 30 2 *", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
    *(Case("timer-value", "Def_Daily", "R/P1D", text) for text in ("R/P0D", "R/PT0S", "R/-P1D", "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=YEARLY;INTERVAL=1000")),
    Case("timer-kind", "Def_Late", _LATE, "<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle>"),
    Case("timer-kind", "Def_Monthly", _MONTHLY, "<bpmn:timeDuration>P1M</bpmn:timeDuration>"),
    Case("timer-start-expression", "Def_Monthly", _MONTHLY, "<bpmn:timeDate>first_day</bpmn:timeDate>"),
    # messages
    Case("message-name", "Message_Asked", 'id="Message_Asked" name="asked"', 'id="Message_Asked"'),
    Case("message-name", "Message_Answered", 'name="answered"', 'name="asked"'),
    Case("message-key", "Task_Receive", '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties></bpmn:extensionElements>\n  </bpmn:receiveTask>', "</bpmn:receiveTask>"),
    Case("message-flow", "Task_Send", 'name="Remind" messageRef="Message_Asked"', 'name="Remind"', ("message-key-sent",), VALID.replace('<bpmn:messageFlow id="MessageFlow_1"', '<bpmn:messageFlow id="MessageFlow_0" sourceRef="Task_Send" targetRef="Pool_Other"/><bpmn:messageFlow id="MessageFlow_1"')),
    Case("message-time-to-live", "Task_Send", _SEND_KEY, _SEND_KEY.replace("</spiff", '<spiffworkflow:property name="timeToLive" value="PT4h"/></spiff')),
    Case("message-key-sent", "Task_Send", f"<spiffworkflow:properties>{_SEND_KEY}", ""),
    Case("message-start-twice", "Start_Message", '<bpmn:startEvent id="Start_Hand" name="Reported"/>', '<bpmn:startEvent id="Start_Hand" name="Reported"/><bpmn:startEvent id="Start_Other" name="Again"><bpmn:messageEventDefinition id="Def_Other" messageRef="Message_Begun"/></bpmn:startEvent><bpmn:sequenceFlow id="Flow_A" sourceRef="Start_Other" targetRef="Task_Register"/>'),
    # language
    Case("expression", "Flow_Yes", 'priority == "P1"', "priority = 1"),
    Case("expression", "Flow_Yes", 'priority == "P1"', "lower_case(priority) == 1"),
    Case("expression", "X_main", """'get_var("title", "new")'""", "'title.upper()'"),
    Case("expression", "Task_Register", '{{ get_var("title", "it") }}', "{{ title + }}"),
    Case("expression", "Task_Register", '{{ get_var("title", "it") }}', "{{ title"),
    Case("expression", "Def_Asked", '{"id": incident_id}', '{"id": }'),
    Case("expression", "Write_1", '<bpmn:from>"new"</bpmn:from>', "<bpmn:from>'new</bpmn:from>"),
    Case("script", "Task_Compute", "level = 2", "import os"),
    Case("script", "Task_Compute", "<bpmn:script>level = 2</bpmn:script>", ""),
    Case("script", "Task_Compute", "<bpmn:script>level = 2</bpmn:script>", "<bpmn:script>level = 2</bpmn:script><bpmn:script>level = 3</bpmn:script>"),
    Case("variable-name", "Def_Answered", "<spiffworkflow:messageVariable>answer<", "<spiffworkflow:messageVariable>the answer<"),
    Case("variable-name", "Def_Answered", "<spiffworkflow:messageVariable>answer<", "<spiffworkflow:messageVariable>typename<"),
    Case("variable-shadows", "Task_Compute", "level = 2", "today = 2"),
    Case("variable-shadows", "Task_Rule", ">priority_of<", ">count_of<"),
    Case("variable-shadows", "Task_Try", "X/decide.json", "X/look.json"),
    # forms and roles
    Case("form-known", "Task_Register", '"X/register.json"', '"X/registre.json"'),
    Case("form-known", "Task_Register", '"X/register.ui.json"', '"X/registre.ui.json"'),
    Case("form-required", "Task_Try", '<spiffworkflow:property name="formJsonSchemaFilename" value="X/decide.json"/>', ""),
    Case("form-required", "Task_Register", '<spiffworkflow:property name="formJsonSchemaFilename" value="X/register.json"/>', ""),
    Case("lane-role", "Task_Look", "<bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>", ""),
    Case("lane-role", "Lane_Support", '<spiffworkflow:property name="role" value="support"/>', ""),
    Case("role-known", "Lane_Support", 'name="role" value="support"', 'name="role" value="suport"'),
    Case("role-known", "X_main", "service_desk support", "service_desk suport"),
    # calls
    Case("decision-known", "Task_Rule", ">priority_of<", ">priority_off<"),
    Case("decision-known", "Task_Rule", "<bpmn:extensionElements><spiffworkflow:calledDecisionId>priority_of</spiffworkflow:calledDecisionId></bpmn:extensionElements>", ""),
    Case("process-known", "Call_Other", 'calledElement="X_other"', 'calledElement="X_othre"'),
    Case("process-known", "Call_Other", ' calledElement="X_other"', ""),
    Case("process-known", "Call_Other", 'calledElement="X_other"', 'calledElement="X_main"'),
    # registers
    Case("register-known", "DataStore_ci", 'id="DataStore_ci" name="ci"', 'id="DataStore_ci" name="cmdb"'),
    Case("register-field", "Write_1", "<bpmn:to>state</bpmn:to>", "<bpmn:to>stat</bpmn:to>"),
    Case("register-field", "Write_1", "<bpmn:to>state</bpmn:to>", "<bpmn:to>typename</bpmn:to>"),
    Case("data-association", "Write_1", _STATE, '<bpmn:assignment><bpmn:from>"new"</bpmn:from></bpmn:assignment>'),
    Case("data-association", "Write_1", _STATE, _STATE * 2),
    Case("data-association", "Write_1", "<bpmn:to>state</bpmn:to>", "<bpmn:to>the state</bpmn:to>", ("register-field",)),
    Case("data-association", "Read_1", _READ, ""),
    Case("data-association", "Read_1", _READ, _READ * 2),
    Case("data-association", "Read_1", "<bpmn:sourceRef>Store_Ci</bpmn:sourceRef>", ""),
    # drawing
    Case("label-required", "Task_Plain", _PLAIN, '<bpmn:task id="Task_Plain"/>'),
    Case("label-required", "Gateway_Urgent", ' name="Urgent?"', ""),
    Case("label-required", "Flow_Yes", ' name="yes"', ""),
]  # fmt: skip


@pytest.mark.parametrize("body", [VALID, WIDE, UNDONE, CHOSEN])
def test_the_valid_diagrams_have_no_findings(body: str) -> None:
    """Neither errors nor warnings: so every finding below comes from the one change."""
    assert findings(body) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_finds_what_breaks_it(case: Case) -> None:
    """At the element and line of the change, with a sentence and a hint; and no other rule complains."""
    found = findings(changed(case.old, case.new, case.body))
    at_element = [finding for finding in found if (finding.rule, finding.element) == (case.rule, case.element)]
    assert at_element, found
    assert {finding.rule for finding in found} <= {case.rule, *case.also}
    for finding in found:
        assert finding.line > 1
        assert finding.message.endswith(".")
        assert finding.hint


_ELSEWHERE = {"task-for-nobody", "drawing-missing", "id-duplicate", "variable-unknown"}  # need another diagram: below
_ELSEWHERE |= {"data-name", "data-move", "data-sets", "correlation-key"}  # test_data_items.py, test_correlation.py
_ELSEWHERE |= {"message-ambiguous", "process-missing"}  # test_messages_without_key.py, test_strangers.py
_ELSEWHERE |= {"calendar-unknown", "timer-record"}  # tests/engine/test_calendars.py, test_record_timers.py


def test_every_rule_is_broken_by_a_case() -> None:
    """A rule without an example is a rule that nobody can trust."""
    assert {rule.id for rule in RULES} == {case.rule for case in CASES} | _ELSEWHERE
