# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of moving many cases: each is on the one version or the other, whole, and the rest can be moved."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine import SYSTEM
from tests.crash.served import ROOT
from tests.databases import Furnished
from tests.engine import workshop as workshops

CASES = 40
OLD = "start S -> A\nuser A -> B\nuser B -> E\nend E"
NEW = OLD + "\ntimer T | on: A | duration: PT4H -> B"


@pytest.fixture(scope="module")
def bare(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return workshops.furnish(tmp_path_factory.mktemp("bare"), kind)


def killed_after(number: int, content: Path, url: str) -> None:
    """Start moving, and kill the process as soon as it has told of so many cases."""
    command = [sys.executable, "-m", "tests.crash.mover", str(content), url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(number):
            assert process.stdout.readline()
        process.kill()


def test_whoever_is_killed_while_moving_cases_loses_none(bare: Furnished, tmp_path: Path) -> None:
    """Three times in a row; then the rest is moved, and every case has moved exactly once and verifies."""
    made = workshops.opened(bare, tmp_path)
    made.publish("P", OLD)
    cases = [made.start() for _ in range(CASES)]
    made.publish("P", NEW)
    made.engine.close()
    for number in (3, 5, 8):
        killed_after(number, bare.content, made.database.url)
        made.reopen()
        (begun,) = made.engine.migrations(SYSTEM, "P")
        versions = [made.case(case).version for case in cases]
        assert begun.state == "moving"
        assert versions.count(2) >= number
        assert begun.counts == {"moved": versions.count(2), "planned": versions.count(1)}
        assert all(made.engine.verify(SYSTEM, case.id).ok for case in cases)
        made.engine.close()
    made.reopen()
    assert made.engine.continue_migration(SYSTEM, begun.id).counts == {"moved": CASES}
    for case in cases:
        assert made.engine.verify(SYSTEM, case.id).ok
        assert made.kinds(case).count("case.migrated") == 1
    made.engine.close()
