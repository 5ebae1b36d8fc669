# SPDX-License-Identifier: Apache-2.0
"""Cases of the test site's process, and a second version of it to which some of them can move."""

from __future__ import annotations

from engine import Engine
from engine.values import SYSTEM
from tests.webapp.conftest import CONTENT

PROCESS = "DESK_handle_request"
FILE = "bpmn/DESK/handle_request.bpmn"


def publish(engine: Engine, **replaced: str) -> int:
    """Publish the process with some texts of its diagram replaced; returns the version."""
    xml = (CONTENT / "processes" / FILE).read_text()
    for old, new in replaced.items():
        assert old in xml
        xml = xml.replace(old, new)
    return engine.publish(SYSTEM, xml.encode(), FILE, comment="Renamed the answer").version


def running(engine: Engine, recorded: int, answering: int) -> list[str]:
    """Cases that wait for their record, and cases that wait for their answer."""
    dana, found = engine.people.actor("dana"), []
    for number in range(recorded + answering):
        case = engine.start(dana, PROCESS)
        if number >= recorded:
            (task,) = engine.case(dana, case.id).tasks
            engine.complete(dana, task.id, {"title": f"Request {number + 1}", "urgent": False})
        found.append(case.id)
    return found
