# SPDX-License-Identifier: Apache-2.0
"""Publishing: versions, what belongs to them, and diagrams that are refused with place and hint."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine import SYSTEM, CountingIds, Engine, EngineConfig, VirtualClock, open_engine
from engine.errors import DiagramInvalid, Invalid, NotAllowed, NotFound, VersionConflict
from engine.history import log
from engine.values import Person
from tests.builders import diagram
from tests.databases import Database
from tests.engine.workshop import START, Workshop, content

TEXT = "start S -> A\nuser A -> E\nend E"
OTHER = "start S -> A\nuser A -> B\nuser B -> E\nend E"


class TestVersions:
    def test_the_same_content_is_the_same_version(self, workshop: Workshop) -> None:
        """Publishing twice changes nothing, whoever does it."""
        first = workshop.publish("P", TEXT)
        again = workshop.engine.publish(workshop.actor("olga"), diagram("P", TEXT), "T/P.bpmn", "once more")
        assert again == first
        assert len(workshop.engine.versions("P")) == 1

    def test_other_content_is_the_next_version(self, workshop: Workshop) -> None:
        """Old versions stay to be looked at, byte for byte."""
        workshop.publish("P", TEXT)
        second = workshop.publish("P", OTHER)
        assert second.version == 2
        assert workshop.engine.diagram("P", 1) == diagram("P", TEXT)
        assert workshop.engine.diagram("P") == diagram("P", OTHER) == workshop.engine.diagram_of(second.digest)
        with pytest.raises(NotFound):
            workshop.engine.diagram("P", 3)

    def test_running_cases_stay_on_their_version(self, workshop: Workshop) -> None:
        """New ones begin on the newest."""
        workshop.publish("P", TEXT)
        old = workshop.start()
        workshop.publish("P", OTHER)
        new = workshop.start()
        assert [v.running for v in workshop.engine.versions("P")] == [1, 1]
        assert workshop.do(old).state == "completed"
        assert workshop.do(new).state == "running"
        assert (workshop.case(old).version, workshop.case(new).version) == (1, 2)

    def test_who_publishes_on_an_old_version_is_told_who_was_first(self, workshop: Workshop) -> None:
        """Nothing is overwritten; on the newest it goes."""
        first = workshop.publish("P", TEXT)
        olga = workshop.actor("olga")
        workshop.engine.publish(olga, diagram("P", OTHER), "T/P.bpmn", base_digest=first.digest)
        third = diagram("P", OTHER, properties={"title": '"x"'})
        with pytest.raises(VersionConflict, match="olga published version 2"):
            workshop.engine.publish(SYSTEM, third, "T/P.bpmn", base_digest=first.digest)
        newest = workshop.engine.definition("P").digest
        assert workshop.engine.publish(SYSTEM, third, "T/P.bpmn", base_digest=newest).version == 3

    def test_a_repeated_key_publishes_once(self, workshop: Workshop) -> None:
        """And gives the version it made then, also when there is a newer one."""
        olga = workshop.actor("olga")
        first = workshop.engine.publish(olga, diagram("P", TEXT), "T/P.bpmn", key="k")
        workshop.publish("P", OTHER)
        assert workshop.engine.publish(olga, diagram("P", TEXT), "T/P.bpmn", key="k") == first
        assert len(workshop.engine.versions("P")) == 2

    def test_publishing_needs_the_right_and_is_an_event(self, workshop: Workshop) -> None:
        """With the comment, in the definition's own chain."""
        with pytest.raises(NotAllowed):
            workshop.engine.publish(workshop.actor("wanda"), diagram("P", TEXT), "T/P.bpmn")
        workshop.engine.publish(workshop.actor("olga"), diagram("P", TEXT), "T/P.bpmn", "First try")
        (event,) = workshop.engine.history(SYSTEM, "definition/P")
        assert (event.kind, event.actor, event.payload["comment"]) == ("definition.published", "olga", "First try")
        assert log.digest(event.payload["manifest"]) == event.payload["digest"]

    def test_a_called_process_is_part_of_the_version(self, workshop: Workshop) -> None:
        """A new version of it makes a new version of the caller, when that is published again; cases keep theirs."""
        caller = "start S -> C\ncall C | process: Q -> E\nend E"
        workshop.publish("Q", TEXT)
        one = workshop.publish("P", caller)
        case = workshop.start()
        workshop.publish("Q", OTHER)
        two = workshop.publish("P", caller)
        assert one.digest != two.digest
        assert [t.element for t in workshop.open(workshop.do(case))] == []
        assert [t.element for t in workshop.open(workshop.do(workshop.start()))] == ["Q:B"]


BODY = diagram("P", TEXT).decode()
TASK = '<bpmn:userTask id="A" name="A">'
BAD: dict[str, tuple[str, str]] = {
    "not XML at all": ("hello", "xml"),
    "an element not closed": (BODY.replace("</bpmn:process>", ""), "xml"),
    "a document type": (BODY.replace("<bpmn:definitions", "<!DOCTYPE x>\n<bpmn:definitions", 1), "xml-doctype"),
    "an entity": (BODY.replace("<bpmn:definitions", '<!DOCTYPE x [<!ENTITY a "b">]><bpmn:definitions', 1), "xml-doctype"),
    "a file from outside": (
        BODY.replace("<bpmn:definitions", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><bpmn:definitions', 1),
        "xml-doctype",
    ),
    "an unknown form": (BODY.replace("T/free.json", "T/none.json"), "form-known"),
    "an unknown decision": (
        diagram("P", "start S -> R\nrule R | decision: none -> E\nend E").decode(), "decision-known"),
    "an unknown process": (diagram("P", "start S -> C\ncall C | process: None -> E\nend E").decode(), "process-known"),
    "an unknown register": (
        diagram("P", "start S -> A\ntask A | write: none: title = 1 -> E\nend E").decode(), "register-known"),
    "an unknown role": (BODY.replace('value="worker"', 'value="wroker"'), "role-known"),
    "a reserved id": (BODY.replace('"S"', '"Start"'), "id-reserved"),
    "another reserved id": (BODY.replace('"E"', '"End"'), "id-reserved"),
    "an id used twice": (BODY.replace('id="E"', 'id="A"'), "xml-id"),
    "an unsupported element": (BODY.replace("userTask", "complexGateway"), ""),
    "an expression that is none": (diagram("P", "start S -> A\nscript A | do: x = = 1 -> E\nend E").decode(), "script"),
    "an expression with attributes": (
        diagram("P", "start S -> A\nscript A | do: x = y.z -> E\nend E").decode(), "script"),
    "a timer that is none": (
        diagram("P", "start S -> T\ntimer T | duration: PT -> E\nend E").decode(), "timer-value"),
    "a flow to nowhere": (BODY.replace('targetRef="E"', 'targetRef="Nowhere"'), "reference-dangling"),
    "a second process without anything in it": (
        BODY.replace("</bpmn:definitions>", "<bpmn:process id='X' isExecutable='true'/></bpmn:definitions>"),
        "start-required",
    ),
    "no process": ("<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "process-missing"),
}  # fmt: skip


class TestRefusal:
    @pytest.mark.parametrize("what", BAD)
    def test_a_bad_diagram_is_refused_with_file_line_element_and_hint(self, workshop: Workshop, what: str) -> None:
        """Nothing is published, and looking says the same as publishing."""
        xml, rule = BAD[what]
        with pytest.raises(DiagramInvalid) as caught:
            workshop.engine.publish(SYSTEM, xml.encode(), "bad.bpmn")
        found = caught.value.findings
        assert all((f.severity, f.file) == ("error", "bad.bpmn") for f in found)
        assert all(f.line >= 1 and f.message and f.hint for f in found), found
        assert any(f.rule.startswith(rule) for f in found), found
        assert workshop.engine.definitions() == ()
        assert [f for f in workshop.engine.validate(xml.encode(), "bad.bpmn") if f.severity == "error"] == list(found)

    def test_the_line_is_the_line(self, workshop: Workshop) -> None:
        """Counted in the file as it came."""
        xml = BODY.replace(TASK, "\n" * 40 + TASK).replace("T/free.json", "T/none.json")
        line = xml[: xml.index("T/none.json")].count("\n") + 1
        with pytest.raises(DiagramInvalid) as caught:
            workshop.engine.publish(SYSTEM, xml.encode(), "bad.bpmn")
        assert caught.value.findings[0].line == line

    @pytest.mark.parametrize("size", [0, 1, 10_000_000])
    def test_nothing_and_too_much(self, workshop: Workshop, size: int) -> None:
        """Are refused like everything else."""
        with pytest.raises(DiagramInvalid):
            workshop.engine.publish(SYSTEM, b" " * size, "bad.bpmn")


class TestContent:
    @pytest.fixture
    def shipped(self, tmp_path: Path) -> Path:
        folder = content(tmp_path / "shipped")
        (folder / "processes" / "bpmn" / "T").mkdir()
        (folder / "processes" / "bpmn" / "T" / "P.bpmn").write_bytes(diagram("P", TEXT))
        return folder

    @pytest.fixture
    def engine(self, shipped: Path, database: Database):
        made = open_engine(EngineConfig(database.url, shipped), VirtualClock(START), CountingIds())
        yield made
        made.close()

    def test_what_is_shipped_is_published_once(self, engine: Engine) -> None:
        """The second time nothing is new."""
        assert [d.process_id for d in engine.publish_content()] == ["P"]
        assert engine.publish_content() == ()
        assert engine.catalog()["registers"] == ["thing"]

    def test_what_changed_is_published(self, engine: Engine, shipped: Path) -> None:
        """A diagram, or a form that it uses."""
        engine.publish_content()
        (shipped / "processes/bpmn/T/P.bpmn").write_bytes(diagram("P", OTHER))
        assert [(d.process_id, d.version) for d in engine.publish_content()] == [("P", 2)]
        (shipped / "forms/T/free.json").write_text(json.dumps({"type": "object", "title": "More"}))
        assert [(d.process_id, d.version) for d in engine.publish_content()] == [("P", 3)]

    def test_an_owners_version_is_not_overwritten(self, engine: Engine, shipped: Path) -> None:
        """Not even by a shipped one that is newer."""
        engine.publish_content()
        engine.people.add(SYSTEM, Person("olga", "Olga", roles=frozenset({"owner"})), "olga")
        engine.publish(engine.people.actor("olga"), diagram("P", OTHER), "T/P.bpmn")
        (shipped / "processes/bpmn/T/P.bpmn").write_bytes(diagram("P", TEXT, name="Newer"))
        assert engine.publish_content() == ()
        assert engine.definition("P").published_by == "olga"

    @pytest.mark.parametrize(
        ("file", "text"),
        [("processes/registers/thing.json", "{"), ("processes/bpmn/T/P.bpmn", "<x"), ("forms/T/free.json", "nothing")],
    )
    def test_a_bad_file_publishes_nothing(self, engine: Engine, shipped: Path, file: str, text: str) -> None:
        """It is named; what was published before stays."""
        engine.publish_content()
        (shipped / "forms/T/new.json").write_text("{}")
        (shipped / file).write_text(text)
        with pytest.raises(Invalid, match=Path(file).stem):
            engine.publish_content()
        assert "T/new.json" not in engine.catalog()["forms"]
        assert engine.definition("P").version == 1

    def test_called_processes_come_first(self, engine: Engine, shipped: Path) -> None:
        """Whatever their files are called; a circle is refused."""
        folder = shipped / "processes/bpmn/T"
        shutil.rmtree(folder)
        folder.mkdir()
        call = "start S -> C\ncall C | process: {} -> E\nend E"
        for name, text in {"A": call.format("B"), "B": call.format("Z"), "Z": TEXT}.items():
            (folder / f"{name}.bpmn").write_bytes(diagram(name, text))
        assert [d.process_id for d in engine.publish_content()] == ["Z", "B", "A"]
        (folder / "Z.bpmn").write_bytes(diagram("Z", call.format("A")))
        with pytest.raises(DiagramInvalid, match="circle"):
            engine.publish_content()


def test_the_catalogue_and_what_may_be_started(workshop: Workshop) -> None:
    """For the editor and the start page."""
    workshop.publish("P", TEXT, startable_by="lead")
    workshop.publish("Q", TEXT)
    workshop.publish("R", "start S | message: go -> E\nend E")
    startable = {
        login: [d.process_id for d in workshop.engine.startable(workshop.actor(login))] for login in ("lea", "nina")
    }
    assert startable == {"lea": ["P", "Q"], "nina": ["Q"]}
    found = workshop.engine.catalog()
    assert found["messages"] == ["go"]
    assert found["processes"] == ["P", "Q", "R"]
    assert {r["id"] for r in found["roles"]} >= {"worker", "lead"}


def test_what_others_call_is_not_offered_to_be_started(workshop: Workshop) -> None:
    """Unless it names who may; the caller tells what it calls, in any depth."""
    workshop.publish("R", TEXT)
    workshop.publish("Q", "start S -> C\ncall C | process: R -> E\nend E", startable_by="lead")
    made = workshop.publish("P", "start S -> C\ncall C | process: Q -> E\nend E")
    assert [d.process_id for d in workshop.engine.startable(workshop.actor("lea"))] == ["P", "Q"]
    calls = workshop.engine.calls_of(made.digest)
    assert (list(calls.called), dict(calls.calls)) == (["Q", "R"], {"C": "Q", "Q:C": "R"})
    assert "R:S" in calls.elements
    assert workshop.engine.diagram_of(made.digest, "R") == workshop.engine.diagram("R")
    assert workshop.engine.diagram_of(made.digest) == workshop.engine.diagram("P")


def _pools() -> bytes:
    return (Path(__file__).parent / "bpmn" / "strangers" / "two_pools.bpmn").read_bytes()


class TestSeveralProcesses:
    """A file with several processes: each executable one is published."""

    def test_each_is_published_and_they_talk(self, workshop: Workshop) -> None:
        """The message flows carry what the events leave open; both cases replay."""
        published = workshop.engine.publish_file(SYSTEM, _pools(), "T/pools.bpmn")
        assert [(d.process_id, d.version) for d in published] == [("Order", 1), ("Sell", 1)]
        order = workshop.start("Order")
        sale = workshop.only("Sell")
        assert sale.parent_id == order.id
        workshop.engine.complete(SYSTEM, workshop.task(sale, "Pack").id, {})
        assert [workshop.case(c).state for c in (order, sale)] == ["completed", "completed"]
        assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))

    def test_the_same_again_is_no_new_version(self, workshop: Workshop) -> None:
        """Nothing changed, and nothing is published."""
        workshop.engine.publish_file(SYSTEM, _pools(), "T/pools.bpmn")
        again = workshop.engine.publish_file(SYSTEM, _pools(), "T/pools.bpmn")
        assert [d.version for d in again] == [1, 1]

    def test_a_change_in_the_meantime_is_noticed_at_either(self, workshop: Workshop) -> None:
        """The version that was edited may be that of any of the processes; it comes first in the answer."""
        order, sell = workshop.engine.publish_file(SYSTEM, _pools(), "T/pools.bpmn")
        changed = _pools().replace(b'name="Pack"', b'name="Pack it"')
        assert workshop.engine.publish(SYSTEM, changed, "T/pools.bpmn", base_digest=sell.digest).process_id == "Sell"
        with pytest.raises(VersionConflict):
            workshop.engine.publish(SYSTEM, _pools(), "T/pools.bpmn", base_digest=order.digest)

    def test_one_may_call_the_other(self, workshop: Workshop) -> None:
        """Without having been published before."""
        body = diagram("P", "start S -> C\ncall C | process: Q -> E\nend E").decode()
        inner = diagram("Q", "start S2 -> A2\nuser A2 | assignee: initiator() -> E2\nend E2").decode()
        called = inner[inner.index("<bpmn:process") : inner.index("</bpmn:definitions>")]
        called = called.replace("LaneSet_1", "LaneSet_2")
        both = body.replace("</bpmn:definitions>", f"{called}</bpmn:definitions>")
        workshop.engine.publish(SYSTEM, both.encode(), "T/both.bpmn")
        case = workshop.start("P")
        assert workshop.do(case).state == "completed"


class TestDocumentation:
    """A process that is not executable is kept and shown, and never run."""

    DRAWN = BODY.replace("isExecutable='true'", "isExecutable='false'").replace("userTask", "complexGateway")

    def test_it_is_kept_and_shown(self, workshop: Workshop) -> None:
        """With versions like any other, byte for byte."""
        published = workshop.engine.publish(SYSTEM, self.DRAWN.encode(), "T/drawn.bpmn")
        assert (published.version, published.executable, published.starts_by_hand) == (1, False, False)
        assert workshop.engine.diagram("P") == self.DRAWN.encode()
        assert [d.executable for d in workshop.engine.definitions() if d.process_id == "P"] == [False]

    def test_no_case_of_it_can_be_started_or_called(self, workshop: Workshop) -> None:
        """Neither by hand nor from another process."""
        workshop.engine.publish(SYSTEM, self.DRAWN.encode(), "T/drawn.bpmn")
        with pytest.raises(Invalid, match="documentation"):
            workshop.start("P")
        assert workshop.engine.startable(workshop.actor("wanda")) == ()
        caller = diagram("R", "start S -> C\ncall C | process: P -> E\nend E")
        assert "process-known" in {f.rule for f in workshop.engine.validate(caller, "r.bpmn")}

    def test_it_may_become_executable_and_back(self, workshop: Workshop) -> None:
        """Running cases stay on their version; its start timers go with it."""
        workshop.publish("P", "start S | cycle: R/PT1H -> A\nuser A -> E\nend E")
        workshop.wait(hours=1)
        running = workshop.only("P")
        workshop.engine.publish(SYSTEM, self.DRAWN.encode(), "T/drawn.bpmn")
        assert workshop.wait(hours=3) == 0
        assert workshop.do(running).state == "completed"
