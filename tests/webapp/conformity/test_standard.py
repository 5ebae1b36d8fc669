# SPDX-License-Identifier: Apache-2.0
"""The requirements as data: complete, in our own words, each with activities that there are."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from engine.errors import Invalid
from webapp.conformity.standard import read_standard

FOLDER = Path(__file__).parents[3] / "processes" / "fitsm"


def test_every_process_and_aspect_has_requirements() -> None:
    """Numbered without gaps, each with at least one activity of the catalogue, with the licence named."""
    standard = read_standard(FOLDER)
    numbers: dict[str, list[int]] = {}
    for one in standard.requirements:
        numbers.setdefault(one.process, []).append(int(one.id.partition(".")[2]))
        assert one.activities
        assert len(one.text) < 160
    assert set(numbers) == {p.id for p in (*standard.catalogue.processes, *standard.catalogue.general)}
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert "CC BY 4.0" in standard.attribution


def test_a_requirement_with_an_unknown_activity_is_refused(tmp_path: Path) -> None:
    """And so is a file that is no JSON."""
    folder = copytree(FOLDER, tmp_path / "fitsm")
    file = folder / "requirements.json"
    told = json.loads(file.read_text())
    told["requirements"][0]["activities"] = ["PR1.A9.9"]
    file.write_text(json.dumps(told))
    with pytest.raises(Invalid, match=r"PR1\.A9\.9"):
        read_standard(folder)
    file.write_text("{")
    with pytest.raises(Invalid, match="cannot be read"):
        read_standard(folder)
