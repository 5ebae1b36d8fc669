# SPDX-License-Identifier: Apache-2.0
"""Cases recorded earlier come out the same, for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, EngineConfig, open_engine
from tests.replay.files import load, recordings
from tests.replay.record import STORIES


@pytest.fixture(params=recordings())
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing but a recording."""
    engine = open_engine(EngineConfig(f"sqlite:///{tmp_path / 'r.db'}", tmp_path))
    with engine.write() as tx:
        load(tx.connection, request.param)
    yield engine
    engine.close()


def test_a_recorded_case_still_reproduces(recorded: Engine) -> None:
    """Its chain is whole and every command leads to the recorded effects and state."""
    verdicts = list(recorded.replay_all(SYSTEM))
    assert verdicts
    assert sum(v.commands for v in verdicts) >= 4
    assert [v.reason for v in verdicts if not v.ok] == []


def test_a_recorded_case_can_still_be_retold(recorded: Engine) -> None:
    """Step by step, with a title for each."""
    for case in recorded.cases(SYSTEM).items:
        steps = recorded.steps(SYSTEM, case.id)
        assert all(step.title for step in steps)
        assert steps[-1].position.active == ()


def test_every_story_is_recorded() -> None:
    """And every recording has its story."""
    assert recordings() == sorted(STORIES)
