# SPDX-License-Identifier: Apache-2.0
"""One step on a SpiffWorkflow workflow: the command, and moving tokens until all wait."""

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
from engine.bpmn.adhoc import Choices
from engine.bpmn.arming import CONDITIONS_AT_ONCE, Arming
from engine.bpmn.carrying import Carrying
from engine.bpmn.compensation import UNDONE, Compensation
from engine.bpmn.data import Data
from engine.bpmn.events import Events
from engine.bpmn.loops import Looping, LoopItem, LoopTask
from engine.bpmn.model import Element
from engine.bpmn.prune import consume_join, prune
from engine.bpmn.report import EXCLUDED, OFFER, OFFERED_TO, Before, humans, report
from engine.bpmn.scopes import SCOPE, HandlerScope, reap, running, waiting_task
from engine.bpmn.seam import Counter
from engine.bpmn.session import Session
from engine.errors import EngineError, Invalid, StepFailed
from engine.values import Json

#: More automatic steps than this in one command mean that a diagram runs in a circle.
STEP_LIMIT = 10_000
PRUNE_EVERY = 50
#: More tokens than this in one scope, after a long way within one step, mean that a circle splits without joining.
TOKEN_LIMIT = 300
_TOKEN = frozenset({TaskState.READY, TaskState.WAITING})
_TOKEN_OR_OWNER = frozenset({*_TOKEN, TaskState.STARTED})
_THROWING = {"sendTask", "intermediateThrowEvent", "endEvent"}


class Step:
    """Holds a workflow and a session for the length of one command."""

    def __init__(self, workflow: Any, session: Session, zone: tzinfo) -> None:
        self.workflow = workflow
        self.session = session
        self.arming = Arming(workflow, session, zone)
        self.looping = Looping(workflow, session)
        self.data = Data(workflow, session)
        self.events = Events(workflow, session, self.arming, self.data)
        self.choices = Choices(workflow, session)
        self.compensation = Compensation(workflow, session, self.events)
        self._before = Before(workflow, self.arming, self.choices)

    # --- another version -------------------------------------------------------------------------------------------

    def move(self, carrying: Carrying) -> None:
        """A case that was moved here: look ahead from its tokens, and arm what is new. No token moves on."""
        for one in list(running(self.workflow)):
            for task in [t for t in one.tasks.values() if t._state in _TOKEN_OR_OWNER]:
                task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
        carrying.arm(self.arming)
        self.arming.arm_new()
        self.choices.offer()
        self._before.called = self._before.waited = True
        self._check_alive()

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
            self._demand(model.inputs if element.timer is None else (), command.data)
            self.session.update(command.data)
        for name in (*model.data, *model.inputs):
            self.session.variables.setdefault(name, None)
        self.data.caught(element, self.workflow.task_tree, command.data)
        self.session.update(command.corrected)
        self.workflow.task_tree.run()

    @staticmethod
    def _demand(inputs: tuple[str, ...], data: Mapping[str, Json]) -> None:
        missing = [name for name in inputs if data.get(name) is None]
        if missing:
            hint = "Give them when you start it, or let the process's input set call them optional."
            raise Invalid(f"The process needs data to begin: {', '.join(missing)}.", hint=hint)

    def apply(self, command: out.Command) -> None:
        match command:
            case out.CompleteTask(token, data):
                self._complete(waiting_task(self.workflow, token, TaskState.READY), data)
            case out.Choose(token):
                self.choices.choose(token)
            case out.FireTimer(token, element):
                self.events.fire(token, element)
            case out.ReceiveMessage(token, element, payload, corrected):
                self.events.fire(token, element, payload)
                self.session.update(corrected)
            case out.FailService(token, element, code, message):
                self.events.fail_service(waiting_task(self.workflow, token, TaskState.WAITING), element, code, message)
            case _:
                raise Invalid("A running case cannot be started again.")

    def _complete(self, task: Any, data: Mapping[str, Json]) -> None:
        self.session.enter(self.session.program.element(task), task)
        self.session.update(data)
        self._run(task)

    # --- running ---------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Move tokens until every one waits for a person, a message or the time.

        A condition that becomes true happens at once, before the next element runs: it may interrupt that.

        A long way within one step is pruned on the way: SpiffWorkflow walks its whole tree at every join.
        """
        at_once = self.session.branches.rules >= CONDITIONS_AT_ONCE
        for number in range(1, STEP_LIMIT + 1):
            if number % PRUNE_EVERY == 0:
                prune(self.workflow)
                self._check_tokens()
            reap(self.workflow)
            self.looping.begin_new()
            self.data.open_new()
            self.arming.arm_new()
            task = self._next_automatic()
            condition = None
            if task is None or (at_once and not isinstance(task.task_spec, BoundaryEvent)):
                condition = self.arming.became_true(at_rest=task is None)
            if condition is not None:
                self.events.fire(condition[0], condition[1].id)
            elif task is not None:
                self._run(task)
            elif not self.choices.end_one():
                break
        else:
            raise self._circle(f"After {STEP_LIMIT} steps the case still does not wait for anybody.")
        self._offer_new()
        self.choices.offer()
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
        element, branches = self.session.program.element(task), self.session.branches
        branches.arrive(task)
        self.session.enter(element, task)
        if isinstance(task.task_spec, HandlerScope) and not self.compensation.over(task):
            return
        undone = task.internal_data.pop(UNDONE, False)
        if undone:
            branches.sees_all(task)
        own = self.compensation.data_of(task, element)
        if element is not None and not undone:
            self.session.note(task)
            if not self._behave(element, task):
                return
        self._pass_on(task)
        branches.passed(task)
        if isinstance(task.task_spec, UnstructuredJoin) and not isinstance(task.task_spec, _EndJoin):
            consume_join(task)
        if task._state == TaskState.COMPLETED and element is not None:
            self.compensation.completed(task, element, own)
            self.choices.completed(task)
        elif task._state == TaskState.COMPLETED and isinstance(task.task_spec, LoopTask):
            self.choices.completed(task)
        elif task._state == TaskState.COMPLETED and isinstance(task.task_spec, LoopItem):
            self.compensation.turn_over(task)
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
            self.data.close(element, task)
        except StepFailed as failure:
            self.events.fail(task, failure)
            return False
        if element.kind == "endEvent" and not element.scope:
            session.end_event = element.name
        if element.trigger and element.kind in _THROWING:
            if element.trigger.kind == "compensate":
                return self.compensation.throw(task, element)
            if element.trigger.kind == "cancel":
                self.compensation.cancel(task)
                return False
        if element.kind in _THROWING:
            return self.events.throw(element, task)
        return True

    # --- people ----------------------------------------------------------------------------------------------------

    def _offer_new(self) -> None:
        for task in humans(self.workflow):
            if OFFER not in task.internal_data:
                element = self.session.program.element(task)
                assert element is not None
                self.session.enter(element, task)
                self.session.read_records(element)
                wanted = {name: element.properties.get(name, "") for name in ("assignee", "priority", "due")}
                wanted |= {n: element.properties[n] for n in (EXCLUDED, OFFERED_TO) if n in element.properties}
                task.internal_data[OFFER] = {n: self.session.optional(e) for n, e in wanted.items()}

    def _check_alive(self) -> None:
        """SpiffWorkflow can lose tokens without an error; such a case must not pass silently."""
        if not self.workflow.completed and not humans(self.workflow) and not any(self._keeps_alive()):
            raise StepFailed(
                "The case has not ended, yet nothing in it waits for anybody.",
                element=self.session.passed[-1] if self.session.passed else "",
                hint="This is a fault of the diagram or of the engine: check the joins behind the last element.",
            )

    def _keeps_alive(self) -> list[str]:
        """Waits of tokens; an armed event sub-process alone does not keep a case alive."""
        offers = [offer["token"] for _, _, offer in self.choices.offers()]
        return [*offers, *(token for token, _, _ in self.arming.waits() if not token.startswith(SCOPE))]

    # --- the result ------------------------------------------------------------------------------------------------

    def outcome(self, counter: Counter) -> out.Outcome:
        return report(self.workflow, self.session, self.arming, self.choices, counter, self._before, self.events.error)


def _urgency(task: Any) -> int:
    """A join that fires uses up what has arrived at it, before more arrives."""
    return 0 if isinstance(task.task_spec, BoundaryEvent) else 1 if isinstance(task.task_spec, UnstructuredJoin) else 2


def _starts_with(element: Element, command: out.Start) -> bool:
    if command.element:
        return element.id == command.element
    if command.message:
        return element.message is not None and element.message.name == command.message
    return element.message is None and element.timer is None and element.trigger is None


def _plain(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
