# SPDX-License-Identifier: Apache-2.0
"""`complete` over HTTP (token, rights, form, step, history, commit) against a bare Flask route on the same server.

Both are Granian with one process; the bare route checks the same kind of token and commits five statements durably.
"""

from __future__ import annotations

import hashlib
import json
from http.client import HTTPConnection

from benchmarks.measure import Figure, Report, middle, scratch, spread, timed
from benchmarks.servers import BARE, FITSM, free_port, served
from benchmarks.subject import ANSWERS, CONTENT, LOOP, WORKER, add_worker, database, open_on
from engine import SYSTEM

TOKEN = "b" * 43
HASH = hashlib.sha256(TOKEN.encode()).hexdigest()
ROUNDS = 150
BOUND = 3.0
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


def run() -> Report:
    report = Report("http", "`complete` over HTTP (SQLite, synchronous=FULL)")
    with scratch() as folder:
        engine = open_on(folder)
        try:
            actor = add_worker(engine)
            engine.people.add_token(SYSTEM, WORKER, HASH)
            case_id = engine.start(actor, LOOP).id
            own, bare = free_port(), free_port()
            ours = {"FITSM_DATABASE_URL": f"sqlite:///{database(folder)}", "FITSM_CONTENT_DIR": str(CONTENT)}
            ours |= {"FITSM_DEMO": "no", "FITSM_VAR_DIR": str(folder), "FITSM_LOG_LEVEL": "warning"}
            theirs = {"BARE_DATABASE": str(folder / "bare.db"), "BARE_TOKEN": HASH}
            up = [*FITSM, "up", "--no-browser", "--port", str(own)]
            plain = [*BARE, "--port", str(bare), "benchmarks.bare:make"]
            with served(up, folder, own, "/healthz", ours), served(plain, folder, bare, "/healthz", theirs):
                to_own, to_bare = HTTPConnection("127.0.0.1", own), HTTPConnection("127.0.0.1", bare)
                times: tuple[list[float], list[float]] = ([], [])
                for _ in range(ROUNDS):
                    task = next(t for t in engine.case(SYSTEM, case_id).tasks if t.state == "open")
                    body = json.dumps({"data": ANSWERS[task.element]})
                    times[0].append(timed(lambda: _post(to_own, f"/api/v1/tasks/{task.id}/complete", body)))  # noqa: B023
                    times[1].append(timed(lambda: _post(to_bare, "/things/1", body)))  # noqa: B023
            floor = middle(times[1])
            report.figures.append(
                Figure("complete", middle(times[0]), "bare route", floor, BOUND, note=spread(times[0]))
            )
        finally:
            engine.close()
    return report


def _post(connection: HTTPConnection, path: str, body: str) -> None:
    connection.request("POST", path, body, HEADERS)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path} answered {answer.status}: {content[:300]!r}")
