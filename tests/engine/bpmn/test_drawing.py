# SPDX-License-Identifier: Apache-2.0
"""What holds of every drawing: nothing lies on anything, flows are right-angled and end at their shapes."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from engine.bpmn.drawing import draw, with_drawing
from engine.errors import DiagramInvalid
from tests.builders import diagram
from tests.engine.bpmn.blocks import BLOCKS, numbered, text_of

NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "d": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
SHIPPED = sorted(Path("processes/bpmn").glob("*/*.bpmn"))
Box = tuple[float, float, float, float]
LANES = """
start S | role: lead -> Ask
user Ask | role: lead | write: ci: id = "a" -> Sure
xor Sure -> Do if sure / Ask
user Do | role: worker -> Check
timer Late | beside: Do | duration: PT1H -> Hurry
user Hurry | role: lead -> Gone
end Gone
user Check | role: worker -> E
end E
"""


class Drawing:
    def __init__(self, data: bytes) -> None:
        self.root = etree.fromstring(data)
        self.kind = {
            e.get("id"): etree.QName(e).localname for e in self.root.iter() if e.get("id") and "MODEL" in e.tag
        }
        self.element = {e.get("id"): e for e in self.root.iter(f"{{{NS['b']}}}*") if e.get("id")}
        self.boxes: dict[str, Box] = {}
        for shape in self.root.iterfind(".//d:BPMNShape", NS):
            bounds = shape.find("dc:Bounds", NS)
            x, y, w, h = (float(bounds.get(n)) for n in ("x", "y", "width", "height"))
            self.boxes[shape.get("bpmnElement")] = (x, y, x + w, y + h)
        self.ways = {
            edge.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("di:waypoint", NS)]
            for edge in self.root.iterfind(".//d:BPMNEdge", NS)
        }

    def nodes(self) -> dict[str, Box]:
        """All but pools and lanes."""
        return {n: b for n, b in self.boxes.items() if self.kind[n] not in {"participant", "lane"}}

    def inside(self, inner: str, outer: str) -> bool:
        return any(a.get("id") == outer for a in self.element[inner].iterancestors())

    def related(self, one: str, other: str) -> bool:
        """One holds the other, or stands on its edge."""
        hosts = {self.element[one].get("attachedToRef"), self.element[other].get("attachedToRef")}
        return self.inside(one, other) or self.inside(other, one) or one in hosts or other in hosts

    def flows(self) -> list[etree._Element]:
        return list(self.root.iter(f"{{{NS['b']}}}sequenceFlow"))


def hold(data: bytes) -> Drawing:
    """All that must be true of any drawing."""
    found = Drawing(data)
    for (one, a), (other, b) in combinations(found.nodes().items(), 2):
        if not found.related(one, other):
            assert not overlap(a, b), f"{one} lies on {other}"
    for flow in found.flows():
        way = found.ways[flow.get("id")]
        for (x1, y1), (x2, y2) in pairwise(way):
            assert x1 == x2 or y1 == y2, f"{flow.get('id')} is not right-angled: {way}"
        for end, point in (("sourceRef", way[0]), ("targetRef", way[-1])):
            assert on_edge(found.boxes[flow.get(end)], point), f"{flow.get('id')} does not touch {flow.get(end)}"
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        for name, box in found.nodes().items():
            holds = any(found.inside(end, name) for end in ends)
            if name not in ends and not holds and found.kind[name] not in {"boundaryEvent", "dataStoreReference"}:
                hosted = found.element[flow.get("sourceRef")].get("attachedToRef") == name
                assert hosted or not any(through(box, a, b) for a, b in pairwise(way)), f"{flow.get('id')}: {name}"
    return found


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def on_edge(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    level = abs(y - box[1]) <= 1 or abs(y - box[3]) <= 1
    upright = abs(x - box[0]) <= 1 or abs(x - box[2]) <= 1
    return (level and box[0] - 1 <= x <= box[2] + 1) or (upright and box[1] - 1 <= y <= box[3] + 1)


def through(box: Box, a: tuple[float, float], b: tuple[float, float]) -> bool:
    thin = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]) + 0.1, max(a[1], b[1]) + 0.1)
    return overlap((box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1), thin)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS)
def test_any_process_can_be_drawn(block: tuple[object, ...]) -> None:
    hold(draw(diagram("p", text_of(numbered(block))), "p.bpmn"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_the_shipped_diagrams_can_be_drawn_anew(path: Path) -> None:
    before = path.read_bytes()
    after = draw(before, path.name)
    hold(after)
    assert semantics(after) == semantics(before)


def semantics(data: bytes) -> bytes:
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    for each in root.findall("d:BPMNDiagram", NS):
        root.remove(each)
    return etree.tostring(root, method="c14n")


def test_nodes_stand_in_their_lanes() -> None:
    found = hold(draw(diagram("p", LANES), "p.bpmn"))
    for lane in found.root.iter(f"{{{NS['b']}}}lane"):
        box = found.boxes[lane.get("id")]
        for ref in lane.iter(f"{{{NS['b']}}}flowNodeRef"):
            node = found.boxes[ref.text or ""]
            assert box[0] <= node[0]
            assert node[2] <= box[2]
            assert box[1] <= node[1]
            assert node[3] <= box[3] + 18


def test_the_same_file_is_always_drawn_the_same_and_drawing_twice_changes_nothing() -> None:
    once = draw(diagram("p", LANES), "p.bpmn")
    assert draw(diagram("p", LANES), "p.bpmn") == once
    assert draw(once, "p.bpmn") == once


def test_every_flow_goes_forward_but_the_way_back() -> None:
    found = hold(draw(diagram("p", LANES), "p.bpmn"))
    back = {f.get("id") for f in found.flows() if found.ways[f.get("id")][0][0] > found.ways[f.get("id")][-1][0]}
    assert {(found.element[f].get("sourceRef"), found.element[f].get("targetRef")) for f in back} == {("Sure", "Ask")}


def test_a_drawing_that_is_there_is_kept() -> None:
    drawn = draw(diagram("p", LANES), "p.bpmn")
    assert with_drawing(drawn, "p.bpmn") == drawn
    assert with_drawing(diagram("p", LANES), "p.bpmn") == drawn


def test_plain_files_of_other_editors() -> None:
    plain = b"""<?xml version='1.0' encoding='ISO-8859-1'?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
  <process id="P"><task id="A" name="Pr\xfcfen"/><sequenceFlow id="F" sourceRef="A" targetRef="A"/></process>
  <process id="Empty"/>
</definitions>"""
    found = hold(draw(plain, "plain.bpmn"))
    assert found.element["A"].get("name") == "Prüfen"


def test_what_is_no_diagram_is_refused() -> None:
    with pytest.raises(DiagramInvalid):
        draw(b"<definitions", "x.bpmn")


def test_an_answer_stands_on_the_side_to_which_its_flow_leaves() -> None:
    """Where two flows leave a gateway as one line, their names tell which is which."""
    ends = "\n".join(f"end E{number}" for number in range(5))
    answers = " / ".join([*(f"E{number} if a == {number}" for number in range(4)), "E4"])
    root = etree.fromstring(diagram("P", f"start S -> A\nuser A -> G\nxor G -> {answers}\n{ends}"))
    for flow in root.iterfind(".//b:sequenceFlow[@sourceRef='G']", NS):
        flow.set("name", f"answer {flow.get('targetRef')}")
    drawing = Drawing(draw(etree.tostring(root), "p.bpmn"))
    left = 0
    for edge in drawing.root.iterfind(".//d:BPMNEdge[d:BPMNLabel]", NS):
        way = drawing.ways[edge.get("bpmnElement")]
        if way[0][0] == way[1][0] and way[2][0] < way[0][0]:
            left += 1
            assert float(edge.find("d:BPMNLabel/dc:Bounds", NS).get("x")) < way[0][0]
    assert left, "five answers leave by three sides"
