# SPDX-License-Identifier: Apache-2.0
"""A running site for one test: a fresh copy of a small organisation, a server on a free port, a clock that the test moves."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from engine import Engine, VirtualClock, open_engine
from engine.values import SYSTEM, Actor, Case, Task
from webapp import create_app
from webapp.config import WebConfig, content_dir
from webapp.demo.organisation import write_registers
from webapp.demo.people import add_people

TUESDAY = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)  #: ten o'clock in Berlin, in the middle of opening hours
INCIDENTS = "PR9_ISRM_manage_incidents_and_service_requests"
RESOLVING = "PR9_ISRM_resolve"  #: what incidents call to be resolved
MAJOR_INCIDENTS = "PR9_ISRM_manage_major_incidents"
CHANGES = "PR12_CHM_approve_changes"


def config_of(folder: Path) -> WebConfig:
    """The site's configuration with everything it keeps in `folder`."""
    return WebConfig(
        secret_key="k" * 40,
        database_url=f"sqlite:///{folder / 'site.db'}",
        content_dir=content_dir(),
        demo=True,  # the sample people may sign in by one click
        var_dir=folder,
    )


def build_template(folder: Path) -> Path:
    """A database with the shipped content, the sample people and their registers, but no case."""
    config = config_of(folder)
    engine = open_engine(config.engine, clock=VirtualClock(TUESDAY - timedelta(days=1)))
    engine.publish_content(SYSTEM)
    add_people(engine)
    write_registers(engine)
    engine.close()
    return folder / "site.db"


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any, **__: Any) -> None:
        """The test says what went wrong; a line for each request would hide it."""


class Site:
    """`url` answers from `start` to `stop`; a stopped site can be started again at the same address."""

    def __init__(self, folder: Path, template: Path, at: datetime = TUESDAY) -> None:
        """`template` is the database whose copy this site uses; `at` is what its clock shows first."""
        self.folder = folder
        shutil.copy(template, folder / "site.db")
        self.clock = VirtualClock(at)
        self.port = 0
        self._server: BaseWSGIServer | None = None
        self.start()

    engine: Engine
    app: Flask

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        config = config_of(self.folder)
        self.engine = open_engine(config.engine, clock=self.clock)
        self.app = create_app(config, self.engine)
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        self.engine.close()

    # --- what happens while nobody looks ---------------------------------------------------------------------------

    def wait(self, **by: float) -> None:
        """Let time pass (hours=…, days=…); every timer fires at its own moment."""
        until = self.clock.now() + timedelta(**by)
        while (due := self.engine.next_due()) is not None and due <= until:
            self.clock.set(due)
            if not self.engine.fire_due():
                raise AssertionError(f"A timer is due at {due}, but nothing fired.")
        self.clock.set(until)

    def actor(self, login: str) -> Actor:
        return self.engine.people.actor(login)

    def begin(self, login: str, process_id: str) -> Task:
        """Start a case by hand; gives the task its first form belongs to."""
        case = self.engine.start(self.actor(login), process_id)
        return self.task_of(case.id)

    def task_of(self, case_id: str, element: str | None = None) -> Task:
        """The open task of a case (at this element)."""
        tasks = [
            t for t in self.engine.case(SYSTEM, case_id).tasks if t.state == "open" and element in (None, t.element)
        ]
        assert len(tasks) == 1, f"open tasks: {[t.element for t in tasks]}"
        return tasks[0]

    def do(self, login: str, task: Task, data: dict[str, Any]) -> Case:
        """Somebody takes a task, unless it is theirs, and completes it."""
        if task.claimed_by is None:
            self.engine.claim(self.actor(login), task.id)
        return self.engine.complete(self.actor(login), task.id, data)

    def record_id(self, register: str, q: str) -> str:
        """The id of the one record that a search finds."""
        found = self.engine.search_records(SYSTEM, register, q)
        assert len(found) == 1, [record.label for record in found]
        return found[0].id

    def report(self, **changed: Any) -> str:
        """An incident that Anna registered; gives its case."""
        data = {
            "ticket_type": "incident",
            "title": "Mail with attachments stays in the outbox",
            "description": "Messages over 5 MB are not sent.",
            "reporter": "olga",
            "service": self.record_id("service", "Mail and calendar"),
            "impact": "medium",
            "urgency": "medium",
            "affected_users": "one",
            **changed,
        }
        return self.do("anna", self.begin("anna", INCIDENTS), data).id

    def closed_incident(self) -> str:
        """An incident from report to closure. David's work is done by Carla, his deputy."""
        case_id = self.report()
        task = self.task_of(case_id)
        self.wait(minutes=20)
        self.engine.assign(self.actor("greta"), task.id, "david")
        self.wait(minutes=40)
        self.do("carla", task, {"outcome": "resolved", "resolution": "Limit raised.", "resolution_code": "fixed"})
        self.wait(hours=1)
        self.do("olga", self.task_of(case_id), {"solved": True, "satisfaction": "5"})
        self.do("anna", self.task_of(case_id), {"category": "software"})
        return case_id

    def end_sessions(self, login: str) -> None:
        """What a new password set by an administrator does: every session of this person is over."""
        _, password_hash, _ = self.engine.people.by_login(login) or (None, "", 0)
        self.engine.people.set_password(SYSTEM, login, password_hash)

    def sql(self, statement: str, *values: Any) -> None:
        """Reach behind the engine's back into the database."""
        with sqlite3.connect(self.folder / "site.db", timeout=10) as connection:
            connection.execute(statement, values)
        connection.close()
