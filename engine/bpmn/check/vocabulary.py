# SPDX-License-Identifier: Apache-2.0
"""What a diagram may contain: the BPMN elements, attributes and event definitions that the engine executes or draws.

Everything else is refused at publish. These tables are what the rules check and what `docs/bpmn.md` shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DIAGRAM = f"{{{BPMNDI}}}BPMNDiagram"

Attributes = Mapping[str, tuple[str, ...] | None]  #: attribute -> the values that mean something; None: any

_ID: Attributes = {"id": None}
_NAMED: Attributes = {"id": None, "name": None}
_NODE_PARTS = ("incoming", "outgoing")
_EVENT_PARTS = (
    *_NODE_PARTS,
    "messageEventDefinition",
    "timerEventDefinition",
    "errorEventDefinition",
    "terminateEventDefinition",
)
_READS = ("property", "dataInputAssociation")
_WRITES = ("dataOutputAssociation",)
_DATA = ("property", "dataInputAssociation", "dataOutputAssociation")
_ACTIVITY: Attributes = {
    **_NAMED,
    "isForCompensation": ("false",),
    "startQuantity": ("1",),
    "completionQuantity": ("1",),
}
_ANY_IMPLEMENTATION = ("##unspecified", "##WebService")
_ARTIFACTS = ("textAnnotation", "association", "group")


@dataclass(frozen=True)
class Element:
    """A BPMN element that may be drawn. `inside` is what it may contain beside documentation and extensionElements."""

    does: str
    attributes: Attributes = field(default_factory=lambda: _NAMED)
    inside: tuple[str, ...] = ()
    group: str = ""


_ACTIVITIES = {
    "userTask": Element(
        "A person fills in a form.", {**_ACTIVITY, "implementation": _ANY_IMPLEMENTATION}, (*_NODE_PARTS, *_DATA)
    ),
    "manualTask": Element(
        "A person does something and confirms it; a form is optional.", _ACTIVITY, (*_NODE_PARTS, *_DATA)
    ),
    "task": Element("Passes on at once; for reading and writing registers.", _ACTIVITY, (*_NODE_PARTS, *_DATA)),
    "scriptTask": Element(
        "Computes case variables in the script language.",
        {**_ACTIVITY, "scriptFormat": ("python", "text/x-python")},
        (*_NODE_PARTS, *_DATA, "script"),
    ),
    "businessRuleTask": Element(
        "Asks a decision table; its outputs become case variables.",
        {**_ACTIVITY, "implementation": _ANY_IMPLEMENTATION},
        (*_NODE_PARTS, *_DATA),
    ),
    "sendTask": Element(
        "Sends a message and passes on.",
        {**_ACTIVITY, "messageRef": None, "implementation": _ANY_IMPLEMENTATION},
        (*_NODE_PARTS, *_DATA),
    ),
    "receiveTask": Element(
        "Waits for a message.",
        {**_ACTIVITY, "messageRef": None, "instantiate": ("false",), "implementation": _ANY_IMPLEMENTATION},
        (*_NODE_PARTS, *_DATA),
    ),
    "callActivity": Element(
        "Runs another process and waits for its end.", {**_ACTIVITY, "calledElement": None}, _NODE_PARTS
    ),
    "subProcess": Element(
        "An embedded subprocess: a part of the process with its own start and end.",
        {**_ACTIVITY, "triggeredByEvent": ("false",)},
        (),
    ),
}
_EVENTS = {
    "startEvent": Element(
        "Where a case begins.",
        {**_NAMED, "isInterrupting": ("true",), "parallelMultiple": ("false",)},
        (*_EVENT_PARTS, *_WRITES),
    ),
    "endEvent": Element("Where a path ends.", _NAMED, (*_EVENT_PARTS, *_READS)),
    "intermediateCatchEvent": Element(
        "Waits for a time or a message.", {**_NAMED, "parallelMultiple": ("false",)}, (*_EVENT_PARTS, *_WRITES)
    ),
    "intermediateThrowEvent": Element("Marks a point, or sends a message.", _NAMED, (*_EVENT_PARTS, *_READS)),
    "boundaryEvent": Element(
        "Reacts while an activity is under way, ending it or not.",
        {**_NAMED, "attachedToRef": None, "cancelActivity": ("true", "false"), "parallelMultiple": ("false",)},
        (*_EVENT_PARTS, *_WRITES),
    ),
}
_DIRECTED: Attributes = {**_NAMED, "gatewayDirection": None}
_GATEWAYS = {
    "exclusiveGateway": Element(
        "Takes the first flow whose condition holds, else the default.", {**_DIRECTED, "default": None}, _NODE_PARTS
    ),
    "inclusiveGateway": Element(
        "Takes every flow whose condition holds, else the default; joins what is under way.",
        {**_DIRECTED, "default": None},
        _NODE_PARTS,
    ),
    "parallelGateway": Element("Takes all flows; joins them all.", _DIRECTED, _NODE_PARTS),
    "eventBasedGateway": Element(
        "Waits for the first of several events.",
        {**_DIRECTED, "instantiate": ("false",), "eventGatewayType": ("Exclusive",)},
        _NODE_PARTS,
    ),
}
_EVENT_DEFINITIONS = {
    "messageEventDefinition": Element("A message, by name and correlation key.", {**_ID, "messageRef": None}),
    "timerEventDefinition": Element(
        "A date-time, a duration or a cycle in ISO 8601.", _ID, ("timeDate", "timeDuration", "timeCycle")
    ),
    "errorEventDefinition": Element("An error of a subprocess or called process.", {**_ID, "errorRef": None}),
    "terminateEventDefinition": Element("Ends everything that is still under way.", _ID),
}
_CONNECTIONS = {
    "sequenceFlow": Element(
        "From one node to the next.",
        {**_NAMED, "sourceRef": None, "targetRef": None, "isImmediate": None},
        ("conditionExpression",),
    ),
    "conditionExpression": Element("When a flow is taken.", _ID),
    "dataInputAssociation": Element("Reads a record of a register.", _ID, ("sourceRef", "targetRef", "assignment")),
    "dataOutputAssociation": Element("Writes a record of a register.", _ID, ("sourceRef", "targetRef", "assignment")),
    "assignment": Element("One value of a record.", _ID, ("from", "to")),
}
_DATA_ELEMENTS = {
    "dataStore": Element("A register.", {**_NAMED, "isUnlimited": ("true",)}),
    "dataStoreReference": Element("A register, drawn.", {**_NAMED, "dataStoreRef": None}),
    "message": Element("A message and its name."),
    "error": Element("An error and its code.", {**_NAMED, "errorCode": None}),
    "property": Element(
        "The end of a data association, as editors write it.", {**_ID, "name": ("__targetRef_placeholder",)}
    ),
}
_FRAME = {
    "definitions": Element(
        "The file.",
        {
            **_NAMED,
            "targetNamespace": None,
            "exporter": None,
            "exporterVersion": None,
            "expressionLanguage": ("http://www.w3.org/1999/XPath",),
            "typeLanguage": ("http://www.w3.org/2001/XMLSchema",),
        },
        ("collaboration", "process", "message", "error", "dataStore", "category"),
    ),
    "process": Element(
        "One process; exactly one of a file is executable.",
        {**_NAMED, "isExecutable": ("true", "false"), "processType": None, "isClosed": ("false",)},
        (),
    ),
    "laneSet": Element("The lanes of a pool.", _NAMED, ("lane",)),
    "lane": Element(
        "A role: its user tasks are offered to the people who hold it.", _NAMED, ("flowNodeRef", "childLaneSet")
    ),
    "childLaneSet": Element("Lanes within a lane; the innermost counts.", _NAMED, ("lane",)),
    "collaboration": Element(
        "The frame of the pools.", {**_NAMED, "isClosed": ("false",)}, ("participant", "messageFlow", *_ARTIFACTS)
    ),
    "participant": Element("A pool: one with the process, others collapsed.", {**_NAMED, "processRef": None}),
    "messageFlow": Element("Drawn only.", {**_NAMED, "sourceRef": None, "targetRef": None, "messageRef": None}),
    "textAnnotation": Element("Drawn only.", {**_ID, "textFormat": None}, ("text",)),
    "association": Element("Drawn only.", {**_ID, "sourceRef": None, "targetRef": None, "associationDirection": None}),
    "group": Element("Drawn only.", {**_ID, "categoryValueRef": None}),
    "category": Element("Drawn only.", _NAMED, ("categoryValue",)),
    "categoryValue": Element("Drawn only.", {**_ID, "value": None}),
    "documentation": Element("Text for people.", {**_ID, "textFormat": None}),
    "extensionElements": Element("See the extension elements below.", {}),
}
_TEXTS = {name: Element("", _ID) for name in ("timeDate", "timeDuration", "timeCycle", "from", "to")}
_TEXTS |= {
    name: Element("", {})
    for name in ("incoming", "outgoing", "flowNodeRef", "script", "text", "sourceRef", "targetRef")
}

FLOW_NODES = frozenset(_ACTIVITIES) | frozenset(_EVENTS) | frozenset(_GATEWAYS)
ACTIVITIES = frozenset(_ACTIVITIES)
EVENTS = frozenset(_EVENTS)
GATEWAYS = frozenset(_GATEWAYS)
HUMAN_TASKS = frozenset({"userTask", "manualTask"})
AUTOMATIC_TASKS = frozenset({"task", "scriptTask", "businessRuleTask", "sendTask"})
FLOW_PARTS = (*_ACTIVITIES, *_EVENTS, *_GATEWAYS, "sequenceFlow", "dataStoreReference", *_ARTIFACTS)

GROUPS: Mapping[str, Mapping[str, Element]] = {
    "Activities": _ACTIVITIES,
    "Events": _EVENTS,
    "Event definitions": _EVENT_DEFINITIONS,
    "Gateways": _GATEWAYS,
    "Flows and data associations": _CONNECTIONS,
    "Data and messages": _DATA_ELEMENTS,
    "Frame and drawing": _FRAME,
}
ELEMENTS: Mapping[str, Element] = {
    name: element for group in (*GROUPS.values(), _TEXTS) for name, element in group.items()
}

_CONTAINERS = {"process": ("laneSet", *FLOW_PARTS), "subProcess": (*_NODE_PARTS, *FLOW_PARTS)}


def inside(name: str) -> tuple[str, ...]:
    """What an element may contain."""
    return ("documentation", "extensionElements", *_CONTAINERS.get(name, ELEMENTS[name].inside))


#: position -> the event definitions that may stand there; "none" is an event without definition.
POSITIONS: Mapping[str, tuple[str, ...]] = {
    "startEvent": ("none", "messageEventDefinition", "timerEventDefinition"),
    "startEvent in a subProcess": ("none",),
    "endEvent": ("none", "messageEventDefinition", "terminateEventDefinition", "errorEventDefinition"),
    "intermediateCatchEvent": ("messageEventDefinition", "timerEventDefinition"),
    "intermediateThrowEvent": ("none", "messageEventDefinition"),
    "boundaryEvent": ("messageEventDefinition", "timerEventDefinition", "errorEventDefinition"),
}

#: What is refused -> what to draw instead.
INSTEAD: Mapping[str, str] = {
    "serviceTask": "Use a user task, or a send task whose message another system answers.",
    "complexGateway": "Use inclusive or exclusive gateways.",
    "adHocSubProcess": "Draw the activities as a subprocess with inclusive gateways.",
    "transaction": "Use an embedded subprocess with a boundary event.",
    "choreographyTask": "Draw the process of one participant.",
    "subChoreography": "Draw the process of one participant.",
    "callChoreography": "Draw the process of one participant.",
    "choreography": "Draw the process of one participant.",
    "conversation": "Draw messages between pools.",
    "signalEventDefinition": "Use a message.",
    "signal": "Use a message.",
    "escalationEventDefinition": "Use a message, or a non-interrupting timer on the activity.",
    "escalation": "Use a message, or a non-interrupting timer on the activity.",
    "conditionalEventDefinition": "Use a gateway after the activity that changes the value.",
    "linkEventDefinition": "Draw the flow through.",
    "compensateEventDefinition": "Draw the activities that undo, after an exclusive gateway.",
    "cancelEventDefinition": "Use an error end event and an error boundary event.",
    "multiInstanceLoopCharacteristics": "Draw a loop with an exclusive gateway, or collect the list in one form.",
    "standardLoopCharacteristics": "Draw the loop with an exclusive gateway.",
    "loopCharacteristics": "Draw the loop with an exclusive gateway.",
    "ioSpecification": "Case variables are one flat mapping: delete the inputs and outputs.",
    "ioBinding": "Case variables are one flat mapping: delete it.",
    "dataObject": "Use a case variable, or a data store for a register.",
    "dataObjectReference": "Use a case variable, or a data store for a register.",
    "dataInput": "Case variables are one flat mapping: delete it.",
    "dataOutput": "Case variables are one flat mapping: delete it.",
    "transformation": "Write the value into an assignment.",
    "potentialOwner": "The lane's role decides; for one person use the property assignee.",
    "humanPerformer": "The lane's role decides; for one person use the property assignee.",
    "performer": "The lane's role decides; for one person use the property assignee.",
    "resourceRole": "The lane's role decides; for one person use the property assignee.",
    "resource": "Roles stand at the lanes.",
    "correlationKey": "Use the property correlationKey of the message event.",
    "correlationProperty": "Use the property correlationKey of the message event.",
    "correlationSubscription": "Use the property correlationKey of the message event.",
    "globalTask": "Call a process.",
    "globalUserTask": "Call a process.",
    "globalScriptTask": "Call a process.",
    "globalManualTask": "Call a process.",
    "globalBusinessRuleTask": "Call a process.",
    "participantMultiplicity": "Draw one pool.",
    "import": "Keep all that a file needs in it.",
}

#: Flow nodes that are refused but still take part in the graph, so that one fault does not look like ten.
REFUSED_FLOW_NODES = frozenset(
    {"serviceTask", "complexGateway", "adHocSubProcess", "transaction", "implicitThrowEvent", "event"}
)
