# SPDX-License-Identifier: Apache-2.0
"""Every shipped process is driven from every start to every end, and every rule of its tables is hit."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from engine.bpmn import parse_tables
from engine.decisions import evaluate
from engine.scripts import Context
from engine.worktime import Calendar
from tests.processes import scenarios
from tests.processes.conftest import ROOT, START
from tests.processes.drive import BPMN, Driver, Flows, Scenario

MODULES = [
    importlib.import_module(f"tests.processes.scenarios.{m.name}") for m in pkgutil.iter_modules(scenarios.__path__)
]
SCENARIOS: dict[str, list[Scenario]] = defaultdict(list)
for module in MODULES:
    for scenario in module.SCENARIOS:
        SCENARIOS[scenario.process].append(scenario)
TABLES: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {}
for module in MODULES:
    TABLES |= getattr(module, "TABLES", {})


def processes() -> dict[str, Path]:
    """Executable process -> its file."""
    found = {}
    for path in sorted((ROOT / "processes" / "bpmn").glob("*/*.bpmn")):
        for process in etree.parse(path).iterfind("b:process[@isExecutable='true']", BPMN):
            found[process.get("id", "")] = path
    return found


PROCESSES = processes()
#: Process -> those that call it.
CALLERS: dict[str, set[str]] = defaultdict(set)
for caller, file in PROCESSES.items():
    for activity in etree.parse(file).iterfind(f".//b:process[@id='{caller}']//b:callActivity", BPMN):
        CALLERS[activity.get("calledElement", "")].add(caller)
DECISIONS = {
    t.id: t for p in sorted((ROOT / "processes" / "bpmn").glob("*/*.dmn")) for t in parse_tables(p.read_bytes(), p.name)
}
OFFICE = Calendar.from_json(json.loads((ROOT / "processes" / "calendars" / "default.json").read_text()))


def scenarios_of(process: str) -> list[Scenario]:
    """Its own, and those of the processes that call it."""
    return [*SCENARIOS[process], *(s for caller in sorted(CALLERS[process]) for s in scenarios_of(caller))]


@pytest.mark.parametrize("process", PROCESSES)
def test_every_flow_is_taken(driver: Driver, process: str) -> None:
    """Each scenario ends where it says, its case replays, and together they leave no flow out.

    A called process is driven by those that call it.
    """
    flows, found = Flows(PROCESSES[process].read_bytes()), set[str]()
    for scenario in scenarios_of(process):
        case = driver.drive(scenario)
        prefix = "" if scenario.process == process else f"{process}:"
        passed = [e for e in driver.passed(case.id) if e.rpartition(":")[0] == prefix[:-1]]
        found |= flows.taken([e.removeprefix(prefix) for e in passed])
    left = {flow: ends for flow, ends in flows.all.items() if flow not in found}
    assert not left, f"never taken: {left}"


@pytest.mark.parametrize("decision", DECISIONS)
def test_every_rule_is_hit(decision: str) -> None:
    """The table's cases give what they should, and no rule is without one."""
    table, hit = DECISIONS[decision], set[str]()
    for given, expected in TABLES.get(decision, []):
        result = evaluate(table, given, Context(START, calendars={"default": OFFICE}))
        assert result.outputs == expected, f"{given} gives {result.outputs}"
        hit |= {one.rule for one in result.hits}
    missed = [f"rule {rule.number}" for rule in table.rules if rule.id not in hit]
    assert not missed, f"{decision}: {missed} never hit"
