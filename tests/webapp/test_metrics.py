# SPDX-License-Identifier: Apache-2.0
"""/metrics tells a monitor what this process did and what the database holds, and nobody else anything."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.parser import text_string_to_metric_families as read_text
from werkzeug.test import TestResponse

from engine import Engine, VirtualClock, open_engine
from engine.errors import NotFound
from engine.values import SYSTEM
from tests.builders import diagram
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import create_app
from webapp.config import WebConfig, read_config

TOKEN = "a-token-for-the-monitor"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WAITS = diagram("W", "start S -> T\ntimer T | duration: PT1H -> E\nend E")
FAILS = diagram("F", "start S -> X\nscript X | do: y = 1 / 0 -> E\nend E")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def config(config: WebConfig) -> WebConfig:
    return dataclasses.replace(config, metrics_token=TOKEN)


@pytest.fixture
def engine(engine: Engine, config: WebConfig, clock: VirtualClock) -> Iterator[Engine]:
    opened = open_engine(config.engine, clock)
    yield opened
    opened.close()


def ask(app: Flask, token: str | None = TOKEN, accept: str = "") -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return app.test_client().get("/metrics", headers={**headers, "Accept": accept or "text/plain"})


def figures(answer: TestResponse) -> dict[str, float]:
    """sample with its labels -> value"""
    assert answer.status_code == 200, answer.text
    samples = [s for family in read_text(answer.text) for s in family.samples]
    return {f"{s.name}{sorted(s.labels.values())}" if s.labels else s.name: s.value for s in samples}


def test_it_tells_what_waits_and_what_stands_still(app: Flask, engine: Engine, clock: VirtualClock) -> None:
    """From the database, so also what another process did."""
    for xml, file in ((WAITS, "W.bpmn"), (FAILS, "F.bpmn")):
        engine.publish(SYSTEM, xml, file)
    engine.start(SYSTEM, "W", {})
    engine.start(SYSTEM, "F", {})
    clock.advance(timedelta(hours=1, seconds=30))
    found = figures(ask(app))
    wanted = {"timers_due": 1, "timers_oldest_due_seconds": 30, "timers_armed": 1, "tasks_open": 0, "cases_running": 1,
              "cases_held": 1, "calls_failed": 0, "tasks_overdue": 0}  # fmt: skip
    assert {name: found[f"fitsm_{name}"] for name in wanted} == wanted


def test_it_tells_how_late_timers_fired(app: Flask, engine: Engine, clock: VirtualClock) -> None:
    """As a histogram: one a second and a half late."""
    engine.publish(SYSTEM, WAITS, "W.bpmn")
    engine.start(SYSTEM, "W", {})
    clock.advance(timedelta(hours=1, seconds=1.5))
    engine.fire_due()
    found = figures(ask(app))
    assert found["fitsm_timer_lateness_seconds_count"] == 1
    assert found["fitsm_timer_lateness_seconds_sum"] == 1.5
    assert found["fitsm_timer_lateness_seconds_bucket['1.0']"] == 0
    assert found["fitsm_timer_lateness_seconds_bucket['2.5']"] == 1
    assert found["fitsm_timers_due"] == 0


def test_it_counts_commands_by_how_they_ended(app: Flask, engine: Engine) -> None:
    """Done, held because the step failed, refused with the error's code."""
    engine.publish(SYSTEM, FAILS, "F.bpmn")
    case = engine.start(SYSTEM, "F", {})
    with pytest.raises(NotFound):
        engine.start(SYSTEM, "nowhere", {})
    engine.cancel(SYSTEM, case.id, "never mind")
    found = figures(ask(app))
    counts = {name.partition("_count")[2]: value for name, value in found.items() if "command_seconds_count" in name}
    assert counts["['held', 'start']"] == 1
    assert counts["['not_found', 'start']"] == 1
    assert counts["['cancel', 'done']"] == 1
    assert counts["['done', 'publish']"] == 1


def test_it_speaks_open_metrics_to_those_who_ask(app: Flask) -> None:
    """With its end mark, as the standard wants."""
    answer = ask(app, accept="application/openmetrics-text; version=1.0.0")
    assert answer.content_type.startswith("application/openmetrics-text")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"fitsm_timer_lateness_seconds", "fitsm_timers_due"} <= {family.name for family in read_open(answer.text)}


@pytest.mark.parametrize("token", [None, "", "wrong-token-for-it", TOKEN[:-1]])
def test_nobody_else_may_look(app: Flask, token: str | None) -> None:
    """Also not from the same machine, where the test runs: behind a proxy everybody comes from there."""
    assert ask(app, token).status_code == 401


def test_people_with_the_right_may_look(app: Flask, engine: Engine, dana: Browser) -> None:
    """By their own token or signed in; others may not."""
    for login, status in (("root", 200), ("dana", 403)):
        engine.people.add_token(SYSTEM, login, hashlib.sha256(login.encode()).hexdigest(), "t")
        assert ask(app, login).status_code == status
    assert dana.open("/metrics").status_code == 403
    assert Browser(app).sign_in("root", PASSWORD).open("/metrics").status_code == 200


def test_without_a_token_of_its_own_only_people_get_in(config: WebConfig, engine: Engine) -> None:
    """An empty setting is no password."""
    app = create_app(dataclasses.replace(config, metrics_token=""), engine)
    assert ask(app, "").status_code == 401
    assert ask(app, TOKEN).status_code == 401


def test_the_token_is_not_a_short_one(tmp_path: Path) -> None:
    """Whoever chooses one is told how to make it."""
    from engine.errors import Invalid

    with pytest.raises(Invalid, match="shorter than 16"):
        read_config({"FITSM_VAR_DIR": str(tmp_path), "FITSM_METRICS_TOKEN": "short"})


def test_processes_behind_one_address_add_up(config: WebConfig, engine: Engine, tmp_path: Path) -> None:
    """In a folder: what another process counted is in the answer of the one that is asked."""
    shared = tmp_path / "figures"
    shared.mkdir()
    program = (
        "import sys\nfrom prometheus_client import generate_latest\nfrom webapp.metrics import measured\n"
        "class E: meter = None\n"
        "registry = measured(E, together=True)\nE.meter.fired(float(sys.argv[1]))\n"
        "registry.unregister(list(registry._collector_to_names)[-1])\nprint(generate_latest(registry).decode())\n"
    )
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(shared), "PYTHONPATH": str(root)}
    answers = [
        subprocess.run(
            [sys.executable, "-c", program, late], env=environment, check=True, capture_output=True, text=True
        ).stdout
        for late in ("2", "5")
    ]
    samples = [s for family in read_text(answers[-1]) for s in family.samples]
    found = {s.name: s.value for s in samples if not s.labels}
    assert found["fitsm_timer_lateness_seconds_count"] == 2
    assert found["fitsm_timer_lateness_seconds_sum"] == 7


def test_the_page_shows_how_late_timers_fired(app: Flask, engine: Engine, clock: VirtualClock) -> None:
    """Drawn and as a table; what is overdue now stands on top."""
    root = Browser(app).sign_in("root", PASSWORD)
    assert "No timer fired in the last 24 hours" in root.open("/system").text
    engine.publish(SYSTEM, WAITS, "W.bpmn")
    engine.start(SYSTEM, "W", {})
    clock.advance(timedelta(hours=1, seconds=90))
    assert '<span class="stat-value">1</span><span class="stat-label">timers overdue now' in root.open("/system").text
    engine.fire_due()
    page = root.open("/system").text
    assert '<svg class="drawing"' in page
    assert "Mon 11:00: 1 fired, median 90.0 s, 99th percentile 90.0 s, worst 90.0 s" in page
    assert '<dd class="is-bad">90.0 s</dd>' in page
