# SPDX-License-Identifier: Apache-2.0
"""A published process made ready to run: its model, its SpiffWorkflow specs and its decision tables.

Programs are immutable and shared between threads and cases; they are cached by the digest of the definition. This is
safe because SpiffWorkflow never sees the constructs for which it would change its specs at run time: event
sub-processes become processes of their own (`reduce`), collaborations are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent

from engine.bpmn import seam  # noqa: F401  puts SpiffWorkflow's clock and ids in our hands
from engine.bpmn.dmn import parse_tables
from engine.bpmn.loops import LoopTask
from engine.bpmn.model import SUBPROCESSES, Element, Model
from engine.bpmn.parsing import Parser
from engine.bpmn.reading import read_models
from engine.bpmn.reduce import body_of, reduce, undo_of
from engine.bpmn.waits import GentleJoin, RaceGateway, RepeatingWait, Wait
from engine.bpmn.xml import parse
from engine.decisions import DecisionTable
from engine.errors import DiagramInvalid
from engine.values import Finding


@dataclass(frozen=True, slots=True)
class Program:
    """What the runner needs of one definition."""

    model: Model
    spec: Any
    subspecs: Mapping[str, Any]
    decisions: Mapping[str, DecisionTable]
    models: Mapping[str, Model]
    #: Whether anything in it can be compensated: only then what has completed is remembered.
    compensates: bool = False
    #: Whether any activity has variables of its own, besides the turns of loops.
    has_data: bool = False
    #: Whether it has loops and multi-instance activities, ad hoc sub-processes, event sub-processes, conditional events:
    #: a step need not look for what no diagram of it has.
    has_loops: bool = True
    has_choices: bool = True
    has_event_scopes: bool = True
    has_conditions: bool = True

    def element(self, task: Any) -> Element | None:
        """The diagram's element behind a SpiffWorkflow task; None for its internal tasks."""
        if task.task_spec.bpmn_id is None or isinstance(task.task_spec, LoopTask):
            return None
        return self.models[task.workflow.spec.name].elements.get(task.task_spec.bpmn_id)

    def label(self, task: Any, element: Element) -> str:
        """The element's id; inside a called process with that process in front."""
        model = self.models[task.workflow.spec.name]
        return element.id if model is self.model else f"{model.process_id}:{element.id}"


def compile_program(process_id: str, diagrams: Mapping[str, bytes], decisions: Iterable[DecisionTable]) -> Program:
    """Build a program from file name -> BPMN XML (the process and all it calls).

    Raises:
        DiagramInvalid: the file cannot be read, or SpiffWorkflow refuses what our own checks let through.
    """
    trees = {name: parse(data, name) for name, data in diagrams.items()}
    models = {m.process_id: m for name, tree in trees.items() for m in read_models(tree, name)}
    model = models.get(process_id)
    if model is None:
        name = next(iter(diagrams), "")
        raise _refused(name, process_id, f"The process '{process_id}' is not in the file.", "Set isExecutable to true.")
    for caller in models.values():
        _check_calls(caller, models)
    _check_ids(_reached(model, models))
    spec, subspecs = _specs(process_id, trees, models.values(), model)
    by_spec = _models_by_spec(models)
    for one in (spec, *subspecs.values()):
        _replace_events(one, by_spec[one.name])
    tables, every = {t.id: t for t in decisions}, list(models.values())
    elements = [e for one in every for e in one.elements.values()]
    return Program(
        model,
        spec,
        subspecs,
        tables,
        by_spec,
        _compensates(every),
        _has_data(every),
        has_loops=any(e.loop for e in elements),
        has_choices=any(e.ad_hoc for e in elements),
        has_event_scopes=any(e.by_event for e in elements),
        has_conditions=any(e.trigger and e.trigger.kind == "conditional" for e in elements),
    )


def _compensates(models: Iterable[Model]) -> bool:
    return any(m.handlers for m in models) and any(m.compensates for m in models)


def _has_data(models: Iterable[Model]) -> bool:
    return any(m.data or m.inputs or any(e.data for e in m.elements.values()) for m in models)


def _check_calls(caller: Model, models: Mapping[str, Model]) -> None:
    """A called process begins at its start event without trigger (BPMN 2.0, 10.5.2)."""
    for element in caller.elements.values():
        called = models.get(element.called)
        if called is not None and not called.starts_by_hand:
            message = f"'{element.name}' calls '{called.name}', which has no start event without trigger."
            hint = "Draw such a start event there, or send that process its message."
            raise _refused(caller.file, element.id, message, hint, element.line, "call-start")


def _reached(model: Model, models: Mapping[str, Model]) -> list[Model]:
    """A process and all that it calls."""
    found = [model]
    for one in found:
        found += [models[name] for name in sorted(one.called) if name in models and models[name] not in found]
    return found


def _check_ids(models: Iterable[Model]) -> None:
    """What becomes a scope of its own is called by its id, also where one process calls the other."""
    seen: dict[str, Model] = {}
    for model in models:
        scopes = (e for e in model.elements.values() if e.kind in SUBPROCESSES or e.loop)
        for own in {*(e.id for e in scopes), *model.handlers.values()}:
            other = seen.setdefault(own, model)
            if other is not model:
                element = model.elements[own]
                message = f"'{element.name}' has the id '{own}', which an element of '{other.name}' has as well."
                hint = "Give one of them another id: one process calls the other."
                raise _refused(model.file, own, message, hint, element.line, "id-shared")


def read_decision(content: bytes, decision_id: str) -> DecisionTable:
    """The table with that id from a DMN file.

    Raises:
        DiagramInvalid: the file is not readable or has no such table.
    """
    for table in parse_tables(content, f"{decision_id}.dmn"):
        if table.id == decision_id:
            return table
    raise _refused(f"{decision_id}.dmn", decision_id, f"There is no decision '{decision_id}' in it.", "Name it so.")


def _specs(
    process_id: str, trees: Mapping[str, Any], models: Iterable[Model], model: Model
) -> tuple[Any, dict[str, Any]]:
    models = tuple(models)
    by_event = {scope: subs for one in models for scope, subs in _event_subprocesses(one).items()}
    parser = Parser(by_event, {undo_of(h): p for one in models for h, p in _handler_processes(one).items()})
    try:
        for name, tree in trees.items():
            parser.add_bpmn_xml(reduce(tree), filename=name)
        spec = parser.get_spec(process_id)
        return spec, parser.get_subprocess_specs(process_id)
    except ValidationException as error:
        element = getattr(error, "id", "") or ""
        line = model.elements[element].line if element in model.elements else 0
        if "RecursionError" in str(error):
            message = "A way back in this diagram leads past more elements than the engine can follow (about 400)."
            raise _refused(
                model.file, element, message, "Put parts of it into subprocesses.", line, "too-long"
            ) from error
        raise _refused(model.file, element, str(error), "Redraw the element.", line) from error


def _handler_processes(model: Model) -> dict[str, str]:
    """What undoes activities -> the process that it became: an event sub-process keeps its id."""
    return {h: h if model.elements[h].by_event else undo_of(h) for h in model.handlers.values()}


def _event_subprocesses(model: Model) -> dict[str, tuple[str, ...]]:
    """Scope (the process or a subprocess) -> ids of its event sub-processes."""
    scopes = ["", *(e.id for e in model.elements.values() if e.kind in SUBPROCESSES)]
    found = {scope or model.process_id: model.event_subprocesses(scope) for scope in scopes}
    return {scope: tuple(e.id for e, _ in subs) for scope, subs in found.items() if subs}


def _models_by_spec(models: Mapping[str, Model]) -> dict[str, Model]:
    """SpiffWorkflow names the spec of a subprocess after the subprocess element, a loop's body after the activity."""
    found = dict(models)
    for model in models.values():
        found.update({e.id: model for e in model.elements.values() if e.kind in SUBPROCESSES})
        found.update({body_of(e.id): model for e in model.elements.values() if e.loop})
        found.update({undo_of(h): model for h in model.handlers.values()})
    return found


def _replace_events(spec: Any, model: Model) -> None:
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, BoundaryEventJoin):
            task_spec.__class__ = GentleJoin
        elif isinstance(task_spec, RaceGateway):
            task_spec.event_definition = Wait()
        elif isinstance(task_spec, CatchingEvent) and not isinstance(task_spec, StartEvent):
            element = model.elements[task_spec.bpmn_id]
            if not any(isinstance(i, RaceGateway) for i in task_spec.inputs):
                repeats = element.kind == "boundaryEvent" and not element.interrupting and may_repeat(element)
                task_spec.event_definition = RepeatingWait() if repeats else Wait()


def may_repeat(element: Element) -> bool:
    """Whether a non-interrupting event stays armed after it has fired: all but timers that fire once."""
    return element.timer is None or element.timer.kind == "timeCycle"


def _refused(
    file: str, element: str, message: str, hint: str, line: int = 0, rule: str = "not-executable"
) -> DiagramInvalid:
    return DiagramInvalid([Finding("error", file, line, element, rule, message, hint)])
