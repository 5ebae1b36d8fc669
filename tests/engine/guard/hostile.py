# SPDX-License-Identifier: Apache-2.0
"""Files that would bring a careless reader down: deep, wide, huge, entangled."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="t">'
    '<bpmn:process id="P" name="P" isExecutable="true"><bpmn:startEvent id="S"/><bpmn:endEvent id="E"/>'
)
TAIL = "</bpmn:process>{drawing}</bpmn:definitions>"


def diagram(nodes: str, pairs: Iterable[tuple[str, str]], drawing: str = "") -> bytes:
    """Flows out of a gateway named ``X…`` have a condition."""
    written = "<bpmn:conditionExpression>n == 1</bpmn:conditionExpression>"
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}">{written if a[0] == "X" else ""}</bpmn:sequenceFlow>'
        for i, (a, b) in enumerate(pairs)
    )
    return (HEAD + nodes + flows + TAIL.format(drawing=drawing)).encode()


def line(length: int, *, drawn: bool = False) -> bytes:
    """So many tasks one after the other."""
    names = ["S", *(f"T{i}" for i in range(length)), "E"]
    drawing = _drawing(names) if drawn else ""
    return diagram(_nodes("task", names[1:-1]), itertools.pairwise(names), drawing)


def fan(width: int) -> bytes:
    """A fork into so many branches, and a join."""
    tasks = [f"T{i}" for i in range(width)]
    nodes = _nodes("parallelGateway", ["F", "J"]) + _nodes("task", tasks)
    return diagram(nodes, [("S", "F"), *(("F", t) for t in tasks), *((t, "J") for t in tasks), ("J", "E")])


def ladder(length: int, gateway: str) -> bytes:
    """Diamonds in a row: there are 2 to the power of ``length`` ways through."""
    nodes, pairs = "", [("S", "X0")]
    for i in range(length):
        nodes += _nodes(gateway, [f"X{i}", f"J{i}"]) + _nodes("task", [f"A{i}", f"B{i}"])
        pairs += [(f"X{i}", f"A{i}"), (f"X{i}", f"B{i}"), (f"A{i}", f"J{i}"), (f"B{i}", f"J{i}")]
        pairs.append((f"J{i}", f"X{i + 1}" if i < length - 1 else "E"))
    return diagram(nodes, pairs)


def wheel(size: int) -> bytes:
    """Gateways, each of which leads to every other."""
    names = [f"X{i}" for i in range(size)]
    pairs = [("S", "X0"), *((a, b) for a in names for b in names if a != b), ("X1", "E")]
    return diagram(_nodes("exclusiveGateway", names), pairs)


def circle(length: int) -> bytes:
    """A way back past so many elements."""
    tasks = [f"T{i}" for i in range(length)]
    nodes = _nodes("exclusiveGateway", ["X"]) + _nodes("task", tasks)
    return diagram(nodes, [("S", "T0"), *itertools.pairwise(tasks), (tasks[-1], "X"), ("X", "T0"), ("X", "E")])


def nested(depth: int) -> bytes:
    """Subprocesses in subprocesses."""
    inside = f'<bpmn:task id="Sub{depth}"/>'
    for i in reversed(range(depth)):
        flows = f'<bpmn:sequenceFlow id="a{i}" sourceRef="S{i}" targetRef="Sub{i + 1}"/>'
        flows += f'<bpmn:sequenceFlow id="b{i}" sourceRef="Sub{i + 1}" targetRef="E{i}"/>'
        ends = f'<bpmn:startEvent id="S{i}"/><bpmn:endEvent id="E{i}"/>'
        inside = f'<bpmn:subProcess id="Sub{i}">{ends}{flows}{inside}</bpmn:subProcess>'
    return diagram(inside, [("S", "Sub0"), ("Sub0", "E")])


def condition(text: str) -> bytes:
    """A gateway with that condition."""
    written = f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"
    gateway = (
        '<bpmn:exclusiveGateway id="G" default="g1"/><bpmn:sequenceFlow id="g1" sourceRef="G" targetRef="E"/>'
        f'<bpmn:sequenceFlow id="g2" sourceRef="G" targetRef="E">{written}</bpmn:sequenceFlow>'
    )
    return diagram(gateway, [("S", "G")])


def table(rules: int, columns: int = 2) -> bytes:
    """A DMN table with so many rules, each for one number."""
    inputs = "".join(
        f'<input id="i{c}"><inputExpression id="x{c}" typeRef="number"><text>n{c}</text></inputExpression></input>'
        for c in range(columns)
    )
    cells = "".join(
        f'<rule id="r{r}">'
        + "".join(f'<inputEntry id="c{r}_{c}"><text>{r}</text></inputEntry>' for c in range(columns))
        + f'<outputEntry id="o{r}"><text>{r}</text></outputEntry></rule>'
        for r in range(rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="D" name="D" namespace="t">'
        f'<decision id="big" name="Big"><decisionTable id="t">{inputs}<output id="o" name="out"/>{cells}'
        "</decisionTable></decision></definitions>"
    ).encode()


def _nodes(kind: str, names: Iterable[str]) -> str:
    return "".join(f'<bpmn:{kind} id="{name}" name="{name}"/>' for name in names)


def _drawing(names: list[str]) -> str:
    box = '<dc:Bounds x="{x}" y="80" width="100" height="80"/>'
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{n}_di" bpmnElement="{n}">{box.format(x=150 * i)}</bpmndi:BPMNShape>'
        for i, n in enumerate(names)
    )
    way = '<di:waypoint x="0" y="120"/><di:waypoint x="9" y="120"/>'
    edges = "".join(
        f'<bpmndi:BPMNEdge id="f{i}_di" bpmnElement="f{i}">{way}</bpmndi:BPMNEdge>' for i in range(len(names) - 1)
    )
    spaces = (
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
    )
    plane = f'<bpmndi:BPMNPlane id="Plane" bpmnElement="P">{shapes}{edges}</bpmndi:BPMNPlane>'
    return f'<bpmndi:BPMNDiagram id="Drawing" {spaces}>{plane}</bpmndi:BPMNDiagram>'
