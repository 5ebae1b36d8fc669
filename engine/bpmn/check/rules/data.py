# SPDX-License-Identifier: Apache-2.0
"""Data objects, properties, data inputs and outputs: what they are called, and where data moves."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, owner_of, text
from engine.bpmn.check.instead import SEVERAL_SETS
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import EVENTS, FLOW_NODES
from engine.bpmn.data_items import PLACEHOLDER, variable_name

_ITEMS = ("dataObject", "dataInput", "dataOutput", "property")


@rule("data-name")
def data_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The data items of a process, subprocess or activity are different variables."""
    seen: dict[tuple[Node, str], Node] = {}
    for node in diagram.of_kind(*_ITEMS):
        if node.get("name") == PLACEHOLDER:
            continue
        scope, name = _scope(node), diagram.data.name(node.get("id", "")) or variable_name(node)
        other = seen.setdefault((scope, name), node)
        if other is not node and {kind(other), kind(node)} != {"dataInput", "dataOutput"}:
            message = f"{label(node)} and {label(other)} are the same variable, '{name}'."
            yield Fault(node, message, "Give one of them another name, or draw a second reference to the same object.")


@rule("data-move")
def data_move(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A data association leads from one data item (several: with a transformation) to one; each is visible there."""
    for association in diagram.of_kind("dataInputAssociation", "dataOutputAssociation"):
        if is_of_register(diagram, association):
            continue
        owner = owner_of(association)
        sources, targets = children(association, "sourceRef"), children(association, "targetRef")
        formulas = children(association, "transformation")
        where = f"A data association at {label(owner)}"
        if len(targets) != 1:
            yield Fault(association, f"{where} needs one targetRef.", "Draw it anew.")
        if len(sources) > 1 and not formulas:
            yield Fault(
                association, f"{where} has several sources.", "Write a transformation that makes one value of them."
            )
        if len(formulas) > 1 or (formulas and children(association, "assignment")):
            yield Fault(
                association, f"{where} says twice what is moved.", "Keep the transformation or the assignments."
            )
        yield from _without_value(where, association)
        for ref in (*sources, *targets):
            item = diagram.ids.get(text(ref))
            if item is not None and kind(item) in (*_ITEMS, "dataObjectReference") and not _is_visible(item, owner):
                message = f"{where} leads to {label(item)}, which is not there where {label(owner)} is."
                yield Fault(ref, message, "Move the data object out into the process or subprocess that both lie in.")


@rule("data-sets")
def data_sets(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """There is one set of data inputs and one of data outputs; an input that is not there yet holds nothing."""
    for holder in diagram.elements:
        for name in ("inputSet", "outputSet"):
            for other in children(holder, name)[1:]:
                message = f"{label(_scope(other))} has two sets of data ({name}): which one is there would be ignored."
                yield Fault(other, message, SEVERAL_SETS)


def is_of_register(diagram: Diagram, association: Node) -> bool:
    """Whether a data association reads or writes a record (or leads nowhere)."""
    name = "sourceRef" if kind(association) == "dataInputAssociation" else "targetRef"
    refs = children(association, name)
    item = diagram.ids.get(text(refs[0])) if refs else None
    return item is None or kind(item) not in (*_ITEMS, "dataObjectReference")


def _without_value(where: str, association: Node) -> Iterator[Fault]:
    for assignment in children(association, "assignment"):
        source, target = children(assignment, "from"), children(assignment, "to")
        if len(source) != 1 or len(target) != 1 or not text(source[0]) or not text(target[0]):
            yield Fault(assignment, f"{where} has an incomplete assignment.", "Give it a value (from) and a name (to).")


def _scope(node: Node) -> Node:
    """The process or flow node that a data item belongs to."""
    return next(
        each for each in node.iterancestors() if kind(each) in FLOW_NODES or kind(each) in ("process", "definitions")
    )


def _is_visible(item: Node, owner: Node) -> bool:
    """Whether a data item lies in the element itself or in something around it."""
    around = _scope(item)
    return around is owner or (around in list(owner.iterancestors()) and kind(around) not in EVENTS)
