# SPDX-License-Identifier: Apache-2.0
"""A request that completes a task: the REST API of a running server against a bare Flask route (`benchmarks.bare`).

Both run under Granian with the same settings, know the person by a session cookie (and, in other lines, a program by its
token), and answer over a kept connection on loopback. The product checks the CSRF token besides.

A write-ahead log that has been written back once is written over; until then each commit also makes its file longer, which
costs both twice the time. So it is measured after both logs have turned over, as they have on a server that runs.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks import bare
from benchmarks.measure import Figure, Report, middle, scratch, spread, timed
from benchmarks.server import FITSM, Server, free_port, running
from benchmarks.subject import ANSWERS, CONTENT, LOOP, WORKER, Rows, add_worker, database, open_on
from engine import SYSTEM
from webapp.passwords import hash_password

BOUND = 1.67  #: three fifths of its throughput
REQUESTS = 300
WARM = 600
PASSWORD = "a person with a browser"
TOKEN = "fitsm_benchmark_token"

Headers = dict[str, str]


def run() -> Report:
    with scratch() as folder:
        case_id = _prepare(folder)
        bare.fill(folder / "bare.db", TOKEN)
        product, floor = free_port(), free_port()
        environment = {
            "FITSM_VAR_DIR": str(folder),
            "FITSM_DATABASE_URL": f"sqlite:///{database(folder)}",
            "FITSM_CONTENT_DIR": str(CONTENT),
            "FITSM_DEMO": "no",
        }
        up = [*FITSM, "up", "--no-browser", "--port", str(product)]
        other = ["-m", "benchmarks.bare", str(floor), str(folder / "bare.db")]
        with running(up, product, "/healthz", environment) as own, running(other, floor, "/healthz", {}) as naked:
            rows = Rows(folder)
            try:
                times = _ask(own, naked, rows, case_id)
            finally:
                rows.close()
    report = Report("http", "Complete a task over HTTP (Granian, loopback)")
    complete, against = "POST /api/v1/tasks/<id>/complete", "bare route, five statements"
    by_session, with_case, by_token, nothing = times
    report.figures += [
        Figure(f"{complete}, session", middle(by_session[0]), against, middle(by_session[1]), BOUND, note=spread(by_session[0])),
        Figure(f"{complete}, session", middle(with_case[0]), "the same, running a case in SpiffWorkflow", middle(with_case[1])),
        Figure(f"{complete}, token", middle(by_token[0]), against, middle(by_token[1]), note=spread(by_token[0])),
        Figure("GET /healthz", middle(nothing[0]), "bare route", middle(nothing[1])),
    ]
    return report


def _prepare(folder: Path) -> str:
    engine = open_on(folder)
    actor = add_worker(engine)
    engine.people.set_password(SYSTEM, actor.person_id, hash_password(PASSWORD))
    engine.people.add_token(SYSTEM, actor.person_id, hashlib.sha256(TOKEN.encode()).hexdigest(), "benchmark")
    case_id = engine.start(actor, LOOP).id
    engine.close()
    return case_id


def _ask(own: Server, naked: Server, rows: Rows, case_id: str) -> list[list[list[float]]]:
    """Seconds of each request of the product and of the bare route: by session; by session against a route that runs a case,
    too; by token; of nothing at all."""
    found: list[list[list[float]]] = [[[], []] for _ in range(4)]
    token = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    session = own.sign_in(WORKER, PASSWORD)
    naked_session = {"Cookie": naked.page("/sign-in")[1], "Content-Type": "application/json"}
    for number in range(WARM + REQUESTS):
        took = [
            _complete(own, naked, rows, case_id, session, naked_session),
            _complete(own, naked, rows, case_id, session, naked_session, "run/step"),
            _complete(own, naked, rows, case_id, token, token),
            (timed(lambda: own.ask("GET", "/healthz")), timed(lambda: naked.ask("GET", "/healthz"))),
        ]
        if number >= WARM:
            for columns, pair in zip(found, took, strict=True):
                for column, one in zip(columns, pair, strict=True):
                    column.append(one)
    return found


def _complete(
    own: Server, naked: Server, rows: Rows, case_id: str, headers: Headers, naked_headers: Headers, at: str = "t/complete"
) -> tuple[float, float]:
    task = rows.open_task(case_id)
    assert task is not None
    path, body = f"/api/v1/tasks/{task[0]}/complete", json.dumps({"data": ANSWERS[task[1]]}).encode()
    return (
        timed(lambda: own.ask("POST", path, body, headers)),
        timed(lambda: naked.ask("POST", f"/tasks/{at}", body, naked_headers)),
    )
