# SPDX-License-Identifier: Apache-2.0
"""The guarded worker: what it answers, what stops it, and that nothing brings the server down or to a halt."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import SYSTEM, CountingIds, Engine, EngineConfig, VirtualClock, open_engine, try_diagrams
from engine.bpmn.check import Known
from engine.errors import DiagramInvalid, Invalid
from engine.guard import Guard
from engine.values import Finding
from tests.builders import diagram
from tests.engine.guard import hostile

ROOT = Path(__file__).resolve().parents[3]
KNOWN = Known()
MB = 1024 * 1024


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard() as made:
        yield made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    clock = VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    opened = open_engine(EngineConfig(f"sqlite:///{tmp_path}/e.db", tmp_path), clock, CountingIds("c"))
    yield opened
    opened.close()


def errors(guard: Guard, xml: bytes) -> list[Finding]:
    return list(guard.examine(xml, "p.bpmn", KNOWN).errors)


def _workers() -> set[int]:
    """The process ids of this process's workers."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            mine = f"PPid:\t{os.getpid()}\n" in (folder / "status").read_text()
            if mine and b"guard.worker" in (folder / "cmdline").read_bytes():
                found.add(int(folder.name))
    return found


def test_a_good_diagram_is_good(guard: Guard) -> None:
    """What comes back is what a check in this process would say."""
    found = guard.examine(hostile.line(3), "p.bpmn", KNOWN)
    assert (found.errors, found.called) == ((), ())


def test_findings_come_back_whole(guard: Guard) -> None:
    """With file, line, element, rule and hint."""
    [found] = errors(guard, hostile.condition("n >"))
    assert (found.file, found.element, found.rule) == ("p.bpmn", "g2", "expression")
    assert found.line == 1
    assert found.hint or found.message


def test_what_calls_others_is_compiled_with_them(guard: Guard) -> None:
    """First it says whom it calls, then it is compiled with those; a wrong one is found."""
    caller = diagram("P", "start S -> C\ncall C | process: Q -> E\nend E")
    first = guard.examine(caller, "p.bpmn", Known(processes={"Q"}))
    assert (first.errors, first.called) == ((), ("Q",))
    good = diagram("Q", "start S1 -> E1\nend E1")
    assert guard.examine(caller, "p.bpmn", KNOWN, {}, {"Q": {"q.bpmn": good}}).errors == ()
    started_by_message = diagram("Q", "start S1 | message: m -> E1\nend E1")
    [found] = guard.examine(caller, "p.bpmn", KNOWN, {}, {"Q": {"q.bpmn": started_by_message}}).errors
    assert found.rule == "call-start"


REFUSED = {
    "entities": (b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>', "xml-doctype"),
    "10,000 levels": (b"<a>" * 10_000 + b"</a>" * 10_000, "xml-depth"),
    "a huge attribute": (hostile.diagram(f'<bpmn:task id="T" name="{"x" * 3_000_000}"/>', []), "xml-value"),
    "a huge text": (hostile.diagram(f"<bpmn:documentation>{'x' * 4_000_000}</bpmn:documentation>", []), "xml-text"),
    "50,000 tasks": (hostile.line(50_000), "xml-size"),
    "too many elements": (b"<a>" + b"<b/>" * 200_000 + b"</a>", "xml-elements"),
    "deep parentheses": (hostile.condition("(" * 1_900 + "1" + ")" * 1_900), "expression"),
    "deep lists": (hostile.condition("[" * 1_900 + "]" * 1_900), "expression"),
    "a long chain": (hostile.condition(" or ".join(["a"] * 2_000)), "expression"),
    "a long way back": (hostile.circle(3_000), "too-long"),
    "deep subprocesses": (hostile.nested(100), "xml-depth"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_too_much_is_refused_with_its_reason(guard: Guard, what: str) -> None:
    """By the reader, before the limit; the worker lives on."""
    xml, rule = REFUSED[what]
    assert [f.rule for f in errors(guard, xml)][:1] == [rule]


FINE = {
    "5,000 in a line": hostile.line(5_000),
    "a fork of 2,000": hostile.fan(2_000),
    "2^300 ways": hostile.ladder(300, "exclusiveGateway"),
    "2^200 inclusive ways": hostile.ladder(200, "inclusiveGateway"),
    "40 gateways, each to each": hostile.wheel(40),
    "25 subprocesses deep": hostile.nested(25),
    "a power of powers": hostile.condition("9 ** 9 ** 9 ** 9 == 1"),
    "a billion letters": hostile.condition("'a' * 1000000000 == 'b'"),
}


@pytest.mark.parametrize("what", FINE)
def test_what_only_looks_hard_is_checked_in_time(guard: Guard, what: str) -> None:
    """Within the limit: nothing in the rules or in the compiler walks all ways or computes what it reads."""
    assert errors(guard, FINE[what]) == []


def test_a_table_of_ten_thousand_rules_is_checked_in_time(guard: Guard) -> None:
    """Also its gaps and overlaps, as far as they are looked for."""
    assert guard.examine(hostile.table(10_000), "big.dmn", KNOWN).errors == ()
    overlapping = hostile.table(150, columns=1).replace(
        b"<text>149</text></inputEntry>", b"<text>148</text></inputEntry>"
    )
    assert {f.rule for f in guard.examine(overlapping, "o.dmn", KNOWN).findings} >= {"dmn-overlap"}


def test_what_takes_too_long_is_stopped_and_says_so() -> None:
    """The worker is killed; the next question is answered by another one."""
    with Guard(seconds=0.25, workers=1) as hasty:
        [found] = hasty.examine(hostile.line(5_000), "long.bpmn", KNOWN).errors
        assert (found.rule, found.file) == ("too-heavy", "long.bpmn")
        assert "more than 0.25 s" in found.message
        assert found.hint
        hasty.seconds = 20.0
        assert hasty.examine(hostile.line(3), "p.bpmn", KNOWN).errors == ()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded where the system can do it")
def test_what_takes_too_much_memory_is_stopped_and_says_so() -> None:
    """The memory of the server is not touched."""
    before = _workers()
    with Guard(workers=1) as rich:
        rich.examine(hostile.line(3), "p.bpmn", KNOWN)
        [worker] = _workers() - before
        needs = int(Path(f"/proc/{worker}/status").read_text().partition("VmPeak:")[2].split()[0]) * 1024
    with Guard(memory=needs + 16 * MB, workers=1) as poor:
        assert poor.examine(hostile.line(3), "p.bpmn", KNOWN).errors == ()
        [found] = poor.examine(hostile.line(9_000), "big.bpmn", KNOWN).errors
        assert found.rule == "too-heavy"
        assert "memory" in found.message
        assert poor.examine(hostile.line(3), "p.bpmn", KNOWN).errors == ()


def test_a_worker_that_dies_is_not_the_end() -> None:
    """A crash of the parser is a finding."""
    before = _workers()
    with Guard(workers=1) as guard:
        guard.examine(hostile.line(3), "p.bpmn", KNOWN)
        [worker] = _workers() - before
        threading.Timer(0.05, os.kill, (worker, 11)).start()
        [found] = guard.examine(hostile.line(5_000), "p.bpmn", KNOWN).errors
        assert found.rule == "too-heavy"
        assert guard.examine(hostile.line(3), "p.bpmn", KNOWN).errors == ()


def test_many_threads_ask_at_once(guard: Guard) -> None:
    """Each gets the answer to its own question."""
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        xml = diagram("P", f"start S -> C\ncall C | process: Q{number} -> E1\nend E1")
        answers[number] = guard.examine(xml, "p.bpmn", Known(processes={f"Q{number}"})).called[0]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: f"Q{n}" for n in range(20)}


def test_a_child_process_has_workers_of_its_own() -> None:
    """A fork does not speak through its parent's pipes, and does not end the parent's workers."""
    program = """
import os, sys
from engine.bpmn.check import Known
from engine.guard import shared
from tests.engine.guard import hostile
assert shared().examine(hostile.line(3), "p", Known()).errors == ()
child = os.fork()
if not child:
    sys.exit(len(shared().examine(hostile.line(4), "p", Known()).errors))
assert os.waitpid(child, 0)[1] == 0
assert shared().examine(hostile.line(3), "p", Known()).errors == ()
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


# --- through the engine's door -------------------------------------------------------------------------------------


def test_five_thousand_tasks_are_published_and_run(engine: Engine) -> None:
    """With their drawing, as an editor saves them."""
    began = time.process_time()
    published = engine.publish(SYSTEM, hostile.line(5_000, drawn=True), "long.bpmn")
    assert time.process_time() - began < 20  # this process's own part
    assert engine.start(SYSTEM, published.process_id).state == "completed"


def test_a_diagram_that_cannot_be_checked_is_not_published(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what and what to do, in the studio's check as at publishing; other work goes on."""
    with Guard(seconds=0.2) as hasty:
        monkeypatch.setattr(engine, "_guard", hasty)
        assert [f.rule for f in engine.validate(hostile.line(5_000), "p.bpmn")] == ["too-heavy"]
        with pytest.raises(DiagramInvalid, match="more than"):
            engine.publish(SYSTEM, hostile.line(5_000), "p.bpmn")
    assert engine.definitions() == ()


def test_nobody_waits_while_a_diagram_is_checked(engine: Engine) -> None:
    """The check holds no transaction: a small one is published while a large one is looked at."""
    engine.prepare_checks()
    large = threading.Thread(target=engine.validate, args=(hostile.line(5_000), "p.bpmn"))
    large.start()
    small = diagram("Q", "start S -> E1\nend E1")
    engine.publish(SYSTEM, small, "q.bpmn")
    assert engine.start(SYSTEM, "Q").state == "completed"
    large.join()


def test_what_was_published_meanwhile_is_taken_into_account(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check against what is no longer so is made again."""
    asked: list[str] = []
    examine = engine._examine

    def with_a_rival(xml: bytes, file: str, *more):
        found = examine(xml, file, *more)
        asked.append(file)
        if len(asked) == 1:
            engine.publish(SYSTEM, diagram("Q", "start S -> E1\nend E1"), "q.bpmn")
        return found

    monkeypatch.setattr(engine, "_examine", with_a_rival)
    assert engine.publish(SYSTEM, hostile.line(2), "p.bpmn").version == 1
    assert asked == ["p.bpmn", "q.bpmn", "p.bpmn"]


def test_a_trial_run_without_an_end_is_stopped() -> None:
    """With a sentence, in the time that it has."""
    endless = diagram("P", "start S -> A\ntask A -> A")
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with Guard(seconds=0.1, workers=1) as hasty, pytest.raises(Invalid, match="stopped after"):
        try_diagrams({"p.bpmn": hostile.line(3_000)}, start=start, zone=ZoneInfo("UTC"), guard=hasty)
    trial = try_diagrams({"p.bpmn": endless}, start=start, zone=ZoneInfo("UTC"))
    assert trial.state == "failed"


def test_a_trial_run_tells_the_same_from_a_worker() -> None:
    """Every part of it, moments as moments."""
    xml = diagram("P", "start S -> T\ntimer T | duration: PT1H -> A\nuser A -> E1\nend E1")
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    from engine.trial import run_here

    given = {"files": {"p.bpmn": xml}, "answers": {"A": {"x": 1}}, "start": start, "zone": ZoneInfo("UTC")}
    assert try_diagrams(**given) == run_here(**given)
    with pytest.raises(Invalid, match="no executable process"):
        try_diagrams({"p.bpmn": xml}, process_id="Nobody", start=start, zone=ZoneInfo("UTC"))
