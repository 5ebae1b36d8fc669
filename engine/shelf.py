# SPDX-License-Identifier: Apache-2.0
"""The registers of a trial run: shelves in memory that keep what is written and have an example of what is looked up.

An example is made of the register's schema: for each field its first example, its default, its first choice, else the
plainest value of its type, so that an expression over a record has what to compute with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine import measures
from engine.bpmn import Outcome
from engine.values import Json

_PLAIN: Mapping[str, Json] = {"boolean": False, "array": [], "object": {}}


class Shelf:
    """What a trial has for registers. ``schemas``: those that are known, by name; ``now``: tells the time of the trial."""

    def __init__(self, schemas: Mapping[str, Mapping[str, Any]], now: Callable[[], datetime], person: str) -> None:
        self._schemas, self._now, self._person = schemas, now, person
        self._records: dict[tuple[str, str], dict[str, Json]] = {}
        self._numbers: dict[str, int] = {}

    def record(self, register: str, record_id: str) -> Mapping[str, Json] | None:
        """What was written under that id; else an example, which is there from now on."""
        if (register, record_id) not in self._records:
            self._records[register, record_id] = self._example(register)
        found = self._records[register, record_id]
        label = self._schemas.get(register, {}).get("x-label", "title")
        return {**found, "id": record_id, "number": record_id, "label": found.get(label) or record_id}

    def records(self, register: str, question: Mapping[str, Json]) -> Json:
        """Records are found by their ids only; by anything else none is, none is counted, and nothing can be measured."""
        if register == measures.STORE:
            return {"title": str(question.get("measure")), "unit": "", "count": 0, "value": None}
        where = question.get("where")
        wanted = where.get("id") if isinstance(where, Mapping) and not question.get("count_by") else None
        ids = wanted if isinstance(wanted, list) else [wanted]
        found: list[Json] = [self.record(register, own) for own in ids if isinstance(own, str) and own]
        return len(found) if question.get("count") else found

    def new_number(self, register: str) -> str:
        self._numbers[register] = self._numbers.get(register, 0) + 1
        return f"{register}-{self._numbers[register]}"

    def keep(self, outcome: Outcome) -> None:
        for write in outcome.writes:
            self._records.setdefault((write.register, write.record_id), {}).update(write.fields)

    def _example(self, register: str) -> dict[str, Json]:
        schema = self._schemas.get(register, {})
        found = {name: self._value(name, field) for name, field in schema.get("properties", {}).items()}
        return {"state": next(iter(schema.get("x-states", ())), None), **found}

    def _value(self, name: str, field: Mapping[str, Any]) -> Json:
        default = [field["default"]] if "default" in field else []
        chosen = [one["const"] for one in field.get("oneOf", ()) if "const" in one]
        likely = [*field.get("examples", ()), *default, *chosen, *field.get("enum", ())]
        if likely:
            return likely[0]
        kind = field.get("type", "string")
        if kind in ("integer", "number"):
            return field.get("minimum", 1)
        return _PLAIN[kind] if kind in _PLAIN else self._text(name, field)

    def _text(self, name: str, field: Mapping[str, Any]) -> str:
        if "x-register" in field:
            return f"{field['x-register']}-1"
        if "x-person" in field:
            return self._person
        now = self._now()
        formats = {"date-time": now.isoformat(), "date": now.date().isoformat(), "duration": "P1D"}
        return formats.get(field.get("format", ""), str(field.get("title", name)))
