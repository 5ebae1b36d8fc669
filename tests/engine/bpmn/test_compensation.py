# SPDX-License-Identifier: Apache-2.0
"""Compensation: what is undone, in which order, how often, and with which variables (BPMN 2.0, 10.5.6)."""

from __future__ import annotations

import orjson

from tests.builders import diagram
from tests.engine.bpmn.conftest import Played

#: Three activities one after the other, each can be undone.
TRIP = """
    start S -> Hotel
    user Hotel -> Flight
    user Flight -> Car
    user Car -> Ask
    manual NoHotel | undoes: Hotel
    manual NoFlight | undoes: Flight
    manual NoCar | undoes: Car
    user Ask -> Undo
    throw Undo | {what} -> After
    manual After -> E
    end E
"""


def test_the_last_completed_is_undone_first(play: Played) -> None:
    """One after the other; the event that throws waits for the last."""
    case = play(TRIP.format(what="compensate:")).start()
    for booked in ("Hotel", "Flight", "Car", "Ask"):
        case.complete(booked)
    for undone in ("NoCar", "NoFlight", "NoHotel"):
        assert case.open == [undone]
        case.complete(undone)
    assert case.open == ["After"]
    assert case.passed == ["S", "Hotel", "Flight", "Car", "Ask", "Undo", "NoCar", "NoFlight", "NoHotel"]


def test_only_the_activity_that_is_named(play: Played) -> None:
    """The others stay as they are."""
    case = play(TRIP.format(what="compensate: Flight")).start()
    for booked in ("Hotel", "Flight", "Car", "Ask"):
        case.complete(booked)
    assert case.complete("NoFlight").open == ["After"]


def test_without_waiting_the_path_goes_on_beside_it(play: Played) -> None:
    """And the case ends when both are done, the compensation last or first."""
    for order in (("After", "NoFlight"), ("NoFlight", "After")):
        case = play(TRIP.format(what="compensate: Flight | nowait:")).start()
        for booked in ("Hotel", "Flight", "Car", "Ask"):
            case.complete(booked)
        assert case.open == ["After", "NoFlight"]
        assert not case.complete(order[0]).outcome.completed
        assert case.complete(order[1]).outcome.completed


def test_what_is_undone_one_after_the_other_keeps_the_case_alive(play: Played) -> None:
    """Also when the path has ended that threw without waiting."""
    case = play(TRIP.format(what="compensate: | nowait:")).start()
    for booked in ("Hotel", "Flight", "Car", "Ask", "After"):
        case.complete(booked)
    for undone in ("NoCar", "NoFlight"):
        assert not case.complete(undone).outcome.completed
    assert case.complete("NoHotel").outcome.completed


def test_what_was_not_completed_is_not_undone(play: Played) -> None:
    """Neither what was never reached, nor what was interrupted, nor what is still under way."""
    case = play("""
        start S -> Fork
        and Fork -> Never / Late / Under / Go
        manual Never -> E
        manual Late -> E
        timer Limit | on: Late | duration: PT1H -> E
        manual Under -> E
        manual Go -> Undo
        manual NoNever | undoes: Never
        manual NoLate | undoes: Late
        manual NoUnder | undoes: Under
        throw Undo | compensate: -> After
        manual After -> E
        end E
    """)
    case.start().fire("Limit").complete("Go")
    assert case.open == ["After", "Never", "Under"]


def test_each_completion_is_undone_once(play: Played) -> None:
    """What was done three times is undone three times, and not again by a second throw."""
    case = play("""
        start S -> Join
        xor Join -> Book
        user Book -> More
        xor More -> Join if again / Undo
        script Unbook | undoes: Book | do: undone = get_var("undone", 0) + 1
        throw Undo | compensate: -> Again
        user Again -> Undo2
        throw Undo2 | compensate: -> Last
        user Last -> E
        end E
    """).start()
    case.complete("Book", again=True).complete("Book", again=True).complete("Book", again=False)
    assert case.variables["undone"] == 3
    assert case.complete("Again").variables["undone"] == 3
    assert case.open == ["Last"]


ITEMS = """
<startEvent id="S"/><subProcess id="Sub"><multiInstanceLoopCharacteristics{kind}><loopDataInputRef>["a", "b", "c"]</loopDataInputRef>
<inputDataItem id="I" name="item"/></multiInstanceLoopCharacteristics>
<startEvent id="SS"/><userTask id="Book"/><endEvent id="SE"/>
<boundaryEvent id="U" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
<scriptTask id="Unbook" isForCompensation="true"><script>undone = undone + [[item, number]]
total = total - 1</script></scriptTask>
<association id="As" sourceRef="U" targetRef="Unbook"/>
SS -> Book
Book -> SE
</subProcess><manualTask id="Go"/><endEvent id="E"><compensateEventDefinition/></endEvent>
S -> Sub
Sub -> Go
Go -> E
"""


def test_each_turn_of_a_loop_is_undone_with_its_own_variables(scripts) -> None:
    """The item and what was set in the turn are as they were; the case's variables as they are now."""
    from tests.engine.bpmn.plain import plain
    from tests.engine.bpmn.play import Play

    for kind in ("", ' isSequential="true"'):
        case = Play(plain(ITEMS.format(kind=kind)), scripts).start(undone=[], total=3)
        for number in (1, 2, 3):
            case.complete("Book", number=number)
        assert case.complete("Go", total=10).outcome.completed
        assert case.variables["undone"] == [["c", 3], ["b", 2], ["a", 1]]
        assert case.variables["total"] == 7
        assert "item" not in case.variables
        assert "number" not in case.variables


def test_a_subprocess_without_a_way_of_its_own_is_undone_by_what_is_in_it(play: Played) -> None:
    """At its place in the order of completion, the last first; named as a whole as well."""
    for what in ("compensate:", "compensate: Sub"):
        case = play(f"""
            start S -> First
            manual First -> Sub
            manual NoFirst | undoes: First
            sub Sub -> Last
              start SS -> A
              manual A -> Inner
              manual NoA | undoes: A
              sub Inner -> SE
                start IS -> B
                manual B -> IE
                manual NoB | undoes: B
                end IE
              end SE
            manual Last -> Undo
            manual NoLast | undoes: Last
            throw Undo | {what} -> After
            manual After -> E
            end E
        """).start()
        for done in ("First", "A", "B", "Last"):
            case.complete(done)
        expected = ["NoB", "NoA"] if what.endswith("Sub") else ["NoLast", "NoB", "NoA", "NoFirst"]
        for undone in expected:
            assert case.open == [undone]
            case.complete(undone)
        assert case.open == ["After"]


def test_a_subprocess_with_a_way_of_its_own_is_undone_by_that_alone(play: Played) -> None:
    """What is in it is then its business."""
    case = (
        play("""
        start S -> Sub
        sub Sub -> Undo
          start SS -> A
          manual A -> SE
          manual NoA | undoes: A
          end SE
        manual NoSub | undoes: Sub
        throw Undo | compensate: -> After
        manual After -> E
        end E
    """)
        .start()
        .complete("A")
    )
    assert case.open == ["NoSub"]
    assert case.complete("NoSub").open == ["After"]


def test_an_event_subprocess_undoes_its_subprocess_and_may_undo_what_is_in_it(scripts) -> None:
    """It sees the completed activities of its subprocess, long after that has ended."""
    from tests.engine.bpmn.plain import plain
    from tests.engine.bpmn.play import Play

    case = Play(plain("""
        <startEvent id="S"/><subProcess id="Sub"><startEvent id="SS"/><manualTask id="A"/><manualTask id="B"/><endEvent id="SE"/>
        SS -> A
        A -> B
        B -> SE
        <boundaryEvent id="U1" attachedToRef="A"><compensateEventDefinition/></boundaryEvent><manualTask id="NoA" isForCompensation="true"/>
        <boundaryEvent id="U2" attachedToRef="B"><compensateEventDefinition/></boundaryEvent><manualTask id="NoB" isForCompensation="true"/>
        <association id="As1" sourceRef="U1" targetRef="NoA"/><association id="As2" sourceRef="U2" targetRef="NoB"/>
        <subProcess id="Esp" triggeredByEvent="true"><startEvent id="ES"><compensateEventDefinition/></startEvent>
        <manualTask id="Tell"/><endEvent id="EE"><compensateEventDefinition activityRef="A"/></endEvent>
        ES -> Tell
        Tell -> EE
        </subProcess>
        </subProcess><manualTask id="Go"/><intermediateThrowEvent id="T"><compensateEventDefinition/></intermediateThrowEvent>
        <manualTask id="After"/><endEvent id="E"/>
        S -> Sub
        Sub -> Go
        Go -> T
        T -> After
        After -> E
    """), scripts).start()  # fmt: skip
    case.complete("A").complete("B").complete("Go")
    assert case.open == ["Tell"]
    assert case.complete("Tell").open == ["NoA"]
    assert case.complete("NoA").open == ["After"]
    assert case.complete("After").outcome.completed


def test_an_error_event_subprocess_undoes_what_is_around_it(scripts) -> None:
    """BPMN 2.0, 10.5.6: the current subprocess of a throw in an event subprocess is the one around that."""
    from tests.engine.bpmn.plain import plain
    from tests.engine.bpmn.play import Play

    text = """
        <startEvent id="S"/><manualTask id="A"/><manualTask id="B"/><endEvent id="E"><errorEventDefinition errorRef="Err"/></endEvent>
        S -> A
        A -> B
        B -> E
        <boundaryEvent id="U1" attachedToRef="A"><compensateEventDefinition/></boundaryEvent><manualTask id="NoA" isForCompensation="true"/>
        <association id="As1" sourceRef="U1" targetRef="NoA"/>
        <subProcess id="Esp" triggeredByEvent="true"><startEvent id="ES"><errorEventDefinition/></startEvent>
        <manualTask id="Own"/><boundaryEvent id="U2" attachedToRef="Own"><compensateEventDefinition/></boundaryEvent>
        <manualTask id="NoOwn" isForCompensation="true"/><association id="As2" sourceRef="U2" targetRef="NoOwn"/>
        <intermediateThrowEvent id="T"><compensateEventDefinition/></intermediateThrowEvent><manualTask id="After"/><endEvent id="EE"/>
        ES -> Own
        Own -> T
        T -> After
        After -> EE
        </subProcess>
    """
    case = Play(plain(text, '<error id="Err" errorCode="E1"/>'), scripts).start()
    case.complete("A").complete("B").complete("Own")
    for undone in ("NoOwn", "NoA"):
        assert case.open == [undone]
        case.complete(undone)
    assert case.open == ["After"]
    assert case.complete("After").outcome.completed


CALLED = """
    start S2 -> A
    manual A -> E2
    manual NoA | undoes: A
    end E2
"""
CALLS = """
    start S -> Call
    call Call | process: C -> Go
    manual Go -> Undo
    throw Undo | compensate: -> After
    manual After -> E
    end E
"""


def test_a_called_process_is_undone_by_what_is_in_it(play: Played) -> None:
    """By the process that calls; its elements have the called process in front."""
    case = play(CALLS, diagram("C", CALLED)).start().complete("C:A").complete("Go")
    assert case.open == ["C:NoA"]
    assert case.complete("C:NoA").open == ["After"]


def test_a_called_process_may_say_how_it_is_undone(play: Played) -> None:
    """By an event subprocess for compensation, which is then all that is run."""
    undo = """<bpmn:subProcess id="Esp" triggeredByEvent="true"><bpmn:startEvent id="ES"><bpmn:compensateEventDefinition/></bpmn:startEvent>
        <bpmn:manualTask id="Recall"/><bpmn:endEvent id="EE"/><bpmn:sequenceFlow id="F1" sourceRef="ES" targetRef="Recall"/>
        <bpmn:sequenceFlow id="F2" sourceRef="Recall" targetRef="EE"/></bpmn:subProcess></bpmn:process>"""
    called = diagram("C", CALLED).replace(b"</bpmn:process>", undo.encode())
    case = play(CALLS, called).start().complete("C:A").complete("Go")
    assert case.open == ["C:Recall"]
    assert case.complete("C:Recall").open == ["After"]


def test_an_interrupted_subprocess_is_no_longer_undone(play: Played) -> None:
    """It has not completed, so what had completed in it is not reached from outside."""
    case = (
        play("""
        start S -> Sub
        sub Sub -> Undo
          start SS -> A
          manual A -> B
          manual NoA | undoes: A
          manual B -> SE
          end SE
        timer Limit | on: Sub | duration: PT1H -> Undo
        throw Undo | compensate: -> After
        manual After -> E
        end E
    """)
        .start()
        .complete("A")
        .fire("Limit")
    )
    assert case.open == ["After"]


def test_what_interrupts_ends_the_undoing_too(play: Played) -> None:
    """A timer on the subprocess in which something is being undone."""
    case = (
        play("""
        start S -> Sub
        sub Sub -> After
          start SS -> A
          manual A -> Undo
          manual NoA | undoes: A
          throw Undo | compensate: -> SE
          end SE
        timer Limit | on: Sub | duration: PT1H -> After
        manual After -> E
        end E
    """)
        .start()
        .complete("A")
    )
    assert case.open == ["NoA"]
    assert case.fire("Limit").open == ["After"]
    state = orjson.loads(case.outcome.state)
    assert "undoing" not in state
    assert state["subs"] == []


def test_what_undoes_can_be_a_subprocess_that_fails(play: Played) -> None:
    """Its error goes outwards from where it was thrown."""
    case = (
        play("""
        start S -> Sub
        sub Sub -> E
          start SS -> A
          manual A -> Undo
          throw Undo | compensate: -> SE
          sub NoA | undoes: A
            start NS -> N
            manual N -> NE
            end NE | error: broken
          end SE
        error Broken | on: Sub | error: broken -> Mend
        manual Mend -> E
        end E
    """)
        .start()
        .complete("A")
    )
    assert case.complete("N").open == ["Mend"]
    assert case.complete("Mend").outcome.completed


def test_nothing_is_remembered_that_nothing_can_undo(play: Played) -> None:
    """The state of a case grows only by what has a way to be undone, and only where something throws."""
    loop = """
        start S -> Join
        xor Join -> Work
        user Work -> More
        xor More -> Join if again / {then}
        {rest}
    """
    kept = loop.format(
        then="Undo",
        rest="""user NoWork | undoes: Work
        throw Undo | compensate: -> E
        end E""",
    )
    for text, grows in (
        (loop.format(then="E", rest="user NoWork | undoes: Work\n        end E"), False),
        (
            kept.replace("undoes: Work", "undoes: Join2").replace(
                "user Work -> More", "user Work -> More\n        manual Join2 -> E"
            ),
            False,
        ),
        (kept, True),
    ):
        if "Join2 -> E" in text:
            text = text.replace("xor More -> Join if again / Undo", "xor More -> Join if again / Undo / Join2 if never")
        case = play(text).start(never=False)
        for _ in range(5):
            case.complete("Work", again=True)
        assert ("done" in orjson.loads(case.outcome.state)) is grows
    assert orjson.loads(case.outcome.state)["done"] == {"": [{"of": "Work", "by": "NoWork", "times": 5}]}
    assert case.complete("Work", again=False).open == ["NoWork"]


def test_what_was_done_again_and_again_takes_no_more_room(play: Played) -> None:
    """It is counted, with what was done in it."""
    case = play("""
        start S -> Join
        xor Join -> Sub
        sub Sub -> More
          start SS -> Work
          user Work -> SE
          script NoWork | undoes: Work | do: undone = get_var("undone", 0) + 1
          end SE
        xor More -> Join if again / Undo
        throw Undo | compensate: -> Last
        user Last -> E
        end E
    """).start()
    for _ in range(22):
        case.complete("Work", again=True)
    done = {"of": "Sub", "inside": [{"of": "Work", "by": "NoWork"}], "times": 22}
    assert orjson.loads(case.outcome.state)["done"] == {"": [done]}
    assert case.complete("Work", again=False).variables["undone"] == 23


def test_what_is_remembered_goes_with_its_scope(play: Played) -> None:
    """Nothing is left when the case has ended, nor of a subprocess that was left by an error."""
    case = (
        play("""
        start S -> Sub
        sub Sub -> Undo
          start SS -> A
          manual A -> Ask
          manual NoA | undoes: A
          user Ask -> Way
          xor Way -> SE if well / SX
          end SE
          end SX | error: broken
        error Broken | on: Sub | error: broken -> After
        throw Undo | compensate: -> After
        manual After -> E
        end E
    """)
        .start()
        .complete("A")
    )
    assert "done" in orjson.loads(case.outcome.state)
    case.complete("Ask", well=False)
    assert case.open == ["After"]
    assert "done" not in orjson.loads(case.outcome.state)
    assert set(orjson.loads(case.complete("After").outcome.state)) == {"version", "rules", "counter", "top", "subs"}


SNAPSHOT = """
<startEvent id="S"/><subProcess id="Sub"><dataObject id="Obj"/><dataObjectReference id="booking" name="booking" dataObjectRef="Obj"/>
<startEvent id="SS"/><scriptTask id="Book"><script>booking = number</script></scriptTask><endEvent id="SE"/>
SS -> Book
Book -> SE
<boundaryEvent id="U" attachedToRef="Book"><compensateEventDefinition/></boundaryEvent>
<scriptTask id="Unbook" isForCompensation="true"><script>undone = undone + [[booking, number]]
refunded = True</script></scriptTask><association id="As" sourceRef="U" targetRef="Unbook"/>
</subProcess><manualTask id="More"/><exclusiveGateway id="X"/><exclusiveGateway id="J"/><endEvent id="E"><compensateEventDefinition/></endEvent>
S -> J
J -> Sub
Sub -> More
More -> X
X -> J if number &lt; 3
X -> E if number &gt;= 3
"""


def test_a_subprocess_is_undone_with_its_own_data_as_they_were(scripts) -> None:
    """Its data object is that of each time; the case's variable that of now; what undoes may set new ones of the case."""
    from tests.engine.bpmn.plain import plain
    from tests.engine.bpmn.play import Play

    case = Play(plain(SNAPSHOT), scripts).start(number=1, undone=[])
    case.complete("More", number=2)
    state = orjson.loads(case.outcome.state)
    assert [entry["data"] for entry in state["done"][""]] == [{"booking": 1}, {"booking": 2}]
    assert case.complete("More", number=3).outcome.completed
    assert case.variables == {"number": 3, "undone": [[2, 3], [1, 3]], "refunded": True}
