# SPDX-License-Identifier: Apache-2.0
"""Doing and checking work from the command line: start, tasks, complete, case, replay, verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.cli.conftest import Said

Fitsm = Callable[..., Said]
PROCESS = "DESK_handle_request"

pytestmark = pytest.mark.usefixtures("filled")


def test_a_case_runs_from_the_command_line(fitsm: Fitsm, tmp_path: Path) -> None:
    """Start, see the task, complete it with data from a file, see where the case stands."""
    started = fitsm("start", PROCESS, "--as", "dana", "--json").json
    (task,) = started["tasks"]
    form = tmp_path / "form.json"
    form.write_text(json.dumps({"title": "A desk lamp"}))
    done = fitsm("complete", task["id"], "--data", f"@{form}", "--as", "dana")
    assert done.status == 0, done.err
    assert "Answer the request" in done.out
    assert "A desk lamp" in fitsm("tasks", "--as", "sam").out
    assert "Answer the request" in fitsm("case", started["case"]["id"]).out


def test_the_login_can_stand_in_the_environment(fitsm: Fitsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """FITSM_AS says who acts in a script, once."""
    monkeypatch.setenv("FITSM_AS", "dana")
    assert fitsm("start", PROCESS).status == 0
    assert len(fitsm("tasks", "--json").json["items"]) == 1


def test_a_key_makes_a_script_repeatable(fitsm: Fitsm, filled: Engine) -> None:
    """The same command with the same key starts one case."""
    for _ in range(2):
        assert fitsm("start", PROCESS, "--as", "dana", "--key", "cron-7").status == 0
    assert filled.cases(SYSTEM).total == 1


@pytest.mark.parametrize("data", ["{", "[]", "7", "@/nowhere/form.json"])
def test_unreadable_data_is_told(fitsm: Fitsm, data: str) -> None:
    """--data that is no JSON object is refused before anything happens."""
    said = fitsm("start", PROCESS, "--as", "dana", "--data", data)
    assert said.status == 1
    assert "--data" in said.err


def test_wrong_form_data_names_the_field(fitsm: Fitsm) -> None:
    """The refusal says which field and why; the task stays open."""
    fitsm("start", PROCESS, "--as", "dana")
    (task,) = fitsm("tasks", "--as", "dana", "--json").json["items"]
    said = fitsm("complete", task["id"], "--as", "dana")
    assert said.status == 1
    assert "title" in said.err
    assert len(fitsm("tasks", "--as", "dana", "--json").json["items"]) == 1


def test_rows_are_whole_in_a_pipe(fitsm: Fitsm) -> None:
    """One row a line, nothing cut, so that grep and awk work."""
    fitsm("start", PROCESS, "--as", "dana")
    (task,) = fitsm("tasks", "--as", "dana", "--json").json["items"]
    head, row = fitsm("tasks", "--as", "dana").out.splitlines()
    assert head.split()[0] == "TASK"
    assert row.split()[0] == task["id"]
    assert row == row.rstrip()


def test_replay_shows_each_step_and_the_verdict(fitsm: Fitsm, request_case: str) -> None:
    """Who did what when, what changed, and whether it came out the same."""
    said = fitsm("replay", request_case)
    assert said.status == 0
    assert 'title: null → "A second screen"' in said.out
    assert "whole and reproduced" in said.out
    assert fitsm("replay", request_case, "--json").json["verdict"]["reproduced"] is True


def test_verify_tells_one_case_or_all(fitsm: Fitsm, request_case: str) -> None:
    """Status 0 when every record holds; naming neither or both is refused."""
    assert fitsm("verify", request_case).status == 0
    assert "1 cases verified, 0 not as recorded" in fitsm("verify", "--all").out
    assert fitsm("verify").status == 1
    assert fitsm("verify", request_case, "--all").status == 1


def test_verify_finds_a_changed_record(fitsm: Fitsm, request_case: str, tmp_path: Path) -> None:
    """A byte changed behind the engine's back is found: status 1 and the place."""
    import sqlite3

    with sqlite3.connect(tmp_path / "site.db") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%prev_hash%'")]
        for trigger, table in database.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"):
            if table in tables:
                database.execute(f"DROP TRIGGER {trigger}")
        for table in tables:
            database.execute(f"UPDATE {table} SET actor = 'mallory' WHERE seq = 2 AND actor = 'dana'")
    said = fitsm("verify", request_case)
    assert said.status == 1
    assert "chain is broken" in said.out
