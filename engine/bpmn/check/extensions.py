# SPDX-License-Identifier: Apache-2.0
"""What may stand in `bpmn:extensionElements`, in the namespace `spiffworkflow`, and at which element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.check.vocabulary import FLOW_NODES, HUMAN_TASKS

Content = str  #: expression, text, template (Markdown with insertions), name, names, file, duration (or an expression)


@dataclass(frozen=True)
class Extension:
    """A property or extension element: the elements that may carry it, what it holds and what it does.

    ``is_mark``: the engine does nothing with it but answer who asks for it (`engine.marks`).
    """

    at: frozenset[str]
    holds: Content
    does: str
    is_mark: bool = False


_HUMAN = HUMAN_TASKS
_THROWS = frozenset({"throwing messageEventDefinition", "sendTask"})
_CATCHES = frozenset({"catching messageEventDefinition", "receiveTask"})
_STARTS = frozenset({"starting messageEventDefinition"})
_TRIGGERS = ("signalEventDefinition", "errorEventDefinition", "escalationEventDefinition")
_THROWS_TRIGGER = frozenset(f"throwing {name}" for name in _TRIGGERS)
_CATCHES_TRIGGER = frozenset({*(f"catching {name}" for name in _TRIGGERS), "starting signalEventDefinition"})

PROPERTIES: Mapping[str, Extension] = {
    "fitsm": Extension(
        FLOW_NODES | {"process"}, "names", "The activities of the catalogue that this element performs.", is_mark=True
    ),
    "title": Extension(frozenset({"process"}), "expression", "The title of the case."),
    "business_key": Extension(frozenset({"process"}), "expression", "The number by which people know the case."),
    "startable_by": Extension(
        frozenset({"process"}),
        "names",
        "The roles that may start the process by hand. Without it everybody, but nobody what other processes call.",
    ),
    "case_word": Extension(frozenset({"process"}), "text", "What a case is called, e.g. incident."),
    "role": Extension(frozenset({"lane"}), "name", "The role of the lane."),
    "formJsonSchemaFilename": Extension(_HUMAN, "file", "The form, below forms/."),
    "formUiSchemaFilename": Extension(_HUMAN, "file", "How the form looks, below forms/."),
    "assignee": Extension(_HUMAN, "expression", "The person to whom alone (or whose deputy) the task is offered."),
    "excluded": Extension(_HUMAN, "expression", "The person, or the list of people, who may not do it: four eyes."),
    "offered_to": Extension(_HUMAN, "expression", "The role to which it is offered; empty: that of the lane."),
    "priority": Extension(_HUMAN, "expression", "P1 to P5."),
    "due": Extension(_HUMAN, "expression", "When the task is due, as an ISO 8601 date-time."),
    "register": Extension(frozenset({"startEvent"}), "name", "The register whose records say when the timer is due."),
    "while": Extension(
        frozenset({"startEvent"}), "expression", "For which records of the register a cycle goes round, by their fields."
    ),
    "timeToLive": Extension(
        _THROWS,
        "duration",
        "How long the message is kept while nobody waits for it: ISO 8601, or an expression. P0D: for who waits now.",
    ),
    "correlationKey": Extension(_THROWS | _CATCHES, "expression", "Sender and receiver must give equal values."),
}
MARKS = frozenset(name for name, extension in PROPERTIES.items() if extension.is_mark)
ELEMENTS: Mapping[str, Extension] = {
    "instructionsForEndUser": Extension(_HUMAN, "template", "What the person is told: Markdown with {{ expression }}."),
    "calledDecisionId": Extension(frozenset({"businessRuleTask"}), "name", "The decision table that is asked."),
    "serviceTaskOperator": Extension(
        frozenset({"serviceTask"}),
        "operator",
        "The operator (`http/post`), its parameters (expressions), the variable for the result, and retries.",
    ),
    "messagePayload": Extension(_THROWS, "expression", "The mapping that is sent."),
    "messageVariable": Extension(_CATCHES | _STARTS, "name", "The case variable that receives the payload."),
    "payloadExpression": Extension(_THROWS_TRIGGER, "expression", "What the signal, error or escalation carries."),
    "variableName": Extension(
        _CATCHES_TRIGGER, "name", "The case variable that receives it; of a failing task: `message` and `element`."
    ),
}
