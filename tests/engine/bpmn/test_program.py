# SPDX-License-Identifier: Apache-2.0
"""What is read from a diagram, and the program made of it."""

from __future__ import annotations

import pytest

from engine.bpmn import compile_program, read_models
from engine.bpmn.xml import parse
from engine.errors import DiagramInvalid
from tests.builders import diagram

TEXT = """
start S | message: begun | var: request -> A
start H -> A
user A | role: lead | form: T/x.json | assignee: who | priority: "P1" | instructions: Do **it**. -> R
catch M | beside: A | message: more | key: number -> E2
timer T | on: A | duration: PT1H -> E2
rule R | decision: grade -> W
task W | write: thing: id = thing_id; title = "x" | read: thing: thing_id as found -> C
call C | process: Other -> Sub
sub Sub -> E
  start SS -> SA
  manual SA -> SE
  end SE | error: broken
error B | on: Sub | error: broken -> E
end E | terminate
end E2
"""


@pytest.fixture(scope="module")
def model():
    (found,) = read_models(parse(diagram("P", TEXT, name="Name", properties={"title": '"t"'}), "p.bpmn"), "p.bpmn")
    return found


def test_the_model_has_what_the_diagram_says(model) -> None:
    """Forms, roles, decisions, messages, registers, called processes."""
    assert (model.process_id, model.name, model.properties) == ("P", "Name", {"title": '"t"'})
    assert model.forms == {"T/x.json"}
    assert model.roles == ("lead", "worker")
    assert model.decisions == {"grade"}
    assert model.called == {"Other"}
    assert model.registers == {"thing"}
    assert model.start_messages == {"begun"}
    assert model.starts_by_hand


def test_elements_know_their_details(model) -> None:
    """And where they lie."""
    found = model.elements
    assert found["A"].role == "lead"
    assert found["A"].properties["assignee"] == "who"
    assert found["A"].instructions == "Do **it**."
    assert (found["M"].attached_to, found["M"].interrupting, found["M"].message.key) == ("A", False, "number")
    assert (found["T"].interrupting, found["T"].timer.text) == (True, "PT1H")
    assert (found["SA"].scope, found["SA"].role) == ("Sub", "worker")
    assert found["E"].terminates
    assert [a.target for a in found["W"].writes[0].assignments] == ["id", "title"]
    assert (found["W"].reads[0].register, found["W"].reads[0].assignments[0].target) == ("thing", "found")


def test_lines_are_those_of_the_file() -> None:
    """So that a finding leads to its place."""
    xml = diagram("P", "start S -> A\nuser A -> E\nend E").decode().replace("<bpmn:userTask", "\n\n<bpmn:userTask")
    (found,) = read_models(parse(xml.encode(), "p.bpmn"), "p.bpmn")
    assert found.elements["A"].line == xml[: xml.index("<bpmn:userTask")].count("\n") + 1


def test_only_executable_processes_are_read() -> None:
    """Others are drawn only."""
    xml = diagram("P", "start S -> E\nend E").replace(b"isExecutable='true'", b"")
    assert read_models(parse(xml, "p.bpmn"), "p.bpmn") == ()
    with pytest.raises(DiagramInvalid, match="not in the file"):
        compile_program("P", {"p.bpmn": xml}, ())


def test_a_program_has_all_that_it_calls() -> None:
    """In any depth; what is missing is told."""
    files = {
        "p": diagram("P", "start S -> C\ncall C | process: Q -> E\nend E"),
        "q": diagram("Q", "start S1 -> E1\nend E1"),
    }
    assert set(compile_program("P", files, ()).models) == {"P", "Q"}
    with pytest.raises(DiagramInvalid):
        compile_program("P", {"p": files["p"]}, ())


@pytest.mark.parametrize(
    "scope", ["sub Both -> A\n  start SS -> SE\n  end SE\nuser A", "user A -> B\nuser Both | undoes: A\nuser B"]
)
def test_processes_that_call_each_other_have_scopes_of_different_names(scope: str) -> None:
    """A subprocess, a loop or what undoes: else one would be run for the other."""
    begin = "Both" if scope.startswith("sub") else "A"
    files = {
        "p.bpmn": diagram("P", f"start S -> {begin}\n{scope} -> C\ncall C | process: Q -> E\nend E"),
        "q.bpmn": diagram("Q", f"start S -> {begin}\n{scope} -> E\nend E"),
    }
    with pytest.raises(DiagramInvalid, match="'Both' has the id 'Both', which an element of 'P' has as well"):
        compile_program("P", files, ())
    files["p.bpmn"] = files["p.bpmn"].replace(b"Both", b"Other")
    assert compile_program("P", files, ()).model.process_id == "P"


def test_a_long_straight_process_can_be_read() -> None:
    """Three hundred steps in a row."""
    chain = "\n".join(f"task T{n} -> T{n + 1}" for n in range(300))
    text = f"start S -> T0\n{chain}\nuser T300 -> E\nend E"
    assert len(compile_program("P", {"p": diagram("P", text)}, ()).model.elements) == 303
