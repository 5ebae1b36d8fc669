# SPDX-License-Identifier: Apache-2.0
"""What people see: shapes, and labels that read as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.check.diagram import Diagram, kind, label
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.vocabulary import ACTIVITIES, BPMNDI, EVENTS

_SPLITS = ("exclusiveGateway", "inclusiveGateway")


@rule("drawing-missing", "warning")
def drawing_missing(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every node and flow is drawn: else it runs and nobody sees it."""
    drawn = {
        shape.get("bpmnElement")
        for name in ("BPMNShape", "BPMNEdge")
        for shape in diagram.root.iter(f"{{{BPMNDI}}}{name}")
    }
    if not drawn and diagram.flow_nodes:
        yield Fault(diagram.root, "The file has no drawing.", "Open it in the editor, which lays it out, and save it.")
        return
    for node in (*diagram.flow_nodes, *diagram.flows):
        if node.get("id") not in drawn:
            yield Fault(node, f"{label(node)} ({kind(node)}) is not drawn.", "Draw it anew, or delete it from the XML.")


@rule("label-required", "warning")
def label_required(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Activities and events say what happens, a gateway that splits asks a question, its flows are the answers."""
    for node in diagram.of_kind(*ACTIVITIES, *EVENTS):
        if not node.get("name", "").strip():
            yield Fault(node, f"{label(node)} ({kind(node)}) has no label.", "Say what happens there.")
    for gateway in diagram.of_kind(*_SPLITS):
        flows = diagram.outgoing(gateway)
        if len(flows) < 2:
            continue
        if not gateway.get("name", "").strip():
            yield Fault(gateway, f"The gateway {label(gateway)} has no label.", "Ask the question it decides.")
        for flow in flows:
            if not flow.get("name", "").strip():
                message = f"The flow {label(flow)} out of {label(gateway)} has no label."
                yield Fault(flow, message, "Write the answer that it stands for.")
