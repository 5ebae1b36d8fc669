# SPDX-License-Identifier: Apache-2.0
"""Cases with something to undo, and ad hoc subprocesses, move to another version of their process."""

from __future__ import annotations

import orjson
import pytest

from engine.bpmn import Runner
from engine.errors import MoveRefused
from engine.scripts import ScriptRunner
from engine.values import Shift
from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.play import BERLIN, Play, program_of

TRIP = """
start S -> Book
user Book -> Ask
user Ask -> Undo
user Unbook | undoes: Book
throw Undo | compensate: -> E
end E
"""
SEARCH = """
start S -> Search
adhoc Search -> E
  user Look
  user Try
end E
"""


def moved(scripts: ScriptRunner, case: Play, to: str, **mapping: str) -> tuple[Shift, ...]:
    runner = Runner(program_of(to), scripts, BERLIN)
    before = case.outcome
    found = runner.move(case.runner.program, mapping, before.state, before.variables, case._context(), case.shelf)
    case.runner, case.outcome = runner, found.outcome
    return found.shifts


def test_what_can_be_undone_is_undone_on_the_new_version(play: Played, scripts: ScriptRunner) -> None:
    """Also under other ids, if the mapping says so."""
    case = play(TRIP).start().complete("Book")
    moved(scripts, case, TRIP)
    assert case.complete("Ask").open == ["Unbook"]
    case = play(TRIP).start().complete("Book")
    moved(scripts, case, TRIP.replace("Unbook", "Return").replace("Book", "Order"), Book="Order", Unbook="Return")
    assert orjson.loads(case.outcome.state)["done"] == {"": [{"of": "Order", "by": "Return"}]}
    assert case.complete("Ask").open == ["Return"]
    assert case.complete("Return").outcome.completed


def test_what_undoes_must_be_there_as_long_as_it_may_be_needed(play: Played, scripts: ScriptRunner) -> None:
    """The obstacle names it; before anything is to be undone there is none."""
    to = TRIP.replace("user Unbook | undoes: Book\n", "user Other -> Ask\nuser Unother | undoes: Other\n").replace(
        "start S -> Book", "start S -> Way\nxor Way -> Book if True / Other"
    )
    case = play(TRIP).start().complete("Book")
    with pytest.raises(MoveRefused) as error:
        moved(scripts, case, to)
    assert [(o.element, o.sentence) for o in error.value.obstacles] == [
        ("Unbook", "'Unbook' may yet have to undo something; it is not in the new version.")
    ]
    moved(scripts, play(TRIP).start(), to)


def test_nothing_is_kept_that_nothing_throws_for(play: Played, scripts: ScriptRunner) -> None:
    """Nor is it an obstacle then."""
    case = play(TRIP).start().complete("Book")
    moved(scripts, case, "start S -> Book\nuser Book -> Ask\nuser Ask -> E\nend E")
    assert "done" not in orjson.loads(case.outcome.state)
    assert case.complete("Ask").outcome.completed


def test_while_something_is_undone_a_case_does_not_move(play: Played, scripts: ScriptRunner) -> None:
    """With the words for it."""
    case = play(TRIP).start().complete("Book").complete("Ask")
    with pytest.raises(MoveRefused) as error:
        moved(scripts, case, TRIP)
    assert "The case is undoing: 'Unbook'." in [o.sentence for o in error.value.obstacles]


def test_what_can_be_begun_moves_with_the_case(play: Played, scripts: ScriptRunner) -> None:
    """An offer keeps its token; what is new is offered too, what is gone no longer."""
    case = play(SEARCH).start().choose("Look")
    before = {t.element: t.token for t in case.outcome.tasks if t.purpose == "begin"}
    moved(scripts, case, SEARCH.replace("  user Try\n", "  user Test\n  user Call\n"), Try="Test")
    assert (case.open, case.choices) == (["Look"], ["Call", "Look", "Test"])
    after = {t.element: t.token for t in case.outcome.tasks if t.purpose == "begin"}
    assert (after["Look"], after["Test"]) == (before["Look"], before["Try"])
    case.choose("Test").complete("Test").complete("Look")
    assert case.choices == ["Call", "Look", "Search", "Test"]
    assert case.choose("Search").outcome.completed


def test_what_is_now_led_to_by_a_flow_can_no_longer_be_begun(play: Played, scripts: ScriptRunner) -> None:
    """It is withdrawn."""
    case = play(SEARCH).start()
    shifts = moved(scripts, case, SEARCH.replace("  user Look\n", "  user Look -> Try\n"))
    assert case.choices == ["Look", "Search"]
    assert ("Try", "withdrawn") in [(s.element, s.change) for s in shifts]
    assert case.choose("Look").complete("Look").complete("Try").choose("Search").outcome.completed
