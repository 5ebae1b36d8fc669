# SPDX-License-Identifier: Apache-2.0
"""What the clients work on: a process with every kind of wait, one that it starts by message, one that time starts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from engine import SYSTEM, Engine
from engine.values import Person

ORDER, CHILD, CLOCK = "chaos_order", "chaos_child", "chaos_clock"
GO, BORN = "chaos.go", "chaos.born"
#: The tasks of an order, in no certain order.
TASKS = frozenset({"Task_A", "Task_B"})
#: Elements that each order passes exactly once.
ONCE = ("Begin", "Call", "Task_A", "Split", "Task_B", "Wait", "Go", "Join", "Record", "Send", "Done")
CLIENT = "wanda"
TOKEN = "c" * 43
REGISTER = "thing"

_ROLES = [
    {"id": "worker", "title": "Worker", "grants": ["case.read", "case.correct", "history.read", "history.verify", "message.send"]},
]
_THING = {
    "title": "Thing",
    "x-prefix": "THG",
    "x-label": "title",
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string", "title": "Title"}},
    "additionalProperties": False,
}
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="https://example.org/chaos">'
    f'<bpmn:message id="M_Go" name="{GO}"/><bpmn:message id="M_Born" name="{BORN}"/>'
    f'<bpmn:dataStore id="DS" name="{REGISTER}"/>'
)


def write_content(folder: Path) -> Path:
    """The content's files; returns the folder."""
    files = {
        "processes/roles.json": json.dumps(_ROLES),
        f"processes/registers/{REGISTER}.json": json.dumps(_THING),
        "forms/T/free.json": json.dumps({"type": "object"}),
        "processes/bpmn/chaos/order.bpmn": _order(),
        "processes/bpmn/chaos/child.bpmn": _child(),
        "processes/bpmn/chaos/clock.bpmn": _clock(),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def furnish(engine: Engine) -> None:
    """Publish the content and add the person that the clients act as."""
    engine.publish_content(SYSTEM)
    engine.people.add(SYSTEM, Person(CLIENT, "Wanda Worker", roles=frozenset({"worker"})), CLIENT)
    engine.people.add_token(SYSTEM, CLIENT, hashlib.sha256(TOKEN.encode()).hexdigest())


def _order() -> str:
    call = (
        '<spiffworkflow:serviceTaskOperator id="http/post" resultVariable="receipt"><spiffworkflow:parameters>'
        + _parameter("url", "receiver")
        + _parameter("body", '{"n": n}')
        + '</spiffworkflow:parameters><spiffworkflow:retry retries="60" backoff_base="1"/>'
        "</spiffworkflow:serviceTaskOperator>"
    )
    return _process(
        ORDER,
        _lane("Task_A", "Task_B"),
        '<bpmn:startEvent id="Begin"/>',
        f'<bpmn:serviceTask id="Call">{_more(call)}</bpmn:serviceTask>',
        _user("Task_A"),
        '<bpmn:parallelGateway id="Split"/>',
        _user("Task_B"),
        f'<bpmn:intermediateCatchEvent id="Wait">{_timer("timeDuration", "PT2S")}</bpmn:intermediateCatchEvent>',
        f'<bpmn:receiveTask id="Go" messageRef="M_Go">{_more(_properties(correlationKey="n"))}</bpmn:receiveTask>',
        '<bpmn:parallelGateway id="Join"/>',
        '<bpmn:task id="Record"><bpmn:dataOutputAssociation id="Out"><bpmn:targetRef>Store</bpmn:targetRef>'
        "<bpmn:assignment><bpmn:from>n</bpmn:from><bpmn:to>title</bpmn:to></bpmn:assignment>"
        "</bpmn:dataOutputAssociation></bpmn:task>",
        '<bpmn:sendTask id="Send" messageRef="M_Born">'
        + _more('<spiffworkflow:messagePayload>{"n": n}</spiffworkflow:messagePayload>')
        + "</bpmn:sendTask>",
        '<bpmn:endEvent id="Done"/><bpmn:dataStoreReference id="Store" dataStoreRef="DS"/>',
        _flows("Begin Call", "Call Task_A", "Task_A Split", "Split Task_B", "Split Wait", "Split Go", "Task_B Join"),
        _flows("Wait Join", "Go Join", "Join Record", "Record Send", "Send Done"),
    )


def _child() -> str:
    return _process(
        CHILD,
        '<bpmn:startEvent id="Begin"><bpmn:messageEventDefinition messageRef="M_Born"/></bpmn:startEvent>',
        f'<bpmn:intermediateCatchEvent id="Wait">{_timer("timeDuration", "PT1S")}</bpmn:intermediateCatchEvent>',
        '<bpmn:endEvent id="Done"/>',
        _flows("Begin Wait", "Wait Done"),
    )


def _clock() -> str:
    return _process(
        CLOCK,
        f'<bpmn:startEvent id="Begin">{_timer("timeCycle", "R/PT3S")}</bpmn:startEvent>',
        f'<bpmn:intermediateCatchEvent id="Wait">{_timer("timeDuration", "PT1S")}</bpmn:intermediateCatchEvent>',
        '<bpmn:endEvent id="Done"/>',
        _flows("Begin Wait", "Wait Done"),
    )


# --- writing XML ---------------------------------------------------------------------------------------------------


def _process(process_id: str, *parts: str) -> str:
    opened = f'<bpmn:process id="{process_id}" name="{process_id}" isExecutable="true">'
    return "".join([_HEAD, opened, *parts, "</bpmn:process></bpmn:definitions>"])


def _more(inside: str) -> str:
    return f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>"


def _properties(**named: str) -> str:
    listed = "".join(f"<spiffworkflow:property name={quoteattr(n)} value={quoteattr(v)}/>" for n, v in named.items())
    return f"<spiffworkflow:properties>{listed}</spiffworkflow:properties>"


def _parameter(name: str, value: str) -> str:
    return f'<spiffworkflow:parameter id={quoteattr(name)} type="any" value={quoteattr(value)}/>'


def _lane(*members: str) -> str:
    listed = "".join(f"<bpmn:flowNodeRef>{own}</bpmn:flowNodeRef>" for own in members)
    lane = f'<bpmn:lane id="Lane_worker" name="Worker">{_more(_properties(role="worker"))}{listed}</bpmn:lane>'
    return f'<bpmn:laneSet id="LaneSet_1">{lane}</bpmn:laneSet>'


def _user(own: str) -> str:
    return f'<bpmn:userTask id="{own}" name="{own}">{_more(_properties(formJsonSchemaFilename="T/free.json"))}</bpmn:userTask>'


def _timer(tag: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>"


def _flows(*pairs: str) -> str:
    ends = [pair.split() for pair in pairs]
    return "".join(f'<bpmn:sequenceFlow id="f_{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in ends)
