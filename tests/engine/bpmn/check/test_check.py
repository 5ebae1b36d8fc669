# SPDX-License-Identifier: Apache-2.0
"""The check as a whole: what it says about files that are far off, and about the diagrams that we ship."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn.check import RULES, Known, check, field_names
from engine.bpmn.check.instead import INSTEAD
from engine.bpmn.check.vocabulary import BPMN, FLOW_NODES
from engine.bpmn.dmn import parse_tables
from engine.bpmn.model import TimerUse
from engine.bpmn.program import compile_program
from engine.bpmn.timing import is_plain, timer_text
from engine.bpmn.xml import parse
from engine.values import Finding, Json
from tests.engine.bpmn.check.chosen import CHOSEN
from tests.engine.bpmn.check.diagrams import KNOWN, VALID, changed, findings, xml
from tests.engine.bpmn.check.undone import UNDONE

ROOT = Path(__file__).parents[4]
SHIPPED = sorted((ROOT / "processes" / "bpmn").rglob("*.bpmn"))


def rules_of(found: list[Finding]) -> set[str]:
    return {finding.rule for finding in found}


def shipped_known() -> Known:
    """What our own diagrams may refer to, read from the content folders."""
    forms = ROOT / "forms"
    names = {path.relative_to(forms).as_posix() for path in forms.rglob("*.json")}
    registers = {
        path.stem: json.loads(path.read_text())["properties"] for path in (ROOT / "processes/registers").glob("*.json")
    }
    tables = [
        table
        for path in (ROOT / "processes/bpmn").rglob("*.dmn")
        for table in parse_tables(path.read_bytes(), path.name)
    ]
    processes = [parse(path.read_bytes(), path.name).find(f"{{{BPMN}}}process") for path in SHIPPED]
    return Known(
        forms=names,
        ui_forms=names,
        form_fields={name: field_names(json.loads((forms / name).read_text())) for name in names if ".ui." not in name},
        decisions={table.id: [output.name for output in table.outputs] for table in tables},
        registers={**registers, "measure": ()},
        roles={role["id"] for role in json.loads((ROOT / "processes/roles.json").read_text())},
        processes={process.get("id") for process in processes},
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_diagram_has_no_errors(path: Path) -> None:
    """What we ship can be published; warnings are allowed, and few."""
    found = check(parse(path.read_bytes(), path.name), path.name, known=shipped_known())
    assert [finding for finding in found if finding.severity == "error"] == []
    assert len(found) <= 5


def test_another_xml_file_is_no_bpmn() -> None:
    """One finding, and no pile of them."""
    found = check(parse(b"<definitions xmlns='urn:other'/>", "x.bpmn"), "x.bpmn", known=KNOWN)
    assert [finding.rule for finding in found] == ["not-bpmn"]


def test_a_tree_and_its_root_are_checked_alike() -> None:
    """Callers have one or the other."""
    root = parse(xml(VALID), "x.bpmn")
    assert check(root, "x", known=KNOWN) == check(root.getroottree(), "x", known=KNOWN) == []


def test_what_the_check_accepts_spiffworkflow_accepts() -> None:
    """Every element of the vocabulary is made ready to run."""
    other = '<bpmn:process id="X_other" isExecutable="true"><bpmn:startEvent id="O_S"/><bpmn:endEvent id="O_E"/>'
    other += '<bpmn:sequenceFlow id="O_F" sourceRef="O_S" targetRef="O_E"/></bpmn:process>'
    programs = [
        compile_program("X_main", {"x.bpmn": xml(b), "other.bpmn": xml(other)}, ()) for b in (VALID, UNDONE, CHOSEN)
    ]
    kinds = {element.kind for program in programs for element in program.model.elements.values()}
    assert kinds == FLOW_NODES


_TIMES = ["PT4H", "P", "PM", "P1.5D", "R/PT1H", "R3/x", "2026-01-01", "2026-01-01T00:00Z", "PT4h", "-PT1H", "wait"]


@pytest.mark.parametrize("text", _TIMES)
def test_what_a_case_would_read_as_a_time_is_checked_as_a_time(text: str) -> None:
    """A timer's text is never checked as an expression and then read as ISO 8601 when the case is there."""

    def evaluate(expression: str) -> Json:
        raise LookupError(expression)

    with suppress(LookupError):
        timer_text(TimerUse("timeDuration", text), evaluate)
        assert is_plain(text)


def test_an_empty_process_lacks_start_and_end() -> None:
    """The first save of a new diagram says what comes next."""
    found = findings('<bpmn:process id="X_main" name="x" isExecutable="true"/>')
    assert {"start-required", "end-required"} <= rules_of(found)


def test_without_drawing_there_is_one_warning() -> None:
    """Not one for each element."""
    data = xml(VALID)
    bare = data[: data.index(b"<bpmndi:BPMNDiagram>")] + b"</bpmn:definitions>"
    found = check(parse(bare, "x.bpmn"), "x.bpmn", known=KNOWN)
    assert [(finding.rule, finding.severity) for finding in found] == [("drawing-missing", "warning")]


def test_without_lanes_a_task_needs_an_assignee() -> None:
    """A warning: a small process may still be drawn so, if it says who."""
    start = VALID.index("<bpmn:laneSet")
    end = VALID.index("</bpmn:laneSet>") + len("</bpmn:laneSet>")
    found = findings(VALID[:start] + VALID[end:])
    assert {(finding.rule, finding.severity) for finding in found} == {("task-for-nobody", "warning")}
    assert {finding.element for finding in found} == {"Task_Register", "Task_Look", "Task_Try"}


def test_an_id_that_is_used_twice_is_found_also_in_a_tree_that_was_not_parsed_by_us() -> None:
    """The parser refuses it first; the rule does not rely on that."""
    root = parse(xml(VALID), "x.bpmn")
    for task in root.iter(f"{{{BPMN}}}task"):
        task.set("id", "Task_Look")
    assert "id-duplicate" in rules_of(check(root, "x.bpmn", known=KNOWN))


_SMALL = """
<bpmn:dataStore id="DataStore_incident" name="incident"/>
<bpmn:process id="X_main" name="Main" isExecutable="true">
  <bpmn:startEvent id="Start_Hand" name="Begun"/>
  <bpmn:sequenceFlow id="Flow_1" sourceRef="Start_Hand" targetRef="Task_Register"/>
  <bpmn:userTask id="Task_Register" name="Register">
    <bpmn:extensionElements>
      <spiffworkflow:properties>
        <spiffworkflow:property name="formJsonSchemaFilename" value="X/register.json"/>
        <spiffworkflow:property name="assignee" value="initiator()"/>
      </spiffworkflow:properties>
    </bpmn:extensionElements>
    <bpmn:dataOutputAssociation id="Write_1">
      <bpmn:targetRef>Store_Incident</bpmn:targetRef>
      <bpmn:assignment><bpmn:from>title</bpmn:from><bpmn:to>title</bpmn:to></bpmn:assignment>
    </bpmn:dataOutputAssociation>
  </bpmn:userTask>
  <bpmn:boundaryEvent id="Event_Late" name="Late" attachedToRef="Task_Register" cancelActivity="false">
    <bpmn:timerEventDefinition id="Def_1">
      <bpmn:timeDate>add_time(now(), wait)</bpmn:timeDate>
    </bpmn:timerEventDefinition>
  </bpmn:boundaryEvent>
  <bpmn:sequenceFlow id="Flow_2" sourceRef="Event_Late" targetRef="End_All"/>
  <bpmn:sequenceFlow id="Flow_3" sourceRef="Task_Register" targetRef="Task_Script"/>
  <bpmn:scriptTask id="Task_Script" name="Compute">
    <bpmn:script>number = incident_id
also = number
if impcat == "high":
    also = get_var("anything")</bpmn:script>
  </bpmn:scriptTask>
  <bpmn:sequenceFlow id="Flow_4" sourceRef="Task_Script" targetRef="End_All"/>
  <bpmn:endEvent id="End_All" name="Ended"/>
  <bpmn:dataStoreReference id="Store_Incident" name="Incident" dataStoreRef="DataStore_incident"/>
</bpmn:process>
"""


def test_a_variable_that_nothing_sets_is_pointed_out() -> None:
    """A slip of the pen in a script, a timer's variable that is nobody's; get_var says that it may be missing."""
    found = [finding for finding in findings(_SMALL) if finding.rule == "variable-unknown"]
    assert [finding.element for finding in found] == ["Def_1", "Task_Script"]
    assert {finding.severity for finding in found} == {"warning"}
    assert "'wait'" in found[0].message
    assert "'impcat'" in found[1].message
    assert found[1].hint == "Did you mean 'impact'?"


def test_the_date_of_a_start_reads_the_fields_of_a_record() -> None:
    """They are no variables of a case; whether the register has them is another rule's."""
    dated = (
        '<bpmn:startEvent id="Start_Due" name="Due"><bpmn:extensionElements><spiffworkflow:properties>'
        '<spiffworkflow:property name="register" value="incident"/></spiffworkflow:properties></bpmn:extensionElements>'
        '<bpmn:timerEventDefinition id="Def_2"><bpmn:timeDate>title if priority else None</bpmn:timeDate>'
        "</bpmn:timerEventDefinition></bpmn:startEvent>"
    )
    found = findings(
        changed(
            "add_time(now(), wait)",
            "add_time(now(), 'P1D')",
            _SMALL.replace("<bpmn:startEvent", f"{dated}<bpmn:startEvent", 1),
        )
    )
    assert [finding.element for finding in found if finding.rule == "variable-unknown"] == ["Task_Script"]


def test_where_variables_come_from_outside_nothing_is_said_about_them() -> None:
    """A form whose fields are not known may set any variable."""
    found = findings(changed("X/register.json", "X/decide.json", _SMALL))
    assert "variable-unknown" not in rules_of(found)


@pytest.mark.parametrize("name", ["Start", "End", "Root"])
def test_a_process_with_a_reserved_id_is_refused(name: str) -> None:
    """SpiffWorkflow would drop it without a word."""
    body = VALID.replace("X_main", name)
    found = findings(body)
    assert ("id-reserved", name) in {(finding.rule, finding.element) for finding in found}


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_whatever_is_refused_has_an_alternative(name: str) -> None:
    """The hint names what to draw."""
    found = findings(changed('<bpmn:task id="Task_Plain" name="Note"/>', f'<bpmn:{name} id="Task_Plain"/>'))
    refused = [finding for finding in found if finding.rule == "element-not-allowed"]
    assert [finding.hint for finding in refused] == [INSTEAD[name]]


def test_rule_ids_are_unique_and_say_what_holds() -> None:
    """Each rule has a statement: the documentation is made of them."""
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.statement.endswith(".") for rule in RULES)


def test_findings_come_in_the_order_of_the_file() -> None:
    """And each only once."""
    body = VALID.replace('name="Note"', "").replace(' name="yes"', "").replace("PT4H", "PT4h")
    found = findings(body)
    assert [finding.line for finding in found] == sorted(finding.line for finding in found)
    assert len(set(found)) == len(found)


def test_the_documentation_is_what_the_check_does() -> None:
    """docs/bpmn.md is written by `python -m engine.bpmn.check.doc`."""
    from engine.bpmn.check.doc import document

    assert (ROOT / "docs" / "bpmn.md").read_text() == document()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_in_a_diagram_makes_the_check_fail(data: st.DataObject) -> None:
    """Elements removed, renamed, moved, attributes and texts lost or exchanged: findings, never an exception."""
    root = parse(xml(VALID), "x.bpmn")
    nodes = list(root.iter())
    for _ in range(data.draw(st.integers(1, 6))):
        node = data.draw(st.sampled_from(nodes))
        change = data.draw(st.sampled_from(["remove", "rename", "move", "drop", "set", "text"]))
        other = data.draw(st.sampled_from(nodes))
        if change == "remove" and node.getparent() is not None:
            node.getparent().remove(node)
        elif change == "rename":
            node.tag = f"{{{BPMN}}}" + data.draw(
                st.sampled_from(sorted(FLOW_NODES | set(INSTEAD) | {"process", "lane", "to"}))
            )
        elif change == "move" and node not in (other, *other.iterancestors()) and node is not root:
            other.append(node)
        elif change == "drop" and node.attrib:
            del node.attrib[data.draw(st.sampled_from(sorted(node.attrib)))]
        elif change == "set":
            name = data.draw(
                st.sampled_from(["id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "value"])
            )
            node.set(
                name,
                data.draw(
                    st.sampled_from(["", "Start", "Task_Look", "Flow_1", "X_main", "1 2", other.get("id") or "x"])
                ),
            )
        elif change == "text":
            node.text = data.draw(
                st.sampled_from(["", "Task_Look", "1 +", "P1", "{{", "x" * 5000, "((((" * 50, "9" * 400])
            )
    for finding in check(root, "x.bpmn", known=KNOWN):
        assert finding.message
        assert finding.hint
    assert etree.tostring(root)


def test_a_large_diagram_is_checked_while_it_is_edited() -> None:
    """600 tasks in a line, 30 lanes: a fraction of a second."""
    tasks = ['<bpmn:startEvent id="T0" name="s"/>', *(f'<bpmn:userTask id="T{n}" name="t"/>' for n in range(1, 600))]
    flows = [f'<bpmn:sequenceFlow id="F{n}" sourceRef="T{n}" targetRef="T{n + 1}"/>' for n in range(600)]
    refs = [f"<bpmn:flowNodeRef>T{n}</bpmn:flowNodeRef>" for n in range(600)]
    lanes = [f'<bpmn:lane id="L{n}" name="l">{"".join(refs[n::30])}</bpmn:lane>' for n in range(30)]
    inside = [f'<bpmn:laneSet id="LS">{"".join(lanes)}</bpmn:laneSet>', *tasks, *flows]
    end = '<bpmn:endEvent id="T600" name="e"/>'
    body = f'<bpmn:process id="X_main" name="x" isExecutable="true">{"".join(inside)}{end}</bpmn:process>'
    tree = parse(xml(body), "x.bpmn")
    begun = time.perf_counter()
    check(tree, "x.bpmn", known=KNOWN)
    assert time.perf_counter() - begun < 2
