# SPDX-License-Identifier: Apache-2.0
"""The command on a database of its own, with the small organisation of the web tests in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine import Engine
from webapp.cli import run
from webapp.config import WebConfig


class Said(NamedTuple):
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def environment(tmp_path: Path, config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables that lead the command to the test's database."""
    given = {
        "FITSM_DATABASE_URL": config.database_url,
        "FITSM_CONTENT_DIR": str(config.content_dir),
        "FITSM_VAR_DIR": str(tmp_path / "var"),
        "FITSM_DEMO": "no",
        "NO_COLOR": "1",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FITSM_AS", raising=False)
    return given


@pytest.fixture
def fitsm(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command as a shell would."""

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        status = run(list(arguments))
        return Said(status, *capsys.readouterr())

    return call


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """The people and the process are there."""
    return engine
