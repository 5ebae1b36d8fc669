# SPDX-License-Identifier: Apache-2.0
"""References inside a file: every one leads to an element, of the kind that belongs there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.bpmn.check.diagram import Diagram, Node, is_drawn_only, kind, label, owner_of, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import ACTIVITIES, FLOW_NODES, REFUSED_FLOW_NODES, WITH_DEFAULT


class _Reference(NamedTuple):
    at: str  #: the element that refers
    name: str  #: attribute or child element
    to: frozenset[str]  #: the kinds it may lead to; empty: anything
    required: bool


_NODES = FLOW_NODES | REFUSED_FLOW_NODES
_PROPERTY = frozenset({"correlationProperty"})
_FLOW = frozenset({"sequenceFlow"})
_DATA = frozenset({"dataStoreReference", "dataObjectReference", "dataObject", "dataInput", "dataOutput", "property"})
_LOOP_ITEMS = frozenset({"inputDataItem", "outputDataItem"})
_ATTRIBUTES = (
    _Reference("sequenceFlow", "sourceRef", _NODES, required=True),
    _Reference("sequenceFlow", "targetRef", _NODES, required=True),
    _Reference("boundaryEvent", "attachedToRef", ACTIVITIES | REFUSED_FLOW_NODES, required=True),
    *(_Reference(name, "default", _FLOW, required=False) for name in sorted(WITH_DEFAULT)),
    _Reference("messageEventDefinition", "messageRef", frozenset({"message"}), required=True),
    _Reference("sendTask", "messageRef", frozenset({"message"}), required=True),
    _Reference("receiveTask", "messageRef", frozenset({"message"}), required=True),
    _Reference("signalEventDefinition", "signalRef", frozenset({"signal"}), required=True),
    _Reference("errorEventDefinition", "errorRef", frozenset({"error"}), required=False),
    _Reference("escalationEventDefinition", "escalationRef", frozenset({"escalation"}), required=False),
    _Reference("compensateEventDefinition", "activityRef", ACTIVITIES, required=False),
    _Reference("correlationPropertyRetrievalExpression", "messageRef", frozenset({"message"}), required=True),
    _Reference("correlationSubscription", "correlationKeyRef", frozenset({"correlationKey"}), required=True),
    _Reference("correlationPropertyBinding", "correlationPropertyRef", _PROPERTY, required=True),
    _Reference("dataStoreReference", "dataStoreRef", frozenset({"dataStore"}), required=True),
    _Reference("dataObjectReference", "dataObjectRef", frozenset({"dataObject"}), required=True),
    _Reference("participant", "processRef", frozenset({"process"}), required=False),
    _Reference("messageFlow", "sourceRef", _NODES | {"participant"}, required=True),
    _Reference("messageFlow", "targetRef", _NODES | {"participant"}, required=True),
    _Reference("association", "sourceRef", frozenset(), required=True),
    _Reference("association", "targetRef", frozenset(), required=True),
    _Reference("group", "categoryValueRef", frozenset({"categoryValue"}), required=False),
)
_CHILDREN = (
    _Reference("lane", "flowNodeRef", _NODES, required=True),
    _Reference("dataInputAssociation", "sourceRef", _DATA | _LOOP_ITEMS, required=True),
    _Reference("dataInputAssociation", "targetRef", frozenset({"property", "dataInput"}), required=True),
    _Reference("dataOutputAssociation", "targetRef", _DATA | _LOOP_ITEMS, required=True),
    _Reference("dataOutputAssociation", "sourceRef", frozenset({"property", "dataOutput"}), required=True),
    _Reference("correlationKey", "correlationPropertyRef", _PROPERTY, required=True),
    _Reference("inputSet", "dataInputRefs", frozenset({"dataInput"}), required=True),
    _Reference("inputSet", "optionalInputRefs", frozenset({"dataInput"}), required=True),
    _Reference("outputSet", "dataOutputRefs", frozenset({"dataOutput"}), required=True),
    _Reference("outputSet", "optionalOutputRefs", frozenset({"dataOutput"}), required=True),
)
_HINT = "Draw the connection anew, or delete it."


@rule("reference-dangling", everywhere=True)
def reference_dangling(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every reference leads to an element of the file, of the kind that belongs there."""
    for reference in _ATTRIBUTES:
        for node in diagram.of_kind(reference.at):
            value = node.get(reference.name)
            if value or reference.required:
                yield from _check(diagram, reference, node, node, value or "")
    for reference in _CHILDREN:
        for node in diagram.of_kind(reference.name):
            parent = node.getparent()
            if parent is not None and kind(parent) == reference.at:
                yield from _check(diagram, reference, parent, node, text(node))


def _check(diagram: Diagram, reference: _Reference, owner: Node, node: Node, value: str) -> Iterator[Fault]:
    if not value and ((is_drawn_only(node) and reference.at != "sequenceFlow") or _by_flow(diagram, reference, node)):
        return
    if not value:
        hint = _MISSING.get(reference.at, _HINT)
        yield Fault(node, f"{reference.name} of {label(owner)} ({reference.at}) is empty.", hint)
        return
    target = diagram.ids.get(value)
    if target is None:
        message = f"{reference.name} of {label(owner)} leads to '{value[:60]}', which does not exist."
        yield Fault(node, message, _HINT)
    elif reference.to and kind(target) not in reference.to and not is_drawn_only(node):
        message = f"{reference.name} of {label(owner)} leads to {label(target)}, which is a {kind(target)}."
        yield Fault(node, message, _HINT)


def _by_flow(diagram: Diagram, reference: _Reference, node: Node) -> bool:
    """Whether a message flow says what an event or task sends or awaits."""
    event = owner_of(node) if reference.at == "messageEventDefinition" else node
    return reference.name == "messageRef" and bool(diagram.message_flows.names(event))


_MISSING = {
    "messageEventDefinition": "Choose the message that is sent or awaited, or draw a message flow.",
    "signalEventDefinition": "Choose the signal that is thrown or awaited.",
    "sendTask": "Choose the message that is sent, or draw a message flow.",
    "receiveTask": "Choose the message that is awaited, or draw a message flow.",
    "dataStoreReference": "Choose the register.",
    "boundaryEvent": "Attach the event to an activity.",
}


@rule("lane-once", everywhere=True)
def lane_once(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A flow node lies in one lane (besides the lanes around it)."""
    seen: dict[str, Node] = {}
    for ref in diagram.of_kind("flowNodeRef"):
        lane, identifier = ref.getparent(), text(ref)
        other = seen.setdefault(identifier, lane)
        if (
            lane is not None
            and other is not lane
            and other not in lane.iterancestors()
            and lane not in other.iterancestors()
        ):
            message = f"'{identifier}' lies in two lanes, {label(other)} and {label(lane)}."
            yield Fault(ref, message, "Move it in the editor so that it lies in one.")
