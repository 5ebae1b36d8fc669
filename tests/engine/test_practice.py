# SPDX-License-Identifier: Apache-2.0
"""What is practised of marked elements: in how many of the newest cases they were passed, and when last."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine import practice
from engine.errors import NotAllowed
from tests.engine.workshop import Workshop

MARKED = """
start S -> A
user A | mark: one two | write: thing: title = "Made" -> G
xor G -> B if more / E
user B | mark: three -> E
end E
"""


def found(workshop: Workshop) -> dict[str, practice.Practised]:
    told = workshop.engine.practice(workshop.actor("ada"), "fitsm").elements
    return {one.marked.value: one for one in told}


def test_what_was_done_is_told_with_the_case_that_shows_it(workshop: Workshop) -> None:
    """How often, when last, in which case; what a step writes; nothing of what was cancelled."""
    workshop.publish("P", MARKED)
    assert {value: (one.looked, one.passed, one.last_at) for value, one in found(workshop).items()} == {
        "one two": (0, 0, None), "three": (0, 0, None),
    }  # fmt: skip
    first = workshop.start(more=False)
    workshop.do(first, "A")
    workshop.clock.advance(timedelta(days=3))
    second = workshop.start(more=True)
    workshop.do(second, "A")
    third = workshop.start(more=True)
    workshop.do(third, "A")
    workshop.engine.cancel(workshop.actor("lea"), third.id, "By mistake.")
    told = found(workshop)
    assert (told["one two"].passed, told["one two"].cases, told["one two"].last_case) == (2, 2, second.id)
    assert (told["three"].passed, told["three"].last_case) == (0, "")
    assert told["one two"].marked.writes == ("thing",)
    assert workshop.engine.practice(workshop.actor("ada"), "fitsm").records == {"thing": 3}
    assert workshop.engine.practice(workshop.actor("ada"), "other").elements == ()


def test_what_had_been_done_by_then(workshop: Workshop) -> None:
    """The same of a moment in the past: neither later cases nor what was completed later; and only what is asked for."""
    workshop.publish("P", MARKED)
    first = workshop.start(more=True)
    begun = workshop.clock.now()
    workshop.clock.advance(timedelta(days=100))
    workshop.do(first, "A")
    done = workshop.clock.now()
    workshop.clock.advance(timedelta(days=100))
    workshop.do(workshop.start(more=True), "A")

    def then(moment: datetime) -> list[tuple[str, int, int]]:
        told = workshop.engine.practice(workshop.actor("ada"), "fitsm", {"two", "other"}, moment).elements
        return [(one.marked.value, one.looked, one.passed) for one in told]

    assert then(begun - timedelta(seconds=1)) == [("one two", 0, 0)]
    assert then(begun) == [("one two", 1, 0)]
    assert then(done) == [("one two", 1, 1)]
    assert then(workshop.clock.now()) == [("one two", 2, 2)]


def test_a_called_process_is_passed_in_the_cases_of_its_callers(workshop: Workshop) -> None:
    """Its elements are found there, and in its own cases too."""
    workshop.publish("Q", "start S -> A\nuser A | mark: called -> E\nend E")
    workshop.publish("P", "start S -> C\ncall C | process: Q -> E\nend E")
    case = workshop.start()
    workshop.do(case)
    assert (found(workshop)["called"].passed, found(workshop)["called"].last_case) == (1, case.id)
    own = workshop.start("Q")
    workshop.do(own)
    assert (found(workshop)["called"].passed, found(workshop)["called"].last_case) == (2, own.id)


def test_what_passes_by_itself_is_asked_of_the_events(workshop: Workshop) -> None:
    """Of the newest cases only."""
    workshop.publish("P", "start S -> A\nscript A | mark: computed | do: x = 1 -> E\nend E")
    for _ in range(practice.FOLLOWED + 2):
        workshop.start()
    one = found(workshop)["computed"]
    assert (one.looked, one.passed, one.cases) == (practice.FOLLOWED, practice.FOLLOWED, practice.FOLLOWED + 2)


def test_only_the_newest_cases_are_looked_at(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies further back is not seen, and the figures say so."""
    monkeypatch.setattr(practice, "CASES", 2)
    workshop.publish("P", MARKED)
    old = workshop.start(more=True)
    workshop.do(old, "A")
    workshop.do(old, "B")
    for _ in range(2):
        workshop.clock.advance(timedelta(hours=1))
        workshop.do(workshop.start(more=False), "A")
    told = found(workshop)
    assert (told["three"].passed, told["three"].looked, told["three"].cases) == (0, 2, 3)


def test_it_is_for_those_who_read_histories_or_definitions(workshop: Workshop) -> None:
    """Staff see their own work, not everybody's."""
    with pytest.raises(NotAllowed):
        workshop.engine.practice(workshop.actor("wanda"), "fitsm")
