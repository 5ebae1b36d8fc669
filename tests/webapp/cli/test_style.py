# SPDX-License-Identifier: Apache-2.0
"""`fitsm style`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from engine.values import Finding
from tests.webapp.cli.conftest import Said
from tests.webapp.conftest import CONTENT
from webapp.cli.style import without_exceptions

Fitsm = Callable[..., Said]
DIAGRAM = "processes/bpmn/DESK/handle_request.bpmn"


@pytest.fixture
def content(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small organisation's content with a task that has no verb."""
    folder = tmp_path / "content"
    copytree(CONTENT, folder)
    file = folder / DIAGRAM
    file.write_text(file.read_text().replace('name="Answer the request"', 'name="The answer"'))
    monkeypatch.setenv("FITSM_CONTENT_DIR", str(folder))
    return folder


def test_a_broken_rule_is_told_with_its_place(fitsm: Fitsm, content: Path) -> None:
    """file:line element rule sentence, for all of the content or the files that are named; status 1."""
    said = fitsm("style")
    assert said.status == 1
    assert f"{DIAGRAM}:" in said.err
    assert "error Task_Answer [task-name] 'The answer' does not begin with a verb." in said.err
    found = fitsm("style", str(content / DIAGRAM), "--json").json["findings"]
    assert ("task-name", "Task_Answer") in {(one["rule"], one["element"]) for one in found}


def test_a_known_exception_is_passed_over(fitsm: Fitsm, content: Path) -> None:
    """One that says why; without a reason it is refused."""
    found = fitsm("style", "--json").json["findings"]
    known = [{name: one[name] for name in ("file", "rule", "element")} for one in found]
    exceptions = content / "processes" / "style.json"
    exceptions.write_text(json.dumps([{**one, "reason": "It is known by this name."} for one in known]))
    assert fitsm("style").status == 0
    exceptions.write_text(json.dumps(known))
    assert "does not say all of file, rule, element and reason" in fitsm("style").err


def test_an_exception_that_nothing_needs_is_a_finding() -> None:
    """So the list gets shorter as diagrams get better."""
    broken = Finding("error", "a.bpmn", 1, "Task_1", "task-name", "No verb.", "Say it.")
    needed = {"file": "a.bpmn", "rule": "task-name", "element": "Task_1", "reason": "Known so."}
    assert without_exceptions([broken], [needed]) == []
    (left,) = without_exceptions([], [needed])
    assert (left.rule, left.element, left.message) == ("exception-unneeded", "Task_1", "a.bpmn keeps task-name there.")
