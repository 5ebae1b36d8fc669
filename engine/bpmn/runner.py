# SPDX-License-Identifier: Apache-2.0
"""Runs one command on a case until everything waits again. Pure: state and variables in, an ``Outcome`` out.

Order within a step: interrupting effects first (SpiffWorkflow cancels at once), then the innermost subprocess that can
move, then its surroundings. What an element does is done *before* its token passes on, so that whatever follows
(conditions, timers, correlation keys) sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import outcome as out
from engine.bpmn.model import Element
from engine.bpmn.program import Program
from engine.bpmn.prune import consume_join, prune
from engine.bpmn.seam import Counter, step_ids
from engine.bpmn.session import Session, key_text
from engine.bpmn.state import dump, load
from engine.bpmn.timing import first_due, next_due, timer_text
from engine.bpmn.waits import FIRED, WAIT, WINNER, RaceGateway, RepeatingWait, StartWait
from engine.errors import EngineError, Invalid, StepFailed, TaskGone
from engine.scripts import Context, ScriptRunner
from engine.values import Json

HUMAN = "human"
#: More automatic steps than this in one command mean that a diagram runs in a circle.
STEP_LIMIT = 10_000


class _Evaluator(PythonScriptEngine):  # type: ignore[misc]
    """SpiffWorkflow's way to our language: conditions are evaluated, scripts were run by the runner before."""

    def __init__(self, session: Session) -> None:
        super().__init__(environment=_NoEnvironment())
        self._session = session

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Json:
        return self._session.evaluate(expression)

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        return True


class _NoEnvironment:
    """Some of SpiffWorkflow's code calls the environment past the engine; nothing of ours may take that way."""

    def __getattr__(self, name: str) -> Any:
        raise StepFailed(f"SpiffWorkflow tried to use its own script environment ({name}).")


class Runner:
    """Executes commands on cases of one program."""

    def __init__(self, program: Program, scripts: ScriptRunner, zone: tzinfo) -> None:
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
        counter = Counter()
        with step_ids(counter):
            workflow = BpmnWorkflow(self.program.spec, dict(self.program.subspecs), script_engine=_Evaluator(session))
            step = _Step(workflow, session, self._zone)
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
        workflow, counter = load(state, self.program, _Evaluator(session))
        with step_ids(counter):
            step = _Step(workflow, session, self._zone)
            step.apply(command)
            step.settle()
            return step.outcome(counter)


class _Step:
    def __init__(self, workflow: Any, session: Session, zone: tzinfo) -> None:
        self.workflow = workflow
        self.session = session
        self._zone = zone
        self._human_before = {t.id: t for t in self._ready_humans()}

    # --- commands --------------------------------------------------------------------------------------------------

    def start(self, command: out.Start) -> None:
        self.workflow.task_tree.run()
        starts = {t: self.session.program.element(t) for t in self._waiting() if _is_start(t)}
        chosen = next((t for t, e in starts.items() if e and _starts_with(e, command.message)), None)
        if chosen is None:
            wanted = f"for the message '{command.message}'" if command.message else "without a trigger"
            raise Invalid(
                f"The process has no start event {wanted}.", hint="Draw one, or start it the way it is drawn."
            )
        for other in starts:
            if other is not chosen:
                other.cancel()
        element = starts[chosen]
        if command.message and element is not None:
            self.session.receive(element.message, dict(command.data), spread=True)
        else:
            self.session.update(command.data)
        self._fire(chosen)

    def apply(self, command: out.Command) -> None:
        match command:
            case out.CompleteTask(token, data):
                self._complete(self._task(token, TaskState.READY), data)
            case out.FireTimer(token, element):
                self._fire_timer(self._task(token, TaskState.WAITING), element)
            case out.ReceiveMessage(token, element, payload):
                self._receive(self._task(token, TaskState.WAITING), element, payload)
            case _:
                raise Invalid("A running case cannot be started again.")

    def _task(self, token: str, state: int) -> Any:
        for one in (self.workflow, *self.workflow.subprocesses.values()):
            task = one.tasks.get(token)
            if task is not None and task.has_state(state):
                return task
        raise TaskGone("This step of the case is over.", hint="Open the case to see what happened since.")

    def _complete(self, task: Any, data: Mapping[str, Json]) -> None:
        self.session.update(data)
        self._run(task)

    def _fire_timer(self, task: Any, element: str) -> None:
        wait = task.internal_data[WAIT][element]
        if not isinstance(task.task_spec.event_definition, RepeatingWait):
            self._fire(task, element)
            return
        self._note(task)
        task.task_spec.event_definition.spawn(task)
        self._rearm(task, element, wait)

    def _rearm(self, task: Any, element: str, wait: dict[str, str]) -> None:
        now = self.session.context.now
        anchor, previous = datetime.fromisoformat(wait["anchor"]), datetime.fromisoformat(wait["due"])
        due = next_due(wait["text"], anchor, previous, now, self._zone)
        if due is not None:
            wait["due"] = _iso(due)
        else:
            del task.internal_data[WAIT][element]

    def _receive(self, task: Any, element: str, payload: Json) -> None:
        model = self.session.program.models[task.workflow.spec.name]
        self.session.receive(model.elements[element].message, payload)
        if isinstance(task.task_spec.event_definition, RepeatingWait):
            self._note(task)
            task.task_spec.event_definition.spawn(task)
        else:
            self._fire(task, element)

    def _fire(self, task: Any, element: str = "") -> None:
        task.internal_data[FIRED] = True
        if isinstance(task.task_spec, RaceGateway):
            task.internal_data[WINNER] = element
        task.task_spec._update(task)

    # --- running ---------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Move tokens until every one waits for a person, a message or the time."""
        for _ in range(STEP_LIMIT):
            self._arm()
            task = self._next_automatic()
            if task is None:
                break
            self._run(task)
        else:
            raise StepFailed(
                f"After {STEP_LIMIT} steps the case still does not wait for anybody.",
                element=self.session.current.id if self.session.current else "",
                hint="The diagram runs in a circle: give the loop a condition that ends it, or a step that waits.",
            )
        self._arm_humans()
        self._check_alive()

    def _next_automatic(self) -> Any:
        subs = sorted(self.workflow.subprocesses.values(), key=lambda s: s.depth, reverse=True)
        for one in (*(s for s in subs if not s.completed), self.workflow):
            for task in list(one.tasks.values()):
                if task._state == TaskState.READY and not task.task_spec.manual:
                    return task
        return None

    def _run(self, task: Any) -> None:
        element = self.session.program.element(task)
        self.session.current = element
        if element is not None:
            self._behave(element)
            self._note(task)
        self._pass_on(task)
        if isinstance(task.task_spec, UnstructuredJoin) and not isinstance(task.task_spec, _EndJoin):
            consume_join(task)

    def _pass_on(self, task: Any) -> None:
        try:
            task.run()
        except EngineError:
            raise
        except SpiffWorkflowException as error:
            element = self.session.current
            raise StepFailed(
                f"'{element.name if element else task.task_spec.name}': {_plain(error)}",
                element=element.id if element else "",
                names=self.session.variables,
                hint="Give the gateway a default flow, or correct the values it decides on, then retry.",
            ) from error

    def _behave(self, element: Element) -> None:
        session = self.session
        if not element.is_human:
            session.read_records(element)
        if element.kind == "scriptTask":
            session.run_script(element)
        elif element.kind == "businessRuleTask":
            session.take_decision(element)
        if element.message and element.kind in {"sendTask", "intermediateThrowEvent", "endEvent"}:
            session.throw(element, element.message)
        if element.kind == "endEvent" and not element.scope:
            session.end_event = element.name
        session.write_records(element)

    def _note(self, task: Any) -> None:
        element = self.session.program.element(task)
        if element is not None:
            self.session.passed.append(self.session.program.label(task, element))

    # --- waiting ---------------------------------------------------------------------------------------------------

    def _waiting(self) -> list[Any]:
        return list(self.workflow.event_manager.tasks.values())

    def _arm(self) -> None:
        """Give every token that has begun to wait its due time or correlation key."""
        for task in self._waiting():
            if _is_start(task):
                if task.workflow.parent_task_id is not None:
                    task.cancel()
            elif WAIT not in task.internal_data and task._state == TaskState.WAITING:
                model = self.session.program.models[task.workflow.spec.name]
                watched = [model.elements[i] for i in _watched_ids(task)]
                task.internal_data[WAIT] = {e.id: self._wait_for(e) for e in watched if e.timer or e.message}

    def _wait_for(self, element: Element) -> dict[str, str]:
        self.session.current = element
        now = self.session.context.now
        if element.timer is None:
            assert element.message is not None
            return {"message": element.message.name, "key": key_text(self.session.optional(element.message.key))}
        try:
            text = timer_text(element.timer, self.session.evaluate)
            due = first_due(element.timer.kind, text, now, self._zone)
        except EngineError as error:
            raise self.session.failure(error) from error
        return {"due": _iso(due), "anchor": _iso(now), "text": text}

    def _ready_humans(self) -> list[Any]:
        return [
            t
            for one in (self.workflow, *self.workflow.subprocesses.values())
            for t in one.tasks.values()
            if t._state == TaskState.READY and t.task_spec.manual
        ]

    def _arm_humans(self) -> None:
        for task in self._ready_humans():
            if HUMAN not in task.internal_data:
                element = self.session.program.element(task)
                assert element is not None
                self.session.current = element
                self.session.read_records(element)
                task.internal_data[HUMAN] = self._offer(element)

    def _offer(self, element: Element) -> dict[str, Json]:
        wanted = {name: element.properties.get(name, "") for name in ("assignee", "priority", "due")}
        return {name: self.session.optional(expression) for name, expression in wanted.items()}

    def _check_alive(self) -> None:
        """SpiffWorkflow can lose tokens without an error; such a case must not pass silently."""
        if not self.workflow.completed and not self._waiting() and not self._ready_humans():
            raise StepFailed(
                "The case has not ended, yet nothing in it waits for anybody.",
                element=self.session.passed[-1] if self.session.passed else "",
                hint="This is a fault of the diagram or of the engine: check the joins behind the last element.",
            )

    # --- the result ------------------------------------------------------------------------------------------------

    def outcome(self, counter: Counter) -> out.Outcome:
        session, model = self.session, self.session.program.model
        errors = [e.event_definition for e in self.workflow.get_events()]
        uncaught = [e.code or e.name or "error" for e in errors if isinstance(e, ErrorEventDefinition)]
        humans = self._ready_humans()
        remaining = {t.id for t in humans}
        prune(self.workflow)
        waits = [(t, element, w) for t in self._waiting() for element, w in t.internal_data.get(WAIT, {}).items()]
        return out.Outcome(
            state=dump(self.workflow, counter),
            variables=session.variables,
            completed=bool(self.workflow.completed),
            error=uncaught[0] if uncaught and self.workflow.completed else "",
            title=self._text(model.properties.get("title", "")),
            business_key=self._text(model.properties.get("business_key", "")),
            passed=tuple(session.passed),
            withdrawn=tuple(i for i, t in self._human_before.items() if i not in remaining and not _done(t)),
            tasks=tuple(self._human(t) for t in humans),
            timers=tuple(
                out.TimerWait(t.id, element, self._name(t, element), w["due"]) for t, element, w in waits if "due" in w
            ),
            messages=tuple(
                out.MessageWait(t.id, element, w["message"], w["key"]) for t, element, w in waits if "message" in w
            ),
            thrown=tuple(session.thrown),
            writes=tuple(session.writes),
            decisions=tuple(session.decisions),
            end_event=session.end_event,
        )

    def _text(self, expression: str) -> str:
        """A title or business key; empty while the values it needs are not there yet."""
        try:
            return key_text(self.session.optional(expression))
        except StepFailed:
            return ""

    def _name(self, task: Any, element: str) -> str:
        return self.session.program.models[task.workflow.spec.name].elements[element].name

    def _human(self, task: Any) -> out.HumanTask:
        element = self.session.program.element(task)
        assert element is not None
        offer = task.internal_data[HUMAN]
        label = self.session.program.label(task, element)
        return out.HumanTask(
            token=task.id,
            element=label,
            name=element.name,
            role=element.role,
            assignee=offer["assignee"],
            priority=offer["priority"],
            due_at=offer["due"],
        )


def _is_start(task: Any) -> bool:
    return isinstance(task.task_spec.event_definition, StartWait)


def _starts_with(element: Element, message: str) -> bool:
    if message:
        return element.message is not None and element.message.name == message
    return element.message is None and element.timer is None


def _watched_ids(task: Any) -> list[str]:
    if isinstance(task.task_spec, RaceGateway):
        return [spec.bpmn_id for spec in task.task_spec.outputs]
    return [task.task_spec.bpmn_id]


def _done(task: Any) -> bool:
    return bool(task._state == TaskState.COMPLETED)


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat()


def _plain(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
