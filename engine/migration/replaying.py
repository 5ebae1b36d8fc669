# SPDX-License-Identifier: Apache-2.0
"""The move of a case, run again from its history: it must come to the recorded state on the recorded definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import cases
from engine.bpmn import Outcome
from engine.errors import EngineError, NotReproduced
from engine.history import log
from engine.migration.plan import move_state
from engine.migration.work import MIGRATED, look, recorded, shifts_back
from engine.store.transaction import Tx
from engine.values import Actor, Event, Json, Shift
from engine.world import RecordedWorld

#: Number of a move -> the tokens before it (None when the case had not begun), and its payload.
Before = dict[int, tuple[bytes | None, Mapping[str, Json]]]


def rerun(
    tx: Tx, stepper: cases.Stepper, event: Event, state: dict[str, Any], before: Before, initiator: str
) -> Outcome | None:
    """Run a recorded move again on ``state``, and note it in ``before``; None for a case that had not begun.

    Raises:
        NotReproduced: it does not lead to what was recorded.
    """
    before[event.seq] = (state["tokens"], event.payload)
    if "state" not in event.payload:
        if state["tokens"] is not None:
            raise NotReproduced("The case had begun, but its tokens were not moved.")
        return None
    try:
        outcome, shifts = _again(tx, stepper, event, state, before, initiator)
    except EngineError as error:
        raise NotReproduced(f"The move now fails: {error.sentence}") from error
    now = recorded(state, outcome, shifts)
    if log.canonical(now["effects"]) != log.canonical(event.payload["effects"]):
        raise NotReproduced("Other effects of the move than recorded.")
    if now["state"] != event.payload["state"]:
        raise NotReproduced("The same effects of the move as recorded, but another state.")
    state["tokens"] = outcome.state
    return outcome


def _again(
    tx: Tx, stepper: cases.Stepper, event: Event, state: Mapping[str, Any], before: Before, initiator: str
) -> tuple[Outcome, tuple[Shift, ...]]:
    past, actor = replace(tx, now=event.at), Actor(event.actor, on_behalf_of=event.on_behalf_of)
    world = RecordedWorld(event.payload["reads"])
    row, inputs = {"id": event.case_id, "started_by": initiator, **state}, event.payload["inputs"]
    if event.kind == MIGRATED:
        moved = move_state(past, stepper, actor, row, inputs["from"], inputs["to"], inputs["mapping"], world)
        return moved.outcome, moved.shifts
    tokens, undone = before[inputs["undoes"]]
    if tokens is None:
        raise NotReproduced("There was nothing to move back to.")
    return look(past, stepper, actor, row, inputs["to"], tokens, world), shifts_back(undone)
