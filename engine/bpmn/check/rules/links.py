# SPDX-License-Identifier: Apache-2.0
"""Link events: a path that goes on elsewhere in the same process or subprocess."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, Node, label, links_of, scope_of
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule

_CATCH, _THROW = "intermediateCatchEvent", "intermediateThrowEvent"


@rule("link-name")
def link_name(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A link has a name, and is caught in one place of its process or subprocess."""
    seen: set[tuple[Node | None, str]] = set()
    for event, link, name in links_of(diagram, _CATCH, _THROW):
        if not name:
            yield Fault(link, f"The link of {label(event)} has no name.", "Give both ends the same name.")
    for event, link, name in links_of(diagram, _CATCH):
        if (scope_of(event), name) in seen:
            message = f"The link '{name}' is caught in a second place, {label(event)}."
            yield Fault(link, message, "Lead the flows of both to one place.")
        seen.add((scope_of(event), name))


@rule("link-pair")
def link_pair(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every thrown link is caught, and every caught one thrown, in the same process or subprocess."""
    caught = {(scope_of(event), name) for event, _, name in links_of(diagram, _CATCH)}
    thrown = {(scope_of(event), name) for event, _, name in links_of(diagram, _THROW)}
    hint = "Draw the other end in the same process or subprocess, with the same name."
    for event, link, name in links_of(diagram, _THROW):
        if name and (scope_of(event), name) not in caught:
            yield Fault(link, f"The link '{name}' of {label(event)} is caught nowhere.", hint)
    for event, link, name in links_of(diagram, _CATCH):
        if name and (scope_of(event), name) not in thrown:
            yield Fault(link, f"The link '{name}' of {label(event)} is thrown nowhere.", hint)


@rule("link-flow")
def link_flow(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """No flow leaves the throwing end of a link, none leads to its catching end."""
    for event, _, _ in links_of(diagram, _THROW):
        for flow in diagram.outgoing(event):
            message = f"A flow leaves {label(event)}, which is the throwing end of a link."
            yield Fault(flow, message, "Delete it: the path goes on where the link is caught.")
    for event, _, _ in links_of(diagram, _CATCH):
        for flow in diagram.incoming(event):
            message = f"A flow leads to {label(event)}, which is the catching end of a link."
            yield Fault(flow, message, "Lead the flow to the element behind it.")
