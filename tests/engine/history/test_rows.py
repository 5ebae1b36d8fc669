# SPDX-License-Identifier: Apache-2.0
"""Rows beside the history, changed by somebody with the database: `verify` names each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.values import Case
from tests.engine.workshop import Workshop

WAITS = """
start S -> F
and F -> A / B / C
user A | priority: "P2" | due: add_time(now(), "P1D") -> J
user B | assignee: "lea" -> J
catch C | message: answer | key: case_id() -> J
timer T | on: A | duration: PT4H -> A2
user A2 -> J
and J -> E
end E
"""


@pytest.fixture
def case(workshop: Workshop) -> Case:
    """One task taken by who started it, one assigned, a timer armed, a message awaited."""
    workshop.publish("P", WAITS)
    return workshop.start()


def spoil(workshop: Workshop, *statements: str) -> None:
    with workshop.database.past() as database:
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement


TASKS = {
    "claimed_by": "UPDATE task SET claimed_by = 'will' WHERE element = 'A'",
    "claimed_by of nobody": "UPDATE task SET claimed_by = NULL WHERE element = 'A'",
    "assignee": "UPDATE task SET assignee = 'wanda' WHERE element = 'B'",
    "state": "UPDATE task SET state = 'completed' WHERE element = 'A'",
    "role": "UPDATE task SET role = 'lead' WHERE element = 'A'",
    "priority": "UPDATE task SET priority = 'P5' WHERE element = 'A'",
    "due_at": "UPDATE task SET due_at = '2027-01-01 00:00:00.000000' WHERE element = 'A'",
    "created_at": "UPDATE task SET created_at = '2020-01-01 00:00:00.000000' WHERE element = 'A'",
    "name": "UPDATE task SET name = 'Z' WHERE element = 'A'",
    "local": "UPDATE task SET local = '{\"x\":1}' WHERE element = 'A'",
    "missing": "DELETE FROM task WHERE element = 'A'",
    "not in the history": (
        "INSERT INTO task (id, instance_id, token, element, name, role, state, created_at) "
        "SELECT id || 'x', instance_id, token || 'x', element, name, role, state, created_at FROM task LIMIT 1"
    ),
    "timer at 'T' is not what": "UPDATE timer SET due_at = '2027-01-01 00:00:00.000000'",
    "timer at 'T' is missing": "DELETE FROM timer",
    "subscription at 'C' is not what": "UPDATE subscription SET key = 'other'",
    "subscription at 'C' is missing": "DELETE FROM subscription",
    "subscription at 'X' is not in the history": (
        "INSERT INTO subscription SELECT instance_id, token, 'X', kind, message, key FROM subscription"
    ),
}


@pytest.mark.parametrize("said", TASKS)
def test_a_changed_row_is_found(workshop: Workshop, case: Case, said: str) -> None:
    """Whatever was changed is named; before, all is well."""
    assert workshop.engine.verify(SYSTEM, case.id).ok
    spoil(workshop, TASKS[said])
    verdict = workshop.engine.verify(SYSTEM, case.id)
    assert verdict.chain_whole
    assert not verdict.reproduced
    assert said.partition(" of ")[0] in verdict.reason


CASES = {
    "head": ("UPDATE instance SET head = ''", "the case knows of later events"),
    "seq": ("UPDATE instance SET seq = seq + 1", "the case knows of later events"),
    "parent": ("UPDATE instance SET parent_id = 'x'", "shows another parent_id"),
    "variables": ("UPDATE instance SET variables = '{\"paid\":true}'", "stored state"),
}


@pytest.mark.parametrize("what", CASES)
def test_a_changed_case_is_found(workshop: Workshop, case: Case, what: str) -> None:
    """The case's own row."""
    statement, said = CASES[what]
    spoil(workshop, statement)
    assert said in workshop.engine.verify(SYSTEM, case.id).reason


@pytest.fixture
def held(workshop: Workshop) -> Iterator[Case]:
    """A case that keeps a failed completion, with a correction."""
    workshop.publish("H", "start S -> A\nuser A -> B\nscript B | do: share = 10 / n -> E\nend E")
    case = workshop.do(workshop.start("H"), "A", n=0, note="as typed")
    assert case.state == "failed"
    return workshop.engine.correct(workshop.actor("lea"), case.id, {"n": 2}, "Nothing to divide.")


@pytest.mark.parametrize(
    "change",
    ["'as typed', 'as forged'", "'\"n\":2', '\"n\":3'", "'wanda', 'lea'", "'a', NULL"],
)  # fmt: skip
def test_the_command_of_a_held_case_cannot_be_exchanged(workshop: Workshop, held: Case, change: str) -> None:
    """A retry would give it again, in somebody's name."""
    assert workshop.engine.verify(SYSTEM, held.id).ok
    spoil(workshop, f"UPDATE instance SET fault = to_bytes(replace(to_text(fault), {change}))")
    verdict = workshop.engine.verify(SYSTEM, held.id)
    assert not verdict.ok
    assert "failed step" in verdict.reason


def test_a_call_that_was_changed_is_found(workshop: Workshop, tmp_path: Path) -> None:
    """A service call that waits: another parameter would go out in the case's name."""
    from tests.replay.year.content import ORDERS, release

    (tmp_path / "processes" / "bpmn").mkdir(parents=True)
    release(tmp_path, 1)
    xml = (tmp_path / "processes" / "bpmn" / "T" / f"{ORDERS}.bpmn").read_bytes()
    workshop.engine.publish(SYSTEM, xml, "T/Orders.bpmn")
    case = workshop.start(ORDERS)
    assert workshop.engine.verify(SYSTEM, case.id).ok
    spoil(workshop, "UPDATE call SET parameters = to_bytes('{\"n\":1000}')")
    assert "The call at 'Order' is not what its history leads to." in workshop.engine.verify(SYSTEM, case.id).reason
