# SPDX-License-Identifier: Apache-2.0
"""Gateways: what they decide on and what may follow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import GATEWAYS

#: Gateways behind which not every way is taken.
_CHOOSING = frozenset({"exclusiveGateway", "eventBasedGateway", "inclusiveGateway"})


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


@rule("join-alternatives", "warning")
def join_alternatives(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A parallel gateway joins ways that are all taken: not an activity's end and its boundary event, nor two answers."""
    for gateway in diagram.of_kind("parallelGateway"):
        flows = diagram.incoming(gateway)
        choices = [dict(_choices(diagram, flow)) for flow in flows]
        for (number, one), (other_number, other) in combinations(enumerate(choices), 2):
            parted = next((each for each in one if each in other and one[each] is not other[each]), None)
            if parted is None:
                continue
            by, instead = (label(diagram.source(flows[n])) for n in (number, other_number))
            waits = f"{label(gateway)} waits for what comes from {by} and from {instead}"
            hint = "Join these ways by an exclusive gateway first, or by an inclusive one instead of this."
            if all(_certainly_one(way, parted) for way in (one[parted], other[parted])):
                yield Fault(gateway, f"{waits}, and only one of them comes: a case stops there.", hint)
            else:
                yield Fault(gateway, f"{waits}, and perhaps only one of them comes: then a case stops there.", hint)


def _choices(diagram: Diagram, flow: Node) -> Iterator[tuple[Node, Node]]:
    """(where the way was chosen, what was chosen) on the way back from a flow, as far as there is only one way back.

    An activity is left at its end (it is then its own choice) or by a boundary event.
    """
    seen: set[Node] = set()
    node: Node | None = diagram.source(flow)
    while node is not None and node not in seen:
        seen.add(node)
        if kind(node) == "boundaryEvent":
            attached = diagram.resolve(node.get("attachedToRef"))
            if attached is None:
                return
            yield attached, node
            seen.add(attached)
            node = attached
        elif diagram.boundary_events(node):
            yield node, node
        elif kind(node) in _CHOOSING:
            yield node, flow
        incoming = diagram.incoming(node)
        if len(incoming) != 1:
            return
        flow = incoming[0]
        node = diagram.source(flow)


def _certainly_one(way: Node, chosen_at: Node) -> bool:
    """Whether nothing else is taken together with this way."""
    return kind(chosen_at) != "inclusiveGateway" and way.get("cancelActivity") != "false"


def _splits(diagram: Diagram) -> Iterator[tuple[Node, list[Node]]]:
    for gateway in diagram.of_kind("exclusiveGateway", "inclusiveGateway"):
        flows = diagram.outgoing(gateway)
        if len(flows) > 1:
            yield gateway, flows
