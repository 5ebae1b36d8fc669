# SPDX-License-Identifier: Apache-2.0
"""Form data that a form's schema accepts: what is given where it fits, a likely value for whatever else is required."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema_rs

#: Gives a value for a required field that nobody gave: (name, schema of the field) -> value
Guess = Callable[[str, Mapping[str, Any]], Any]


def fill(schema: Mapping[str, Any], given: Mapping[str, Any], guess: Guess) -> dict[str, Any]:
    """Data for `schema`: of `given` what the schema has a field for, `guess` for required fields left over.

    Fields that appear only under a condition (`allOf` of `if`/`then`) are decided in rounds, since each answer may open
    or close others.
    """
    data: dict[str, Any] = {}
    for _ in range(8):
        fields, required = _open_fields(schema, data)
        wanted = {name: given[name] for name in fields if given.get(name) is not None}
        for name in required:
            if name not in wanted:
                wanted[name] = data.get(name, guess(name, fields.get(name, {})))
        if wanted == data:
            return data
        data = wanted
    raise RuntimeError("The form's conditions never come to rest.")


def likely(name: str, field: Mapping[str, Any]) -> Any:
    """A plain value for a field: its default, its first choice, yes, the smallest number, its title as text."""
    if "default" in field:
        return field["default"]
    for choice in [*field.get("oneOf", ()), *field.get("anyOf", ())]:
        if "const" in choice:
            return choice["const"]
    if "const" in field or "enum" in field:
        return field.get("const", next(iter(field.get("enum", ())), None))
    kind = field.get("type", "string")
    plain = {"boolean": True, "integer": field.get("minimum", 1), "number": field.get("minimum", 1), "array": []}
    return plain[kind] if kind in plain else str(field.get("title", name))


def _open_fields(schema: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The fields that the schema has for this data, and those it requires."""
    fields: dict[str, Any] = {}
    required: list[str] = []
    for part in _parts(schema, data):
        fields.update(part.get("properties", {}))
        required += [name for name in part.get("required", ()) if name not in required]
    return {name: _resolved(field, schema) for name, field in fields.items()}, required


def _parts(schema: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The schema itself and every `then` or `else` whose `if` decides so."""
    yield schema
    for part in schema.get("allOf", ()):
        yield from _parts(part, data)
    if "if" in schema:
        branch = "then" if jsonschema_rs.is_valid(schema["if"], dict(data)) else "else"
        yield from _parts(schema.get(branch, {}), data)


def _resolved(field: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The field with a local `$ref` followed."""
    reference = field.get("$ref", "")
    if not reference.startswith("#/"):
        return field
    target: Any = schema
    for step in reference[2:].split("/"):
        target = target[step]
    return {**_resolved(target, schema), **{name: value for name, value in field.items() if name != "$ref"}}
