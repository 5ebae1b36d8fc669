# SPDX-License-Identifier: Apache-2.0
"""Both ways to wake, in this process and by jobs in PostgreSQL, keep the same promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import SYSTEM, Engine, EngineConfig, open_engine
from engine.jobs import Queue
from engine.values import Case, CaseFilter
from tests.databases import Furnished
from tests.engine.test_calls import HEAD, TASK
from tests.engine.test_jobs import BRISK, SENDER, STARTED, until
from tests.engine.workshop import Workshop

LATE = "start S -> A\nuser A -> E\nend E\ntimer T | on: A | duration: PT1S -> B\nuser B -> E"
WAYS = [("sqlite", False), ("postgresql", False), ("postgresql", True)]


def ask(parameters: Mapping[str, Any], key: str) -> Any:
    """A service."""
    return {"answer": parameters["n"] * 2}


@pytest.fixture(params=WAYS, ids=["sqlite, in process", "postgresql, in process", "postgresql, queue"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine by the machine's own clock, which nobody has told to do anything by itself yet."""
    kind, queue = request.param
    if kind == "postgresql":
        request.getfixturevalue("postgres")
    bare = furnished(kind, tmp_path)
    database = bare.copy(tmp_path / "copy")
    opened = open_engine(EngineConfig(database.url, bare.content, queue=queue), connectors={"test/ask": ask})
    if queue:
        opened._wakeup = Queue(opened, opened._store.conninfo, BRISK)
    yield opened
    opened.close()
    database.drop()
    bare.database.drop()


def furnished(kind: str, folder: Path) -> Furnished:
    from tests.engine import workshop

    (folder / "copy").mkdir()
    (folder / "made").mkdir()
    return workshop.furnish(folder / "made", kind)


@pytest.fixture
def shop(engine: Engine) -> Workshop:
    return Workshop(engine, engine.clock, None, None)  # type: ignore[arg-type]


def of(engine: Engine, process_id: str) -> list[Case]:
    return [c for c in engine.cases(SYSTEM, CaseFilter(limit=500)).items if c.process_id == process_id]


def fired(engine: Engine, case: Case) -> list[str]:
    return [e.kind for e in engine.history(SYSTEM, case.id) if e.kind == "timer.fired"]


def test_a_timer_fires_by_itself_and_once(engine: Engine, shop: Workshop) -> None:
    """One that was armed before it began, and one after; never early."""
    shop.publish("P", LATE)
    before = shop.start()
    engine.start_timers()
    after = shop.start()
    until(lambda: fired(engine, before) and fired(engine, after))
    for case in (before, after):
        (told,) = [e.payload["inputs"] for e in engine.history(SYSTEM, case.id) if e.kind == "timer.fired"]
        assert told["late_seconds"] >= 0


def test_a_message_that_a_case_throws_reaches_its_receiver(engine: Engine, shop: Workshop) -> None:
    """Whoever delivers it."""
    shop.publish("Q", SENDER)
    shop.publish("R", STARTED)
    engine.start_timers()
    shop.do(shop.start("Q"), n=7)
    (receiver,) = until(lambda: of(engine, "R"))
    until(lambda: engine.case(SYSTEM, receiver.id).data.get("got") == {"n": 7})


def test_a_message_from_outside_reaches_its_receiver_at_once(engine: Engine, shop: Workshop) -> None:
    """And its sender is told."""
    shop.publish("R", STARTED)
    (reached,) = engine.correlate(SYSTEM, "go", None, {"n": 1})
    assert reached.process_id == "R"


def test_a_service_is_called(engine: Engine, shop: Workshop) -> None:
    """After the step; its answer is a step of its own."""
    engine.publish(SYSTEM, (HEAD + TASK.format(more="")).encode(), "p.bpmn")
    engine.start_timers()
    case = engine.start(SYSTEM, "P", {"n": 20})
    until(lambda: engine.case(SYSTEM, case.id).data.get("got") == {"answer": 42})
    assert [t.element for t in shop.open(case)] == ["Next"]


def test_a_process_begins_by_the_clock(engine: Engine, shop: Workshop) -> None:
    """Its start timer was armed when it was published."""
    engine.start_timers()
    shop.publish("Y", "start S | cycle: R1/PT1S -> A\nuser A -> E\nend E")
    until(lambda: of(engine, "Y"))


def test_nothing_is_done_any_more_after_the_stop(engine: Engine, shop: Workshop) -> None:
    """All of it is done by the next process."""
    shop.publish("P", LATE)
    engine.start_timers()
    first = shop.start()
    until(lambda: fired(engine, first))
    engine.stop_timers()
    case = shop.start()
    until(lambda: engine.clock.now() > engine.timers(SYSTEM, case.id)[0].due_at)
    assert fired(engine, case) == []
    following = open_engine(engine.config)
    following.start_timers()
    until(lambda: fired(engine, case))
    following.close()
