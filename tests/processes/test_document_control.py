# SPDX-License-Identifier: Apache-2.0
"""Documents come into force in one way only: somebody else than the author approves them. So do reports of results."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from lxml import etree

from engine import SYSTEM
from engine.errors import NotAllowed
from engine.values import CaseFilter, Task
from tests.processes.conftest import ROOT
from tests.processes.drive import BPMN, Driver
from tests.processes.scenarios.gr6 import READY, REPORT

CONTROL = "GR2_DOC_control_documents"
APPROVAL = {"approved_by", "approved_on", "version", "published_text", "published_file"}


def task(driver: Driver, process: str, element: str) -> Task:
    """The open task at this step of the process's newest case."""
    case = driver.engine.cases(SYSTEM, CaseFilter(process_id=process)).items[0].id
    return next(one for one in driver.engine.case(SYSTEM, case).tasks if (one.element, one.state) == (element, "open"))


def steps(driver: Driver, process: str = REPORT) -> set[str]:
    """Where the process's newest case is."""
    case = driver.engine.cases(SYSTEM, CaseFilter(process_id=process)).items[0].id
    return {one.element for one in driver.engine.case(SYSTEM, case).tasks if one.state == "open"}


def reported(driver: Driver) -> None:
    """Max writes a report for eva."""
    driver.engine.signal(SYSTEM, "results.ready", READY)
    finish(driver, "max", REPORT, "Task_Report", report_text="It was missed.", recipients=["eva"])


def finish(driver: Driver, person: str, process: str, element: str, **answer: Any) -> None:
    driver.engine.complete(driver.engine.people.actor(person), task(driver, process, element).id, answer)


def test_one_process_alone_brings_documents_into_force() -> None:
    """What says that a text was approved is written by no other diagram."""
    written = defaultdict[str, set[str]](set)
    for path in sorted((ROOT / "processes" / "bpmn").glob("*/*.bpmn")):
        root = etree.parse(path).getroot()
        stores = set(root.xpath(".//b:dataStoreReference[@dataStoreRef='DataStore_document']/@id", namespaces=BPMN))
        for write in root.iterfind(".//b:dataOutputAssociation", BPMN):
            if write.findtext("b:targetRef", "", BPMN) in stores:
                written[path.stem] |= APPROVAL & {to.text for to in write.iterfind("b:assignment/b:to", BPMN)}
    assert {name for name, fields in written.items() if fields} == {"control_documents"}


def test_it_is_told_only_after_somebody_else_has_approved_it(driver: Driver) -> None:
    engine = driver.engine
    reported(driver)
    assert engine.record(SYSTEM, "document", "DOC-1").state == "in_approval"
    assert steps(driver) == set()
    with pytest.raises(NotAllowed):
        finish(driver, "max", CONTROL, "Task_Approve", decision="approved")

    finish(driver, "eva", CONTROL, "Task_Approve", decision="approved")
    assert steps(driver) == {"Task_Read", "Task_Acknowledge"}
    document = engine.record(SYSTEM, "document", "DOC-1")
    told = {name: document.data.get(name) for name in ("author", "approved_by", "approved_on", "version", "published_text")}
    assert (document.state, told) == ("published", {"author": "max", "approved_by": "eva", "approved_on": "2026-03-02", "version": 1,
                                                    "published_text": "It was missed."})  # fmt: skip


def test_it_is_approved_within_the_time_in_which_it_is_to_be_told(driver: Driver) -> None:
    """What is told at once does not lie ten days with its approver."""
    driver.engine.signal(SYSTEM, "results.ready", READY)
    due = task(driver, REPORT, "Task_Report").due_at
    finish(driver, "max", REPORT, "Task_Report", report_text="It was missed.")
    assert task(driver, CONTROL, "Task_Approve").due_at == due


def test_it_is_not_looked_at_again(driver: Driver) -> None:
    """It tells of a time that is over."""
    reported(driver)
    finish(driver, "eva", CONTROL, "Task_Approve", decision="approved")
    data = driver.engine.record(SYSTEM, "document", "DOC-1").data
    assert (data.get("review_period"), data.get("next_review_on")) == (None, None)


def test_what_is_rejected_comes_back_to_its_author(driver: Driver) -> None:
    """With the reason; the next text is the same document."""
    engine = driver.engine
    reported(driver)
    finish(driver, "eva", CONTROL, "Task_Approve", decision="rejected", comment="Say why.")
    again = task(driver, REPORT, "Task_Report")
    assert "**Not approved:** Say why." in str(engine.task_form(engine.people.actor("max"), again.id).instructions)
    finish(driver, "max", REPORT, "Task_Report", report_text="It was missed: one was sick.")
    finish(driver, "eva", CONTROL, "Task_Approve", decision="approved")
    document = engine.record(SYSTEM, "document", "DOC-1")
    assert (document.state, document.data["version"], document.data["published_text"]) == ("published", 1, "It was missed: one was sick.")  # fmt: skip
    assert engine.records(SYSTEM, "document").items == (document,)


def test_readers_see_the_text_that_was_approved(driver: Driver) -> None:
    """Also when the approver had it changed."""
    engine = driver.engine
    reported(driver)
    finish(driver, "eva", CONTROL, "Task_Approve", decision="changes", comment="Say why.")
    finish(driver, "max", CONTROL, "Task_Write", document_text="One was sick.", what_changed="The cause.")
    finish(driver, "eva", CONTROL, "Task_Approve", decision="approved")
    for element in ("Task_Read", "Task_Acknowledge"):
        shown = engine.task_form(engine.people.actor("eva"), task(driver, REPORT, element).id).instructions
        assert shown.startswith("One was sick.")
