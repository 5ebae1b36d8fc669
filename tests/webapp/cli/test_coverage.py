# SPDX-License-Identifier: Apache-2.0
"""`fitsm coverage`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.webapp.cli.conftest import Said

ROOT = Path(__file__).parents[3]
Fitsm = Callable[..., Said]


def test_a_table_and_the_gaps_below(fitsm: Fitsm) -> None:
    """The small organisation runs nothing of the standard: every process at 0 %, each gap a line, exit status 1."""
    said = fitsm("coverage")
    assert said.status == 1
    assert "0 of 8, 0 %" in said.out
    assert "PR9 [activity-missing] PR9.A1.1: No element performs 'Register incident or service request'." in said.out
    assert "Not yet: PR1-PR14 Initial setup" in said.out


def test_the_same_for_machines(fitsm: Fitsm) -> None:
    """The shipped content, by its path: percentages are left to the reader, places are fields."""
    found = fitsm("coverage", str(ROOT), "--json").json
    assert found["complete"] == (not found["gaps"])
    assert [one["id"] for one in found["processes"]][:2] == ["PR1", "PR2"]
    assert all(set(gap) == {"process", "rule", "subject", "sentence", "file", "element"} for gap in found["gaps"])


def test_a_folder_without_content_is_refused(fitsm: Fitsm, tmp_path: Path) -> None:
    said = fitsm("coverage", str(tmp_path))
    assert said.status == 1
    assert "No folder 'processes' was found" in said.err
