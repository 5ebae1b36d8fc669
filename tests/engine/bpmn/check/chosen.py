# SPDX-License-Identifier: Apache-2.0
"""A fourth diagram that keeps every rule: ad hoc subprocesses."""

from __future__ import annotations

from tests.engine.bpmn.check.wide import drawn

CHOSEN = drawn("""
<bpmn:process id="X_main" name="Main" isExecutable="true">
  <bpmn:extensionElements><spiffworkflow:properties>
    <spiffworkflow:property name="title" value='"Search"'/>
  </spiffworkflow:properties></bpmn:extensionElements>
  <bpmn:laneSet id="LaneSet_X">
    <bpmn:lane id="Lane_Desk" name="Desk">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="role" value="service_desk"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:flowNodeRef>Sub_Search</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Look</bpmn:flowNodeRef>
    </bpmn:lane>
    <bpmn:lane id="Lane_Support" name="Support">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="role" value="support"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:flowNodeRef>Sub_Try</bpmn:flowNodeRef>
    </bpmn:lane>
  </bpmn:laneSet>

  <bpmn:startEvent id="Start_Hand" name="Begun"/>
  Flow_1: Start_Hand -> Sub_Search
  <bpmn:adHocSubProcess id="Sub_Search" name="Search for the cause" ordering="Sequential" cancelRemainingInstances="false">
    <bpmn:manualTask id="Task_Look" name="Look at it"/>
    Flow_10: Task_Look -> Gateway_Seen
    <bpmn:exclusiveGateway id="Gateway_Seen" name="Was it seen?" default="Flow_No"/>
    <bpmn:sequenceFlow id="Flow_No" name="no" sourceRef="Gateway_Seen" targetRef="Link_Out"/>
    Flow_Yes: Gateway_Seen -> Task_Note if get_var("seen", False)
    <bpmn:scriptTask id="Task_Note" name="Note it"><bpmn:script>found = True</bpmn:script></bpmn:scriptTask>
    <bpmn:intermediateThrowEvent id="Link_Out" name="on"><bpmn:linkEventDefinition id="Def_Out" name="on"/></bpmn:intermediateThrowEvent>
    <bpmn:intermediateCatchEvent id="Link_In" name="on"><bpmn:linkEventDefinition id="Def_In" name="on"/></bpmn:intermediateCatchEvent>
    Flow_12: Link_In -> Task_Later
    <bpmn:manualTask id="Task_Later" name="Look later"/>
    <bpmn:boundaryEvent id="Event_Long" name="Takes long" attachedToRef="Task_Later"><bpmn:timerEventDefinition id="Def_Long"><bpmn:timeDuration>PT4H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
    <bpmn:subProcess id="Sub_Stop" name="When it is stopped" triggeredByEvent="true">
      <bpmn:startEvent id="Stop_Start" name="Late"><bpmn:timerEventDefinition id="Def_Stop"><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>
      Flow_20: Stop_Start -> Stop_End
      <bpmn:endEvent id="Stop_End" name="Stopped"/>
    </bpmn:subProcess>
    <bpmn:completionCondition>get_var("found", False)</bpmn:completionCondition>
  </bpmn:adHocSubProcess>
  Flow_2: Sub_Search -> Sub_Try
  <bpmn:adHocSubProcess id="Sub_Try" name="Try this and that">
    <bpmn:task id="Task_Plain" name="Note"/>
    <bpmn:manualTask id="Task_Restart" name="Restart it"/>
  </bpmn:adHocSubProcess>
  Flow_3: Sub_Try -> End_All
  <bpmn:endEvent id="End_All" name="Ended"/>
</bpmn:process>
""")
