# SPDX-License-Identifier: Apache-2.0
"""A small organisation on the shipped processes, and the hands that work in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import SYSTEM, Actor, CountingIds, Engine, EngineConfig, VirtualClock, open_engine
from engine.values import Case, Person, Task
from tests.databases import Database, Furnished, empty

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
INCIDENTS = "PR9_ISRM_manage_incidents_and_service_requests"
PEOPLE = {
    "dana": {"isrm_service_desk"},
    "sam": {"isrm_support"},
    "sue": {"isrm_support"},
    "lea": {"isrm_second_level"},
    "max": {"isrm_manager", "major_incident_coordinator", "chm_manager", "change_owner"},
    "ada": {"auditor"},
    "olga": {"process_owner"},
    "uma": {"user"},
}


def furnish(folder: Path, kind: str = "sqlite") -> Furnished:
    """Content, people, a service and a server, in a database made once."""
    made = Furnished(ROOT, empty(kind, folder, "e.db"))
    engine = open_engine(EngineConfig(made.database.url, ROOT), VirtualClock(START), CountingIds("f"))
    engine.publish_content()
    for login, roles in PEOPLE.items():
        engine.people.add(SYSTEM, Person(login, login.capitalize(), roles=frozenset(roles)), login)
    engine.write_record(
        SYSTEM, "service", {"title": "E-mail", "state": "production", "owner": "max", "criticality": "high"}
    )
    engine.write_record(SYSTEM, "ci", {"title": "mail01", "state": "live", "owner": "max", "type": "server"})
    engine.close()
    return made


@dataclass
class Office:
    """An engine with its virtual clock; people by login."""

    engine: Engine
    clock: VirtualClock
    database: Database

    def actor(self, login: str) -> Actor:
        return self.engine.people.actor(login)

    def report(self, **more: Any) -> Case:
        """The service desk registers an incident."""
        case = self.engine.start(self.actor("dana"), INCIDENTS)
        data = {
            "ticket_type": "incident", "title": "No mail", "reporter": "uma", "service": "SVC-1", "impact": "medium",
            "urgency": "medium", "affected_users": "one", "description": "It does not come.", "declare_major": False,
            "affected_ci": "CI-1", **more,
        }  # fmt: skip
        return self.engine.complete(self.actor("dana"), self.task(case).id, data)

    def task(self, case: Case) -> Task:
        """The (first) open task of a case."""
        return next(t for t in self.engine.case(SYSTEM, case.id).tasks if t.state == "open")

    def resolve(self, case: Case, by: str = "sam", **more: Any) -> Case:
        data = {"outcome": "resolved", "resolution": "Restarted.", "resolution_code": "fixed", **more}
        return self.engine.complete(self.actor(by), self.task(case).id, data)


def opened(furnished: Furnished, folder: Path) -> Office:
    database, clock = furnished.copy(folder), VirtualClock(START)
    return Office(open_engine(EngineConfig(database.url, ROOT), clock, CountingIds("c")), clock, database)
