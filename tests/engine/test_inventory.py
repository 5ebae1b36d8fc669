# SPDX-License-Identifier: Apache-2.0
"""What a content folder holds and names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import Inventory, Use, take_inventory
from engine.errors import DiagramInvalid
from tests.builders import diagram

DIAGRAM = """
    start S | message: thing.found -> A
    user A | role: worker | form: T/form.json | write: thing: id = thing_id; state = "new" -> B
    rule B | decision: t_weight | read: thing: thing_id as found -> C
    throw C | message: thing.told -> E
    end E
"""
REGISTER = {"properties": {"owner": {"type": "string", "x-register": "person"}, "name": {"type": "string"}}}
FORM = {
    "properties": {
        "owner": {"$ref": "register:thing#/properties/owner"},
        "place": {"type": "string", "x-register": "place"},
        "by": {"type": "string", "x-person": True, "x-role": "helper"},
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One process with a form, a register and a role; the decision table is missing."""
    processes = tmp_path / "processes"
    (processes / "bpmn" / "T").mkdir(parents=True)
    (processes / "registers").mkdir()
    (tmp_path / "forms" / "T").mkdir(parents=True)
    (processes / "bpmn" / "T" / "p.bpmn").write_bytes(diagram("P", DIAGRAM, properties={"startable_by": "clerk"}))
    (processes / "registers" / "thing.json").write_text(json.dumps(REGISTER))
    (processes / "roles.json").write_text(json.dumps([{"id": "worker", "title": "Worker"}]))
    (tmp_path / "forms" / "T" / "form.json").write_text(json.dumps(FORM))
    return tmp_path


def used(inventory: Inventory, kind: str) -> set[tuple[str, str, str]]:
    return {(use.name, use.how, use.element) for use in inventory.uses if use.kind == kind}


def test_what_there_is_has_its_file(folder: Path) -> None:
    """By kind and name, relative to the folder."""
    inventory = take_inventory(folder)
    assert [model.process_id for model in inventory.processes] == ["P"]
    assert inventory.files["process"] == {"P": "processes/bpmn/T/p.bpmn"}
    assert inventory.files["form"] == {"T/form.json": "forms/T/form.json"}
    assert inventory.files["register"] == {"thing": "processes/registers/thing.json"}
    assert inventory.files["role"] == {"worker": "processes/roles.json"}
    assert inventory.files["decision"] == {}


def test_a_step_names_what_it_needs(folder: Path) -> None:
    """Messages with their direction, the form, the table, the roles of the lane and of who may start."""
    inventory = take_inventory(folder)
    assert used(inventory, "message") == {("thing.found", "catches", "S"), ("thing.told", "throws", "C")}
    assert used(inventory, "form") == {("T/form.json", "names", "A")}
    assert used(inventory, "decision") == {("t_weight", "names", "B")}
    assert Use("role", "clerk", "names", "processes/bpmn/T/p.bpmn", "P") in inventory.uses
    assert ("worker", "names", "A") in used(inventory, "role")


def test_a_register_is_read_by_associations_and_by_choices(folder: Path) -> None:
    """A form that offers records reads them, whether the field is its own or a register's."""
    inventory = take_inventory(folder)
    steps = {use for use in used(inventory, "register") if use[2]}
    assert steps == {
        ("thing", "writes", "A"),
        ("thing", "reads", "B"),
        ("person", "reads", "A"),
        ("place", "reads", "A"),
    }


def test_forms_and_registers_name_others(folder: Path) -> None:
    """Without an element: a field's register, and the role of people that it offers."""
    inventory = take_inventory(folder)
    form = {(use.kind, use.name) for use in inventory.uses if use.file == "forms/T/form.json"}
    assert form == {("register", "thing"), ("register", "place"), ("role", "helper")}


def test_a_diagram_that_cannot_be_read_is_told(folder: Path) -> None:
    """With its file."""
    (folder / "processes" / "bpmn" / "T" / "q.bpmn").write_text("no XML")
    with pytest.raises(DiagramInvalid) as refused:
        take_inventory(folder)
    assert refused.value.findings[0].file == "processes/bpmn/T/q.bpmn"
