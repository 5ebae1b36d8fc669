# SPDX-License-Identifier: Apache-2.0
"""Where a case stands is the same whoever asks, however often, and whatever happened in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine import SYSTEM
from engine.engine import Engine
from engine.history.way import Ways
from engine.store import events as event_store
from engine.values import Case, Position
from tests.engine.workshop import Workshop

LOOP = "start S -> A\nuser A -> B\nuser B -> G\nxor G -> A if more / E\nend E"


@pytest.fixture
def case(workshop: Workshop) -> Case:
    workshop.publish("P", LOOP)
    return workshop.start()


def position(engine: Engine, case: Case) -> Position:
    return engine.case(SYSTEM, case.id).position


def told_anew(engine: Engine, case: Case) -> Position:
    """By somebody who has not looked yet."""
    with engine.read() as tx:
        return Ways().of(tx, case.id).position()


def turn(workshop: Workshop, case: Case, *, more: bool) -> None:
    workshop.do(case)
    workshop.do(case, more=more)


def test_a_later_look_tells_what_a_first_one_would(workshop: Workshop, case: Case) -> None:
    """After each kind of event, with and without looks in between."""
    engine = workshop.engine
    assert position(engine, case) == told_anew(engine, case)
    turn(workshop, case, more=True)
    turn(workshop, case, more=True)
    assert position(engine, case) == told_anew(engine, case)
    assert position(engine, case).counts["A"] == 2
    engine.correct(SYSTEM, case.id, {"x": 1}, "why")
    turn(workshop, case, more=False)
    assert position(engine, case) == position(engine, case) == told_anew(engine, case)
    assert position(engine, case).active == ()


def test_only_what_came_after_is_read(workshop: Workshop, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last event that is known is read again, to see that it is still the same. (To find a task is a look, too.)"""
    read: list[int] = []
    since = event_store.since

    def counting(*given: Any) -> list[dict[str, Any]]:
        found = since(*given)
        read.append(len(found))
        return found

    for _ in range(5):
        turn(workshop, case, more=True)
    monkeypatch.setattr(event_store, "since", counting)
    position(workshop.engine, case)
    position(workshop.engine, case)
    turn(workshop, case, more=True)
    position(workshop.engine, case)
    assert read == [2, 1, 1, 2, 2]


def test_what_is_known_of_another_history_counts_for_nothing(
    workshop: Workshop, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that was set back and then went another way: the number of the last event is the same again."""
    other, ways, since = workshop.start(), Ways(), event_store.since
    turn(workshop, case, more=True)
    workshop.do(other)
    workshop.engine.correct(SYSTEM, other.id, {"x": 1}, "why")
    with workshop.engine.read() as tx:
        known = ways.of(tx, case.id).position()
        monkeypatch.setattr(event_store, "since", lambda connection, _, seq: since(connection, other.id, seq))
        assert ways.of(tx, case.id).position() == Ways().of(tx, case.id).position() != known


def test_a_case_with_many_tasks_lists_the_last_of_them(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that are open, however old, and so many of the others; whether there are more is said."""
    monkeypatch.setattr("engine.tasks.SHOWN_OF_CASE", 3)
    workshop.publish(
        "P", "start S -> F\nand F -> A / C\nuser C -> E\nuser A -> B\nuser B -> G\nxor G -> A if more / E\nend E"
    )
    case = workshop.start()
    workshop.do(case, "A")
    workshop.do(case, "B", more=True)
    view = workshop.engine.case(SYSTEM, case.id)
    assert (sorted(t.element for t in view.tasks), view.older_tasks) == (["A", "A", "B", "C"], False)
    workshop.clock.advance(timedelta(minutes=1))
    workshop.do(case, "A")
    workshop.clock.advance(timedelta(minutes=1))
    workshop.do(case, "B", more=True)
    view = workshop.engine.case(SYSTEM, case.id)
    assert view.older_tasks
    assert sorted(t.element for t in view.tasks if t.state == "open") == ["A", "C"]
    assert len(view.tasks) == 5
