# SPDX-License-Identifier: Apache-2.0
"""One step while it runs: the case's variables, what the owner's expressions see, and the facts collected so far.

The variables are the engine's; SpiffWorkflow's own task data stays empty. Whatever is read from the world comes through
``World``; whatever is to be done in the world is only noted here and done by the caller when the step has succeeded.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

from engine.bpmn.model import Access, Element, MessageUse
from engine.bpmn.outcome import DecisionTaken, RecordWrite, Thrown, World
from engine.bpmn.program import Program
from engine.decisions import evaluate as decide
from engine.errors import EngineError, ExpressionError, StepFailed
from engine.scripts import Context, ScriptRunner, compile_expression, compile_script, template
from engine.values import Json


class Session:
    """The working state of a step; discarded when the step is rolled back."""

    def __init__(
        self, program: Program, variables: Mapping[str, Json], context: Context, world: World, scripts: ScriptRunner
    ) -> None:
        self.program = program
        self.context = context
        self.variables: dict[str, Json] = copy.deepcopy(dict(variables))
        self.passed: list[str] = []
        self.thrown: list[Thrown] = []
        self.writes: list[RecordWrite] = []
        self.decisions: list[DecisionTaken] = []
        self.end_event = ""
        self.current: Element | None = None
        self._world = world
        self._scripts = scripts

    # --- the owner's language --------------------------------------------------------------------------------------

    def evaluate(self, expression: str) -> Json:
        """The value of an expression on the case's variables.

        Raises:
            StepFailed: with the element at work, the expression and the values it saw.
        """
        try:
            return compile_expression(expression).evaluate(self.variables, self.context)
        except ExpressionError as error:
            raise self.failure(error) from error

    def optional(self, expression: str, default: Json = None) -> Json:
        """Like ``evaluate``, but an empty text gives ``default``."""
        return self.evaluate(expression) if expression.strip() else default

    def render(self, text: str) -> str:
        return template(text, self.variables, self.context)

    def failure(self, error: EngineError) -> StepFailed:
        """``error`` as the failure of the element at work."""
        if isinstance(error, StepFailed):
            return error
        element = self.current
        where = f"'{element.name}' ({element.id}): " if element else ""
        return StepFailed(
            where + error.sentence,
            element=element.id if element else "",
            expression=getattr(error, "expression", ""),
            names=getattr(error, "names", {}),
            hint=error.hint,
        )

    # --- variables -------------------------------------------------------------------------------------------------

    def set(self, name: str, value: Json) -> None:
        self.variables[name] = value

    def update(self, data: Mapping[str, Json]) -> None:
        """Replace the variables that ``data`` names; nothing is merged."""
        self.variables.update(copy.deepcopy(dict(data)))

    # --- what elements do ------------------------------------------------------------------------------------------

    def run_script(self, element: Element) -> None:
        if not element.script:
            return
        try:
            self.update(compile_script(element.script).run(self.variables, self.context, self._scripts))
        except ExpressionError as error:
            raise self.failure(error) from error

    def take_decision(self, element: Element) -> None:
        table = self.program.decisions[element.decision]
        try:
            result = decide(table, self.variables, self.context)
        except EngineError as error:
            raise self.failure(error) from error
        outputs = dict(result.outputs)
        self.update(outputs)
        rules = tuple(str(hit.number) for hit in result.hits)
        self.decisions.append(DecisionTaken(element.id, element.decision, dict(result.inputs), rules, outputs))

    def throw(self, element: Element, message: MessageUse) -> None:
        payload = self.optional(message.payload, {})
        key = self.optional(message.key)
        self.thrown.append(Thrown(element.id, message.name, key_text(key), payload))

    def receive(self, message: MessageUse | None, payload: Json, *, spread: bool = False) -> None:
        """Put a message's payload into its variable; without one, only a start event spreads its keys."""
        if message is None:
            return
        if message.variable:
            self.set(message.variable, copy.deepcopy(payload))
        elif spread and isinstance(payload, Mapping):
            self.update(payload)

    # --- registers -------------------------------------------------------------------------------------------------

    def read_records(self, element: Element) -> None:
        for access in element.reads:
            for assignment in access.assignments:
                record_id = self.evaluate(assignment.source)
                found = self._read(access.register, record_id) if isinstance(record_id, str) and record_id else None
                self.set(assignment.target, found)

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
        fields = {a.target: copy.deepcopy(self.evaluate(a.source)) for a in access.assignments}
        named = fields.pop("id", None)
        if isinstance(named, str) and named:
            return RecordWrite(element.id, access.register, named, created=False, fields=fields)
        number = self._world.new_number(access.register)
        self.set(f"{access.register}_id", number)
        return RecordWrite(element.id, access.register, number, created=True, fields=fields)


def key_text(value: Json) -> str:
    """A correlation key as text: equal values give equal texts, no value gives the empty text."""
    return "" if value is None else str(value)
