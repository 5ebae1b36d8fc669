# SPDX-License-Identifier: Apache-2.0
"""Ad hoc sub-processes (BPMN 2.0, 10.3.5): people choose which of its activities to begin, and again.

For SpiffWorkflow such a subprocess is start, gate and end. The gate holds a token for as long as activities may be
begun; what is begun is a task below it that goes its own way to the end. What is offered to people stands in the gate's
``internal_data``, under the activity's id (the empty text: finishing the subprocess): a token of its own, anew each time
it is offered, and for whom.

An activity may be begun as long as the subprocess goes on; with ordering Sequential only while nothing is under way in
it. Where a completion condition is given, it is asked each time an activity in it completes; without one a person
finishes the subprocess, which is offered while nothing is under way in it. When it is enough, nothing more is offered;
what is under way ends (`cancelRemainingInstances`) or is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import outcome as out
from engine.bpmn.model import Element
from engine.bpmn.seam import new_token
from engine.errors import TaskGone
from engine.values import Json

if TYPE_CHECKING:
    from engine.bpmn.session import Session

OFFERS = "offers"
#: In a gate's ``internal_data``: nothing more is to begin; ``OVER``: its token passes on.
ENOUGH, OVER = "enough", "over"
#: Stands for the subprocess itself among what is offered.
FINISH = ""
_TOKEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class AdHocGate(SpiffBpmnTask):  # type: ignore[misc]
    """Between the start and the end of an ad hoc sub-process."""

    def _update_hook(self, my_task: Any) -> bool | None:
        super()._update_hook(my_task)
        if my_task.internal_data.get(OVER):
            return True
        my_task._set_state(TaskState.STARTED)
        return None

    def _predict_hook(self, my_task: Any) -> None:
        my_task._sync_children([s for s in self.outputs if s.name.endswith("[end]")], TaskState.FUTURE)

    def entry(self, activity: str) -> Any:
        """The spec by which an activity begins."""
        return next(s for s in self.outputs if s.name in (activity, f"{activity}.BoundaryEventSplit"))


class Choices:
    """Offers what may be begun, begins it, and ends ad hoc sub-processes, for one step."""

    def __init__(self, workflow: Any, session: Session) -> None:
        self._workflow = workflow
        self._session = session
        #: What was offered and a person chose in this step.
        self.chosen = ""

    def offers(self) -> Iterator[tuple[Any, str, dict[str, Json]]]:
        """(gate, activity, offer) of all that people may choose."""
        for gate in self._gates():
            for activity, offer in gate.internal_data.get(OFFERS, {}).items():
                yield gate, activity, offer

    def told(self) -> Iterator[out.HumanTask]:
        """The same for the outcome of the step."""
        for gate, activity, offer in self.offers():
            elements = self._session.program.models[gate.workflow.spec.name].elements
            subprocess = elements[gate.workflow.spec.name]
            element = elements[activity] if activity else subprocess
            self._session.enter(element, gate)
            yield out.HumanTask(
                token=offer["token"],
                element=self._session.program.label(gate, element),
                name=element.name,
                role=element.role,
                assignee=offer.get("assignee"),
                priority=offer.get("priority"),
                local=self._session.local_view(),
                purpose="begin" if activity else "finish",
                within=self._session.program.label(gate, subprocess),
            )

    # --- choosing --------------------------------------------------------------------------------------------------

    def choose(self, token: str) -> None:
        """A person begins an activity, or finishes the subprocess.

        Raises:
            TaskGone: that is no longer offered.
        """
        for gate, activity, offer in self.offers():
            if offer["token"] == token:
                self.chosen = token
                del gate.internal_data[OFFERS][activity]
                if activity == FINISH:
                    gate.internal_data[ENOUGH] = True
                else:
                    self._begin(gate, activity)
                return
        raise TaskGone("This can no longer be begun.", hint="Open the case to see what happened since.")

    def _begin(self, gate: Any, activity: str) -> None:
        child = gate._add_child(gate.task_spec.entry(activity), TaskState.FUTURE)
        child.triggered = True
        self._session.branches.sees_all(child)
        child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
        child.task_spec._update(child)

    def completed(self, task: Any) -> None:
        """Something has completed: if it is an activity of an ad hoc sub-process, that may be enough."""
        element = self._subprocess(task.workflow) if self._session.program.has_choices else None
        if element is None or element.ad_hoc is None or not element.ad_hoc.condition or not self._is_activity(task):
            return
        gate = next((g for g in self._gates() if g.workflow is task.workflow), None)
        if gate is None or gate.internal_data.get(ENOUGH):
            return
        self._session.enter(element, gate)
        if not self._session.evaluate(element.ad_hoc.condition):
            return
        gate.internal_data[ENOUGH] = True
        if element.ad_hoc.cancels:
            for other in self._under_way(gate):
                other.cancel()

    def end_one(self) -> bool:
        """Let a gate pass whose subprocess has had enough and in which nothing is under way."""
        for gate in self._gates():
            if gate.internal_data.get(ENOUGH) and not self._under_way(gate):
                gate.internal_data = {OVER: True}
                gate.task_spec._update(gate)
                return True
        return False

    # --- offering --------------------------------------------------------------------------------------------------

    def offer(self) -> None:
        """Bring what is offered up to date, at the end of a step."""
        for gate in self._gates():
            before = gate.internal_data.get(OFFERS, {})
            gate.internal_data[OFFERS] = {a: before.get(a) or self._new(gate, a) for a in self._possible(gate)}

    def _possible(self, gate: Any) -> Iterator[str]:
        if gate.internal_data.get(ENOUGH):
            return
        subprocess = self._subprocess(gate.workflow)
        assert subprocess is not None
        assert subprocess.ad_hoc is not None
        idle = not self._under_way(gate)
        if idle or not subprocess.ad_hoc.sequential:
            model = self._session.program.models[gate.workflow.spec.name]
            yield from (e.id for e in model.elements.values() if e.begins and e.scope == subprocess.id)
        if idle and not subprocess.ad_hoc.condition:
            yield FINISH

    def _new(self, gate: Any, activity: str) -> dict[str, Json]:
        offer: dict[str, Json] = {"token": new_token()}
        if activity:
            element = self._session.program.models[gate.workflow.spec.name].elements[activity]
            self._session.enter(element, gate)
            for name in ("assignee", "priority"):
                if element.properties.get(name):
                    offer[name] = self._session.evaluate(element.properties[name])
        return offer

    # --- looking ---------------------------------------------------------------------------------------------------

    def _gates(self) -> list[Any]:
        if not self._session.program.has_choices:
            return []
        scopes = (self._workflow, *self._workflow.subprocesses.values())
        return [
            task
            for one in scopes
            if not one.completed
            for task in one.tasks.values()
            if isinstance(task.task_spec, AdHocGate) and task._state == TaskState.STARTED
        ]

    def _subprocess(self, workflow: Any) -> Element | None:
        return self._session.program.models[workflow.spec.name].elements.get(workflow.spec.name)

    def _is_activity(self, task: Any) -> bool:
        element = self._session.program.models[task.workflow.spec.name].elements.get(task.task_spec.bpmn_id)
        return element is not None and not element.by_event and not element.kind.endswith(("Event", "Gateway"))

    def _under_way(self, gate: Any) -> list[Any]:
        return [
            t
            for t in gate.workflow.tasks.values()
            if t is not gate and t.has_state(_TOKEN) and not isinstance(t.task_spec, _EndJoin)
        ]
