# SPDX-License-Identifier: Apache-2.0
"""Handing in a file from the command line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import LARGEST_FILE, Engine
from engine.values import SYSTEM
from tests.webapp.cli.conftest import Said

Fitsm = Callable[..., Said]


def test_a_file_is_uploaded_and_named_in_a_record(fitsm: Fitsm, filled: Engine, tmp_path: Path) -> None:
    """What is printed is what data says of it, and a command that names it finds it."""
    plan = tmp_path / "plan.pdf"
    plan.write_bytes(b"%PDF-1.7 the plan")
    said = fitsm("upload", str(plan), "--json").json
    assert said == {"name": "plan.pdf", "size": 17, "sha256": hashlib.sha256(b"%PDF-1.7 the plan").hexdigest()}
    shown = fitsm("upload", str(plan)).out.splitlines()
    assert "'plan.pdf' is here" in shown[0]
    assert json.loads(shown[1]) == said
    case = filled.start(SYSTEM, "DESK_handle_request", {"title": "A plan", "plan": said})
    assert filled.case_file(SYSTEM, case.id, said["sha256"])[1] == plan.read_bytes()


def test_somebody_uploads_for_themselves(fitsm: Fitsm, filled: Engine, tmp_path: Path) -> None:
    """--as says who; who does not exist is told so."""
    note = tmp_path / "note.txt"
    note.write_text("A note.")
    assert fitsm("upload", str(note), "--as", "dana", "--key", "once").status == 0
    assert fitsm("upload", str(note), "--as", "dana", "--key", "once").status == 0
    said = fitsm("upload", str(note), "--as", "nobody")
    assert (said.status, "Nobody signs in as 'nobody'" in said.err) == (1, True)


@pytest.mark.usefixtures("filled")
def test_what_cannot_be_kept_is_told(fitsm: Fitsm, tmp_path: Path) -> None:
    """Missing, a folder, empty, of another kind, too large: each with what to do."""
    said = fitsm("upload", str(tmp_path / "none.pdf"))
    assert (said.status, "cannot be read: No such file or directory." in said.err) == (1, True)
    assert "cannot be read: Is a directory." in fitsm("upload", str(tmp_path)).err
    empty, script, large = tmp_path / "empty.txt", tmp_path / "run.exe", tmp_path / "large.pdf"
    empty.touch()
    script.write_bytes(b"MZ")
    with large.open("wb") as file:
        file.truncate(LARGEST_FILE + 1024 * 1024)
    assert "is empty" in fitsm("upload", str(empty)).err
    assert "Save it as one of these" in fitsm("upload", str(script)).err
    said = fitsm("upload", str(large), "--json")
    assert said.status == 1
    assert json.loads(said.err)["sentence"] == "'large.pdf' has 21.0 MB; at most 20 MB are kept."
