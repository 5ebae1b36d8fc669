# SPDX-License-Identifier: Apache-2.0
"""What counts as done and what as a gap, on a standard of two small processes."""

from __future__ import annotations

from collections.abc import Mapping

from engine import Inventory, Model, Use
from engine.bpmn import Element
from webapp.coverage import Catalogue, Gap, Report, report_on
from webapp.coverage.catalogue import Activity, Exchange, Process

ONE = Process(
    "PR1", "ONE", "The first", (Activity("PR1.A1.1", "Do it"), Activity("PR1.A1.2", "Tell it")), (), ("PR1.T1",)
)
TWO = Process(
    "PR2", "TWO", "The second", (Activity("PR2.A1.1", "Hear it"),), (Activity("PR2.S1", "Prepare"),), ("PR2.F1",)
)
FIRST, SECOND = "processes/bpmn/PR1-ONE/a.bpmn", "processes/bpmn/PR2-TWO/b.bpmn"


def told(how: str, file: str, name: str = "it.done", kind: str = "message") -> Use:
    return Use(kind, name, how, file, "P", "Event_1")  # type: ignore[arg-type]


def model(file: str, **performs: str) -> Model:
    """A process of which each element performs what its keyword says."""
    elements = {name: Element(name, "userTask", name, 1, properties={"fitsm": ids}) for name, ids in performs.items()}
    return Model(file, file, file, "", {}, elements, ())


DIAGRAMS = (model(FIRST, Task_Do="PR1.A1.1", Task_Tell="PR1.A1.2"), model(SECOND, Task_Hear="PR2.A1.1"))
TOLD = (told("throws", FIRST), told("catches", SECOND))


def report(
    models: tuple[Model, ...] = DIAGRAMS,
    uses: tuple[Use, ...] = TOLD,
    exchanges: tuple[Exchange, ...] = (Exchange("ONE", "TWO", ("PR1.T1", "PR2.F1"), ("it.done",)),),
    files: Mapping[str, Mapping[str, str]] | None = None,
    **catalogue: Mapping[str, object],
) -> Report:
    none: dict[str, Mapping[str, str]] = {k: {} for k in ("process", "form", "decision", "register", "role")}
    inventory = Inventory(models, {**none, **(files or {})}, uses, ())  # type: ignore[arg-type]
    return report_on(inventory, Catalogue((ONE, TWO), (), exchanges, **catalogue))  # type: ignore[arg-type]


def gaps(found: Report) -> list[tuple[str, str, str]]:
    return [(gap.process, gap.rule, gap.subject) for gap in found.gaps]


class TestActivities:
    def test_each_by_one_element_is_complete(self) -> None:
        """Nothing is missing, all is counted; set-up is told apart."""
        found = report()
        assert found.complete
        assert [(p.id, p.diagrams, p.activities, p.interfaces) for p in found.processes] == [
            ("PR1", 1, 2, 1),
            ("PR2", 1, 1, 1),
        ]
        assert [(later.id, later.activities, later.of_activities) for later in found.later] == [("PR1-PR2", 0, 1)]

    def test_none_and_two_are_gaps(self) -> None:
        """With the place of the second."""
        found = report((model(FIRST, Task_Do="PR1.A1.1", Task_Again="PR1.A1.1"), DIAGRAMS[1]))
        assert gaps(found) == [("PR1", "activity-twice", "PR1.A1.1"), ("PR1", "activity-missing", "PR1.A1.2")]
        assert (found.gaps[0].file, found.gaps[0].element) == (FIRST, "Task_Again")
        assert found.processes[0].activities == 1

    def test_what_the_standard_does_not_know_is_a_gap(self) -> None:
        """A slip of the pen would else look like an activity."""
        found = report((*DIAGRAMS, model(SECOND, Task_X="PR2.A9.9")))
        assert gaps(found) == [("PR2", "activity-unknown", "PR2.A9.9")]


class TestInterfaces:
    def test_the_side_that_lacks_its_end_has_the_gap(self) -> None:
        """Both tables count the row as open."""
        found = report(uses=(*TOLD[:1], told("catches", FIRST)))
        assert gaps(found) == [("PR2", "interface-open", "PR1.T1, PR2.F1")]
        assert [process.interfaces for process in found.processes] == [0, 0]

    def test_a_signal_will_do(self) -> None:
        """A message of an exchange may be one."""
        assert report(uses=(told("throws", FIRST, kind="signal"), told("catches", SECOND, kind="signal"))).complete

    def test_a_register_carries_what_is_written_and_read(self) -> None:
        exchange = (Exchange("ONE", "TWO", ("PR1.T1", "PR2.F1"), (), ("thing",)),)
        files = {"register": {"thing": "processes/registers/thing.json"}}
        written, read = told("writes", FIRST, "thing", "register"), told("reads", SECOND, "thing", "register")
        assert report(uses=(written, read), exchanges=exchange, files=files).complete
        found = report(uses=(written, told("reads", FIRST, "thing", "register")), exchanges=exchange, files=files)
        assert gaps(found) == [("PR2", "interface-open", "PR1.T1, PR2.F1")]

    def test_any_is_any_other(self) -> None:
        """A process is not its own partner."""
        exchange = (Exchange("ANY", "TWO", ("PR1.T1", "PR2.F1"), ("it.done",)),)
        assert report(exchanges=exchange).complete
        found = report(uses=(told("throws", SECOND), TOLD[1]), exchanges=exchange)
        assert [gap.sentence for gap in found.gaps] == ["No process throws the message 'it.done' (ANY → TWO)."]

    def test_a_row_that_nothing_carries_is_open(self) -> None:
        """Unless it is said to come later."""
        exchange = (Exchange("ONE", "TWO", ("PR1.T1",), ("it.done",)),)
        assert gaps(report(exchanges=exchange)) == [("PR2", "interface-open", "PR2.F1")]
        later = report(exchanges=exchange, later={"PR2.F1": "Not drawn yet."})
        assert later.complete
        assert later.processes[1].of_interfaces == 0

    def test_a_row_of_nowhere_is_a_gap(self) -> None:
        exchange = (Exchange("ONE", "TWO", ("PR1.T1", "PR2.F1", "PR7.F7"), ("it.done",)),)
        assert gaps(report(exchanges=exchange)) == [("", "interface-unknown", "PR7.F7")]


class TestNames:
    def test_what_is_named_exists(self) -> None:
        """Each kind, with the place that names it."""
        kinds = ("form", "decision", "register", "role", "process")
        found = report(uses=(*TOLD, *(told("names", FIRST, "x", kind) for kind in kinds)))
        assert [gap.rule for gap in found.gaps] == [f"{kind}-missing" for kind in kinds]
        assert found.gaps[0] == Gap("PR1", "form-missing", "x", "There is no form 'x'.", FIRST, "Event_1")

    def test_what_exists_is_named(self) -> None:
        """Forms and tables belong to the process of their folder."""
        files = {"form": {"PR2-TWO/x.json": "forms/PR2-TWO/x.json"}, "role": {"clerk": "processes/roles.json"}}
        assert gaps(report(files=files)) == [("PR2", "form-unused", "PR2-TWO/x.json"), ("", "role-unused", "clerk")]
        found = report(files=files, outside={"role": {"clerk": "Looks."}, "form": {"PR2-TWO/x.json": "Later."}})
        assert found.complete

    def test_a_register_is_written_and_read(self) -> None:
        files = {"register": {"thing": "processes/registers/thing.json"}}
        written = told("writes", SECOND, "thing", "register")
        assert gaps(report(files=files)) == [("", "register-unused", "thing")]
        assert gaps(report(uses=(*TOLD, written), files=files)) == [("PR2", "register-not-read", "thing")]

    def test_a_message_has_both_ends_or_one_outside(self) -> None:
        """What is said to have one outside and has both is a gap too: the list stays true."""
        alone = (*TOLD, told("throws", FIRST, "it.sent"), told("catches", SECOND, "it.came"))
        found = gaps(report(uses=alone))
        assert found == [("PR1", "message-not-caught", "it.sent"), ("PR2", "message-not-thrown", "it.came")]
        outside = {
            "it.sent": "To customers.",
            "it.came": "From them.",
            "it.done": "To nobody.",
            "it.gone": "To nobody.",
        }
        found = gaps(report(uses=alone, outside={"message": outside}))
        assert found == [("", "outside-unneeded", "it.done"), ("", "outside-unneeded", "it.gone")]
