# SPDX-License-Identifier: Apache-2.0
"""The kill test would notice an answer that is given before the commit: here is one, and it is noticed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine import SYSTEM
from engine.values import CaseFilter
from tests.databases import Furnished
from tests.engine import workshop as workshops

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = {"after": 5, "early": 20}


@pytest.fixture(scope="module")
def bare(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return workshops.furnish(tmp_path_factory.mktemp("bare"), kind)


def killed(bare: Furnished, url: str, when: str, first: int, answers: int) -> list[int]:
    """Let the driver give some answers and kill it in that moment; returns all that it said."""
    command = [sys.executable, "-m", "tests.crash.driver", str(bare.content), url, when, str(first)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(answers)]
    process.kill()
    said += [int(line) for line in process.stdout.read().splitlines()]
    process.wait()
    return said


@pytest.mark.parametrize("when", ROUNDS)
def test_what_was_said_is_there_only_if_it_is_said_after_the_commit(bare: Furnished, tmp_path: Path, when: str) -> None:
    """Nothing is lost when the answer comes after; with an answer before, the kills find what is missing."""
    made = workshops.opened(bare, tmp_path)
    made.publish("P", "start S -> A\nuser A -> E\nend E")
    made.engine.close()
    said: list[int] = []
    lost: set[int] = set()
    for number in range(ROUNDS[when]):
        said += killed(bare, made.database.url, when, first=max(said, default=0), answers=3 + number)
        made.reopen()
        cases = made.engine.cases(SYSTEM, CaseFilter(limit=10_000)).items
        there = [made.data(case)["n"] for case in cases]
        assert len(there) == len(set(there))
        assert all(v.ok for v in made.engine.verify_all(SYSTEM))
        made.engine.close()
        lost = set(said) - set(there)
        if lost:
            break
    assert bool(lost) == (when == "early")
