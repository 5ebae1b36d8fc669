# SPDX-License-Identifier: Apache-2.0
"""A year of a small provider: every process runs, nothing stands still, and every case can be replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from engine import Engine, EngineConfig
from engine.values import SYSTEM, CaseFilter
from webapp.config import content_dir
from webapp.demo.year import Year, play_year
from webapp.demo.year.play import stuck

UNTIL = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)
#: What must have happened in the year: process -> elements that some case has passed.
HAPPENED = {
    "PR9_ISRM_manage_major_incidents": {"Task_Resolve", "Task_Review"},
    "PR9_ISRM_resolve": {"Task_Resolve", "Task_ResolveSecond"},
    "PR10_PM_identify_problems": {"Task_Analyse"},
    "PR10_PM_maintain_kedb": {"Task_Add"},
    "PR12_CHM_approve_changes": {"Task_Ecab", "Task_Sms", "End_Approved"},
    "PR12_CHM_hold_cab_meetings": {"Task_Decide", "End_Recorded"},
    "PR12_CHM_implement_changes": {"Task_BackOut", "End_Closed"},
    "PR13_RDM_deploy_releases": {"Task_Deploy", "Task_RollBack", "End_Closed"},
    "PR2_SLM_agree_sla": {"End_Active"},
    "PR2_SLM_agree_ola_ua": {"End_Active"},
    "PR2_SLM_evaluate_sla": {"Task_Evaluate", "Task_Notify"},
    "PR3_SRM_monitor_reports": {"End_Delivered"},
    "PR4_SACM_monitor_availability": {"Task_Confirm"},
    "PR4_SACM_test_continuity": {"Task_Perform"},
    "PR5_CAPM_evaluate_performance": {"Task_Measure", "Task_Respond"},
    "PR6_ISM_handle_incidents": {"Task_Review"},
    "PR6_ISM_provide_access": {"Task_Provide"},
    "PR6_ISM_review_access": {"Task_Review"},
    "PR6_ISM_treat_risks": {"End_Treated"},
    "PR7_CRM_handle_complaints": {"Task_Answer"},
    "PR7_CRM_manage_satisfaction": {"Task_Collect"},
    "PR7_CRM_review_services": {"Task_Hold"},
    "PR8_SUPPM_monitor_suppliers": {"Task_Evaluate"},
    "PR11_CONFM_verify_configuration": {"Task_Perform"},
    "PR14_CSI_implement_improvements": {"Task_Review"},
    "PR1_SPM_manage_lifecycle": {"Task_Plan"},
}
#: Answers that come later than the first one. Not everybody who asks waits for them; then they expire.
LATER = {"change.completed", "release.deployed", "improvement.done"}
#: Answers for whoever waits when they are given, or for people only.
UNAWAITED = {
    "rfc.decided", "suggestion.decided", "access.done", "agreement.decided", "major.resolved", "ci.updated", "demand.decided",
    "document.published", "setup.done",
}  # fmt: skip


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """Played once."""
    database = tmp_path_factory.mktemp("year") / "year.db"
    played = play_year(EngineConfig(database_url=f"sqlite:///{database}", content_dir=content_dir()), UNTIL)
    yield played
    played.engine.close()


def orphans(engine: Engine) -> tuple[set[str], set[str]]:
    """Names of messages that nobody received but that somebody should have: those that were kept, and those that were not."""
    with engine.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT DISTINCT name, state FROM message WHERE state <> 'delivered'").all()
    over = {row.name for row in rows if row.state == "external"}
    return {row.name for row in rows if row.state != "external"} - LATER, over - UNAWAITED


def passed(year: Year, process: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for case in year.engine.cases(SYSTEM, CaseFilter(limit=5_000)).items:
        for event in year.engine.history(SYSTEM, case.id):
            steps = (step.rpartition(":") for step in event.payload.get("effects", {}).get("passed", []))
            found.update(own for of, _, own in steps if (of or case.process_id) == process)
    return found


@pytest.mark.slow
def test_everybody_could_do_their_tasks_and_nothing_stands_still(year: Year) -> None:
    assert year.faults == []
    assert stuck(year) == []


@pytest.mark.slow
def test_every_case_replays(year: Year) -> None:
    verdicts = list(year.engine.verify_all(SYSTEM))
    assert len(verdicts) > 400
    assert [v for v in verdicts if not v.ok] == []


@pytest.mark.slow
@pytest.mark.parametrize("process", HAPPENED)
def test_it_was_a_whole_year(year: Year, process: str) -> None:
    """Whatever a year brings: outages, changes of every kind, a release taken back, a complaint, tests and reviews."""
    assert HAPPENED[process] - set(passed(year, process)) == set()


@pytest.mark.slow
def test_no_message_is_orphaned(year: Year) -> None:
    """All were delivered; what nobody waited for are answers that nobody needed."""
    assert orphans(year.engine) == (set(), set())
