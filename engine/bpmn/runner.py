# SPDX-License-Identifier: Apache-2.0
"""Runs one command on a case until everything waits again. Pure: state and variables in, an ``Outcome`` out.

Order within a step: events that interrupt come first, then the innermost subprocess that can move, then its
surroundings. What an element does is done *before* its token passes on, so that whatever follows (conditions, timers,
correlation keys) sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.bpmn import outcome as out
from engine.bpmn.matching import Matching
from engine.bpmn.moving import Mover, ready_join
from engine.bpmn.program import Program
from engine.bpmn.reduce import START
from engine.bpmn.seam import Counter, step_ids
from engine.bpmn.session import Session
from engine.bpmn.state import load
from engine.bpmn.step import Step
from engine.errors import MoveRefused, StepFailed
from engine.scripts import Context, ScriptRunner
from engine.values import Json, Obstacle


class _Evaluator(PythonScriptEngine):  # type: ignore[misc]
    """SpiffWorkflow's way to our language: conditions are evaluated, scripts were run by the runner before."""

    def __init__(self, session: Session) -> None:
        super().__init__(environment=_NoEnvironment())
        self._session = session

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Json:
        if expression.startswith(START):
            return self._begins_at(task, expression.removeprefix(START))
        return self._session.evaluate(expression)

    def _begins_at(self, task: Any, start: str) -> bool:
        """A called process begins at its none start event, the case itself where the command says."""
        if task.workflow.parent_task_id is None:
            return start == self._session.start_element
        element = self._session.program.models[task.workflow.spec.name].elements[start]
        return element.message is None and element.timer is None and element.trigger is None

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        return True


class _NoEnvironment:
    """Some of SpiffWorkflow's code calls the environment past the engine; nothing of ours may take that way."""

    def __getattr__(self, name: str) -> Any:
        raise StepFailed(f"SpiffWorkflow tried to use its own script environment ({name}).")


class Runner:
    """Executes commands on cases of one program."""

    def __init__(self, program: Program, scripts: ScriptRunner, zone: tzinfo, *, tracing: bool = False) -> None:
        self._tracing = tracing
        self.program = program
        self._scripts = scripts
        self._zone = zone

    def start(self, command: out.Start, context: Context, world: out.World) -> out.Outcome:
        """Begin a case.

        Raises:
            Invalid: the process has no such start event.
            StepFailed: an element on the way cannot go on.
        """
        session = Session(self.program, {}, context, world, self._scripts)
        session.branches.rules = command.rules
        if self._tracing:
            session.trace()
        counter = Counter()
        with step_ids(counter):
            workflow = BpmnWorkflow(self.program.spec, dict(self.program.subspecs), script_engine=_Evaluator(session))
            step = Step(workflow, session, self._zone)
            step.start(command)
            step.settle()
            return step.outcome(counter)

    def advance(
        self, state: bytes, variables: Mapping[str, Json], command: out.Command, context: Context, world: out.World
    ) -> out.Outcome:
        """Carry out ``command`` on a running case.

        Raises:
            TaskGone: the token it names no longer waits.
            StepFailed: an element on the way cannot go on.
        """
        session = Session(self.program, variables, context, world, self._scripts)
        if self._tracing:
            session.trace()
        workflow, counter = load(state, self.program, session, _Evaluator(session))
        with step_ids(counter):
            step = Step(workflow, session, self._zone)
            step.apply(command)
            step.settle()
            return step.outcome(counter)

    def look(self, state: bytes, variables: Mapping[str, Json], context: Context, world: out.World) -> out.Outcome:
        """What a case that waits is waiting for, as a step would tell it; nothing moves and the state stays as it is."""
        session = Session(self.program, variables, context, world, self._scripts)
        workflow, counter = load(state, self.program, session, _Evaluator(session))
        step = Step(workflow, session, self._zone)
        return replace(step.outcome(counter), state=state, called_before=True, waited_before=True, offered_before=None)

    def move(
        self,
        old: Program,
        mapping: Mapping[str, str],
        state: bytes,
        variables: Mapping[str, Json],
        context: Context,
        world: out.World,
    ) -> out.Moved:
        """Bring a case that waits on ``old`` to this program. ``mapping``: labels of elements that have other ids here.

        Raises:
            MoveRefused: where it stands has no place here; with every reason.
            Invalid: the mapping is none.
        """
        mover = Mover(Matching(old, self.program, mapping), state)
        moved = mover.move()
        if mover.obstacles:
            raise MoveRefused(mover.obstacles)
        session = Session(self.program, variables, context, world, self._scripts)
        workflow, counter = load(moved, self.program, session, _Evaluator(session))
        if (join := ready_join(workflow)) is not None:
            element = self.program.element(join)
            name, label = (element.name, element.id) if element else (join.task_spec.name, "")
            sentence = f"All that the join '{name}' still waits for is there already in the new version."
            raise MoveRefused([Obstacle(label, sentence, "Wait until the case is behind the join.")])
        with step_ids(counter):
            step = Step(workflow, session, self._zone)
            try:
                step.move(mover.carrying)
            except StepFailed as failure:
                raise MoveRefused([Obstacle(failure.element, failure.sentence, failure.hint)]) from failure
            return out.Moved(replace(step.outcome(counter), offered_before=None), mover.carrying.shifts())
