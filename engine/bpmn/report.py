# SPDX-License-Identifier: Apache-2.0
"""What came of a step: the state of SpiffWorkflow's tree and the session as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import plain
from engine.bpmn import outcome as out
from engine.bpmn.adhoc import Choices
from engine.bpmn.arming import Arming
from engine.bpmn.loops import INDEX, LoopItem
from engine.bpmn.model import Element
from engine.bpmn.prune import prune
from engine.bpmn.scopes import find, reap, running
from engine.bpmn.seam import Counter
from engine.bpmn.session import Session, key_text
from engine.bpmn.state import dump
from engine.errors import StepFailed
from engine.scripts.data import same
from engine.values import Json

#: The version of the rules from which on changes within scopes are told.
KNOWS_LOCALS = 4
#: Key in a human task's ``internal_data``: what it was offered with.
OFFER = "human"
#: The part of an offer that says who may not do it; only there if the diagram says so.
EXCLUDED = "excluded"
#: The part that names a role instead of the lane's; only there if the diagram says so.
OFFERED_TO = "offered_to"


def humans(workflow: Any) -> list[Any]:
    """Tasks that wait for a person."""
    return [
        task
        for one in running(workflow)
        for task in one.tasks.values()
        if task._state == TaskState.READY and task.task_spec.manual
    ]


class Before:
    """What a case waited for before the step."""

    def __init__(self, workflow: Any, arming: Arming, choices: Choices) -> None:
        self.humans = {t.id: t for t in humans(workflow)}
        self.offers = [offer["token"] for _, _, offer in choices.offers()]
        waits = [wait for _, _, wait in arming.waits()]
        self.called = any("service" in wait for wait in waits)
        self.waited = any("service" not in wait for wait in waits)


def report(
    workflow: Any,
    session: Session,
    arming: Arming,
    choices: Choices,
    counter: Counter,
    before: Before,
    error: str,
) -> out.Outcome:
    """The outcome of a step that has come to rest; what is finished leaves the tree."""
    model = session.program.model
    if workflow.completed:
        reap(workflow)
    offered = humans(workflow)
    remaining = {t.id for t in offered}
    prune(workflow)
    _forget_ended(workflow, session)
    changed = tuple(_local_changes(workflow, session)) if session.branches.rules >= KNOWS_LOCALS else ()
    session.branches.settle(workflow, session.locals)
    waits = list(arming.waits()) if not workflow.completed else []
    tasks = [*(_human(session, t) for t in offered), *choices.told()]
    withdrawn = [i for i, t in before.humans.items() if i not in remaining and not _done(t)]
    still = {choices.chosen, *(t.token for t in tasks)}
    withdrawn += [token for token in before.offers if token not in still]
    session.enter(None)
    return out.Outcome(
        state=dump(workflow, counter, session),
        variables=session.variables,
        completed=bool(workflow.completed),
        error=error,
        title=_text(session, model.properties.get("title", "")),
        business_key=_text(session, model.properties.get("business_key", "")),
        passed=tuple(session.passed),
        trace=session.traced(),
        withdrawn=tuple(withdrawn),
        tasks=tuple(tasks),
        timers=tuple(out.TimerWait(t, e.id, e.name, w["due"]) for t, e, w in waits if "due" in w),
        messages=tuple(_message_wait(t, e, w) for t, e, w in waits if "message" in w or "signal" in w),
        offered_before=frozenset((*before.humans, *before.offers)),
        called_before=before.called,
        waited_before=before.waited,
        calls=tuple(_call(session.context.case_id, t, e, w) for t, e, w in waits if "service" in w),
        thrown=tuple(session.thrown),
        writes=tuple(session.writes),
        decisions=tuple(session.decisions),
        conflicts=tuple(session.branches.conflicts),
        states=tuple(session.states),
        local_changes=changed,
        end_event=session.end_event,
        rules=session.branches.rules,
    )


def _forget_ended(workflow: Any, session: Session) -> None:
    """What was kept of scopes goes with them."""
    alive = set(workflow.subprocesses) if not workflow.completed else set()
    held = alive | _under_way(workflow) if session.locals else alive
    session.locals = {token: local for token, local in session.locals.items() if token in held}
    session.undoing = {token: rest for token, rest in session.undoing.items() if token in alive}
    if workflow.completed:
        session.armed = {}
    else:
        alive.add("")
    session.done = {token: done for token, done in session.done.items() if token in alive}


def _local_changes(workflow: Any, session: Session) -> Iterator[out.LocalChange]:
    """What the step changed in scopes within the case, and which of them are over."""
    for scope in dict.fromkeys([*session.locals_before, *session.locals]):
        before, now = session.locals_before.get(scope, {}), session.locals.get(scope)
        if now is None:
            yield out.LocalChange(scope, "", None, {}, over=True)
            continue
        names = dict.fromkeys([*before, *now])
        same_as = (n in before and n in now and same(before[n], now[n]) for n in names)
        changes = {n: [before.get(n), now.get(n)] for n, kept in zip(names, same_as, strict=True) if not kept}
        if changes or scope not in session.locals_before:
            owner = find(workflow, scope)
            turn = owner.internal_data.get(INDEX) if isinstance(owner.task_spec, LoopItem) else None
            task = owner.parent if turn is not None else owner
            model = session.program.models[task.workflow.spec.name]
            element = model.elements.get(task.task_spec.bpmn_id or "")
            label = session.program.label(task, element) if element is not None else ""
            yield out.LocalChange(scope, label, turn + 1 if turn is not None else None, plain.copied(changes))


def _under_way(workflow: Any) -> set[str]:
    """Tokens of activities that have begun, which may have data of their own."""
    begun = TaskState.READY | TaskState.WAITING | TaskState.STARTED
    return {t.id for one in running(workflow) for t in one.tasks.values() if t.has_state(begun)}


def _text(session: Session, expression: str) -> str:
    """A title or business key; empty while the values it needs are not there yet."""
    try:
        return key_text(session.optional(expression))
    except StepFailed:
        return ""


def _human(session: Session, task: Any) -> out.HumanTask:
    element = session.program.element(task)
    assert element is not None
    session.enter(element, task)
    offer = task.internal_data[OFFER]
    return out.HumanTask(
        token=task.id,
        element=session.program.label(task, element),
        name=element.name,
        role=offer.get(OFFERED_TO) or element.role,
        assignee=offer["assignee"],
        priority=offer["priority"],
        due_at=offer["due"],
        local=session.local_view(),
        excluded=offer.get(EXCLUDED),
        role_chosen=bool(offer.get(OFFERED_TO)),
    )


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
        key=f"{case_id}.{token}.{wait.get('key', element.id)}",
        retries=element.service.retries,
        backoff=element.service.backoff,
    )


def _done(task: Any) -> bool:
    return bool(task._state == TaskState.COMPLETED)
