# SPDX-License-Identifier: Apache-2.0
"""Where a case stands in the diagrams of the processes that it calls."""

from __future__ import annotations

from engine import Engine
from engine.values import SYSTEM, Calls, Position
from tests.builders import diagram
from tests.webapp.browsing import Browser
from webapp.cases.pictures import markers

CALLS = Calls(
    elements={"A": "", "Call": "", "Q:B": "", "Q:Inner": "", "R:C": "", "R:Wait": ""},
    calls={"Call": "Q", "Q:Inner": "R"},
    called={"Q": "Inner work", "R": "Innermost"},
)


def test_what_is_under_way_inside_is_under_way_in_the_call() -> None:
    """In any depth; an event that waits is told by its id alone."""
    position = Position(done=("A", "Q:B"), active=("R:C", "Wait"), failed=(), counts={"A": 1, "Q:B": 2})
    assert markers(position, CALLS) == {"done": ["A"], "active": ["Call"], "failed": [], "counts": {"A": 1}}
    assert markers(position, CALLS, "Q") == {"done": ["B"], "active": ["Inner"], "failed": [], "counts": {"B": 2}}
    assert markers(position, CALLS, "R") == {"done": [], "active": ["C", "Wait"], "failed": [], "counts": {}}


def test_what_fails_inside_stands_still_in_the_call() -> None:
    """The case's own diagram shows where to look."""
    position = Position(failed=("C",))
    assert markers(position, CALLS)["active"] == ["Call"]
    assert markers(position, CALLS, "R")["failed"] == ["C"]


def test_a_case_shows_the_diagram_of_what_it_calls(engine: Engine, dana: Browser) -> None:
    """As long as it is there; beside a task stands the one that the task is in."""
    inner = diagram("Inner", "start S -> B\nmanual B | role: desk -> E\nend E")
    engine.publish(SYSTEM, inner, "DESK/Inner.bpmn")
    outer = diagram(
        "Outer", "start S -> C\ncall C | process: Inner -> A\nmanual A | role: desk -> E\nend E", properties={"startable_by": "desk"}
    )
    engine.publish(SYSTEM, outer, "DESK/Outer.bpmn")
    case = engine.start(engine.people.actor("dana"), "Outer", {})
    page = dana.open(f"/cases/{case.id}").text
    assert f"/cases/{case.id}/diagram.bpmn?process=Inner" in page
    assert b'id="B"' in dana.open(f"/cases/{case.id}/diagram.bpmn?process=Inner").data
    task = engine.case(SYSTEM, case.id).tasks[0]
    assert f"/cases/{case.id}/diagram.bpmn?process=Inner" in dana.open(f"/tasks/{task.id}").text
    engine.complete(engine.people.actor("dana"), task.id, {})
    assert "?process=Inner" not in dana.open(f"/cases/{case.id}").text
    engine.complete(engine.people.actor("dana"), engine.case(SYSTEM, case.id).tasks[-1].id, {})
    assert "?process=Inner" in dana.open(f"/cases/{case.id}").text
