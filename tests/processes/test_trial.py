# SPDX-License-Identifier: Apache-2.0
"""Every shipped diagram is tried in memory, as `fitsm run` does it: without a database, and so without records of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import Trial, calls_of, forms
from engine.bpmn import read_models
from engine.bpmn.xml import parse
from engine.trial import run_here
from tests.processes.conftest import ROOT, START
from tests.processes.scenarios import gr4, rdm
from tests.processes.test_drive import PROCESSES, scenarios_of
from webapp.demo.fill import fill, likely

TABLES = {path.as_posix(): path.read_bytes() for path in sorted((ROOT / "processes" / "bpmn").glob("*/*.dmn"))}
ROLES = json.loads((ROOT / "processes" / "roles.json").read_bytes())
#: What `PR9_ISRM_resolve` is called with.
TICKET = {
    "major": False, "ticket_type": "incident", "service": "SVC-1", "impact": "low", "urgency": "low", "priority": "low",
    "first_level_time": "PT2H", "resolution_time": "PT8H", "target_calendar": "default", "reported_on": START.isoformat(),
}  # fmt: skip
#: What the likely answers leave out: data handed down by a caller, and what ends a round.
MORE: dict[str, dict[str, Any]] = {
    "GR4_PLAN_enter_plan": {"Start": {**gr4.LEVELS, **gr4.TARGETS, **gr4.GOALS, **gr4.ROLES, **gr4.TRAININGS}},
    "PR9_ISRM_resolve": {"Start": TICKET},
    "PR13_RDM_deploy_releases": {"Task_Prepare": rdm.READY, "Task_Communicate": rdm.TOLD},
}


def tried(process: str, answers: dict[str, Any], data: dict[str, Any]) -> Trial:
    """A quarter of a year, with the shipped tables, registers and calendars, and the diagrams that are called."""
    called, files = [process], dict(TABLES)
    while called:
        path = PROCESSES[called.pop()]
        if path.as_posix() not in files:
            files[path.as_posix()] = path.read_bytes()
            called += calls_of(path.read_bytes(), path.name)[1]
    until = START.replace(month=START.month + 3)
    return run_here(
        files, process_id=process, data=data, answers=answers, start=START, until=until, zone=ZoneInfo("UTC"),
        registers=shipped("registers"), calendars=shipped("calendars"),
    )  # fmt: skip


@cache
def shipped(kind: str) -> dict[str, Any]:
    folder = ROOT / "forms" if kind == "forms" else ROOT / "processes" / kind
    found = {path.relative_to(folder): path for path in folder.rglob("*.json")}
    return {
        own.as_posix() if kind == "forms" else own.stem: json.loads(path.read_bytes()) for own, path in found.items()
    }


def likely_of(name: str, field: Mapping[str, Any]) -> Any:
    """What somebody who only clicks through enters."""
    dated = {"date": START.date().isoformat(), "date-time": START.isoformat(), "duration": "P1D"}
    if field.get("format") in dated:
        return dated[field["format"]]
    if "x-register" in field:
        return f"{field['x-register']}-1"
    if field.get("minItems"):
        each = field.get("items", {})
        return [fill(each, {}, likely_of) if each.get("type") == "object" else likely_of(name, each)]
    return likely(name, field)


def filled(form: str) -> dict[str, Any]:
    """A form filled in as far as it must be; lists are empty, as the browser sends them."""
    schema = forms.self_contained(shipped("forms")[form], shipped("registers"), form, ROLES)
    lists = {name: [] for name, field in schema["properties"].items() if field.get("type") == "array"}
    return fill(schema, {n: v for n, v in lists.items() if not schema["properties"][n].get("minItems")}, likely_of)


def entries(process: str) -> dict[str, dict[str, Any]]:
    """By element, for the process and those that it calls."""
    found = {}
    for model in read_models(parse(PROCESSES[process].read_bytes(), process), process):
        found |= {e.id: filled(e.form) for e in model.elements.values() if e.form}
        for called in model.called:
            found |= entries(called)
    return found


@pytest.mark.parametrize("process", PROCESSES)
def test_with_answers_it_comes_to_its_end_or_waits(process: str) -> None:
    """What a message brings is taken from a scenario; records that nobody wrote are examples."""
    given = {**entries(process), **MORE.get(process, {})}
    told = next((dict(s.payload) for s in scenarios_of(process) if s.process == process and s.payload), {})
    begun = next((data for element, data in given.items() if element.startswith("Start")), {})
    trial = tried(process, given, {**told, **begun})
    assert trial.state in ("completed", "waiting"), trial.failure


@pytest.mark.parametrize("process", PROCESSES)
def test_without_answers_it_says_what_nobody_answered(process: str) -> None:
    """It comes to its end, waits, or fails at an expression over what was not filled in."""
    trial = tried(process, {}, {})
    if trial.state == "failed":
        assert trial.failure is not None
        assert trial.failure["unanswered"]
        assert not re.search("no (calendar|register|record)", str(trial.failure["message"])), trial.failure
