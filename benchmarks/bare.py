# SPDX-License-Identifier: Apache-2.0
"""The floor under a request: a bare Flask route in the same kind of server, with a session and one transaction.

``python -m benchmarks.bare PORT DATABASE`` serves it. What it does is what any application must do that keeps a task's
completion: know who asks by Flask's session (or by a token), look them and their roles up, read a JSON body, then in one
transaction two SELECTs, two UPDATEs and one INSERT. Asked for ``/step``, it has SpiffWorkflow run a case besides
(`benchmarks.stock`): what a process engine on it must do at the very least, without rights, forms, history or verification.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request, session
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from benchmarks.stock import TASKS, Alone

DATABASE = "BENCH_BARE_DATABASE"
STATE, EVENT = 700, 900  #: bytes that a step of the loop keeps of a case, and of an event

SCHEMA = """
CREATE TABLE token (hashed TEXT PRIMARY KEY, person TEXT NOT NULL);
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL);
CREATE TABLE person_role (person TEXT, role TEXT, PRIMARY KEY (person, role));
CREATE TABLE task (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, state TEXT NOT NULL, role TEXT NOT NULL);
CREATE TABLE case_row (id TEXT PRIMARY KEY, state BLOB NOT NULL, seq INTEGER NOT NULL);
CREATE TABLE event (case_id TEXT, seq INTEGER, payload BLOB NOT NULL, PRIMARY KEY (case_id, seq));
"""


def fill(path: Path, token: str) -> None:
    """A database with one person, one task and one case."""
    connection = connect(str(path))
    connection.executescript(SCHEMA)
    connection.execute("INSERT INTO token VALUES (?, 'worker')", (hashlib.sha256(token.encode()).hexdigest(),))
    connection.execute("INSERT INTO person VALUES ('worker', 'Wanda Worker', 1)")
    connection.execute("INSERT INTO person_role VALUES ('worker', 'worker')")
    for task, case in (("t", "c"), ("run", "d")):
        connection.execute("INSERT INTO task VALUES (?, ?, 'open', 'worker')", (task, case))
        connection.execute("INSERT INTO case_row VALUES (?, ?, 0)", (case, b"x" * STATE))
    connection.close()


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=15)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def application() -> Flask:
    app = Flask("bare")
    app.secret_key = "bare"
    path, local, writer, alone = os.environ[DATABASE], threading.local(), threading.Lock(), Alone()
    begun = alone.begin()

    def database() -> Any:
        if not hasattr(local, "connection"):
            local.connection = connect(path)
        return local.connection

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/sign-in")
    def sign_in() -> Response:
        session["person"] = "worker"
        return jsonify(person="worker")

    @app.post("/tasks/<task_id>/complete")
    def complete(task_id: str) -> Response:
        return answer(task_id, lambda state: state)

    @app.post("/tasks/<task_id>/step")
    def step(task_id: str) -> Response:
        return answer(task_id, alone.step)

    def answer(task_id: str, run: Callable[[bytes], bytes]) -> Response:
        db = database()
        person, roles = _person(db)
        data = request.get_json()["data"]
        with writer:
            db.execute("BEGIN IMMEDIATE")
            _, case_id, _, role = db.execute("SELECT * FROM task WHERE id = ?", (task_id,)).fetchone()
            if role not in roles:
                abort(403)
            _, state, seq = db.execute("SELECT * FROM case_row WHERE id = ?", (case_id,)).fetchone()
            state = run(state if seq % TASKS else begun)
            db.execute("UPDATE task SET state = 'completed' WHERE id = ?", (task_id,))
            db.execute("INSERT INTO event VALUES (?, ?, ?)", (case_id, seq + 1, b"e" * EVENT))
            db.execute("UPDATE case_row SET state = ?, seq = ? WHERE id = ?", (state, seq + 1, case_id))
            db.execute("COMMIT")
        return jsonify(id=case_id, seq=seq + 1, by=person, given=len(data))

    return app


def _person(db: Any) -> tuple[str, set[str]]:
    if (person := session.get("person")) is not None:
        found = db.execute("SELECT id FROM person WHERE id = ? AND active", (person,)).fetchone()
    else:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        query = "SELECT p.id FROM token t JOIN person p ON p.id = t.person WHERE t.hashed = ? AND p.active"
        found = db.execute(query, (hashlib.sha256(token.encode()).hexdigest(),)).fetchone()
    if found is None:
        abort(401)
    return found[0], {row[0] for row in db.execute("SELECT role FROM person_role WHERE person = ?", found)}


def serve(port: int) -> None:
    """As `fitsm up` serves the product."""
    Granian(
        "benchmarks.bare:application",
        factory=True,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        backlog=256,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    os.environ[DATABASE] = sys.argv[2]
    serve(int(sys.argv[1]))
