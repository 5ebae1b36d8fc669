# SPDX-License-Identifier: Apache-2.0
"""Correlation as BPMN 2.0 has it: keys found in messages, bound to the case's data or learnt from the first message."""

from __future__ import annotations

import pytest

from engine import SYSTEM
from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.correlation import receiver
from engine.values import Case
from tests.engine.bpmn.plain import plain_xml
from tests.engine.workshop import Workshop

PROPERTY = '<correlationProperty id="{0}" name="{0}">{1}</correlationProperty>'
RETRIEVAL = '<correlationPropertyRetrievalExpression messageRef="{}"><messagePath>{}</messagePath></correlationPropertyRetrievalExpression>'
MESSAGES = '<message id="Ask" name="ask"/><message id="Tell" name="tell"/>'
KEYS = '<collaboration id="Co"><correlationKey id="K" name="Order">{}</correlationKey></collaboration>'
REF = "<correlationPropertyRef>{}</correlationPropertyRef>"
ONE = (
    MESSAGES
    + PROPERTY.format("Number", RETRIEVAL.format("Ask", "order") + RETRIEVAL.format("Tell", 'payload["about"]'))
    + KEYS.format(REF.format("Number"))
)
BOUND = '<correlationSubscription id="Sub1" correlationKeyRef="K"><correlationPropertyBinding correlationPropertyRef="Number"><dataPath>number</dataPath></correlationPropertyBinding></correlationSubscription>'
DATA = '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="T/free.json"/><spiffworkflow:property name="assignee" value="initiator()"/></spiffworkflow:properties></extensionElements>'
VAR = "<extensionElements><spiffworkflow:messageVariable>told</spiffworkflow:messageVariable></extensionElements>"
WAITS = f'<startEvent id="S"/><userTask id="A">{DATA}</userTask><receiveTask id="R" messageRef="Tell">{VAR}</receiveTask><endEvent id="E"/>\nS -> A\nA -> R\nR -> E\n'
ASKS = f'<startEvent id="S"/><userTask id="A">{DATA}</userTask><sendTask id="T" messageRef="Ask"><extensionElements><spiffworkflow:messagePayload>{{"order": number}}</spiffworkflow:messagePayload></extensionElements></sendTask><receiveTask id="R" messageRef="Tell">{VAR}</receiveTask><endEvent id="E"/>\nS -> A\nA -> T\nT -> R\nR -> E\n'


def publish(workshop: Workshop, body: str, definitions: str = ONE) -> None:
    workshop.engine.publish(SYSTEM, plain_xml(body, definitions), "T/p.bpmn")


def key_of(workshop: Workshop, case: Case) -> str:
    (wait,) = workshop.engine.case(SYSTEM, case.id).waiting
    return wait.key


def test_a_subscription_binds_the_key_to_the_data_of_the_case(workshop: Workshop) -> None:
    """Each of two cases gets its own, whoever sends it, and without a key beside the message."""
    publish(workshop, BOUND + WAITS)
    one, two = (workshop.do(workshop.start(), "A", number=n) for n in (1, 2))
    assert [c.id for c in workshop.engine.correlate(SYSTEM, "tell", None, {"about": 2})] == [two.id]
    assert [c.id for c in workshop.engine.correlate(SYSTEM, "tell", None, {"about": 1})] == [one.id]
    assert workshop.data(two)["told"] == {"about": 2}
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_the_first_message_of_a_conversation_says_what_the_key_is(workshop: Workshop) -> None:
    """Without a subscription: the case keeps what it sent, whatever becomes of its data."""
    publish(workshop, ASKS)
    one, two = (workshop.do(workshop.start(), "A", number=n) for n in (1, 2))
    assert [key_of(workshop, c) for c in (one, two)] == ["1", "2"]
    workshop.engine.correct(SYSTEM, one.id, {"number": 9}, "mistyped")
    workshop.engine.correlate(SYSTEM, "tell", None, {"about": 1})
    assert workshop.data(one)["told"] == {"about": 1}
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_a_message_that_begins_a_case_says_so_as_well(workshop: Workshop) -> None:
    """The answer to it is for that case."""
    body = f'<startEvent id="S"><messageEventDefinition messageRef="Ask"/></startEvent><receiveTask id="R" messageRef="Tell">{VAR}</receiveTask><endEvent id="E"/>\nS -> R\nR -> E\n'
    publish(workshop, body)
    for order in ("a", "b"):
        workshop.engine.correlate(SYSTEM, "ask", None, {"order": order})
    (reached,) = workshop.engine.correlate(SYSTEM, "tell", None, {"about": "b"})
    assert workshop.data(reached) == {"order": "b", "told": {"about": "b"}}


def test_a_path_may_be_written_as_bpmn_js_saves_it(workshop: Workshop) -> None:
    """It writes formalExpression where the standard says messagePath."""
    saved = ONE.replace("messagePath", "formalExpression")
    publish(workshop, BOUND.replace("dataPath", "formalExpression") + WAITS, saved)
    case = workshop.do(workshop.start(), "A", number=1)
    assert [c.id for c in workshop.engine.correlate(SYSTEM, "tell", None, {"about": 1})] == [case.id]


def test_a_key_of_several_properties(workshop: Workshop) -> None:
    """All of them must agree; a message that lacks one has no key."""
    two = (
        MESSAGES
        + PROPERTY.format("Number", RETRIEVAL.format("Tell", "about"))
        + PROPERTY.format("Place", RETRIEVAL.format("Tell", "where"))
        + KEYS.format(REF.format("Number") + REF.format("Place"))
    )
    place = '<correlationPropertyBinding correlationPropertyRef="Place"><dataPath>place</dataPath></correlationPropertyBinding></correlationSubscription>'
    publish(workshop, BOUND.replace("</correlationSubscription>", place) + WAITS, two)
    case = workshop.do(workshop.start(), "A", number=1, place="x")
    assert key_of(workshop, case) == '[1,"x"]'
    assert workshop.engine.correlate(SYSTEM, "tell", None, {"about": 1, "where": "y"}) == ()
    assert workshop.engine.correlate(SYSTEM, "tell", None, {"about": 1}) == ()
    assert [c.id for c in workshop.engine.correlate(SYSTEM, "tell", None, {"about": 1, "where": "x"})] == [case.id]


def test_our_own_property_goes_before(workshop: Workshop) -> None:
    """Where a message event has the property correlationKey, that is the key."""
    own = (
        DATA[: DATA.index("<spiffworkflow:property")]
        + '<spiffworkflow:property name="correlationKey" value="text(number) + \'!\'"/></spiffworkflow:properties></extensionElements>'
    )
    publish(workshop, BOUND + WAITS.replace(VAR, own))
    assert key_of(workshop, workshop.do(workshop.start(), "A", number=1)) == "1!"


def test_a_key_in_the_message_is_what_counts_from_outside(workshop: Workshop) -> None:
    """Whoever gives one beside the payload means that one."""
    publish(workshop, BOUND + WAITS)
    case = workshop.do(workshop.start(), "A", number=1)
    assert [c.id for c in workshop.engine.correlate(SYSTEM, "tell", 1, {"about": 2})] == [case.id]


WRONG = {
    "a key without properties": (MESSAGES + KEYS.format(""), "", "correlation-key", "K"),
    "a property of no message": (MESSAGES + PROPERTY.format("Number", "") + KEYS.format(REF.format("Number")), "", "correlation-key", "Number"),
    "no path": (ONE.replace("<messagePath>order</messagePath>", ""), "", "correlation-key", "Number"),
    "a path that is none": (ONE.replace(">order<", ">order order<"), "", "expression", "Number"),
    "a property that is not bound": (ONE, '<correlationSubscription id="Sub1" correlationKeyRef="K"/>', "correlation-key", "Sub1"),
    "a key that is not there": (ONE, BOUND.replace('"K"', '"Q"'), "reference-dangling", "Sub1"),
    "a property that is not there": (ONE.replace(">Number<", ">Nummer<"), "", "reference-dangling", "K"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_would_not_correlate_is_refused(what: str) -> None:
    """With element, line, sentence and hint."""
    definitions, subscription, rule, element = WRONG[what]
    found = check(
        parse(plain_xml(subscription + WAITS, definitions), "p.bpmn"), "p.bpmn", known=Known(forms={"T/free.json"})
    )
    wanted = [f for f in found if f.rule == rule and f.severity == "error"]
    assert [f.element for f in wanted][:1] == [element], found
    assert all(f.line and f.message and f.hint for f in wanted)


def test_a_key_that_nothing_says_is_warned_of() -> None:
    """No subscription, and no message before that would say it."""
    found = check(parse(plain_xml(WAITS, ONE), "p.bpmn"), "p.bpmn", known=Known(forms={"T/free.json"}))
    assert ("message-key", "R") in {(f.rule, f.element) for f in found}
    known = check(parse(plain_xml(ASKS, ONE), "p.bpmn"), "p.bpmn", known=Known(forms={"T/free.json"}))
    assert "message-key" not in {f.rule for f in known}


@pytest.mark.parametrize(
    ("key", "waiting", "partners", "expected"),
    [
        ("k", ["a", "b"], set(), "a"),
        ("k", ["a", "b"], {"b"}, "a"),
        ("k", [], set(), None),
        ("", ["a", "b"], {"b"}, "b"),
        ("", ["a", "b"], {"c"}, None),
        ("", ["a"], {"c"}, None),
        ("", ["a"], set(), "a"),
        ("", ["a", "b"], set(), None),
        ("", [], set(), None),
    ],
)
def test_the_rule_of_receivers(key: str, waiting: list[str], partners: set[str], expected: str | None) -> None:
    """With a key the first of those that wait; without one the conversation, else the only one."""
    assert receiver(key, waiting, lambda case: case, partners) == expected
