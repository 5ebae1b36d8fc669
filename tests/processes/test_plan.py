# SPDX-License-Identifier: Apache-2.0
"""The plan of set-ups is changed while set-ups go on, and who waits for them misses none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import SYSTEM
from tests.processes.drive import Driver
from tests.processes.scenarios import gr6, sms

LAST = sms.setup("GR6", state="planned", start_on="2026-12-01")


def test_what_was_done_meanwhile_stays_done(driver: Driver) -> None:
    """Between opening the plan and changing it, a set-up is finished: it is not begun again."""
    engine, manager = driver.engine, driver.engine.people.actor("max")
    begun = {"title": "Set up PR9", "code": "PR9", "state": "started", "start_on": "2026-02-02", "owner": "max"}
    own = engine.write_record(SYSTEM, "setup", begun).id
    case = engine.start(manager, "SMS_change_plan")
    engine.write_record(SYSTEM, "setup", {"state": "done", "done_on": "2026-03-02"}, own)
    [task] = engine.case(SYSTEM, case.id).tasks
    engine.complete(manager, task.id, {"change": "owner", "which": [own], "new_owner": "eva"})
    record = engine.record(SYSTEM, "setup", own).data
    assert (record["state"], record["done_on"], record["owner"]) == ("done", "2026-03-02", "max")


def test_moving_without_the_rest_moves_one(driver: Driver) -> None:
    """Whether the others move too is a question that may stay unanswered."""
    engine, manager = driver.engine, driver.engine.people.actor("max")
    plan = {"state": "planned", "owner": "max"}
    first, second = (
        engine.write_record(SYSTEM, "setup", {**plan, "title": code, "code": code, "start_on": day}).id
        for code, day in (("PR1", "2026-06-01"), ("PR2", "2026-07-01"))
    )
    case = engine.start(manager, "SMS_change_plan")
    [task] = engine.case(SYSTEM, case.id).tasks
    engine.complete(manager, task.id, {"change": "move", "which": [first], "to_day": "2026-06-15"})
    days = [engine.record(SYSTEM, "setup", own).data["start_on"] for own in (first, second)]
    assert days == ["2026-06-15", "2026-07-01"]


@pytest.mark.parametrize("start_on", ["2026-03-16", "2026-06-01"], ids=["while it waits", "while somebody looks"])
def test_what_is_done_is_known_whenever_it_is_done(driver: Driver, start_on: str) -> None:
    """Who establishes the management system waits for the last set-up; a month later somebody looks at the plan, for as
    long as it takes. The register knows what was done meanwhile, and no answer is left for nobody."""
    engine, manager = driver.engine, driver.engine.people.actor("max")
    for code in sms.CODES:
        engine.write_record(SYSTEM, *sms.setup(code, state="done", done_on="2026-02-01") if code != "GR6" else LAST)
    case = engine.start(manager, sms.ESTABLISH).id

    def answer(element: str, data: dict[str, object]) -> None:
        [task] = [task for task in engine.case(SYSTEM, case).tasks if task.state == "open"]
        assert task.element == element
        engine.complete(manager, task.id, data)

    answer("Task_Plan", sms.PLAN)
    engine.write_record(SYSTEM, "setup", {"start_on": start_on}, "SET-20")
    driver.drive(replace(gr6.SCENARIOS[-1], given=(), records={("setup", "SET-20"): {"state": "done"}}))
    if start_on > "2026-04":
        answer(sms.LOOK, sms.GOOD)
    answer("Task_Declare", {"first_review_on": "2027-10-04", "established": True})
    assert engine.case(SYSTEM, case).case.state == "completed"
    assert [message.name for message in engine.undelivered(SYSTEM)] == []
