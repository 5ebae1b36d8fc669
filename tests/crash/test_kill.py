# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the server at random moments: whatever was acknowledged is there exactly once, and every case verifies."""

from __future__ import annotations

import hashlib
import os
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine import SYSTEM, Actor, Engine, EngineConfig, open_engine
from engine.values import Case, CaseFilter, Person
from tests.crash.served import ROOT, Gone, Served
from tests.databases import Database, empty

PROCESS = "PR9_ISRM_manage_incidents_and_service_requests"
ROUNDS = int(os.environ.get("FITSM_KILLS", "20"))
TOKEN = "t" * 43


@dataclass
class Client:
    """Registers incidents one after the other; a command without an answer is sent again with its key."""

    server: Served
    service: str
    name: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    pending: tuple[str, dict, str] | None = None
    case: str | None = None
    number: int = 0
    first_token: str = ""

    def run(self) -> None:
        """Work until the server is gone."""
        try:
            while True:
                self.go_on()
        except Gone:
            return

    def go_on(self) -> None:
        if self.pending is None:
            self.number += 1
            key = f"{self.name}-{self.number}"
            if self.case is None:
                self.pending = ("/cases", {"process_id": PROCESS, "data": {}}, key)
            else:
                self.pending = (f"/tasks/{self._task()}/complete", {"data": self.form()}, key)
        path, content, key = self.pending
        status, answer = self.server.post(path, content, TOKEN, key)
        assert status in (200, 201), (path, status, answer)
        assert key not in self.acknowledged
        self.acknowledged[key] = answer["id"]
        self.case = answer["id"] if path == "/cases" else None
        self.pending = None

    def _task(self) -> str:
        return f"{self.case}-{self.first_token}"

    def form(self) -> dict:
        return {
            "ticket_type": "incident", "title": f"{self.name} {self.number}", "reporter": "anna", "impact": "low",
            "service": self.service, "urgency": "low", "affected_users": "one", "description": "It does not work.",
            "declare_major": False,
        }  # fmt: skip


def furnish(url: str) -> tuple[str, str]:
    """Content, a person with a token, a service; returns the service and the token of a first task."""
    engine = open_engine(EngineConfig(url, ROOT))
    try:
        engine.publish_content()
        roles = frozenset(r.id for r in engine.roles())
        engine.people.add(SYSTEM, Person("anna", "Anna", roles=roles), "anna")
        engine.people.add_token(SYSTEM, "anna", hashlib.sha256(TOKEN.encode()).hexdigest())
        service = {"title": "E-mail", "state": "production", "owner": "anna", "criticality": "low"}
        number = engine.write_record(SYSTEM, "service", service).id
        case = engine.start(Actor("anna", roles), PROCESS)
        token = engine.case(SYSTEM, case.id).tasks[0].id.rpartition("-")[2]
        engine.cancel(SYSTEM, case.id, "only looked at")
        return number, token
    finally:
        engine.close()


def all_cases(engine: Engine) -> list[Case]:
    """Page by page: a page's total stops at a thousand."""
    found: list[Case] = []
    while page := engine.cases(SYSTEM, CaseFilter(limit=500, offset=len(found))).items:
        found += page
    return found


def check(engine: Engine, clients: list[Client]) -> None:
    """Every acknowledged command is there exactly once; nothing else is; every case verifies."""
    started = {key: i for c in clients for key, i in c.acknowledged.items() if int(key.rpartition("-")[2]) % 2}
    completed = {key: i for c in clients for key, i in c.acknowledged.items() if not int(key.rpartition("-")[2]) % 2}
    assert len(set(started.values())) == len(started)
    events = {case_id: engine.history(SYSTEM, case_id) for case_id in started.values()}
    for case_id in started.values():
        kinds = [e.kind for e in events[case_id]]
        assert kinds.count("case.started") == 1
        assert kinds.count("task.completed") == (1 if case_id in completed.values() else 0)
    broken = [v for v in engine.verify_all(SYSTEM) if not v.ok]
    assert not broken, broken


@dataclass
class Prepared:
    """A furnished database, the number of the service in it, and the token of a case's first task."""

    database: Database
    service: str
    token: str


@pytest.fixture(scope="module")
def furnished(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    database = empty(kind, tmp_path_factory.mktemp("furnished"))
    return Prepared(database, *furnish(database.url))


@pytest.fixture
def prepared(furnished: Prepared, tmp_path: Path) -> Iterator[Prepared]:
    """A copy for each test."""
    made = replace(furnished, database=furnished.database.copy(tmp_path))
    yield made
    made.database.drop()


def test_what_was_acknowledged_survives_twenty_kills(prepared: Prepared, tmp_path: Path) -> None:
    """Three clients work while the server is killed at random moments and started again, FITSM_KILLS times."""
    server = Served(tmp_path, prepared.database.url)
    clients = [Client(server, prepared.service, f"c{n}", first_token=prepared.token) for n in range(3)]
    chance = random.Random(20)
    try:
        for _ in range(ROUNDS):
            server.start()
            threads = [threading.Thread(target=c.run) for c in clients]
            for thread in threads:
                thread.start()
            threads[0].join(timeout=chance.uniform(0.02, 1.2))
            server.kill()
            for thread in threads:
                thread.join()
        server.start()
        for client in clients:
            if client.pending is not None:
                client.go_on()
    finally:
        server.kill()
    engine = open_engine(EngineConfig(server.url, ROOT))
    try:
        check(engine, clients)
        acknowledged = sum(len(c.acknowledged) for c in clients)
        in_all = len(all_cases(engine)) - 1  # the one that `furnish` looked at
    finally:
        engine.close()
    assert acknowledged >= ROUNDS
    assert in_all == sum(1 for c in clients for key in c.acknowledged if int(key.rpartition("-")[2]) % 2)
    print(f"{ROUNDS} kills, {acknowledged} acknowledged commands, {in_all} cases, all there once and verified")  # noqa: T201  with -s


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event WHERE kind = 'task.completed'",
        "UPDATE event SET payload = to_bytes('{}') WHERE kind = 'task.completed'",
        "UPDATE instance SET variables = to_bytes('{}')",
    ],
)
def test_the_check_notices_what_is_missing(prepared: Prepared, statement: str) -> None:
    """A lost or altered command does not pass, so the test above can fail."""
    engine = open_engine(EngineConfig(prepared.database.url, ROOT))
    actor = engine.people.actor("anna")
    client = Client(None, prepared.service, "c", first_token=prepared.token)  # type: ignore[arg-type]
    case = engine.start(actor, PROCESS)
    client.acknowledged = {"c-1": case.id, "c-2": case.id}
    engine.complete(actor, f"{case.id}-{prepared.token}", client.form())
    check(engine, [client])
    with prepared.database.past() as past:
        past.execute(statement)
    with pytest.raises(AssertionError):
        check(engine, [client])
    engine.close()
