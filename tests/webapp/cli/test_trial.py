# SPDX-License-Identifier: Apache-2.0
"""`fitsm run`: the check first, then the run; and `fitsm validate` on whatever it is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import MAX_BYTES
from tests.builders import diagram
from tests.webapp.cli.conftest import Said

Fitsm = Callable[..., Said]
STRANGERS = Path(__file__).parents[2] / "engine" / "bpmn" / "strangers"
DECIDED = "start S -> R\nrule R | decision: size -> E\nend E"
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="size" name="size"><decisionTable id="t" hitPolicy="{policy}"><input id="i"><inputExpression><text>1</text>
</inputExpression></input><output id="o" name="size"/>{rules}</decisionTable></decision></definitions>"""
RULE = '<rule id="{0}"><inputEntry><text>{1}</text></inputEntry><outputEntry><text>"{2}"</text></outputEntry></rule>'


def test_it_runs_a_stranger(fitsm: Fitsm) -> None:
    """Two pools that talk, people answered for; warnings are counted."""
    said = fitsm("run", str(STRANGERS / "two_pools.bpmn"))
    assert said.status == 0, said.err
    assert "completed: Happy" in said.out
    assert "'fitsm validate' tells them" in said.out


def test_what_cannot_be_published_is_not_run(fitsm: Fitsm) -> None:
    """It is told as `fitsm validate` tells it: file, line, element, rule, sentence, hint; status 1."""
    file = str(STRANGERS / "camunda7_expression.bpmn")
    ran, validated = fitsm("run", file), fitsm("validate", file)
    assert (ran.status, ran.out, ran.err) == (1, validated.out, validated.err)
    assert f"{file}:5: error A [vendor-meaning] expression of 'Book'" in ran.err
    assert "serviceTaskOperator" in ran.err


def test_for_machines_the_findings_are_json(fitsm: Fitsm) -> None:
    """Both when it is refused and when it ran."""
    refused = fitsm("run", str(STRANGERS / "two_waits.bpmn"), "--json")
    (error,) = [f for f in refused.json["findings"] if f["severity"] == "error"]
    assert refused.status == 1
    assert {"file", "line", "element", "rule", "message", "hint"} <= set(error)
    ran = fitsm("run", str(STRANGERS / "timer_plain.bpmn"), "--json")
    assert ran.json["state"] == "completed"
    assert {f["severity"] for f in ran.json["findings"]} == {"warning"}


def test_a_process_is_chosen_by_its_id(fitsm: Fitsm) -> None:
    """One of several in a file; a name that is not there is refused with those that are."""
    said = fitsm("run", str(STRANGERS / "two_pools.bpmn"), "--process", "Sell", "--json")
    assert [one["element"] for one in said.json["trace"]] == ["Ordered", "Pack", "Deliver"]
    assert "Order, Sell" in fitsm("run", str(STRANGERS / "two_pools.bpmn"), "--process", "Buy").err


def test_documentation_is_never_half_run(fitsm: Fitsm) -> None:
    """Valid, and nothing to run."""
    file = str(STRANGERS / "signavio_process.bpmn")
    assert fitsm("validate", file).status == 0
    said = fitsm("run", file)
    assert said.status == 1
    assert "There is no executable process in the files" in said.err


def test_files_are_checked_together(fitsm: Fitsm, tmp_path: Path) -> None:
    """A decision table beside the diagram counts as published, and has findings of its own."""
    (tmp_path / "p.bpmn").write_bytes(diagram("P", DECIDED))
    table = tmp_path / "size.dmn"
    table.write_text(
        TABLE.format(policy="UNIQUE", rules=RULE.format("a", "1", "one") + RULE.format("b", "&gt;5", "many"))
    )
    assert "decision-known" in fitsm("validate", str(tmp_path / "p.bpmn")).err
    assert fitsm("validate", str(tmp_path / "p.bpmn"), str(table)).status == 0
    assert '"one"' in fitsm("run", str(tmp_path / "p.bpmn"), str(table)).out
    table.write_text(
        TABLE.format(policy="UNIQUE", rules=RULE.format("a", "1", "one") + RULE.format("b", "&lt;5", "few"))
    )
    said = fitsm("validate", str(table))
    assert said.status == 1
    assert "[dmn-overlap]" in said.err


def test_tables_of_the_content_need_not_be_named(fitsm: Fitsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipped diagram runs as it is, with the diagrams that it calls."""
    monkeypatch.delenv("FITSM_CONTENT_DIR")
    root = Path(__file__).resolve().parents[3] / "processes" / "bpmn" / "PR9-ISRM"
    said = fitsm("run", str(root / "manage_incidents_and_service_requests.bpmn"), "--until", "P1D", "--json")
    assert "findings" in said.json, said.err
    assert "decision" not in json.dumps(said.json["failure"])
    assert said.json["trace"][0]["process"] == "PR9_ISRM_manage_incidents_and_service_requests"
    watched = fitsm("run", str(root / "watch.bpmn"), "--json")
    assert (watched.status, watched.json["outcome"]) == (0, "Told")
    assert any(one["process"] == "PR9_ISRM_escalate" for one in watched.json["trace"])


ODD = {
    "missing": (None, "file-unreadable"),
    "empty": (b"", "xml-syntax"),
    "not XML": (b"once upon a time", "xml-syntax"),
    "another XML": (b"<html/>", "not-bpmn"),
    "binary": (bytes(range(256)), "xml-encoding"),
    "an image": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "xml-encoding"),
    "huge": (b"<a>" + b" " * MAX_BYTES + b"</a>", "xml-size"),
    "an entity": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "xml-doctype"),
}


@pytest.mark.parametrize("command", ["validate", "run"])
@pytest.mark.parametrize("what", ODD)
def test_odd_files_are_findings(fitsm: Fitsm, tmp_path: Path, what: str, command: str) -> None:
    """Status 1 with a sentence and a hint, never a traceback; a good file beside it is checked all the same."""
    content, rule = ODD[what]
    file, good = tmp_path / "odd.bpmn", tmp_path / "good.bpmn"
    good.write_bytes(diagram("P", "start S -> E\nend E"))
    if content is not None:
        file.write_bytes(content)
    said = fitsm(command, str(file), str(good), "--json")
    assert said.status == 1
    (finding,) = [f for f in said.json["findings"] if f["severity"] == "error"]
    assert (finding["file"], finding["rule"]) == (str(file), rule)
    assert finding["message"]
    assert any(f["file"] == str(good) for f in said.json["findings"])


def test_a_folder_is_no_file(fitsm: Fitsm, tmp_path: Path) -> None:
    """Said in a sentence."""
    said = fitsm("validate", str(tmp_path))
    assert (said.status, "Is a directory" in said.err) == (1, True)
