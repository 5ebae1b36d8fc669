# SPDX-License-Identifier: Apache-2.0
"""`/metrics`: figures for a monitor, in the text format of Prometheus or OpenMetrics, as its Accept header asks.

By the process that did it:

    fitsm_timer_lateness_seconds      histogram: how long after its due time each timer fired
    fitsm_command_seconds             histogram by command and outcome: done, held, or the code of the error

In the database:

    fitsm_timers_due                  timers that are due and have not fired
    fitsm_timers_oldest_due_seconds   how long the oldest of them is due
    fitsm_timers_armed, fitsm_tasks_open, fitsm_tasks_overdue
    fitsm_cases_running, fitsm_cases_held, fitsm_calls_failed

What is counted in the database is the same whichever process is asked. What a process counts begins anew with it:
a monitor asks each process (`fitsm worker --metrics-port`) and adds up; where one address stands for several processes,
`PROMETHEUS_MULTIPROC_DIR` names a folder in which they add up themselves.

Who may look: a program that sends `FITSM_METRICS_TOKEN`, and whoever has the right `system.look`, signed in or by token.
Being on the same machine is no right: behind a reverse proxy everybody is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from werkzeug.exceptions import Unauthorized

from engine import Engine
from engine.errors import NotAllowed
from engine.values import SYSTEM, Actor
from webapp.config import WebConfig
from webapp.ext import SignedOut, current_actor, get_engine

bp = Blueprint("metrics", __name__)

LATENESS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0, 86400.0)
DURATIONS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class PrometheusMeter:
    """Counts what this process does."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._late = Histogram(
            "fitsm_timer_lateness_seconds",
            "How long after its due time a timer fired.",
            registry=registry,
            buckets=LATENESS,
        )
        self._commands = Histogram(
            "fitsm_command_seconds",
            "How long a command took, by what it was and how it ended.",
            ("command", "outcome"),
            registry=registry,
            buckets=DURATIONS,
        )

        self._of = cache(self._commands.labels)  # looking a child up by its labels costs more than counting

    def command(self, what: str, outcome: str, seconds: float) -> None:
        self._of(what, outcome).observe(seconds)

    def fired(self, late_seconds: float) -> None:
        self._late.observe(late_seconds)


class DatabaseFigures(Collector):
    """Counted when somebody asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: registering must not ask the database."""
        return ()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        now, found = self._engine.clock.now(), self._engine.figures(SYSTEM)
        yield GaugeMetricFamily("fitsm_timers_due", "Timers that are due and have not fired.", found.timers_due)
        yield GaugeMetricFamily(
            "fitsm_timers_oldest_due_seconds", "How long the oldest of them is due.", _age(found.oldest_due, now)
        )
        yield GaugeMetricFamily("fitsm_timers_armed", "Timers that wait, due or not.", found.timers_armed)
        yield GaugeMetricFamily("fitsm_tasks_open", "Tasks that wait for people.", found.tasks_open)
        yield GaugeMetricFamily("fitsm_tasks_overdue", "Open tasks whose due time has passed.", found.tasks_overdue)
        yield GaugeMetricFamily("fitsm_cases_running", "Cases that go on.", found.cases_running)
        yield GaugeMetricFamily("fitsm_cases_held", "Cases that stand still because a step failed.", found.cases_held)
        yield GaugeMetricFamily("fitsm_calls_failed", "Service calls given up after all retries.", found.calls_failed)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else (now - since).total_seconds()


def measured(engine: Engine, *, together: bool = False) -> CollectorRegistry:
    """A registry of all figures of this engine. ``together``: those of other processes in the shared folder, too."""
    own = CollectorRegistry()
    engine.meter = PrometheusMeter(own)
    asked = CollectorRegistry() if together else own
    if together:
        MultiProcessCollector(asked)  # type: ignore[no-untyped-call]
    asked.register(DatabaseFigures(engine))
    return asked


def install(app: Flask, config: WebConfig, engine: Engine) -> None:
    """From now on the engine is measured."""
    app.extensions["metrics"] = measured(engine, together=config.metrics_together)


@bp.get("/metrics")
def metrics() -> Response:
    """All figures."""
    _admit(current_app.config["WEB"].metrics_token)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    answer = Response(encode(current_app.extensions["metrics"]), content_type=content_type)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _admit(token: str) -> None:
    """Raises Unauthorized for nobody, NotAllowed for somebody without the right."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if token and hmac.compare_digest(sent.strip().encode(), token.encode()):
            return
        person = get_engine().people.by_token(hashlib.sha256(sent.strip().encode()).hexdigest())
        if person is None:
            raise Unauthorized("This token is unknown or was withdrawn.")
        _require(Actor(person.id, person.roles))
        return
    try:
        _require(current_actor())
    except SignedOut:
        raise Unauthorized("Send FITSM_METRICS_TOKEN or a personal token: Authorization: Bearer …") from None


def _require(actor: Actor) -> None:
    if not get_engine().may(actor, "system.look"):
        raise NotAllowed("You may not see the figures.", hint="It needs a role with the right 'system.look'.")
