# SPDX-License-Identifier: Apache-2.0
"""What BPMN has and this engine refuses, and what to draw instead: hints of findings, and a part of the docs."""

from __future__ import annotations

from collections.abc import Mapping

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
