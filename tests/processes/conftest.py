# SPDX-License-Identifier: Apache-2.0
"""An organisation on the shipped processes in which one person may do everything; each process gets one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import SYSTEM, CountingIds, EngineConfig, VirtualClock, open_engine
from engine.values import Person
from tests.processes.drive import Driver

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organisation")
    engine = open_engine(EngineConfig(f"sqlite:///{folder / 'o.db'}", ROOT), VirtualClock(START), CountingIds("o"))
    engine.publish_content()
    everything = frozenset(role.id for role in engine.roles())
    for login in ("max", "eva"):
        engine.people.add(SYSTEM, Person(login, login.capitalize(), roles=everything), login)
    engine.write_record(
        SYSTEM, "service", {"title": "E-mail", "state": "production", "owner": "max", "criticality": "high"}
    )
    engine.write_record(SYSTEM, "ci", {"title": "mail01", "state": "live", "owner": "max", "type": "server"})
    engine.close()
    return folder


@pytest.fixture
def driver(organisation: Path, tmp_path: Path) -> Iterator[Driver]:
    """SVC-1 and CI-1 are there; max and eva have every role; it is Monday, 2 March 2026, 9:00 UTC."""
    for part in organisation.glob("o.db*"):
        shutil.copy(part, tmp_path / part.name)
    clock = VirtualClock(START)
    engine = open_engine(EngineConfig(f"sqlite:///{tmp_path / 'o.db'}", ROOT), clock, CountingIds("c"))
    yield Driver(engine, clock, engine.people.actor("max"), engine.people.actor("eva"))
    engine.close()
