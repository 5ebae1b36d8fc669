# SPDX-License-Identifier: Apache-2.0
"""Extensions of other tools: refused where they would do something, warned of where nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, namespace
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vendors import instead, judge, whose
from engine.bpmn.check.vocabulary import BPMN, SPIFF


@rule("vendor-meaning")
def vendor_meaning(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Nothing stands in a diagram that another engine would act on and this one would not."""
    for at, owner, space, name in _foreign(diagram):
        if judge(space, name) == "meaning":
            message = f"{name} of {label(owner)} is meant for {whose(space)} and would do nothing here."
            yield Fault(at, message, instead(name))


@rule("vendor-unknown", "warning")
def vendor_unknown(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """What another tool has noted for itself changes nothing here (colours and the like are not even mentioned)."""
    for at, owner, space, name in _foreign(diagram):
        if judge(space, name) in ("setting", "unknown"):
            message = f"{name} of {label(owner)} belongs to {whose(space)} and has no effect here."
            yield Fault(at, message, "Nothing to do, unless the process relies on it.")


def _foreign(diagram: Diagram) -> Iterator[tuple[Node, Node, str, str]]:
    """(XML element, element of the diagram, namespace, name) of all that is of another tool."""
    for node in diagram.elements:
        for key in node.attrib:
            name = etree.QName(key)
            if name.namespace not in (None, BPMN, SPIFF):
                yield node, node, str(name.namespace), name.localname
        for container in children(node, "extensionElements"):
            for each in container:
                if isinstance(each.tag, str) and namespace(each) not in (BPMN, SPIFF) and not kind(each):
                    yield each, node, namespace(each), str(etree.QName(each).localname)
