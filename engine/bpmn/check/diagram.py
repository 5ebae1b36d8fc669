# SPDX-License-Identifier: Apache-2.0
"""A parsed BPMN file with the look-ups that rules need: ids, flow nodes, flows, scopes, names for sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any, TypeAlias

from lxml import etree

from engine.bpmn.check.vocabulary import BPMN, DIAGRAM, FLOW_NODES, REFUSED_FLOW_NODES, SPIFF, SUBPROCESSES
from engine.bpmn.correlations import Correlations
from engine.bpmn.data_items import DataItems
from engine.bpmn.message_flows import MessageFlows

Node: TypeAlias = Any  #: an lxml element (lxml has no types)


def kind(node: Node) -> str:
    """The BPMN name of an element (`userTask`); empty for other namespaces."""
    return str(node.tag)[len(BPMN) + 2 :] if isinstance(node.tag, str) and node.tag.startswith(f"{{{BPMN}}}") else ""


def namespace(node: Node) -> str:
    return str(etree.QName(node).namespace or "")


def children(node: Node, name: str) -> list[Node]:
    """The BPMN children of that name."""
    return list(node.findall(f"{{{BPMN}}}{name}"))


def text(node: Node | None) -> str:
    return (node.text or "").strip() if node is not None else ""


def extensions(node: Node, name: str) -> list[Node]:
    """The `spiffworkflow:` elements of that name in the element's own extensionElements."""
    return list(node.findall(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}{name}"))


def properties(node: Node) -> list[Node]:
    """The `spiffworkflow:property` elements of an element."""
    return list(node.findall(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"))


def prop(node: Node, name: str) -> str:
    """The value of a property, stripped; empty if there is none."""
    return next((p.get("value", "").strip() for p in properties(node) if p.get("name") == name), "")


def label(node: Node) -> str:
    """How a sentence names an element: its name as drawn, else its id, else what it is."""
    name = " ".join((node.get("name") or "").split())
    return f"'{name or node.get('id') or kind(node)}'"


class Diagram:
    """Look-ups over one file, made once. Elements that are not allowed are in it too: other rules report those.

    ``executed``: only with what can run. Processes that are not executable are left out, and where no process of the
    file is, everything is: nothing of it will ever do anything.
    """

    def __init__(self, root: Node, *, executed: bool = False) -> None:
        self.root = root
        self.elements = [node for node in _content(root) if kind(node)]
        self.ids: dict[str, Node] = {}
        for node in self.elements:
            self.ids.setdefault(node.get("id", ""), node)
        self.ids.pop("", None)
        self.processes = children(root, "process")
        self.message_flows = MessageFlows(root)
        self.data = DataItems(root)
        self.correlations = Correlations(root)
        if executed:
            left_out = {process for process in self.processes if not is_executable(process)}
            all_out = len(left_out) == len(self.processes)
            self.elements = [n for n in self.elements if not all_out and process_of(n) not in left_out]
        self._places: dict[str, list[int]] = defaultdict(list)  # kind -> where in `elements`
        for place, node in enumerate(self.elements):
            self._places[kind(node)].append(place)
        self.flow_nodes = list(self.of_kind(*FLOW_NODES, *REFUSED_FLOW_NODES))
        self.flows = list(self.of_kind("sequenceFlow"))
        self._outgoing: dict[str, list[Node]] = defaultdict(list)
        self._incoming: dict[str, list[Node]] = defaultdict(list)
        for flow in self.flows:
            self._outgoing[flow.get("sourceRef", "")].append(flow)
            self._incoming[flow.get("targetRef", "")].append(flow)
        self._boundary: dict[str, list[Node]] = defaultdict(list)
        for event in self.of_kind("boundaryEvent"):
            self._boundary[event.get("attachedToRef", "")].append(event)
        # An inner lane stands behind the outer one, so the innermost wins.
        self._lanes = {text(ref): ref.getparent() for ref in self.of_kind("flowNodeRef")}

    def outgoing(self, node: Node) -> list[Node]:
        return self._outgoing.get(node.get("id", ""), [])

    def incoming(self, node: Node) -> list[Node]:
        return self._incoming.get(node.get("id", ""), [])

    def of_kind(self, *names: str) -> Iterator[Node]:
        """The elements of these kinds, in the order of the file."""
        places = [self._places.get(name, []) for name in dict.fromkeys(names)]
        return (self.elements[place] for place in (sorted(chain(*places)) if len(places) > 1 else places[0]))

    def resolve(self, identifier: str | None, *kinds: str) -> Node | None:
        """The element of that id, if it is of one of these kinds (any, if none are given)."""
        node = self.ids.get(identifier or "")
        return node if node is not None and (not kinds or kind(node) in kinds) else None

    def target(self, flow: Node) -> Node | None:
        return self.ids.get(flow.get("targetRef", ""))

    def source(self, flow: Node) -> Node | None:
        return self.ids.get(flow.get("sourceRef", ""))

    def scopes(self) -> Iterator[Node]:
        """Every process and every embedded subprocess."""
        return self.of_kind("process", *SUBPROCESSES)

    def nodes_in(self, scope: Node) -> list[Node]:
        """The flow nodes that lie directly in a process or subprocess."""
        return [node for node in scope if kind(node) in FLOW_NODES | REFUSED_FLOW_NODES]

    def entries(self, subprocess: Node) -> list[Node]:
        """What nothing leads to in an ad hoc subprocess: with these its paths begin."""
        nodes = [
            n for n in self.nodes_in(subprocess) if not self.incoming(n) and not children(n, "linkEventDefinition")
        ]
        begins_itself = [n for n in nodes if is_event_subprocess(n) or is_handler(n) or kind(n) == "boundaryEvent"]
        return [n for n in nodes if n not in begins_itself]

    def boundary_events(self, activity: Node) -> list[Node]:
        return self._boundary.get(activity.get("id", ""), [])

    def register_of(self, association: Node, name: str) -> str:
        """The register that a data association leads to by its `sourceRef` or `targetRef`; empty if to none."""
        refs = children(association, name)
        reference = self.resolve(text(refs[0]), "dataStoreReference") if refs else None
        store = self.resolve(reference.get("dataStoreRef"), "dataStore") if reference is not None else None
        return store.get("name", "").strip() if store is not None else ""

    def has_key(self, holder: Node, owner: Node) -> bool:
        """Whether an event or task says which case's message it means: by our property, or by the standard's keys."""
        return bool(prop(holder, "correlationKey")) or bool(self.correlations.of(owner, holder.get("messageRef", "")))

    def message_of(self, holder: Node, owner: Node) -> str:
        """The message of an event or task: the one it names, else the one that its message flow carries."""
        message = self.resolve(holder.get("messageRef"), "message")
        named = message.get("name", "").strip() if message is not None else ""
        return named or next(iter(self.message_flows.names(owner)), "")

    def lane_of(self, node: Node) -> Node | None:
        """The innermost lane of an element, else that of the subprocess it lies in."""
        around = (each.get("id", "") for each in (node, *node.iterancestors()))
        return next((self._lanes[each] for each in around if each in self._lanes), None)


def is_executable(process: Node) -> bool:
    return bool(process.get("isExecutable") == "true")


def is_drawn_only(node: Node) -> bool:
    """Whether an element lies in a process that is documentation."""
    process = process_of(node)
    return process is not None and not is_executable(process)


def is_event_subprocess(node: Node | None) -> bool:
    return node is not None and kind(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def is_handler(node: Node) -> bool:
    """Whether the element is an activity that undoes another one; no flow leads to it."""
    return bool(node.get("isForCompensation") == "true")


def is_ad_hoc(node: Node | None) -> bool:
    return node is not None and kind(node) == "adHocSubProcess"


def definitions_of(event: Node) -> list[Node]:
    """The event definitions of an event."""
    return [part for part in event if kind(part).endswith("EventDefinition")]


def owner_of(part: Node) -> Node:
    """The element that an event definition or the like stands in."""
    parent = part.getparent()
    return part if parent is None else parent


def links_of(diagram: Diagram, *kinds: str) -> Iterator[tuple[Node, Node, str]]:
    """(event, its link event definition, the link's name) of the events of these kinds."""
    for event in diagram.of_kind(*kinds):
        for link in children(event, "linkEventDefinition"):
            yield event, link, link.get("name", "").strip()


def scope_of(node: Node) -> Node | None:
    """The process or subprocess that an element lies in."""
    current = node.getparent()
    while current is not None and kind(current) not in ("process", *SUBPROCESSES, *REFUSED_FLOW_NODES):
        current = current.getparent()
    return current


def process_of(node: Node) -> Node | None:
    current: Node | None = node
    while current is not None and kind(current) != "process":
        current = current.getparent()
    return current


def _content(root: Node) -> Iterator[Node]:
    """All elements, without the drawing (BPMN DI) and what lies in extension elements."""
    yield root
    for child in root:
        if isinstance(child.tag, str) and child.tag != DIAGRAM and kind(child) != "extensionElements":
            yield from _content(child)
