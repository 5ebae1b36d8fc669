# SPDX-License-Identifier: Apache-2.0
"""Parallel joins of ways that are not taken together: the check says that a case stops there, and one does."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn.check import Known, check
from engine.bpmn.xml import parse
from engine.trial import run_here
from engine.values import Finding
from tests.builders import diagram

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
FORK = "start S -> F\nand F -> A / C\nuser C -> J\nand J -> E\nend E\n"
LATE = "timer T | {}: A | duration: PT1H -> {}\n"
#: Ways that all lead into the parallel gateway J -> whether one of them comes instead of another, or perhaps does.
STOPS = {
    "an activity and its boundary event": (FORK + "user A -> J\n" + LATE.format("on", "J"), "only one"),
    "the same with work on both ways": (
        FORK + "user A -> B\nuser B -> J\nuser D -> J\n" + LATE.format("on", "D"),
        "only one",
    ),
    "two boundary events": (
        FORK + "user A -> E2\nend E2\n" + LATE.format("on", "J") + "timer U | on: A | duration: PT2H -> J",
        "only one",
    ),
    "an event that interrupts nothing": (FORK + "user A -> J\n" + LATE.format("beside", "J"), "perhaps only one"),
    "two answers": (
        "start S -> X\nxor X -> A if True / B\nuser A -> J\nuser B -> J\nand J -> E\nend E",
        "only one",
    ),
    "answers of which both may hold": (
        "start S -> X\nor X -> A if True / B\nuser A -> J\nuser B -> J\nand J -> E\nend E",
        "perhaps only one",
    ),
}
GOES_ON = {
    "parallel ways": FORK + "user A -> J",
    "an event on one way": FORK + "user A -> M\n" + LATE.format("on", "M") + "xor M -> J",
    "an inclusive join": "start S -> X\nor X -> A if True / B\nuser A -> J\nuser B -> J\nor J -> E\nend E",
    "a way back": FORK + "user A -> X\nxor X -> A if False / J",
    "an event that leads elsewhere": FORK + "user A -> J\nend L\n" + LATE.format("on", "L"),
}


def found(text: str) -> list[Finding]:
    all_found = check(parse(diagram("P", text), "P.bpmn"), "P.bpmn", known=Known())
    return [f for f in all_found if f.rule == "join-alternatives"]


@pytest.mark.parametrize("what", STOPS)
def test_a_join_that_waits_for_what_never_comes_is_warned_of(what: str) -> None:
    """At the gateway, with what to draw; and a case does stop there, which is said too."""
    text, words = STOPS[what]
    warned = found(text)
    assert [(f.severity, f.element) for f in warned] == [("warning", "J")]
    assert f"and {words} of them comes" in warned[0].message
    assert "exclusive gateway" in warned[0].hint
    trial = run_here({"P.bpmn": diagram("P", text)}, start=START, zone=ZoneInfo("UTC"))
    assert trial.failure is not None
    assert "nothing in it waits for anybody" in str(trial.failure["message"])


@pytest.mark.parametrize("what", GOES_ON)
def test_joins_of_what_is_taken_together_are_fine(what: str) -> None:
    """Also where ways have come together again before."""
    text = GOES_ON[what]
    assert found(text) == []
    assert run_here({"P.bpmn": diagram("P", text)}, start=START, zone=ZoneInfo("UTC")).state == "completed"
