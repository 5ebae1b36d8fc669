# SPDX-License-Identifier: Apache-2.0
"""A diagram reduced to what SpiffWorkflow shall move tokens along, by rewriting a copy of its XML.

What SpiffWorkflow does badly or not at all is turned into what it does well, keeping the ids of the elements:

- tasks whose work is ours (script, business rule, send, none) become script tasks that do nothing, and a service task
  one that receives: its answer;
- several start events become one start and a choice (`START` conditions, answered by the runner);
- link events become sequence flows; a fork or a condition on the way out of an activity becomes a gateway;
- an activity with a loop becomes a `loopActivity` and a process of its own (its body), run once per item;
- an event sub-process becomes a process of its own, started by the runner when its event happens;
- what undoes an activity becomes one too, and its compensation boundary event goes; a transaction is a subprocess;
- an ad hoc sub-process becomes one with a gate (`adHocGate`) between start and end, which lets activities begin.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

from lxml import etree

from engine.bpmn.model import BPMN, NS, tag

#: Prefix of a condition that asks "does the case begin at this start event?".
START = "@start:"
LOOP = "loopActivity"
GATE = "adHocGate"
_AUTOMATIC = ("task", "scriptTask", "businessRuleTask", "sendTask")
_ACTIVITIES = (
    "task", "userTask", "manualTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "serviceTask",
    "subProcess", "transaction", "adHocSubProcess", "callActivity",
)  # fmt: skip
_EVENTS = ("startEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
_DRAWN_ONLY = (
    "dataInputAssociation", "dataOutputAssociation", "ioSpecification", "property", "dataStoreReference", "dataStore",
    "dataObject", "dataObjectReference", "extensionElements", "textAnnotation", "association", "group", "laneSet",
    "collaboration", "documentation", "correlationSubscription", "correlationProperty",
)  # fmt: skip
_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
#: Left for SpiffWorkflow: it ends a scope rightly. Everything else that happens is thrown and caught by us.
_KEPT_DEFINITIONS = {"terminateEventDefinition"}


def body_of(activity: str) -> str:
    """The id of the process that a looping activity's body becomes."""
    return f"{activity}[body]"


def item_of(activity: str) -> str:
    """The name of the task that stands for one turn of a looping activity."""
    return f"{activity}[item]"


def undo_of(handler: str) -> str:
    """The name of the task that stands for one run of what undoes an activity, and of its process."""
    return f"{handler}[undo]"


def gate_of(subprocess: str) -> str:
    """The id of the gate of an ad hoc sub-process."""
    return f"{subprocess}[gate]"


def reduce(root: etree._Element) -> etree._Element:
    """The reduced copy of a diagram's root element."""
    copied = copy.deepcopy(root)
    for process in copied.findall("bpmn:process", NS):
        if process.get("isExecutable") != "true":
            copied.remove(process)
    _drop(copied, _DRAWN_ONLY)
    _join_links(copied)
    _gateways_behind_activities(copied)
    _take_out_handlers(copied)
    _take_out_event_subprocesses(copied)
    _put_gates(copied)
    _take_out_loops(copied)
    for node in _nodes(copied, ("transaction",)):
        node.tag = tag("subProcess")
    for node in _nodes(copied, ("serviceTask",)):
        node.tag = tag("receiveTask")
    for node in _nodes(copied, _AUTOMATIC):
        _make_automatic(node)
    for process in copied.findall("bpmn:process", NS):
        _one_start(process)
    _strip_events(copied)
    return copied


def _nodes(root: etree._Element, names: Iterable[str]) -> list[etree._Element]:
    return [node for name in names for node in root.iter(tag(name))]


def _drop(root: etree._Element, names: Iterable[str]) -> None:
    for node in _nodes(root, names):
        node.getparent().remove(node)


def _add_flow(scope: etree._Element, own: str, source: str, target: str) -> etree._Element:
    return etree.SubElement(scope, tag("sequenceFlow"), {"id": own, "sourceRef": source, "targetRef": target})


def _join_links(root: etree._Element) -> None:
    """A thrown link goes on where the link of the same name is caught, within its scope (BPMN 2.0, 10.5.5)."""
    caught = {}
    for node in root.iter(tag("intermediateCatchEvent")):
        if (link := node.find("bpmn:linkEventDefinition", NS)) is not None:
            caught[(node.getparent(), link.get("name"))] = node
            node.tag = tag("intermediateThrowEvent")
    for node in list(root.iter(tag("intermediateThrowEvent"))):
        link = node.find("bpmn:linkEventDefinition", NS)
        target = caught.get((node.getparent(), link.get("name"))) if link is not None else None
        if target is not None and target is not node:
            _add_flow(node.getparent(), f"{node.get('id')}.link", node.get("id", ""), target.get("id", ""))


def _conditions(flow: etree._Element) -> list[etree._Element]:
    return list(flow.findall("bpmn:conditionExpression", NS))


def _gateways_behind_activities(root: etree._Element) -> None:
    """Several ways out of an activity or event are a parallel split; with conditions, an inclusive one.

    A flow without condition that is not the default is taken in any case.
    """
    leaving: dict[str, list[etree._Element]] = {}
    for flow in root.iter(tag("sequenceFlow")):
        leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
    for node in _nodes(root, (*_ACTIVITIES, *_EVENTS)):
        own, scope = node.get("id", ""), node.getparent()
        flows = leaving.get(own, [])
        conditional = any(map(_conditions, flows))
        if len(flows) < 2 and not conditional:
            continue
        kind = "inclusiveGateway" if conditional else "parallelGateway"
        gateway = etree.SubElement(scope, tag(kind), {"id": f"{own}.split"})
        if conditional and node.get("default"):
            gateway.set("default", node.attrib.pop("default"))
        for flow in flows:
            flow.set("sourceRef", f"{own}.split")
            if conditional and flow.get("id") != gateway.get("default") and not _conditions(flow):
                etree.SubElement(flow, tag("conditionExpression")).text = "True"
        _add_flow(scope, f"{own}.to.split", own, f"{own}.split")


def _take_out_event_subprocesses(root: etree._Element) -> None:
    for node in [n for n in root.iter(tag("subProcess")) if n.get("triggeredByEvent") == "true"]:
        node.getparent().remove(node)
        node.attrib.pop("triggeredByEvent")
        node.tag = tag("process")
        node.set("isExecutable", "true")
        root.append(node)


def _take_out_handlers(root: etree._Element) -> None:
    for event in _nodes(root, ("boundaryEvent",)):
        if event.find("bpmn:compensateEventDefinition", NS) is not None:
            event.getparent().remove(event)
    for node in [n for n in _nodes(root, _ACTIVITIES) if n.get("isForCompensation") == "true"]:
        node.getparent().remove(node)
        node.attrib.pop("isForCompensation")
        _wrap(root, node, undo_of(node.get("id", "")))


def _put_gates(root: etree._Element) -> None:
    """Start, gate, end; from the gate to all that nothing leads to, and to the end from all that leads nowhere."""
    for node in _nodes(root, ("adHocSubProcess",)):
        own = node.get("id", "")
        flows = node.findall("bpmn:sequenceFlow", NS)
        inside = [n for n in node if etree.QName(n).localname in (*_ACTIVITIES, *_EVENTS) or "Gateway" in str(n.tag)]
        for name in ("completionCondition", "ordering"):
            for part in node.findall(f"bpmn:{name}", NS):
                node.remove(part)
        node.tag = tag("subProcess")
        gate, end = gate_of(own), f"{own}[end]"
        etree.SubElement(node, tag("startEvent"), {"id": f"{own}[start]"})
        etree.SubElement(node, tag(GATE), {"id": gate})
        etree.SubElement(node, tag("endEvent"), {"id": end})
        _add_flow(node, f"{own}[begin]", f"{own}[start]", gate)
        _add_flow(node, f"{own}[finish]", gate, end)
        reached, leaving = ({flow.get(name) for flow in flows} for name in ("targetRef", "sourceRef"))
        for each in inside:
            name = each.get("id", "")
            if name not in reached and each.tag != tag("boundaryEvent"):
                _add_flow(node, f"{own}[begin {name}]", gate, name)
            if name not in leaving:
                _add_flow(node, f"{own}[{name} ends]", name, end)


def _take_out_loops(root: etree._Element) -> None:
    for node in _nodes(root, _ACTIVITIES):
        loops = [child for name in _LOOPS for child in node.findall(f"bpmn:{name}", NS)]
        if loops:
            for loop in loops:
                node.remove(loop)
            _make_body(root, node)


def _make_body(root: etree._Element, node: etree._Element) -> None:
    own = node.get("id", "")
    stand_in = etree.Element(tag(LOOP), {"id": own, "name": node.get("name", own)})
    node.getparent().replace(node, stand_in)
    _wrap(root, node, body_of(own))


def _wrap(root: etree._Element, node: etree._Element, name: str) -> None:
    """Make a process of a single activity."""
    own = node.get("id", "")
    process = etree.SubElement(root, tag("process"), {"id": name, "isExecutable": "true"})
    etree.SubElement(process, tag("startEvent"), {"id": f"{name}[start]"})
    process.append(node)
    etree.SubElement(process, tag("endEvent"), {"id": f"{name}[end]"})
    _add_flow(process, f"{name}[in]", f"{name}[start]", own)
    _add_flow(process, f"{name}[out]", own, f"{name}[end]")


def _make_automatic(node: etree._Element) -> None:
    node.tag = tag("scriptTask")
    for script in node.findall("bpmn:script", NS):
        node.remove(script)
    node.attrib.pop("messageRef", None)
    etree.SubElement(node, tag("script")).text = "pass"


def _one_start(process: etree._Element) -> None:
    starts = process.findall("bpmn:startEvent", NS)
    if len(starts) < 2:
        return
    own = process.get("id", "")
    etree.SubElement(process, tag("startEvent"), {"id": f"{own}[start]"})
    etree.SubElement(process, tag("exclusiveGateway"), {"id": f"{own}[begin]"})
    _add_flow(process, f"{own}[first]", f"{own}[start]", f"{own}[begin]")
    for start in starts:
        start.tag = tag("intermediateThrowEvent")
        flow = _add_flow(process, f"{own}[{start.get('id')}]", f"{own}[begin]", start.get("id", ""))
        etree.SubElement(flow, tag("conditionExpression")).text = START + start.get("id", "")


def _strip_events(root: etree._Element) -> None:
    """Take the event definitions out; a catching event keeps a message as a stand-in, so that it catches."""
    for node in _nodes(root, (*_EVENTS, "endEvent")):
        for child in list(node):
            name = etree.QName(child).localname
            if name.endswith("EventDefinition") and name not in _KEPT_DEFINITIONS:
                node.remove(child)
        if node.tag in (tag("intermediateCatchEvent"), tag("boundaryEvent")):
            etree.SubElement(node, f"{{{BPMN}}}messageEventDefinition")
    for node in root.iter(tag("receiveTask")):
        node.attrib.pop("messageRef", None)
