# SPDX-License-Identifier: Apache-2.0
"""What the year runs on: the shipped content, a few processes for what that does not have, and new releases of both."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.builders import diagram
from tests.engine import workshop
from tests.engine.organisation import ROOT
from tests.replay.record import TURNS

ERRANDS, HELPER, SHARES, ORDERS, ROUNDS, ALARM = "Errands", "Q", "Shares", "Orders", "Rounds", "Alarm"
SIGNAL = "house.alarm"
OPERATOR = "year/order"

#: Odd releases of this process cannot divide by nothing; the even ones can.
_SHARES = """
start S -> Count
user Count | due: add_time(now(), "P2D") -> Share
timer Late | beside: Count | cycle: R3/P1D -> Remind
script Remind | do: reminders = get_var("reminders", 0) + 1 -> Reminded
end Reminded
script Share | do: share = {share} -> Check
user Check -> More
xor More -> Count if get_var("again", False) / E
end E
"""
_ROUNDS = """
start S | cycle: R/P7D -> Look
user Look -> Found
timer Missed | on: Look | duration: P5D -> Skipped
xor Found -> Mend if get_var("trouble", False) / E
user Mend -> E
end E
end Skipped
"""
_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="D" targetNamespace="https://example.org/t">'
)
_LANE = (
    '<bpmn:laneSet id="Lanes"><bpmn:lane id="Lane" name="Worker"><bpmn:extensionElements><spiffworkflow:properties>'
    '<spiffworkflow:property name="role" value="worker"/></spiffworkflow:properties></bpmn:extensionElements>'
    "{refs}</bpmn:lane></bpmn:laneSet>"
)
_USER = (
    '<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property '
    'name="formJsonSchemaFilename" value="T/free.json"/></spiffworkflow:properties></bpmn:extensionElements>'
    "</bpmn:userTask>"
)
_ORDERS = """<bpmn:error id="Err" errorCode="SoldOut"/>
<bpmn:process id="Orders" name="Orders" isExecutable="true">{lane}<bpmn:startEvent id="S"/>
<bpmn:serviceTask id="Order" name="Order"><bpmn:extensionElements>
<spiffworkflow:serviceTaskOperator id="year/order" resultVariable="got"><spiffworkflow:parameters>
<spiffworkflow:parameter id="n" type="any" value="get_var('n', 1) + 1"/></spiffworkflow:parameters>
<spiffworkflow:retry retries="2" backoff_base="60"/></spiffworkflow:serviceTaskOperator></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:boundaryEvent id="Out" attachedToRef="Order"><bpmn:errorEventDefinition errorRef="Err"/></bpmn:boundaryEvent>
{tasks}<bpmn:endEvent id="E"/><bpmn:endEvent id="E2"/>
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="Order"/><bpmn:sequenceFlow id="f2" sourceRef="Order" targetRef="Unpack"/>
<bpmn:sequenceFlow id="f3" sourceRef="Unpack" targetRef="E"/><bpmn:sequenceFlow id="f4" sourceRef="Out" targetRef="Choose"/>
<bpmn:sequenceFlow id="f5" sourceRef="Choose" targetRef="E2"/></bpmn:process></bpmn:definitions>"""
_ALARM = """<bpmn:signal id="Sig" name="house.alarm"/>
<bpmn:process id="Alarm" name="Alarm" isExecutable="true">{lane}<bpmn:startEvent id="S"/>
<bpmn:intermediateCatchEvent id="Hear" name="Hear"><bpmn:signalEventDefinition id="Heard" signalRef="Sig"/></bpmn:intermediateCatchEvent>
{tasks}<bpmn:endEvent id="E"/>
<bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="Hear"/><bpmn:sequenceFlow id="f2" sourceRef="Hear" targetRef="Leave"/>
<bpmn:sequenceFlow id="f3" sourceRef="Leave" targetRef="E"/></bpmn:process></bpmn:definitions>"""


def make(folder: Path) -> Path:
    """Write the content of the first release; returns the folder."""
    for part in ("processes", "forms"):
        shutil.copytree(ROOT / part, folder / part)
    roles = json.loads((ROOT / "processes" / "roles.json").read_text(encoding="utf-8"))
    _write(folder / "processes" / "roles.json", [*roles, {"id": "worker", "title": "Worker"}])
    _write(folder / "processes" / "registers" / "thing.json", workshop.THING)
    for name, schema in workshop.FORMS.items():
        _write(folder / "forms" / name, schema)
    release(folder, 1)
    return folder


def release(folder: Path, number: int) -> None:
    """Change what a release changes: labels and escalation times of the shipped diagrams, a decision table, our own."""
    own = folder / "processes" / "bpmn" / "T"
    own.mkdir(exist_ok=True)
    share = "100 / n" if number % 2 else "100 / n if n != 0 else 0"
    texts = {
        ERRANDS: diagram(
            ERRANDS,
            TURNS.replace("R/PT1H", "R/P2D").replace("PT2H", f"PT{1 + number}H"),
            properties={"title": '"Errand " + text(get_var("n", 0))', "business_key": 'get_var("thing_id")'},
        ),
        HELPER: diagram(HELPER, "start S -> A\nmanual A -> E\nend E"),
        SHARES: diagram(SHARES, _SHARES.format(share=share), name=f"Shares, release {number}"),
        ROUNDS: diagram(ROUNDS, _ROUNDS, name=f"Rounds, release {1 + number // 3}"),
        ORDERS: _raw(_ORDERS, "Unpack", "Choose"),
        ALARM: _raw(_ALARM, "Leave"),
    }
    for name, xml in texts.items():
        (own / f"{name}.bpmn").write_bytes(xml)
    if number > 1:
        for path in sorted((folder / "processes" / "bpmn").glob("PR*/*.bpmn")):
            text = path.read_text(encoding="utf-8")
            path.write_text(
                re.sub(r'(<bpmn:userTask id="[^"]+" name="[^"(]*?)(?: \(r\d+\))?"', rf'\1 (r{number})"', text)
            )
        table = folder / "processes" / "bpmn" / "PR9-ISRM" / "priority.dmn"
        table.write_text(
            table.read_text(encoding="utf-8").rstrip() + f"\n<!-- release {number} -->\n", encoding="utf-8"
        )


def _raw(xml: str, *tasks: str) -> bytes:
    refs = "".join(f"<bpmn:flowNodeRef>{task}</bpmn:flowNodeRef>" for task in tasks)
    users = "".join(_USER.format(id=task) for task in tasks)
    return (_HEAD + xml.format(lane=_LANE.format(refs=refs), tasks=users)).encode()


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
