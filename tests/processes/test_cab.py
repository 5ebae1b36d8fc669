# SPDX-License-Identifier: Apache-2.0
"""Changes that wait for the change advisory board, its meeting, and what each of them is told."""

from __future__ import annotations

from datetime import UTC, datetime

from engine import SYSTEM
from engine.values import CaseFilter
from tests.processes.drive import Driver
from tests.processes.scenarios.chm import APPROVE, ASSESSED, IMPLEMENT, MEET, RFC, TAKEN

CLASSIFIED = {"classification": "usual", "impact": "low", "risk": "medium"}


def test_one_meeting_answers_each_change_that_waits(driver: Driver) -> None:
    """Two changes wait, one case of the board begins; one is approved and goes on, the other is put off to the next meeting."""
    engine, max_ = driver.engine, driver.engine.people.actor("max")
    eva = engine.people.actor("eva")
    for title in ("First", "Second"):
        [case] = engine.correlate(SYSTEM, "rfc.submitted", title, {**RFC, "title": title})
        for who, data in ((max_, {**TAKEN, "title": title}), (eva, CLASSIFIED), (eva, ASSESSED)):
            [task] = [t for t in engine.case(SYSTEM, case.id).tasks if t.state == "open"]
            engine.complete(who, task.id, data)
    assert [r.state for r in engine.records(SYSTEM, "change").items] == ["awaiting_cab", "awaiting_cab"]
    assert [r.data["planned_on"] for r in engine.records(SYSTEM, "cab_meeting").items] == ["2026-03-05T09:00:00Z"]

    driver.wait_until(datetime(2026, 3, 3, 9, 30, tzinfo=UTC))
    [meeting] = engine.cases(SYSTEM, CaseFilter(process_id=MEET)).items
    [prepare] = engine.case(SYSTEM, meeting.id).tasks
    engine.complete(max_, prepare.id, {"planned_on": "2026-03-05T09:00:00Z", "members": ["max", "eva"]})
    driver.wait_until(datetime(2026, 3, 5, 9, 0, 1, tzinfo=UTC))
    decisions = [t for t in engine.case(SYSTEM, meeting.id).tasks if t.element == "Task_Decide"]
    assert len(decisions) == 2
    engine.complete(max_, decisions[0].id, {"decision": "approved"})
    engine.complete(max_, decisions[1].id, {"decision": "deferred", "comment": "Ask the supplier."})

    assert sorted(r.state for r in engine.records(SYSTEM, "change").items) == ["approved", "awaiting_cab"]
    assert len(engine.cases(SYSTEM, CaseFilter(process_id=IMPLEMENT)).items) == 1
    assert [c.state for c in engine.cases(SYSTEM, CaseFilter(process_id=APPROVE)).items].count("running") == 1
    planned = [r.data["planned_on"] for r in engine.records(SYSTEM, "cab_meeting").items if r.state == "planned"]
    assert planned == ["2026-03-12T09:00:00Z"]
    assert all(verdict.ok for verdict in engine.verify_all(SYSTEM))
