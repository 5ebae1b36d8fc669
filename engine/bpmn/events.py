# SPDX-License-Identifier: Apache-2.0
"""What happens to a case and in it: waits that are fulfilled, and what its own elements throw and who catches it."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import outcome as out
from engine.bpmn.arming import Arming
from engine.bpmn.data import Data
from engine.bpmn.model import Element, Trigger
from engine.bpmn.scopes import (
    SCOPE,
    begin,
    boundary_of_failed,
    catcher,
    event_subprocesses,
    owner_of,
    reap,
    running,
    waiting_task,
)
from engine.bpmn.session import Session
from engine.bpmn.waits import FIRED, WAIT, WINNER, RaceGateway, RepeatingWait
from engine.errors import StepFailed, TaskGone
from engine.values import Json


class Events:
    """Fires waits and throws events, for one step."""

    def __init__(self, workflow: Any, session: Session, arming: Arming, data: Data) -> None:
        self.workflow = workflow
        self.session = session
        self.arming = arming
        self.data = data
        #: Code of the error that nobody caught and that ended the case.
        self.error = ""

    # --- caught ----------------------------------------------------------------------------------------------------

    def fire(self, token: str, element: str, payload: Json = None) -> None:
        """An armed wait has got what it waited for.

        Raises:
            TaskGone: it waits no longer.
        """
        if token.startswith(SCOPE):
            self._fire_scope(token.removeprefix(SCOPE), element, payload)
            return
        task = waiting_task(self.workflow, token, TaskState.WAITING)
        waits = task.internal_data.get(WAIT, {})
        if element not in waits:
            raise TaskGone("The case no longer waits for this.")
        if isinstance(task.task_spec, BoundaryEvent):
            self.session.branches.sees_all(task)
        self.session.enter(self.session.program.models[task.workflow.spec.name].elements[element], task)
        assert self.session.current is not None
        self.session.receive(self.session.current, payload)
        self.data.caught(self.session.current, task, payload)
        if isinstance(task.task_spec.event_definition, RepeatingWait):
            self.session.note(task)
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
                self.arming.rearm(self.session.armed[owner], start_id)
                begun = begin(self.session, workflow, subprocess, start)
                self.session.enter(start, begun)
                self.session.receive(start, payload)
                self.data.caught(start, begun, payload)
                reap(self.workflow)
                return

    def fail_service(self, task: Any, element: str, code: str, message: str) -> None:
        """A service failed for good: its error boundary event catches it, or the call stays failed."""
        caught = boundary_of_failed(self.workflow, self.session, task, code)
        if caught is None:
            raise TaskGone(f"Nothing catches the error '{code}' of '{element}'.")
        where, event = caught
        self.fire(where.id, event.id, {"code": code, "message": message, "element": element})

    def fail(self, task: Any, failure: StepFailed) -> None:
        """A failing activity is an error that a boundary event on it may catch; else the step fails."""
        caught = boundary_of_failed(self.workflow, self.session, task, failure.code)
        if caught is None:
            raise failure
        where, element = caught
        self.fire(where.id, element.id, {"message": failure.sentence, "element": failure.element})

    # --- thrown ----------------------------------------------------------------------------------------------------

    def throw(self, element: Element, task: Any) -> bool:
        """What an element throws takes effect; false when its token does not pass on."""
        session, trigger = self.session, element.trigger
        if element.message:
            session.throw(element, element.message, self.data.thrown(element))
        if trigger is None:
            return True
        payload = session.optional(trigger.payload, self.data.thrown(element))
        if trigger.kind == "signal":
            self._signal(element, trigger, payload)
            return bool(task.has_state(TaskState.NOT_FINISHED_MASK))
        caught = self._throw(task.workflow, trigger, payload)
        if trigger.kind == "error" and not caught:
            self.error = trigger.name or element.name
            self._end_abnormally()
        return trigger.kind != "error" and bool(task.has_state(TaskState.NOT_FINISHED_MASK))

    def _throw(self, workflow: Any, trigger: Trigger, payload: Json) -> bool:
        """Throw an error or escalation in a scope; whether anybody caught it."""
        found = catcher(self.workflow, self.session, workflow, trigger.kind, trigger.name)
        if found is None:
            return False
        where, element = found
        token = where.id if isinstance(getattr(where, "task_spec", None), BoundaryEvent) else SCOPE + owner_of(where)
        self.fire(token, element.id, payload)
        return True

    def _signal(self, element: Element, trigger: Trigger, payload: Json) -> None:
        """A signal reaches everything in this case that waits for it now, and goes out to all others."""
        reached = [(t, e.id) for t, e, w in self.arming.waits() if w.get("signal") == trigger.name]
        self.session.thrown.append(out.Thrown(element.id, trigger.name, "", payload, "signal"))
        for token, waiting in reached:
            try:
                self.fire(token, waiting, payload)
            except TaskGone:
                continue  # an interrupting one came before it

    def _end_abnormally(self) -> None:
        """An error that nobody catches ends the case (BPMN 2.0, 10.5.7)."""
        self.workflow.cancel(self.workflow)
        reap(self.workflow)
        self.session.armed.clear()
