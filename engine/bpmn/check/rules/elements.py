# SPDX-License-Identifier: Apache-2.0
"""Which elements and attributes may stand in a diagram at all."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.check.diagram import Diagram, Node, kind, label, namespace
from engine.bpmn.check.instead import ATTRIBUTES_INSTEAD, INSTEAD
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import BPMN, BPMNDI, ELEMENTS, REFUSED_FLOW_NODES, SPIFF, inside


@rule("element-not-allowed")
def element_not_allowed(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Only elements that the engine executes or that are drawn only may stand in a diagram."""
    for node in diagram.elements:
        parent = node.getparent()
        part_of_refused = parent is not None and kind(parent) not in ELEMENTS and kind(parent) not in REFUSED_FLOW_NODES
        if kind(node) not in ELEMENTS and not part_of_refused:
            hint = INSTEAD.get(kind(node), "Delete it.")
            yield Fault(node, f"{_a(kind(node))} is not executed by this engine.", hint)


@rule("element-misplaced")
def element_misplaced(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An element stands only where BPMN and the engine expect it."""
    for node in diagram.elements:
        parent = node.getparent()
        if kind(node) not in ELEMENTS or parent is None or kind(parent) not in ELEMENTS:
            continue
        if kind(node) not in inside(kind(parent)):
            yield Fault(
                node, f"{_a(kind(node))} in {label(parent)} ({kind(parent)}) would be ignored.", "Delete it there."
            )


@rule("foreign-element")
def foreign_element(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Elements of other tools do not stand among those of BPMN."""
    for node in diagram.elements:
        for child in node:
            if isinstance(child.tag, str) and namespace(child) not in (BPMN, BPMNDI):
                name = etree.QName(child).localname
                yield Fault(child, f"The element {name} of another tool would be ignored.", "Delete it.")


@rule("attribute-ignored")
def attribute_ignored(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An attribute, or a value of it, that the engine would not act on is not there."""
    for node in diagram.elements:
        if kind(node) in ELEMENTS:
            yield from _ignored(node)


def _ignored(node: Node) -> Iterator[Fault]:
    allowed = ELEMENTS[kind(node)].attributes
    for key, value in node.attrib.items():
        name, space = etree.QName(key).localname, etree.QName(key).namespace
        if space not in (None, BPMN, SPIFF):
            continue  # of another tool: rules.vendors
        if space is not None or name not in allowed:
            yield Fault(node, f"The attribute {name} of {label(node)} would be ignored.", _hint(name))
            continue
        values = allowed[name]
        if values is not None and value not in values:
            yield Fault(node, f'{name}="{value[:60]}" of {label(node)} would be ignored.', _hint(name))


def _hint(name: str) -> str:
    return {
        **ATTRIBUTES_INSTEAD,
        "default": "A default flow belongs to an exclusive or inclusive gateway, or to an activity.",
        "isForCompensation": "Write true or false.",
        "ordering": "Write Parallel or Sequential.",
        "cancelRemainingInstances": "Write true or false.",
        "waitForCompletion": "Write true or false.",
        "triggeredByEvent": "Write true or false.",
        "isInterrupting": "Write true or false.",
        "isSequential": "Write true or false.",
        "testBefore": "Write true or false.",
        "noneBehaviorEventRef": "Throw an event at the end of the activity.",
        "oneBehaviorEventRef": "Throw an event at the end of the activity.",
        "collection": "Write the list into loopDataInputRef.",
        "elementVariable": "Write the name into inputDataItem.",
        "scriptFormat": "Scripts are written in the script language: python, or leave it out.",
        "isExecutable": "Write true or false.",
        "cancelActivity": "Write true or false.",
        "calledElement": "Use a call activity.",
        "name": "Let the editor draw the data association anew.",
        "mustUnderstand": "What the extension asks for would not be done: delete it.",
        "operationRef": "Name the service with spiffworkflow:serviceTaskOperator.",
        "assignee": "Use the property assignee in the extension elements.",
        "language": "Expressions have one language: leave it out.",
        "expressionLanguage": "Expressions have one language: leave it out.",
    }.get(name, "Delete it.")


def _a(name: str) -> str:
    return ("An " if name[:1] in "aeio" else "A ") + (name or "element")
