# SPDX-License-Identifier: Apache-2.0
"""What cannot be right, entered into the shipped processes where people enter it: what is said, and how they get on."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine import SYSTEM, Engine, VirtualClock, open_engine
from engine.values import CaseFilter, Person, Task
from tests.webapp.browsing import Browser
from tests.webapp.conftest import PASSWORD
from webapp import create_app
from webapp.config import WebConfig, content_dir
from webapp.passwords import hash_password

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTROL = "GR2_DOC_control_documents"
WRITTEN = {"content": "text", "what_changed": "All of it.", "document_text": "# Purpose", "owner": "max"}
APPROVED = {"decision": "approved"}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped content; max holds every role, nils and root none of a process."""
    folder = tmp_path_factory.mktemp("shipped")
    engine = open_engine(settings(folder).engine, VirtualClock(START))
    engine.publish_content(SYSTEM)
    every = frozenset(role.id for role in engine.roles())
    password_hash = hash_password(PASSWORD)
    for login, roles in (("max", every), ("nils", {"user"}), ("root", {"administrator"})):
        person = Person(login, login.capitalize(), roles=frozenset(roles))
        engine.people.add(SYSTEM, person, login=login, password_hash=password_hash)
    engine.close()
    return folder


def settings(folder: Path) -> WebConfig:
    return WebConfig(
        secret_key="k" * 40,
        database_url=f"sqlite:///{folder / 'site.db'}",
        content_dir=content_dir(),
        demo=False,
        var_dir=folder,
    )


@pytest.fixture
def engine(furnished: Path, tmp_path: Path) -> Iterator[Engine]:
    for part in furnished.glob("site.db*"):
        shutil.copy(part, tmp_path / part.name)
    opened = open_engine(settings(tmp_path).engine, VirtualClock(START))
    yield opened
    opened.close()


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> Flask:
    return create_app(settings(tmp_path), engine)


def sign_in(app: Flask, login: str) -> Browser:
    return Browser(app).sign_in(login, PASSWORD)


def open_task(engine: Engine, process: str) -> Task:
    """The open task of the process's newest case."""
    case = engine.cases(SYSTEM, CaseFilter(process_id=process)).items[0]
    return next(task for task in engine.case(SYSTEM, case.id).tasks if task.state == "open")


def hand_in(browser: Browser, task: Task, answer: dict[str, Any]) -> Any:
    """Take the task and hand its form in, as its page does."""
    browser.open(f"/tasks/{task.id}")
    browser.send(f"/tasks/{task.id}/claim")
    return browser.post_json(f"/tasks/{task.id}/complete", {"data": answer})


# --- a document approved by its author -------------------------------------------------------------------------------


@pytest.fixture
def submitted(app: Flask, engine: Engine) -> Task:
    """A procedure that max wrote waits for its approval; the role for it is only max's."""
    max_ = sign_in(app, "max")
    engine.start(engine.people.actor("max"), CONTROL)
    hand_in(max_, open_task(engine, CONTROL), {"which": "new", "title": "How we answer", "kind": "procedure", "process": "PR9"})
    case = hand_in(max_, open_task(engine, CONTROL), WRITTEN).json["location"]
    told = max_.open(case).text
    assert "whoever holds it may not check their own work" in told
    assert "It waits for nobody" in told
    return open_task(engine, CONTROL)


def test_an_author_does_not_approve_their_own_document(app: Flask, engine: Engine, submitted: Task) -> None:
    """They are told why and who can help; the document is not in force."""
    max_ = sign_in(app, "max")
    refused = hand_in(max_, submitted, APPROVED)
    assert refused.status_code == 403
    assert "needs a second pair of eyes: what it is about is your own work" in refused.json["detail"]
    assert "Nobody else holds the role 'Process owner'" in refused.json["hint"]
    assert "Take this task" not in max_.open(f"/tasks/{submitted.id}").text
    assert engine.record(SYSTEM, "document", "DOC-1").state == "in_approval"


def test_it_is_assigned_to_somebody_who_may(app: Flask, engine: Engine, submitted: Task) -> None:
    """Whoever assigns tasks is offered those who may do it, not its author; then it comes into force."""
    root = sign_in(app, "root")
    page = root.open(f"/tasks/{submitted.id}").text
    assert "You can assign it above" in page
    assert '<option value="nils">' in page
    assert '<option value="max">' not in page
    assert root.send(f"/tasks/{submitted.id}/assign", person_id="max").status_code == 403
    assert root.send(f"/tasks/{submitted.id}/assign", person_id="nils").status_code == 303
    assert hand_in(sign_in(app, "nils"), submitted, APPROVED).status_code == 200
    document = engine.record(SYSTEM, "document", "DOC-1")
    assert (document.state, document.data["approved_by"]) == ("published", "nils")


def test_a_second_holder_of_the_role_may_approve_it(app: Flask, engine: Engine, submitted: Task) -> None:
    """The author is then told to leave it to them."""
    engine.people.set_roles(SYSTEM, "nils", ["user", "process_owner"])
    hint = hand_in(sign_in(app, "max"), submitted, APPROVED).json["hint"]
    assert hint == "Somebody else with the role 'Process owner' must do it."
    assert hand_in(sign_in(app, "nils"), submitted, APPROVED).status_code == 200


# --- a finding, a nonconformity without evidence ---------------------------------------------------------------------

AUDIT = {"title": "Audit of incidents", "kind": "internal", "processes": ["PR9"], "auditor": "max", "planned_on": "2026-03-20",
         "scope": "Service desk", "state": "planned"}  # fmt: skip
HOLD, ENSURE = "GR6_CHECK_hold_audits", "GR7_ACT_ensure_improvement"
GO = {"verdict": "hold", "planned_on": "2026-03-20", "scope": "Service desk", "criteria": "FitSM-1"}
FINDING = {"title": "No priority", "process": "PR9", "broken": "once"}
TAKEN = {"title": "No priority", "description": "INC-7 has none.", "severity": "major", "evidence": "INC-7", "expected": "All have one."}
BLANKS = ["", " ", "\n\t", "\u200b", "\u00a0"]


def without(answer: dict[str, Any], field: str, value: str | None) -> dict[str, Any]:
    return {name: one for name, one in {**answer, field: value}.items() if one is not None}


def faults(refused: Any) -> dict[str, str]:
    """What is said at which field; the task stays, and so does what was typed in the page."""
    assert refused.status_code == 422, refused.text
    return {".".join(map(str, one["path"])): one["message"] for one in refused.json["errors"]}


@pytest.mark.parametrize("evidence", [None, *BLANKS])
def test_a_finding_has_evidence(app: Flask, engine: Engine, evidence: str | None) -> None:
    """The audit is not over before somebody wrote down what was seen."""
    engine.write_record(SYSTEM, "audit", AUDIT)
    engine.fire_due()
    max_ = sign_in(app, "max")
    hand_in(max_, open_task(engine, HOLD), GO)
    task = open_task(engine, HOLD)
    held = {"held_on": "2026-03-02", "sampled": "Twenty tickets", "findings": [without(FINDING, "evidence", evidence)]}
    told = faults(hand_in(max_, task, held))
    assert told.keys() == {"findings.0.evidence"}
    assert told["findings.0.evidence"].startswith(("Evidence is needed.", "This must not be empty"))
    assert open_task(engine, HOLD).id == task.id
    held["findings"] = [{**FINDING, "evidence": "INC-7 has none."}]
    assert hand_in(max_, task, held).status_code == 200


@pytest.mark.parametrize("field", ["evidence", "expected"])
@pytest.mark.parametrize("value", [None, *BLANKS])
def test_a_nonconformity_has_evidence(app: Flask, engine: Engine, field: str, value: str | None) -> None:
    """What was seen, and how one will see that it is gone; also where what a finding brought along was emptied."""
    engine.start(engine.people.actor("max"), ENSURE)
    told = faults(hand_in(sign_in(app, "max"), open_task(engine, ENSURE), without(TAKEN, field, value)))
    assert told.keys() == {field}


@pytest.mark.parametrize("verification", [None, *BLANKS])
def test_a_nonconformity_is_closed_with_evidence(app: Flask, engine: Engine, verification: str | None) -> None:
    """Who says that it is gone says what they looked at."""
    clock, max_ = engine.clock, sign_in(app, "max")
    assert isinstance(clock, VirtualClock)
    engine.start(engine.people.actor("max"), ENSURE)
    assert hand_in(max_, open_task(engine, ENSURE), TAKEN).status_code == 200
    answers: list[dict[str, Any]] = [{"decision": "approved"}, {"result": "implemented"}]
    improvement = {"title": "Ask for it", "description": "It lacks.", "source": "idea", "subject": "process", "benefit": "high", "effort": "low"}
    done = engine.write_record(SYSTEM, "improvement", {**improvement, "state": "approved"}).id
    for answer in answers:
        waiting = engine.case(SYSTEM, engine.cases(SYSTEM, CaseFilter(process_id=ENSURE)).items[0].id).waiting[0]
        engine.correlate(SYSTEM, waiting.message, waiting.key, {**answer, "improvement_id": done, "comment": "x"})
    clock.advance(timedelta(days=120))
    engine.fire_due()
    task = open_task(engine, ENSURE)
    told = faults(hand_in(max_, task, without({"gone": "yes"}, "verification", verification)))
    assert told.keys() == {"verification"}
    assert engine.record(SYSTEM, "nonconformity", "NCO-1").state == "in_improvement"


def test_what_does_not_exist_is_no_evidence(app: Flask, engine: Engine) -> None:
    """A file that was never uploaded, a person and a day that there are not: each is said at its field, in a row as well."""
    max_ = sign_in(app, "max")
    engine.start(engine.people.actor("max"), CONTROL)
    hand_in(max_, open_task(engine, CONTROL), {"which": "new", "title": "How we answer", "kind": "procedure", "process": "PR9"})
    lost = {"name": "proof.pdf", "size": 7, "sha256": "0" * 64}
    told = faults(hand_in(max_, open_task(engine, CONTROL), {"content": "file", "document_file": lost, "owner": "max"}))
    assert told == {"document_file": "The file 'proof.pdf' is not here any more. Choose it again."}

    engine.write_record(SYSTEM, "audit_programme", {"title": "Programme", "aims": "All.", "owner": "max", "state": "active",
                                                    "next_review_on": "2026-03-01"})  # fmt: skip
    engine.fire_due()
    planned = {"title": "Audit of changes", "kind": "internal", "processes": ["PR12"], "auditor": "nobody", "planned_on": "2027-02-30"}
    review = open_task(engine, "GR6_CHECK_review_audit_programme")
    told = faults(hand_in(max_, review, {"planned_audits": [planned]}))
    assert told["planned_audits.0.auditor"] == "There is no person 'nobody'."
    assert told["planned_audits.0.planned_on"] == "There is no day 2027-02-30."


# --- a period of no time, and one without end ------------------------------------------------------------------------

MONTHLY = "R/2026-01-12T08:00:00+01:00/P1M"
REPORTS = "processes/bpmn/GR6-CHECK/report_results.bpmn"


@pytest.mark.parametrize(
    ("cycle", "rule", "said"),
    [
        ("R/P0D", "timer-value", "longer than nothing"),
        ("R/PT0S", "timer-value", "longer than nothing"),
        ("R/-P1M", "timer-value", "no ISO 8601 duration"),
        ("R/P1000Y", "timer-length", "P1000Y is too long: 100 years at most."),
        ("RRULE:FREQ=YEARLY;INTERVAL=1000", "timer-value", "has the interval '1000'"),
        ("RRULE:FREQ=DAILY;INTERVAL=0", "timer-value", "has the interval '0'"),
        ("0 8 30 2 *", "timer-length", "This never happens."),
    ],
)
def test_a_diagram_has_no_absurd_period(app: Flask, engine: Engine, cycle: str, rule: str, said: str) -> None:
    """The check and the publication both say file, line, element and what to write; the version stays."""
    before = engine.definition("GR6_CHECK_report_results")
    text = engine.diagram("GR6_CHECK_report_results").decode()
    assert text.count(MONTHLY) == 1
    line = text[: text.index(MONTHLY)].count("\n") + 1
    max_ = sign_in(app, "max")
    max_.open("/studio/")
    changed = text.replace(MONTHLY, cycle)
    sent = max_.post_json(f"/studio/publish?file={REPORTS}", {"xml": changed, "comment": "More often", "base_digest": before.digest})
    assert sent.status_code == 422, sent.text
    (found,) = [one for one in sent.json["findings"] if one["severity"] == "error"]
    assert (found["rule"], found["line"]) == (rule, line)
    assert said in found["message"]
    assert found["element"]
    assert found["hint"]
    assert engine.definition("GR6_CHECK_report_results").version == before.version


# --- an indicator whose source gives nothing -------------------------------------------------------------------------

EVALUATE = "GR6_CHECK_evaluate_indicators"
KPI: dict[str, Any] = {"title": "Accuracy", "process": "PR11", "measure": "cmdb_accuracy", "direction": "up", "target": 90, "warning": 80,
                       "period": "P1M", "owner": "max", "state": "active", "next_measurement_on": "2026-03-02"}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("measure", "nonsense", "Choose one of the offered values."),
        ("target", None, "Target is needed."),
        ("target", "ninety", "This must be a number."),
        ("warning", "eighty", "This must be a number."),
        ("period", "P0D", "Choose one of the offered values."),
        ("period", "P1000Y", "Choose one of the offered values."),
        ("next_measurement_on", "2027-02-30", "There is no day 2027-02-30."),
        ("next_measurement_on", "2026-02-28", "2026-02-28 is over. Choose today or a later day."),
        ("next_review_on", "2026-03-01", "2026-03-01 is over. Choose today or a later day."),
    ],
)
def test_an_indicator_is_defined_whole(app: Flask, engine: Engine, field: str, value: Any, said: str) -> None:
    """A program that writes the record is told what is wrong at which field; nothing is written."""
    token = "t" * 40
    engine.people.add_token(SYSTEM, "max", hashlib.sha256(token.encode()).hexdigest(), "test")
    sent = app.test_client().post(
        "/api/v1/registers/kpi/records", json={"data": without(KPI, field, value)}, headers={"Authorization": f"Bearer {token}"}
    )
    assert faults(sent) == {field: said}
    assert engine.records(SYSTEM, "kpi").total == 0


@pytest.mark.parametrize("measure", ["cmdb_accuracy", "changes_successful", "satisfaction"])
def test_a_source_that_returns_nothing_is_rated_so(app: Flask, engine: Engine, measure: str) -> None:
    """Shares and means of nothing are no zeros: no value, no point, no line; the page says why, and then what somebody said."""
    engine.write_record(SYSTEM, "kpi", {**KPI, "measure": measure})
    engine.fire_due()
    max_ = sign_in(app, "max")
    (value,) = engine.records(SYSTEM, "kpi_measurement").items
    assert (value.data["rating"], value.data.get("value"), value.data["count"]) == ("no_data", None, 0)
    page = max_.open("/figures/KPI-1").text
    assert "Nothing to measure in the last period" in page
    assert "No period had anything to measure so far." in page
    assert "The registers hold nothing from these days to count." in page
    assert "<polyline" not in page + max_.open("/figures/").text
    task = open_task(engine, EVALUATE)
    assert faults(hand_in(max_, task, {"definition": "good", "note": " "})).keys() == {"note"}
    assert hand_in(max_, task, {"definition": "good", "note": "No verification was planned."}).status_code == 200
    assert "No verification was planned." in max_.open("/figures/KPI-1").text


def test_a_source_that_is_gone_is_named(app: Flask, engine: Engine, tmp_path: Path) -> None:
    """On the page of the indicator, and where its case is held; with another source it goes on."""
    engine.write_record(SYSTEM, "kpi", KPI)
    for part in ("processes", "forms"):
        shutil.copytree(content_dir() / part, tmp_path / "content" / part)
    folder = tmp_path / "content" / "processes"
    listed = json.loads((folder / "measures.json").read_text())
    (folder / "measures.json").write_text(json.dumps([one for one in listed if one["id"] != "cmdb_accuracy"]))
    register = json.loads((folder / "registers" / "kpi.json").read_text())
    offered = register["properties"]["measure"]["oneOf"]
    register["properties"]["measure"]["oneOf"] = [one for one in offered if one["const"] != "cmdb_accuracy"]
    (folder / "registers" / "kpi.json").write_text(json.dumps(register))
    changed = replace(settings(tmp_path), content_dir=tmp_path / "content")
    opened = open_engine(changed.engine, VirtualClock(START))
    opened.publish_content(SYSTEM)
    opened.fire_due()
    max_ = sign_in(create_app(changed, opened), "max")
    assert "There is no measure “cmdb_accuracy” any more." in max_.open("/figures/KPI-1").text
    (case,) = opened.cases(SYSTEM, CaseFilter(process_id=EVALUATE)).items
    assert case.state == "failed"
    assert "There is no measure &#39;cmdb_accuracy&#39;." in max_.open(f"/cases/{case.id}").text
    opened.close()


# --- a role that nobody holds ----------------------------------------------------------------------------------------


def test_a_role_without_holder_is_told_and_given(app: Flask, engine: Engine) -> None:
    """To whoever hands the step before in, on the case, and on the page of roles; with a holder it goes on."""
    every = frozenset(role.id for role in engine.roles())
    engine.people.set_roles(SYSTEM, "max", sorted(every - {"process_owner"}))
    max_ = sign_in(app, "max")
    engine.start(engine.people.actor("max"), CONTROL)
    hand_in(max_, open_task(engine, CONTROL), {"which": "new", "title": "How we answer", "kind": "procedure", "process": "PR9"})
    case = hand_in(max_, open_task(engine, CONTROL), WRITTEN).json["location"]
    assert "waits for the role Process owner, which nobody holds" in max_.open(case).text
    task = open_task(engine, CONTROL)
    assert hand_in(sign_in(app, "nils"), task, APPROVED).status_code == 403
    roles = max_.open("/roles/").text
    assert "1 that nobody holds, some of which are waited for" in roles
    assert f'<a href="/tasks/{task.id}">{task.name} (DOC-1)</a>' in roles
    engine.people.set_roles(SYSTEM, "nils", ["user", "process_owner"])
    assert "are waited for" not in max_.open("/roles/").text
    assert hand_in(sign_in(app, "nils"), task, APPROVED).status_code == 200


# --- a review in the past, and one that nobody can have meant --------------------------------------------------------

POLICY = {"title": "How we answer", "kind": "policy", "owner": "max", "state": "published", "version": 1, "text": "x", "published_text": "x"}


@pytest.mark.parametrize(
    ("on", "period", "said"),
    [
        ("2026-03-01", "P1Y", "2026-03-01 is over. Choose today or a later day."),
        ("2027-02-30", "P1Y", "There is no day 2027-02-30."),
        ("", "P1Y", "Give a day."),
        ("2026-06-01", "P0D", "P0D is no time at all."),
        ("2026-06-01", "P1000Y", "P1000Y is too long: 100 years at most."),
        ("2026-06-01", "-P1Y", "A duration cannot be negative."),
        ("2026-06-01", "R/P1Y", "This is no ISO 8601 duration."),
    ],
)
def test_a_review_is_moved_to_a_day_to_come(app: Flask, engine: Engine, on: str, period: str, said: str) -> None:
    """In the calendar; what was typed stands in the form again, and the record is as it was."""
    own = engine.write_record(SYSTEM, "document", {**POLICY, "next_review_on": "2026-05-01", "review_period": "P1Y"}).id
    max_, path = sign_in(app, "max"), f"/calendar/of/{CONTROL}/Start_Review/{own}"
    max_.open(path)
    refused = max_.send(path, on=on, period=period, reason="The owner is away")
    assert refused.status_code == 422
    assert said in refused.text
    assert f'value="{on}"' in refused.text
    assert 'value="The owner is away"' in refused.text
    assert engine.record(SYSTEM, "document", own).version == 1


# --- files and texts that do harm ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.pdf", b"", "'plan.pdf' is empty."),
        ("plan.pdf", b"<script>", "'plan.pdf' is no PDF inside."),
        ("plan.svg", b"<svg/>", "'plan.svg' is of a kind that is not kept here."),
        ("plan", b"x", "'plan' is of a kind that is not kept here."),
        ("../../plan.txt", b"\0", "'plan.txt' is no TXT inside."),
        ("", b"x", "The address needs the file's name"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_way_out(app: Flask, name: str, content: bytes, said: str) -> None:
    max_ = sign_in(app, "max")
    headers = {"X-CSRFToken": max_.token, "Accept": "*/*"}
    refused = max_.client.post("/files", query_string={"name": name}, data=content, headers=headers)
    assert refused.status_code in (400, 422)
    assert said in refused.json["detail"]
    assert refused.json["hint"]


def test_a_document_runs_nothing(app: Flask, engine: Engine) -> None:
    """Not where it is approved, shown or compared; what is too long or cannot be kept is refused at its field."""
    max_ = sign_in(app, "max")
    case = engine.start(engine.people.actor("max"), CONTROL)
    started = {"which": "new", "title": "<script>alert(1)</script>", "kind": "procedure", "process": "PR9"}
    assert faults(hand_in(max_, open_task(engine, CONTROL), {**started, "title": "x" * 201})) == {"title": "Write at most 200 characters."}
    hand_in(max_, open_task(engine, CONTROL), started)
    write = open_task(engine, CONTROL)
    assert faults(hand_in(max_, write, {**WRITTEN, "document_text": "x" * 50_001})) == {"document_text": "Write at most 50000 characters."}
    unkept = hand_in(max_, write, {**WRITTEN, "document_text": "from a\0 PDF"})
    assert (unkept.status_code, unkept.json["detail"]) == (422, "'data.document_text' holds a character that cannot be kept (NUL).")
    text = "# <script>alert(1)</script>\n\n<img src=x onerror=alert(2)>\n\n[here](javascript:alert(3))\n\n<iframe src=//example.org>"
    assert hand_in(max_, write, {**WRITTEN, "document_text": text, "what_changed": "<b>all</b>"}).status_code == 200
    engine.people.set_roles(SYSTEM, "nils", ["user", "process_owner"])
    nils, approve = sign_in(app, "nils"), open_task(engine, CONTROL)
    nils.send(f"/tasks/{approve.id}/claim")
    pages = [nils.open(f"/tasks/{approve.id}")]
    pages += [max_.open(path) for path in (f"/cases/{case.id}", "/registers/document/DOC-1", "/registers/document/DOC-1/changes", "/")]
    for page in pages:
        assert page.status_code == 200
        assert "&lt;script&gt;alert(1)" in page.text or page.request.path == "/"
        for harm in ("<script>alert", "<img src=x", 'href="javascript:', "<iframe", "<b>all"):
            assert harm not in page.text
