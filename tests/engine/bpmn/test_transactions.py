# SPDX-License-Identifier: Apache-2.0
"""Transactions: cancelled, they undo what was done in them; left by an error, they do not (BPMN 2.0, 10.7)."""

from __future__ import annotations

import orjson

from tests.engine.bpmn.conftest import Played
from tests.engine.bpmn.plain import plain
from tests.engine.bpmn.play import Play

TRIP = """
    start S -> Trip
    transaction Trip -> Done
      start TS -> Fork
      and Fork -> Hotel / Flight / Talk
      user Hotel -> TE
      user Flight -> Fits
      user Talk -> TE
      manual NoHotel | undoes: Hotel
      manual NoFlight | undoes: Flight
      xor Fits -> Stop if what == "cancel" / Broken if what == "fail" / TE
      end TE
      end Stop | cancel:
      end Broken | error: broken
    cancel Cancelled | on: Trip -> Sorry
    error Failed | on: Trip | error: broken -> Mend
    manual Sorry -> E
    manual Mend -> E
    manual Done -> E
    end E
"""


def test_a_cancelled_transaction_undoes_what_was_done_in_it(play: Played) -> None:
    """What is under way ends at once, what has completed is undone, then the case goes on at the border."""
    case = play(TRIP).start().complete("Hotel").complete("Flight", what="cancel")
    for undone in ("NoFlight", "NoHotel"):
        assert case.open == [undone]
        case.complete(undone)
    assert case.open == ["Sorry"]
    assert case.complete("Sorry").outcome.completed
    assert case.passed[-4:] == ["NoHotel", "Cancelled", "Sorry", "E"]


def test_an_error_leaves_a_transaction_without_undoing_anything(play: Played) -> None:
    """BPMN 2.0 calls this a hazard."""
    case = play(TRIP).start().complete("Hotel").complete("Flight", what="fail")
    assert case.open == ["Mend"]
    assert "done" not in orjson.loads(case.outcome.state)


def test_a_transaction_that_ends_well_goes_on_like_a_subprocess(play: Played) -> None:
    """Its cancel boundary event is forgotten."""
    case = play(TRIP).start().complete("Hotel").complete("Flight", what="").complete("Talk")
    assert case.open == ["Done"]
    assert case.complete("Done").outcome.completed


def test_a_completed_transaction_can_be_undone_later(play: Played) -> None:
    """Like every subprocess."""
    text = TRIP.replace("manual Done -> E", "throw Done | compensate: Trip -> Sorry")
    case = play(text).start().complete("Hotel").complete("Flight", what="").complete("Talk")
    assert case.complete("NoFlight").complete("NoHotel").open == ["Sorry"]


def test_with_nothing_to_undo_the_case_goes_on_at_the_border_at_once(play: Played) -> None:
    """In the same step."""
    text = TRIP.replace("      manual NoFlight | undoes: Flight\n", "")
    assert play(text).start().complete("Flight", what="cancel").open == ["Sorry"]


DEEP = """
    start S -> Trip
    transaction Trip -> E
      start TS -> First
      user First -> Sub
      manual NoFirst | undoes: First
      sub Sub -> TE
        start SS -> Fork
        and Fork -> A / B
        user A -> SE
        manual NoA | undoes: A
        user B -> Stop
        end SE
        end Stop | cancel:
      end TE
    cancel Cancelled | on: Trip -> Sorry
    manual Sorry -> E
    end E
"""


def test_a_transaction_is_cancelled_from_deep_inside(play: Played) -> None:
    """What was done in the subprocess that is under way is undone too: nothing of the transaction stays."""
    case = play(DEEP).start().complete("First").complete("A").complete("B")
    assert case.complete("NoA").complete("NoFirst").open == ["Sorry"]
    assert case.complete("Sorry").outcome.completed


def test_a_timer_on_the_transaction_interrupts_the_undoing(play: Played) -> None:
    """As everything else in it."""
    text = DEEP.replace(
        "cancel Cancelled",
        "timer Limit | on: Trip | duration: PT1H -> Late\n    manual Late -> E\n    cancel Cancelled",
    )
    case = play(text).start().complete("First").complete("B")
    assert case.open == ["NoFirst"]
    assert case.fire("Limit").open == ["Late"]
    assert case.complete("Late").outcome.completed


def test_one_turn_of_a_loop_cancels_the_loop(scripts) -> None:
    """What that turn has done is undone with its variables; other turns end as with every interrupting event."""
    case = Play(plain("""
        <startEvent id="S"/><transaction id="T"><multiInstanceLoopCharacteristics><loopDataInputRef>["a", "b"]</loopDataInputRef>
        <inputDataItem id="I" name="item"/></multiInstanceLoopCharacteristics><startEvent id="TS"/><manualTask id="A"/><manualTask id="B"/>
        <endEvent id="TE"><cancelEventDefinition/></endEvent><boundaryEvent id="U" attachedToRef="A"><compensateEventDefinition/></boundaryEvent>
        <scriptTask id="NoA" isForCompensation="true"><script>undone = undone + [item]</script></scriptTask><association id="As" sourceRef="U" targetRef="NoA"/>
        TS -> A
        A -> B
        B -> TE
        </transaction><boundaryEvent id="C" attachedToRef="T"><cancelEventDefinition/></boundaryEvent><manualTask id="Sorry"/><endEvent id="E"/>
        S -> T
        T -> E
        C -> Sorry
        Sorry -> E
    """), scripts).start(undone=[])  # fmt: skip
    case.complete("A").complete("A").complete("B")
    assert case.open == ["Sorry"]
    assert case.variables["undone"] == ["a"]
    assert case.complete("Sorry").outcome.completed
