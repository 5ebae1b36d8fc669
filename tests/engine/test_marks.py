# SPDX-License-Identifier: Apache-2.0
"""Marks of elements are read at publishing, and of what was published before that was so once, when somebody asks."""

from __future__ import annotations

from sqlalchemy import delete, update

from engine.store import definitions as store
from engine.store.schema import blob, definition
from tests.engine.workshop import Workshop

MARKED = "start S -> A\nuser A | mark: one two | write: thing: title = 'Made' -> B\nuser B -> E\nend E"


def told(workshop: Workshop) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    found = [one.marked for one in workshop.engine.practice(workshop.actor("ada"), "fitsm").elements]
    return [(one.process_id, one.element, one.kind, one.value, one.writes) for one in found]


def test_a_question_about_marks_opens_no_diagram(workshop: Workshop) -> None:
    """It is answered where the diagrams are gone."""
    workshop.publish("P", MARKED)
    with workshop.engine.write() as tx:
        tx.connection.execute(delete(blob))
    assert told(workshop) == [("P", "A", "userTask", "one two", ("thing",))]


def test_marks_of_an_older_definition_are_read_once(workshop: Workshop) -> None:
    """By who asks first; from then on they are kept with it, and the definition is what it was."""
    workshop.publish("P", MARKED)
    workshop.publish("Q", "start S -> A\nuser A | mark: three -> E\nend E")
    with workshop.engine.read() as tx:
        before = {row["process_id"]: row for row in store.newest_of_all(tx.connection)}
    older = {name: value for name, value in before["P"]["about"].items() if name != "marked"}
    with workshop.engine.write() as tx:
        tx.connection.execute(update(definition).where(definition.c.process_id == "P").values(about=older))
    assert told(workshop) == [
        ("P", "A", "userTask", "one two", ("thing",)),
        ("Q", "A", "userTask", "three", ()),
    ]
    with workshop.engine.read() as tx:
        assert {row["process_id"]: row for row in store.newest_of_all(tx.connection)} == before


def test_a_process_that_is_documentation_only_has_no_marks(workshop: Workshop) -> None:
    """Nothing passes its elements."""
    xml = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
        xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" targetNamespace="t"><process id="D">
        <task id="A" name="Do it"><extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="fitsm" value="one"/></spiffworkflow:properties></extensionElements></task>
        </process></definitions>"""
    workshop.engine.publish(workshop.actor("olga"), xml, "T/d.bpmn")
    assert told(workshop) == []
