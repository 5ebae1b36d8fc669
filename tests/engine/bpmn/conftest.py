# SPDX-License-Identifier: Apache-2.0
"""Diagrams played in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.decisions import DecisionTable
from engine.scripts import ScriptRunner
from tests.engine.bpmn.play import Play, Shelf, program_of

Played = Callable[..., Play]


@pytest.fixture(scope="session")
def scripts() -> Iterator[ScriptRunner]:
    with ScriptRunner(workers=1) as workers:
        yield workers


@pytest.fixture
def play(scripts: ScriptRunner) -> Played:
    """A case of a diagram in the notation of `tests.builders`, not yet started."""

    def made(text: str, *called: bytes, tables: tuple[DecisionTable, ...] = (), shelf: Shelf | None = None) -> Play:
        return Play(program_of(text, *called, tables=tables), scripts, shelf)

    return made
