# SPDX-License-Identifier: Apache-2.0
"""Forms are JSON Schema 2020-12: made self-contained at publish, and checked on the server from the same file.

``$ref: "register:<name>#/<pointer>"`` takes a field from a register's schema, so that a field is described once. No
database, no rendering.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs
import orjson

from engine.errors import Invalid
from engine.values import FieldError, Json

_REGISTER_REF = "register:"
#: Parts of a form with its references followed.
MAX_WEIGHT = 20_000
_MAX_DEPTH = 100
#: Keywords whose values are data.
DATA = frozenset({"const", "enum", "default", "examples", "$defs"})


def self_contained(
    schema: Mapping[str, Json],
    registers: Mapping[str, Mapping[str, Json]],
    file: str,
    roles: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Json]:
    """The schema with every reference to a register replaced by what it points to; own keywords win. A field with
    ``x-roles`` offers the ``roles``, wherever it stands.

    Raises:
        Invalid: a reference leads nowhere, or in a circle; or it comes to more than ``MAX_WEIGHT`` parts.
    """
    whole = dict(_resolve(dict(schema), registers, file, (), [MAX_WEIGHT]))
    choices = [{"const": role["id"], "title": role["title"]} for role in sorted(roles, key=lambda r: str(r["title"]))]
    if choices:
        _offer(whole, choices)
    return whole


def _offer(node: Json, choices: list[dict[str, Any]]) -> None:
    """Also in the rows of a list, and in parts of a field."""
    if isinstance(node, list):
        for item in node:
            _offer(item, choices)
    elif isinstance(node, dict):
        for item in list(node.values()):
            _offer(item, choices)
        if node.get("x-roles") is True:
            node["oneOf"] = choices


def _resolve(
    node: Json, registers: Mapping[str, Mapping[str, Json]], file: str, path: tuple[str, ...], left: list[int]
) -> Json:
    left[0] -= 1
    if left[0] < 0:
        reason = f"{file} comes to more than {MAX_WEIGHT:,} parts with the registers' fields filled in."
        raise Invalid(reason, hint="Describe each field once, and refer to it once.")
    if isinstance(node, list):
        return [_resolve(item, registers, file, path, left) for item in node]
    if not isinstance(node, Mapping):
        return node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith(_REGISTER_REF):
        if ref in path:
            raise Invalid(f"{file}: {ref} refers to itself.", hint="Describe the field where it is used.")
        target = _look_up(ref, registers, file)
        own = {k: v for k, v in node.items() if k != "$ref"}
        return _resolve({**copy.deepcopy(dict(target)), **own}, registers, file, (*path, ref), left)
    return {k: _resolve(v, registers, file, path, left) for k, v in node.items()}


def _look_up(ref: str, registers: Mapping[str, Mapping[str, Json]], file: str) -> Mapping[str, Json]:
    name, _, pointer = ref.removeprefix(_REGISTER_REF).partition("#")
    found: Any = registers.get(name)
    for part in pointer.strip("/").split("/") if found is not None and pointer.strip("/") else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        raise Invalid(f"{file}: {ref} points to nothing.", hint="Check the register's name and the field's name.")
    return found


class Form:
    """A published form, made ready to check what is handed in."""

    def __init__(self, schema: Mapping[str, Json]) -> None:
        self.schema = schema
        written = orjson.dumps(schema)
        self._validator = _validator(written) if schema else None
        self.fields = fields(schema)
        self.dated = b'"x-not-before"' in written  #: whether it matters which day is today
        self._referring = {keyword: _referring(self.fields, keyword) for keyword in ("x-register", "x-person")}

    def errors(self, data: Json) -> tuple[FieldError, ...]:
        """As `errors` of the schema."""
        return _errors(self._validator, self.schema, data)

    def references(self, data: Mapping[str, Json], keyword: str) -> Iterator[Reference]:
        """As `references` of the schema."""
        return _references(self._referring[keyword], data)


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Any:
    return jsonschema_rs.Draft202012Validator(orjson.loads(schema), validate_formats=True, retriever=_never)


def _never(address: str) -> Json:
    """A schema is self-contained: nothing is fetched from files or the network for it."""
    raise ValueError(f"'{address}' is not part of the schema")


def check_schema(schema: Mapping[str, Json], file: str) -> None:
    """Raises Invalid when ``schema`` is no JSON Schema 2020-12, or costs too much to check data against."""
    if weight(schema, file) > MAX_WEIGHT:
        reason = f"{file} comes to more than {MAX_WEIGHT:,} parts when its references are followed."
        raise Invalid(reason, hint="Describe each field once, and refer to it once.")
    try:
        _validator(orjson.dumps(schema))
    except (ValueError, jsonschema_rs.ValidationError) as error:
        raise Invalid(f"{file} is no JSON Schema 2020-12: {error}", hint="Mend the file.") from error


def weight(schema: Mapping[str, Json], file: str) -> int:
    """How many parts a schema has with its references followed: no check of one value looks at more.

    Thirty definitions that each refer twice to the next have a billion, and a form would never be answered.

    Raises:
        Invalid: a reference leads in a circle, nowhere, or out of the file; or the schema is nested too deeply.
    """
    known: dict[str, int] = {}

    def weigh(node: Json, path: tuple[str, ...]) -> int:
        if len(path) > _MAX_DEPTH:
            raise Invalid(f"{file} is nested more than {_MAX_DEPTH} levels deep.", hint="Make the form flatter.")
        if isinstance(node, list):
            return sum(weigh(item, (*path, "")) for item in node)
        if not isinstance(node, Mapping):
            return 0
        own = 1 + sum(weigh(value, (*path, "")) for name, value in node.items() if name not in DATA)
        ref = node.get("$ref")
        return own + (referred(ref, path) if isinstance(ref, str) else 0)

    def referred(ref: str, path: tuple[str, ...]) -> int:
        if ref in path:
            raise Invalid(f"{file}: {ref} refers to itself.", hint="A form has a fixed number of fields.")
        if ref not in known:
            known[ref] = weigh(_inside(schema, ref, file), (*path, ref))
        return known[ref]

    return weigh({name: value for name, value in schema.items() if name != "$defs"}, ("#",))


def _inside(schema: Mapping[str, Json], ref: str, file: str) -> Json:
    if not ref.startswith("#"):
        raise Invalid(f"{file}: '{ref[:80]}' is not part of the schema.", hint="Put what it refers to below $defs.")
    found: Json = schema
    for part in ref.removeprefix("#").strip("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isascii() and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, Mapping) and name in found:
            found = found[name]
        else:
            raise Invalid(f"{file}: {ref[:80]} points to nothing.", hint="Refer to something below $defs.")
    return found


def errors(schema: Mapping[str, Json], data: Json) -> tuple[FieldError, ...]:
    """What is wrong with ``data``, one entry per field, in plain words; empty when nothing is."""
    return _errors(_validator(orjson.dumps(schema)), schema, data)


def _errors(validator: Any, schema: Mapping[str, Json], data: Json) -> tuple[FieldError, ...]:
    if validator.is_valid(data):
        return ()
    found: dict[tuple[str | int, ...], FieldError] = {}
    for error in validator.iter_errors(data):
        for path, message, rule in _explain(error, schema):
            if path not in found or found[path].rule == "unexpected":
                found[path] = FieldError(path, message, rule)
    return tuple(_without_consequences(schema, list(found.values())))


def _without_consequences(schema: Mapping[str, Json], found: list[FieldError]) -> list[FieldError]:
    """A conditional part in which something is wrong counts as not there, so all its fields are unexpected (JSON Schema
    2020-12, 11.3); only what is wrong is told."""
    causes = [error for error in found if error.rule != "unexpected"]
    known = fields(schema) if causes else {}
    return [e for e in found if e.rule != "unexpected" or len(e.path) > 1 or e.path[0] not in known]


def _explain(error: Any, schema: Mapping[str, Json]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    path = tuple(error.instance_path)
    kind = str(error.kind.name)
    text = str(error.message)
    if kind == "required":
        missing = str(error.kind.property).strip('"')
        yield (*path, missing), f"{_title(_within(schema, path), missing)} is needed.", "required"
    elif kind in {"additionalProperties", "unevaluatedProperties"}:
        for name in error.kind.unexpected:
            yield (*path, name), f"'{name}' is not a field of this form.", "unexpected"
    else:
        yield path, _plain(kind, text, error), kind


def _plain(kind: str, text: str, error: Any) -> str:
    match kind:
        case "type":
            return f"This must be {_kind_of(error)}."
        case "enum" | "oneOf" | "const":
            return "Choose one of the offered values."
        case "minLength":
            return "This must not be empty." if _limit(error) == 1 else f"Write at least {_limit(error)} characters."
        case "maxLength":
            return f"Write at most {_limit(error)} characters."
        case "format":
            return _misread(str(error.kind.format), error.instance)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


#: Format -> how it is written.
_WRITTEN = {
    "date": "Write a day, as in 2026-11-25.",
    "date-time": "Write a day and a time, as in 2026-11-25T10:00:00+01:00.",
    "duration": "Write how long, as in P1M (a month) or PT4H (four hours).",
    "email": "Write an e-mail address, as in name@example.org.",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?=T|$)")


def _misread(form: str, value: Any) -> str:
    day = _DAY.match(value) if form in ("date", "date-time") else None
    if day and not _is_day(day[0]):
        return f"There is no day {day[0]}."
    return f"This is not written as it should be. {_WRITTEN.get(form, '')}".strip()


def _is_day(day: str) -> bool:
    """Whether the calendar has the day."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _limit(error: Any) -> Any:
    return getattr(error.kind, "limit", "?")


def _kind_of(error: Any) -> str:
    names = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "yes or no",
             "array": "a list", "object": "a group of fields", "null": "empty"}  # fmt: skip
    types = getattr(error.kind, "types", None) or []
    return " or ".join(names.get(str(t), str(t)) for t in types) or "of another kind"


def _within(schema: Mapping[str, Json], path: Iterable[str | int]) -> Mapping[str, Json]:
    """The schema of a row of a list or of a group of fields; a number in the path is a row."""
    for part in path:
        inner = schema.get("items") if isinstance(part, int) else fields(schema).get(part)
        schema = inner if isinstance(inner, Mapping) else {}
    return schema


def _title(schema: Mapping[str, Json], name: str) -> str:
    for properties in _all_properties(schema):
        if name in properties and isinstance(properties[name], Mapping):
            return str(properties[name].get("title") or name)
    return name


def _all_properties(schema: Json) -> Iterator[Mapping[str, Json]]:
    """The ``properties`` of a schema and of its conditional parts."""
    if not isinstance(schema, Mapping):
        return
    if isinstance(schema.get("properties"), Mapping):
        yield schema["properties"]
    for branch in schema.get("allOf", []):
        yield from _all_properties(branch)
    for keyword in ("then", "else"):
        yield from _all_properties(schema.get(keyword))


def fields(schema: Mapping[str, Json]) -> dict[str, Mapping[str, Json]]:
    """All fields a form can show, by name."""
    found: dict[str, Mapping[str, Json]] = {}
    for properties in _all_properties(schema):
        for name, field in properties.items():
            found.setdefault(name, field if isinstance(field, Mapping) else {})
    return found


def prefill(schema: Mapping[str, Json], known: Mapping[str, Json]) -> dict[str, Json]:
    """What is known already, for the fields that can take it; a field with ``x-fresh`` is asked anew each time."""
    return {
        name: known[name]
        for name, field in fields(schema).items()
        if known.get(name) is not None and not field.get("x-fresh") and not errors(field, known[name])
    }


def fitting(schema: Mapping[str, Json], draft: Mapping[str, Json]) -> dict[str, Json]:
    """A draft without what a form that takes nothing else has no field for: the form may be another by now."""
    strict = schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False
    known = fields(schema)
    return {name: value for name, value in draft.items() if not strict or name in known}


Reference = tuple[tuple[str | int, ...], str, Any]


def references(schema: Mapping[str, Json], data: Mapping[str, Json], keyword: str) -> Iterator[Reference]:
    """(path, what ``keyword`` says, value) for each value of a field that refers to a record or a person.

    Also of the fields in groups and in the rows of lists; a value in a plain list has the path of the list.
    """
    return _references(_referring(fields(schema), keyword), data)


class _Referring(NamedTuple):
    """A field of which something refers: itself, each value of its list, or fields within (``rows``: of each row)."""

    name: str
    target: str
    of_items: str
    inner: tuple[_Referring, ...]
    rows: tuple[_Referring, ...]


def _referring(described: Mapping[str, Mapping[str, Json]], keyword: str) -> tuple[_Referring, ...]:
    found = []
    for name, field in described.items():
        items = field.get("items")
        items = items if isinstance(items, Mapping) else {}
        own, of_items = str(field.get(keyword) or ""), str(items.get(keyword) or "")
        one = _Referring(name, own, of_items, _referring(fields(field), keyword), _referring(fields(items), keyword))
        if any(one[1:]):
            found.append(one)
    return tuple(found)


def _references(
    referring: Iterable[_Referring], data: Mapping[str, Json], path: tuple[str | int, ...] = ()
) -> Iterator[Reference]:
    for name, target, of_items, inner, rows in referring:
        value, here = data.get(name), (*path, name)
        if isinstance(value, str):
            if target and value:
                yield here, target, value
        elif isinstance(value, Mapping):
            yield from _references(inner, value, here)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                if of_items:
                    yield here, of_items, one
                elif rows and isinstance(one, Mapping):
                    yield from _references(rows, one, (*here, number))
