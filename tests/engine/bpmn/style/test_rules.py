# SPDX-License-Identifier: Apache-2.0
"""Each rule of style with a diagram that keeps it and one that breaks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from engine import check_style, draw
from engine.bpmn.style import RULES
from tests.builders import diagram

SIZES = {"startEvent": (36, 36), "endEvent": (36, 36), "boundaryEvent": (36, 36), "exclusiveGateway": (50, 50)}
Place = tuple[float, float]


@dataclass
class Sketch:
    """A process with a place for everything: nodes by their middles, flows by their bends."""

    nodes: dict[str, tuple[str, Place, str]] = field(default_factory=dict)
    flows: list[tuple[str, str, str, list[Place]]] = field(default_factory=list)
    labels: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    lanes: dict[str, tuple[list[str], tuple[float, float, float, float]]] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)

    def node(self, own: str, kind: str, x: float, y: float, name: str = "", more: str = "") -> Sketch:
        self.nodes[own] = (kind, (x, y), name or own.partition("_")[2])
        self.more[own] = more
        return self

    def flow(self, source: str, target: str, *bends: Place, name: str = "", own: str = "") -> Sketch:
        """Without bends: straight from border to border, both on one line."""
        if not bends:
            (x1, y), (x2, _) = self.nodes[source][1], self.nodes[target][1]
            bends = ((x1 + self._size(source)[0] / 2, y), (x2 - self._size(target)[0] / 2, y))
        self.flows.append((own or f"Flow_{source}_{target}", source, target, list(bends)))
        self.more[self.flows[-1][0]] = name
        return self

    def _size(self, own: str) -> tuple[int, int]:
        return SIZES.get(self.nodes[own][0], (100, 80))

    def xml(self) -> bytes:
        nodes = "".join(f"<{k} id='{own}' name='{name}' {self.more[own]}/>" for own, (k, _, name) in self.nodes.items())
        flows = "".join(
            f"<sequenceFlow id='{own}' sourceRef='{s}' targetRef='{t}' name='{self.more[own]}'/>"
            for own, s, t, _ in self.flows
        )
        refs = {
            lane: "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in inside)
            for lane, (inside, _) in self.lanes.items()
        }
        lanes = "".join(f"<lane id='{lane}' name='{lane}'>{inside}</lane>" for lane, inside in refs.items())
        lane_set = f"<laneSet id='LaneSet_1'>{lanes}</laneSet>" if lanes else ""
        shapes = "".join(self._shape(own, self._box(own)) for own in self.nodes)
        shapes += "".join(self._shape(lane, box) for lane, (_, box) in self.lanes.items())
        edges = "".join(self._edge(own, bends) for own, _, _, bends in self.flows)
        return f"""<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:di='http://www.omg.org/spec/DD/20100524/DI'
            xmlns:bpmndi='http://www.omg.org/spec/BPMN/20100524/DI' xmlns:dc='http://www.omg.org/spec/DD/20100524/DC' id='D' targetNamespace='t'>
            <process id='P' name='The process' isExecutable='true'>{lane_set}{nodes}{flows}</process>
            <bpmndi:BPMNDiagram id='B'><bpmndi:BPMNPlane id='L' bpmnElement='P'>{shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
            </definitions>""".encode()

    def _box(self, own: str) -> tuple[float, float, float, float]:
        (x, y), (width, height) = self.nodes[own][1], self._size(own)
        return x - width / 2, y - height / 2, width, height

    def _shape(self, own: str, box: tuple[float, float, float, float]) -> str:
        return (
            f"<bpmndi:BPMNShape id='{own}_di' bpmnElement='{own}'>{_bounds(box)}{self._label(own)}</bpmndi:BPMNShape>"
        )

    def _edge(self, own: str, bends: list[Place]) -> str:
        points = "".join(f"<di:waypoint x='{x}' y='{y}'/>" for x, y in bends)
        return f"<bpmndi:BPMNEdge id='{own}_di' bpmnElement='{own}'>{points}{self._label(own)}</bpmndi:BPMNEdge>"

    def _label(self, own: str) -> str:
        return f"<bpmndi:BPMNLabel>{_bounds(self.labels[own])}</bpmndi:BPMNLabel>" if own in self.labels else ""

    def broken(self) -> list[tuple[str, str]]:
        return [(one.rule, one.element) for one in check_style(self.xml(), "p.bpmn")]


def _bounds(box: tuple[float, float, float, float]) -> str:
    return f"<dc:Bounds x='{box[0]}' y='{box[1]}' width='{box[2]}' height='{box[3]}'/>"


def line(*names: str, y: float = 100) -> Sketch:
    """A start, tasks of these names, and an end, on one line."""
    sketch = Sketch().node("Start_1", "startEvent", 0, y, "Begun")
    before = "Start_1"
    for number, name in enumerate(names, 1):
        sketch.node(f"Task_{number}", "userTask", 150 * number, y, name).flow(before, f"Task_{number}")
        before = f"Task_{number}"
    return sketch.node("End_1", "endEvent", 150 * (len(names) + 1), y, "Ended").flow(before, "End_1")


def fork(**names: Any) -> Sketch:
    """A decision between two tasks, one above the other, each with an end."""
    sketch = Sketch().node("Start_1", "startEvent", 0, 100, "Begun")
    sketch.node("Gateway_1", "exclusiveGateway", 100, 100, names.get("question", "Good?")).flow("Start_1", "Gateway_1")
    sketch.node("Task_1", "userTask", 300, 100, "Praise it").node("Task_2", "userTask", 300, 250, "Mend it")
    sketch.node("End_1", "endEvent", 450, 100, "Praised").node("End_2", "endEvent", 450, 250, "Mended")
    sketch.flow("Gateway_1", "Task_1", name=names.get("yes", "yes"))
    sketch.flow("Gateway_1", "Task_2", (100, 125), (100, 250), (250, 250), name="no")
    return sketch.flow("Task_1", "End_1").flow("Task_2", "End_2")


def test_a_plain_diagram_keeps_all_rules() -> None:
    assert line("Do it", "Tell them").broken() == []
    assert fork().broken() == []


class TestSize:
    @pytest.mark.parametrize(
        ("tasks", "rules"), [(23, []), (24, ["level-size"]), (28, ["level-size"]), (29, ["level-too-large"])]
    )
    def test_a_level_has_at_most_25_elements(self, tasks: int, rules: list[str]) -> None:
        """More is a warning, more than 30 an error."""
        found = check_style(line(*["Do it"] * tasks).xml(), "p.bpmn")
        assert [one.rule for one in found] == rules
        assert [one.severity for one in found] == [
            "error" if rule == "level-too-large" else "warning" for rule in rules
        ]

    def test_each_level_counts_alone(self) -> None:
        """What lies in a subprocess does not burden the level around it."""
        inside = "\n".join(f"        user Task_{n} -> {f'Task_{n + 1}' if n < 20 else 'End_In'}" for n in range(20))
        text = f"start Start_1 -> Sub_1\nsub Sub_1 -> End_1\n        start Start_In -> Task_0\n{inside}\n        user Task_20 -> End_In\n        end End_In\nend End_1"
        data = draw(diagram("P", text), "p.bpmn")
        assert "level-size" not in {one.rule for one in check_style(data, "p.bpmn")}


class TestNames:
    @pytest.mark.parametrize(
        "name",
        [
            "Evaluate the performance",
            "Bring it home",
            "Document it",
            "Implement the change",
            "Have the service updated",
        ],
    )
    def test_a_task_begins_with_a_verb(self, name: str) -> None:
        assert line(name).broken() == []

    @pytest.mark.parametrize(
        "name",
        [
            "evaluate it",
            "Evaluation of it",
            "The report",
            "Reporting",
            "1st check",
            "Look at it and say what you think",
        ],
    )
    def test_nouns_and_sentences_are_no_names(self, name: str) -> None:
        assert line(name).broken() == [("task-name", "Task_1")]

    def test_a_decision_is_a_question_with_answers(self) -> None:
        assert fork(question="Check").broken() == [("gateway-question", "Gateway_1")]
        assert fork(yes="").broken() == [("flow-answer", "Flow_Gateway_1_Task_1")]

    def test_a_join_asks_nothing(self) -> None:
        """Nor does the one flow out of it answer."""
        sketch = Sketch().node("Start_1", "startEvent", 0, 100).node("Start_2", "startEvent", 100, 200)
        sketch.node("Gateway_1", "exclusiveGateway", 100, 100, "Joined").node("End_1", "endEvent", 250, 100)
        sketch.flow("Start_1", "Gateway_1").flow("Start_2", "Gateway_1", (100, 182), (100, 125)).flow(
            "Gateway_1", "End_1"
        )
        assert sketch.broken() == []

    def test_ids_say_what_a_thing_is(self) -> None:
        """Of a timer, `Timer_` will do; without a timer it will not."""
        sketch = line("Do it").node("Activity_0x7", "scriptTask", 150, 300, "Count them")
        sketch.node("Timer_Late", "intermediateThrowEvent", 300, 300, "Late").flow(
            "Activity_0x7", "Timer_Late", own="SequenceFlow_1"
        )
        broken = {own for rule, own in sketch.broken() if rule == "id-naming"}
        assert broken == {"Activity_0x7", "Timer_Late", "SequenceFlow_1"}


class TestShapes:
    def test_shapes_stand_apart(self) -> None:
        sketch = line("Do it").node("Task_9", "userTask", 180, 150, "Stand there")
        assert ("shape-overlap", "Task_9") in sketch.broken()

    def test_a_boundary_event_sits_on_its_host(self) -> None:
        """And on nothing else."""
        sketch = line("Do it", "Tell it").node("Event_1", "boundaryEvent", 180, 140, "Failed", "attachedToRef='Task_1'")
        assert sketch.broken() == []
        sketch.node("Event_1", "boundaryEvent", 330, 140, "Failed", "attachedToRef='Task_1'")
        assert [rule for rule, _ in sketch.broken()] == ["shape-overlap"]

    def test_what_is_in_a_lane_is_in_it_wholly(self) -> None:
        """Lanes meet at their borders."""
        sketch = line("Do it")
        inside = ["Start_1", "Task_1", "End_1"]
        sketch.lanes = {"Lane_1": (inside, (-50, 0, 500, 200)), "Lane_2": ([], (-50, 200, 500, 100))}
        assert sketch.broken() == []
        sketch.lanes = {"Lane_1": (inside, (-50, 0, 500, 120)), "Lane_2": ([], (-50, 120, 500, 100))}
        assert {rule for rule, _ in sketch.broken()} == {"shape-overlap"}


class TestLines:
    def test_flows_do_not_cross(self) -> None:
        """The finding names what they connect."""
        sketch = (
            fork()
            .node("Task_3", "userTask", 0, 250, "Look back")
            .flow("Task_3", "End_1", (0, 290), (0, 320), (200, 320), (200, 50), (450, 50), (450, 82))
        )
        found = [one for one in check_style(sketch.xml(), "p.bpmn") if one.rule == "flow-crossing"]
        assert [one.message for one in found] == [
            "'Good?' → 'Praise it' and 'Look back' → 'Praised' cross.",
            "'Good?' → 'Mend it' and 'Look back' → 'Praised' cross.",
        ]

    def test_flows_that_end_together_may_meet(self) -> None:
        sketch = fork()
        sketch.flows.pop()
        sketch.flow("Task_2", "End_1", (350, 250), (400, 250), (400, 100), (432, 100))
        assert "flow-crossing" not in dict(sketch.broken())

    def test_flows_that_do_not_may_not(self) -> None:
        """Nobody could say which leads where."""
        sketch = (
            fork()
            .node("Start_2", "startEvent", 0, 250, "Asked")
            .flow(
                "Start_2",
                "End_2",
                (18, 250),
                (50, 250),
                (50, 180),
                (200, 180),
                (200, 250),
                (240, 250),
                (240, 310),
                (450, 310),
                (450, 268),
            )
        )
        assert ("flow-crossing", "Flow_Start_2_End_2") in sketch.broken()

    def test_a_flow_goes_around_shapes(self) -> None:
        """Its own ends included: it touches their borders only."""
        sketch = line("Do it", "Tell it").flow("Start_1", "End_1", (0, 82), (0, 70), (450, 70), (450, 82))
        assert [rule for rule, _ in sketch.broken()] == ["flow-through-shape"] * 2
        sketch = line("Do it").flow(
            "Task_1", "Task_1", (150, 140), (150, 170), (60, 170), (60, 60), (150, 60), (150, 110), (120, 110)
        )
        assert "flow-through-shape" in dict(sketch.broken())


class TestLabels:
    def test_a_label_lies_on_nothing(self) -> None:
        """Neither on a line, a shape, another label, nor on the border of a lane."""
        sketch = line("Do it")
        sketch.labels["Start_1"] = (-30, 122, 60, 14)
        assert sketch.broken() == []
        for box, rule in (
            ((20, 93, 60, 14), "label-on-line"),
            ((80, 120, 60, 14), "label-on-shape"),
            ((-30, 110, 60, 14), "label-on-shape"),
        ):
            sketch.labels["Start_1"] = box
            assert sketch.broken() == [(rule, "Start_1")]

    def test_labels_do_not_lie_on_each_other(self) -> None:
        sketch = line("Do it")
        sketch.labels |= {"Start_1": (-30, 150, 60, 14), "End_1": (0, 155, 60, 14)}
        assert sketch.broken() == [("label-on-shape", "End_1")]

    def test_a_border_is_a_line(self) -> None:
        sketch = line("Do it")
        sketch.lanes = {
            "Lane_1": (["Start_1", "Task_1", "End_1"], (-50, 0, 500, 160)),
            "Lane_2": ([], (-50, 160, 500, 100)),
        }
        sketch.labels["Start_1"] = (-30, 152, 60, 14)
        assert sketch.broken() == [("label-on-line", "Start_1")]


class TestMainPath:
    def test_steps_of_a_lane_stand_on_one_line(self) -> None:
        sketch = Sketch().node("Start_1", "startEvent", 0, 100).node("Task_1", "userTask", 150, 200, "Do it")
        sketch.node("End_1", "endEvent", 300, 100)
        sketch.flow("Start_1", "Task_1", (0, 118), (0, 200), (100, 200)).flow(
            "Task_1", "End_1", (200, 200), (300, 200), (300, 118)
        )
        assert sketch.broken() == [("main-path", "P")]
        sketch.lanes = {
            "Lane_1": (["Start_1", "End_1"], (-50, 0, 500, 150)),
            "Lane_2": (["Task_1"], (-50, 150, 500, 150)),
        }
        assert sketch.broken() == []

    def test_an_early_end_is_no_main_path(self) -> None:
        """At least half of the longest way is on the line."""
        sketch = Sketch().node("Start_1", "startEvent", 0, 100).node("Gateway_1", "exclusiveGateway", 100, 100, "Any?")
        sketch.node("End_None", "endEvent", 250, 100).flow("Start_1", "Gateway_1").flow(
            "Gateway_1", "End_None", name="none"
        )
        before = "Gateway_1"
        for number in range(1, 6):
            sketch.node(f"Task_{number}", "userTask", 100 + 150 * number, 250, "Do it")
            bends = () if number > 1 else ((100, 125), (100, 250), (200, 250))
            sketch.flow(before, f"Task_{number}", *bends, name="some")
            before = f"Task_{number}"
        sketch.node("End_1", "endEvent", 1000, 250).flow(before, "End_1")
        assert sketch.broken() == [("main-path", "P")]


def test_every_rule_says_what_holds() -> None:
    """Its statement is a sentence, its id is its own."""
    assert all(rule.statement.endswith(".") for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_what_is_no_diagram_is_a_finding() -> None:
    (found,) = check_style(b"no XML", "x.bpmn")
    assert found.file == "x.bpmn"
    assert found.severity == "error"


def test_a_drawing_of_our_own_keeps_the_rules() -> None:
    """What `fitsm layout` draws of a small process is as it should be."""
    text = """
        start Start_1 -> Task_A
        user Task_A -> Gateway_1
        xor Gateway_1 -> Task_A if again / End_1
        end End_1
    """
    data = draw(diagram("P", text), "p.bpmn").replace(b"name='Gateway_1'", b"name='Good?'")
    assert {one.rule for one in check_style(data, "p.bpmn")} <= {
        "gateway-question",
        "flow-answer",
        "task-name",
        "id-naming",
    }
