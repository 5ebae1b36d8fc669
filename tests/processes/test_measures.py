# SPDX-License-Identifier: Apache-2.0
"""The shipped measures: each can be measured, is written by some process, and may be chosen for an indicator."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from engine import measures
from tests.processes.conftest import ROOT
from tests.processes.drive import BPMN

REGISTERS = {p.stem: json.loads(p.read_text()) for p in (ROOT / "processes" / "registers").glob("*.json")}
LISTED: list[dict[str, Any]] = json.loads((ROOT / "processes" / "measures.json").read_text())
KPI = REGISTERS["kpi"]["properties"]


def written() -> set[tuple[str, str]]:
    """Register and field, wherever a step of a diagram writes one."""
    found = set[tuple[str, str]]()
    for path in (ROOT / "processes" / "bpmn").glob("*/*.bpmn"):
        root = etree.parse(path)
        stores = {s.get("id"): s.get("dataStoreRef") for s in root.iterfind(".//b:dataStoreReference", BPMN)}
        for association in root.iterfind(".//b:dataOutputAssociation", BPMN):
            register = stores.get(association.findtext("b:targetRef", namespaces=BPMN))
            fields = [to.text or "" for to in association.iterfind("b:assignment/b:to", BPMN)]
            found |= {(str(register), name) for name in fields}
    return found


def test_every_measure_can_be_measured() -> None:
    measures.check(LISTED, REGISTERS, "processes/measures.json")


def test_what_is_measured_is_written_by_some_process() -> None:
    """Its date, its conditions and the field of which the mean is taken: a figure over empty fields says nothing."""
    known = {(register.removeprefix("DataStore_"), name) for register, name in written()}
    wanted = {
        (one["register"], name)
        for one in LISTED
        for name in {one["date"], *one.get("where", {}), *one.get("share", {}), one.get("average", one["date"])}
    }
    assert not sorted(wanted - known)


@pytest.mark.parametrize("one", LISTED, ids=lambda one: one["id"])
def test_values_that_are_asked_for_can_be_there(one: dict[str, Any]) -> None:
    """A choice has the value; a state is one of the register's."""
    described = REGISTERS[one["register"]]
    for name, value in {**one.get("where", {}), **one.get("share", {})}.items():
        field = described["properties"].get(name, {})
        offered = described["x-states"] if name == "state" else [c["const"] for c in field.get("oneOf", [])]
        values = value if isinstance(value, list) else [value]
        assert set(values) <= set(offered or [True, False]), name


def test_an_indicator_chooses_from_the_measures() -> None:
    """The register of indicators offers exactly those that there are, as they are called."""
    offered = {choice["const"]: choice["title"] for choice in KPI["measure"]["oneOf"]}
    assert offered == {
        one["id"]: f"{one['process']} {one['title']}" + (f" ({one['unit']})" if one["unit"] else "") for one in LISTED
    }


def test_an_indicator_belongs_to_a_process_of_the_standard() -> None:
    catalogue = json.loads((ROOT / "processes" / "fitsm" / "catalogue.json").read_text())
    ids = {one["id"] for part in ("general", "processes") for one in catalogue[part]}
    assert {choice["const"] for choice in KPI["process"]["oneOf"]} == ids
