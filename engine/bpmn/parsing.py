# SPDX-License-Identifier: Apache-2.0
"""SpiffWorkflow's parser with our own task specs, and made to walk long diagrams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.process import SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from engine.bpmn.adhoc import AdHocGate
from engine.bpmn.joins import InclusiveJoin, ParallelJoin
from engine.bpmn.loops import LoopItem, LoopTask
from engine.bpmn.model import NS, tag
from engine.bpmn.reduce import GATE, LOOP, body_of, item_of
from engine.bpmn.scopes import EventScope, HandlerScope
from engine.bpmn.waits import RaceGateway


class _ProcessParser(SpiffProcessParser):  # type: ignore[misc]
    """Parses the end of every path first: SpiffWorkflow goes down the flows by recursion, and 500 nodes are too deep."""

    def add_tasks(self) -> None:
        for node in self._last_first():
            self.parse_node(node)
        super().add_tasks()

    def _last_first(self) -> list[Any]:
        """All nodes that a start event leads to, each behind those it leads to itself (but for ways back)."""
        nodes = {node.get("id"): node for node in self.node if node.get("id")}
        leads_to: dict[str, list[str]] = {name: [] for name in nodes}
        for flow in self.node.findall("bpmn:sequenceFlow", NS):
            source = nodes.get(flow.get("sourceRef"))
            if source is not None and flow.get("targetRef") in nodes:
                leads_to[source.get("attachedToRef") or source.get("id")].append(flow.get("targetRef"))
        found: dict[str, None] = {}
        seen: set[str] = set()
        stack = [(start.get("id"), False) for start in self.node.findall("bpmn:startEvent", NS)]
        while stack:
            name, done = stack.pop()
            if done:
                found[name] = None
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack += [(target, False) for target in leads_to[name]]
        return [nodes[name] for name in found if nodes[name].tag != tag("boundaryEvent")]


class Parser(SpiffBpmnParser):  # type: ignore[misc]
    """Makes specs of reduced diagrams.

    ``started_by_event``: scope (the process or a subprocess) -> ids of its event sub-processes; ``handlers``: the name
    of a run of what undoes an activity -> its process. Those can be needed in any scope around the activity.
    """

    PROCESS_PARSER_CLASS = _ProcessParser
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("eventBasedGateway"): (EventBasedGatewayParser, RaceGateway),
        full_tag("parallelGateway"): (GatewayParser, ParallelJoin),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, InclusiveJoin),
        full_tag(LOOP): (SpiffTaskParser, LoopTask),
        full_tag(GATE): (GatewayParser, AdHocGate),
    }

    def __init__(self, started_by_event: Mapping[str, tuple[str, ...]], handlers: Mapping[str, str]) -> None:
        super().__init__()
        self._handlers = handlers
        self._started_by_event = started_by_event
        self._extended: set[str] = set()

    def get_spec(self, process_id: str, required: bool = True) -> Any:
        """The spec, with the tasks that only the runner starts: turns of loops, event sub-processes, handlers."""
        spec = super().get_spec(process_id, required)
        if spec is not None and spec.name not in self._extended:
            self._extended.add(spec.name)
            for activity in [t for t in spec.task_specs.values() if isinstance(t, LoopTask)]:
                _started_by_runner(LoopItem(spec, item_of(activity.name), body_of(activity.name)), activity.name)
            for subprocess in self._started_by_event.get(spec.name, ()):
                _started_by_runner(EventScope(spec, subprocess, subprocess), spec.start.name).connect(spec.end)
            for name, process in self._handlers.items():
                _started_by_runner(HandlerScope(spec, name, process), spec.start.name).connect(spec.end)
        return spec


def _started_by_runner(task_spec: Any, parent: str) -> Any:
    """SpiffWorkflow wants to know where a task comes from; that way it is never reached on its own."""
    task_spec._inputs.append(parent)
    return task_spec
