# SPDX-License-Identifier: Apache-2.0
"""Auditing: replay, export and verification."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from engine import SYSTEM, Engine, EngineConfig, Sealing, open_engine
from tests.webapp.browsing import Browser, parts
from tests.webapp.conftest import PASSWORD
from tests.webapp.moving import PROCESS, publish, running
from webapp.config import WebConfig


@pytest.fixture
def ada(app: Flask) -> Browser:
    return Browser(app).sign_in("ada", PASSWORD)


def test_a_case_is_replayed_step_by_step(ada: Browser, request_case: str) -> None:
    """Who, when, what was typed, what changed, and where the case stood."""
    assert request_case in ada.open("/audit/").text
    page = ada.open(f"/audit/cases/{request_case}").text
    steps = parts(page)["steps"]
    done = next(step for step in steps if step["element"] == "Task_Record" and step["form"])
    assert done["actor"] == "Dana"
    assert done["form"]["title"] == "A second screen"
    assert {"name": "title", "before": None, "after": "A second screen"} in done["changes"]
    assert "Task_Answer" in steps[-1]["active"]


def test_the_export_carries_the_whole_chain(ada: Browser, request_case: str) -> None:
    """Each entry holds its own hash and the one before it."""
    answer = ada.fetch(f"/audit/cases/{request_case}/history.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    history = answer.json
    assert history is not None
    events = history["events"]
    assert [event["prev_hash"] for event in events[1:]] == [event["hash"] for event in events[:-1]]
    assert history["head"] == events[-1]["hash"]


def test_an_intact_history_is_said_to_be_intact(ada: Browser, request_case: str) -> None:
    """In plain words, with the head of the chain, and with what it does not prove."""
    page = ada.send(f"/audit/cases/{request_case}/verify", htmx=True)
    assert page.status_code == 200
    history = ada.fetch(f"/audit/cases/{request_case}/history.json").json
    assert history is not None
    for text in ("The history is intact", "none altered", history["head"], "Not sealed yet", "keep heads elsewhere"):
        assert text in page.text
    assert "<html" not in page.text
    assert "<html" in ada.send(f"/audit/cases/{request_case}/verify").text


def test_a_tampered_history_is_said_to_be_broken(ada: Browser, config: WebConfig, request_case: str) -> None:
    """Somebody with the database changes a word in the past: the verdict names the entry."""
    with sqlite3.connect(config.database_url.removeprefix("sqlite:///")) as database:
        tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        events = next(name for name in tables if name.startswith("event"))
        for (trigger,) in database.execute(
            "select name from sqlite_master where type = 'trigger' and tbl_name = ?", (events,)
        ).fetchall():
            database.execute(f'drop trigger "{trigger}"')
        changed = database.execute(f"update {events} set actor = 'sam' where actor = 'dana'")
        assert changed.rowcount > 0
    page = ada.send(f"/audit/cases/{request_case}/verify", htmx=True).text
    assert "The history is not intact" in page
    assert "at entry" in page


def test_all_cases_are_verified_piece_by_piece(ada: Browser, request_case: str) -> None:
    """Each piece shows how far it is and asks for the next one."""
    assert "Verify 1 case" in ada.open("/audit/verify").text
    piece = ada.send("/audit/verify", htmx=True, done="0").text
    assert "1 of 1 verified" in piece
    assert "All 1 histories are intact" in piece


def test_nothing_to_audit_is_said(ada: Browser) -> None:
    """An empty house is no error."""
    assert "nothing to audit yet" in ada.open("/audit/").text
    assert "no case to verify yet" in ada.open("/audit/verify").text


def test_evidence_is_taken_along_and_verified_elsewhere(
    ada: Browser, engine: Engine, config: WebConfig, request_case: str, tmp_path: Path
) -> None:
    """Before a seal the page says what to wait for; after it, a file that the downloaded script accepts."""
    assert ada.fetch(f"/audit/cases/{request_case}/evidence.zip").status_code == 409
    sealing = EngineConfig(config.database_url, config.content_dir, sealing=Sealing(tmp_path / "seal.key"))
    sealer = open_engine(sealing)
    head = sealer.seal(SYSTEM)
    sealer.close()
    assert head is not None
    page = ada.send(f"/audit/cases/{request_case}/verify", htmx=True).text
    assert f"sealed in tree head {head.size} at" in page
    assert head.signature[:16] in page
    assert "Export as evidence" in ada.open(f"/audit/cases/{request_case}").text
    bundle, script = tmp_path / "evidence.zip", tmp_path / "verify_bundle.py"
    bundle.write_bytes(ada.fetch(f"/audit/cases/{request_case}/evidence.zip").data)
    script.write_bytes(ada.fetch("/audit/verify_bundle.py").data)
    done = subprocess.run([sys.executable, "-I", script, bundle], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(bundle) as packed:
        readme = packed.read("README.txt").decode()
    assert "What it does not prove" in readme
    assert request_case in readme


def test_each_step_is_shown_on_the_version_that_the_case_was_on(ada: Browser, engine: Engine) -> None:
    """Before a move on the old diagram, after it on the new one; the move itself says what became of what."""
    (case,) = running(engine, 0, 1)
    publish(engine, Task_Answer="Task_Reply")
    plan = engine.plan_migration(SYSTEM, PROCESS, mapping={"Task_Answer": "Task_Reply"})
    engine.migrate(SYSTEM, plan)
    shown = parts(ada.open(f"/audit/cases/{case}").text)
    moved = shown["steps"][-1]
    assert (moved["title"], moved["active"]) == ("Moved to version 2", ["Task_Reply"])
    assert moved["moved"] == ["Task “Answer the request”: changed (element Task_Answer → Task_Reply)"]
    old, new = shown["sources"][shown["steps"][0]["digest"]], shown["sources"][moved["digest"]]
    assert b"Task_Reply" not in ada.fetch(old).data
    assert b"Task_Reply" in ada.fetch(new).data
