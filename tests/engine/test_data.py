# SPDX-License-Identifier: Apache-2.0
"""The data of a case: conflicts of parallel branches in its history, and what it was at any step."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import SYSTEM
from engine.errors import NotFound
from engine.values import LocalData
from tests.engine.workshop import Workshop

FORK = "start S -> F\nand F -> A / B\nuser A -> J\nuser B -> J\nand J -> C\nuser C -> E\nend E"
LINE = "start S -> A\nuser A -> B\nuser B -> C\nuser C -> E\nend E"


def test_a_conflict_stands_in_the_event_and_in_the_step(workshop: Workshop) -> None:
    """With the value that holds; the case replays with it."""
    workshop.publish("P", FORK)
    case = workshop.start()
    workshop.do(case, "A", v=1)
    workshop.do(case, "B", v=2)
    expected = [{"element": "B", "variable": "v", "value": 2, "instead_of": 1, "others": ["A"]}]
    event = [e for e in workshop.engine.history(SYSTEM, case.id) if e.kind == "task.completed"][-1]
    assert event.payload["effects"]["conflicts"] == expected
    assert [s.details.get("conflicts") for s in workshop.engine.steps(SYSTEM, case.id)][-1] == expected
    assert workshop.data(case)["v"] == 2
    assert workshop.engine.verify(SYSTEM, case.id).ok


def test_without_a_conflict_nothing_is_said(workshop: Workshop) -> None:
    """No empty list in every event."""
    workshop.publish("P", FORK)
    case = workshop.start()
    workshop.do(case, "A", v=1)
    workshop.do(case, "B", v=1)
    assert all("conflicts" not in e.payload.get("effects", {}) for e in workshop.engine.history(SYSTEM, case.id))


def test_the_data_as_it_was(workshop: Workshop) -> None:
    """After each event: forms, corrections, a value that became nothing, a true that was a one."""
    workshop.publish("P", LINE)
    case = workshop.start(a=1)
    workshop.do(case, "A", a=True, b=None)
    workshop.engine.correct(SYSTEM, case.id, {"b": "mended"}, "was missing")
    workshop.do(case, "B", a=None)
    history = workshop.engine.history(SYSTEM, case.id)
    at = {e.seq: workshop.engine.data_at(SYSTEM, case.id, e.seq) for e in history}
    steps = [e.seq for e in history if e.kind in ("case.started", "task.completed", "case.corrected")]
    expected = [{"a": 1}, {"a": True, "b": None}, {"a": True, "b": "mended"}, {"a": None, "b": "mended"}]
    assert [at[seq] for seq in steps] == expected
    assert at[steps[1]]["a"] is True
    assert at[history[-1].seq] == workshop.data(case)


def test_before_the_first_and_after_the_last_there_is_nothing(workshop: Workshop) -> None:
    """Said with the events that there are."""
    workshop.publish("P", LINE)
    case = workshop.start()
    for seq in (0, 99):
        with pytest.raises(NotFound, match=f"no event {seq}"):
            workshop.engine.data_at(SYSTEM, case.id, seq)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 1) | st.sampled_from(["", "1"]),
    lambda v: st.lists(v, max_size=2),
    max_leaves=3,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forms=st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3), min_size=3, max_size=3))
def test_the_last_data_of_the_history_is_the_data_of_the_case(
    workshop: Workshop, forms: list[dict[str, object]]
) -> None:
    """Whatever values replace each other, also those that Python takes for equal."""
    workshop.publish("P", LINE)
    case = workshop.start()
    data: dict[str, object] = {}
    for form in forms:
        workshop.do(case, **form)
        data |= form
        last = workshop.engine.history(SYSTEM, case.id)[-1].seq
        then = workshop.engine.data_at(SYSTEM, case.id, last)
        assert repr(then) == repr({n: data[n] for n in then})
        assert then.keys() == data.keys()


PAID = b"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="t">
<bpmn:process id="P" isExecutable="true"><bpmn:dataObject id="O"/>
<bpmn:dataObjectReference id="R1" dataObjectRef="O" name="Bill"><bpmn:dataState id="S1" name="checked"/></bpmn:dataObjectReference>
<bpmn:dataObjectReference id="R2" dataObjectRef="O" name="Bill"><bpmn:dataState id="S2" name="paid"/></bpmn:dataObjectReference>
<bpmn:startEvent id="S"/><bpmn:sequenceFlow id="F1" sourceRef="S" targetRef="A"/>
<bpmn:userTask id="A"><bpmn:dataOutputAssociation id="Out1"><bpmn:targetRef>R1</bpmn:targetRef></bpmn:dataOutputAssociation></bpmn:userTask>
<bpmn:sequenceFlow id="F2" sourceRef="A" targetRef="B"/>
<bpmn:userTask id="B"><bpmn:dataOutputAssociation id="Out2"><bpmn:targetRef>R2</bpmn:targetRef></bpmn:dataOutputAssociation></bpmn:userTask>
<bpmn:sequenceFlow id="F3" sourceRef="B" targetRef="E"/><bpmn:endEvent id="E"/></bpmn:process></bpmn:definitions>"""


def test_the_states_of_data_objects_are_noted(workshop: Workshop) -> None:
    """The last one is shown with the case; each stands in its event, and the case replays."""
    workshop.engine.publish(SYSTEM, PAID, "T/paid.bpmn")
    case = workshop.start()
    seen = []
    for _ in range(2):
        workshop.engine.complete(SYSTEM, workshop.task(case).id, {})
        seen.append(dict(workshop.engine.case(SYSTEM, case.id).data_states))
    assert seen == [{"Bill": "checked"}, {"Bill": "paid"}]
    last = workshop.engine.steps(SYSTEM, case.id)[-1]
    assert last.details["data_states"] == [{"element": "B", "label": "Bill", "variable": "Bill", "state": "paid"}]
    assert workshop.engine.verify(SYSTEM, case.id).ok


TURNS = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="t">
<bpmn:process id="P" isExecutable="true"><bpmn:startEvent id="S"/><bpmn:endEvent id="E"/>
<bpmn:userTask id="A"><bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="formJsonSchemaFilename" value="T/free.json"/></spiffworkflow:properties></bpmn:extensionElements>
<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>["x", "y"]</bpmn:loopDataInputRef>
<bpmn:inputDataItem id="It" name="item"/></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
<bpmn:sequenceFlow id="F1" sourceRef="S" targetRef="A"/><bpmn:sequenceFlow id="F2" sourceRef="A" targetRef="E"/>
</bpmn:process></bpmn:definitions>"""


def test_the_data_of_turns_as_it_was(workshop: Workshop) -> None:
    """Each scope within the case while it is there; the case replays."""
    workshop.engine.publish(SYSTEM, TURNS.encode(), "T/turns.bpmn")
    case = workshop.start()
    at = workshop.engine.history(SYSTEM, case.id)[-1].seq
    both = (
        LocalData("A", 1, {"loopCounter": 1, "item": "x"}),
        LocalData("A", 2, {"loopCounter": 2, "item": "y"}),
    )
    assert workshop.engine.locals_at(SYSTEM, case.id, at) == both
    workshop.engine.complete(SYSTEM, workshop.task(case).id, {"own": 1})
    last = workshop.engine.history(SYSTEM, case.id)[-1].seq
    assert len(workshop.engine.locals_at(SYSTEM, case.id, last)) == 1
    assert workshop.engine.locals_at(SYSTEM, case.id, at) == both
    workshop.engine.complete(SYSTEM, workshop.task(case).id, {})
    assert workshop.engine.locals_at(SYSTEM, case.id, 999) == ()
    assert workshop.engine.verify(SYSTEM, case.id).ok
