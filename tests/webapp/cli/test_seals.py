# SPDX-License-Identifier: Apache-2.0
"""Sealing and giving evidence away from the command line: seal, heads, consistency, export."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from tests.webapp.cli.conftest import Said
from webapp.audit.bundle import VERIFIER

Fitsm = Callable[..., Said]


@pytest.fixture
def case(filled: Engine) -> str:
    return filled.start(filled.people.actor("dana"), "DESK_handle_request").id


def verifier(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_an_auditor_gets_a_head_and_later_the_evidence(fitsm: Fitsm, case: str, filled: Engine, tmp_path: Path) -> None:
    """Seal, hand the head and the key over, go on working, export: the verifier takes all of it."""
    assert fitsm("seal").status == 0
    held, key, out = tmp_path / "held.note", tmp_path / "key.txt", tmp_path / "evidence.zip"
    held.write_text(fitsm("heads", "--last").out, encoding="utf-8")
    key.write_text(fitsm("heads", "--key").out, encoding="utf-8")
    size = fitsm("heads", "--json").json[-1]["size"]
    filled.start(filled.people.actor("dana"), "DESK_handle_request")
    assert "Sealed" in fitsm("seal").out
    assert [head["size"] > size for head in fitsm("heads", "--since", str(size), "--json").json] == [True]
    said = fitsm("export", "--case", case, "--out", str(out), "--since-head", str(size), "--without-log")
    assert said.status == 0, said.err
    assert "verify_bundle.py" in said.out
    done = verifier(out, "--trust-key", key, "--last-head", held)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"continues the head of {size} leaves" in done.stdout


def test_a_proof_is_given_as_json(fitsm: Fitsm, case: str, filled: Engine) -> None:
    """Old size, new size, path; a size that the log does not have is refused with the likely reason."""
    fitsm("seal")
    size = fitsm("heads", "--json").json[-1]["size"]
    filled.start(filled.people.actor("dana"), "DESK_handle_request")
    fitsm("seal")
    proof = fitsm("consistency", "--from", str(size)).json
    assert (proof["old_size"], proof["new_size"] > size, len(proof["path"]) > 0) == (size, True, True)
    said = fitsm("consistency", "--from", "9999")
    assert said.status == 1
    assert "rolled back" in said.err


def test_nothing_new_is_said(fitsm: Fitsm, case: str) -> None:
    """A second seal finds nothing; that is no error."""
    fitsm("seal")
    said = fitsm("seal")
    assert (said.status, "Nothing has happened" in said.out) == (0, True)


def test_what_is_not_sealed_cannot_be_exported(fitsm: Fitsm, case: str) -> None:
    """The sentence says what to do."""
    said = fitsm("export", "--case", case)
    assert said.status == 1
    assert "fitsm seal" in said.err
    assert fitsm("heads", "--last").status == 1
    assert "No heads" in fitsm("heads").out


def test_a_lost_key_is_told(fitsm: Fitsm, case: str, filled: Engine, environment: dict[str, str]) -> None:
    """No traceback; a new key is made only when asked for, and its public half is printed."""
    fitsm("seal")
    Path(environment["FITSM_VAR_DIR"], "seal.key").unlink()
    filled.start(filled.people.actor("dana"), "DESK_handle_request")
    said = fitsm("seal")
    assert said.status == 1
    assert "missing" in said.err
    assert "--new-key" in said.err
    again = fitsm("seal", "--new-key")
    assert again.status == 0
    assert "fitsm-flow+" in again.err


def test_heads_go_to_the_witness_folder(
    fitsm: Fitsm, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FITSM_WITNESS_DIR receives each head as a file."""
    monkeypatch.setenv("FITSM_WITNESS_DIR", str(tmp_path / "elsewhere"))
    fitsm("seal")
    (file,) = (tmp_path / "elsewhere").rglob("*.note")
    assert file.read_text(encoding="utf-8") == fitsm("heads", "--last").out


def test_verifying_everything_includes_the_seals(fitsm: Fitsm, case: str) -> None:
    """`fitsm verify --all` says how much is sealed, and what only an outside head can show."""
    fitsm("seal")
    said = fitsm("verify", "--all")
    assert said.status == 0, said.out
    assert "all as sealed" in said.out
    assert "outside" in said.out
    assert "sealed up to event" in fitsm("verify", case).out
