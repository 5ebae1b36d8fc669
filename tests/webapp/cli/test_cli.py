# SPDX-License-Identifier: Apache-2.0
"""The command as a whole: help, usage errors, how a failure is told."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.webapp.cli.conftest import Said
from webapp.cli import COMMANDS

Fitsm = Callable[..., Said]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(fitsm: Fitsm, command: str) -> None:
    """`fitsm COMMAND --help` says what it does, in a sentence."""
    said = fitsm(command, "--help")
    assert said.status == 0
    assert f"Usage: fitsm {command}" in said.out


def test_the_help_lists_every_command(fitsm: Fitsm) -> None:
    """`fitsm --help` names them all."""
    listed = fitsm("--help").out
    assert all(f"\n  {command} " in listed for command in COMMANDS)


def test_wrong_usage_is_status_2(fitsm: Fitsm) -> None:
    """A mistyped option is told apart from a refusal."""
    assert fitsm("tasks", "--nope").status == 2
    assert fitsm("nope").status == 2


def test_a_refusal_is_a_sentence_and_a_hint(fitsm: Fitsm) -> None:
    """What went wrong and what to do, no traceback, status 1."""
    said = fitsm("tasks", "--as", "nobody")
    assert said.status == 1
    assert said.err.splitlines() == ["Nobody signs in as 'nobody'.", "See: fitsm user list"]
    assert said.out == ""


def test_a_refusal_for_machines_is_json(fitsm: Fitsm) -> None:
    """With --json the error is JSON, too, with its stable code."""
    said = fitsm("tasks", "--as", "nobody", "--json")
    assert said.status == 1
    assert json.loads(said.err)["code"] == "not_found"


def test_a_wrong_setting_is_named(fitsm: Fitsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped variable stops the command with its name."""
    monkeypatch.setenv("FITSM_PORT", "eighty")
    assert "FITSM_PORT is 'eighty'" in fitsm("tasks").err


def test_a_database_that_cannot_be_opened_is_told(fitsm: Fitsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback for a folder that is not there and cannot be made."""
    monkeypatch.setenv("FITSM_DATABASE_URL", "sqlite:////proc/nowhere/fitsm.db")
    said = fitsm("tasks")
    assert said.status == 1
    assert "Traceback" not in said.err
    assert said.err.strip()
