# SPDX-License-Identifier: Apache-2.0
"""Conditions on flows and default flows: where they count, and where they would not."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import ACTIVITIES, EVENTS, WITH_DEFAULT


@rule("condition-place")
def condition_place(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A flow with a condition leaves an exclusive or inclusive gateway or an activity, and is not the default flow."""
    for flow in diagram.flows:
        source = diagram.source(flow)
        if source is None or not _conditional(flow):
            continue
        if kind(source) not in WITH_DEFAULT:
            hint = "Draw an exclusive gateway behind it." if kind(source) in EVENTS else "Use an exclusive gateway."
            yield Fault(flow, f"The condition on the flow out of {label(source)} would be ignored.", hint)
        elif source.get("default") == flow.get("id"):
            message = f"The condition on the default flow of {label(source)} would be ignored."
            yield Fault(flow, message, "Delete the condition, or make another flow the default.")


@rule("default-flow")
def default_flow(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """The default flow is one of the element's own; an activity's is taken when no condition of its flows holds."""
    for node in diagram.of_kind(*WITH_DEFAULT):
        flow = diagram.resolve(node.get("default"), "sequenceFlow")
        if flow is None:
            continue
        others = [other for other in diagram.outgoing(node) if other is not flow]
        if flow.get("sourceRef") != node.get("id"):
            message = f"The default flow of {label(node)} begins at another element."
            yield Fault(node, message, "Choose one of its own outgoing flows.")
        elif kind(node) in ACTIVITIES and not (others and all(map(_conditional, others))):
            message = f"The default flow of {label(node)} stands beside a flow that is taken in any case."
            if not others:
                message = f"The default flow of {label(node)} is its only flow, so it is taken in any case."
            yield Fault(node, message, "Write conditions on the other flows, or let no flow be the default.")


@rule("condition-alone", "warning")
def condition_alone(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where every flow out of an activity has a condition, there is a default flow beside them."""
    for node in diagram.of_kind(*ACTIVITIES):
        flows = diagram.outgoing(node)
        if flows and all(_conditional(flow) and flow.get("id") != node.get("default") for flow in flows):
            message = f"No flow out of {label(node)} is the default: if no condition holds, the case stops there."
            yield Fault(node, message, "Draw a default flow.")


def _conditional(flow: Node) -> bool:
    return bool(children(flow, "conditionExpression"))
