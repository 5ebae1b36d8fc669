# SPDX-License-Identifier: Apache-2.0
"""The shipped processes run the standard: its ongoing activities and its interfaces, and nothing is left over."""

from __future__ import annotations

import pytest

from engine import take_inventory
from tests.processes.conftest import ROOT
from webapp.coverage import Report, read_catalogue, report_on

PROCESSES = tuple(f"PR{number}" for number in range(1, 15))


@pytest.fixture(scope="module")
def report() -> Report:
    return report_on(take_inventory(ROOT), read_catalogue(ROOT / "processes" / "fitsm"))


def gaps(report: Report, process: str, rule: str = "") -> str:
    """The gaps of a process, one a line."""
    listed = [gap for gap in report.gaps if gap.process == process and gap.rule.startswith(rule)]
    return "\n".join(f"{gap.rule} {gap.subject}: {gap.sentence} {gap.file} {gap.element}" for gap in listed)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_ongoing_activity_is_performed(report: Report, process: str) -> None:
    """By exactly one element."""
    assert not gaps(report, process, "activity")
    assert next(one.activities == one.of_activities for one in report.processes if one.id == process)


@pytest.mark.parametrize("process", PROCESSES)
def test_nothing_is_missing(report: Report, process: str) -> None:
    """No activity, no end of an interface, no name without a thing and no thing without a name."""
    assert not gaps(report, process)


def test_everything_that_a_diagram_names_exists(report: Report) -> None:
    """Forms, decision tables, registers, roles and processes."""
    named = [gap for gap in report.gaps if gap.rule.endswith("-missing") and gap.element]
    assert not [f"{gap.file} {gap.element}: {gap.sentence}" for gap in named]


@pytest.mark.parametrize("aspect", ["GR6", "GR7"])
def test_a_general_aspect_is_set_up_and_performed(report: Report, aspect: str) -> None:
    """Each activity by an element, and nothing is left over."""
    assert not gaps(report, aspect)
    assert next(one.activities == one.of_activities for one in report.later if one.id == aspect)
