# SPDX-License-Identifier: Apache-2.0
"""One step while it runs: the case's variables, what the owner's expressions see, and the facts collected so far.

The variables are the engine's; SpiffWorkflow's own task data stays empty. Whatever is read from the world comes through
``World``; whatever is to be done in the world is only noted here and done by the caller when the step has succeeded.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from engine import plain
from engine.bpmn import correlations
from engine.bpmn.branches import Branches
from engine.bpmn.loops import LoopItem
from engine.bpmn.model import Access, Correlation, Element, MessageUse, Move, TimerUse
from engine.bpmn.outcome import DataState, DecisionTaken, RecordWrite, Thrown, World
from engine.bpmn.timing import timer_text
from engine.decisions import evaluate as decide
from engine.errors import EngineError, ExpressionError, Invalid, NotFound, StepFailed, TimeInvalid
from engine.iso8601 import parse_duration
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script
from engine.values import Json

if TYPE_CHECKING:
    from engine.bpmn.program import Program

#: Activities whose answer is their data output, if nothing else says where it goes.
_HOLDING = frozenset({"receiveTask", "serviceTask"})


class Session:
    """The working state of a step; discarded when the step is rolled back."""

    def __init__(
        self, program: Program, variables: Mapping[str, Json], context: Context, world: World, scripts: ScriptRunner
    ) -> None:
        self.program = program
        self.context = context
        self.variables: dict[str, Json] = plain.copied(dict(variables))
        #: Token of a loop's turn -> the variables of that turn.
        self.locals: dict[str, dict[str, Json]] = {}
        #: As they were when the step began.
        self.locals_before: dict[str, dict[str, Json]] = {}
        #: Owner of a scope -> start event of an event sub-process -> its wait.
        self.armed: dict[str, dict[str, dict[str, Json]]] = {}
        #: Owner of a scope -> what has completed in it and can be undone, in order of completion (`compensation`).
        self.done: dict[str, list[dict[str, Json]]] = {}
        #: Token of a run of what undoes an activity -> what is to be undone after it, and who waits for that.
        self.undoing: dict[str, dict[str, Json]] = {}
        #: Correlation key (its id) -> what the first message of a conversation said it is.
        self.keys: dict[str, str] = {}
        self.start_element = ""
        self.passed: list[str] = []
        self.thrown: list[Thrown] = []
        self.writes: list[RecordWrite] = []
        self.decisions: list[DecisionTaken] = []
        self.end_event = ""
        self.current: Element | None = None
        self.tracing = False
        self._trace: list[tuple[str, dict[str, Json]]] = []
        self._seen: dict[str, Json] = {}
        self.branches = Branches()
        self._task: Any = None
        self.states: list[DataState] = []
        #: (owner, variables, whether a new name belongs there) of the scopes around the element at work, outermost first.
        self._scopes: list[tuple[str, dict[str, Json], bool]] = []
        self._world = world
        self._scripts = scripts

    def enter(self, element: Element | None, task: Any = None) -> None:
        """From now on ``element`` is at work, and what is read and written is seen from where ``task`` is."""
        self.current, self._task = element, task
        self._scopes = list(self._scopes_of(task)) if self.locals and task is not None else []

    def _scopes_of(self, task: Any) -> Iterator[tuple[str, dict[str, Json], bool]]:
        """The local variables around a task, with the owner of each scope, outermost first.

        Turns of loops take new names; scopes of data items have what is declared in the diagram.
        """
        chain: list[tuple[str, dict[str, Json], bool]] = []
        top = task.workflow.top_workflow
        owner = task
        while owner is not None:
            if owner.id in self.locals:
                chain.append((owner.id, self.locals[owner.id], isinstance(owner.task_spec, LoopItem)))
            owner_id = owner.workflow.parent_task_id
            owner = top.get_task_from_id(owner_id) if owner_id is not None else None
        return reversed(chain)

    @property
    def view(self) -> Mapping[str, Json]:
        """All variables that the element at work sees; inner ones hide outer ones."""
        return ChainMap(*self._inner_first(), self.variables) if self._scopes else self.variables

    def local_view(self) -> dict[str, Json]:
        """The local ones among them."""
        return dict(ChainMap(*self._inner_first())) if self._scopes else {}

    def _inner_first(self) -> list[dict[str, Json]]:
        return [scope for _, scope, _ in reversed(self._scopes)]

    # --- the owner's language --------------------------------------------------------------------------------------

    def evaluate(self, expression: str) -> Json:
        """The value of an expression on the case's variables.

        Raises:
            StepFailed: with the element at work, the expression and the values it saw.
        """
        try:
            return compile_expression(expression).evaluate(self.view, self.context)
        except ExpressionError as error:
            raise self.failure(error) from error

    def evaluate_with(self, expression: str, more: Mapping[str, Json]) -> Json:
        """Like ``evaluate``, with some more variables."""
        self._scopes.append(("", dict(more), False))
        try:
            return self.evaluate(expression)
        finally:
            self._scopes.pop()

    def optional(self, expression: str, default: Json = None) -> Json:
        """Like ``evaluate``, but an empty text gives ``default``."""
        return self.evaluate(expression) if expression.strip() else default

    def failure(self, error: EngineError) -> StepFailed:
        """``error`` as the failure of the element at work."""
        if isinstance(error, StepFailed):
            return error
        element = self.current
        where = f"'{element.name}' ({element.id}): " if element else ""
        expression, names = getattr(error, "expression", ""), getattr(error, "names", {})
        if isinstance(error, TimeInvalid) and element is not None and element.timer is not None:
            expression, names = element.timer.text, {"value": error.value}
        return StepFailed(
            where + error.sentence,
            element=element.id if element else "",
            expression=expression,
            names=names,
            hint=error.hint,
        )

    # --- the way ---------------------------------------------------------------------------------------------------

    def trace(self) -> None:
        """From now on note what each element changes; what a command brings belongs to the first."""
        self.tracing, self._seen = True, plain.copied(self.variables)

    def note(self, task: Any) -> None:
        """A token leaves the element of ``task``, if it is one of the diagram."""
        element = self.program.element(task)
        if element is not None:
            self.pass_by(self.program.label(task, element))

    def pass_by(self, label: str) -> None:
        """A token leaves an element. With ``tracing`` it is also noted what had changed until then."""
        if self.tracing:
            self._note_changes()
            self._trace.append((label, {}))
        self.passed.append(label)

    def traced(self) -> tuple[tuple[str, Mapping[str, Json]], ...]:
        """(element, variables that it changed) in order; empty without ``tracing``."""
        if self.tracing:
            self._note_changes()
        return tuple(self._trace)

    def _note_changes(self) -> None:
        """What changed since the last look belongs to the element that was passed last."""
        if self._trace:
            now = plain.copied(self.variables)
            changed = {n: v for n, v in now.items() if n not in self._seen or self._seen[n] != v}
            self._trace[-1][1].update(changed)
            self._seen = now

    # --- variables -------------------------------------------------------------------------------------------------

    def set(self, name: str, value: Json) -> None:
        """Write to the innermost scope that has the name; a new name belongs to the innermost turn of a loop."""
        owner, scope = next(((o, s) for o, s, _ in reversed(self._scopes) if name in s), ("", self.variables))
        if name not in scope:
            owner, scope = next(((o, s) for o, s, takes_new in reversed(self._scopes) if takes_new), (owner, scope))
        if self._task is not None and self.current is not None:
            label = self.program.label(self._task, self.current)
            self.branches.wrote(self._task, label, owner, name, (scope.get(name), value))
        scope[name] = value

    def note_state(self, element: Element, task: Any, move: Move) -> None:
        """A data object is in the state that the association that led to it is drawn with."""
        self.states.append(DataState(self.program.label(task, element), move.label, move.target, move.state))

    def update(self, data: Mapping[str, Json]) -> None:
        """Replace the variables that ``data`` names; nothing is merged."""
        for name, value in plain.copied(dict(data)).items():
            self.set(name, value)

    # --- what elements do ------------------------------------------------------------------------------------------

    def run_script(self, element: Element) -> None:
        if not element.script:
            return
        try:
            self.update(compile_script(element.script).run(self.view, self.context, self._scripts))
        except ExpressionError as error:
            raise self.failure(error) from error

    def take_decision(self, element: Element) -> None:
        table = self.program.decisions[element.decision]
        try:
            result = decide(table, self.view, self.context)
        except EngineError as error:
            raise self.failure(error) from error
        outputs = dict(result.outputs)
        self.update(outputs)
        rules = tuple(str(hit.number) for hit in result.hits)
        self.decisions.append(DecisionTaken(element.id, element.decision, dict(result.inputs), rules, outputs))

    def throw(self, element: Element, message: MessageUse, by_data: Json = None) -> None:
        """Note a message. ``by_data``: what its data inputs hold, sent where it has no payload of its own."""
        payload = self.optional(message.payload, {} if by_data is None else by_data)
        live = self._duration(message.time_to_live) if message.time_to_live else ""
        self.thrown.append(
            Thrown(element.id, message.name, self._sent_key(message, payload), payload, time_to_live=live)
        )

    def _sent_key(self, message: MessageUse, payload: Json) -> str:
        if message.key or message.correlation is None:
            return key_text(self.optional(message.key))
        return self._learnt(message.correlation, payload)

    def awaited_key(self, message: MessageUse) -> str:
        """The correlation key of a message that the case waits for; empty where it is not known yet, or there is none."""
        correlation = message.correlation
        if message.key or correlation is None:
            return key_text(self.optional(message.key))
        if correlation.bindings:
            return correlations.key_text([self.optional(path) for path in correlation.bindings])
        return self.keys.get(correlation.key, "")

    def _learnt(self, correlation: Correlation, payload: Json) -> str:
        """The key of a message; the first one of a conversation is kept, if the process does not bind it to its data."""
        key = correlations.key_of(correlation.paths, payload, self.context)
        if key and not correlation.bindings:
            self.keys.setdefault(correlation.key, key)
        return key

    def _duration(self, written: str) -> str:
        try:
            text = timer_text(TimerUse("timeDuration", written), self.evaluate)
            parse_duration(text)
        except EngineError as error:
            raise self.failure(error) from error
        return text

    def receive(self, element: Element, payload: Json, *, spread: bool = False) -> None:
        """Put a payload into the event's variable; without one, only a start event spreads its keys."""
        if element.message is not None and element.message.correlation is not None and not element.message.key:
            self._learnt(element.message.correlation, payload)
        uses = (element.message and element.message.variable, element.trigger and element.trigger.variable)
        inside = element.data.outputs if element.data is not None and element.kind in _HOLDING else ()
        own = inside[0] if len(inside) == 1 else None
        variable = next((v for v in (*uses, element.service and element.service.result, own) if v), None)
        if variable:
            self.set(variable, plain.copied(payload))
        elif spread and isinstance(payload, Mapping):
            self.update(payload)

    # --- registers -------------------------------------------------------------------------------------------------

    def read_records(self, element: Element) -> None:
        for access in element.reads:
            for assignment in access.assignments:
                self.set(assignment.target, self._found(access.register, self.evaluate(assignment.source)))

    def _found(self, register: str, wanted: Json) -> Json:
        """The record of that id, or the answer to a question (a mapping); nothing for nothing."""
        if isinstance(wanted, Mapping):
            try:
                return plain.copied(self._world.records(register, wanted))
            except (Invalid, NotFound) as error:
                raise self.failure(error) from error
        return self._read(register, wanted) if isinstance(wanted, str) and wanted else None

    def _read(self, register: str, record_id: str) -> Json:
        record = self._world.record(register, record_id)
        pending = [w for w in self.writes if w.register == register and w.record_id == record_id]
        if record is None and not pending:
            return None
        merged: dict[str, Json] = dict(record or {"id": record_id})
        for write in pending:
            merged.update(write.fields)
        return merged

    def write_records(self, element: Element) -> None:
        for access in element.writes:
            self.writes.append(self._write(element, access))

    def _write(self, element: Element, access: Access) -> RecordWrite:
        fields = {a.target: plain.copied(self.evaluate(a.source)) for a in access.assignments}
        named = fields.pop("id", None)
        if isinstance(named, str) and named:
            return RecordWrite(element.id, access.register, named, created=False, fields=fields)
        number = self._world.new_number(access.register)
        self.set(f"{access.register}_id", number)
        return RecordWrite(element.id, access.register, number, created=True, fields=fields)


def key_text(value: Json) -> str:
    """A correlation key as text: equal values give equal texts, no value gives the empty text."""
    return "" if value is None else str(value)
