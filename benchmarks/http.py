# SPDX-License-Identifier: Apache-2.0
"""A request that completes a task: the REST API of a running server against a bare Flask route (`benchmarks.bare`).

Both run under Granian with the same settings, check a bearer token, and answer over a kept connection on loopback.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks import bare
from benchmarks.measure import Figure, Report, middle, scratch, spread, timed
from benchmarks.server import FITSM, Server, free_port, running
from benchmarks.subject import ANSWERS, CONTENT, LOOP, Rows, add_worker, database, open_on
from engine import SYSTEM

BOUND = 1.67  #: three fifths of its throughput
REQUESTS = 300
WARM = 30
TOKEN = "fitsm_benchmark_token"


def run() -> Report:
    with scratch() as folder:
        case_id, token_headers = _prepare(folder)
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
                times = _ask(own, naked, rows, case_id, token_headers)
            finally:
                rows.close()
    report = Report("http", "Complete a task over HTTP (Granian, bearer token, loopback)")
    report.figures.append(
        Figure(
            "POST /api/v1/tasks/<id>/complete",
            middle(times[0]),
            "bare route, five statements",
            middle(times[1]),
            BOUND,
            note=spread(times[0]),
        )
    )
    report.figures.append(Figure("GET /healthz", middle(times[2]), "bare route", middle(times[3])))
    return report


def _prepare(folder: Path) -> tuple[str, dict[str, str]]:
    engine = open_on(folder)
    actor = add_worker(engine)
    engine.people.add_token(SYSTEM, actor.person_id, hashlib.sha256(TOKEN.encode()).hexdigest(), "benchmark")
    case_id = engine.start(actor, LOOP).id
    engine.close()
    return case_id, {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


def _ask(own: Server, naked: Server, rows: Rows, case_id: str, headers: dict[str, str]) -> list[list[float]]:
    found: list[list[float]] = [[], [], [], []]
    for number in range(WARM + REQUESTS):
        task = rows.open_task(case_id)
        assert task is not None
        path, body = f"/api/v1/tasks/{task[0]}/complete", json.dumps({"data": ANSWERS[task[1]]}).encode()
        took = [
            timed(lambda p=path, b=body: own.ask("POST", p, b, headers)),  # type: ignore[misc]
            timed(lambda b=body: naked.ask("POST", "/tasks/t/complete", b, headers)),  # type: ignore[misc]
            timed(lambda: own.ask("GET", "/healthz")),
            timed(lambda: naked.ask("GET", "/healthz")),
        ]
        if number >= WARM:
            for column, one in zip(found, took, strict=True):
                column.append(one)
    return found
