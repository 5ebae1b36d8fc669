# SPDX-License-Identifier: Apache-2.0
"""Records as the pages show them: columns, labelled fields, and what changed from version to version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.values import Change, Link, Record, Register
from webapp import fields as fields_of
from webapp.fields import Field, words

COLUMNS = 4  #: fields shown in a list beside number, label and state
HIDDEN = {"id", "number", "state"}


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a record and what it changed."""

    record: Record
    changes: tuple[Change, ...]


def title_of(register: Register, name: str) -> str:
    """The title of a field in the register's schema."""
    return str(_property(register, name).get("title") or words(name))


def columns(register: Register) -> tuple[str, ...]:
    """The fields a list shows: short ones, in the schema's order, without the label itself."""
    label = register.schema.get("x-label")
    fit = [n for n, p in register.schema.get("properties", {}).items() if n not in HIDDEN | {label} and _is_short(p)]
    return tuple(fit[:COLUMNS])


def field(register: Register, record: Record, name: str) -> Field:
    """One field of a record."""
    return fields_of.field(name, record.data.get(name), _property(register, name))


def fields(register: Register, record: Record) -> tuple[Field, ...]:
    """Every field the schema names, then whatever else the record holds."""
    named = [n for n in register.schema.get("properties", {}) if n not in HIDDEN]
    others = [n for n in record.data if n not in named and n not in HIDDEN]
    return tuple(field(register, record, name) for name in named + others)


def editions(history: Sequence[Record]) -> tuple[Edition, ...]:
    """Versions, newest first, each with its difference from the one before."""
    ordered = sorted(history, key=lambda record: record.version)
    before: Mapping[str, Any] = {}
    made = []
    for record in ordered:
        made.append(Edition(record, differences(before, record.data)))
        before = record.data
    return tuple(reversed(made))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(Change(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n))


@dataclass(frozen=True, slots=True)
class Relation:
    """A record that this one refers to, or that refers to this one."""

    words: str
    register: str
    id: str
    label: str


def relations(links: Iterable[Link], registers: Mapping[str, Register], record: Record) -> tuple[Relation, ...]:
    """Links as seen from the record, under the title of the field that makes them; their ends are written ``register/id``."""
    own = f"{record.register}/{record.id}"
    made = []
    for link in links:
        outward = link.source == own
        place, _, other = (link.target if outward else link.source).partition("/")
        source = registers.get(link.source.partition("/")[0])
        title = title_of(source, link.kind) if source else words(link.kind)
        said = title if outward else f"{title} of"
        made.append(Relation(said, place, other, "" if link.label == other else link.label))
    return tuple(made)


def submitted(data: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What a form means for a record: a field that was emptied is taken away."""
    return {**dict.fromkeys(name for name in before if name not in HIDDEN), **data}


def hit(record: Record) -> dict[str, str]:
    """A record as a picker shows it."""
    return {"id": record.id, "label": f"{record.id} {record.label}".strip(), "hint": words(record.state)}


def edit_schema(register: Register) -> dict[str, Any]:
    """The register's schema as a form: with the state as a choice where the register has states."""
    schema = {key: value for key, value in register.schema.items() if not key.startswith("x-") and key != "$id"}
    properties = dict(schema.get("properties", {}))
    if register.states:
        properties["state"] = {
            "title": "State",
            "type": "string",
            "enum": list(register.states),
            **properties.get("state", {}),
        }
    return {**schema, "properties": properties}


def _property(register: Register, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = register.schema.get("properties", {}).get(name, {})
    return found


def _is_short(prop: Mapping[str, Any]) -> bool:
    return prop.get("type") in ("string", "integer", "number", "boolean") and prop.get("maxLength", 0) <= 200
