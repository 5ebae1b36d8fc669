# SPDX-License-Identifier: Apache-2.0
"""What BPMN has and this engine refuses, and what to draw instead: hints of findings, and a part of the docs."""

from __future__ import annotations

from collections.abc import Mapping

#: Attributes by which BPMN means more than the engine does (with values other than those of BPMN's default).
ATTRIBUTES_INSTEAD: Mapping[str, str] = {
    "instantiate": "Draw a start event for each message instead: the first that comes begins the case.",
    "eventGatewayType": "Begin at the first message, then a parallel gateway and a catch event for each of the others.",
    "parallelMultiple": "Draw a parallel gateway, an event for each, and a gateway that joins them.",
    "behavior": "Throw an event at the end of the activity.",
    "startQuantity": "Join the flows with a parallel gateway.",
    "completionQuantity": "Draw as many flows behind a parallel gateway.",
    "method": "Transactions are cancelled by compensation: leave it out.",
}
#: An event with several definitions, by its kind.
SEVERAL_DEFINITIONS: Mapping[str, str] = {
    "startEvent": "Draw a start event for each: the first that happens begins the case.",
    "boundaryEvent": "Draw a boundary event for each: the first that happens ends the activity.",
    "intermediateCatchEvent": "Draw an event-based gateway and an event for each: the first that happens goes on.",
    "intermediateThrowEvent": "Draw an event for each, one after the other.",
    "endEvent": "Throw one after the other in front of the end.",
}
#: A process's start event that is conditional.
CONDITIONAL_START = "Begin at a timer, a message or a signal, and ask the condition behind it."
#: More than one set of data inputs or outputs.
SEVERAL_SETS = "Keep one set, and let a gateway decide on what is there."
#: What is refused -> what to draw instead.
INSTEAD: Mapping[str, str] = {
    "complexGateway": "For some of several branches: a multi-instance activity with a completionCondition, or a subprocess that "
    "a terminate end event ends. Else use inclusive gateways.",
    "implicitThrowEvent": "Throw an event at the end of the activity.",
    "eventDefinitionRef": "Draw the event anew: it holds its definition itself.",
    "choreographyTask": "Draw the process of one participant.",
    "subChoreography": "Draw the process of one participant.",
    "callChoreography": "Draw the process of one participant.",
    "choreography": "Draw the process of one participant.",
    "conversation": "Draw messages between pools.",
    "complexBehaviorDefinition": "Throw an event at the end of the activity.",
    "ioBinding": "Case variables are one flat mapping: delete it.",
    "whileExecutingInputRefs": "An input is taken once, when the activity begins.",
    "whileExecutingOutputRefs": "An output is given once, when the work is done.",
    "potentialOwner": "The lane's role decides; for one person use the property assignee.",
    "humanPerformer": "The lane's role decides; for one person use the property assignee.",
    "performer": "The lane's role decides; for one person use the property assignee.",
    "resourceRole": "The lane's role decides; for one person use the property assignee.",
    "resource": "Roles stand at the lanes.",
    "globalTask": "Call a process.",
    "globalUserTask": "Call a process.",
    "globalScriptTask": "Call a process.",
    "globalManualTask": "Call a process.",
    "globalBusinessRuleTask": "Call a process.",
    "participantMultiplicity": "Draw one pool.",
    "import": "Keep all that a file needs in it.",
}
