# SPDX-License-Identifier: Apache-2.0
"""Reading DMN 1.3 files."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.dmn import parse_tables
from engine.decisions import Input, Output, check, evaluate
from engine.errors import DiagramInvalid
from engine.scripts import Context

NOW = Context(datetime(2026, 1, 26, 9, tzinfo=UTC))
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"

TABLE = """\
<decisionTable id="t" hitPolicy="FIRST">
  <input id="i1" label="Impact">
    <inputExpression id="e1" typeRef="number"><text>impact</text></inputExpression>
    <inputValues id="v1"><text>1, 2, 3</text></inputValues>
  </input>
  <input id="i2"><inputExpression id="e2" typeRef="string"><text> kind </text></inputExpression></input>
  <output id="o1" label="Priority" name="priority" typeRef="string">
    <outputValues id="v2"><text>"P1", "P2"</text></outputValues>
    <defaultOutputEntry id="d1"><text>"P2"</text></defaultOutputEntry>
  </output>
  <annotation name="Why"/>
  <rule id="r1">
    <description>Urgent</description>
    <inputEntry id="c1"><text>&gt;= 3</text></inputEntry>
    <inputEntry id="c2"><text/></inputEntry>
    <outputEntry id="c3"><text>"P1"</text></outputEntry>
    <annotationEntry><text>agreed in 2025</text></annotationEntry>
  </rule>
</decisionTable>"""


def a_file(decision: str = TABLE, around: str = "", attributes: str = 'id="priority" name="Priority"') -> bytes:
    """A DMN file with one decision, `decision` inside it and `around` beside it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{DMN}" id="d" name="d" namespace="x"\n'
        ' xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/">\n'
        f"<decision {attributes}>\n{decision}\n</decision>\n{around}\n"
        "<dmndi:DMNDI><dmndi:DMNDiagram/></dmndi:DMNDI>\n</definitions>"
    ).encode()


def test_it_reads_a_table() -> None:
    """Every part of a table arrives, with the lines of the file; the drawing is passed over."""
    (table,) = parse_tables(a_file(), "priority.dmn")
    assert (table.id, table.name, table.file, table.line) == ("priority", "Priority", "priority.dmn", 5)
    assert (table.hit_policy, table.aggregation) == ("FIRST", "")
    assert table.inputs == (
        Input("i1", "Impact", "impact", ("1", "2", "3"), "number", 6),
        Input("i2", "", "kind", (), "string", 10),
    )
    assert table.outputs == (Output("o1", "priority", "Priority", ('"P1"', '"P2"'), '"P2"', "string", 11),)
    (rule,) = table.rules
    assert (rule.id, rule.number, rule.line, rule.description) == ("r1", 1, 16, "Urgent")
    assert (rule.cells, rule.results, rule.annotations) == ((">= 3", ""), ('"P1"',), ("agreed in 2025",))
    assert check(table) == []


def test_what_was_read_decides() -> None:
    """From file to decision."""
    (table,) = parse_tables(a_file(), "priority.dmn")
    result = evaluate(table, {"impact": 3, "kind": "x"}, NOW)
    assert (result.outputs, result.hits[0].annotations) == ({"priority": "P1"}, ("agreed in 2025",))
    assert evaluate(table, {"impact": 1, "kind": "x"}, NOW).outputs == {"priority": "P2"}


def test_defaults_of_the_standard() -> None:
    """Without a hit policy a table is UNIQUE; a single output without name sets the variable of the decision's id."""
    (table,) = parse_tables(a_file('<decisionTable><output id="o"/></decisionTable>'), "t.dmn")
    assert table.hit_policy == "UNIQUE"
    assert table.outputs[0].name == "priority"


def test_a_file_may_hold_several_tables() -> None:
    """Each decision is a table of its own."""
    second = '<decision id="other"><decisionTable><output name="x"/></decisionTable></decision>'
    assert [table.id for table in parse_tables(a_file(around=second), "t.dmn")] == ["priority", "other"]


REFUSED = {
    "policy": (a_file(TABLE.replace("FIRST", "OTHER")), "dmn-hit-policy", 5, "t"),
    "aggregation": (a_file(TABLE.replace('"FIRST"', '"FIRST" aggregation="SUM"')), "dmn-aggregation", 5, "t"),
    "unknown aggregation": (
        a_file(TABLE.replace('"FIRST"', '"COLLECT" aggregation="AVG"')),
        "dmn-aggregation",
        5,
        "t",
    ),
    "literal expression": (
        a_file("<literalExpression id='l'><text>1</text></literalExpression>"),
        "dmn-element",
        5,
        "l",
    ),
    "context": (a_file("<context/>"), "dmn-element", 5, "priority"),
    "nothing": (a_file(""), "dmn-empty", 4, "priority"),
    "requirement": (
        a_file('<informationRequirement id="q"><requiredInput href="#x"/></informationRequirement>' + TABLE),
        "dmn-graph",
        5,
        "q",
    ),
    "input data": (a_file(around='<inputData id="data"/>'), "dmn-graph", 25, "data"),
    "knowledge": (a_file(around='<businessKnowledgeModel id="bkm"/>'), "dmn-graph", 25, "bkm"),
    "import": (a_file(around='<import namespace="x"/>'), "dmn-element", 25, "d"),
    "foreign": (a_file(around='<x:y xmlns:x="http://example.org/x"/>'), "dmn-element", 25, "d"),
    "language": (
        a_file(TABLE.replace('id="c1"', 'id="c1" expressionLanguage="juel"')),
        "dmn-language",
        18,
        "c1",
    ),
    "output name": (a_file(TABLE.replace('name="priority"', 'name="the priority"')), "dmn-output", 11, "o1"),
    "private output": (a_file(TABLE.replace('name="priority"', 'name="_priority"')), "dmn-output", 11, "o1"),
    "no input": (a_file(TABLE.replace("<text>impact</text>", "")), "dmn-input", 6, "i1"),
    "cells": (a_file(TABLE.replace('<inputEntry id="c2"><text/></inputEntry>', "")), "dmn-cells", 16, "r1"),
    "no id": (a_file(attributes='name="x"'), "dmn-id", 4, "d"),
    "in the table": (a_file(TABLE.replace("<rule ", "<row/><rule ")), "dmn-element", 16, "t"),
    "older": (a_file().replace(b"20191111/MODEL/", b"20180521/MODEL/"), "dmn-version", 3, "d"),
    "not dmn": (b'<bpmn id="b"/>', "dmn-version", 1, "b"),
    "entity": (b"<!DOCTYPE d [<!ENTITY x 'y'>]><d/>", "xml-doctype", 1, ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses(name: str) -> None:
    """What would not be executed is refused with its line, element and rule."""
    data, rule, line, element = REFUSED[name]
    with pytest.raises(DiagramInvalid) as caught:
        parse_tables(data, "t.dmn")
    assert (rule, line, element) in [(f.rule, f.line, f.element) for f in caught.value.findings]


def test_it_tells_all_faults_at_once() -> None:
    """Who mends a file sees every fault of it, not the first."""
    data = a_file(TABLE.replace("FIRST", "OTHER").replace('name="priority"', 'name=""').replace('"o1"', '"the id"'))
    data = data.replace(b'id="priority"', b"")
    with pytest.raises(DiagramInvalid) as caught:
        parse_tables(data, "t.dmn")
    assert {finding.rule for finding in caught.value.findings} == {"dmn-hit-policy", "dmn-output", "dmn-id"}


@settings(max_examples=150, deadline=None)
@given(
    at=st.integers(0, len(a_file())),
    length=st.integers(0, 40),
    new=st.sampled_from([b"", b"<", b'"', b"/>", b"x", b"?"]),
)
def test_a_damaged_file_gives_tables_or_our_error(at: int, length: int, new: bytes) -> None:
    """However a file is damaged, it is read or refused, and what is read can be checked."""
    data = a_file()
    with suppress(DiagramInvalid):
        for table in parse_tables(data[:at] + new + data[at + length :], "t.dmn"):
            check(table)
