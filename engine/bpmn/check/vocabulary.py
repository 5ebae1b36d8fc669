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
DIAGRAM = f"{{{BPMNDI}}}BPMNDiagram"

Attributes = Mapping[str, tuple[str, ...] | None]  #: attribute -> the values that mean something; None: any

_ID: Attributes = {"id": None}
_NAMED: Attributes = {"id": None, "name": None}
_NODE_PARTS = ("incoming", "outgoing")
_EVENT_PARTS = (
    *_NODE_PARTS,
    "messageEventDefinition",
    "timerEventDefinition",
    "signalEventDefinition",
    "errorEventDefinition",
    "escalationEventDefinition",
    "conditionalEventDefinition",
    "linkEventDefinition",
    "terminateEventDefinition",
    "compensateEventDefinition",
    "cancelEventDefinition",
)
_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
_READS = ("property", "dataInput", "dataInputAssociation", "inputSet")
_WRITES = ("property", "dataOutput", "dataOutputAssociation", "outputSet")
_WORK_PARTS = (*_NODE_PARTS, *_LOOPS, "ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation")
_TASK_PARTS = _WORK_PARTS
_ACTIVITY: Attributes = {
    **_NAMED,
    "default": None,
    "isForCompensation": ("true", "false"),
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
    "userTask": Element("A person fills in a form.", {**_ACTIVITY, "implementation": _ANY_IMPLEMENTATION}, _TASK_PARTS),
    "manualTask": Element("A person does something and confirms it; a form is optional.", _ACTIVITY, _TASK_PARTS),
    "task": Element("Passes on at once; for reading and writing registers.", _ACTIVITY, _TASK_PARTS),
    "scriptTask": Element(
        "Computes case variables in the script language.",
        {**_ACTIVITY, "scriptFormat": ("python", "text/x-python")},
        (*_TASK_PARTS, "script"),
    ),
    "businessRuleTask": Element(
        "Asks a decision table; its outputs become case variables.",
        {**_ACTIVITY, "implementation": _ANY_IMPLEMENTATION},
        _TASK_PARTS,
    ),
    "serviceTask": Element(
        "Calls a service outside the step and waits for its answer; retried with the same key.",
        {**_ACTIVITY, "implementation": _ANY_IMPLEMENTATION},
        _TASK_PARTS,
    ),
    "sendTask": Element(
        "Sends a message and passes on.",
        {**_ACTIVITY, "messageRef": None, "implementation": _ANY_IMPLEMENTATION},
        _TASK_PARTS,
    ),
    "receiveTask": Element(
        "Waits for a message.",
        {**_ACTIVITY, "messageRef": None, "instantiate": ("false",), "implementation": _ANY_IMPLEMENTATION},
        _TASK_PARTS,
    ),
    "callActivity": Element(
        "Runs another process and waits for its end.", {**_ACTIVITY, "calledElement": None}, _WORK_PARTS
    ),
    "subProcess": Element(
        "An embedded subprocess: a part of the process with its own start and end. Triggered by an event: it begins "
        "when its start event happens while the process or subprocess around it is under way.",
        {**_ACTIVITY, "triggeredByEvent": ("true", "false")},
        (),
    ),
    "adHocSubProcess": Element(
        "People begin its activities as they see fit, and again: each that no flow leads to is offered to its lane. "
        "`ordering` Sequential: one at a time. It ends when its `completionCondition` holds, and then what is under way in "
        "it ends, unless `cancelRemainingInstances` is false; without a condition its lane is offered to finish it, as "
        "long as nothing is under way in it. It has no start and end events; its paths just end.",
        {
            **_ACTIVITY,
            "triggeredByEvent": ("false",),
            "ordering": ("Parallel", "Sequential"),
            "cancelRemainingInstances": ("true", "false"),
        },
        (),
    ),
    "transaction": Element(
        "An embedded subprocess that can be cancelled: what is under way in it ends, what has completed is undone, the "
        "last first, and the case goes on at its cancel boundary event. An error that leaves it undoes nothing.",
        {**_ACTIVITY, "triggeredByEvent": ("false",), "method": ("##Compensate",)},
        (),
    ),
}
_EVENTS = {
    "startEvent": Element(
        "Where a case begins; in an event subprocess, what makes that begin, ending what is around it or not.",
        {**_NAMED, "isInterrupting": ("true", "false"), "parallelMultiple": ("false",)},
        (*_EVENT_PARTS, *_WRITES),
    ),
    "endEvent": Element("Where a path ends.", _NAMED, (*_EVENT_PARTS, *_READS)),
    "intermediateCatchEvent": Element(
        "Waits for what its definition says; a link: the path goes on here.",
        {**_NAMED, "parallelMultiple": ("false",)},
        (*_EVENT_PARTS, *_WRITES),
    ),
    "intermediateThrowEvent": Element(
        "Marks a point, or throws what its definition says.", _NAMED, (*_EVENT_PARTS, *_READS)
    ),
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
_LOOP_ELEMENTS = {
    "standardLoopCharacteristics": Element(
        "Again while the condition holds, at most `loopMaximum` times.",
        {**_ID, "testBefore": ("true", "false"), "loopMaximum": None},
        ("loopCondition",),
    ),
    "multiInstanceLoopCharacteristics": Element(
        "Once for each item of a list, at the same time or one after the other. Each turn has variables of its own: "
        "the item, `loopCounter` (from 1) and every new name that is set in it.",
        {**_ID, "isSequential": ("true", "false"), "behavior": ("All",)},
        (
            "loopCardinality",
            "loopDataInputRef",
            "loopDataOutputRef",
            "inputDataItem",
            "outputDataItem",
            "completionCondition",
        ),
    ),
    "loopCondition": Element("Expression: whether there is another turn.", _ID),
    "loopCardinality": Element("Expression: how many turns; the item counts from 1.", _ID),
    "loopDataInputRef": Element("Expression: the list with an item for each turn.", {}),
    "inputDataItem": Element("Its name is the variable that holds the item.", {**_NAMED, "isCollection": ("false",)}),
    "loopDataOutputRef": Element("The case variable that receives the list of outputs, in the order of the items.", {}),
    "outputDataItem": Element(
        "Its name is the variable of a turn that goes into the list of outputs.",
        {**_NAMED, "isCollection": ("false",)},
    ),
    "completionCondition": Element(
        "Expression, asked after each turn: whether that is enough; what is still open is withdrawn. It sees "
        "`numberOfInstances`, `numberOfCompletedInstances` and `numberOfActiveInstances`. In an ad hoc subprocess it is "
        "asked after each activity, and sees the case's variables.",
        _ID,
    ),
}
_EVENT_DEFINITIONS = {
    "messageEventDefinition": Element("A message, by name and correlation key.", {**_ID, "messageRef": None}),
    "timerEventDefinition": Element(
        "A date-time, a duration or a cycle in ISO 8601.", _ID, ("timeDate", "timeDuration", "timeCycle")
    ),
    "signalEventDefinition": Element(
        "A signal: it reaches every case and start event that waits for its name.", {**_ID, "signalRef": None}
    ),
    "errorEventDefinition": Element(
        "An error, by its code: the nearest that catches it outwards ends what threw it; without `errorRef` it catches "
        "every error. A task that fails is an error without code.",
        {**_ID, "errorRef": None},
    ),
    "escalationEventDefinition": Element(
        "An escalation, by its code, to the nearest that catches it outwards, ending what threw it or not; without "
        "`escalationRef` it catches every one. One that nobody catches has no effect.",
        {**_ID, "escalationRef": None},
    ),
    "conditionalEventDefinition": Element("Happens when its condition becomes true.", _ID, ("condition",)),
    "condition": Element("Expression on case variables.", _ID),
    "linkEventDefinition": Element("The path goes on at the link of the same name in the same process.", _NAMED),
    "terminateEventDefinition": Element("Ends everything that is still under way.", _ID),
    "compensateEventDefinition": Element(
        "Thrown: what has completed in the same process or subprocess is undone, the last first, each time that it was "
        "done; with `activityRef` only that activity; the path waits for it unless `waitForCompletion` is false. At a "
        "boundary: an association leads to the activity that undoes. At the start of an event subprocess: that undoes "
        "the subprocess around it; a subprocess without either is undone by undoing what is in it. "
        "What undoes sees the case's variables as they are then; of a turn of a loop and of a subprocess "
        "with data objects, as they were at its end.",
        {**_ID, "activityRef": None, "waitForCompletion": ("true", "false")},
    ),
    "cancelEventDefinition": Element(
        "At an end: cancels the transaction. At its boundary: where the case goes on.", _ID
    ),
}
_CONNECTIONS = {
    "sequenceFlow": Element(
        "From one node to the next.",
        {**_NAMED, "sourceRef": None, "targetRef": None, "isImmediate": None},
        ("conditionExpression",),
    ),
    "conditionExpression": Element("When a flow is taken.", _ID),
    "dataInputAssociation": Element(
        "Reads a record of a register, or moves data into an activity or a throwing event.",
        _ID,
        ("sourceRef", "targetRef", "transformation", "assignment"),
    ),
    "dataOutputAssociation": Element(
        "Writes a record of a register, or moves data out of an activity or a catching event. Without a source: drawn "
        "only, the work sets the data object itself.",
        _ID,
        ("sourceRef", "targetRef", "transformation", "assignment"),
    ),
    "assignment": Element("One value: of a record, of a data item, or of an entry of it.", _ID, ("from", "to")),
    "transformation": Element("Expression: the value that is moved.", _ID),
}
_DATA_ELEMENTS = {
    "dataStore": Element("A register.", {**_NAMED, "isUnlimited": ("true",)}),
    "dataStoreReference": Element("A register, drawn.", {**_NAMED, "dataStoreRef": None}),
    "message": Element("A message and its name.", {**_NAMED, "itemRef": None}),
    "correlationProperty": Element(
        "What tells messages of one kind apart, and where each message has it.",
        {**_NAMED, "type": None},
        ("correlationPropertyRetrievalExpression",),
    ),
    "correlationPropertyRetrievalExpression": Element(
        "Where a message has the property.", {**_ID, "messageRef": None}, ("messagePath", "formalExpression")
    ),
    "messagePath": Element("Expression on the payload: its entries by name, the whole as `payload`.", _ID),
    "correlationKey": Element("The properties that tell messages apart.", _NAMED, ("correlationPropertyRef",)),
    "correlationSubscription": Element(
        "What the properties of a key are for a case, from its variables. Without one, the first message of the key that "
        "a case sends or receives says so.",
        {**_ID, "correlationKeyRef": None},
        ("correlationPropertyBinding",),
    ),
    "correlationPropertyBinding": Element(
        "", {**_ID, "correlationPropertyRef": None}, ("dataPath", "formalExpression")
    ),
    "dataPath": Element("Expression on the case's variables.", _ID),
    "formalExpression": Element("A messagePath or dataPath, as some editors write it.", _ID),
    "itemDefinition": Element(
        "What kind of thing a message or data object is: for people, as values here are JSON.",
        {**_ID, "itemKind": ("Information", "Physical"), "structureRef": None, "isCollection": ("true", "false")},
    ),
    "signal": Element("A signal and its name."),
    "error": Element("An error and its code.", {**_NAMED, "errorCode": None}),
    "escalation": Element("An escalation and its code.", {**_NAMED, "escalationCode": None}),
    "dataObject": Element(
        "A variable: of the case, or of the subprocess it lies in (one for each run of it). Called like its name.",
        {**_NAMED, "itemSubjectRef": None, "isCollection": ("true", "false")},
        ("dataState",),
    ),
    "dataObjectReference": Element(
        "The data object, drawn, perhaps in a state.",
        {**_NAMED, "itemSubjectRef": None, "dataObjectRef": None, "isCollection": ("true", "false")},
        ("dataState",),
    ),
    "dataState": Element("What state the data object is in where it is drawn; noted when data is moved there.", _NAMED),
    "ioSpecification": Element(
        "The data inputs and outputs of a process or activity.",
        _ID,
        ("dataInput", "dataOutput", "inputSet", "outputSet"),
    ),
    "dataInput": Element(
        "A variable of the activity, set when it begins; nothing is waited for: one that is not there yet holds nothing. "
        "Of a process: a variable that a case must begin with.",
        {**_NAMED, "itemSubjectRef": None, "isCollection": ("true", "false")},
        ("dataState",),
    ),
    "dataOutput": Element(
        "A variable of the activity; of a catching event, a receive or service task: what came in. Of a process: a "
        "variable of the case.",
        {**_NAMED, "itemSubjectRef": None, "isCollection": ("true", "false")},
        ("dataState",),
    ),
    "inputSet": Element("One: all data inputs.", _NAMED, ("dataInputRefs", "optionalInputRefs", "outputSetRefs")),
    "outputSet": Element("One: all data outputs.", _NAMED, ("dataOutputRefs", "optionalOutputRefs", "inputSetRefs")),
    "property": Element(
        "A variable of the process, subprocess, activity; or the end of a data association, as editors write it.",
        {**_NAMED, "itemSubjectRef": None},
        ("dataState",),
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
            # What editors write without having been asked; expressions have one language here.
            "expressionLanguage": ("http://www.w3.org/1999/XPath", "http://www.w3.org/TR/XPath"),
            "typeLanguage": ("http://www.w3.org/2001/XMLSchema",),
        },
        (
            "collaboration",
            "process",
            "message",
            "signal",
            "error",
            "escalation",
            "dataStore",
            "itemDefinition",
            "correlationProperty",
            "category",
            "extension",
        ),
    ),
    "process": Element(
        "One process. Each executable one of a file is published and run; one that is not is shown, never run.",
        {**_NAMED, "isExecutable": ("true", "false"), "processType": None, "isClosed": None},
        (),
    ),
    "laneSet": Element("The lanes of a pool.", _NAMED, ("lane",)),
    "lane": Element(
        "A role: its user tasks are offered to the people who hold it.", _NAMED, ("flowNodeRef", "childLaneSet")
    ),
    "childLaneSet": Element("Lanes within a lane; the innermost counts.", _NAMED, ("lane",)),
    "collaboration": Element(
        "The frame of the pools.",
        {**_NAMED, "isClosed": None},
        ("participant", "messageFlow", "correlationKey", *_ARTIFACTS),
    ),
    "participant": Element("A pool: with a process, or collapsed.", {**_NAMED, "processRef": None}),
    "messageFlow": Element(
        "Says which message is meant where the events at its ends name none.",
        {**_NAMED, "sourceRef": None, "targetRef": None, "messageRef": None},
    ),
    "textAnnotation": Element("Drawn only.", {**_ID, "textFormat": None}, ("text",)),
    "association": Element(
        "From a compensation boundary event to the activity that undoes; else drawn only.",
        {**_ID, "sourceRef": None, "targetRef": None, "associationDirection": None},
    ),
    "group": Element("Drawn only.", {**_ID, "categoryValueRef": None}),
    "category": Element("Drawn only.", _NAMED, ("categoryValue",)),
    "categoryValue": Element("Drawn only.", {**_ID, "value": None}),
    "extension": Element(
        "A kind of extension that another tool uses.", {"definition": None, "mustUnderstand": ("false",)}
    ),
    "documentation": Element("Text for people.", {**_ID, "textFormat": None}),
    "extensionElements": Element("See the extension elements below.", {}),
}
_TEXTS = {name: Element("", _ID) for name in ("timeDate", "timeDuration", "timeCycle", "from", "to")}
_TEXTS |= {
    name: Element("", {})
    for name in ("incoming", "outgoing", "flowNodeRef", "script", "text", "sourceRef", "targetRef",
                 "correlationPropertyRef", "dataInputRefs", "dataOutputRefs",
                 "optionalInputRefs", "optionalOutputRefs", "inputSetRefs", "outputSetRefs")
}  # fmt: skip

FLOW_NODES = frozenset(_ACTIVITIES) | frozenset(_EVENTS) | frozenset(_GATEWAYS)
ACTIVITIES = frozenset(_ACTIVITIES)
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
EVENTS = frozenset(_EVENTS)
GATEWAYS = frozenset(_GATEWAYS)
WITH_DEFAULT = ACTIVITIES | {"exclusiveGateway", "inclusiveGateway"}  #: their flows may have conditions
HUMAN_TASKS = frozenset({"userTask", "manualTask"})
AUTOMATIC_TASKS = frozenset({"task", "scriptTask", "businessRuleTask", "sendTask"})
_DATA = ("dataStoreReference", "dataObject", "dataObjectReference")
FLOW_PARTS = (*_ACTIVITIES, *_EVENTS, *_GATEWAYS, "sequenceFlow", *_DATA, *_ARTIFACTS)

GROUPS: Mapping[str, Mapping[str, Element]] = {
    "Activities": _ACTIVITIES,
    "Loops of activities": _LOOP_ELEMENTS,
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

_CONTAINERS = {
    "process": ("laneSet", "ioSpecification", "property", "correlationSubscription", *FLOW_PARTS),
    **dict.fromkeys(SUBPROCESSES, (*_WORK_PARTS, *FLOW_PARTS)),
    "adHocSubProcess": (*_WORK_PARTS, *FLOW_PARTS, "completionCondition"),
}


def inside(name: str) -> tuple[str, ...]:
    """What an element may contain."""
    return ("documentation", "extensionElements", *_CONTAINERS.get(name, ELEMENTS[name].inside))


#: position -> the event definitions that may stand there; "none" is an event without definition.
POSITIONS: Mapping[str, tuple[str, ...]] = {
    "startEvent": ("none", "messageEventDefinition", "timerEventDefinition", "signalEventDefinition"),
    "startEvent in a subProcess": ("none",),
    "startEvent in an event subProcess": (
        "messageEventDefinition",
        "timerEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "conditionalEventDefinition",
        "compensateEventDefinition",
    ),
    "endEvent": (
        "none",
        "messageEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "terminateEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
    ),
    "intermediateCatchEvent": (
        "messageEventDefinition",
        "timerEventDefinition",
        "signalEventDefinition",
        "conditionalEventDefinition",
        "linkEventDefinition",
    ),
    "intermediateThrowEvent": (
        "none",
        "messageEventDefinition",
        "signalEventDefinition",
        "escalationEventDefinition",
        "compensateEventDefinition",
        "linkEventDefinition",
    ),
    "boundaryEvent": (
        "messageEventDefinition",
        "timerEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "conditionalEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
    ),
}

#: Flow nodes that are refused but still take part in the graph, so that one fault does not look like ten.
REFUSED_FLOW_NODES = frozenset({"complexGateway", "implicitThrowEvent", "event"})
