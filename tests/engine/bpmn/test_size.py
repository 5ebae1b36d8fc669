# SPDX-License-Identifier: Apache-2.0
"""Diagrams that are longer, deeper or wider than anybody should draw."""

from __future__ import annotations

import pytest

from engine.bpmn import compile_program
from engine.errors import DiagramInvalid
from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import Written, finish, written

LONG = 2_000


def line(kind: str, back: bool = False) -> Written:
    """Two thousand tasks one after the other, every hundredth a manual one; with a way back to the first, if asked."""
    tasks = "".join(f'<{"manualTask" if n % 100 == 0 else kind} id="n{n}"/>' for n in range(1, LONG))
    text = f'<startEvent id="S"/><exclusiveGateway id="n0"/>{tasks}<exclusiveGateway id="n{LONG}" default="out"/><endEvent id="E"/>'
    flows = "".join(f"n{n} -> n{n + 1}\n" for n in range(LONG))
    out = f'<sequenceFlow id="out" sourceRef="n{LONG}" targetRef="E"/>\n'
    return written(f"{text}\nS -> n0\n{flows}{f'n{LONG} -> n0 if again' if back else ''}\n{out}")


def test_a_long_diagram_is_checked_and_played(scripts: ScriptRunner) -> None:
    """SpiffWorkflow's own parser ends after 490 nodes. The state holds where the case is, not what is to come."""
    case = line("task").play(scripts).start()
    assert case.open == ["n100"]
    assert len(case.outcome.state) < 1_000
    finish(case)
    assert len(case.passed) == LONG + 3


def test_a_long_automatic_way_is_one_step(scripts: ScriptRunner) -> None:
    """Scripts included."""
    text = "".join(f'<task id="n{n}"/>' for n in range(1, LONG))
    flows = "".join(f"n{n} -> n{n + 1}\n" for n in range(LONG))
    case = written(f'<startEvent id="n0"/>{text}<endEvent id="n{LONG}"/>\n{flows}').play(scripts).start()
    assert case.outcome.completed


def test_a_way_back_that_is_too_long_is_refused_in_words() -> None:
    """At an element, with what to do."""
    with pytest.raises(DiagramInvalid) as caught:
        compile_program("P", line("task", back=True).files, ())
    (finding,) = caught.value.findings
    assert (finding.rule, finding.hint) == ("too-long", "Put parts of it into subprocesses.")
    assert finding.element.startswith("n")


def test_subprocesses_ten_deep(scripts: ScriptRunner) -> None:
    """And ten more; the XML itself may be 64 levels deep."""
    text = '<startEvent id="s"/><manualTask id="A"/><endEvent id="e"/>\ns -> A\nA -> e\n'
    for n in range(20):
        text = f'<startEvent id="s{n}"/><endEvent id="e{n}"/>\ns{n} -> Sub{n}\nSub{n} -> e{n}\n<subProcess id="Sub{n}">{text}</subProcess>'
    case = written(text).play(scripts).start()
    assert case.open == ["A"]
    finish(case)


def test_loops_in_loops_ten_deep(scripts: ScriptRunner) -> None:
    """Each turn of each is counted; a name belongs to the turn that sets it."""
    text = '<startEvent id="s"/><scriptTask id="A"><script>total = total + loopCounter</script></scriptTask><endEvent id="e"/>\ns -> A\nA -> e\n'
    for n in range(10):
        loop = f'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>{2 if n < 4 else 1}</loopCardinality></multiInstanceLoopCharacteristics>'
        text = f'<startEvent id="s{n}"/><endEvent id="e{n}"/>\ns{n} -> Sub{n}\nSub{n} -> e{n}\n<subProcess id="Sub{n}">{loop}{text}</subProcess>'
    case = written(text).play(scripts).start(total=0)
    assert (case.outcome.completed, case.variables) == (True, {"total": 8 * (1 + 2)})


def test_a_fork_into_hundreds_of_tasks(scripts: ScriptRunner) -> None:
    """Joined again when the last is done."""
    ways = range(300)
    tasks = "".join(f'<manualTask id="n{n}"/>' for n in ways)
    flows = "".join(f"F -> n{n}\nn{n} -> J\n" for n in ways)
    text = f'<startEvent id="S"/><parallelGateway id="F"/><parallelGateway id="J"/><endEvent id="E"/>{tasks}\nS -> F\nJ -> E\n{flows}'
    case = written(text).play(scripts).start()
    assert len(case.open) == 300
    for _ in ways:
        assert not case.outcome.completed
        case.complete_token(case.outcome.tasks[0].token)
    assert case.outcome.completed
