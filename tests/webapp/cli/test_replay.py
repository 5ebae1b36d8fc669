# SPDX-License-Identifier: Apache-2.0
"""`fitsm replay --all`: every case again, what does not come out the same, and stopping in the middle."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from engine import Engine
from engine.history import log
from engine.values import Event, Verdict
from tests.webapp.cli.conftest import Said

Fitsm = Callable[..., Said]


@pytest.fixture
def cases(filled: Engine) -> list[str]:
    dana = filled.people.actor("dana")
    return [filled.start(dana, "DESK_handle_request").id for _ in range(3)]


def forge(engine: Engine, case_id: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the first event's payload, and make the chain and the case fit: only running it again can tell."""
    path = engine.config.database_url.removeprefix("sqlite:///")
    events = engine.history(engine.people.actor("root"), case_id)
    with sqlite3.connect(path) as database:
        prev = log.GENESIS
        for event in events:
            payload = orjson.loads(orjson.dumps(event.payload))
            if event.seq == 1:
                change(payload)
            own = log.event_hash(
                Event(case_id, event.seq, event.at, event.actor, event.on_behalf_of, event.kind, payload, prev, "")
            )
            database.execute(
                "UPDATE event SET payload = ?, prev_hash = ?, hash = ? WHERE instance_id = ? AND seq = ?",
                (orjson.dumps(payload), bytes.fromhex(prev), bytes.fromhex(own), case_id, event.seq),
            )
            prev = own
        database.execute("UPDATE instance SET head = ? WHERE id = ?", (prev, case_id))


def test_all_cases_reproduce(fitsm: Fitsm, cases: list[str]) -> None:
    """One line with how many and how fast; exit status 0."""
    said = fitsm("replay", "--all")
    assert said.status == 0
    assert said.out.startswith("3 cases replayed: ")
    assert "All reproduce." in said.out


def test_a_case_that_does_not_reproduce_is_told(fitsm: Fitsm, cases: list[str], filled: Engine) -> None:
    """At which event, and in what; the others are replayed all the same. Exit status 1."""

    def change(payload: dict[str, Any]) -> None:
        payload["effects"]["passed"] = ["Nowhere"]

    forge(filled, cases[1], change)
    said = fitsm("replay", "--all")
    assert said.status == 1
    (line,) = [line for line in said.out.splitlines() if line.startswith(cases[1])]
    assert "does not reproduce at event 1" in line
    assert 'recorded is ["Nowhere"]' in line
    assert "3 cases replayed" in said.out
    assert "1 do not reproduce" in said.out
    told = fitsm("replay", "--all", "--json")
    assert told.status == 1
    assert [(one["case_id"], one["parted_at"]) for one in told.json["parted"]] == [(cases[1], 1)]
    assert (told.json["cases"], told.json["of"]) == (3, 3)


def test_a_record_that_cannot_be_read_hides_no_other(fitsm: Fitsm, cases: list[str], filled: Engine) -> None:
    """A payload without its parts is told as a case that does not reproduce."""
    forge(filled, cases[0], lambda payload: payload["inputs"].pop("data"))
    forge(filled, cases[1], lambda payload: payload.pop("reads"))
    said = fitsm("replay", "--all", "--json")
    assert said.status == 1
    assert said.json["cases"] == 3
    assert cases[1] in [one["case_id"] for one in said.json["parted"]]


def test_one_case_by_option_or_argument(fitsm: Fitsm, cases: list[str]) -> None:
    """`--case ID` is the same as ID; both at once, or none, is refused."""
    assert fitsm("replay", "--case", cases[0]).out == fitsm("replay", cases[0]).out
    for wrong in ((), (cases[0], "--all"), (cases[0], "--case", cases[1])):
        said = fitsm("replay", *wrong)
        assert said.status == 1
        assert "Name one case, or say --all." in said.err
    assert "There is no case 'nope'" in fitsm("replay", "nope").err


def test_stopped_in_the_middle(fitsm: Fitsm, cases: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found so far is told; exit status 130, as for any program that was interrupted."""
    whole = Engine.replay_all

    def interrupted(engine: Engine, actor: Any) -> Iterator[Verdict]:
        yield next(whole(engine, actor))
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "replay_all", interrupted)
    said = fitsm("replay", "--all")
    assert said.status == 130
    assert "Stopped. 1 of 3 cases replayed" in said.out
