# SPDX-License-Identifier: Apache-2.0
"""Where the tokens of a written state stand on the process's own diagram, without loading it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.adhoc import AdHocGate
from engine.bpmn.joining import is_join
from engine.bpmn.loops import LoopTask

if TYPE_CHECKING:
    from engine.bpmn.program import Program

_TOKEN = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_NOT_COUNTED = (BoundaryEvent, BoundaryEventJoin, _EndJoin)


def standing(program: Program, state: bytes) -> tuple[str, ...]:
    """The element of each token, innermost subprocess first named; what a called process does counts for its call.

    Events that only listen (on the boundary of an activity, or to start an event sub-process) hold no token.
    """
    written = orjson.loads(state)
    inner: dict[str, Any] = {owner: one for owner, _, one in written["subs"]}
    return tuple(_scope(program, program.spec, written["top"], inner))


def _scope(program: Program, spec: Any, one: Mapping[str, Any], inner: Mapping[str, Any]) -> Iterator[str]:
    model = program.models[spec.name]
    for own, _, _, state, name, _, _ in one["tasks"]:
        task_spec = spec.task_specs[name]
        arrived = state == TaskState.CANCELLED and is_join(task_spec)
        if not (state & _TOKEN or arrived) or isinstance(task_spec, (*_NOT_COUNTED, LoopTask)):
            continue
        below = program.subspecs.get(getattr(task_spec, "spec", "")) if own in inner else None
        if below is not None and program.models[below.name] is model:
            yield from _scope(program, below, inner[own], inner)
        elif isinstance(task_spec, AdHocGate):
            yield spec.name
        elif task_spec.bpmn_id in model.elements:
            yield task_spec.bpmn_id
