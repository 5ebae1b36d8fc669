# SPDX-License-Identifier: Apache-2.0
"""A continuity plan that is changed while its next test is moved: what was read before does not come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine import SYSTEM
from engine.values import Case
from tests.processes.drive import Driver
from tests.processes.scenarios.sacm import IN_FORCE, NEEDED, PLAN_FORM, WORSE

TESTED, NEXT_TEST = "2026-03-20", "2027-03-20"
MEASURE = {"title": "A spare part", "way": "own", "responsible": "eva", "due_on": "2026-04-01"}
WAYS = [
    ("sac_plan.needed", NEEDED, [{**PLAN_FORM, "way": "plan", "measures": [MEASURE]}, {"approval": "approved"}]),
    ("sac_plan.review", {"sac_plan_id": "SAP-1", "reason": "Moved."}, [WORSE, {"confirmed": "yes"}]),
]


@pytest.mark.parametrize(("message", "payload", "answers"), WAYS, ids=["planned anew", "reviewed"])
def test_a_plan_that_is_changed_keeps_the_day_of_its_next_test(
    driver: Driver, message: str, payload: Mapping[str, Any], answers: list[Mapping[str, Any]]
) -> None:
    """Its test was done meanwhile: it does not come a second time."""
    engine = driver.engine
    register, fields = IN_FORCE
    own = engine.write_record(SYSTEM, register, {**fields, "next_test_on": TESTED}).id
    [case] = engine.correlate(SYSTEM, message, "key", dict(payload))
    complete(driver, case, answers[0])
    engine.write_record(SYSTEM, register, {"next_test_on": NEXT_TEST}, own)
    complete(driver, case, answers[1])
    plan = engine.record(SYSTEM, register, own)
    assert plan.data["reactive_measures"] == answers[0]["reactive_measures"]
    assert plan.data["next_test_on"] == NEXT_TEST


def complete(driver: Driver, case: Case, answer: Mapping[str, Any]) -> None:
    [task] = [t for t in driver.engine.case(SYSTEM, case.id).tasks if t.state == "open"]
    driver.engine.complete(driver.engine.people.actor(task.assignee or "max"), task.id, dict(answer))
