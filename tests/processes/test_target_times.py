# SPDX-License-Identifier: Apache-2.0
"""The clock of an incident's target time: by which agreement and calendar, when it stands still, what it tells and whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import SYSTEM
from engine.values import Case, Task
from tests.processes.drive import Driver
from tests.processes.scenarios.isrm import CUSTOMER, REPORT, RESOLVED, SLA, TICKETS, UNSOLVED

ASK = {"outcome": "information", "question": "Since when?"}
FIRST = "PR9_ISRM_resolve:Task_Resolve"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026. The office is open from 7 to 17 UTC; the 2nd is a Monday, and it begins at 9."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


class Desk:
    """One incident, and whoever has to do with it."""

    def __init__(self, driver: Driver, **report: Any) -> None:
        self.driver, self.engine = driver, driver.engine
        self.max = self.engine.people.actor("max")
        self.case: Case = self.engine.start(self.max, TICKETS, {})
        self.do("Task_Register", {**REPORT, "impact": "high", **report})

    def task(self, element: str) -> Task:
        return next(
            t for t in self.engine.case(SYSTEM, self.case.id).tasks if t.state == "open" and t.element == element
        )

    def do(self, element: str, data: dict[str, Any]) -> None:
        task = self.task(element)
        self.engine.complete(self.engine.people.actor(task.assignee) if task.assignee else self.max, task.id, data)

    def until(self, moment: datetime) -> None:
        while (due := self.engine.next_due()) is not None and due <= moment:
            self.driver.wait_until(due)
        self.driver.wait_until(moment)

    @property
    def record(self) -> dict[str, Any]:
        return dict(self.engine.record(SYSTEM, "incident", "INC-1").data)

    @property
    def open(self) -> list[str]:
        return sorted(t.element.rpartition(":")[2] for t in self.engine.case(SYSTEM, self.case.id).tasks if t.state == "open")

    def risks(self) -> list[tuple[Any, ...]]:
        events = self.engine.history(SYSTEM, self.case.id)
        sent = [t for e in events for t in e.payload.get("effects", {}).get("thrown", ()) if t["name"] == "sla.risk"]
        return [tuple(t["payload"][k] for k in ("kind", "percent", "sla_id", "due")) for t in sent]


@pytest.fixture
def agreed(driver: Driver) -> Driver:
    """The customer Opera has an agreement of its own on the service: four hours with priority P2."""
    for register, fields in (CUSTOMER, SLA):
        driver.engine.write_record(SYSTEM, register, dict(fields))
    return driver


def test_the_agreement_of_the_customer_counts(agreed: Driver) -> None:
    """Four hours instead of eight, on its calendar; the record says which."""
    assert Desk(agreed, customer="CUS-1").record["resolution_due"] == "2026-03-02T13:00:00Z"
    desk = Desk(agreed)
    record = dict(desk.engine.record(SYSTEM, "incident", "INC-2").data)
    assert (record["resolution_due"], record["resolution_time"], record.get("sla")) == ("2026-03-02T17:00:00Z", "PT8H", None)


def test_the_clock_stands_still_while_the_user_is_asked(driver: Driver) -> None:
    """What is left of the time stays, the due time says why, and nobody is told of a threshold meanwhile."""
    desk = Desk(driver)
    assert desk.task(FIRST).due_at == at(2, 17)
    desk.until(at(2, 10))
    desk.do(FIRST, ASK)
    desk.until(at(3, 8))
    assert desk.open == ["Task_Answer"]
    desk.do("Task_Answer", {"answer": "Since nine."})
    assert (desk.record["paused_minutes"], desk.record.get("pending_since")) == (8 * 60, None)
    assert desk.record["resolution_due"] == "2026-03-03T15:00:00Z"
    assert desk.task(FIRST).due_at == at(3, 15)
    counted, pause = desk.engine.why_due(SYSTEM, desk.task(FIRST).id)
    assert (counted.duration, pause.duration, pause.paused_from) == ("PT8H", "PT8H", at(2, 10))
    desk.until(at(3, 9))
    desk.do(FIRST, RESOLVED)
    desk.until(at(3, 10))
    desk.do("Task_Confirm", UNSOLVED)
    assert desk.task(FIRST).due_at == at(3, 16)
    desk.until(at(3, 16, 30))
    desk.do("PR9_ISRM_resolve:Task_ResolveSecond", RESOLVED)
    assert (desk.record["late"], desk.record["resolved_on"]) == (True, "2026-03-03T16:30:00Z")


def test_another_priority_has_another_target(driver: Driver) -> None:
    """From the report on; P1 counts around the clock."""
    desk = Desk(driver, impact="medium")
    assert desk.task(FIRST).due_at == at(4, 9)
    desk.until(at(2, 20))
    desk.do(FIRST, {"outcome": "reclassify", "impact": "critical", "urgency": "high"})
    assert (desk.record["priority"], desk.record["resolution_due"]) == ("P1", "2026-03-02T13:00:00Z")
    desk.until(at(2, 20, 1))
    assert desk.open == ["Task_EscalateUp", "Task_EscalateUp", "Task_Remind", "Task_Resolve"]


def test_thresholds_are_told(agreed: Driver) -> None:
    """At half of the time the owner, at three quarters and at the end the manager and service level management."""
    desk = Desk(agreed, customer="CUS-1")
    desk.until(at(2, 11))
    assert "Task_Remind" in desk.open
    assert desk.risks() == []
    desk.until(at(2, 12))
    assert desk.risks() == [("potential", 75, "SLA-1", "2026-03-02T13:00:00Z")]
    desk.until(at(2, 13) + timedelta(minutes=1))
    assert [risk[:2] for risk in desk.risks()] == [("potential", 75), ("actual", 100)]
    found = [desk.engine.record(SYSTEM, "escalation", r.id).data for r in desk.engine.search_records(SYSTEM, "escalation", "")]
    assert sorted((e["kind"], e.get("percent_used")) for e in found) == [
        ("functional", None), ("hierarchical", 75), ("hierarchical", 100),
    ]  # fmt: skip
    desk.do("PR9_ISRM_resolve:Task_ResolveSecond", RESOLVED)
    assert desk.open == ["Task_Confirm"]
    assert desk.record["late"] is True
    assert not [e for e in desk.engine.history(SYSTEM, desk.case.id) if e.payload.get("effects", {}).get("conflicts")]
    assert desk.engine.verify(SYSTEM, desk.case.id).ok
