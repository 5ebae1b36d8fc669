# SPDX-License-Identifier: Apache-2.0
"""Formats carry their number: older ones are replayed, newer ones are refused in words that say what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from engine import SYSTEM, cases
from engine.bpmn import state
from engine.errors import Conflict
from engine.history import log
from engine.store.schema import event, instance
from engine.values import Event
from tests.engine.workshop import Workshop
from tests.replay.files import HERE, recordings

PROCESS = "start S -> A\nuser A -> B\nuser B -> E\nend E"


def steps(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row["kind"] in cases.STEPS]


def test_every_step_says_its_format(workshop: Workshop) -> None:
    """And the tokens say theirs."""
    workshop.publish("P", PROCESS)
    case = workshop.do(workshop.start(), "A")
    told = [e.payload["format"] for e in workshop.engine.history(SYSTEM, case.id) if e.kind in cases.STEPS]
    assert told == [cases.FORMAT, cases.FORMAT]
    with workshop.engine.read() as tx:
        tokens = tx.connection.scalar(select(instance.c.tokens).where(instance.c.id == case.id))
    assert orjson.loads(tokens)["version"] == state.VERSION


def test_recordings_of_the_first_format_are_kept() -> None:
    """They say no format; test_replay.py replays them."""
    rows = [json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))["events"] for name in recordings()]
    formats = {row["payload"].get("format", 1) for events in rows for row in steps(events)}
    assert 1 in formats
    assert max(formats) <= cases.FORMAT


def test_a_newer_event_is_told_and_no_fault_of_the_chain(workshop: Workshop) -> None:
    """The verdict names the format, the one that is read, and what to do."""
    workshop.publish("P", PROCESS)
    case = workshop.do(workshop.start(), "A")
    rewritten(workshop, case.id)
    verdict = workshop.engine.replay(SYSTEM, case.id)
    assert verdict.chain_whole
    assert not verdict.reproduced
    assert f"format {cases.FORMAT + 1}; this one reads up to {cases.FORMAT}" in verdict.reason


def rewritten(workshop: Workshop, case_id: str) -> None:
    """The history as a newer release would have written it."""
    events = workshop.engine.history(SYSTEM, case_id)
    with workshop.engine.write() as tx:
        prev = log.GENESIS
        for one in events:
            payload = {**one.payload, **({"format": cases.FORMAT + 1} if one.kind in cases.STEPS else {})}
            own = log.event_hash(
                Event(case_id, one.seq, one.at, one.actor, one.on_behalf_of, one.kind, payload, prev, "")
            )
            here = (event.c.instance_id == case_id) & (event.c.seq == one.seq)
            tx.connection.execute(update(event).where(here).values(payload=payload, prev_hash=prev, hash=own))
            prev = own
        tx.connection.execute(update(instance).where(instance.c.id == case_id).values(head=prev))


def test_a_newer_state_is_refused_and_nothing_is_changed(workshop: Workshop, tmp_path: Path) -> None:
    """Somebody goes back to an older release: the case stands where it was."""
    workshop.publish("P", PROCESS)
    case = workshop.do(workshop.start(), "A")
    with workshop.engine.write() as tx:
        tokens = orjson.loads(tx.connection.scalar(select(instance.c.tokens).where(instance.c.id == case.id)))
        newer = orjson.dumps({**tokens, "version": state.VERSION + 1})
        tx.connection.execute(update(instance).where(instance.c.id == case.id).values(tokens=newer))
    events = workshop.engine.history(SYSTEM, case.id)
    with pytest.raises(Conflict, match=f"version {state.VERSION + 1}; this one reads version {state.VERSION}"):
        workshop.do(case, "B")
    assert workshop.engine.history(SYSTEM, case.id) == events
