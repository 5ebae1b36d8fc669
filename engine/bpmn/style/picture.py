# SPDX-License-Identifier: Apache-2.0
"""What is drawn where: the diagram interchange of a file (BPMN 2.0, chapter 12) beside its elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.check.diagram import Diagram, Node, children, kind, text
from engine.bpmn.check.vocabulary import BPMNDI, FLOW_NODES, SUBPROCESSES
from engine.bpmn.style.geometry import Box, Piece, Point, pieces

_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DI = "http://www.omg.org/spec/DD/20100524/DI"
_FRAMES = frozenset({"participant", "lane"})
_FLOWS = frozenset({"sequenceFlow", "messageFlow"})
_DATA = frozenset({"dataInputAssociation", "dataOutputAssociation"})


@dataclass(frozen=True)
class Shape:
    """A shape on a plane. ``frame``: other things may stand in it; ``inside``: the elements that it lies in."""

    node: Node
    box: Box
    plane: str
    frame: bool
    inside: frozenset[str]

    @property
    def id(self) -> str:
        return str(self.node.get("id", ""))

    @property
    def is_subprocess(self) -> bool:
        return kind(self.node) in SUBPROCESSES


@dataclass(frozen=True)
class Line:
    """A drawn flow or association."""

    node: Node
    pieces: tuple[Piece, ...]
    plane: str
    inside: frozenset[str]

    @property
    def is_flow(self) -> bool:
        return kind(self.node) in _FLOWS

    @property
    def ends(self) -> tuple[str, str]:
        """The ids of what it connects; of a data association: what it belongs to, and the data."""
        if kind(self.node) in _DATA:
            refs = [text(ref) for name in ("sourceRef", "targetRef") for ref in children(self.node, name)]
            data = next((ref for ref in refs if not ref.startswith("Property_")), "")
            return str(self.node.getparent().get("id", "")), data
        return str(self.node.get("sourceRef", "")), str(self.node.get("targetRef", ""))


@dataclass(frozen=True)
class Label:
    """A name that stands beside its shape or flow."""

    node: Node
    box: Box
    plane: str


class Picture(Diagram):
    """A diagram's elements with their shapes, lines and labels."""

    def __init__(self, root: Node) -> None:
        super().__init__(root)
        self.shapes: dict[str, Shape] = {}
        self.lines: list[Line] = []
        self.labels: list[Label] = []
        for plane in root.iter(f"{{{BPMNDI}}}BPMNPlane"):
            for drawn in plane:
                node = self.ids.get(str(drawn.get("bpmnElement", "")))
                if node is not None:
                    self._take(node, drawn, str(plane.get("bpmnElement", "")))

    def _take(self, node: Node, drawn: Node, plane: str) -> None:
        inside = frozenset(str(each.get("id", "")) for each in node.iterancestors())
        box = _box(drawn.find(f"{{{_DC}}}Bounds"))
        if box is not None:
            expanded = kind(node) in SUBPROCESSES and drawn.get("isExpanded") != "false"
            frame = kind(node) in _FRAMES or expanded or kind(node) == "group"
            self.shapes[str(node.get("id", ""))] = Shape(node, box, plane, frame, inside)
        points = [Point(_number(p, "x"), _number(p, "y")) for p in drawn.iterfind(f"{{{_DI}}}waypoint")]
        if points:
            self.lines.append(Line(node, tuple(pieces(points)), plane, inside))
        label = _box(drawn.find(f"{{{BPMNDI}}}BPMNLabel/{{{_DC}}}Bounds"))
        if label is not None and (node.get("name") or "").strip():
            self.labels.append(Label(node, label, plane))

    def solid(self, plane: str) -> Iterator[Shape]:
        """The shapes of a plane that nothing may lie on: all but pools, lanes and open subprocesses."""
        return (shape for shape in self.shapes.values() if shape.plane == plane and not shape.frame)

    def levels(self) -> Iterator[tuple[Node, list[Node]]]:
        """Every process and subprocess with the flow nodes that lie directly in it."""
        for scope in self.scopes():
            if nodes := [node for node in scope if kind(node) in FLOW_NODES]:
                yield scope, nodes


def _box(bounds: Node | None) -> Box | None:
    return None if bounds is None else Box(*(_number(bounds, name) for name in ("x", "y", "width", "height")))


def _number(node: Node, name: str) -> float:
    try:
        return float(node.get(name, "0"))
    except ValueError:
        return 0.0
