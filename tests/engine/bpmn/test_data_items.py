# SPDX-License-Identifier: Apache-2.0
"""Data objects, properties, data inputs and outputs: where they live, what moves, and what is refused."""

from __future__ import annotations

import orjson
import pytest

from engine.bpmn import Start, compile_program, read_models
from engine.bpmn.check import RULES, Known, check
from engine.bpmn.xml import parse
from engine.errors import Invalid, StepFailed
from engine.scripts import ScriptRunner
from engine.values import Finding
from tests.engine.bpmn.fragments import DEFINITIONS
from tests.engine.bpmn.plain import plain_xml
from tests.engine.bpmn.play import Play


def xml(body: str, definitions: str = DEFINITIONS) -> bytes:
    return plain_xml(body, definitions)


def findings(body: str) -> list[Finding]:
    return check(parse(xml(body), "p.bpmn"), "p.bpmn", known=Known(processes={"Called"}))


def errors(body: str) -> list[Finding]:
    return [f for f in findings(body) if f.severity == "error"]


@pytest.fixture
def played(scripts: ScriptRunner):
    """A case of a body that can be published."""

    def made(body: str, called: str = "") -> Play:
        assert errors(body) == []
        files = {"p.bpmn": xml(body)} | ({"c.bpmn": plain_xml(called, "", "Called")} if called else {})
        return Play(compile_program("P", files, ()), scripts)

    return made


LINE = '<startEvent id="S"/>{}<endEvent id="E"/>\nS -> A\nA -> E\n'
ORDER = '<dataObject id="Data_1"/><dataObjectReference id="Ref_1" dataObjectRef="Data_1" name="Purchase order"/>'
PAID = '<dataObjectReference id="Ref_2" dataObjectRef="Data_1" name="Purchase order"><dataState id="St" name="paid"/></dataObjectReference>'


class TestObjects:
    def test_a_data_object_is_a_variable_called_as_it_is_drawn(self, played) -> None:
        """It is there from the beginning and holds nothing."""
        case = played(
            LINE.format(ORDER + '<scriptTask id="A"><script>seen = Purchase_order is None</script></scriptTask>')
        ).start()
        assert case.variables == {"Purchase_order": None, "seen": True}

    def test_a_form_or_a_start_gives_it_its_value(self, played) -> None:
        """Like any variable."""
        case = played(LINE.format(ORDER + '<userTask id="A"/>')).start(Purchase_order=1)
        assert case.complete("A", Purchase_order=2).variables == {"Purchase_order": 2}

    def test_an_association_without_a_source_moves_nothing_and_notes_the_state(self, played) -> None:
        """As editors draw it: the work itself sets the object."""
        task = '<userTask id="A"><dataOutputAssociation id="O"><targetRef>Ref_2</targetRef></dataOutputAssociation></userTask>'
        case = played(LINE.format(ORDER + PAID + task)).start().complete("A", Purchase_order=7)
        assert case.variables == {"Purchase_order": 7}
        (state,) = case.outcome.states
        assert (state.element, state.label, state.variable, state.state) == (
            "A",
            "Purchase order",
            "Purchase_order",
            "paid",
        )

    def test_an_assignment_sets_the_whole_or_an_entry(self, played) -> None:
        """`to` names the object, or an entry of the mapping it holds."""
        out = "<dataOutputAssociation id='O'><targetRef>Ref_1</targetRef>{}</dataOutputAssociation>"
        pair = "<assignment><from>{}</from><to>{}</to></assignment>"
        whole = out.format(pair.format('{"n": n}', "Purchase_order"))
        entry = out.format(pair.format("n + 1", "more")).replace("'O'", "'O2'")
        case = played(LINE.format(ORDER + f'<userTask id="A">{whole}{entry}</userTask>')).start().complete("A", n=1)
        assert case.variables["Purchase_order"] == {"n": 1, "more": 2}

    def test_a_transformation_makes_one_value_of_several(self, played) -> None:
        """The sources are variables that it may read."""
        two = '<dataObject id="Sum" name="total"/><property id="Rate" name="rate"/>'
        move = "<dataOutputAssociation id='O'><sourceRef>Out</sourceRef><targetRef>Sum</targetRef><transformation>net * rate</transformation></dataOutputAssociation>"
        task = f'<userTask id="A"><ioSpecification id="Io"><dataOutput id="Out" name="net"/><inputSet/><outputSet><dataOutputRefs>Out</dataOutputRefs></outputSet></ioSpecification>{move}</userTask>'
        case = played(LINE.format(two + task)).start(rate=3).complete("A", net=5)
        assert case.variables == {"rate": 3, "total": 15}


IO = (
    '<ioSpecification id="Io"><dataInput id="In" name="given"/><dataOutput id="Out" name="result"/>'
    "<inputSet><dataInputRefs>In</dataInputRefs></inputSet><outputSet><dataOutputRefs>Out</dataOutputRefs></outputSet></ioSpecification>"
    "<dataInputAssociation id='I'><sourceRef>X</sourceRef><targetRef>In</targetRef></dataInputAssociation>"
    "<dataOutputAssociation id='O'><sourceRef>Out</sourceRef><targetRef>Y</targetRef></dataOutputAssociation>"
)
XY = '<dataObject id="X" name="x"/><dataObject id="Y" name="y"/>'


class TestInputsAndOutputs:
    def test_a_script_works_on_its_own_data(self, played) -> None:
        """What it calls its data is not seen outside."""
        task = f'<scriptTask id="A">{IO}<script>result = given + 1</script></scriptTask>'
        case = played(LINE.format(XY + task)).start(x=1)
        assert case.variables == {"x": 1, "y": 2}

    def test_a_form_sees_the_inputs_and_gives_the_outputs(self, played) -> None:
        """Other fields go where they always go."""
        case = played(LINE.format(XY + f'<userTask id="A">{IO}</userTask>')).start(x=[1])
        assert case.outcome.tasks[0].local == {"given": [1], "result": None}
        case.complete("A", result=5, other=6, given=[2])
        assert case.variables == {"x": [1], "y": 5, "other": 6}
        assert b"locals" not in case.outcome.state

    def test_the_answer_of_a_receive_task_is_its_output(self, played) -> None:
        """If it has one, and no variable is named."""
        key = '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="given"/></spiffworkflow:properties></extensionElements>'
        case = played(LINE.format(XY + f'<receiveTask id="A" messageRef="Msg">{key}{IO}</receiveTask>')).start(x=7)
        assert case.outcome.messages[0].key == "7"
        assert case.receive("A", {"a": 1}).variables == {"x": 7, "y": {"a": 1}}

    def test_a_subprocess_has_data_of_its_own(self, played) -> None:
        """Its inputs, its outputs, its objects and properties; inner elements work on them."""
        own = '<dataObject id="Dr" name="draft"/><property id="Pr" name="count"/>'
        inner = '<startEvent id="s"/><userTask id="u"/><scriptTask id="t"><script>count = 3\nresult = [given, draft, count]</script></scriptTask><endEvent id="e"/>\ns -> u\nu -> t\nt -> e\n'
        case = played(LINE.format(XY + f'<subProcess id="A">{IO}{own}{inner}</subProcess>')).start(x=1)
        assert case.outcome.tasks[0].local == {"draft": None, "count": None, "given": 1, "result": None}
        case.complete("u", draft="d", outer=1)
        assert case.variables == {"x": 1, "y": [1, "d", 3], "outer": 1}

    def test_a_called_process_keeps_its_objects_to_itself(self, played) -> None:
        """Its data inputs and outputs are those of the call activity with the same names."""
        called = '<ioSpecification id="cIo"><dataInput id="cIn" name="given"/><dataOutput id="cOut" name="result"/><inputSet/><outputSet/></ioSpecification><dataObject id="cD" name="draft"/><startEvent id="cS"/><scriptTask id="cT"><script>draft = 9\nresult = given + draft</script></scriptTask><endEvent id="cE"/>\ncS -> cT\ncT -> cE\n'
        case = played(
            LINE.format(XY + f'<callActivity id="A" calledElement="Called">{IO}</callActivity>'), called
        ).start(x=1)
        assert case.variables == {"x": 1, "y": 10}

    def test_a_failing_move_is_a_failure_of_the_activity(self, played) -> None:
        """With the element."""
        bad = IO.replace("<sourceRef>X</sourceRef>", "<transformation>x + missing</transformation>").replace(
            "<dataInputAssociation id='I'><trans", "<dataInputAssociation id='I'><sourceRef>X</sourceRef><trans"
        )
        with pytest.raises(StepFailed, match="missing") as failed:
            played(LINE.format(XY + f'<userTask id="A">{bad}</userTask>')).start(x=1)
        assert failed.value.element == "A"


class TestTurns:
    LOOP = '<multiInstanceLoopCharacteristics isSequential="{}"><loopDataInputRef>{}</loopDataInputRef><loopDataOutputRef>{}</loopDataOutputRef><inputDataItem id="It" name="item"/><outputDataItem id="Od" name="done"/></multiInstanceLoopCharacteristics>'

    @pytest.mark.parametrize("sequential", ["true", "false"])
    def test_the_list_may_be_a_data_object(self, played, sequential: str) -> None:
        """By its id, as the standard has it; the outputs go into another."""
        loop = self.LOOP.format(sequential, "X", "Y")
        case = played(
            LINE.format(XY + f'<scriptTask id="A">{loop}<script>done = item * 2</script></scriptTask>')
        ).start(x=[1, 2, 3])
        assert case.variables == {"x": [1, 2, 3], "y": [2, 4, 6]}

    def test_the_list_may_be_a_data_input_of_the_activity(self, played) -> None:
        """It is asked where its association leads from, around the turns; the outputs likewise."""
        loop = self.LOOP.format("true", "In", "Out")
        case = played(
            LINE.format(XY + f'<scriptTask id="A">{IO}{loop}<script>done = item * 2</script></scriptTask>')
        ).start(x=[1, 2])
        assert case.variables == {"x": [1, 2], "y": [2, 4]}

    def test_each_turn_has_its_own_data_objects(self, played) -> None:
        """Side by side, nothing is mixed up; the case has none of it."""
        inner = '<dataObject id="Dr" name="draft"/><startEvent id="s"/><userTask id="u"/><scriptTask id="t"><script>done = [item, draft]</script></scriptTask><endEvent id="e"/>\ns -> u\nu -> t\nt -> e\n'
        loop = self.LOOP.format("false", "X", "Y")
        case = played(LINE.format(XY + f'<subProcess id="A">{loop}{inner}</subProcess>')).start(x=["a", "b"])
        first, second = case.outcome.tasks
        case.complete_token(second.token, draft="two").complete_token(first.token, draft="one")
        assert case.variables == {"x": ["a", "b"], "y": [["a", "one"], ["b", "two"]]}


class TestEvents:
    CATCH = '<dataOutput id="Got" name="got"/><dataOutputAssociation id="O"><sourceRef>Got</sourceRef><targetRef>Y</targetRef></dataOutputAssociation><outputSet><dataOutputRefs>Got</dataOutputRefs></outputSet>'
    THROW = '<dataInput id="Give" name="give"/><dataInputAssociation id="I"><sourceRef>X</sourceRef><targetRef>Give</targetRef></dataInputAssociation><inputSet><dataInputRefs>Give</dataInputRefs></inputSet>'

    def test_what_is_caught_goes_into_a_data_object(self, played) -> None:
        """The payload is the data output."""
        event = f'<intermediateCatchEvent id="A">{self.CATCH}<messageEventDefinition messageRef="Msg"/></intermediateCatchEvent>'
        assert played(LINE.format(XY + event)).start().receive("A", [1]).variables == {"x": None, "y": [1]}

    def test_a_boundary_event_too(self, played) -> None:
        """Interrupting or not."""
        event = f'<userTask id="A"/><boundaryEvent id="B" attachedToRef="A" cancelActivity="false">{self.CATCH}<signalEventDefinition signalRef="Sig"/></boundaryEvent>'
        case = played(LINE.format(XY + event) + "B -> E\n").start()
        assert case.receive("B", {"n": 1}).variables["y"] == {"n": 1}

    def test_a_message_may_begin_a_case_with_it(self, played) -> None:
        """The start event's data output."""
        body = f'<startEvent id="S">{self.CATCH}<messageEventDefinition messageRef="Msg"/></startEvent>{XY}<manualTask id="A"/><endEvent id="E"/>\nS -> A\nA -> E\n'
        case = played(body)
        case._keep(case.runner.start(Start({"n": 1}, "msg"), case._context(), case.shelf))
        assert case.variables["y"] == {"n": 1}

    def test_what_is_thrown_comes_from_a_data_object(self, played) -> None:
        """The data input is the payload, if none is written."""
        event = f'<intermediateThrowEvent id="A">{self.THROW}<messageEventDefinition messageRef="Msg"/></intermediateThrowEvent>'
        (thrown,) = played(LINE.format(XY + event)).start(x={"n": 1}).outcome.thrown
        assert thrown.payload == {"n": 1}


class TestProcesses:
    BODY = '<ioSpecification id="Io"><dataInput id="In" name="amount"/><dataInput id="Opt" name="note"/><dataOutput id="Out" name="answer"/><inputSet><dataInputRefs>In</dataInputRefs><optionalInputRefs>Opt</optionalInputRefs></inputSet><outputSet/></ioSpecification>'

    def test_a_case_begins_with_the_inputs_of_the_process(self, played) -> None:
        """What is not optional must be given."""
        body = self.BODY + LINE.format('<scriptTask id="A"><script>answer = amount + 1</script></scriptTask>')
        assert played(body).start(amount=1).variables == {"amount": 1, "answer": 2}
        with pytest.raises(Invalid, match="needs data to begin: amount"):
            played(body).start()

    def test_the_model_knows_them(self) -> None:
        """For whoever starts cases."""
        (model,) = read_models(parse(xml(self.BODY + LINE.format('<task id="A"/>')), "p"), "p")
        assert (model.inputs, model.data) == (("amount",), ("answer",))


REFUSED = {
    "two objects that are one variable": (ORDER + '<dataObject id="D2" name="Purchase order"/>', "data-name", "D2"),
    "several sources": (XY + '<task id="Z"><dataInputAssociation id="I"><sourceRef>X</sourceRef><sourceRef>Y</sourceRef><targetRef>Q</targetRef></dataInputAssociation><property id="Q" name="q"/></task>', "data-move", "I"),
    "a transformation beside assignments": (XY + '<task id="Z"><dataOutputAssociation id="O"><targetRef>X</targetRef><transformation>1</transformation><assignment><from>1</from><to>x</to></assignment></dataOutputAssociation></task>', "data-move", "O"),
    "an assignment without value": (XY + '<task id="Z"><dataOutputAssociation id="O"><targetRef>X</targetRef><assignment><to>x</to></assignment></dataOutputAssociation></task>', "data-move", "O"),
    "an object inside of a subprocess": ('<subProcess id="Sub"><dataObject id="D3" name="d"/><startEvent id="s"/><endEvent id="e"/>\ns -> e\n</subProcess><task id="Z"><dataOutputAssociation id="O"><targetRef>D3</targetRef></dataOutputAssociation></task>', "data-move", "O"),
    "two input sets": ('<task id="Z"><ioSpecification id="Io"><inputSet/><inputSet id="Second"/><outputSet/></ioSpecification></task>', "data-sets", "Second"),
    "inputs while executing": ('<task id="Z"><ioSpecification id="Io"><dataInput id="I1"/><inputSet><whileExecutingInputRefs>I1</whileExecutingInputRefs></inputSet><outputSet/></ioSpecification></task>', "element-not-allowed", "Io"),
    "a reference to nothing": ('<dataObjectReference id="R9" dataObjectRef="Nothing"/>', "reference-dangling", "R9"),
    "a formula that is none": (XY + '<task id="Z"><dataOutputAssociation id="O"><targetRef>X</targetRef><transformation>1 +</transformation></dataOutputAssociation></task>', "expression", "O"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_not_be_done_is_refused(what: str) -> None:
    """With element, line, sentence and hint."""
    more, rule, element = REFUSED[what]
    found = [f for f in findings(LINE.format('<task id="A"/>') + "\n" + more) if f.rule == rule]
    assert [f.element for f in found][:1] == [element], findings(LINE.format('<task id="A"/>') + more)
    assert all(f.severity == "error" and f.line > 1 and f.hint for f in found)


def test_every_rule_on_data_has_an_example() -> None:
    """The three of them."""
    assert {r.id for r in RULES if r.id.startswith("data-") and r.id != "data-association"} <= {
        r for _, r, _ in REFUSED.values()
    }


def test_nothing_of_a_scope_outlives_it(played) -> None:
    """Interrupted activities leave no data behind."""
    task = f'<userTask id="A">{IO}</userTask><boundaryEvent id="B" attachedToRef="A"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><manualTask id="C"/>'
    case = played(LINE.format(XY + task) + "B -> C\nC -> E\n").start(x=1)
    assert "locals" in orjson.loads(case.outcome.state)
    case.wait(hours=1)
    assert "locals" not in orjson.loads(case.outcome.state)
    assert case.variables == {"x": 1, "y": None}
