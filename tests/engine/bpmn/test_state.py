# SPDX-License-Identifier: Apache-2.0
"""The kept state of a case: small, the same for the same tokens, and only as good as the version that reads it."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from engine.bpmn import Outcome
from engine.errors import Conflict
from engine.scripts import Context
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.play import START, Play

LOOP = """
start S -> M
xor M -> F
and F -> A / B
user A -> J
sub B -> J
  start BS -> BA
  user BA -> BE
  timer BT | beside: BA | cycle: R/PT1H -> BX
  end BE
  end BX
and J -> G
xor G -> M if n < {turns} / E
end E
"""


def reordered(state: bytes) -> bytes:
    """The same JSON with the keys of every mapping the other way round."""

    def turn(value):
        if isinstance(value, dict):
            return {k: turn(value[k]) for k in reversed(list(value))}
        return [turn(v) for v in value] if isinstance(value, list) else value

    return orjson.dumps(turn(orjson.loads(state)))


def test_the_size_of_the_state_does_not_grow_with_the_turns(play: Played) -> None:
    """Two thousand turns of a loop with a join, a subprocess and a timer, one task at a time."""
    case = play(LOOP.format(turns=1_000)).start(n=0)
    sizes = set()
    while not case.outcome.completed:
        n = case.variables["n"] + 1
        case.complete("A", n=n)
        case.complete("BA")
        sizes.add(case.tokens)
    assert case.variables["n"] == 1_000
    assert len(sizes) <= 2
    assert max(sizes) < 40


def test_nothing_hangs_on_the_order_of_keys(play: Played) -> None:
    """A database that sorts the keys of its JSON does no harm."""
    case = play(LOOP.format(turns=2)).start(n=0)
    other = play(LOOP.format(turns=2)).start(n=0)
    for element, data in (("A", {"n": 1}), ("BA", {}), ("BA", {}), ("A", {"n": 2})):
        state = reordered(other.outcome.state)
        assert state != other.outcome.state
        other.outcome = replaced(other.outcome, state)
        case.complete(element, **data)
        other.complete(element, **data)
        assert (case.open, case.waiting, case.outcome.completed) == (other.open, other.waiting, other.outcome.completed)


def replaced(outcome: Outcome, state: bytes) -> Outcome:
    return replace(outcome, state=state)


def test_the_same_steps_give_the_same_bytes(play: Played) -> None:
    """Whatever ran in this process before."""
    states = []
    for _ in range(3):
        case = play(LOOP.format(turns=2)).start(n=0)
        play(LOOP.format(turns=1)).start(n=5).complete("A")
        states.append(case.complete("A", n=1).complete("BA").outcome.state)
    assert states[0] == states[1] == states[2]


def test_cases_of_one_program_do_not_meet(play: Played) -> None:
    """What one does to shared specifications no other sees."""
    one = play(LOOP.format(turns=3)).start(n=0)
    two = Play(one.runner.program, one.runner._scripts).start(n=0)
    one.wait(hours=1)
    one.complete("A", n=1).complete("BA")
    assert (two.open, two.waiting) == (["A", "BA"], ["BT"])
    assert two.complete("BA").open == ["A"]
    assert Play(one.runner.program, one.runner._scripts).start(n=0).open == ["A", "BA"]


def test_a_state_of_another_version_is_refused(play: Played) -> None:
    """Rather than read as something else."""
    case = play(LOOP.format(turns=1)).start(n=0)
    state = orjson.loads(case.outcome.state)
    case.outcome = replaced(case.outcome, orjson.dumps({**state, "version": 99}))
    with pytest.raises(Conflict, match="version 99"):
        case.complete("A", n=1)


def test_a_fired_timer_of_a_reloaded_case_keeps_its_time(play: Played) -> None:
    """Due times are absolute and survive being written and read."""
    case = play("start S -> T\ntimer T | duration: PT5H -> A\nuser A -> E\nend E").start()
    due = case.due("T")
    assert (due - START).total_seconds() == 5 * 3600
    other = play("start S -> F\nand F -> T / A\ntimer T | duration: PT5H -> E\nuser A -> E\nend E").start()
    other.now = START.replace(hour=11)
    other.complete("A")
    assert other.due("T") == due


def test_a_context_is_the_only_source_of_time_and_names(play: Played) -> None:
    """What a script can see of the world is in the context."""
    case = play("start S -> X\nscript X | do: t = text(now()) ; w = actor() ; c = case_id() -> A\nuser A -> E\nend E")
    case.start()
    assert case.variables["w"] == "wanda"
    assert case.variables["c"] == "case-1"
    assert case.variables["t"].startswith("2026-03-02T")
    assert isinstance(case._context(), Context)
