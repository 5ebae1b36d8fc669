# SPDX-License-Identifier: Apache-2.0
"""Findings of an audit: none without evidence, each where it belongs."""

from __future__ import annotations

from typing import Any

import pytest

from engine import SYSTEM
from engine.errors import Invalid
from engine.values import CaseFilter
from tests.processes.drive import Driver
from tests.processes.scenarios.gr6 import AUDIT, FINDING, GO, HELD, HOLD


def held(driver: Driver, **finding: Any) -> str:
    """A prepared audit at which this is written down; returns its case."""
    engine = driver.engine
    engine.write_record(SYSTEM, AUDIT[0], {**AUDIT[1], "planned_on": "2026-03-20"})
    engine.fire_due()
    case = engine.cases(SYSTEM, CaseFilter(process_id=HOLD)).items[0].id
    eva = engine.people.actor("eva")
    for answer in (GO, {**HELD, "findings": [finding]}):
        task = next(task for task in engine.case(SYSTEM, case).tasks if task.state == "open")
        engine.complete(eva, task.id, answer)
    return case


@pytest.mark.parametrize("evidence", [None, ""])
def test_no_finding_without_evidence(driver: Driver, evidence: str | None) -> None:
    """The audit is not held before somebody writes down what was seen; the answer says what is missing where."""
    finding = {**FINDING, "broken": "once", "evidence": evidence}
    with pytest.raises(Invalid) as refused:
        held(driver, **{name: value for name, value in finding.items() if value is not None})
    assert "findings.0.evidence" in str(refused.value)
    assert str(refused.value).endswith(("Evidence is needed.", "This must not be empty."))


@pytest.mark.parametrize(("broken", "told"), [("once", "nonconformity.raised"), ("no", "suggestion.submitted")])
def test_a_finding_goes_where_it_belongs(driver: Driver, broken: str, told: str) -> None:
    """What breaks a requirement is a nonconformity, what could be better a suggestion, both with their evidence."""
    case = held(driver, **FINDING, broken=broken)
    passed = driver.passed(case)
    assert ("Event_Raised" in passed) == (told == "nonconformity.raised")
    assert ("Event_Suggested" in passed) == (told == "suggestion.submitted")
