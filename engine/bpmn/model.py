# SPDX-License-Identifier: Apache-2.0
"""What a diagram says, read once from its XML into frozen values.

SpiffWorkflow moves the tokens; everything else an element asks for (form, lane, register, message, timer, decision) is
read here, so that nothing depends on what SpiffWorkflow's parser keeps or drops. No running, no SpiffWorkflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
NS = {"bpmn": BPMN, "spiffworkflow": SPIFF}

FLOW_NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "task", "userTask", "manualTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "serviceTask",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "subProcess", "callActivity",
    }
)  # fmt: skip
HUMAN = frozenset({"userTask", "manualTask"})


def tag(name: str) -> str:
    return f"{{{BPMN}}}{name}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One BPMN assignment of a data association (BPMN 2.0, 10.4.2): expression and target name."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Access:
    """A data association with a register: the assignments in the order of the diagram."""

    register: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True)
class MessageUse:
    """How an event or task uses a message: its name, payload or receiving variable, and the correlation key."""

    name: str
    payload: str = ""
    variable: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class TimerUse:
    """A timer: ``kind`` is timeDate, timeDuration or timeCycle; ``text`` is ISO 8601 or an expression."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """An error, escalation, signal or condition that an event throws or catches.

    ``kind`` is the event definition without its ending; ``name`` the code or name (empty: any); for a conditional event
    ``name`` is the expression.
    """

    kind: str
    name: str = ""
    payload: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """What a service task asks for: the operator, its parameters (name -> expression), where the result goes.

    ``retries``: how often a failed call is tried again; ``backoff``: seconds before the first time, then doubled.
    """

    operator: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    retries: int = 5
    backoff: int = 10


@dataclass(frozen=True, slots=True)
class Loop:
    """Loop characteristics (BPMN 2.0, 10.3.8): ``kind`` is standard, sequential or parallel; texts are expressions.

    ``item`` and ``output`` are names of variables of one turn; ``outputs`` the variable that collects them.
    """

    kind: str
    collection: str = ""
    cardinality: str = ""
    item: str = ""
    output: str = ""
    outputs: str = ""
    condition: str = ""
    maximum: str = ""
    test_before: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node of a diagram."""

    id: str
    kind: str
    name: str
    line: int
    role: str = ""
    lane: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    instructions: str = ""
    script: str = ""
    decision: str = ""
    message: MessageUse | None = None
    timer: TimerUse | None = None
    trigger: Trigger | None = None
    service: ServiceUse | None = None
    terminates: bool = False
    loop: Loop | None = None
    by_event: bool = False
    interrupting: bool = True
    attached_to: str = ""
    called: str = ""
    reads: tuple[Access, ...] = ()
    writes: tuple[Access, ...] = ()
    scope: str = ""

    @property
    def is_human(self) -> bool:
        return self.kind in HUMAN

    @property
    def form(self) -> str:
        return self.properties.get("formJsonSchemaFilename", "")

    @property
    def ui_form(self) -> str:
        return self.properties.get("formUiSchemaFilename", "")


@dataclass(frozen=True, slots=True)
class Model:
    """One executable process with its elements in document order."""

    process_id: str
    name: str
    file: str
    documentation: str
    properties: Mapping[str, str]
    elements: Mapping[str, Element]
    roles: tuple[str, ...]

    @property
    def decisions(self) -> frozenset[str]:
        return frozenset(e.decision for e in self.elements.values() if e.decision)

    @property
    def forms(self) -> frozenset[str]:
        return frozenset(f for e in self.elements.values() for f in (e.form, e.ui_form) if f)

    @property
    def called(self) -> frozenset[str]:
        return frozenset(e.called for e in self.elements.values() if e.called)

    @property
    def registers(self) -> frozenset[str]:
        return frozenset(a.register for e in self.elements.values() for a in (*e.reads, *e.writes))

    @property
    def start_messages(self) -> frozenset[str]:
        return frozenset(e.message.name for e in self.starts() if e.message)

    @property
    def starts_by_hand(self) -> bool:
        return any(e.message is None and e.timer is None and e.trigger is None for e in self.starts())

    def event_subprocesses(self, scope: str) -> tuple[tuple[Element, Element], ...]:
        """(event sub-process, its start event) of a scope: a subprocess's id, or the empty text for the process."""
        found = [e for e in self.elements.values() if e.by_event and e.scope == scope]
        starts = {s.scope: s for s in self.elements.values() if s.kind == "startEvent"}
        return tuple((e, starts[e.id]) for e in found if e.id in starts)

    def starts(self) -> tuple[Element, ...]:
        """The start events of the process itself, not those of its subprocesses."""
        return tuple(e for e in self.elements.values() if e.kind == "startEvent" and not e.scope)


def read_models(root: etree._Element, file: str) -> tuple[Model, ...]:
    """All executable processes of a parsed BPMN file."""
    processes = root.findall("bpmn:process", NS)
    return tuple(_model(root, p, file) for p in processes if p.get("isExecutable") == "true")


def properties_of(node: etree._Element) -> dict[str, str]:
    """The ``spiffworkflow:properties`` of an element as a mapping."""
    found = node.iterfind("bpmn:extensionElements/spiffworkflow:properties/spiffworkflow:property", NS)
    return {p.get("name", ""): p.get("value", "") for p in found}


def extension_text(node: etree._Element, name: str) -> str:
    found = node.find(f"bpmn:extensionElements/spiffworkflow:{name}", NS)
    return (found.text or "").strip() if found is not None else ""


def _model(root: etree._Element, process: etree._Element, file: str) -> Model:
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
        roles=tuple(dict.fromkeys(e.role for e in elements.values() if e.role and e.is_human)),
    )


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
        self._codes = {
            "error": _by_id(root.findall("bpmn:error", NS), "errorCode"),
            "escalation": _by_id(root.findall("bpmn:escalation", NS), "escalationCode"),
            "signal": _by_id(root.findall("bpmn:signal", NS), "name"),
        }
        stores = _by_id(root.findall("bpmn:dataStore", NS), "name")
        references = root.iter(tag("dataStoreReference"))
        self._stores = {r.get("id", ""): stores.get(r.get("dataStoreRef", ""), "") for r in references}

    def message(self, ref: str | None) -> str:
        return self._messages.get(ref or "", "")

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
        loop=_loop(node),
        by_event=node.get("triggeredByEvent") == "true",
        terminates=node.find("bpmn:terminateEventDefinition", NS) is not None,
        interrupting=node.get("cancelActivity", "true") != "false" and node.get("isInterrupting", "true") != "false",
        attached_to=node.get("attachedToRef", ""),
        called=node.get("calledElement", ""),
        reads=_accesses(node, "dataInputAssociation", "sourceRef", names),
        writes=_accesses(node, "dataOutputAssociation", "targetRef", names),
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
    return parent.get("id", "") if parent is not None and parent.tag == tag("subProcess") else ""


def _message(node: etree._Element, kind: str, names: _Names) -> MessageUse | None:
    holder = node if kind in {"sendTask", "receiveTask"} else node.find("bpmn:messageEventDefinition", NS)
    if holder is None:
        return None
    return MessageUse(
        name=names.message(holder.get("messageRef")),
        payload=extension_text(holder, "messagePayload"),
        variable=extension_text(holder, "messageVariable"),
        key=properties_of(holder).get("correlationKey", ""),
    )


def _trigger(node: etree._Element, names: _Names) -> Trigger | None:
    for kind in ("error", "escalation", "signal"):
        if (holder := node.find(f"bpmn:{kind}EventDefinition", NS)) is not None:
            payload = extension_text(holder, "payloadExpression")
            variable = extension_text(holder, "variableName")
            return Trigger(kind, names.code(kind, holder.get(f"{kind}Ref")), payload, variable)
    if (holder := node.find("bpmn:conditionalEventDefinition", NS)) is not None:
        return Trigger("conditional", _text(holder, "condition"))
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
        retries=int(retry.get("retries", "5")) if retry is not None else 5,
        backoff=int(retry.get("backoff_base", "10")) if retry is not None else 10,
    )


def _loop(node: etree._Element) -> Loop | None:
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
        collection=_text(found, "loopDataInputRef"),
        cardinality=_text(found, "loopCardinality"),
        item=_name(found, "inputDataItem"),
        output=_name(found, "outputDataItem"),
        outputs=_text(found, "loopDataOutputRef"),
        condition=_text(found, "completionCondition"),
    )


def _name(node: etree._Element, child: str) -> str:
    found = node.find(f"bpmn:{child}", NS)
    return (found.get("name") or found.get("id", "")) if found is not None else ""


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
