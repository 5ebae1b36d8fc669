# SPDX-License-Identifier: Apache-2.0
"""Four people at once, each through cases of ten tasks: sign in with a password, start, hand in ten forms, begin anew.

Every request is one of a person's: session cookie and CSRF token, rights, form validation, the step, its event, a
durable commit. Which task is next is looked up past the server, so that looking costs it nothing. The bare route
(`benchmarks.bare`) is asked by four clients as well, in turn with the product.

``FITSM_BENCH_POSTGRES=postgresql://…`` (an empty database; its schema ``public`` is dropped) measures it as well.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import bare
from benchmarks.http import TOKEN
from benchmarks.measure import Figure, Report, middle, scratch
from benchmarks.server import FITSM, Server, free_port, running
from benchmarks.subject import CONTENT, WORKER, database
from engine import SYSTEM, EngineConfig, open_engine
from engine.values import Person
from webapp.passwords import hash_password

PEOPLE = 4
ROUNDS, SECONDS = 5, 3.0
PASSWORD = "four people at once"
WANTED = {"SQLite": 400, "PostgreSQL": 300}  #: tasks a second on two cores
ANSWER = {"data": {"note": "The figures of this week, as they came from the field offices.", "amount": 41}}
_NEXT = "SELECT id, element FROM task WHERE instance_id = {} AND state = 'open'"

Find = Callable[[str], tuple[str, str] | None]


def run() -> Report:
    report = Report("together", f"{PEOPLE} people through cases of ten tasks over HTTP: seconds per task")
    with scratch() as folder:
        report.figures += _measure("SQLite", f"sqlite:///{database(folder)}", folder)
    if url := os.environ.get("FITSM_BENCH_POSTGRES"):
        with scratch() as folder:
            _empty(url)
            report.figures += _measure("PostgreSQL", url, folder)
    return report


def _measure(name: str, url: str, folder: Path) -> list[Figure]:
    _prepare(url)
    bare.fill(folder / "bare.db", TOKEN)
    product, floor = free_port(), free_port()
    environment = {
        "FITSM_VAR_DIR": str(folder),
        "FITSM_DATABASE_URL": url,
        "FITSM_CONTENT_DIR": str(CONTENT),
        "FITSM_DEMO": "no",
    }
    up = [*FITSM, "up", "--no-browser", "--port", str(product)]
    other = ["-m", "benchmarks.bare", str(floor), str(folder / "bare.db")]
    with (
        running(up, product, "/healthz", environment) as own,
        running(other, floor, "/healthz", {}) as naked,
        ExitStack() as after,
    ):
        people = [Worker(Server(product, 0), number, _finder(url, after)) for number in range(PEOPLE)]
        clients = [Bare(Server(floor, 0)) for _ in range(PEOPLE)]
        for one in people:
            one.sign_in()
        _together([one.task for one in people], SECONDS / 3)  # warm
        rounds = [
            (
                *_round([one.task for one in people], SECONDS, own),
                *_round([one.task for one in clients], SECONDS / 3, naked),
            )
            for _ in range(ROUNDS)
        ]
    took, computed, bare_took, bare_computed = (middle([one[n] for one in rounds]) for n in range(4))
    wanted, against = WANTED[name], "bare route, five statements"
    return [
        Figure(f"{name}: a task", took, f"{wanted} tasks/s", 1 / wanted, 1.0, note=f"{1 / took:.0f} tasks/s"),
        Figure(f"{name}: a task", took, against, bare_took),
        Figure(f"{name}: a task, the server's computing", computed, against, bare_computed),
    ]


def _round(acts: list[Callable[[], None]], seconds: float, server: Server) -> tuple[float, float]:
    """(seconds, seconds of them in which the server computed) per act."""
    before = server.computing()
    took, number = _together(acts, seconds)
    return took / number, (server.computing() - before) / number


class Worker:
    """A person with a browser's means: a cookie and a CSRF token."""

    def __init__(self, server: Server, number: int, find: Find) -> None:
        self._server, self._login, self._find = server, f"{WORKER}{number}", find
        self._headers: dict[str, str] = {}
        self._case = ""

    def sign_in(self) -> None:
        self._headers = self._server.sign_in(self._login, PASSWORD)

    def task(self) -> None:
        """Complete a task; when the case is at its end, begin another first."""
        task = self._find(self._case)
        if task is None:
            begun = self._server.ask("POST", "/api/v1/cases", b'{"process_id": "bench_ten"}', self._headers)
            self._case = json.loads(begun)["id"]
            task = self._find(self._case)
        assert task is not None
        body = json.dumps({"data": _form(task[1].removeprefix("Task_"))}).encode()
        self._server.ask("POST", f"/api/v1/tasks/{task[0]}/complete", body, self._headers)


def _form(part: str) -> dict[str, Any]:
    """What is handed in for one of the ten tasks: six fields, some 300 bytes."""
    fields = {
        "title": "What was asked for",
        "note": "It was looked into and done as agreed with the user; nothing else was needed in this part. " * 2,
        "amount": 41,
        "done": True,
        "day": "2026-03-02",
        "choice": "second",
    }
    return {f"{name}_{part}": value for name, value in fields.items()}


class Bare:
    """A client of the bare route."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    def task(self) -> None:
        self._server.ask("POST", "/tasks/t/complete", json.dumps(ANSWER).encode(), self._headers)


def _together(acts: list[Callable[[], None]], seconds: float) -> tuple[float, int]:
    """(how long, how many acts) while all act at once, each in a thread of its own."""
    done, faults = [0] * len(acts), list[Exception]()
    began = time.perf_counter()

    def go(number: int) -> None:
        try:
            while time.perf_counter() - began < seconds:
                acts[number]()
                done[number] += 1
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults:
        raise fault
    return time.perf_counter() - began, sum(done)


def _prepare(url: str) -> None:
    engine = open_engine(EngineConfig(url, CONTENT))
    engine.publish_content(SYSTEM)
    hashed = hash_password(PASSWORD)
    for number in range(PEOPLE):
        person = Person(f"{WORKER}{number}", f"Worker {number}", roles=frozenset({WORKER}))
        engine.people.add(SYSTEM, person, login=person.id, password_hash=hashed)
    engine.close()


def _finder(url: str, after: ExitStack) -> Find:
    """Looks for a case's open task past the server."""
    connection: Any
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), check_same_thread=False)
        query = _NEXT.format("?")
    else:
        import psycopg

        connection = psycopg.connect(_plain(url), autocommit=True)
        query = _NEXT.format("%s")
    after.callback(connection.close)

    def find(case_id: str) -> tuple[str, str] | None:
        found: tuple[str, str] | None = connection.execute(query, (case_id,)).fetchone()
        return found

    return find


def _empty(url: str) -> None:
    import psycopg

    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def _plain(url: str) -> str:
    return re.sub(r"^postgresql\+\w+:", "postgresql:", url)
