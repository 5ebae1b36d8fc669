# SPDX-License-Identifier: Apache-2.0
"""Every case can be run again from its record and comes out the same, whatever happened in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine import SYSTEM
from engine.errors import EngineError, KeyReused, TaskGone
from tests.databases import Furnished, only_postgresql, only_sqlite
from tests.engine.workshop import Workshop, opened

TEXT = """
start S -> M
xor M -> A
user A -> G
timer R | beside: A | cycle: R/PT1H -> X
script X | do: r = get_var("r", 0) + 1 -> F
xor G -> Both if n == 1 / Z if n == 2 / W if n == 3 / D
and Both -> B / C
user B | write: thing: title = "made " + text(now()) -> J
catch C | message: m | key: case_id() | var: got -> J
and J -> M
script Z | do: y = 1 / d ; items = sorted_list(unique(["b", "a", "b"])) -> M
task W | read: thing: get_var("thing_id") as seen -> M
sub D -> E
  start DS -> DA
  user DA -> DE
  timer DT | on: DA | duration: PT30M -> DE
  end DE
end E
end F
"""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["task", "task", "task", "time", "message", "correct", "retry", "claim", "draft", "restart"]),
        st.integers(0, 4),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=20,
)


class Hands:
    """Does whatever is drawn to one case; what the engine refuses in words is refused."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        workshop.publish("P", TEXT, title='"Case of " + initiator()', business_key='get_var("thing_id")')
        self.case = workshop.start(d=0)

    def do(self, what: str, n: int, d: int, key: str) -> None:
        try:
            getattr(self, what)(n, d, key)
        except EngineError as error:
            note(f"{what} {n} {d}: {error.code}")

    def task(self, n: int, d: int, key: str) -> None:
        tasks = self.workshop.open(self.case)
        if tasks:
            task = tasks[d % len(tasks)]
            data = {"n": n, "d": d, "deep": {"list": [n, {"d": d}]}}
            self.workshop.engine.complete(self.workshop.actor("wanda"), task.id, data, key)

    def time(self, n: int, d: int, key: str) -> None:
        self.workshop.wait(minutes=20 * (n + 1))

    def message(self, n: int, d: int, key: str) -> None:
        self.workshop.engine.correlate(SYSTEM, "m", self.case.id, {"n": n}, key)

    def correct(self, n: int, d: int, key: str) -> None:
        self.workshop.engine.correct(self.workshop.actor("lea"), self.case.id, {"d": d}, "because", key)

    def retry(self, n: int, d: int, key: str) -> None:
        self.workshop.engine.retry(self.workshop.actor("lea"), self.case.id, key=key)

    def claim(self, n: int, d: int, key: str) -> None:
        for task in self.workshop.open(self.case)[:1]:
            self.workshop.engine.claim(self.workshop.actor("will" if d else "wanda"), task.id, key)
            self.workshop.engine.release(self.workshop.actor("will" if d else "wanda"), task.id)

    def draft(self, n: int, d: int, key: str) -> None:
        for task in self.workshop.open(self.case)[:1]:
            self.workshop.engine.save_draft(self.workshop.actor("wanda"), task.id, {"n": n}, key)

    def restart(self, n: int, d: int, key: str) -> None:
        self.workshop.reopen()


@only_sqlite
@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_the_chain_is_whole_and_the_case_reproduces(
    bare: Furnished, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    """And sending every command twice changes nothing: the same key gives the same answer."""
    _happens(bare, tmp_path_factory, steps)


@only_postgresql
@given(steps=STEPS)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_on_postgresql(
    bare: Furnished, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    """The same, with fewer tries: each copies a database."""
    _happens(bare, tmp_path_factory, steps)


def _happens(bare: Furnished, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]) -> None:
    workshop = opened(bare, tmp_path_factory.mktemp("each"))
    hands = Hands(workshop)
    for number, (what, n, d) in enumerate(steps):
        hands.do(what, n, d, f"key {number}")
        before = workshop.engine.history(SYSTEM, hands.case.id)
        if what in {"correct", "message"}:
            hands.do(what, n, d, f"key {number}")
            assert workshop.engine.history(SYSTEM, hands.case.id) == before
    verdict = workshop.engine.verify(SYSTEM, hands.case.id)
    assert verdict.ok, verdict.reason
    shown = workshop.engine.case(SYSTEM, hands.case.id)
    last = workshop.engine.steps(SYSTEM, hands.case.id)[-1]
    assert last.position == shown.position
    if shown.case.state == "running":
        waiting = {t.element for t in shown.tasks if t.state == "open"} | {t.element for t in shown.timers}
        assert waiting <= set(last.position.active)
    workshop.engine.close()
    workshop.database.drop()


def test_a_case_is_retold_step_by_step(workshop: Workshop) -> None:
    """Who did what when, what changed, and where the case then stood."""
    hands = Hands(workshop)
    hands.task(1, 0, "a")
    workshop.wait(minutes=5)
    hands.message(7, 0, "b")
    steps = workshop.engine.steps(workshop.actor("ada"), hands.case.id)
    assert [s.kind for s in steps] == ["case.started", "task.claimed", "task.completed", "message.received"]
    started, _, completed, received = steps
    assert (started.actor, started.form, started.position.active) == ("wanda", {"d": 0}, ("A", "R"))
    assert (completed.element, completed.form and completed.form["n"]) == ("A", 1)
    assert {c.name: (c.before, c.after) for c in completed.changes} == {
        "n": (None, 1), "deep": (None, {"list": [1, {"d": 0}]})
    }  # fmt: skip
    assert completed.position.active == ("B", "C")
    assert received.details["payload"] == {"n": 7}
    assert received.position.counts["C"] == 1


def test_a_command_that_failed_is_in_the_record(workshop: Workshop) -> None:
    """With element, expression and values; so are the correction and the retry."""
    hands = Hands(workshop)
    hands.task(2, 0, "a")
    held = workshop.case(hands.case)
    assert held.fault is not None
    assert (held.state, held.fault.element, held.fault.names) == ("failed", "Z", {"d": 0})
    assert "1 / d" in held.fault.expression
    assert [t.state for t in workshop.engine.case(SYSTEM, held.id).tasks] == ["open"]
    hands.correct(0, 2, "b")
    hands.retry(0, 0, "c")
    assert workshop.data(held)["y"] == 0.5
    assert workshop.kinds(held)[2:] == ["step.failed", "case.corrected", "case.retried", "task.completed"]
    failed = workshop.engine.steps(SYSTEM, held.id)[2]
    assert failed.position.failed == ("Z",)
    assert workshop.engine.verify(SYSTEM, held.id).ok


def test_a_held_case_keeps_its_commands_out(workshop: Workshop) -> None:
    """Nothing moves until it is retried; cancelling is possible."""
    hands = Hands(workshop)
    hands.task(2, 0, "a")
    with pytest.raises(EngineError, match="held"):
        workshop.do(hands.case)
    assert workshop.wait(hours=5) == 0
    assert workshop.engine.cancel(SYSTEM, hands.case.id, "enough").state == "cancelled"
    assert workshop.engine.verify(SYSTEM, hands.case.id).ok


def test_a_start_that_was_mended_by_a_new_version_reproduces(workshop: Workshop) -> None:
    """The record says on which version the step ran in the end."""
    text = "start S -> Z\nscript Z | do: y = {} -> A\nuser A -> E\nend E"
    workshop.publish("P", text.format("1 / zero"))
    case = workshop.start()
    assert case.state == "failed"
    workshop.publish("P", text.format("1"))
    mended = workshop.engine.retry(SYSTEM, case.id, newest=True)
    assert (mended.state, mended.version, workshop.data(mended)) == ("running", 2, {"y": 1})
    verdict = workshop.engine.verify(SYSTEM, case.id)
    assert verdict.ok, verdict.reason


def test_a_key_belongs_to_one_command_of_one_person(workshop: Workshop) -> None:
    """Repeated, it gives the first answer; with other content it is refused; another person has keys of their own."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    engine, wanda = workshop.engine, workshop.actor("wanda")
    case = engine.start(wanda, "P", {"a": 1}, key="k")
    assert engine.start(wanda, "P", {"a": 1}, key="k").id == case.id
    with pytest.raises(KeyReused):
        engine.start(wanda, "P", {"a": 2}, key="k")
    assert engine.start(workshop.actor("will"), "P", {"a": 2}, key="k").id != case.id
    task = workshop.task(case).id
    done = engine.complete(wanda, task, {"x": 1}, key="c")
    assert engine.complete(wanda, task, {"x": 1}, key="c").id == done.id
    with pytest.raises(TaskGone):
        engine.complete(wanda, task, {"x": 1}, key="d")
    with pytest.raises(KeyReused):
        engine.complete(wanda, task, {"x": 2}, key="c")
    assert workshop.kinds(case).count("task.completed") == 1


def test_a_refused_command_leaves_its_key_free(workshop: Workshop) -> None:
    """What was refused can be mended and sent with the same key."""
    workshop.publish("P", "start S -> A\nuser A | form: T/everything.json -> E\nend E")
    case = workshop.start()
    engine, wanda, task = workshop.engine, workshop.actor("wanda"), workshop.task(case).id
    with pytest.raises(EngineError):
        engine.complete(wanda, task, {"title": ""}, key="k")
    assert engine.complete(wanda, task, {"title": "x", "count": 1}, key="k").state == "completed"


HEADS = """
import sys
from pathlib import Path
from types import SimpleNamespace
from tests.engine.history.test_replay import Hands
from tests.engine.workshop import hands_on
workshop = hands_on(SimpleNamespace(url=sys.argv[1]), Path(sys.argv[2]))
hands = Hands(workshop)
for number, (what, n, d) in enumerate([("task", 1, 0), ("message", 1, 0), ("task", 1, 0), ("task", 2, 1), ("task", 3, 1),
                                       ("time", 4, 0), ("task", 4, 1), ("time", 2, 0)]):
    hands.do(what, n, d, f"k{number}")
for event in workshop.engine.history(workshop.actor("ada"), hands.case.id):
    print(event.seq, event.kind, event.hash)
"""


@only_sqlite
def test_another_process_with_another_hash_seed_writes_the_same_history(bare: Furnished, tmp_path: Path) -> None:
    """Nothing hangs on the order of sets or on this machine's memory."""
    found = []
    for seed in ("0", "1", "4711"):
        folder = tmp_path / seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", HEADS, bare.copy(folder).url, str(bare.content)], capture_output=True, text=True, check=True, timeout=60,
            cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        found.append(done.stdout)
    assert found[0].count("\n") >= 8
    assert found[0] == found[1] == found[2]
