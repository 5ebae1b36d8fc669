# SPDX-License-Identifier: Apache-2.0
"""What a content folder holds, and where it names what: a question about files, without a database.

Every diagram, form, decision table, register and role, and every place that names one of them: a step that opens a form,
reads or writes a register, throws or catches a message. What follows from it is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from engine import content, measures
from engine.bpmn import Element, Model, parse_tables, read_models
from engine.bpmn.xml import parse
from engine.values import Json

UseOf = Literal["process", "form", "decision", "register", "role", "message", "signal"]
How = Literal["names", "reads", "writes", "throws", "catches"]

_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})
_REGISTER_REF = "register:"


@dataclass(frozen=True, slots=True)
class Use:
    """One place that names something. A place in a form or a register has neither process nor element."""

    kind: UseOf
    name: str
    how: How
    file: str
    process_id: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """A content folder: its executable processes, what else there is by kind and name, and all places that name it.

    ``files``: kind -> name -> file, relative to the folder. Messages and signals have no files: they are where they are
    named.
    """

    processes: tuple[Model, ...]
    files: Mapping[UseOf, Mapping[str, str]]
    uses: tuple[Use, ...]
    roles: tuple[Mapping[str, Json], ...]


def take_inventory(root: Path) -> Inventory:
    """Read the content folder ``root``, which holds ``processes/`` and ``forms/``.

    Raises:
        Invalid, DiagramInvalid: a file cannot be read.
    """
    models = tuple(_models(root))
    described = {kind: _assets(root, kind) for kind in ("form", "register")}
    files: dict[UseOf, dict[str, str]] = {
        "process": {model.process_id: model.file for model in models},
        "form": {name: f"forms/{name}" for name in described["form"]},
        "decision": dict(_decisions(root)),
        "register": {name: f"processes/registers/{name}.json" for name in described["register"]},
    }
    roles = tuple(role for listed in _assets(root, "roles").values() for role in listed)
    files["role"] = {str(role["id"]): "processes/roles.json" for role in roles}
    uses = [use for model in models for use in _of_process(model, described)]
    uses += [use for name, schema in described["form"].items() for use in _of_schema(schema, files["form"][name])]
    uses += [
        use for name, schema in described["register"].items() for use in _of_schema(schema, files["register"][name])
    ]
    return Inventory(models, files, tuple(dict.fromkeys(uses)), roles)


def _models(root: Path) -> Iterator[Model]:
    for path in sorted((root / "processes" / "bpmn").rglob("*.bpmn")):
        file = path.relative_to(root).as_posix()
        yield from read_models(parse(path.read_bytes(), file), file)


def _decisions(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((root / "processes" / "bpmn").rglob("*.dmn")):
        file = path.relative_to(root).as_posix()
        for table in parse_tables(path.read_bytes(), file):
            yield table.id, file


def _assets(root: Path, kind: str) -> dict[str, Any]:
    return {name: orjson.loads(data) for found, name, data in content.assets(root) if found == kind}


# --- who names what ------------------------------------------------------------------------------------------------


def _of_process(model: Model, described: Mapping[str, Mapping[str, Any]]) -> Iterator[Use]:
    for role in model.properties.get("startable_by", "").split():
        yield Use("role", role, "names", model.file, model.process_id)
    for element in model.elements.values():
        for kind, name, how in _of_element(element, described):
            yield Use(kind, name, how, model.file, model.process_id, element.id)


def _of_element(element: Element, described: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[UseOf, str, How]]:
    catches: How = "catches" if element.kind in _CATCHING else "throws"
    if element.message:
        yield "message", element.message.name, catches
    if element.trigger and element.trigger.kind == "signal":
        yield "signal", element.trigger.name, catches
    yield from (("register", a.register, "reads") for a in element.reads if a.register != measures.STORE)
    yield from (("register", access.register, "writes") for access in element.writes)
    if element.kind == "startEvent" and (register := element.properties.get("register")):
        yield "register", register, "reads"
    named: tuple[tuple[UseOf, str], ...] = (
        ("form", element.form),
        ("form", element.ui_form),
        ("decision", element.decision),
        ("role", element.role),
        ("process", element.called),
    )
    yield from ((kind, name, "names") for kind, name in named if name)
    yield from (("register", name, "reads") for name in _offered(element.form, described))


def _offered(form: str, described: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The registers of which a form offers records to choose from: by its own fields, or by those it takes over."""
    for node in _nodes(described["form"].get(form, {})):
        if "x-register" in node:
            yield str(node["x-register"])
        name, pointer = _reference(node)
        field: Any = described["register"].get(name, {}) if name and "/" in pointer else {}
        for part in pointer.strip("/").split("/"):
            field = field.get(part, {}) if isinstance(field, Mapping) else {}
        yield from (str(inner["x-register"]) for inner in _nodes(field) if "x-register" in inner)


def _of_schema(schema: Any, file: str) -> Iterator[Use]:
    """What a form or a register names: registers of its fields, roles of the people that it offers."""
    for node in _nodes(schema):
        if "x-register" in node:
            yield Use("register", str(node["x-register"]), "names", file)
        if "x-role" in node:
            yield Use("role", str(node["x-role"]), "names", file)
        if name := _reference(node)[0]:
            yield Use("register", name, "names", file)


def _reference(node: Mapping[str, Any]) -> tuple[str, str]:
    """(register, pointer into it) of a field that is described in a register; empty if it is not."""
    ref = str(node.get("$ref", ""))
    name, _, pointer = ref.removeprefix(_REGISTER_REF).partition("#")
    return (name, pointer) if ref.startswith(_REGISTER_REF) else ("", "")


def _nodes(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, Mapping):
        yield schema
        for value in schema.values():
            yield from _nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _nodes(value)
