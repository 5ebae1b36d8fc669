# SPDX-License-Identifier: Apache-2.0
"""Files as other editors write them: each runs to its end, or is refused in words; nothing is half-run.

The files lie in `strangers/`: other prefixes, default namespaces, extensions of Camunda, Zeebe, Flowable and unknown
tools, colours, several pools, collapsed subprocesses, further diagrams.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine import try_diagrams
from engine.bpmn import read_drawn, read_models
from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.values import Finding

FOLDER = Path(__file__).parent / "strangers"
#: File -> what its run comes to: (outcome, elements that were passed).
RUN = {
    "camunda7_colours": ("Invoice paid", "Received Approve Paid"),
    "camunda7_async": ("E", "S A E"),
    "camunda8_user_task": ("E", "S A E"),
    "camunda_modeler_template": ("E", "S A E"),
    "unknown_vendor": ("E", "S A E"),
    "timer_plain": ("E", "S A E"),
    "timer_quoted": ("E", "S A E"),
    "condition_plain": ("small", "S G E2"),
    "default_namespace": ("E", "S A E"),
    "two_pools": ("Happy", "Hungry Place Ordered Pack Deliver Goods Happy"),
    "documentation_pool": ("E", "S Ask Pay E"),
    "collapsed_subprocess": ("E", "S s a e Sub E"),
}
#: File -> (rule, element, line, what the hint or message says).
REFUSED = {
    "camunda7_expression": ("vendor-meaning", "A", 5, "serviceTaskOperator"),
    "camunda7_delegate": ("vendor-meaning", "A", 5, "serviceTaskOperator"),
    "camunda7_topic": ("vendor-meaning", "A", 5, "serviceTaskOperator"),
    "camunda7_form": ("vendor-meaning", "A", 5, "formJsonSchemaFilename"),
    "camunda7_io": ("vendor-meaning", "A", 5, "bpmn:dataInputAssociation"),
    "camunda7_listener": ("vendor-meaning", "A", 5, "Draw a script task"),
    "camunda7_groovy": ("attribute-ignored", "A", 5, "Scripts are written in the script language"),
    "camunda8_job": ("vendor-meaning", "A", 5, "serviceTaskOperator"),
    "flowable_expense": ("vendor-meaning", "expense", 3, "startable_by"),
    "unnamed_service": ("service-operator", "A", 5, "http/post"),
    "receive_plain": ("reference-dangling", "A", 5, "draw a message flow"),
    "potential_owner": ("element-not-allowed", "Owner", 5, "The lane's role decides"),
    "timer_juel": ("timer-value", "T", 5, "without the frame: waitFor"),
    "condition_juel": ("expression", "F2", 5, "without the frame: amount > 1000"),
    "condition_feel": ("expression", "F2", 5, "without the frame: amount > 1000"),
    "condition_language": ("attribute-ignored", "F2", 5, "Expressions have one language"),
    "two_waits": ("message-ambiguous", "B", 7, "neither has a key"),
    "choreography": ("process-missing", "D", 1, "process of one participant"),
    "must_understand": ("attribute-ignored", "D", 2, "would not be done"),
}
#: File -> the processes that are kept to be looked at.
SHOWN = {"bpmnio_demo": ["Process_1"], "signavio_process": ["sid-process"]}
#: What is said about files that run.
WARNED = {
    "camunda7_async": {
        "asyncBefore of 'A' belongs to Camunda and has no effect here.",
        "exclusive of 'A' belongs to Camunda and has no effect here.",
    },
    "camunda7_colours": {"historyTimeToLive of 'Invoice' belongs to Camunda and has no effect here."},
    "unknown_vendor": {
        "cost of 'A' belongs to another tool and has no effect here.",
        "risk of 'A' belongs to another tool and has no effect here.",
    },
    "documentation_pool": {"The process 'Theirs' is not executable: it is shown, and nothing of it is run."},
}


def content(name: str) -> bytes:
    return (FOLDER / f"{name}.bpmn").read_bytes()


def found(name: str) -> list[Finding]:
    return check(parse(content(name), f"{name}.bpmn"), f"{name}.bpmn", known=Known())


def errors(name: str) -> list[Finding]:
    return [f for f in found(name) if f.severity == "error"]


def test_every_file_has_its_answer() -> None:
    """At least thirty files, each in one list."""
    names = [path.stem for path in FOLDER.glob("*.bpmn")]
    assert sorted([*RUN, *REFUSED, *SHOWN]) == sorted(names)
    assert len(names) >= 30


@pytest.mark.parametrize("name", RUN)
def test_it_runs(name: str) -> None:
    """From start to end, people answered for, time passing at once."""
    assert errors(name) == []
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    trial = try_diagrams({f"{name}.bpmn": content(name)}, start=start, zone=ZoneInfo("UTC"))
    outcome, passed = RUN[name]
    assert (trial.state, trial.outcome) == ("completed", outcome), trial.failure
    assert [one.element for one in trial.trace] == passed.split()


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused(name: str) -> None:
    """With rule, element, line, a sentence, and what to write instead."""
    rule, element, line, words = REFUSED[name]
    wanted = [f for f in errors(name) if (f.rule, f.element, f.line) == (rule, element, line)]
    assert wanted, errors(name)
    assert words in f"{wanted[0].message} {wanted[0].hint}"


@pytest.mark.parametrize("name", SHOWN)
def test_it_is_shown_and_not_run(name: str) -> None:
    """What is not executable has one warning and no errors, whatever is drawn in it."""
    assert [(f.severity, f.rule) for f in found(name)] == [("warning", "not-executable")]
    root = parse(content(name), name)
    assert read_models(root, name) == ()
    assert [model.process_id for model in read_drawn(root, name)] == SHOWN[name]


@pytest.mark.parametrize("name", WARNED)
def test_what_has_no_effect_is_said(name: str) -> None:
    """Settings of other engines, extensions of unknown tools, pools that are only drawn."""
    rules = {"vendor-unknown", "process-drawn-only"}
    assert {f.message for f in found(name) if f.rule in rules} == WARNED[name]


@pytest.mark.parametrize("name", sorted(set(RUN) - set(WARNED)))
def test_looks_are_passed_over(name: str) -> None:
    """Colours, exporters, icons and further diagrams need no word."""
    assert not [f for f in found(name) if f.rule.startswith("vendor")]
