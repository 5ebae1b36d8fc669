# SPDX-License-Identifier: Apache-2.0
"""Extension elements: only those that the engine acts on, where it looks for them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.check.diagram import (
    Diagram,
    Node,
    children,
    is_event_subprocess,
    kind,
    label,
    namespace,
    properties,
    scope_of,
    text,
)
from engine.bpmn.check.extensions import ELEMENTS, PROPERTIES
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import BPMN, SPIFF
from engine.scripts.naming import suggestion

_WITH_DIRECTION = frozenset(f"{name}EventDefinition" for name in ("message", "signal", "error", "escalation"))
_DIRECTIONS = {
    "startEvent": "starting",
    "endEvent": "throwing",
    "intermediateThrowEvent": "throwing",
    "intermediateCatchEvent": "catching",
    "boundaryEvent": "catching",
}


@rule("extension-element")
def extension_element(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An extension element is one that the engine knows, stands where it is looked for, and only once."""
    for node in diagram.elements:
        seen: set[str] = set()
        for container in children(node, "extensionElements"):
            for each in container:
                if isinstance(each.tag, str):
                    yield from _element(node, each, seen)


@rule("extension-property")
def extension_property(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A property is one that the engine knows, stands where it is looked for, and only once."""
    for node in diagram.elements:
        seen: set[str] = set()
        for each in properties(node):
            name = each.get("name", "")
            extension = PROPERTIES.get(name)
            if extension is None:
                hint = suggestion(name, PROPERTIES, "Delete it.")
                yield Fault(each, f"The property '{name}' of {label(node)} would be ignored.", hint)
            elif position(node) not in extension.at:
                message = f"The property {name} at {_where(node)} would be ignored."
                yield Fault(each, message, f"It belongs to: {_places(extension.at)}.")
            elif name in seen:
                yield Fault(each, f"{label(node)} has the property {name} twice.", "Keep one.")
            elif not each.get("value", "").strip():
                yield Fault(each, f"The property {name} of {label(node)} is empty.", "Give it a value, or delete it.")
            seen.add(name)


def position(node: Node) -> str:
    """What a node is for the tables of `extensions`: its kind, for an event definition with its direction."""
    parent = node.getparent()
    if kind(node) not in _WITH_DIRECTION or parent is None:
        return kind(node)
    direction = _DIRECTIONS.get(kind(parent), "unknown")
    if direction == "starting" and is_event_subprocess(scope_of(parent)):
        direction = "catching"
    return f"{direction} {kind(node)}"


def _element(node: Node, each: Node, seen: set[str]) -> Iterator[Fault]:
    name = etree.QName(each).localname
    if namespace(each) != SPIFF:
        if namespace(each) in ("", BPMN):
            yield Fault(
                each, f"The element {name} among the extensions of {_where(node)} would be ignored.", "Delete it."
            )
        return  # else of another tool: rules.vendors
    if name in seen:
        yield Fault(each, f"{_where(node)} has {name} twice.", "Keep one.")
    elif name == "properties":
        for child in each:
            if isinstance(child.tag, str) and child.tag != f"{{{SPIFF}}}property":
                yield Fault(child, f"An element among the properties of {_where(node)} would be ignored.", "Delete it.")
    elif name not in ELEMENTS:
        hint = suggestion(name, ELEMENTS, _INSTEAD.get(name, "Delete it."))
        yield Fault(each, f"The extension {name} at {_where(node)} would be ignored.", hint)
    elif position(node) not in ELEMENTS[name].at:
        hint = f"It belongs to: {_places(ELEMENTS[name].at)}."
        yield Fault(each, f"The extension {name} at {_where(node)} would be ignored.", hint)
    elif not text(each) and ELEMENTS[name].holds != "operator":
        yield Fault(each, f"The extension {name} at {_where(node)} is empty.", "Fill it in, or delete it.")
    seen.add(name)


_INSTEAD = {
    "preScript": "Draw a script task before it.",
    "postScript": "Draw a script task behind it.",
    "processVariableCorrelation": "Set the property correlationKey.",
}


def _where(node: Node) -> str:
    parent = node.getparent()
    if kind(node).endswith("EventDefinition") and parent is not None:
        return f"the {position(node)} of {label(parent)}"
    return label(node)


def _places(names: frozenset[str]) -> str:
    return "any flow node" if len(names) > 12 else ", ".join(sorted(names))
