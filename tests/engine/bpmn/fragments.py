# SPDX-License-Identifier: Apache-2.0
"""The same few elements at every place a scope can be: checked as for publishing, compiled, and played to the end."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn import Choose, ReceiveMessage, compile_program
from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.scripts import ScriptRunner
from engine.values import Finding
from tests.engine.bpmn.plain import plain_xml
from tests.engine.bpmn.play import Play

DEFINITIONS = (
    '<message id="Msg" name="msg"/><message id="Msg2" name="msg2"/><signal id="Sig" name="sig"/>'
    '<signal id="Sig2" name="sig2"/><error id="Err" errorCode="E1"/><escalation id="Esc" escalationCode="X1"/>'
)
KEY = '<spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="case_id()"/></spiffworkflow:properties>'
NONE_START = '<startEvent id="fS"/>'
#: Event definitions; errors and escalations are named, so that nothing but they are caught.
EVENTS = {
    "message": f'<messageEventDefinition messageRef="Msg"><extensionElements>{KEY}</extensionElements></messageEventDefinition>',
    "timer": "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
    "signal": '<signalEventDefinition signalRef="Sig"/>',
    "conditional": '<conditionalEventDefinition><condition>get_var("go", False)</condition></conditionalEventDefinition>',
    "error": '<errorEventDefinition errorRef="Err"/>',
    "escalation": '<escalationEventDefinition escalationRef="Esc"/>',
    "link": '<linkEventDefinition name="l"/>',
    "terminate": "<terminateEventDefinition/>",
    "none": "",
}
LOOPS = {
    "once": "",
    "standard": '<standardLoopCharacteristics loopMaximum="2"/>',
    "before": '<standardLoopCharacteristics loopMaximum="2" testBefore="true"><loopCondition>True</loopCondition></standardLoopCharacteristics>',
    "sequential": '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>',
    "parallel": '<multiInstanceLoopCharacteristics><loopDataInputRef>["a", "b"]</loopDataInputRef><inputDataItem name="item"/></multiInstanceLoopCharacteristics>',
}
TURNS = {"once": 1, "standard": 2, "before": 2, "sequential": 2, "parallel": 2}
#: Where a fragment can lie. A fragment is the content of a scope with the start event `fS` left out.
PLACES = ("process", "subProcess", "loop", "turns", "event subProcess", "called", "deep")
_CALLED = (
    '<startEvent id="oS"/><manualTask id="oA"/><endEvent id="oE"/>\noS -> oA\noA -> oE\n'  # what a call activity calls
)


@dataclass(frozen=True)
class Written:
    """Files with process ``P``, and those it calls."""

    files: dict[str, bytes]

    def findings(self) -> list[Finding]:
        known = Known(processes={"P", "Called", "Other"})
        return [f for name, xml in self.files.items() for f in check(parse(xml, name), name, known=known)]

    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings() if finding.severity == "error"]

    def play(self, scripts: ScriptRunner) -> Play:
        """A case of the files, which must be publishable as they stand."""
        assert self.errors() == []
        return Play(compile_program("P", self.files, ()), scripts)


def written(process: str, called: str = "", definitions: str = DEFINITIONS) -> Written:
    files = {"p.bpmn": plain_xml(process, definitions), "o.bpmn": plain_xml(_CALLED, process_id="Other")}
    if called:
        files["c.bpmn"] = plain_xml(called, definitions, process_id="Called")
    return Written(files)


def at(place: str, fragment: str) -> Written:
    """The fragment as the content of a process, subprocess, …"""
    whole = NONE_START + fragment
    around = '<startEvent id="S"/><endEvent id="E"/>\nS -> Sub\nSub -> E\n'
    match place:
        case "process":
            return written(whole)
        case "subProcess":
            return written(f'{around}<subProcess id="Sub">{whole}</subProcess>')
        case "loop" | "turns":
            loop = LOOPS["sequential" if place == "loop" else "parallel"]
            return written(f'{around}<subProcess id="Sub">{loop}{whole}</subProcess>')
        case "event subProcess":
            start = f'<startEvent id="fS" isInterrupting="false">{EVENTS["timer"]}</startEvent>'
            main = '<startEvent id="S"/><manualTask id="Main"/><endEvent id="E"/>\nS -> Main\nMain -> E\n'
            return written(f'{main}<subProcess id="Esp0" triggeredByEvent="true">{start}{fragment}</subProcess>')
        case "called":
            return written(f'{around}<callActivity id="Sub" calledElement="Called"/>', whole)
        case _:
            inner = f'<startEvent id="iS"/><endEvent id="iE"/>\niS -> In\nIn -> iE\n<subProcess id="In">{whole}</subProcess>'
            return written(f'{around}<subProcess id="Sub">{inner}</subProcess>')


def begin(case: Play, place: str, **data: object) -> Play:
    """Start the case, up to the moment at which the fragment has begun."""
    case.start(**data)
    return case.fire("fS") if place == "event subProcess" else case


#: Events beside an activity or process that may happen any number of times.
AGAIN = ("B", "Es")


def finish(case: Play) -> Play:
    """Do whatever waits, people's tasks first, until the case has ended; then nothing is left of it."""
    begun: set[str] = set()
    for _ in range(60):
        if case.outcome.completed:
            break
        work = [t for t in case.outcome.tasks if t.purpose == "work"]
        messages = [message.element for message in case.outcome.messages]
        once = [element for element in messages if element not in AGAIN]
        if work:
            case.complete_token(work[0].token)
        elif case.outcome.calls:
            answer(case, case.outcome.calls[0].element)
        elif once:
            case.receive(once[0])
        elif case.outcome.tasks:
            begun |= choose_one(case, begun)
        elif messages:
            case.receive(messages[0])
        else:
            case.fire(case.outcome.timers[0].element)
    assert case.outcome.completed
    assert (case.open, case.waiting) == ([], [])
    return case


def choose_one(case: Play, begun: set[str]) -> set[str]:
    """Begin what has not been begun yet, else finish, else begin anything; returns what was begun."""
    offered = [t for t in case.outcome.tasks if t.purpose != "work"]
    new = [t for t in offered if t.purpose == "begin" and t.element not in begun]
    done = [t for t in offered if t.purpose == "finish"]
    chosen = (new or done or offered)[0]
    case._advance(Choose(chosen.token))
    return {chosen.element}


def answer(case: Play, element: str) -> Play:
    """The service that a service task calls answers."""
    call = next(call for call in case.outcome.calls if call.element == element)
    return case._advance(ReceiveMessage(call.token, call.element, {"ok": True}))


def short(element: str) -> str:
    """An element's id without the called process in front."""
    return element.rpartition(":")[2]


def open_in(case: Play) -> list[str]:
    return [short(element) for element in case.open]


def passed(case: Play, element: str) -> int:
    """How often tokens have passed an element."""
    return [short(each) for each in case.passed].count(element)


def complete(case: Play, element: str, **data: object) -> Play:
    token = next(t.token for t in case.outcome.tasks if t.purpose == "work" and short(t.element) == element)
    return case.complete_token(token, **data)
