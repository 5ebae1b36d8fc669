# SPDX-License-Identifier: Apache-2.0
"""Parallel branches that write one variable: a conflict where they give it different values, told and never silent."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn import Start, compile_program
from engine.scripts import ScriptRunner
from tests.builders import diagram
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.play import Play, program_of

FORK = "start S -> F\nand F -> A / B\nuser A -> J\nuser B -> J\nand J -> C\nuser C -> E\nend E"


def told(play: Play) -> list[tuple[str, str, object, object, tuple[str, ...]]]:
    """(element, variable, value that holds, value before, other elements) of the last step's conflicts."""
    return [(c.element, c.variable, c.value, c.instead_of, c.others) for c in play.outcome.conflicts]


def marks(play: Play) -> dict[str, object]:
    return orjson.loads(play.outcome.state).get("marks", {})


def test_the_later_write_holds_and_is_told(play: Played) -> None:
    """With both elements, both values and the variable."""
    case = play(FORK).start().complete("A", v=1)
    assert told(case) == []
    case.complete("B", v=2)
    assert told(case) == [("B", "v", 2, 1, ("A",))]
    assert case.variables["v"] == 2


def test_the_same_value_is_no_conflict(play: Played) -> None:
    """Nothing is lost. A number is not the text of that number, nor is it true."""
    assert told(play(FORK).start().complete("A", v=[1, {"a": 2}]).complete("B", v=[1, {"a": 2}])) == []
    for other in ("1", True, 1.0):
        assert told(play(FORK).start().complete("A", v=1).complete("B", v=other)) == [("B", "v", other, 1, ("A",))]


def test_behind_the_join_everything_is_known(play: Played) -> None:
    """A write after it replaces what was written before, as anywhere; no mark is left."""
    case = play(FORK).start().complete("A", v=1).complete("B", w=1)
    assert marks(case) == {}
    assert told(case.complete("C", v=3, w=4)) == []


def test_before_the_fork_everything_is_known(play: Played) -> None:
    """What was there when the branches began is no other branch's."""
    case = play("start S -> Z\nuser Z -> F\n" + FORK.partition("\n")[2]).start().complete("Z", v=1)
    assert told(case.complete("A", v=2)) == []


def test_reading_is_no_knowing(play: Played) -> None:
    """Who read what the other branch wrote and writes another value is in conflict all the same."""
    text = FORK.replace("user B -> J", "user B -> T\nscript T | do: v = v + 1 -> J")
    case = play(text).start().complete("A", v=1).complete("B")
    assert told(case) == [("T", "v", 2, 1, ("A",))]


def test_all_who_wrote_the_same_are_named(play: Played) -> None:
    """Two agreed, the third did not."""
    text = FORK.replace("A / B", "A / B / D").replace("user B -> J", "user B -> J\nuser D -> J")
    case = play(text).start().complete("A", v=1).complete("B", v=1)
    assert told(case.complete("D", v=2)) == [("D", "v", 2, 1, ("A", "B"))]


def test_in_one_step_as_well(play: Played) -> None:
    """Scripts of two branches that nobody sees running."""
    text = "start S -> F\nand F -> A / B\nscript A | do: v = 1 -> J\nscript B | do: v = 2 -> J\nand J -> E\nend E"
    case = play(text).start()
    (conflict,) = case.outcome.conflicts
    assert {conflict.element, *conflict.others} == {"A", "B"}
    assert case.variables["v"] == conflict.value


def test_without_a_join_branches_stay_parallel(play: Played) -> None:
    """To the end of the case."""
    case = play("start S -> F\nand F -> A / B\nuser A -> E1\nend E1\nuser B -> C\nuser C -> E2\nend E2").start()
    assert told(case.complete("A", v=1).complete("B", w=1).complete("C", v=2)) == [("C", "v", 2, 1, ("A",))]


def test_within_one_branch_nothing_conflicts(play: Played) -> None:
    """Also over a loop, and with the other branch still open."""
    text = FORK.replace("user A -> J", "user A -> X\nxor X -> A if again / J")
    case = play(text).start()
    for n in range(3):
        assert told(case.complete("A", v=n, again=n < 2)) == []
    assert told(case.complete("B", w=1)) == []


def test_the_turns_of_a_circle_around_fork_and_join(play: Played) -> None:
    """Each turn knows what the one before it did."""
    text = FORK.replace("user C -> E", "user C -> X\nxor X -> F if again / E").replace(
        "start S -> F", "start S -> X0\nxor X0 -> F"
    )
    text = text.replace("-> F if again", "-> X0 if again")
    case = play(text).start()
    for turn in range(3):
        case.complete("A", v=turn).complete("B", w=turn)
        assert told(case) == []
        case.complete("C", again=turn < 2)


def test_a_subprocess_hands_on_what_was_seen_in_it(play: Played) -> None:
    """Of two branches inside, and of the branch around."""
    text = """
    start S -> F
    and F -> Sub / B
    sub Sub -> A
      start s -> f
      and f -> x / y
      user x -> j
      user y -> j
      and j -> e
      end e
    user A -> J
    user B -> J
    and J -> E
    end E
    """
    case = play(text).start().complete("x", v=1)
    assert told(case.complete("y", v=2)) == [("y", "v", 2, 1, ("x",))]
    assert told(case.complete("A", v=3)) == []
    assert told(case.complete("B", v=4)) == [("B", "v", 4, 3, ("A",))]


def test_a_reminder_that_counts_is_no_conflict(play: Played) -> None:
    """What an event sets off knows what was written before it; what goes on beside it does not know of it."""
    text = """
    start S -> A
    user A -> E
    timer T | beside: A | cycle: R/PT1H -> N
    script N | do: n = get_var("n", 0) + 1 -> E1
    end E1
    end E
    """
    case = play(text).start(n=0)
    case.wait(hours=3)
    assert (case.variables["n"], told(case)) == (3, [])
    assert told(case.complete("A", n=9)) == [("A", "n", 9, 3, ("N",))]


def test_an_interrupting_event_knows_all(play: Played) -> None:
    """What it ended cannot write any more."""
    text = "start S -> A\nuser A -> E\ntimer T | on: A | duration: PT1H -> B\nuser B -> E\nend E"
    fork = "start S -> F\nand F -> A / Z\nuser Z -> E\nuser A -> E\n" + text.partition("user A -> E\n")[2]
    case = play(fork).start().complete("Z", v=1)
    case.wait(hours=1)
    assert told(case.complete("B", v=2)) == []


class TestTurns:
    """Turns of a multi-instance activity."""

    def _play(self, scripts: ScriptRunner, sequential: str) -> Play:
        loop = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}"><bpmn:loopDataInputRef>[1, 2, 3]</bpmn:loopDataInputRef><bpmn:inputDataItem id="n"/></bpmn:multiInstanceLoopCharacteristics>'
        xml = diagram("P", "start S -> A\nuser A -> B\nuser B -> E\nend E").replace(
            b"</bpmn:userTask>", f"{loop}</bpmn:userTask>".encode(), 1
        )
        return Play(compile_program("P", {"p.bpmn": xml}, ()), scripts)

    def test_side_by_side_they_conflict_over_a_variable_of_the_case(self, scripts: ScriptRunner) -> None:
        """Not over their own; behind the loop all is known."""
        case = self._play(scripts, "false").start(v=0).complete("A", v=1, own=1)
        assert told(case) == []
        assert told(case.complete("A", v=2, own=2)) == [("A", "v", 2, 1, ("A",))]
        case.complete("A", v=2)
        assert told(case.complete("B", v=7)) == []

    def test_one_after_the_other_they_do_not(self, scripts: ScriptRunner) -> None:
        """Each knows of the one before."""
        case = self._play(scripts, "true").start(v=0)
        for n in (1, 2, 3):
            assert told(case.complete("A", v=n)) == []


def test_a_case_that_began_before_goes_on_as_it_began(scripts: ScriptRunner) -> None:
    """By the older rules, which noticed nothing: its recorded steps come out the same."""
    case = Play(program_of(FORK), scripts)
    case._keep(case.runner.start(Start({}, rules=1), case._context(), case.shelf))
    case.complete("A", v=1).complete("B", v=2)
    assert told(case) == []
    assert not {"rules", "marks"} & set(orjson.loads(case.outcome.state))
    assert b"seen" not in case.outcome.state


# --- against an oracle ---------------------------------------------------------------------------------------------


@dataclass
class Block:
    """A task that writes, or blocks one after the other, side by side, or in a subprocess."""

    kind: str
    inner: list[Block] = field(default_factory=list)
    name: str = ""


def blocks(depth: int = 3) -> st.SearchStrategy[Block]:
    task = st.just("task").map(Block)
    if not depth:
        return task
    several = st.lists(st.deferred(lambda: blocks(depth - 1)), min_size=2, max_size=3)
    return st.one_of(
        task,
        several.map(lambda inner: Block("then", inner)),
        several.map(lambda inner: Block("beside", inner)),
        several.map(lambda inner: Block("sub", [Block("then", inner)])),
    )


class Drawn:
    """The diagram of a block, its tasks, and which of them nothing puts in order."""

    def __init__(self, block: Block) -> None:
        self._number = 0
        self.tasks: list[str] = []
        self.parallel: set[frozenset[str]] = set()
        lines = self._draw(block, "E", 0)
        self.text = "\n".join([f"start S -> {lines[0]}", *lines[1], "end E"])

    def _new(self, kind: str) -> str:
        self._number += 1
        return f"{kind}{self._number}"

    def _draw(self, block: Block, target: str, depth: int) -> tuple[str, list[str]]:
        """(first element, lines) of a block that goes on at ``target``."""
        indent = "  " * depth
        if block.kind == "task":
            block.name = self._new("T")
            self.tasks.append(block.name)
            return block.name, [f"{indent}user {block.name} -> {target}"]
        if block.kind == "then":
            lines: list[str] = []
            for inner in reversed(block.inner):
                target, more = self._draw(inner, target, depth)
                lines = more + lines
            return target, lines
        if block.kind == "sub":
            sub, start, end = self._new("U"), self._new("s"), self._new("e")
            first, lines = self._draw(block.inner[0], end, depth + 1)
            head = [f"{indent}sub {sub} -> {target}", f"{indent}  start {start} -> {first}"]
            return sub, [*head, *lines, f"{indent}  end {end}"]
        fork, join = self._new("F"), self._new("J")
        firsts, lines, groups = [], [], []
        for inner in block.inner:
            before = len(self.tasks)
            first, more = self._draw(inner, join, depth)
            firsts.append(first)
            lines += more
            groups.append(self.tasks[before:])
        for number, group in enumerate(groups):
            for other in groups[number + 1 :]:
                self.parallel |= {frozenset((a, b)) for a in group for b in other}
        return fork, [f"{indent}and {fork} -> {' / '.join(firsts)}", *lines, f"{indent}and {join} -> {target}"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(block=blocks(), data=st.data())
def test_it_says_what_an_oracle_says(scripts: ScriptRunner, block: Block, data: st.DataObject) -> None:
    """Whoever does what in whatever order: a write conflicts with the last ones of that variable that are parallel to
    it and gave another value; the later one holds. The oracle knows the drawing and the order, nothing else."""
    drawn = Drawn(block)
    case = Play(program_of(drawn.text), scripts).start()
    holders: dict[str, list[str]] = {}
    values: dict[str, int] = {}
    while case.open:
        task = data.draw(st.sampled_from(case.open))
        given_ = data.draw(st.dictionaries(st.sampled_from("vw"), st.integers(0, 2), max_size=2))
        expected = []
        for name, value in given_.items():
            parallel = [h for h in holders.get(name, []) if frozenset((h, task)) in drawn.parallel]
            if parallel and value != values[name]:
                expected.append((task, name, value, values[name], tuple(parallel)))
                parallel = []
            holders[name], values[name] = [*parallel, task], value
        assert told(case.complete(task, **given_)) == expected
    assert case.outcome.completed
    assert {n: case.variables[n] for n in values} == values
    assert marks(case) == {}


@pytest.mark.parametrize("text", [FORK])
def test_a_state_without_parallel_writes_is_as_small_as_before(play: Played, text: str) -> None:
    """Nothing is kept where nothing can conflict."""
    case = play(text).start()
    assert b"seen" not in case.outcome.state
    assert b"marks" not in case.outcome.state
