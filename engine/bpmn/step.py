# SPDX-License-Identifier: Apache-2.0
"""One step on a SpiffWorkflow workflow: the command, moving tokens until all wait, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import outcome as out
from engine.bpmn.arming import Arming
from engine.bpmn.loops import Looping, LoopItem
from engine.bpmn.model import Element, Trigger
from engine.bpmn.prune import consume_join, prune
from engine.bpmn.scopes import SCOPE, begin, boundary_of_failed, catcher, event_subprocesses, owner_of, reap, running
from engine.bpmn.seam import Counter
from engine.bpmn.session import Session, key_text
from engine.bpmn.state import dump
from engine.bpmn.waits import FIRED, WAIT, WINNER, RaceGateway, RepeatingWait
from engine.errors import EngineError, Invalid, StepFailed, TaskGone
from engine.values import Json

HUMAN = "human"
#: More automatic steps than this in one command mean that a diagram runs in a circle.
STEP_LIMIT = 10_000
PRUNE_EVERY = 50
#: More tokens than this in one scope, after a long way within one step, mean that a circle splits without joining.
TOKEN_LIMIT = 300
_TOKEN = frozenset({TaskState.READY, TaskState.WAITING})
_THROWING = {"sendTask", "intermediateThrowEvent", "endEvent"}


class Step:
    """Holds a workflow and a session for the length of one command."""

    def __init__(self, workflow: Any, session: Session, zone: tzinfo) -> None:
        self.workflow = workflow
        self.session = session
        self.arming = Arming(workflow, session, zone)
        self.looping = Looping(workflow, session)
        self.error = ""
        self._before = {t.id: t for t in self._humans()}
        before = [wait for _, _, wait in self.arming.waits()]
        self._called = any("service" in wait for wait in before)
        self._waited = any("service" not in wait for wait in before)

    # --- commands --------------------------------------------------------------------------------------------------

    def start(self, command: out.Start) -> None:
        model = self.session.program.model
        found = [e for e in model.starts() if _starts_with(e, command)]
        if not found:
            wanted = f"for '{command.message or command.element}'" if command.message or command.element else "by hand"
            raise Invalid(
                f"The process cannot be started {wanted}.", hint="Draw such a start event, or start it as drawn."
            )
        element = found[0]
        self.session.start_element = element.id
        if element.message or element.trigger:
            self.session.enter(element)
            self.session.receive(element, command.data, spread=True)
        else:
            self.session.update(command.data)
        self.session.update(command.corrected)
        self.workflow.task_tree.run()

    def apply(self, command: out.Command) -> None:
        match command:
            case out.CompleteTask(token, data):
                self._complete(self._task(token, TaskState.READY), data)
            case out.FireTimer(token, element):
                self._fire(token, element)
            case out.ReceiveMessage(token, element, payload, corrected):
                self._fire(token, element, payload)
                self.session.update(corrected)
            case out.FailService(token, element, code, message):
                self._fail_service(self._task(token, TaskState.WAITING), element, code, message)
            case _:
                raise Invalid("A running case cannot be started again.")

    def _task(self, token: str, state: int) -> Any:
        for one in running(self.workflow):
            task = one.tasks.get(token)
            if task is not None and task.has_state(state):
                return task
        raise TaskGone("This step of the case is over.", hint="Open the case to see what happened since.")

    def _complete(self, task: Any, data: Mapping[str, Json]) -> None:
        self.session.enter(self.session.program.element(task), task)
        self.session.update(data)
        self._run(task)

    # --- events ----------------------------------------------------------------------------------------------------

    def _fire(self, token: str, element: str, payload: Json = None) -> None:
        """An armed wait has got what it waited for."""
        if token.startswith(SCOPE):
            self._fire_scope(token.removeprefix(SCOPE), element, payload)
            return
        task = self._task(token, TaskState.WAITING)
        waits = task.internal_data.get(WAIT, {})
        if element not in waits:
            raise TaskGone("The case no longer waits for this.")
        self.session.enter(self.session.program.models[task.workflow.spec.name].elements[element], task)
        assert self.session.current is not None
        self.session.receive(self.session.current, payload)
        if isinstance(task.task_spec.event_definition, RepeatingWait):
            self._note(task)
            self.session.write_records(self.session.current)
            self.arming.rearm(waits, element)
            task.task_spec.event_definition.spawn(task)
            return
        task.internal_data[FIRED] = True
        if isinstance(task.task_spec, RaceGateway):
            task.internal_data[WINNER] = element
        task.task_spec._update(task)

    def _fire_scope(self, owner: str, start_id: str, payload: Json) -> None:
        workflow = next((w for w in running(self.workflow) if owner_of(w) == owner), None)
        if workflow is None or start_id not in self.session.armed.get(owner, {}):
            raise TaskGone("The case no longer waits for this.")
        for subprocess, start in event_subprocesses(self.session, workflow):
            if start.id == start_id:
                self.session.enter(start, workflow.task_tree)
                self.session.receive(start, payload)
                self.arming.rearm(self.session.armed[owner], start_id)
                begin(self.session, workflow, subprocess, start)
                reap(self.workflow)
                return

    def throw(self, workflow: Any, trigger: Trigger, payload: Json) -> bool:
        """Throw an error or escalation in a scope; whether anybody caught it."""
        found = catcher(self.workflow, self.session, workflow, trigger.kind, trigger.name)
        if found is None:
            return False
        where, element = found
        token = where.id if isinstance(getattr(where, "task_spec", None), BoundaryEvent) else SCOPE + owner_of(where)
        self._fire(token, element.id, payload)
        return True

    def _fail_service(self, task: Any, element: str, code: str, message: str) -> None:
        """A service failed for good: its error boundary event catches it, or the call stays failed."""
        caught = boundary_of_failed(self.workflow, self.session, task, code)
        if caught is None:
            raise TaskGone(f"Nothing catches the error '{code}' of '{element}'.")
        where, event = caught
        self._fire(where.id, event.id, {"code": code, "message": message, "element": element})

    def _signal(self, element: Element, trigger: Trigger, payload: Json) -> None:
        """A signal reaches everything in this case that waits for it now, and goes out to all others."""
        reached = [(t, e.id) for t, e, w in self.arming.waits() if w.get("signal") == trigger.name]
        self.session.thrown.append(out.Thrown(element.id, trigger.name, "", payload, "signal"))
        for token, waiting in reached:
            try:
                self._fire(token, waiting, payload)
            except TaskGone:
                continue  # an interrupting one came before it

    # --- running ---------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Move tokens until every one waits for a person, a message or the time.

        A long way within one step is pruned on the way: SpiffWorkflow walks its whole tree at every join.
        """
        for number in range(1, STEP_LIMIT + 1):
            if number % PRUNE_EVERY == 0:
                prune(self.workflow)
                self._check_tokens()
            reap(self.workflow)
            self.looping.begin_new()
            self.arming.arm_new()
            task = self._next_automatic()
            if task is not None:
                self._run(task)
            elif (condition := self.arming.became_true()) is not None:
                self._fire(condition[0], condition[1].id)
            else:
                break
        else:
            raise self._circle(f"After {STEP_LIMIT} steps the case still does not wait for anybody.")
        self._offer_new()
        self._check_alive()

    def _check_tokens(self) -> None:
        for one in running(self.workflow):
            tokens = [t for t in one.tasks.values() if t._state in _TOKEN and not isinstance(t.task_spec, LoopItem)]
            if len(tokens) > TOKEN_LIMIT:
                raise self._circle(f"More than {TOKEN_LIMIT} tokens are under way at once.")

    def _circle(self, sentence: str) -> StepFailed:
        return StepFailed(
            sentence,
            element=self.session.current.id if self.session.current else "",
            hint="The diagram runs in a circle: give the loop a condition that ends it, or a step that waits.",
        )

    def _next_automatic(self) -> Any:
        """Events that were caught first (they may interrupt), then joins that fire, then the innermost scope."""
        ready = [
            task
            for one in sorted(running(self.workflow), key=lambda w: -w.depth)
            for task in one.tasks.values()
            if task._state == TaskState.READY and not task.task_spec.manual
        ]
        return min(ready, key=_urgency, default=None)

    def _run(self, task: Any) -> None:
        element = self.session.program.element(task)
        self.session.enter(element, task)
        if element is not None:
            self._note(task)
            if not self._behave(element, task):
                return
        self._pass_on(task)
        if isinstance(task.task_spec, UnstructuredJoin) and not isinstance(task.task_spec, _EndJoin):
            consume_join(task)
        if isinstance(task.task_spec, LoopItem) and task._state == TaskState.COMPLETED:
            self.looping.turn_over(task)

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
                names=self.session.view,
                hint="Give the gateway a default flow, or correct the values it decides on, then retry.",
            ) from error

    def _behave(self, element: Element, task: Any) -> bool:
        """Do what the element does; false when its token does not pass on, because it threw an error."""
        session = self.session
        try:
            if not element.is_human:
                session.read_records(element)
            if element.kind == "scriptTask":
                session.run_script(element)
            elif element.kind == "businessRuleTask":
                session.take_decision(element)
            session.write_records(element)
        except StepFailed as failure:
            return self._failed(task, failure)
        if element.kind == "endEvent" and not element.scope:
            session.end_event = element.name
        if element.kind in _THROWING:
            return self._throw(element, task)
        return True

    def _failed(self, task: Any, failure: StepFailed) -> bool:
        """A failing activity is an error that a boundary event on it may catch; else the step fails."""
        caught = boundary_of_failed(self.workflow, self.session, task, failure.code)
        if caught is None:
            raise failure
        where, element = caught
        self._fire(where.id, element.id, {"message": failure.sentence, "element": failure.element})
        return False

    def _throw(self, element: Element, task: Any) -> bool:
        session, trigger = self.session, element.trigger
        if element.message:
            session.throw(element, element.message)
        if trigger is None:
            return True
        payload = session.optional(trigger.payload)
        if trigger.kind == "signal":
            self._signal(element, trigger, payload)
            return bool(task.has_state(TaskState.NOT_FINISHED_MASK))
        caught = self.throw(task.workflow, trigger, payload)
        if trigger.kind == "error" and not caught:
            self.error = trigger.name or element.name
            self._end_abnormally()
        return trigger.kind != "error" and bool(task.has_state(TaskState.NOT_FINISHED_MASK))

    def _end_abnormally(self) -> None:
        """An error that nobody catches ends the case (BPMN 2.0, 10.5.7)."""
        self.workflow.cancel(self.workflow)
        reap(self.workflow)
        self.session.armed.clear()

    def _note(self, task: Any) -> None:
        element = self.session.program.element(task)
        if element is not None:
            self.session.pass_by(self.session.program.label(task, element))

    # --- people ----------------------------------------------------------------------------------------------------

    def _humans(self) -> list[Any]:
        return [
            task
            for one in running(self.workflow)
            for task in one.tasks.values()
            if task._state == TaskState.READY and task.task_spec.manual
        ]

    def _offer_new(self) -> None:
        for task in self._humans():
            if HUMAN not in task.internal_data:
                element = self.session.program.element(task)
                assert element is not None
                self.session.enter(element, task)
                self.session.read_records(element)
                wanted = {name: element.properties.get(name, "") for name in ("assignee", "priority", "due")}
                task.internal_data[HUMAN] = {n: self.session.optional(e) for n, e in wanted.items()}

    def _check_alive(self) -> None:
        """SpiffWorkflow can lose tokens without an error; such a case must not pass silently."""
        if not self.workflow.completed and not self._humans() and not any(self._keeps_alive()):
            raise StepFailed(
                "The case has not ended, yet nothing in it waits for anybody.",
                element=self.session.passed[-1] if self.session.passed else "",
                hint="This is a fault of the diagram or of the engine: check the joins behind the last element.",
            )

    def _keeps_alive(self) -> list[str]:
        """Waits of tokens; an armed event sub-process alone does not keep a case alive."""
        return [token for token, _, _ in self.arming.waits() if not token.startswith(SCOPE)]

    # --- the result ------------------------------------------------------------------------------------------------

    def outcome(self, counter: Counter) -> out.Outcome:
        session, model = self.session, self.session.program.model
        if self.workflow.completed:
            reap(self.workflow)
        humans = self._humans()
        remaining = {t.id for t in humans}
        prune(self.workflow)
        self._forget_locals()
        waits = list(self.arming.waits()) if not self.workflow.completed else []
        session.enter(None)
        return out.Outcome(
            state=dump(self.workflow, counter, session),
            variables=session.variables,
            completed=bool(self.workflow.completed),
            error=self.error,
            title=self._text(model.properties.get("title", "")),
            business_key=self._text(model.properties.get("business_key", "")),
            passed=tuple(session.passed),
            trace=session.traced(),
            withdrawn=tuple(i for i, t in self._before.items() if i not in remaining and not _done(t)),
            tasks=tuple(self._human(t) for t in humans),
            timers=tuple(out.TimerWait(t, e.id, e.name, w["due"]) for t, e, w in waits if "due" in w),
            messages=tuple(_message_wait(t, e, w) for t, e, w in waits if "message" in w or "signal" in w),
            called_before=self._called,
            waited_before=self._waited,
            calls=tuple(_call(session.context.case_id, t, e, w) for t, e, w in waits if "service" in w),
            thrown=tuple(session.thrown),
            writes=tuple(session.writes),
            decisions=tuple(session.decisions),
            end_event=session.end_event,
        )

    def _forget_locals(self) -> None:
        alive = set(self.workflow.subprocesses) if not self.workflow.completed else set()
        self.session.locals = {token: local for token, local in self.session.locals.items() if token in alive}
        if self.workflow.completed:
            self.session.armed = {}

    def _text(self, expression: str) -> str:
        """A title or business key; empty while the values it needs are not there yet."""
        try:
            return key_text(self.session.optional(expression))
        except StepFailed:
            return ""

    def _human(self, task: Any) -> out.HumanTask:
        element = self.session.program.element(task)
        assert element is not None
        self.session.enter(element, task)
        offer = task.internal_data[HUMAN]
        return out.HumanTask(
            token=task.id,
            element=self.session.program.label(task, element),
            name=element.name,
            role=element.role,
            assignee=offer["assignee"],
            priority=offer["priority"],
            due_at=offer["due"],
            local=self.session.local_view(),
        )


def _urgency(task: Any) -> int:
    """A join that fires uses up what has arrived at it, before more arrives."""
    return 0 if isinstance(task.task_spec, BoundaryEvent) else 1 if isinstance(task.task_spec, UnstructuredJoin) else 2


def _starts_with(element: Element, command: out.Start) -> bool:
    if command.element:
        return element.id == command.element
    if command.message:
        return element.message is not None and element.message.name == command.message
    return element.message is None and element.timer is None and element.trigger is None


def _message_wait(token: str, element: Element, wait: Mapping[str, Json]) -> out.MessageWait:
    if "signal" in wait:
        return out.MessageWait(token, element.id, wait["signal"], "", "signal")
    return out.MessageWait(token, element.id, wait["message"], wait["key"])


def _call(case_id: str, token: str, element: Element, wait: Mapping[str, Json]) -> out.ServiceCall:
    assert element.service is not None
    return out.ServiceCall(
        token=token,
        element=element.id,
        name=element.name,
        operator=wait["service"],
        parameters=wait["parameters"],
        key=f"{case_id}.{token}.{element.id}",
        retries=element.service.retries,
        backoff=element.service.backoff,
    )


def _done(task: Any) -> bool:
    return bool(task._state == TaskState.COMPLETED)


def _plain(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
