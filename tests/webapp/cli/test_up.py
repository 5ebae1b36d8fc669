# SPDX-License-Identifier: Apache-2.0
"""`fitsm up`: starts from nothing, serves, stops cleanly; says why it cannot."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from engine import Engine
from engine.values import SYSTEM, Person
from tests.postgres import Postgres
from tests.webapp.cli.conftest import Said
from webapp.cli.demo import show_people
from webapp.config import WebConfig

COMMAND = [sys.executable, "-c", "from webapp.cli import main; main()"]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: str, environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A command that keeps running, killed at the end whatever happens."""
    process = subprocess.Popen(
        [*COMMAND, command, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def printed_until(process: subprocess.Popen[str], word: str) -> str:
    """What the process printed, up to the line with the word."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"ended without saying '{word}':\n{said}")


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_from_nothing_serves_and_stops(environment: dict[str, str], port: int, stop: signal.Signals) -> None:
    """An empty folder becomes a running site; a signal ends it with status 0, and the port is free again."""
    with running("up", environment, "--port", str(port), "--no-browser") as process:
        said = printed_until(process, "FitSM Flow runs at")
        assert f"http://127.0.0.1:{port}" in said
        said += printed_until(process, "Nobody can sign in yet")
        assert f"http://127.0.0.1:{port}/first-run?code=" in said
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/healthz").json() == {"status": "ok"}
            assert client.get("/api/v1/cases").status_code == 401
        process.send_signal(stop)
        assert process.wait(timeout=20) == 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_a_taken_port_is_told_before_anything_is_done(fitsm: Callable[..., Said], port: int) -> None:
    """The address, the reason and another way; no traceback."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = fitsm("up", "--port", str(port), "--no-browser")
    assert said.status == 1
    assert f"127.0.0.1 port {port} cannot be used" in said.err
    assert f"fitsm up --port {port + 1}" in said.err
    assert said.out == ""


def test_sample_people_are_named_only_where_they_are(
    fitsm: Callable[..., Said], filled: Engine, config: WebConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database with other people does not advertise a password that opens nothing."""
    show_people(config)
    assert capsys.readouterr().out == ""
    filled.people.add(SYSTEM, Person("anna", "Anna Brandt"), login="anna", password_hash="x")
    show_people(dataclasses.replace(config, host="0.0.0.0"))
    said = capsys.readouterr().out
    assert "Anna Brandt" in said
    assert "Ben Okafor" not in said
    assert "FITSM_DEMO=no" in said


@pytest.mark.slow
def test_the_worker_stops_on_a_signal(environment: dict[str, str], postgres: Postgres) -> None:
    """`fitsm worker` works on a PostgreSQL database, made if it is empty, until it is told to stop; status 0."""
    environment["FITSM_DATABASE_URL"] = postgres.url(postgres.create())
    with running("worker", environment, "--concurrency", "2") as process:
        assert ", 2 at once" in printed_until(process, "Working for")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert process.stdout is not None
        assert process.stdout.read().splitlines()[-1] == "Stopped."


@pytest.mark.parametrize("command", [("worker",), ("up", "--no-worker", "--no-browser")])
def test_with_sqlite_one_process_does_it_all(fitsm: Callable[..., Said], command: tuple[str, ...]) -> None:
    """Neither a worker beside it nor a site without one; said with the way out."""
    said = fitsm(*command)
    assert said.status == 1
    assert "SQLite" in said.err
    assert "postgres" in said.err.lower()


@pytest.mark.slow
def test_a_site_without_worker_leaves_what_is_due_to_one(
    environment: dict[str, str], postgres: Postgres, port: int
) -> None:
    """`fitsm up --no-worker` on PostgreSQL serves; it publishes what is shipped, and no job of its own is done."""
    name = postgres.create()
    environment["FITSM_DATABASE_URL"] = postgres.url(name)
    with running("up", environment, "--port", str(port), "--no-browser", "--no-worker") as process:
        printed_until(process, "FitSM Flow runs at")
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/healthz").json() == {"status": "ok"}
        with psycopg.connect(postgres.dsn(name)) as connection:
            assert connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() == (0,)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


@pytest.mark.slow
def test_the_worker_gives_figures_to_a_monitor(environment: dict[str, str], postgres: Postgres, port: int) -> None:
    """On a port of its own, and stops all the same."""
    environment["FITSM_DATABASE_URL"] = postgres.url(postgres.create())
    with running("worker", environment, "--metrics-port", str(port)) as process:
        printed_until(process, "Working for")
        found = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        assert "fitsm_timer_lateness_seconds_bucket" in found
        assert "fitsm_timers_due 0.0" in found
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
