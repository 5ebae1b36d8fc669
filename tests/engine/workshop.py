# SPDX-License-Identifier: Apache-2.0
"""An engine for processes made up in tests: bare content (two roles for work, a register, a few forms), people by login."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine import SYSTEM, Actor, CountingIds, Engine, EngineConfig, VirtualClock, open_engine
from engine.values import Case, Definition, Json, Person, Task
from tests.builders import diagram
from tests.databases import Database, Furnished, empty

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = {
    "wanda": {"worker"},
    "will": {"worker"},
    "lea": {"lead"},
    "ada": {"auditor"},
    "olga": {"owner"},
    "root": {"administrator"},
    "nina": set(),
}
ROLES = [
    {"id": "worker", "title": "Worker"},
    {"id": "lead", "title": "Lead", "grants": ["case.read", "case.cancel", "case.correct", "task.assign"]},
    {"id": "auditor", "title": "Auditor", "grants": ["case.read", "history.read", "history.verify"]},
    {
        "id": "owner",
        "title": "Owner",
        "grants": ["definition.publish", "definition.migrate", "register.read", "register.write"],
    },
    {"id": "administrator", "title": "Administrator", "grants": ["people.manage", "system.look", "message.send"]},
]
THING = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Thing",
    "x-prefix": "THG",
    "x-label": "title",
    "x-search": ["title", "note"],
    "x-states": ["new", "old"],
    "x-index": ["parent", "parts", "day", "at", "size"],
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string", "title": "Title", "minLength": 1},
        "state": {"enum": ["new", "old"], "title": "State"},
        "note": {"type": "string", "title": "Note"},
        "parent": {"type": "string", "title": "Parent", "x-register": "thing"},
        "parts": {"type": "array", "title": "Parts", "items": {"type": "string", "x-register": "thing"}},
        "day": {"type": "string", "title": "Day", "format": "date"},
        "due": {"type": "string", "title": "Due", "format": "date", "x-not-before": "today"},
        "at": {"type": "string", "title": "At", "format": "date-time"},
        "size": {"type": "number", "title": "Size"},
        "paper": {"type": "object", "title": "Paper", "x-file": True},
    },
    "additionalProperties": False,
}
EVERYTHING = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["title", "count"],
    "properties": {
        "title": {"$ref": "register:thing#/properties/title"},
        "count": {"type": "integer", "title": "Count", "minimum": 1, "maximum": 10},
        "choice": {"type": "string", "title": "Choice", "enum": ["red", "blue"]},
        "day": {"type": "string", "title": "Day", "format": "date"},
        "urgent": {"type": "boolean", "title": "Urgent", "x-fresh": True},
        "short": {"type": "string", "title": "Short", "maxLength": 5},
        "thing": {"type": "string", "title": "Thing", "x-register": "thing"},
        "things": {"type": "array", "title": "Things", "items": {"type": "string", "x-register": "thing"}},
        "person": {"type": "string", "title": "Person", "x-person": True},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "thing": {"type": "string", "x-register": "thing"},
                    "by": {"type": "object", "properties": {"person": {"type": "string", "x-person": True}}},
                },
            },
        },
        "reason": {"type": "string", "title": "Reason"},
    },
    "allOf": [
        {
            "if": {"properties": {"urgent": {"const": True}}, "required": ["urgent"]},
            "then": {"required": ["reason"]},
        }
    ],
    "unevaluatedProperties": False,
}
TYPED = {
    "type": "object",
    "properties": {
        "evidence": {"type": "string", "title": "Evidence", "minLength": 1},
        "note": {"type": "string"},
        "period": {"type": "string", "format": "duration", "x-least": "P1D", "x-most": "P10Y"},
        "within": {"type": "string", "format": "duration"},
        "from": {"type": "string", "title": "From", "format": "date"},
        "until": {"type": "string", "title": "Until", "format": "date", "x-not-before": ["today", "from"]},
        "begins": {"type": "string", "title": "Begins", "format": "date-time", "x-not-before": "today"},
        "ends": {"type": "string", "title": "Ends", "format": "date-time", "x-not-before": "begins"},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "what": {"type": "string", "minLength": 1},
                    "by": {"type": "string", "format": "date", "x-not-before": "today"},
                },
            },
        },
    },
}
FORMS = {"T/free.json": {"type": "object"}, "T/everything.json": EVERYTHING, "T/typed.json": TYPED}


def content(folder: Path) -> Path:
    """Write the content's files; returns the folder."""
    files: dict[str, Json] = {
        "processes/roles.json": ROLES,
        "processes/registers/thing.json": THING,
        **{f"forms/{name}": schema for name, schema in FORMS.items()},
    }
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
    (folder / "processes" / "bpmn").mkdir(exist_ok=True)
    return folder


def furnish(folder: Path, kind: str = "sqlite") -> Furnished:
    """Content and people in a database made once."""
    made = Furnished(content(folder), empty(kind, folder))
    engine = open_engine(EngineConfig(made.database.url, folder), VirtualClock(START))
    engine.publish_content()
    for login, roles in PEOPLE.items():
        engine.people.add(SYSTEM, Person(login, login.capitalize(), roles=frozenset(roles)), login)
    engine.close()
    return made


@dataclass
class Workshop:
    """An engine with its virtual clock, and short words for what tests do all the time."""

    engine: Engine
    clock: VirtualClock
    database: Database
    ids: CountingIds

    def actor(self, login: str) -> Actor:
        return self.engine.people.actor(login)

    def publish(self, process_id: str, text: str, **properties: str) -> Definition:
        """Publish a process in the notation of `tests.builders`."""
        xml = diagram(process_id, text, properties=properties)
        return self.engine.publish(SYSTEM, xml, f"T/{process_id}.bpmn")

    def start(self, process_id: str = "P", login: str = "wanda", **data: Json) -> Case:
        return self.engine.start(self.actor(login), process_id, data)

    def open(self, case: Case) -> list[Task]:
        return [t for t in self.engine.case(SYSTEM, case.id).tasks if t.state == "open"]

    def task(self, case: Case, element: str | None = None) -> Task:
        """The (first) open task of a case, or of one of its elements."""
        return next(t for t in self.open(case) if t.purpose == "work" and element in (None, t.element))

    def do(self, case: Case, element: str | None = None, login: str = "wanda", **data: Json) -> Case:
        """Complete a task."""
        return self.engine.complete(self.actor(login), self.task(case, element).id, data)

    def data(self, case: Case) -> Mapping[str, Json]:
        return self.engine.case(SYSTEM, case.id).data

    def case(self, case: Case | str) -> Case:
        return self.engine.case(SYSTEM, case if isinstance(case, str) else case.id).case

    def only(self, process_id: str) -> Case:
        """The only case of a process."""
        (found,) = [c for c in self.engine.cases(SYSTEM).items if c.process_id == process_id]
        return found

    def wait(self, **by: float) -> int:
        """Let time pass; returns how many timers fired, at the end of it."""
        self.clock.advance(timedelta(**by))
        return self.engine.fire_due()

    def kinds(self, case: Case) -> list[str]:
        return [e.kind for e in self.engine.history(SYSTEM, case.id)]

    def reopen(self) -> None:
        """The server is started again on the same database."""
        self.engine.close()
        self.engine = open_engine(self.engine.config, self.clock, self.ids)


def opened(furnished: Furnished, folder: Path) -> Workshop:
    return hands_on(furnished.copy(folder), furnished.content)


def hands_on(database: Database, folder: Path) -> Workshop:
    """On a database that is furnished. ``folder``: of its content."""
    clock, ids = VirtualClock(START), CountingIds("w")
    return Workshop(open_engine(EngineConfig(database.url, folder), clock, ids), clock, database, ids)
