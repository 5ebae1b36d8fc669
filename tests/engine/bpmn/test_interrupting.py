# SPDX-License-Identifier: Apache-2.0
"""What interrupts takes effect at once: the matrix of events by where they are caught by what they interrupt.

Within each host four things are under way at the same time: a person's task, a wait for a message, a timer and a call;
and behind what makes the event happen, as well as beside it, scripts that must not run any more.
"""

from __future__ import annotations

import orjson
import pytest

from engine.bpmn import Start
from engine.scripts import ScriptRunner
from tests.engine.bpmn.fragments import EVENTS, KEY, LOOPS, Written, complete, finish, open_in, passed, written
from tests.engine.bpmn.play import Play

#: What is under way within; then A makes it happen (or leads to what does), and nothing behind may run.
_INSIDE = """<parallelGateway id="Fork"/><manualTask id="A"/>{happens}<scriptTask id="After"><script>ran = True</script></scriptTask>
<manualTask id="Task"/><receiveTask id="Wait" messageRef="Msg2"><extensionElements>{key}</extensionElements></receiveTask>
<intermediateCatchEvent id="Timer">{timer}</intermediateCatchEvent>
<serviceTask id="Call"><extensionElements><spiffworkflow:serviceTaskOperator id="http/get"/></extensionElements></serviceTask>
<endEvent id="iE"/>
{start} -> Fork
Fork -> A
Fork -> Task
Fork -> Wait
Fork -> Timer
Fork -> Call
A -> T
{after}
After -> iE
Task -> iE
Wait -> iE
Timer -> iE
Call -> iE
"""
UNDER_WAY = {"A", "Task", "Wait", "Timer", "Call"}
SCRIPT = '<scriptTask id="T"><script>go = True</script></scriptTask>'
NOTHING = '<task id="T"/>'


def throwing(event: str, end: bool) -> str:
    tag = "endEvent" if end else "intermediateThrowEvent"
    return f'<{tag} id="T">{EVENTS[event]}</{tag}>'


#: How it happens -> (the event that is caught, the element T behind A; empty: from outside while A is open).
CAUSES = {
    "a message comes": ("message", ""),
    "the time comes": ("timer", ""),
    "a signal comes": ("signal", ""),
    "a person makes a condition true": ("conditional", NOTHING),
    "a script makes a condition true": ("conditional", SCRIPT),
    "an end throws an error": ("error", throwing("error", end=True)),
    "an end throws an escalation": ("escalation", throwing("escalation", end=True)),
    "an escalation is thrown": ("escalation", throwing("escalation", end=False)),
    "an end throws a signal": ("signal", throwing("signal", end=True)),
    "a signal is thrown": ("signal", throwing("signal", end=False)),
}
HOSTS = ("subProcess", "transaction", "callActivity", "loop", "turns", "call in turns", "deep")
#: Where it is caught, seen from what is under way: on the border of the host, or in it.
CATCHERS = ("boundary", "event subprocess")


def inside(cause: str, start: str) -> str:
    """The content of the innermost scope, without its start event."""
    _, happens = CAUSES[cause]
    after = "" if "endEvent" in happens else "T -> After"
    text = _INSIDE.format(
        happens=happens or NOTHING, key=KEY, timer=EVENTS["timer"].replace("PT1H", "PT9H"), start=start, after=after
    )
    if not after:
        text = text.replace('<scriptTask id="After"><script>ran = True</script></scriptTask>', "").replace(
            "After -> iE\n", ""
        )
    return text


def diagram(cause: str, host: str, catcher: str) -> Written:
    event = EVENTS[CAUSES[cause][0]]
    content = f'<startEvent id="iS"/>{inside(cause, "iS")}'
    if catcher == "event subprocess":
        content += f"""<subProcess id="Esp" triggeredByEvent="true"><startEvent id="B">{event}</startEvent><manualTask id="Handler"/><endEvent id="hE"/>
            B -> Handler
            Handler -> hE
            </subProcess>"""
    called = ""
    match host:
        case "subProcess" | "transaction":
            body = f'<{host} id="Host">{content}</{host}>'
        case "callActivity":
            body, called = '<callActivity id="Host" calledElement="Called"/>', content
        case "loop" | "turns":
            loop = LOOPS["sequential" if host == "loop" else "parallel"]
            body = f'<subProcess id="Host">{loop}{content}</subProcess>'
        case "call in turns":
            body = f'<callActivity id="Host" calledElement="Called">{LOOPS["parallel"]}</callActivity>'
            called = content
        case _:
            inner = f'<startEvent id="mS"/><subProcess id="Middle">{content}</subProcess><endEvent id="mE"/>\nmS -> Middle\nMiddle -> mE\n'
            body = f'<subProcess id="Host">{inner}</subProcess>'
    boundary = f'<boundaryEvent id="B" attachedToRef="Host">{event}</boundaryEvent><manualTask id="Handler"/>\nB -> Handler\nHandler -> E\n'
    whole = f"""<startEvent id="S"/>{body}<manualTask id="Next"/><endEvent id="E"/>
        S -> Host
        Host -> Next
        Next -> E
        {boundary if catcher == "boundary" else ""}"""
    return written(whole, called)


def happen(case: Play, cause: str) -> Play:
    event, happens = CAUSES[cause]
    if happens:
        return complete(case, "A", **({"go": True} if happens == NOTHING else {}))
    element = next(e for e in case.waiting if e.rpartition(":")[2] == "B")
    return case.fire(element) if event == "timer" else case.receive(element, {})


def left(case: Play) -> list[str]:
    """What is under way of the host."""
    waiting = [e.rpartition(":")[2] for e in (*case.open, *case.waiting, *(c.element for c in case.outcome.calls))]
    return sorted(e for e in waiting if e in UNDER_WAY)


@pytest.mark.parametrize("catcher", CATCHERS)
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("cause", CAUSES)
def test_what_interrupts_takes_effect_at_once(scripts: ScriptRunner, cause: str, host: str, catcher: str) -> None:
    """Everything under way within is withdrawn in the same step, no element behind runs, and the handler is open."""
    case = diagram(cause, host, catcher).play(scripts).start(go=False)
    turns = 2 if host in ("turns", "call in turns") else 1
    assert len(left(case)) == 5 * turns
    tasks = {t.token for t in case.outcome.tasks}
    happen(case, cause)
    one_of_two = turns == 2 and catcher == "event subprocess" and CAUSES[cause][0] != "conditional"
    reaches_both = "signal is thrown" in cause or "throws a signal" in cause
    # A condition on the case's variables is true in every turn; what one turn throws or gets is its own, but a signal.
    remaining = 5 if one_of_two and not reaches_both else 0
    assert len(left(case)) == remaining
    assert "Handler" in open_in(case)
    assert "Next" not in open_in(case)
    assert "ran" not in case.variables
    assert set(case.outcome.withdrawn) <= tasks
    finish(case)
    assert passed(case, "After") == 0 or remaining or host == "loop"


@pytest.mark.parametrize("cause", CAUSES)
def test_nothing_is_left_in_the_state(scripts: ScriptRunner, cause: str) -> None:
    """Of a host that was interrupted: no scope, no variables, no armed event."""
    case = diagram(cause, "call in turns", "boundary").play(scripts).start(go=False)
    happen(case, cause)
    state = orjson.loads(case.outcome.state)
    assert state["subs"] == []
    assert {"locals", "armed", "done", "undoing"} & set(state) == set()


def test_scripts_beside_do_not_run_on(scripts: ScriptRunner) -> None:
    """What is thrown in one branch stops the other in the middle of a row of scripts."""
    for throw, event in (("error", "error"), ("escalation", "escalation"), ("signal", "signal")):
        steps = "".join(f'<scriptTask id="N{n}"><script>n = n + 1</script></scriptTask>' for n in range(5))
        flows = "\n".join(f"N{n} -> N{n + 1}" for n in range(4))
        case = written(f"""<startEvent id="S"/><subProcess id="Host"><startEvent id="iS"/><manualTask id="A"/><parallelGateway id="Fork"/>
            <endEvent id="T">{EVENTS[throw]}</endEvent>{steps}<endEvent id="iE"/>
            iS -> A
            A -> Fork
            Fork -> N0
            Fork -> T
            {flows}
            N4 -> iE
            </subProcess><boundaryEvent id="B" attachedToRef="Host">{EVENTS[event]}</boundaryEvent><manualTask id="Handler"/><endEvent id="E"/>
            S -> Host
            Host -> E
            B -> Handler
            Handler -> E
        """).play(scripts).start(n=0)  # fmt: skip
        complete(case, "A")
        assert open_in(case) == ["Handler"]
        assert case.variables["n"] <= 1


def row_of_scripts(scripts: ScriptRunner) -> Play:
    """N0 to N4 one after the other; the condition at the border holds behind N2."""
    steps = "".join(f'<scriptTask id="N{n}"><script>n = {n}</script></scriptTask>' for n in range(5))
    flows = "\n".join(f"N{n} -> N{n + 1}" for n in range(4))
    event = "<conditionalEventDefinition><condition>n == 2</condition></conditionalEventDefinition>"
    return written(f"""<startEvent id="S"/><subProcess id="Host"><startEvent id="iS"/>{steps}<endEvent id="iE"/>
        iS -> N0
        {flows}
        N4 -> iE
        </subProcess><boundaryEvent id="B" attachedToRef="Host">{event}</boundaryEvent><manualTask id="Handler"/><endEvent id="E"/>
        S -> Host
        Host -> E
        B -> Handler
        Handler -> E
    """).play(scripts)


def test_a_condition_stops_a_row_of_scripts(scripts: ScriptRunner) -> None:
    """Between the one that makes it true and the next; also when a variable of it comes only on the way."""
    case = row_of_scripts(scripts).start()
    assert open_in(case) == ["Handler"]
    assert case.variables == {"n": 2}
    assert passed(case, "N3") == 0


def test_a_case_that_began_by_older_rules_goes_on_by_them(scripts: ScriptRunner) -> None:
    """There a condition was asked when nothing else could run: what was recorded is reproduced."""
    case = row_of_scripts(scripts)
    case._keep(case.runner.start(Start({}, rules=2), case._context(), case.shelf))
    assert case.outcome.completed
    assert case.variables == {"n": 4}
