# SPDX-License-Identifier: Apache-2.0
"""A second diagram that keeps every rule: loops, event subprocesses, signals, errors, escalations, conditions, links."""

from __future__ import annotations

import re

_DRAWN = """
<bpmn:message id="Message_Stop" name="stop"/>
<bpmn:signal id="Signal_Alarm" name="alarm"/>
<bpmn:signal id="Signal_Over" name="over"/>
<bpmn:error id="Error_No" name="Not possible" errorCode="not_possible"/>
<bpmn:error id="Error_Any" name="Any"/>
<bpmn:escalation id="Escalation_Late" name="Late" escalationCode="late"/>
<bpmn:process id="X_main" name="Main" isExecutable="true">
  <bpmn:extensionElements><spiffworkflow:properties>
    <spiffworkflow:property name="title" value='"Alarm"'/>
  </spiffworkflow:properties></bpmn:extensionElements>
  <bpmn:laneSet id="LaneSet_X">
    <bpmn:lane id="Lane_Desk" name="Desk">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="role" value="service_desk"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:flowNodeRef>Task_Each</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Again</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Other</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Sub_Each</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Sub_Stop</bpmn:flowNodeRef>
    </bpmn:lane>
  </bpmn:laneSet>

  <bpmn:startEvent id="Start_Hand" name="Begun"/>
  <bpmn:startEvent id="Start_Signal" name="Alarm">
    <bpmn:signalEventDefinition id="Def_Start" signalRef="Signal_Alarm">
      <bpmn:extensionElements><spiffworkflow:variableName>alarm</spiffworkflow:variableName></bpmn:extensionElements>
    </bpmn:signalEventDefinition>
  </bpmn:startEvent>
  Flow_1: Start_Hand -> Task_Each
  Flow_2: Start_Signal -> Task_Each
  <bpmn:userTask id="Task_Each" name="Ask each" default="Flow_Usual">
    <bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="formJsonSchemaFilename" value="X/register.json"/>
      <spiffworkflow:property name="assignee" value="person"/>
    </spiffworkflow:properties></bpmn:extensionElements>
    <bpmn:ioSpecification id="Io_1"><bpmn:inputSet id="In_1"/><bpmn:outputSet id="Out_1"/></bpmn:ioSpecification>
    <bpmn:multiInstanceLoopCharacteristics id="Loop_Each" isSequential="false" behavior="All">
      <bpmn:loopDataInputRef>alarm["people"]</bpmn:loopDataInputRef>
      <bpmn:loopDataOutputRef>impacts</bpmn:loopDataOutputRef>
      <bpmn:inputDataItem id="Item_1" name="person"/>
      <bpmn:outputDataItem id="Item_2" name="impact"/>
      <bpmn:completionCondition xsi:type="bpmn:tFormalExpression">numberOfCompletedInstances >= 2 or "high" in impacts</bpmn:completionCondition>
    </bpmn:multiInstanceLoopCharacteristics>
  </bpmn:userTask>
  <bpmn:boundaryEvent id="Event_Alarm" name="Alarm again" attachedToRef="Task_Each" cancelActivity="false">
    <bpmn:signalEventDefinition id="Def_Alarm" signalRef="Signal_Alarm"/>
  </bpmn:boundaryEvent>
  Flow_3: Event_Alarm -> Link_Throw
  <bpmn:intermediateThrowEvent id="Link_Throw" name="to the end"><bpmn:linkEventDefinition id="Def_LinkThrow" name="end"/></bpmn:intermediateThrowEvent>
  <bpmn:intermediateCatchEvent id="Link_Catch" name="from above"><bpmn:linkEventDefinition id="Def_LinkCatch" name="end"/></bpmn:intermediateCatchEvent>
  Flow_4: Link_Catch -> Event_Late
  <bpmn:intermediateThrowEvent id="Event_Late" name="Late">
    <bpmn:escalationEventDefinition id="Def_Throw" escalationRef="Escalation_Late"/>
  </bpmn:intermediateThrowEvent>
  Flow_5: Event_Late -> End_Over
  <bpmn:endEvent id="End_Over" name="Over">
    <bpmn:signalEventDefinition id="Def_Over" signalRef="Signal_Over">
      <bpmn:extensionElements><spiffworkflow:payloadExpression>{"impacts": impacts}</spiffworkflow:payloadExpression></bpmn:extensionElements>
    </bpmn:signalEventDefinition>
  </bpmn:endEvent>

  Flow_Usual: Task_Each -> Task_Again
  Flow_High: Task_Each -> Sub_Each if "high" in impacts
  Flow_Low: Task_Each -> Task_Other if "low" in impacts
  <bpmn:manualTask id="Task_Other" name="Note"/>
  Flow_6: Task_Other -> End_One
  Flow_7: Task_Other -> Event_Race
  <bpmn:endEvent id="End_One" name="One"/>
  <bpmn:eventBasedGateway id="Event_Race" name="What is first?"/>
  Flow_8: Event_Race -> Event_Calm
  Flow_9: Event_Race -> Event_Signal
  <bpmn:intermediateCatchEvent id="Event_Calm" name="Calm">
    <bpmn:conditionalEventDefinition id="Def_Calm"><bpmn:condition xsi:type="bpmn:tFormalExpression">get_var("again", False)</bpmn:condition></bpmn:conditionalEventDefinition>
  </bpmn:intermediateCatchEvent>
  <bpmn:intermediateCatchEvent id="Event_Signal" name="Signal"><bpmn:signalEventDefinition id="Def_Signal" signalRef="Signal_Over"/></bpmn:intermediateCatchEvent>
  Flow_10: Event_Calm -> End_Two
  Flow_11: Event_Signal -> End_Two
  <bpmn:endEvent id="End_Two" name="Two"/>

  <bpmn:manualTask id="Task_Again" name="Again">
    <bpmn:standardLoopCharacteristics id="Loop_Again" testBefore="true" loopMaximum="3">
      <bpmn:loopCondition>is_empty(impacts)</bpmn:loopCondition>
    </bpmn:standardLoopCharacteristics>
  </bpmn:manualTask>
  Flow_12: Task_Again -> Task_Compute
  <bpmn:scriptTask id="Task_Compute" name="Compute"><bpmn:script>again = True</bpmn:script></bpmn:scriptTask>
  <bpmn:boundaryEvent id="Event_Failed" name="Failed" attachedToRef="Task_Compute">
    <bpmn:errorEventDefinition id="Def_Failed">
      <bpmn:extensionElements><spiffworkflow:variableName>failure</spiffworkflow:variableName></bpmn:extensionElements>
    </bpmn:errorEventDefinition>
  </bpmn:boundaryEvent>
  Flow_13: Task_Compute -> End_Three
  Flow_14: Event_Failed -> End_Four
  <bpmn:endEvent id="End_Three" name="Three"/>
  <bpmn:endEvent id="End_Four" name="Four"><bpmn:errorEventDefinition id="Def_Four" errorRef="Error_No"/></bpmn:endEvent>

  <bpmn:subProcess id="Sub_Each" name="Twice">
    <bpmn:multiInstanceLoopCharacteristics id="Loop_Sub" isSequential="true">
      <bpmn:loopCardinality>2</bpmn:loopCardinality>
      <bpmn:inputDataItem id="Item_3" name="turn"/>
    </bpmn:multiInstanceLoopCharacteristics>
    <bpmn:startEvent id="Sub_Start" name="Begin"/>
    Flow_20: Sub_Start -> Task_Look
    <bpmn:manualTask id="Task_Look" name="Look at it"/>
    Flow_21: Task_Look -> Sub_End
    <bpmn:endEvent id="Sub_End" name="Late">
      <bpmn:escalationEventDefinition id="Def_SubEnd" escalationRef="Escalation_Late">
        <bpmn:extensionElements><spiffworkflow:payloadExpression>turn + loopCounter</spiffworkflow:payloadExpression></bpmn:extensionElements>
      </bpmn:escalationEventDefinition>
    </bpmn:endEvent>
    <bpmn:subProcess id="Sub_Timer" name="When it takes long" triggeredByEvent="true">
      <bpmn:startEvent id="Timer_Start" name="Each hour" isInterrupting="false">
        <bpmn:timerEventDefinition id="Def_Timer"><bpmn:timeCycle>R/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>
      </bpmn:startEvent>
      Flow_22: Timer_Start -> Timer_End
      <bpmn:endEvent id="Timer_End" name="Failed"><bpmn:errorEventDefinition id="Def_TimerEnd" errorRef="Error_No"/></bpmn:endEvent>
    </bpmn:subProcess>
  </bpmn:subProcess>
  <bpmn:boundaryEvent id="Event_No" name="Failed" attachedToRef="Sub_Each"><bpmn:errorEventDefinition id="Def_No" errorRef="Error_Any"/></bpmn:boundaryEvent>
  <bpmn:boundaryEvent id="Event_Escalated" name="Late" attachedToRef="Sub_Each" cancelActivity="false"><bpmn:escalationEventDefinition id="Def_Escalated"/></bpmn:boundaryEvent>
  <bpmn:boundaryEvent id="Event_Enough" name="Enough" attachedToRef="Sub_Each">
    <bpmn:conditionalEventDefinition id="Def_Enough"><bpmn:condition>"low" in impacts</bpmn:condition></bpmn:conditionalEventDefinition>
  </bpmn:boundaryEvent>
  Flow_15: Sub_Each -> End_Five
  Flow_16: Event_No -> End_Five
  Flow_17: Event_Escalated -> End_Five
  Flow_18: Event_Enough -> End_Five
  <bpmn:endEvent id="End_Five" name="Five"/>

  <bpmn:subProcess id="Sub_Stop" name="When it is stopped" triggeredByEvent="true">
    <bpmn:startEvent id="Stop_Start" name="Stop">
      <bpmn:messageEventDefinition id="Def_Stop" messageRef="Message_Stop">
        <bpmn:extensionElements>
          <spiffworkflow:messageVariable>reason</spiffworkflow:messageVariable>
          <spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties>
        </bpmn:extensionElements>
      </bpmn:messageEventDefinition>
    </bpmn:startEvent>
    Flow_30: Stop_Start -> Task_Stop
    <bpmn:manualTask id="Task_Stop" name="Clean up"/>
    Flow_31: Task_Stop -> Stop_End
    <bpmn:endEvent id="Stop_End" name="Stopped"/>
  </bpmn:subProcess>
  <bpmn:subProcess id="Sub_Error" name="When it fails" triggeredByEvent="true">
    <bpmn:startEvent id="Error_Start" name="Failed"><bpmn:errorEventDefinition id="Def_ErrorStart" errorRef="Error_No"/></bpmn:startEvent>
    Flow_32: Error_Start -> Error_End
    <bpmn:endEvent id="Error_End" name="Failed"/>
  </bpmn:subProcess>
  <bpmn:subProcess id="Sub_Late" name="When it is late" triggeredByEvent="true">
    <bpmn:startEvent id="Late_Start" name="Late" isInterrupting="false"><bpmn:escalationEventDefinition id="Def_LateStart" escalationRef="Escalation_Late"/></bpmn:startEvent>
    Flow_33: Late_Start -> Late_End
    <bpmn:endEvent id="Late_End" name="Late"/>
  </bpmn:subProcess>
</bpmn:process>
"""
_FLOW = re.compile(r"^ *(Flow_\w+): (\w+) -> (\w+)(?: if (.+))?$", re.MULTILINE)


def _flow(match: re.Match[str]) -> str:
    own, source, target, condition = match.groups()
    inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    name = f' name="{own}"' if condition else ""
    return f'<bpmn:sequenceFlow id="{own}"{name} sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def drawn(text: str) -> str:
    """A body with its flows written out: ``Flow_1: A -> B if condition``."""
    return _FLOW.sub(_flow, text)


WIDE = drawn(_DRAWN)
