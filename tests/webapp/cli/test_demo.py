# SPDX-License-Identifier: Apache-2.0
"""`fitsm demo`: builds the sample, and never throws away somebody's work unasked."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from tests.webapp.cli.conftest import Said
from webapp.demo import sample_people

Fitsm = Callable[..., Said]


def test_a_database_with_people_is_not_touched(fitsm: Fitsm, filled: Engine) -> None:
    """Without --reset the sample only goes into an empty database."""
    said = fitsm("demo")
    assert said.status == 1
    assert "fitsm demo --reset" in said.err
    assert filled.people.get("dana").name == "Dana"


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_other_peoples_work_is_not_thrown_away_unasked(
    fitsm: Fitsm, filled: Engine, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """--reset names who is there and asks; anything but yes leaves everything as it was."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = fitsm("demo", "--reset")
    assert said.status == 130
    assert "people who are not of the sample" in said.out
    assert filled.people.get("dana").name == "Dana"


def test_a_database_server_is_left_to_its_own_tools(fitsm: Fitsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """--reset deletes a file; it does not drop databases of a server."""
    monkeypatch.setenv("FITSM_DATABASE_URL", "postgresql://localhost/fitsm")
    assert "with its own tools" in fitsm("demo", "--reset", "--yes").err


@pytest.mark.slow
def test_reset_builds_the_sample_anew(
    fitsm: Fitsm, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was there is gone, the sample is there, and it is told how to sign in."""
    monkeypatch.delenv("FITSM_CONTENT_DIR")
    assert fitsm("deploy").status == 0
    said = fitsm("demo", "--reset")
    assert said.status == 0, said.err
    assert f"{len(sample_people())} people" in said.out
    assert "Everybody's password" in said.out
    assert len(fitsm("user", "list", "--json").json) == len(sample_people())
    assert not list(tmp_path.glob("*.db.*"))
