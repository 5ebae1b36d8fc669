# SPDX-License-Identifier: Apache-2.0
"""A migration tried on copies says what would happen, and keeps nothing; and wherever cases moved, they verify."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import SYSTEM
from engine.migration import Migration
from tests.engine.bpmn.blocks import BLOCKS, Block, numbered, text_of
from tests.engine.bpmn.test_moving_blocks import extended
from tests.engine.test_migration import PLAIN, rows, verified
from tests.engine.workshop import START, Workshop, opened


class TestRehearsal:
    def test_it_says_what_would_happen_and_keeps_nothing(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        case = workshop.start(zero=0)
        workshop.publish("P", "start S -> A\nuser A -> B\nuser B -> Z\nscript Z | do: y = 1 / zero -> E\nend E")
        olga = workshop.actor("olga")
        plan = workshop.engine.plan_migration(olga, "P")
        before, events = rows(workshop, case), workshop.kinds(case)
        [only] = workshop.engine.rehearse_migration(olga, plan)
        assert (only.state, only.open, only.ahead) == ("waiting", ("A",), ())
        [one] = workshop.engine.rehearse_migration(olga, plan, steps=1)
        assert [(a.what, a.element, a.passed) for a in one.ahead] == [("task", "A", ("A",))]
        [whole] = workshop.engine.rehearse_migration(olga, plan, steps=9)
        assert whole.state == "failed"
        assert whole.failure is not None
        assert (whole.failure["element"], whole.failure["values"]) == ("Z", {"zero": 0})
        [mended] = workshop.engine.rehearse_migration(olga, plan, steps=9, answers={"B": {"zero": 2}})
        assert mended.state == "completed"
        assert (rows(workshop, case), workshop.kinds(case)) == (before, events)

    def test_time_jumps_to_the_next_timer_and_registers_are_read(self, workshop: Workshop) -> None:
        thing = workshop.engine.write_record(SYSTEM, "thing", {"title": "Pump", "state": "new"})
        workshop.publish("P", PLAIN)
        workshop.start(thing_id=thing.id)
        workshop.publish("P", "start S -> A\nuser A -> W\ntimer W | duration: P1D -> B\n"
                         "user B | read: thing: thing_id as found -> C\nscript C | do: t = found[\"title\"] -> E\nend E")  # fmt: skip
        plan = workshop.engine.plan_migration(SYSTEM, "P")
        [found] = workshop.engine.rehearse_migration(SYSTEM, plan, steps=9)
        assert [(a.what, a.element, a.at - START) for a in found.ahead] == [
            ("task", "A", timedelta()), ("timer", "W", timedelta(days=1)), ("task", "B", timedelta(days=1)),
        ]  # fmt: skip
        assert found.state == "completed"

    def test_what_cannot_move_is_named(self, workshop: Workshop) -> None:
        workshop.publish("P", PLAIN)
        workshop.start()
        workshop.publish("P", PLAIN.replace("A", "Z"))
        plan = workshop.engine.plan_migration(SYSTEM, "P")
        [found] = workshop.engine.rehearse_migration(SYSTEM, plan)
        assert (found.state, found.obstacles) == ("refused", plan.cases[0].obstacles)


@given(
    block=BLOCKS.map(numbered),
    choices=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)), max_size=12),
    moves=st.lists(st.sampled_from(["", "", "move", "undo"]), min_size=12, max_size=12),
)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_case_verifies_wherever_it_moved(
    bare: Path, tmp_path_factory: pytest.TempPathFactory, block: Block, choices: list, moves: list[str]
) -> None:
    """Random diagrams, random commands, random moves to an extended version and back: the history leads to the state."""
    workshop = opened(bare, tmp_path_factory.mktemp("moving"))
    try:
        workshop.publish("P", text_of(block))
        case = workshop.start(n=0)
        workshop.publish("P", extended(text_of(block), "script"))
        last: Migration | None = None
        for (which, value), how in zip(choices, moves, strict=False):
            last = _turn(workshop, how, last)
            view = workshop.engine.case(SYSTEM, case.id)
            if view.case.state != "running":
                break
            tasks = [t for t in view.tasks if t.state == "open"]
            if view.timers and (not tasks or which % 3 == 0):
                workshop.clock.set(max(workshop.clock.now(), view.timers[0].due_at))
                workshop.engine.fire_due()
            elif tasks:
                workshop.engine.complete(SYSTEM, tasks[which % len(tasks)].id, {"n": value})
            elif view.waiting:
                workshop.engine.correlate(SYSTEM, view.waiting[0].message, view.waiting[0].key, {})
        verified(workshop, case)
    finally:
        workshop.engine.close()


def _turn(workshop: Workshop, how: str, last: Migration | None) -> Migration | None:
    if how == "undo" and last is not None and last.state == "moved":
        workshop.engine.undo_migration(SYSTEM, last.id)
        return None
    if how == "move":
        plan = workshop.engine.plan_migration(SYSTEM, "P")
        if plan.moving:
            return workshop.engine.migrate(SYSTEM, plan)
        assert not plan.refused
    return last
