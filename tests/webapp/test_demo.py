# SPDX-License-Identifier: Apache-2.0
"""The sample organisation: complete, believable, and as verifiable as a real record."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import Engine, EngineConfig, open_engine
from engine.values import SYSTEM, CaseFilter, TaskFilter
from webapp.config import content_dir
from webapp.demo import SAMPLE_PASSWORD, Report, build, sample_people
from webapp.demo.fill import fill, likely
from webapp.demo.stories import DAYS, RECENT, ZONE, at_work, moments, stories
from webapp.passwords import check_password

UNTIL = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  #: a Wednesday afternoon


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Report]]:
    """The whole sample, played once."""
    database = tmp_path_factory.mktemp("demo") / "demo.db"
    config = EngineConfig(database_url=f"sqlite:///{database}", content_dir=content_dir())
    report = build(config, until=UNTIL)
    engine = open_engine(config)
    yield engine, report
    engine.close()


@pytest.mark.slow
def test_no_case_failed_and_every_one_reproduces(built: tuple[Engine, Report]) -> None:
    """Two weeks of cases, and an auditor finds nothing to complain about."""
    engine, report = built
    assert report.failed == 0
    assert report.cases >= 70
    verdicts = list(engine.verify_all(SYSTEM))
    assert len(verdicts) == report.cases
    assert [verdict for verdict in verdicts if not verdict.ok] == []


@pytest.mark.slow
def test_it_looks_like_two_weeks_of_work(built: tuple[Engine, Report]) -> None:
    """Most cases are over, some are open at several stages; priorities vary; there were changes and major incidents."""
    engine, _ = built
    cases = engine.cases(SYSTEM, CaseFilter(limit=500)).items
    states = Counter(case.state for case in cases)
    assert states["completed"] > 40
    assert states["running"] >= 8
    open_tasks = {
        task.name
        for case in cases
        if case.state == "running"
        for task in engine.case(SYSTEM, case.id).tasks
        if task.state == "open"
    }
    assert len(open_tasks) >= 4
    incidents = engine.records(SYSTEM, "incident", limit=200).items
    assert len(Counter(record.data["priority"] for record in incidents)) == 5
    records = {register.name: register.records for register in engine.registers()}
    assert records["major_incident"] == 2
    assert records["change"] >= 10
    assert records["escalation"] >= 8


@pytest.mark.slow
def test_it_ends_before_now(built: tuple[Engine, Report]) -> None:
    """The record is in order of time: what people do next comes after everything in the sample."""
    engine, _ = built
    cases = engine.cases(SYSTEM, CaseFilter(limit=500)).items
    last = max(event.at for case in cases for event in engine.history(SYSTEM, case.id))
    assert UNTIL - timedelta(days=1) < last < UNTIL
    assert all(timer.due_at > last for timer in engine.timers(SYSTEM))


@pytest.mark.slow
def test_the_management_system_is_under_way(built: tuple[Engine, Report]) -> None:
    """Some parts are set up, the first task of another waits, the rest is planned; documents, roles and plans are as in real life."""
    engine, _ = built

    def states(register: str) -> Counter[str]:
        return Counter(record.state for record in engine.records(SYSTEM, register, limit=200).items)

    assert states("setup") == {"done": 8, "planned": 13}
    assert states("document") == {"published": 5, "in_approval": 1}
    assert states("role_assignment") == {"active": 7, "planned": 1}
    assert states("milestone") == {"reached": 2, "planned": 3}
    waiting = {(task.process_id, task.element) for task in engine.tasks(SYSTEM, TaskFilter(limit=500)).items}
    control = "GR2_DOC_control_documents"
    assert {(control, "Task_Approve"), (control, "Task_Review"), ("SMS_assign_roles", "Task_Decide")} <= waiting
    assert {"SMS_establish_sms", "PR2_SLM_set_up"} <= {case.process_id for case in engine.cases(SYSTEM, CaseFilter(state="running", limit=500)).items}


@pytest.mark.slow
def test_a_document_of_the_sample_has_versions_and_one_is_a_file(built: tuple[Engine, Report]) -> None:
    engine, _ = built
    records = {record.data.get("code"): record for record in engine.records(SYSTEM, "document", limit=50).items}
    assert len(engine.record_history(SYSTEM, "document", records["general_policy"].id)) == 2
    file = records["on_call"].data["published_file"]
    assert engine.record_file(SYSTEM, "document", records["on_call"].id, file["sha256"])[1].startswith(b"Week,")


@pytest.mark.slow
def test_every_indicator_has_a_trend(built: tuple[Engine, Report]) -> None:
    engine, _ = built
    measured = Counter(record.data["kpi"] for record in engine.records(SYSTEM, "kpi_measurement", limit=200).items)
    assert len(measured) == len(engine.records(SYSTEM, "kpi", limit=50).items)
    assert min(measured.values()) >= 3


@pytest.mark.slow
def test_the_sample_people_can_sign_in(built: tuple[Engine, Report]) -> None:
    """Everybody has the documented password and the roles that the list of roles knows."""
    engine, _ = built
    known = {role.id for role in engine.roles()}
    for one in sample_people():
        assert set(one.roles) <= known, one.login
        person, password_hash, _ = engine.people.by_login(one.login) or pytest.fail(one.login)
        assert person.roles == set(one.roles)
    assert check_password(password_hash, SAMPLE_PASSWORD)


def test_reports_come_in_by_day() -> None:
    """Always as many as asked for, in order of time, few at weekends and at night, none after the end.

    Only the last few come in whenever the sample is looked at, so that there is always something to do.
    """
    for seed in range(20):
        until = UNTIL + timedelta(hours=7 * seed)
        found = moments(80, until, random.Random(seed))
        assert len(found) == 80
        assert found == sorted(found)
        assert until - timedelta(days=DAYS) < found[0]
        assert found[-1] < until
        usual, fresh = found[:-RECENT], found[-RECENT:]
        weekend = sum(when.astimezone(ZONE).weekday() >= 5 for when in usual)
        assert weekend <= 16
        assert all(7 <= when.astimezone(ZONE).hour <= 22 for when in usual)
        assert until - timedelta(hours=4) < fresh[0]


def test_nobody_works_at_night() -> None:
    """Whatever falls outside office hours is done on the next working day, in the morning."""
    chance = random.Random(1)
    friday_night = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    monday = at_work(friday_night, chance)
    assert (monday.date().isoformat(), 8 <= monday.hour < 10) == ("2026-11-23", True)
    noon = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    assert at_work(noon, chance) == noon


def test_every_key_of_a_story_exists() -> None:
    """Stories speak of services, configuration items, known errors and people that the organisation has."""
    folder = Path(__file__).resolve().parents[2] / "webapp" / "demo"
    content = json.loads((folder / "organisation.json").read_text())
    keys = {entry["key"] for part in ("sla", "service", "ci", "known_error") for entry in content[part]}
    logins = {one.login for one in sample_people()}
    for story in stories():
        assert {story.service, story.ci or story.service, story.known or story.service} <= keys, story.title
        assert (story.rfc_ci or story.service) in keys, story.title
        assert story.reporter in logins, story.title


def test_a_form_is_filled_as_its_conditions_ask() -> None:
    """Fields of the branch that applies are there, those of the other are not; what is required is never missing."""
    schema = {
        "type": "object",
        "properties": {"decision": {"enum": ["yes", "no"]}, "by": {"type": "string", "title": "By"}},
        "required": ["decision", "by"],
        "allOf": [
            {
                "if": {"properties": {"decision": {"const": "no"}}, "required": ["decision"]},
                "then": {"properties": {"why": {"type": "string"}}, "required": ["why"]},
                "else": {"properties": {"when": {"type": "integer", "minimum": 3}}, "required": ["when"]},
            }
        ],
    }
    assert fill(schema, {"decision": "no", "why": "cost", "when": 5}, likely) == {
        "decision": "no",
        "by": "By",
        "why": "cost",
    }
    assert fill(schema, {}, likely) == {"decision": "yes", "by": "By", "when": 3}


def test_a_condition_within_a_condition_is_filled_in_too() -> None:
    """Of what opens only by an answer that itself opened by one."""
    text = {"properties": {"text": {"type": "string", "title": "Text"}}, "required": ["text"]}
    inner = {"if": {"properties": {"as": {"const": "file"}}, "required": ["as"]}, "then": {"required": ["file"]}, "else": text}
    outer = {"if": {"properties": {"changes": {"const": True}}, "required": ["changes"]}, "then": {"properties": {"as": {"enum": ["text", "file"]}}, **inner}}
    schema = {"properties": {"changes": {"type": "boolean"}}, "allOf": [outer]}
    assert fill(schema, {"changes": True}, likely) == {"changes": True, "text": "Text"}
    assert fill(schema, {"changes": True, "as": "file"}, lambda name, field: name) == {"changes": True, "as": "file", "file": "file"}
    assert fill(schema, {"changes": False}, likely) == {"changes": False}
