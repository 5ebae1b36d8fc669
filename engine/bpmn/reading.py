# SPDX-License-Identifier: Apache-2.0
"""Reads a diagram's XML into the values of `model`, once.

SpiffWorkflow moves the tokens; everything else an element asks for (form, lane, register, message, timer, decision) is
read here, so that nothing depends on what SpiffWorkflow's parser keeps or drops.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from engine.bpmn.correlations import Correlations
from engine.bpmn.data_items import DataItems
from engine.bpmn.message_flows import MessageFlows
from engine.bpmn.model import (
    BPMN,
    FLOW_NODES,
    NS,
    SUBPROCESSES,
    Access,
    AdHoc,
    Assignment,
    Element,
    Loop,
    MessageUse,
    Model,
    ServiceUse,
    TimerUse,
    Trigger,
    tag,
)

_SUBPROCESS_TAGS = frozenset(map(tag, SUBPROCESSES))
_ACTIVITY_TAGS = frozenset(map(tag, (n for n in FLOW_NODES if not n.endswith(("Event", "Gateway")))))


def read_models(root: etree._Element, file: str) -> tuple[Model, ...]:
    """All executable processes of a parsed BPMN file."""
    processes = root.findall("bpmn:process", NS)
    return tuple(_model(root, p, file) for p in processes if p.get("isExecutable") == "true")


def read_drawn(root: etree._Element, file: str) -> tuple[Model, ...]:
    """The processes of a file that are documentation only: drawn, with something in them, and not executable."""
    drawn = [p for p in root.findall("bpmn:process", NS) if p.get("isExecutable") != "true" and p.get("id")]
    return tuple(model for p in drawn if (model := _model(root, p, file, executable=False)).elements)


def properties_of(node: etree._Element) -> dict[str, str]:
    """The ``spiffworkflow:properties`` of an element as a mapping."""
    found = node.iterfind("bpmn:extensionElements/spiffworkflow:properties/spiffworkflow:property", NS)
    return {p.get("name", ""): p.get("value", "") for p in found}


def extension_text(node: etree._Element, name: str) -> str:
    found = node.find(f"bpmn:extensionElements/spiffworkflow:{name}", NS)
    return (found.text or "").strip() if found is not None else ""


def _model(root: etree._Element, process: etree._Element, file: str, *, executable: bool = True) -> Model:
    lanes = _lanes(process)
    names = _Names(root)
    elements: dict[str, Element] = {}
    for node in process.iter():
        if isinstance(node.tag, str) and etree.QName(node).namespace == BPMN:
            kind = etree.QName(node).localname
            if kind in FLOW_NODES:
                element = _element(node, kind, lanes, names)
                elements[element.id] = element
    return Model(
        process_id=process.get("id", ""),
        name=process.get("name") or process.get("id", ""),
        file=file,
        documentation=_text(process, "documentation"),
        properties=properties_of(process),
        elements=elements,
        roles=tuple(
            dict.fromkeys(e.role for e in elements.values() if e.role and (e.is_human or e.begins or e.ad_hoc))
        ),
        handlers=_handlers(process, elements),
        executable=executable,
        data=tuple(dict.fromkeys([*names.data.of_scope(process), *names.data.declared(process, "dataOutput")])),
        inputs=names.data.declared(process, "dataInput"),
    )


def _handlers(process: etree._Element, elements: Mapping[str, Element]) -> dict[str, str]:
    """What undoes what: an activity that a compensation boundary event leads to, or a compensation sub-process."""
    leads_to = {a.get("sourceRef", ""): a.get("targetRef", "") for a in process.iter(tag("association"))}
    found = {}
    for event in elements.values():
        if event.trigger is None or event.trigger.kind != "compensate":
            continue
        if event.kind == "boundaryEvent" and leads_to.get(event.id) in elements:
            found[event.attached_to] = leads_to[event.id]
        elif event.kind == "startEvent":
            found[elements[event.scope].scope] = event.scope
    return found


def _lanes(process: etree._Element) -> dict[str, tuple[str, str]]:
    """Flow node id -> (lane name, role id); the innermost lane wins because it comes later in the document."""
    found: dict[str, tuple[str, str]] = {}
    for lane in process.iter(tag("lane")):
        role = properties_of(lane).get("role") or _slug(lane.get("name", ""))
        for ref in lane.findall("bpmn:flowNodeRef", NS):
            found[(ref.text or "").strip()] = (lane.get("name", ""), role)
    return found


class _Names:
    """Looks up what refs of a file point to: messages, errors and registers."""

    def __init__(self, root: etree._Element) -> None:
        self._messages = _by_id(root.findall("bpmn:message", NS), "name")
        self._flows = MessageFlows(root)
        self.data = DataItems(root)
        self.correlations = Correlations(root)
        self._codes = {
            "error": _by_id(root.findall("bpmn:error", NS), "errorCode"),
            "escalation": _by_id(root.findall("bpmn:escalation", NS), "escalationCode"),
            "signal": _by_id(root.findall("bpmn:signal", NS), "name"),
        }
        stores = _by_id(root.findall("bpmn:dataStore", NS), "name")
        references = root.iter(tag("dataStoreReference"))
        self._stores = {r.get("id", ""): stores.get(r.get("dataStoreRef", ""), "") for r in references}

    def message(self, node: etree._Element, holder: etree._Element) -> str:
        """The message of an event or task: the one it names, else that of its message flow."""
        return self._messages.get(holder.get("messageRef", "")) or next(iter(self._flows.names(node)), "")

    def code(self, kind: str, ref: str | None) -> str:
        """The code of an error or escalation, the name of a signal."""
        return self._codes[kind].get(ref or "", "")

    def register(self, ref: str | None) -> str:
        return self._stores.get(ref or "", "")


def _by_id(nodes: Iterable[etree._Element], name: str) -> dict[str, str]:
    """Id -> the named attribute."""
    return {n.get("id", ""): n.get(name, "") for n in nodes}


def _element(node: etree._Element, kind: str, lanes: Mapping[str, tuple[str, str]], names: _Names) -> Element:
    own = node.get("id", "")
    lane, role = _lane_of(node, lanes)
    return Element(
        id=own,
        kind=kind,
        name=" ".join((node.get("name") or own).split()),
        line=node.sourceline or 0,
        role=role,
        lane=lane,
        properties=properties_of(node),
        instructions=extension_text(node, "instructionsForEndUser"),
        script=_text(node, "script"),
        decision=extension_text(node, "calledDecisionId"),
        message=_message(node, kind, names),
        timer=_timer(node),
        trigger=_trigger(node, names),
        service=_service(node),
        loop=_loop(node, names),
        ad_hoc=_ad_hoc(node),
        begins=is_entry(node),
        by_event=node.get("triggeredByEvent") == "true",
        terminates=node.find("bpmn:terminateEventDefinition", NS) is not None,
        interrupting=node.get("cancelActivity", "true") != "false" and node.get("isInterrupting", "true") != "false",
        attached_to=node.get("attachedToRef", ""),
        called=node.get("calledElement", ""),
        reads=_accesses(node, "dataInputAssociation", "sourceRef", names),
        writes=_accesses(node, "dataOutputAssociation", "targetRef", names),
        data=names.data.use(node),
        scope=_scope(node),
    )


def _lane_of(node: etree._Element, lanes: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """The lane of a node, else the lane of the subprocess it lies in."""
    current: etree._Element | None = node
    while current is not None and etree.QName(current).localname != "process":
        if (found := lanes.get(current.get("id", ""))) is not None:
            return found
        current = current.getparent()
    return "", ""


def _scope(node: etree._Element) -> str:
    parent = node.getparent()
    return parent.get("id", "") if parent is not None and parent.tag in _SUBPROCESS_TAGS else ""


def _message(node: etree._Element, kind: str, names: _Names) -> MessageUse | None:
    holder = node if kind in {"sendTask", "receiveTask"} else node.find("bpmn:messageEventDefinition", NS)
    if holder is None:
        return None
    return MessageUse(
        name=names.message(node, holder),
        payload=extension_text(holder, "messagePayload"),
        variable=extension_text(holder, "messageVariable"),
        key=properties_of(holder).get("correlationKey", ""),
        time_to_live=properties_of(holder).get("timeToLive", ""),
        correlation=names.correlations.of(node, holder.get("messageRef", "")),
    )


def _trigger(node: etree._Element, names: _Names) -> Trigger | None:
    for kind in ("error", "escalation", "signal"):
        if (holder := node.find(f"bpmn:{kind}EventDefinition", NS)) is not None:
            payload = extension_text(holder, "payloadExpression")
            variable = extension_text(holder, "variableName")
            return Trigger(kind, names.code(kind, holder.get(f"{kind}Ref")), payload, variable)
    if (holder := node.find("bpmn:conditionalEventDefinition", NS)) is not None:
        return Trigger("conditional", _text(holder, "condition"))
    if (holder := node.find("bpmn:compensateEventDefinition", NS)) is not None:
        waits = holder.get("waitForCompletion") != "false"
        return Trigger("compensate", holder.get("activityRef", ""), waits=waits)
    if node.find("bpmn:cancelEventDefinition", NS) is not None:
        return Trigger("cancel")
    return None


def _service(node: etree._Element) -> ServiceUse | None:
    operator = node.find("bpmn:extensionElements/spiffworkflow:serviceTaskOperator", NS)
    if operator is None:
        return None
    found = operator.iterfind("spiffworkflow:parameters/spiffworkflow:parameter", NS)
    retry = operator.find("spiffworkflow:retry", NS)
    return ServiceUse(
        operator=operator.get("id", ""),
        parameters={p.get("id", ""): p.get("value", "") for p in found},
        result=operator.get("resultVariable", ""),
        retries=_whole(retry, "retries", 5),
        backoff=_whole(retry, "backoff_base", 10),
    )


def _whole(node: etree._Element | None, name: str, default: int) -> int:
    written = node.get(name, "") if node is not None else ""
    return int(written) if written.isascii() and written.isdigit() else default


def _loop(node: etree._Element, names: _Names) -> Loop | None:
    if (found := node.find("bpmn:standardLoopCharacteristics", NS)) is not None:
        before = found.get("testBefore") == "true"
        return Loop(
            "standard",
            condition=_text(found, "loopCondition"),
            maximum=found.get("loopMaximum", ""),
            test_before=before,
        )
    if (found := node.find("bpmn:multiInstanceLoopCharacteristics", NS)) is None:
        return None
    return Loop(
        kind="sequential" if found.get("isSequential") == "true" else "parallel",
        collection=names.data.loop_input(node, _text(found, "loopDataInputRef")),
        cardinality=_text(found, "loopCardinality"),
        item=_name(found, "inputDataItem", names),
        output=_name(found, "outputDataItem", names),
        outputs=names.data.loop_output(node, _text(found, "loopDataOutputRef")),
        condition=_text(found, "completionCondition"),
    )


def _ad_hoc(node: etree._Element) -> AdHoc | None:
    if node.tag != tag("adHocSubProcess"):
        return None
    return AdHoc(
        sequential=node.get("ordering") == "Sequential",
        condition=_text(node, "completionCondition"),
        cancels=node.get("cancelRemainingInstances") != "false",
    )


def is_entry(node: etree._Element) -> bool:
    """Whether a person may begin an activity: it lies in an ad hoc sub-process, and nothing else leads to it."""
    parent = node.getparent()
    if parent is None or parent.tag != tag("adHocSubProcess") or node.tag not in _ACTIVITY_TAGS:
        return False
    if node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true":
        return False
    return all(flow.get("targetRef") != node.get("id") for flow in parent.iterfind("bpmn:sequenceFlow", NS))


def _name(node: etree._Element, child: str, names: _Names) -> str:
    found = node.find(f"bpmn:{child}", NS)
    if found is None:
        return ""
    return names.data.name(found.get("id", "")) or found.get("name") or found.get("id", "")


def _timer(node: etree._Element) -> TimerUse | None:
    holder = node.find("bpmn:timerEventDefinition", NS)
    if holder is None:
        return None
    for kind in ("timeDate", "timeDuration", "timeCycle"):
        if text := _text(holder, kind):
            return TimerUse(kind, text)
    return TimerUse("", "")


def _accesses(node: etree._Element, name: str, ref: str, names: _Names) -> tuple[Access, ...]:
    found = []
    for association in node.findall(f"bpmn:{name}", NS):
        if register := names.register(_text(association, ref)):
            pairs = association.findall("bpmn:assignment", NS)
            found.append(Access(register, tuple(Assignment(_text(a, "from"), _text(a, "to")) for a in pairs)))
    return tuple(found)


def _text(node: etree._Element, name: str) -> str:
    found = node.find(f"bpmn:{name}", NS)
    return (found.text or "").strip() if found is not None else ""


def _slug(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
