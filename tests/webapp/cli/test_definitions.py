# SPDX-License-Identifier: Apache-2.0
"""`fitsm deploy` and `fitsm validate`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from engine import Engine
from tests.webapp.cli.conftest import Said
from tests.webapp.conftest import CONTENT

Fitsm = Callable[..., Said]
DIAGRAM = CONTENT / "processes" / "bpmn" / "DESK" / "handle_request.bpmn"


def test_a_good_diagram_passes_without_a_database(fitsm: Fitsm, tmp_path: Path) -> None:
    """Validation needs the files beside the diagram, nothing else, and leaves nothing behind."""
    said = fitsm("validate", str(DIAGRAM))
    assert (said.status, said.out) == (0, "1 file: 0 errors, 0 warnings.\n")
    assert not list(tmp_path.glob("*.db"))


def test_a_fault_is_told_with_its_place(fitsm: Fitsm, tmp_path: Path) -> None:
    """file:line element rule message, a hint below, status 1; the same for machines."""
    broken = tmp_path / "handle_request.bpmn"
    broken.write_bytes(DIAGRAM.read_bytes().replace(b"DESK/answer.json", b"DESK/missing.json"))
    said = fitsm("validate", str(broken))
    assert said.status == 1
    line = next(n for n, text in enumerate(broken.read_text().splitlines(), 1) if "DESK/missing.json" in text)
    assert f"{broken}:{line}: error Task_Answer [form-known]" in said.err
    found = fitsm("validate", str(broken), "--json")
    assert found.status == 1
    assert found.json["findings"][0] | {"line": line, "element": "Task_Answer"} == found.json["findings"][0]


def test_what_is_no_diagram_is_told(fitsm: Fitsm, tmp_path: Path) -> None:
    """A file that is not even XML is a finding, not a crash."""
    (tmp_path / "x.bpmn").write_text("not XML")
    assert fitsm("validate", str(tmp_path / "x.bpmn")).status == 1


def test_deploy_publishes_what_changed(fitsm: Fitsm, tmp_path: Path) -> None:
    """The whole content first, nothing the second time, one version more after a change."""
    assert "DESK_handle_request" in fitsm("deploy").out
    assert "nothing was published" in fitsm("deploy").out
    folder = tmp_path / "content"
    copytree(CONTENT, folder)
    diagram = folder / "processes" / "bpmn" / "DESK" / "handle_request.bpmn"
    diagram.write_bytes(diagram.read_bytes().replace(b'name="Answer the request"', b'name="Answer it"'))
    (published,) = fitsm("deploy", str(folder), "--json").json
    assert published["version"] == 2


def test_deploy_takes_one_diagram(fitsm: Fitsm, filled: Engine, tmp_path: Path) -> None:
    """Only process owners may; anything but a diagram is refused with the way to do it."""
    changed = tmp_path / "handle_request.bpmn"
    changed.write_bytes(DIAGRAM.read_bytes().replace(b'name="Answer the request"', b'name="Answer it"'))
    assert fitsm("deploy", str(changed), "--as", "dana").status == 1
    assert fitsm("deploy", str(changed), "--as", "otto", "--comment", "Plainer").status == 0
    assert filled.definition("DESK_handle_request").comment == "Plainer"
    refused = fitsm("deploy", str(CONTENT / "processes" / "roles.json"))
    assert "fitsm deploy FOLDER" in refused.err


def test_an_empty_folder_is_no_content(fitsm: Fitsm, tmp_path: Path) -> None:
    """A folder without processes/ is named."""
    assert "No folder 'processes'" in fitsm("deploy", str(tmp_path)).err


def test_the_shipped_diagrams_are_valid(fitsm: Fitsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """What we ship passes our own check."""
    monkeypatch.delenv("FITSM_CONTENT_DIR")
    root = Path(__file__).resolve().parents[3]
    files = sorted(map(str, (root / "processes" / "bpmn").rglob("*.bpmn")))
    assert files
    said = fitsm("validate", *files)
    assert said.status == 0, said.err


def test_layout_draws_in_place_or_elsewhere(fitsm: Fitsm, tmp_path: Path) -> None:
    """What is drawn still passes the check; the file given is kept when another is named."""
    bare, drawn = tmp_path / "handle_request.bpmn", tmp_path / "drawn.bpmn"
    text = DIAGRAM.read_text()
    start, end = text.index("<bpmndi:BPMNDiagram"), text.index("</bpmndi:BPMNDiagram>") + len("</bpmndi:BPMNDiagram>")
    bare.write_text(text[:start] + text[end:])
    before = bare.read_bytes()
    assert fitsm("layout", str(bare), "--output", str(drawn)).status == 0
    assert bare.read_bytes() == before
    assert b"BPMNShape" in drawn.read_bytes()
    assert fitsm("validate", str(drawn)).status == 0
    assert fitsm("layout", str(bare)).status == 0
    assert bare.read_bytes() == drawn.read_bytes()
    said = fitsm("layout", str(bare), str(drawn), "--output", str(drawn))
    assert said.status == 1
    assert "one diagram" in said.err


def test_a_calendar_is_changed_by_its_file(fitsm: Callable[..., Said], filled: Engine, tmp_path: Path) -> None:
    """The new one counts at once; a wrong one is refused with what is wrong."""
    file = tmp_path / "hours.json"
    file.write_text('{"title": "Mornings", "time_zone": "UTC", "opening_hours": {"monday": ["08:00-12:00"]}}')
    assert "new process versions" in fitsm("calendar", "set", str(file)).out
    assert filled.calendars() == {"default": "Mornings"}
    file.write_text('{"time_zone": "UTC", "opening_hours": {}}')
    said = fitsm("calendar", "set", str(file))
    assert (said.status, "never open" in said.err) == (1, True)
