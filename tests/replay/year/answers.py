# SPDX-License-Identifier: Apache-2.0
"""What people type: for every field of a form something that it takes, at random."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine import SYSTEM, Engine
from engine.values import TaskForm
from webapp.demo.fill import fill

_WORDS = ("mail", "printer", "naïve", "größer", "服务", "x < y & z", "O'Brien", "\u2028line", "0", "true", "typename")
_FREE = ("n", "again", "trouble", "note", "amount", "typename", "list")


def answer(
    engine: Engine, form: TaskForm, chance: random.Random, now: datetime, people: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Data for a form. A form without fields takes anything, so it gets values of every kind."""
    if not form.schema:
        return {}
    if not form.schema.get("properties"):
        return free(chance)

    def guess(name: str, field: Mapping[str, Any]) -> Any:
        return _value(engine, name, field, chance, now, people)

    given = {name: guess(name, field) for name, field in _fields(form.schema).items() if chance.random() < 0.7}
    return fill(form.schema, {**form.value, **given}, guess)


def free(chance: random.Random) -> dict[str, Any]:
    values: dict[str, Any] = {
        "n": chance.choice([0, 1, 2, 3, 7, -1]),
        "again": chance.random() < 0.3,
        "trouble": chance.random() < 0.3,
        "note": text(chance),
        "amount": chance.choice([0, 0.1, 1e21, -2.5, 10**15]),
        "typename": {"typename": "builtins.set", "data": [1, {"x": None}]},
        "list": [chance.randrange(9) for _ in range(chance.randrange(4))],
    }
    return {name: values[name] for name in _FREE if chance.random() < 0.5} | {"n": values["n"]}


def text(chance: random.Random) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(chance.randrange(1, 12)))


def _fields(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with a place of their own; those under conditions are asked for by `fill`."""
    return {name: _followed(field, schema) for name, field in schema.get("properties", {}).items()}


def _followed(field: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = field.get("$ref", "")
    if not reference.startswith("#/"):
        return field
    target: Any = schema
    for step in reference[2:].split("/"):
        target = target[step]
    return {**_followed(target, schema), **{n: v for n, v in field.items() if n != "$ref"}}


def _value(
    engine: Engine,
    name: str,
    field: Mapping[str, Any],
    chance: random.Random,
    now: datetime,
    people: Mapping[str, list[str]],
) -> Any:
    choices = [c["const"] for c in [*field.get("oneOf", ()), *field.get("anyOf", ())] if "const" in c]
    choices += [field["const"]] if "const" in field else field.get("enum", [])
    if choices:
        return chance.choice(choices)
    if field.get("x-person"):
        return chance.choice(people.get(field.get("x-role", ""), people["user"]))
    if register := field.get("x-register"):
        found = engine.search_records(SYSTEM, register, "", limit=20)
        return chance.choice(found).id if found else None
    soon = now + timedelta(hours=chance.randrange(1, 400))
    formats = {"date-time": soon.isoformat(), "date": soon.date().isoformat(), "duration": "PT4H"}
    if field.get("format") in formats:
        return formats[field["format"]]
    least = field.get("minimum", 0)
    kinds = {
        "boolean": chance.random() < 0.5,
        "integer": least + chance.randrange(3),
        "number": least + chance.random(),
    }
    kind = field.get("type", "string")
    if kind in {"array", "object"}:
        return [] if kind == "array" else {}
    return kinds[kind] if kind in kinds else text(chance)[: field.get("maxLength", 300)]
