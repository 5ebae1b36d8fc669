# SPDX-License-Identifier: Apache-2.0
"""Registers: data stores that exist, and data associations that read or write their fields."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterator

from engine.bpmn.check.diagram import Diagram, Node, children, kind, label, text
from engine.bpmn.check.known import Known
from engine.bpmn.check.rule import Fault, rule
from engine.bpmn.check.rules.data import is_of_register
from engine.bpmn.check.vocabulary import SUBPROCESSES
from engine.scripts.naming import suggestion

_STATE = ("id", "state")  # every register has them
_UNLOADABLE = "typename"  # a key that SpiffWorkflow takes for a type of its own


@rule("register-known")
def register_known(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """Every data store is a register that exists."""
    for store in diagram.of_kind("dataStore"):
        name = store.get("name", "").strip()
        if name not in known.registers:
            hint = suggestion(name, known.registers, "Give the data store the name of a register.")
            yield Fault(store, f"There is no register '{name}'.", hint)


@rule("register-field")
def register_field(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A value is written into a field that the register has."""
    for association in diagram.of_kind("dataOutputAssociation"):
        register = diagram.register_of(association, "targetRef")
        fields = known.registers.get(register)
        for assignment in children(association, "assignment"):
            for target in children(assignment, "to"):
                name = text(target)
                if fields is not None and name and name not in {*fields, *_STATE}:
                    hint = suggestion(name, fields, f"Fields of {register}: {_some(fields)}.")
                    yield Fault(target, f"The register '{register}' has no field '{name}'.", hint)
                if name == _UNLOADABLE:
                    yield Fault(target, f"No field can be called '{_UNLOADABLE}'.", "Give it another name.")


@rule("data-association")
def data_association(diagram: Diagram, known: Known) -> Iterator[Fault]:
    """A data association has assignments with value and target, each target once; a read has exactly one."""
    for association in diagram.of_kind("dataInputAssociation", "dataOutputAssociation"):
        if not is_of_register(diagram, association):
            continue
        reads = kind(association) == "dataInputAssociation"
        owner = association.getparent()
        where = label(association if owner is None else owner)
        if owner is not None and kind(owner) in (*SUBPROCESSES, "adHocSubProcess", "callActivity"):
            message = f"{where} reads or writes a register, which only tasks and events do."
            yield Fault(association, message, "Draw the association at a task in it or beside it.")
            continue
        assignments = children(association, "assignment")
        if reads and len(assignments) != 1:
            hint = "From: the record's number; to: the case variable that receives the record."
            yield Fault(association, f"The reading of a register at {where} needs exactly one assignment.", hint)
        elif not assignments:
            hint = "Add an assignment for each field."
            yield Fault(association, f"The writing into a register at {where} has no assignments.", hint)
        yield from _incomplete(where, association, assignments)
        for name in ("sourceRef", "targetRef"):
            needed = name == "targetRef" or reads
            if len(children(association, name)) != 1 and (needed or children(association, name)):
                yield Fault(association, f"A data association at {where} needs one {name}.", "Draw it anew.")


def _incomplete(where: str, association: Node, assignments: list[Node]) -> Iterator[Fault]:
    seen: set[str] = set()
    for assignment in assignments:
        source, target = children(assignment, "from"), children(assignment, "to")
        name = text(target[0]) if len(target) == 1 else ""
        if len(source) != 1 or not name or not text(source[0]):
            hint = "Give it a value (from) and a name (to)."
            yield Fault(assignment, f"An assignment at {where} is incomplete.", hint)
        elif not name.isidentifier() or keyword.iskeyword(name):
            yield Fault(target[0], f"'{name[:60]}' at {where} is no name.", "Use letters, digits and _.")
        elif name in seen:
            yield Fault(target[0], f"'{name}' is assigned twice at {where}.", "Keep one.")
        seen.add(name)


def _some(names: Collection[str]) -> str:
    shown = sorted(names)[:12]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
