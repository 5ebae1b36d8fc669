# SPDX-License-Identifier: Apache-2.0
"""What is to be drawn: nodes, flows, lanes and satellites of one process, read from its XML. No positions yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"})
TASKS = frozenset(
    {
        "task", "userTask", "manualTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "serviceTask",
        "callActivity",
    }
)  # fmt: skip
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
SATELLITES = {"dataStoreReference": (50, 50), "dataObjectReference": (36, 50), "textAnnotation": (100, 30)}

TASK_SIZE, EVENT_SIZE, GATEWAY_SIZE = (120, 80), (36, 36), (50, 50)
LABEL_WIDTH, LINE = 90, 14  #: px at which bpmn-js wraps a label outside of its shape; px of one line of it
_LETTER = 6.0  #: px, a letter of such a label on average


@dataclass
class Node:
    """Something with a place on the grid. ``width`` and ``height`` in px."""

    id: str
    kind: str
    name: str
    width: int
    height: int
    lane: int = 0
    host: str = ""  #: boundary event: the activity it stands on
    content: Sketch | None = None  #: expanded subprocess
    satellites: list[Satellite] = field(default_factory=list)

    @property
    def labelled(self) -> bool:
        """Whether its name stands outside of it."""
        return bool(self.name) and (self.kind in EVENTS or self.kind in GATEWAYS)


@dataclass
class Satellite:
    """A data store, data object or annotation that stands over its node; ``links`` are the associations to it."""

    id: str
    kind: str
    name: str
    width: int
    height: int
    links: list[tuple[str, bool]] = field(default_factory=list)  #: (association, whether it points to the satellite)


@dataclass(frozen=True)
class Flow:
    id: str
    name: str
    source: str
    target: str


@dataclass
class Sketch:
    """One container: a process, or the inside of a subprocess."""

    id: str
    nodes: dict[str, Node]
    flows: list[Flow]
    lanes: list[tuple[str, str]]  #: (id, name) from top to bottom; may be empty
    event_subprocesses: list[str] = field(default_factory=list)


def tag(element: etree._Element) -> str:
    """The element's name within BPMN; empty for others."""
    name = etree.QName(element)
    return name.localname if name.namespace == BPMN else ""


def read(container: etree._Element) -> Sketch:
    """The sketch of a ``process`` or subprocess element."""
    lanes, lane_of = _lanes(container)
    nodes: dict[str, Node] = {}
    flows, satellites, associations = [], {}, []
    for element in container:
        kind, ident = tag(element), element.get("id", "")
        if kind in EVENTS or kind in GATEWAYS or kind in TASKS or kind in SUBPROCESSES:
            nodes[ident] = _node(element, kind, lane_of.get(ident, 0))
            associations += _data_links(element, ident)
        elif kind == "sequenceFlow":
            flows.append(
                Flow(ident, element.get("name", ""), element.get("sourceRef", ""), element.get("targetRef", ""))
            )
        elif kind in SATELLITES:
            satellites[ident] = _satellite(element, kind)
        elif kind == "association":
            associations.append((ident, element.get("sourceRef", ""), element.get("targetRef", "")))
    for node in nodes.values():
        if node.host in nodes:
            node.lane = nodes[node.host].lane
    _attach(nodes, satellites, associations)
    flows += [Flow(ident, "", source, target) for ident, source, target in associations]  # compensation handlers
    flows = [f for f in flows if f.source in nodes and f.target in nodes]
    inside = [e.get("id", "") for e in container if e.get("triggeredByEvent") == "true"]
    return Sketch(container.get("id", ""), nodes, flows, lanes, inside)


def _node(element: etree._Element, kind: str, lane: int) -> Node:
    size = EVENT_SIZE if kind in EVENTS else GATEWAY_SIZE if kind in GATEWAYS else TASK_SIZE
    content = read(element) if kind in SUBPROCESSES else None
    host = element.get("attachedToRef", "") if kind == "boundaryEvent" else ""
    return Node(element.get("id", ""), kind, element.get("name", ""), *size, lane, host, content)


def _satellite(element: etree._Element, kind: str) -> Satellite:
    text = element.get("name", "") or "".join(element.itertext()).strip()
    width, height = SATELLITES[kind]
    if kind == "textAnnotation":
        width, height = 140, 10 + LINE * lines(text, 130)
    return Satellite(element.get("id", ""), kind, text, width, height)


def _lanes(container: etree._Element) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """Lanes from top to bottom, and the place in that list of each node; a lane within a lane counts as its parent."""
    lanes: list[tuple[str, str]] = []
    lane_of: dict[str, int] = {}
    for laneset in container.findall(f"{{{BPMN}}}laneSet"):
        for lane in laneset.findall(f"{{{BPMN}}}lane"):
            lanes.append((lane.get("id", ""), lane.get("name", "")))
            for ref in lane.iter(f"{{{BPMN}}}flowNodeRef"):
                lane_of[(ref.text or "").strip()] = len(lanes) - 1
    return lanes, lane_of


def _data_links(element: etree._Element, node: str) -> list[tuple[str, str, str]]:
    found = []
    for link in element:
        kind = tag(link)
        if kind == "dataOutputAssociation":
            found.append((link.get("id", ""), node, link.findtext(f"{{{BPMN}}}targetRef", "").strip()))
        elif kind == "dataInputAssociation":
            found += [
                (link.get("id", ""), (source.text or "").strip(), node)
                for source in link.findall(f"{{{BPMN}}}sourceRef")
            ]
    return found


def _attach(nodes: dict[str, Node], satellites: dict[str, Satellite], associations: list[tuple[str, str, str]]) -> None:
    """Each satellite goes to the first node that it is linked with; one that is linked with none is left to nobody."""
    home: dict[str, str] = {}
    for ident, source, target in associations:
        node, other, points_to = (source, target, True) if source in nodes else (target, source, False)
        if node in nodes and other in satellites:
            home.setdefault(other, node)
            satellites[other].links.append((ident, points_to))
    for ident, node in home.items():
        nodes[node].satellites.append(satellites[ident])


def lines(text: str, width: float = LABEL_WIDTH) -> int:
    """How many lines a label takes when it is wrapped at ``width`` px."""
    count, used = 1, 0.0
    for word in text.split():
        length = len(word) * _LETTER
        if used and used + _LETTER + length > width:
            count, used = count + 1, length
        else:
            used += length + (_LETTER if used else 0)
    return count


def label_size(text: str) -> tuple[float, float]:
    """(width, height) in px of a label outside of its shape."""
    return min(LABEL_WIDTH, len(text) * _LETTER + 10), lines(text) * LINE
