# SPDX-License-Identifier: Apache-2.0
"""Gateways: what they decide on and what may follow."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import GATEWAYS


@rule("gateway-conditions")
def gateway_conditions(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where an exclusive or inclusive gateway splits, every flow but the default has a condition."""
    for gateway, flows in _splits(diagram):
        for flow in flows:
            conditions = children(flow, "conditionExpression")
            if flow.get("id") != gateway.get("default") and not (conditions and text(conditions[0])):
                message = f"The flow {label(flow)} out of {label(gateway)} has no condition."
                yield Fault(flow, message, "Write its condition, or make it the default flow.")


@rule("gateway-default", "warning")
def gateway_default(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Where an exclusive or inclusive gateway splits, one flow is the default: else a case can come to a stop there."""
    for gateway, flows in _splits(diagram):
        if gateway.get("default") not in [flow.get("id") for flow in flows]:
            message = f"{label(gateway)} has no default flow: if no condition holds, the case stops there."
            yield Fault(gateway, message, "Make the flow of the usual answer the default.")


@rule("gateway-mixed", "warning")
def gateway_mixed(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A gateway either joins or splits."""
    for gateway in diagram.of_kind(*GATEWAYS):
        if len(diagram.incoming(gateway)) > 1 and len(diagram.outgoing(gateway)) > 1:
            message = f"{label(gateway)} joins and splits at once."
            yield Fault(gateway, message, "Draw two gateways, one that joins and one that splits.")


@rule("event-gateway")
def event_gateway(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """An event-based gateway leads to two or more catch events or receive tasks, and no other flow leads to those."""
    for gateway in diagram.of_kind("eventBasedGateway"):
        flows = diagram.outgoing(gateway)
        if len(flows) < 2:
            what = "Only one" if flows else "No"
            yield Fault(gateway, f"{what} event follows {label(gateway)}.", "Delete the gateway, or draw two events.")
        for flow in flows:
            target = diagram.target(flow)
            if target is None:
                continue
            if kind(target) not in ("intermediateCatchEvent", "receiveTask"):
                message = f"{label(target)} follows the event-based gateway {label(gateway)} and waits for no event."
                yield Fault(flow, message, "Draw a catch event between them.")
            elif any(kind(part).endswith("LoopCharacteristics") for part in target):
                message = f"{label(target)} waits behind an event-based gateway and has a loop marker."
                yield Fault(target, message, "Draw the loop behind the event that comes first.")
            elif len(diagram.incoming(target)) > 1:
                message = f"Another flow leads to {label(target)}, which waits behind an event-based gateway."
                yield Fault(flow, message, "Draw a second event for the other flow.")
            elif diagram.boundary_events(target):
                message = f"{label(target)} waits behind an event-based gateway and has a boundary event."
                yield Fault(target, message, "Draw the boundary event as another event behind the gateway.")


@rule("join-twice")
def join_twice(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A parallel or inclusive gateway has one flow at most from each element: it joins elements, not flows."""
    for gateway in diagram.of_kind("parallelGateway", "inclusiveGateway"):
        seen: set[str] = set()
        for flow in diagram.incoming(gateway):
            source = flow.get("sourceRef", "")
            if source in seen:
                message = f"Two flows lead from {label(diagram.ids.get(source, flow))} to {label(gateway)}."
                yield Fault(flow, message, "Delete one of them.")
            seen.add(source)


def _splits(diagram: Diagram) -> Iterator[tuple[Node, list[Node]]]:
    for gateway in diagram.of_kind("exclusiveGateway", "inclusiveGateway"):
        flows = diagram.outgoing(gateway)
        if len(flows) > 1:
            yield gateway, flows
