# SPDX-License-Identifier: Apache-2.0
"""A policy, a scope or a plan may be kept as a file: whoever reviews it gets the file, and may put another in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import SYSTEM
from engine.values import CaseFilter, File, Json, Task
from tests.processes.drive import Driver

CONTROL = "GR2_DOC_control_documents"


@dataclass(frozen=True)
class Review:
    """A document's review. ``before``: tasks in front of it; ``keep``, ``as_text``, ``as_file``: answers."""

    process: str
    element: str
    document: dict[str, Json]
    keep: dict[str, Json]
    as_text: dict[str, Json]
    as_file: dict[str, Json]
    file_field: str
    before: tuple[str, ...] = ()


def of_text(process: str, element: str, code: str, kind: str, *, text: str = "document_text", **more: Any) -> Review:
    changed: dict[str, Json] = {"outcome": "change", "what_changed": "Shorter.", **more.pop("changed", {})}
    return Review(
        process, element, {"code": code, "kind": kind, "process": process[:3]}, {"outcome": "keep"},
        {**changed, text: "# Short", "content": "text"}, {**changed, "content": "file"}, text.replace("text", "file"), **more,
    )  # fmt: skip


REVIEWS = [
    of_text("GR1_MCA_review_policy", "Task_Policy", "general_policy", "policy"),
    of_text("GR1_MCA_review_policy", "Task_Plan", "communication_plan", "plan"),
    of_text("GR3_SCS_review_scope", "Task_Scope", "sms_scope", "scope", text="scope_text", before=("Task_Stakeholders",),
            changed={"outcome": "wording"}),
    Review("GR4_PLAN_review_plans", "Task_Review", {"code": "service_management_plan", "kind": "plan", "process": "GR4"},
           {"plan_verdict": "confirmed"},
           {"plan_verdict": "changed", "what_changed": "Shorter.", "plan_content": "text", "new_plan_text": "# Short"},
           {"plan_verdict": "changed", "what_changed": "Shorter.", "plan_content": "file"}, "new_plan_file"),
    Review("GR4_PLAN_review_plans", "Task_Align", {"code": "plan_pr9", "kind": "plan", "process": "GR4"},
           {"verdict": "confirmed"}, {"verdict": "changed", "what": "Shorter.", "content": "text", "new_text": "# Short"},
           {"verdict": "changed", "what": "Shorter.", "content": "file"}, "new_file"),
]  # fmt: skip
EACH = pytest.mark.parametrize("review", REVIEWS, ids=[review.element for review in REVIEWS])


def as_data(file: File) -> dict[str, Json]:
    return {"name": file.name, "size": file.size, "sha256": file.sha256}


def due(driver: Driver, review: Review) -> tuple[str, dict[str, Json], Task]:
    """Its document, kept as a file, is to be reviewed: (its id, the file, the task)."""
    engine = driver.engine
    file = as_data(engine.keep_file(SYSTEM, "in-force.pdf", b"%PDF-1.7 in force"))
    about = {"title": "In force", "owner": "max", "author": "max", "state": "published", "version": 1, "review_period": "P1Y"}
    kept = {**about, **review.document, "file": file, "published_file": file, "next_review_on": "2026-04-01"}
    own = engine.write_record(SYSTEM, "document", kept).id
    driver.wait_until(datetime(2026, 4, 1, 12, tzinfo=UTC))
    for element in review.before:
        engine.complete(driver.engine.people.actor("max"), opened(driver, review.process, element).id, {})
    return own, file, opened(driver, review.process, review.element)


def opened(driver: Driver, process: str, element: str) -> Task:
    [case] = driver.engine.cases(SYSTEM, CaseFilter(process_id=process)).items
    return next(one for one in driver.engine.case(SYSTEM, case.id).tasks if (one.element, one.state) == (element, "open"))


@EACH
def test_who_reviews_it_gets_the_file(driver: Driver, review: Review) -> None:
    """A link to the version in force; confirmed, it stays what it is."""
    own, file, task = due(driver, review)
    link = f"[in-force.pdf](/registers/document/{own}/files/{file['sha256']})"
    assert link in driver.engine.task_form(driver.engine.people.actor("max"), task.id).instructions
    driver.engine.complete(driver.engine.people.actor("max"), task.id, review.keep)
    document = driver.engine.record(SYSTEM, "document", own)
    assert (document.state, document.data["published_file"], document.data["file"]) == ("published", file, file)
    assert document.data.get("text") is None


@EACH
@pytest.mark.parametrize("to", ["a file", "a text"])
def test_what_takes_its_place_is_one_of_both(driver: Driver, review: Review, to: str) -> None:
    """Another file, or a text written there; approved by somebody else, it alone is in force."""
    own, _, task = due(driver, review)
    other = as_data(driver.engine.keep_file(driver.engine.people.actor("max"), "shorter.pdf", b"%PDF-1.7 shorter"))
    answer = {**review.as_file, review.file_field: other} if to == "a file" else review.as_text
    driver.engine.complete(driver.engine.people.actor("max"), task.id, answer)
    driver.engine.complete(driver.engine.people.actor("eva"), opened(driver, CONTROL, "Task_Approve").id, {"decision": "approved"})
    document = driver.engine.record(SYSTEM, "document", own)
    found = [document.data.get(name) for name in ("text", "published_text", "file", "published_file")]
    assert (document.state, document.data["version"]) == ("published", 2)
    assert found == ([None, None, other, other] if to == "a file" else ["# Short", "# Short", None, None])


def test_an_agenda_that_is_a_file_leaves_the_usual_points(driver: Driver) -> None:
    """A management review is prepared all the same; nothing is taken out of the file."""
    engine = driver.engine
    file = as_data(engine.keep_file(SYSTEM, "agenda.pdf", b"%PDF-1.7 agenda"))
    about = {"title": "Agenda", "code": "management_review_agenda", "kind": "template", "state": "published", "version": 1}
    engine.write_record(SYSTEM, "document", {**about, "file": file, "published_file": file})
    meeting = {"title": "Management review", "kind": "regular", "state": "planned", "planned_on": "2026-04-01", "repeat_every": "P6M"}
    engine.write_record(SYSTEM, "management_review", meeting)
    driver.wait_until(datetime(2026, 4, 1, 12, tzinfo=UTC))
    task = opened(driver, "GR1_MCA_review_management", "Task_Prepare")
    assert "- What was decided last time\n" in str(engine.task_form(engine.people.actor("max"), task.id).value["agenda"])
