# SPDX-License-Identifier: Apache-2.0
"""Any well-structured process goes on as BPMN says when its case moves between versions in the middle of it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from engine.bpmn import Program, Runner, compile_program
from engine.scripts import ScriptRunner
from tests.builders import diagram
from tests.engine.bpmn.blocks import BLOCKS, Block, Scope, numbered, text_of
from tests.engine.bpmn.play import BERLIN, Play
from tests.engine.bpmn.test_blocks import CHOICES, THOROUGH, act

#: Ids of `blocks`: tasks, events, gateways, subprocesses; their first letter in another version.
OTHER = {"T": "U", "J": "K", "B": "Q", "E": "F", "R": "Y", "W": "V", "D": "G", "M": "N", "S": "P", "X": "H"}
LETTERS = st.frozensets(st.sampled_from(sorted(OTHER)))
_ID = re.compile(r"\b([A-Z])(\d+)\b")


def renamed(text: str, letters: frozenset[str]) -> tuple[str, dict[str, str]]:
    """The text with other ids for elements whose id begins with one of the letters, and which are which."""
    mapping = {m[0]: OTHER[m[1]] + m[2] for m in _ID.finditer(text) if m[1] in letters}
    return _ID.sub(lambda m: mapping.get(m[0], m[0]), text), mapping


def extended(text: str, kind: str) -> str:
    """A new task before every task of a person."""
    lines = []
    for line in text.splitlines():
        head, arrow, targets = line.partition(" -> ")
        lines.append(head + arrow + re.sub(r"\bT(\d+)\b", r"I\1", targets))
        if task := re.fullmatch(r"( *)user T(\d+)", head):
            lines.append(f'{task[1]}{kind} I{task[2]} | do: extra = get_var("extra", 0) + 1 -> T{task[2]}')
    return "\n".join(lines)


def program(text: str) -> Program:
    return compile_program("P", {"p.bpmn": diagram("P", text)}, ())


def move(case: Play, to: Program, mapping: Mapping[str, str], scripts: ScriptRunner) -> None:
    runner = Runner(to, scripts, BERLIN)
    before = case.outcome
    moved = runner.move(case.runner.program, mapping, before.state, before.variables, case._context(), case.shelf)
    assert (moved.outcome.passed, moved.outcome.variables) == ((), before.variables)
    case.runner, case.outcome = runner, moved.outcome


@given(
    block=BLOCKS.map(numbered),
    choices=CHOICES,
    moves=st.lists(st.booleans(), min_size=25, max_size=25),
    letters=LETTERS,
)
@THOROUGH
def test_a_case_goes_on_as_before_on_an_extended_version_with_other_ids(
    scripts: ScriptRunner, block: Block, choices: list, moves: list[bool], letters: frozenset[str]
) -> None:
    """There and back again, at any moment: the same elements wait as if it had never moved."""
    text, mapping = renamed(extended(text_of(block), "script"), letters)
    note(text)
    back = {new: old for old, new in mapping.items()}
    versions = [(program(text_of(block)), back), (program(text), mapping)]
    case, expected, current = Play(versions[0][0], scripts).start(n=0), Scope().begin(block, 0), 0
    n = 0
    for (which, value), turn in zip(choices, moves, strict=False):
        if turn and not case.outcome.completed:
            current = 1 - current
            to, names = versions[current]
            move(case, to, {o: n for o, n in names.items() if not o.startswith("I")}, scripts)
        here = {e: back.get(e, e) if current else e for e in case.open + case.waiting}
        waiting = sorted(here, key=lambda e: here[e])
        assert sorted(here[e] for e in case.open + case.waiting) == expected.open()
        assert case.outcome.completed == expected.done
        if not waiting:
            return
        element = waiting[which % len(waiting)]
        if element in case.open:
            n = value
            case.complete(element, n=n)
        else:
            act(case, element, value)
        expected.act(here[element], n)


@given(block=BLOCKS.map(numbered), n=st.integers(0, 6), after=st.integers(0, 8))
@THOROUGH
def test_a_moved_case_ends_with_the_data_of_one_that_began_there(
    scripts: ScriptRunner, block: Block, n: int, after: int
) -> None:
    """New tasks before each of the old: what is still to come is done there, and the data is the same."""
    new = program(extended(text_of(block), "user"))
    fresh, moved = Play(new, scripts).start(n=n), Play(program(text_of(block)), scripts).start(n=n)
    _finish(moved, n, after)
    assume(not moved.outcome.completed)
    move(moved, new, {}, scripts)
    _finish(moved, n, 10_000)
    _finish(fresh, n, 10_000)
    assert moved.outcome.completed
    assert fresh.outcome.completed
    assert moved.variables == fresh.variables


def _finish(case: Play, n: int, most: int) -> None:
    """Complete what is open, and let messages come where nothing else is left to do."""
    for _ in range(most):
        messages = [m.element for m in case.outcome.messages if m.element.startswith("W")]
        if case.open:
            case.complete(case.open[0], n=n)
        elif messages:
            case.receive(messages[0])
        else:
            return


@pytest.mark.parametrize("kind", ["script", "user"])
def test_the_extension_is_drawn_before_each_task(kind: str) -> None:
    text = extended("start S -> T1\nuser T1 -> T2\nuser T2 -> E", kind)
    assert [line.split()[1] for line in text.splitlines()] == ["S", "T1", "I1", "T2", "I2"]
    assert "start S -> I1" in text
