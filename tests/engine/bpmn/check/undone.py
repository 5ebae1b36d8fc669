# SPDX-License-Identifier: Apache-2.0
"""A third diagram that keeps every rule: compensation and a transaction."""

from __future__ import annotations

from tests.engine.bpmn.check.wide import drawn

UNDONE = drawn("""
<bpmn:error id="Error_No" name="Not possible" errorCode="not_possible"/>
<bpmn:process id="X_main" name="Main" isExecutable="true">
  <bpmn:extensionElements><spiffworkflow:properties>
    <spiffworkflow:property name="title" value='"Trip"'/>
  </spiffworkflow:properties></bpmn:extensionElements>
  <bpmn:laneSet id="LaneSet_X">
    <bpmn:lane id="Lane_Desk" name="Desk">
      <bpmn:extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="role" value="service_desk"/>
      </spiffworkflow:properties></bpmn:extensionElements>
      <bpmn:flowNodeRef>Sub_Trip</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Pay</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Refund</bpmn:flowNodeRef>
      <bpmn:flowNodeRef>Task_Tell</bpmn:flowNodeRef>
    </bpmn:lane>
  </bpmn:laneSet>

  <bpmn:startEvent id="Start_Hand" name="Begun"/>
  Flow_1: Start_Hand -> Sub_Trip
  <bpmn:transaction id="Sub_Trip" name="Book the trip">
    <bpmn:startEvent id="Trip_Start" name="Begin"/>
    Flow_10: Trip_Start -> Task_Book
    <bpmn:manualTask id="Task_Book" name="Book a hotel"/>
    <bpmn:boundaryEvent id="Event_UndoBook" name="Undo" attachedToRef="Task_Book"><bpmn:compensateEventDefinition id="Def_UndoBook"/></bpmn:boundaryEvent>
    <bpmn:association id="Association_1" sourceRef="Event_UndoBook" targetRef="Task_Unbook"/>
    <bpmn:association id="Association_2" sourceRef="Event_UndoBook" targetRef="Note_1"/>
    <bpmn:textAnnotation id="Note_1"><bpmn:text>By the way</bpmn:text></bpmn:textAnnotation>
    <bpmn:manualTask id="Task_Unbook" name="Cancel the hotel" isForCompensation="true"/>
    Flow_11: Task_Book -> Gateway_Fits
    <bpmn:exclusiveGateway id="Gateway_Fits" name="Does it fit?" default="Flow_Yes"/>
    <bpmn:sequenceFlow id="Flow_Yes" name="yes" sourceRef="Gateway_Fits" targetRef="Trip_End"/>
    Flow_No: Gateway_Fits -> Trip_Cancelled if get_var("bad", False)
    <bpmn:endEvent id="Trip_End" name="Booked"/>
    <bpmn:endEvent id="Trip_Cancelled" name="Cancelled"><bpmn:cancelEventDefinition id="Def_Cancel"/></bpmn:endEvent>
  </bpmn:transaction>
  <bpmn:boundaryEvent id="Event_Cancelled" name="Cancelled" attachedToRef="Sub_Trip"><bpmn:cancelEventDefinition id="Def_Cancelled"/></bpmn:boundaryEvent>
  Flow_2: Event_Cancelled -> End_Cancelled
  <bpmn:endEvent id="End_Cancelled" name="Cancelled"/>
  Flow_3: Sub_Trip -> Task_Pay
  <bpmn:manualTask id="Task_Pay" name="Pay"/>
  <bpmn:boundaryEvent id="Event_UndoPay" name="Undo" attachedToRef="Task_Pay"><bpmn:compensateEventDefinition id="Def_UndoPay"/></bpmn:boundaryEvent>
  <bpmn:association id="Association_3" sourceRef="Event_UndoPay" targetRef="Task_Refund"/>
  <bpmn:manualTask id="Task_Refund" name="Refund" isForCompensation="true"/>
  Flow_4: Task_Pay -> Sub_Letter
  <bpmn:subProcess id="Sub_Letter" name="Send the papers">
    <bpmn:startEvent id="Letter_Start" name="Begin"/>
    Flow_20: Letter_Start -> Letter_End
    <bpmn:endEvent id="Letter_End" name="Sent"/>
    <bpmn:subProcess id="Sub_Recall" name="Recall them" triggeredByEvent="true">
      <bpmn:startEvent id="Recall_Start" name="Undo"><bpmn:compensateEventDefinition id="Def_Recall"/></bpmn:startEvent>
      Flow_21: Recall_Start -> Recall_End
      <bpmn:endEvent id="Recall_End" name="Recalled"/>
    </bpmn:subProcess>
  </bpmn:subProcess>
  Flow_5: Sub_Letter -> Event_UndoOne
  <bpmn:intermediateThrowEvent id="Event_UndoOne" name="Undo the payment"><bpmn:compensateEventDefinition id="Def_UndoOne" activityRef="Task_Pay" waitForCompletion="false"/></bpmn:intermediateThrowEvent>
  Flow_6: Event_UndoOne -> End_Undone
  <bpmn:endEvent id="End_Undone" name="All undone"><bpmn:compensateEventDefinition id="Def_UndoAll"/></bpmn:endEvent>
  <bpmn:subProcess id="Sub_Failed" name="When it fails" triggeredByEvent="true">
    <bpmn:startEvent id="Failed_Start" name="Failed"><bpmn:errorEventDefinition id="Def_Failed" errorRef="Error_No"/></bpmn:startEvent>
    Flow_30: Failed_Start -> Task_Tell
    <bpmn:manualTask id="Task_Tell" name="Tell the customer"/>
    Flow_31: Task_Tell -> Failed_End
    <bpmn:endEvent id="Failed_End" name="Undone"><bpmn:compensateEventDefinition id="Def_UndoFailed" activityRef="Sub_Trip"/></bpmn:endEvent>
  </bpmn:subProcess>
</bpmn:process>
""")
