# SPDX-License-Identifier: Apache-2.0
"""What is refused, and in which words: every event definition at every place where it may not stand, and the rest."""

from __future__ import annotations

import pytest

from engine.bpmn.check.vocabulary import POSITIONS
from engine.values import Finding
from tests.engine.bpmn.fragments import EVENTS, written

ALL = {
    **EVENTS,
    "compensate": "<compensateEventDefinition/>",
    "cancel": "<cancelEventDefinition/>",
}
PLACES = {
    "startEvent": '<startEvent id="X">{}</startEvent><manualTask id="A"/><endEvent id="E"/>\nX -> A\nA -> E\n',
    "startEvent in a subProcess": '<startEvent id="S"/><subProcess id="Sub"><startEvent id="X">{}</startEvent><endEvent id="sE"/>\nX -> sE\n</subProcess><endEvent id="E"/>\nS -> Sub\nSub -> E\n',
    "startEvent in an event subProcess": '<startEvent id="S"/><manualTask id="A"/><endEvent id="E"/>\nS -> A\nA -> E\n<subProcess id="Esp" triggeredByEvent="true"><startEvent id="X">{}</startEvent><endEvent id="sE"/>\nX -> sE\n</subProcess>',
    "endEvent": '<startEvent id="S"/><endEvent id="X">{}</endEvent>\nS -> X\n',
    "intermediateCatchEvent": '<startEvent id="S"/><intermediateCatchEvent id="X">{}</intermediateCatchEvent><endEvent id="E"/>\nS -> X\nX -> E\n',
    "intermediateThrowEvent": '<startEvent id="S"/><intermediateThrowEvent id="X">{}</intermediateThrowEvent><endEvent id="E"/>\nS -> X\nX -> E\n',
    "boundaryEvent": '<startEvent id="S"/><subProcess id="Sub"><startEvent id="s"/><manualTask id="A"/><endEvent id="e"/>\ns -> A\nA -> e\n</subProcess><boundaryEvent id="X" attachedToRef="Sub">{}</boundaryEvent><endEvent id="E"/>\nS -> Sub\nSub -> E\nX -> E\n',
}
#: A process's start event waits for any such message, and for a date.
BEGINS_CASES = {
    "message": '<messageEventDefinition messageRef="Msg"/>',
    "timer": "<timerEventDefinition><timeDate>2027-01-01T09:00Z</timeDate></timerEventDefinition>",
}
REFUSED = [
    (position, event)
    for position in POSITIONS
    for event in ALL
    if (event if event == "none" else f"{event}EventDefinition") not in POSITIONS[position]
]


BEGIN_ELSEWHERE = "Begin at a timer, a message or a signal, and ask the condition behind it."
INSTEAD_OF_SEVERAL = {
    "startEvent": "Draw a start event for each: the first that happens begins the case.",
    "boundaryEvent": "Draw a boundary event for each: the first that happens ends the activity.",
    "intermediateCatchEvent": "Draw an event-based gateway and an event for each: the first that happens goes on.",
    "intermediateThrowEvent": "Draw an event for each, one after the other.",
    "endEvent": "Throw one after the other in front of the end.",
}


def errors(text: str) -> list[Finding]:
    return written(text).errors()


@pytest.mark.parametrize(("position", "event"), REFUSED, ids=str)
def test_an_event_definition_where_it_may_not_stand(position: str, event: str) -> None:
    """The sentence names the event, the definition and the place; the hint what to draw, or what may stand there."""
    (finding,) = [f for f in errors(PLACES[position].format(ALL[event])) if f.rule == "event-definition"]
    assert (finding.file, finding.element) == ("p.bpmn", "X")
    possible = ", ".join(name.removesuffix("EventDefinition") for name in POSITIONS[position])
    if event == "none":
        assert (finding.message, finding.hint) == ("'X' waits for nothing.", f"Choose one of: {possible}.")
    else:
        assert finding.message == f"'X': {event} cannot stand at a {position}."
        begins = (position, event) == ("startEvent", "conditional")
        assert finding.hint == (BEGIN_ELSEWHERE if begins else f"Possible are: {possible}.")


@pytest.mark.parametrize(
    ("position", "event"), [(p, e) for p in POSITIONS for e in ALL if (p, e) not in REFUSED], ids=str
)
def test_an_event_definition_where_it_may_stand(position: str, event: str) -> None:
    """Nothing is said, but that a link or an undoing has two ends, and that a cancellation needs a transaction."""
    event = BEGINS_CASES.get(event, ALL[event]) if position == "startEvent" else ALL[event]
    found = [
        f
        for f in errors(PLACES[position].format(event))
        if f.rule not in ("link-pair", "link-flow", "unreachable", "compensation-boundary", "cancel-place")
    ]
    assert found == []


@pytest.mark.parametrize("position", INSTEAD_OF_SEVERAL)
def test_several_definitions_in_one_event(position: str) -> None:
    """Not as alternatives and not together."""
    other = EVENTS["conditional" if "hrow" not in position and position != "endEvent" else "escalation"]
    alternatives = errors(PLACES[position].format(EVENTS["signal"] + other))
    assert [(f.message, f.hint) for f in alternatives] == [
        ("'X' has two event definitions.", INSTEAD_OF_SEVERAL[position])
    ]
    together = PLACES[position].format(EVENTS["signal"]).replace('id="X"', 'id="X" parallelMultiple="true"')
    assert [(f.rule, f.hint) for f in errors(together)] == [
        ("attribute-ignored", "Draw a parallel gateway, an event for each, and a gateway that joins them.")
    ]


_HOST = '<startEvent id="S"/>{host}<boundaryEvent id="X" attachedToRef="A" cancelActivity="{cancel}">{event}</boundaryEvent><endEvent id="E"/>\nS -> A\nA -> E\nX -> E\n'
_KEYED = '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="1"/></spiffworkflow:properties></extensionElements>'
HOSTS = {
    "task": '<task id="A"/>',
    "scriptTask": '<scriptTask id="A"><script>n = 1</script></scriptTask>',
    "sendTask": f'<sendTask id="A" messageRef="Msg">{_KEYED}</sendTask>',
    "receiveTask": f'<receiveTask id="A" messageRef="Msg">{_KEYED}</receiveTask>',
    "manualTask": '<manualTask id="A"/>',
    "serviceTask": '<serviceTask id="A"><extensionElements><spiffworkflow:serviceTaskOperator id="http/get"/></extensionElements></serviceTask>',
    "subProcess": '<subProcess id="A"><startEvent id="s"/><endEvent id="e"/>\ns -> e\n</subProcess>',
    "callActivity": '<callActivity id="A" calledElement="Other"/>',
    "event subprocess": f'<manualTask id="B"/>\nS -> B\nB -> E\n<subProcess id="A" triggeredByEvent="true"><startEvent id="s">{EVENTS["signal"]}</startEvent><endEvent id="e"/>\ns -> e\n</subProcess>',
}
ANY_ERROR = "<errorEventDefinition/>"
NEVER = "'X' would never happen: 'A' passes on at once."


@pytest.mark.parametrize("cancel", ["true", "false"])
@pytest.mark.parametrize("event", ["message", "timer", "signal", "conditional", "error", "any error", "escalation"])
@pytest.mark.parametrize("host", [*HOSTS])
def test_boundary_events_and_their_activities(host: str, event: str, cancel: str) -> None:
    """Each pair is accepted or refused in the words for it."""
    definition = ANY_ERROR if event == "any error" else EVENTS[event]
    text = _HOST.format(host=HOSTS[host], cancel=cancel, event=definition)
    if host == "event subprocess":
        text = text.replace("S -> A\nA -> E\n", "")
    expected = set()
    if host in ("task", "sendTask") or (host == "scriptTask" and "error" not in event):
        expected.add(NEVER)
    if host == "scriptTask" and event == "error":
        expected.add("'X' would never happen: when 'A' fails, the error has no code.")
    if host in ("manualTask", "receiveTask") and "error" in event:
        expected.add("'X' would never happen: 'A' throws no errors.")
    if event == "escalation" and host in ("manualTask", "receiveTask", "serviceTask", "scriptTask"):
        expected.add("'X' would never happen: 'A' throws no escalations.")
    if event == "escalation" and host == "scriptTask":
        expected = {NEVER}
    if "error" in event and cancel == "false":
        expected.add("'X': an error always ends the activity.")
    if host == "event subprocess":
        expected.add("The boundary event 'X' stands on the event subprocess 'A'.")
    found = errors(text)
    assert {f.message for f in found if f.rule != "unreachable"} == expected
    assert all(f.element == "X" and f.hint for f in found)


_LINE = '<startEvent id="S"/>{}<endEvent id="E"/>\nS -> A\nA -> E\n'
_MANY = '<multiInstanceLoopCharacteristics behavior="{}"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
_SETS = '<ioSpecification><dataInput id="D1" name="one"/>{}</ioSpecification>'
_EITHER = "<inputSet><dataInputRefs>D1</dataInputRefs></inputSet>"
ELSEWHERE = [
    (_LINE.format('<complexGateway id="A"/>'), "A complexGateway is not executed by this engine."),
    *(
        (_LINE.format(f'<manualTask id="A">{_MANY.format(behavior)}</manualTask>'), f"behavior=\"{behavior}\" of 'multiInstanceLoopCharacteristics' would be ignored.")
        for behavior in ("None", "One", "Complex")
    ),
    (_LINE.format('<receiveTask id="A" messageRef="Msg" instantiate="true"/>'), "instantiate=\"true\" of 'A' would be ignored."),
    (
        '<eventBasedGateway id="A" instantiate="true"/><receiveTask id="B" messageRef="Msg"/><receiveTask id="C" messageRef="Msg2"/><endEvent id="E"/>\nA -> B\nA -> C\nB -> E\nC -> E\n',
        "instantiate=\"true\" of 'A' would be ignored.",
    ),
    (
        '<startEvent id="S"/><eventBasedGateway id="A" eventGatewayType="Parallel"/><receiveTask id="B" messageRef="Msg"/><receiveTask id="C" messageRef="Msg2"/><endEvent id="E"/>\nS -> A\nA -> B\nA -> C\nB -> E\nC -> E\n',
        "eventGatewayType=\"Parallel\" of 'A' would be ignored.",
    ),
    (_LINE.format(f'<manualTask id="A">{_SETS.format(2 * _EITHER)}</manualTask>'), "'A' has two sets of data (inputSet): which one is there would be ignored."),
    (
        _LINE.format(f'<manualTask id="A">{_SETS.format("<inputSet><whileExecutingInputRefs>D1</whileExecutingInputRefs></inputSet>")}</manualTask>'),
        "A whileExecutingInputRefs is not executed by this engine.",
    ),
    ('<startEvent id="S"/><manualTask id="A"/><endEvent id="E"/><endEvent id="E2"/><manualTask id="B"/>\nS -> A if True\nA -> E\nS -> B\nB -> E2\n', "The condition on the flow out of 'S' would be ignored."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), ELSEWHERE)
def test_what_else_is_refused(text: str, message: str) -> None:
    """With an element, a line and a hint."""
    found = [f for f in errors(text) if f.message == message]
    assert found
    assert all(f.hint and f.line and f.element for f in found)
