# SPDX-License-Identifier: Apache-2.0
"""Something sensible for every form, without knowing it: the first choice at the first visit, another one at the next.

So a case that comes round to the same step again goes another way, and none goes round for ever.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from engine import Engine
from engine.values import SYSTEM, Json, TaskForm
from webapp.demo.fill import fill

#: Date fields that tell of what has been done, not of what is planned.
_PAST = ("held", "performed", "measured", "done", "tested", "deployed", "identified", "live_since", "outage_from")
_SOON = 21  #: days until what is planned
_NUMBERS = {"score": 4, "responses": 12, "asked": 20, "fulfilled_percent": 97, "cost_estimate": 400, "sample_size": 10}


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody knows who fills in a form. ``visit``: how often this case came to this step before; ``holders``: role ->
    the people who hold it."""

    engine: Engine
    now: datetime
    chance: random.Random
    person: str
    role: str
    visit: int
    data: Mapping[str, Json]
    holders: Callable[[str], Sequence[str]]


def answer(form: TaskForm, desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """Data for the form: what is ``given``, what the form knows already, else something sensible. A day to come that the
    form knows and that is over by now is chosen anew."""
    ahead, today = _days_to_come(form.schema), desk.now.date().isoformat()
    known = {name: value for name, value in form.value.items() if name not in ahead or str(value) >= today}
    return fill(form.schema, {**known, **given}, lambda name, field: _value(name, field, desk))


def _days_to_come(schema: Mapping[str, Any]) -> set[str]:
    """The fields that refuse a day that is over."""
    found = {name for name, field in schema.get("properties", {}).items() if "today" in field.get("x-not-before", ())}
    for part in schema.get("allOf", ()):
        for one in (part, part.get("then", {}), part.get("else", {})):
            found |= _days_to_come(one)
    return found


def _value(name: str, field: Mapping[str, Any], desk: Desk) -> Any:
    if choices := _choices(field):
        return choices[desk.visit % len(choices)]
    if field.get("x-person"):
        able = desk.holders(field.get("x-role") or desk.role) or [desk.person]
        return desk.person if desk.person in able else able[0]
    if register := field.get("x-register"):
        return _record(register, desk)
    if field.get("format"):
        return _moment(name, field["format"], desk)
    match field.get("type", "string"):
        case "boolean":
            return desk.visit % 2 == 0
        case "integer" | "number":
            return _number(name, field)
        case "array":
            listed = _listed(field["items"].get("x-register"), desk)
            return listed or [_value(name, field["items"], desk) for _ in range(max(field.get("minItems", 0), 1))]
        case "object":
            return fill(field, field.get("default", {}), lambda inner, schema: _value(inner, schema, desk))
    return _text(str(field.get("title", name)), desk)[: field.get("maxLength", 300)]


def _text(question: str, desk: Desk) -> str:
    """What people write there, another on another day."""
    said = _words().get(question) or ["As agreed with everybody concerned."]
    return said[desk.now.toordinal() % len(said)]


@cache
def _words() -> dict[str, list[str]]:
    return orjson.loads(Path(__file__).with_name("words.json").read_bytes())  # type: ignore[no-any-return]


def _choices(field: Mapping[str, Any]) -> list[Any]:
    listed = [c["const"] for c in [*field.get("oneOf", ()), *field.get("anyOf", ())] if "const" in c]
    return [field["const"]] if "const" in field else list(field.get("enum", listed))


def _record(register: str, desk: Desk) -> str | None:
    """The record of that register that the case is about, else one of the register's."""
    known = desk.data.get(f"{register}_id") or desk.data.get(register)
    if isinstance(known, str) and known:
        return known
    found = desk.engine.search_records(SYSTEM, register, "", limit=5)
    return desk.chance.choice(found).id if found else None


def _listed(register: str | None, desk: Desk) -> list[str]:
    """The records of a register that the case has before it in a list."""
    prefix = f"{desk.engine.register(register).prefix}-" if register else ""
    lists = [value for value in desk.data.values() if isinstance(value, list)] if prefix else []
    ids = [one["id"] for rows in lists for one in rows if isinstance(one, dict) and isinstance(one.get("id"), str)]
    return [own for own in dict.fromkeys(ids) if own.startswith(prefix)][:5]


def _moment(name: str, kind: str, desk: Desk) -> str:
    if kind == "duration":
        return "P2W"
    past = any(word in name for word in _PAST)
    when = desk.now if past else desk.now + timedelta(days=_SOON, hours=2 if name.endswith("to") else 0)
    return when.date().isoformat() if kind == "date" else when.isoformat(timespec="seconds")


def _number(name: str, field: Mapping[str, Any]) -> float:
    low, high = field.get("minimum", 0), field.get("maximum", 1_000_000)
    wanted = _NUMBERS.get(name, field.get("default", low + min(5, (high - low) // 2)))
    return float(max(low, min(high, wanted))) if field["type"] == "number" else int(max(low, min(high, wanted)))
