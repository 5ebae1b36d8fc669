# SPDX-License-Identifier: Apache-2.0
"""What a diagram says, as frozen values; `reading` makes them from its XML. No running, no SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
NS = {"bpmn": BPMN, "spiffworkflow": SPIFF}

FLOW_NODES = frozenset(
    {
        "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
        "task", "userTask", "manualTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "serviceTask",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "subProcess", "transaction",
        "adHocSubProcess", "callActivity",
    }
)  # fmt: skip
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
HUMAN = frozenset({"userTask", "manualTask"})
_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})


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
class Move:
    """Values for one variable: (entry of the mapping, or empty for the whole; expression). ``state``: what it is in then.

    Without values nothing is moved: the association is drawn only, the work itself sets the variable.
    """

    target: str
    values: tuple[tuple[str, str], ...] = ()
    state: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class DataUse:
    """What an element has of its own and moves. ``inputs`` and ``outputs``: names of data inputs and data outputs."""

    names: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    before: tuple[Move, ...] = ()
    after: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Correlation:
    """How a message is correlated by the standard's own means (`engine.bpmn.correlations`).

    ``paths``: expressions on the payload, one for each property of the key; ``bindings``: on the case, likewise, or
    none: then the first message says what the key is.
    """

    key: str
    paths: tuple[str, ...]
    bindings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageUse:
    """How an event or task uses a message: its name, payload or receiving variable, and the correlation key.

    ``time_to_live``: how long a sent one is kept while nobody waits for it: ISO 8601 or an expression.
    """

    name: str
    payload: str = ""
    variable: str = ""
    key: str = ""
    time_to_live: str = ""
    correlation: Correlation | None = None


@dataclass(frozen=True, slots=True)
class TimerUse:
    """A timer: ``kind`` is timeDate, timeDuration or timeCycle; ``text`` is ISO 8601 or an expression."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """An error, escalation, signal, condition, compensation or cancellation that an event throws or catches.

    ``kind`` is the event definition without its ending; ``name`` the code or name (empty: any); for a conditional event
    ``name`` is the expression, for a thrown compensation the activity; ``waits``: until the compensation is over.
    """

    kind: str
    name: str = ""
    payload: str = ""
    variable: str = ""
    waits: bool = True


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
class AdHoc:
    """What an ad hoc sub-process says of itself (BPMN 2.0, 10.3.5).

    ``sequential``: one activity at a time; ``condition``: expression, asked whenever an activity in it completes (empty:
    a person says that it is done); ``cancels``: what is then under way in it ends.
    """

    sequential: bool = False
    condition: str = ""
    cancels: bool = True


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
    ad_hoc: AdHoc | None = None
    #: May be begun by a person in an ad hoc sub-process: no flow leads to it.
    begins: bool = False
    by_event: bool = False
    interrupting: bool = True
    attached_to: str = ""
    called: str = ""
    reads: tuple[Access, ...] = ()
    writes: tuple[Access, ...] = ()
    data: DataUse | None = None
    scope: str = ""

    @property
    def of_register(self) -> str:
        """Of a timer start event: the register whose records' dates it waits for."""
        return self.properties.get("register", "")

    @property
    def due_of_record(self) -> str:
        """Of a timer start event that names a register: the expression that gives a record's date, or the cycle for it."""
        text, condition = self.timer.text.strip() if self.timer else "", self.properties.get("while", "").strip()
        return f"{text!r} if ({condition}) else None" if condition else text

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
    """One process with its elements in document order. One that is not ``executable`` is there to be looked at."""

    process_id: str
    name: str
    file: str
    documentation: str
    properties: Mapping[str, str]
    elements: Mapping[str, Element]
    roles: tuple[str, ...]
    #: Activity (or the empty text for the process) -> what undoes it: an activity or an event sub-process.
    handlers: Mapping[str, str] = field(default_factory=dict)
    executable: bool = True
    #: Variables that are data objects, properties or data outputs of the process, and those it needs to begin.
    data: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    @property
    def _run(self) -> tuple[Element, ...]:
        """The elements that can do something: none of a process that is only drawn."""
        return tuple(self.elements.values()) if self.executable else ()

    @property
    def decisions(self) -> frozenset[str]:
        return frozenset(e.decision for e in self._run if e.decision)

    @property
    def forms(self) -> frozenset[str]:
        return frozenset(f for e in self._run for f in (e.form, e.ui_form) if f)

    @property
    def called(self) -> frozenset[str]:
        return frozenset(e.called for e in self._run if e.called)

    @property
    def registers(self) -> frozenset[str]:
        return frozenset(a.register for e in self._run for a in (*e.reads, *e.writes))

    @property
    def caught_messages(self) -> frozenset[str]:
        """The messages that the process waits for somewhere, or begins with."""
        return frozenset(e.message.name for e in self._run if e.message and e.kind in _CATCHING)

    @property
    def start_messages(self) -> frozenset[str]:
        return frozenset(e.message.name for e in self.starts() if e.message)

    @property
    def starts_by_hand(self) -> bool:
        return any(e.message is None and e.timer is None and e.trigger is None for e in self.starts())

    @property
    def compensates(self) -> bool:
        """Whether anything in it throws compensation or cancels a transaction."""
        triggers = (e.trigger for e in self.elements.values() if e.kind in ("intermediateThrowEvent", "endEvent"))
        return any(t is not None and t.kind in ("compensate", "cancel") for t in triggers)

    def event_subprocesses(self, scope: str) -> tuple[tuple[Element, Element], ...]:
        """(event sub-process, its start event) of a scope: a subprocess's id, or the empty text for the process.

        Without those for compensation: they begin when what is around them has ended.
        """
        found = [e for e in self.elements.values() if e.by_event and e.scope == scope]
        starts = {s.scope: s for s in self.elements.values() if s.kind == "startEvent"}
        pairs = [(e, starts[e.id]) for e in found if e.id in starts]
        return tuple((e, s) for e, s in pairs if s.trigger is None or s.trigger.kind != "compensate")

    def starts(self) -> tuple[Element, ...]:
        """The start events of the process itself, not those of its subprocesses."""
        return tuple(e for e in self._run if e.kind == "startEvent" and not e.scope)
