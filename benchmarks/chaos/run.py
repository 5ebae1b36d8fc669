# SPDX-License-Identifier: Apache-2.0
"""One run: furnish, let clients work while things go wrong, let everything come to an end, check."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos import subject
from benchmarks.chaos.check import check
from benchmarks.chaos.clients import Client
from benchmarks.chaos.mischief import Mischief, Rival
from benchmarks.chaos.nodes import Node
from benchmarks.chaos.postgres import Postgres
from benchmarks.chaos.receiver import Receiver
from engine import SYSTEM, Engine, EngineConfig, open_engine
from engine.errors import EngineError
from engine.store import instances
from engine.values import CaseFilter

CLIENTS = 3
SERVICE_SECONDS = 2  #: timeout of a service call; twice that and a call whose node died is made again
PEACE = 180.0  #: seconds within which everything must have ended when nothing fails any more


@dataclass
class Report:
    """What happened (``events``), what was found exact (``counts``), what was not (``violations``)."""

    database: str
    seed: int
    seconds: float = 0.0
    quiet_seconds: float = 0.0
    events: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


@dataclass
class Told:
    """What the run tells while it goes on."""

    phase: Callable[[str], None] = lambda _: None
    kill: Callable[[], None] = lambda: None


def run(database: str, kills: int, seed: int, told: Told | None = None, seconds: float = 7_200.0) -> Report:
    """A whole run. Ends killing after ``seconds`` even if there were fewer kills.

    Raises:
        RuntimeError: the nodes or the database do not start.
    """
    told = told or Told()
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="fitsm-chaos-"))
    postgres = Postgres() if database == "postgresql" else None
    receiver = Receiver(seed)
    url = postgres.url if postgres else f"sqlite:///{folder}/fitsm.db"
    nodes: list[Node] = []
    report = Report(database, seed)
    try:
        told.phase("furnishing")
        config = furnish(url, subject.write_content(folder / "content"))
        nodes = nodes_of(folder, url, database)
        clients = [Client(f"c{n}", nodes, receiver.url, seed * 1_000 + n) for n in range(CLIENTS)]
        rival = Rival(postgres, lambda: [i for c in clients for i in c.open_cases()], seed) if postgres else None
        mischief = Mischief(nodes, postgres, kills, seed)
        for node in nodes:
            node.start()
        for node in nodes:
            node.await_ready()
        told.phase("killing")
        for one in [*clients, *([rival] if rival else [])]:
            one.start()
        mischief.run(told.kill, began + seconds)
        if rival:
            rival.stop()
        told.phase("letting everything end")
        quiet = time.monotonic()
        receiver.peaceful = True
        report.violations += _let_end(nodes, clients, config)
        report.quiet_seconds = round(time.monotonic() - quiet, 1)
        for node in nodes:
            node.stop()
        told.phase("checking")
        engine = open_engine(config)
        found = check(engine, [o for c in clients for o in c.orders], receiver)
        engine.close()
        report.violations += [v for c in clients for v in c.violations] + found.violations
        report.counts = dict(found.counts)
        happened = sum(
            (c.counts for c in clients), mischief.counts + receiver.faults + (rival.counts if rival else Counter())
        )
        if postgres:
            happened["deadlocks"] = postgres.logged("deadlock detected")
            happened["serialization failures"] = postgres.logged("could not serialize access")
        report.events = dict(happened)
    finally:
        for node in nodes:
            node.stop()
        receiver.close()
        if postgres:
            postgres.close()
        if report.violations or not report.counts:
            shutil.copytree(folder, kept := Path(tempfile.mkdtemp(prefix="fitsm-chaos-kept-")), dirs_exist_ok=True)
            report.violations.append(f"(logs and database are kept in {kept})")
        shutil.rmtree(folder, ignore_errors=True)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def furnish(url: str, content: Path) -> EngineConfig:
    """A database with the subject's content and person in it."""
    config = EngineConfig(url, content)
    engine = open_engine(config)
    subject.furnish(engine)
    engine.close()
    return config


def nodes_of(folder: Path, url: str, database: str) -> list[Node]:
    """The processes of one installation, not started: one server, or two and two workers."""
    environment: Mapping[str, str] = {
        "FITSM_DATABASE_URL": url,
        "FITSM_VAR_DIR": str(folder / "var"),
        "FITSM_CONTENT_DIR": str(folder / "content"),
        "FITSM_DEMO": "no",
        "FITSM_LOG_LEVEL": "info",
        "FITSM_SEAL_SECONDS": "5",
        "FITSM_SERVICE_TIMEOUT": str(SERVICE_SECONDS),
        "FITSM_SERVICE_HOSTS": "127.0.0.1",
    }
    webs, workers = (1, 0) if database == "sqlite" else (2, 2)
    made = [Node(f"web{n}", folder, environment, sys.executable, web=True) for n in range(1, webs + 1)]
    return made + [Node(f"worker{n}", folder, environment, sys.executable, web=False) for n in range(1, workers + 1)]


def _let_end(nodes: list[Node], clients: list[Client], config: EngineConfig) -> list[str]:
    """Everything runs, nothing fails: wait until the clients are through and nothing is under way."""
    end = time.monotonic() + PEACE
    for client in clients:
        client.finish()
    for node in nodes:
        node.start()
    engine = open_engine(config)
    try:
        while time.monotonic() < end:
            for node in nodes:
                node.start()
            still = [c for c in clients if not c.ended(0.5)]
            if not still and not _open(engine):
                return []
            time.sleep(0.2)
        return [f"client {c.name} did not come through in {PEACE:.0f} s" for c in still]
    finally:
        engine.close()


def _open(engine: Engine) -> int:
    """How many orders are open, and messages on their way: a message may begin its case after the order has ended."""
    try:
        orders = sum(
            engine.cases(SYSTEM, CaseFilter(process_id=name, state=state, limit=1)).total
            for name in (subject.ORDER, subject.CHILD)
            for state in ("running", "failed")
        )
        with engine.read() as tx:
            return orders + len(instances.pending_messages(tx.connection))
    except EngineError:
        return 1
