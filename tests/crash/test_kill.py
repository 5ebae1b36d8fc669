# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the server at random moments: whatever was acknowledged is there exactly once, and every case verifies."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine import SYSTEM, Actor, Engine, EngineConfig, open_engine
from engine.values import Case, CaseFilter, Person
from tests.crash.served import ROOT, Gone, Served

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


def test_what_was_acknowledged_survives_twenty_kills(tmp_path: Path) -> None:
    """Three clients work while the server is killed at random moments and started again, FITSM_KILLS times."""
    server = Served(tmp_path)
    service, token = furnish(server.url)
    clients = [Client(server, service, f"c{n}", first_token=token) for n in range(3)]
    chance = random.Random(20)
    try:
        for _ in range(ROUNDS):
            server.start()
            threads = [threading.Thread(target=c.run) for c in clients]
            for thread in threads:
                thread.start()
            threads[0].join(timeout=chance.uniform(0.02, 0.8))
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
        "UPDATE event SET payload = CAST('{}' AS BLOB) WHERE kind = 'task.completed'",
        "UPDATE instance SET variables = CAST('{}' AS BLOB)",
    ],
)
def test_the_check_notices_what_is_missing(tmp_path: Path, statement: str) -> None:
    """A lost or altered command does not pass, so the test above can fail."""
    url = f"sqlite:///{tmp_path}/fitsm.db"
    service, token = furnish(url)
    engine = open_engine(EngineConfig(url, ROOT))
    actor = engine.people.actor("anna")
    client = Client(None, service, "c", first_token=token)  # type: ignore[arg-type]
    case = engine.start(actor, PROCESS)
    client.acknowledged = {"c-1": case.id, "c-2": case.id}
    engine.complete(actor, f"{case.id}-{token}", client.form())
    check(engine, [client])
    with sqlite3.connect(tmp_path / "fitsm.db") as database:
        database.execute(statement)
    with pytest.raises(AssertionError):
        check(engine, [client])
    engine.close()
