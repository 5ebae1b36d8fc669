# SPDX-License-Identifier: Apache-2.0
"""The floor under a `complete` over HTTP: a bare Flask route, the same check of a token, five durable statements."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading

from flask import Flask, abort, jsonify, request

SCHEMA = """
CREATE TABLE IF NOT EXISTS token (hash TEXT PRIMARY KEY, person TEXT);
CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, state BLOB, version INTEGER);
CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY AUTOINCREMENT, thing INTEGER, content BLOB);
"""
STATE = os.urandom(1_500)


def make() -> Flask:
    app = Flask(__name__)
    local = threading.local()
    path = os.environ["BARE_DATABASE"]

    def database() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(path, isolation_level=None, timeout=15)
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                local.connection.execute(f"PRAGMA {pragma}")
        found: sqlite3.Connection = local.connection
        return found

    with database() as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT OR IGNORE INTO token VALUES (?, 'w')", [os.environ["BARE_TOKEN"]])
        connection.execute("INSERT OR IGNORE INTO thing VALUES (1, ?, 0)", [STATE])

    @app.post("/things/<int:thing>")
    def change(thing: int):  # type: ignore[no-untyped-def]
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        hashed = hashlib.sha256(given.encode()).hexdigest()
        connection = database()
        if connection.execute("SELECT person FROM token WHERE hash = ?", [hashed]).fetchone() is None:
            abort(401)
        content = request.get_data()
        connection.execute("BEGIN IMMEDIATE")
        _, version = connection.execute("SELECT state, version FROM thing WHERE id = ?", [thing]).fetchone()
        connection.execute("UPDATE thing SET state = ?, version = ? WHERE id = ?", [STATE, version + 1, thing])
        connection.execute("INSERT INTO entry (thing, content) VALUES (?, ?)", [thing, content])
        connection.execute("UPDATE thing SET version = version + 1 WHERE id = ?", [thing])
        connection.execute("INSERT INTO entry (thing, content) VALUES (?, ?)", [thing, b"{}"])
        connection.execute("COMMIT")
        return jsonify({"version": version + 1})

    @app.get("/healthz")
    def health():  # type: ignore[no-untyped-def]
        return "ok"

    return app
