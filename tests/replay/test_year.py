# SPDX-License-Identifier: Apache-2.0
"""A year of cases, made up from one seed, comes out the same when it is run again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import SYSTEM
from tests.engine.organisation import INCIDENTS, ROOT
from tests.replay.year.play import Year


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    played = Year(tmp_path_factory.mktemp("year"), cases=120, seed=7)
    played.play()
    yield played
    played.engine.close()


def test_the_year_has_everything(year: Year) -> None:
    """The controls of the tests below: every kind of thing happened, on more than one version of the processes."""
    done = {what for what, number in year.tally.items() if number}
    assert done >= {
        "assigned", "calls made", "cancelled", "cases started", "changes asked for", "corrections", "given back", "mended",
        "messages sent", "restarts", "signals received", "steps failed", "tasks completed", "timers fired",
        "versions published",
    }  # fmt: skip
    assert year.events() > 2_000
    ran_on = {(c.process_id, c.version) for c in year.cases()}
    assert len([version for process, version in ran_on if process == INCIDENTS]) > 1


def test_every_case_of_the_year_reproduces(year: Year) -> None:
    """State hashes byte for byte, effects, the case's row and those of its tasks and timers."""
    verdicts = list(year.engine.verify_all(SYSTEM))
    assert len(verdicts) == len(year.cases()) > 120
    assert [(v.case_id, v.parted_at, v.reason) for v in verdicts if not v.ok] == []
    seals = year.engine.verify_seals(SYSTEM)
    assert (seals.faults, seals.unsealed) == ((), 0)


def test_another_process_replays_the_year(year: Year) -> None:
    """`fitsm replay --all`, which shares nothing with who recorded it but the database."""
    environment = {
        **os.environ,
        "FITSM_DATABASE_URL": year.url,
        "FITSM_VAR_DIR": str(year.folder),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", "from webapp.cli import main; main()", "replay", "--all", "--json"],
        capture_output=True, text=True, check=False, env=environment, cwd=year.folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["cases"], told["parted"], told["stopped"]) == (len(year.cases()), [], False)


def test_the_same_seed_gives_the_same_year(tmp_path: Path) -> None:
    """So that a year that does not reproduce can be looked at again: equal hashes at the end of every history."""
    heads = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        played = Year(tmp_path / name, cases=8, seed=7)
        played.play()
        heads.append([(v.case_id, v.head) for v in played.engine.replay_all(SYSTEM)])
        played.engine.close()
    assert len(heads[0]) > 8
    assert heads[0] == heads[1]
