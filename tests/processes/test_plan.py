# SPDX-License-Identifier: Apache-2.0
"""The plan of set-ups is changed while set-ups go on."""

from __future__ import annotations

from engine import SYSTEM
from tests.processes.drive import Driver


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
