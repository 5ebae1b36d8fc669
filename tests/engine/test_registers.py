# SPDX-License-Identifier: Apache-2.0
"""Registers keep every version of every record, know what refers to what, and say who wrote it where."""

from __future__ import annotations

import pytest

from engine import SYSTEM
from engine.errors import NotAllowed, NotFound, RecordInvalid
from tests.engine.workshop import Workshop

TEXT = """
start S -> A
user A | write: thing: title = title; state = "new" -> B
user B | write: thing: id = thing_id; state = "old"; note = get_var("note") -> C
user C | write: thing: id = get_var("other"); note = "by C" -> E
end E
"""


def made(workshop: Workshop, title: str = "Pump", **more: object) -> str:
    return workshop.engine.write_record(SYSTEM, "thing", {"title": title, **more}).id


def test_records_are_numbered_in_order(workshop: Workshop) -> None:
    """By the register's prefix; no number is given twice."""
    assert [made(workshop, t) for t in "abc"] == ["THG-1", "THG-2", "THG-3"]


def test_every_version_is_kept(workshop: Workshop) -> None:
    """Named fields replace, the others stay, an empty one goes; any version can be looked at."""
    own = made(workshop, note="first", state="new")
    workshop.engine.write_record(SYSTEM, "thing", {"note": "second"}, own, "better")
    workshop.engine.write_record(SYSTEM, "thing", {"state": None}, own)
    assert workshop.engine.record(SYSTEM, "thing", own).data == {"title": "Pump", "note": "second"}
    assert workshop.engine.record(SYSTEM, "thing", own, 1).data == {"title": "Pump", "note": "first", "state": "new"}
    assert [r.version for r in workshop.engine.record_history(SYSTEM, "thing", own)] == [3, 2, 1]
    with pytest.raises(NotFound):
        workshop.engine.record(SYSTEM, "thing", own, 4)


def test_links_are_seen_from_both_ends(workshop: Workshop) -> None:
    """And follow changes: what no longer refers is gone."""
    one, two = made(workshop, "One"), made(workshop, "Two")
    whole = made(workshop, "Whole", parent=one, parts=[one, two])
    found = {(link.source, link.target, link.kind) for link in workshop.engine.record_links(SYSTEM, "thing", whole)}
    assert found == {
        (f"thing/{whole}", f"thing/{one}", "parent"),
        (f"thing/{whole}", f"thing/{one}", "parts"),
        (f"thing/{whole}", f"thing/{two}", "parts"),
    }
    assert [link.label for link in workshop.engine.record_links(SYSTEM, "thing", two)] == ["Whole"]
    workshop.engine.write_record(SYSTEM, "thing", {"parts": []}, whole)
    assert workshop.engine.record_links(SYSTEM, "thing", two) == ()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"title": ""}, "title"),
        ({}, "title"),
        ({"title": "x", "state": "broken"}, "state"),
        ({"title": "x", "colour": "red"}, "colour"),
        ({"title": "x", "parent": "THG-99"}, "parent"),
        ({"title": "x", "parts": ["THG-99"]}, "parts"),
        ({"title": "x", "note": 7}, "note"),
    ],
)
def test_a_record_that_its_schema_refuses_is_not_written(workshop: Workshop, data: dict, field: str) -> None:
    """The field is named, and no number is used up."""
    with pytest.raises(RecordInvalid) as caught:
        workshop.engine.write_record(SYSTEM, "thing", data)
    assert {e.path[0] for e in caught.value.errors} == {field}
    assert made(workshop) == "THG-1"


def test_a_case_writes_its_records_with_the_step(workshop: Workshop) -> None:
    """The version says which case and element wrote it; the case lists its records."""
    workshop.publish("P", TEXT)
    case = workshop.do(workshop.start(), title="Valve")
    assert workshop.data(case)["thing_id"] == "THG-1"
    workshop.do(case, note="used")
    new, old = reversed(workshop.engine.record_history(SYSTEM, "thing", "THG-1"))
    assert (new.case_id, new.element, new.written_by, new.state) == (case.id, "A", "wanda", "new")
    assert (old.element, old.state, old.data["note"]) == ("B", "old", "used")
    assert [r.id for r in workshop.engine.case(SYSTEM, case.id).records] == ["THG-1"]


@pytest.mark.parametrize(("element", "data"), [("A", {"title": ""}), ("B", {"note": 5})])
def test_a_step_that_writes_what_the_register_refuses_is_held(workshop: Workshop, element: str, data: dict) -> None:
    """Nothing of it is kept; mended, it goes on."""
    workshop.publish("P", TEXT)
    case = workshop.start()
    if element == "B":
        case = workshop.do(case, title="Valve")
    held = workshop.do(case, **data)
    assert held.state == "failed"
    assert held.fault is not None
    assert held.fault.element == element
    before = workshop.engine.records(SYSTEM, "thing").total
    assert before == (0 if element == "A" else 1)
    workshop.engine.correct(SYSTEM, case.id, dict.fromkeys(data, "mended"), "could not be written")
    assert workshop.engine.retry(SYSTEM, case.id).state == "running"
    assert workshop.engine.records(SYSTEM, "thing").total == 1
    assert all(v.ok for v in workshop.engine.verify_all(SYSTEM))


def test_an_id_without_a_record_holds_the_case(workshop: Workshop) -> None:
    """A diagram cannot write to a record that is not there."""
    workshop.publish("P", TEXT)
    case = workshop.do(workshop.do(workshop.start(), title="Valve"), other="THG-77")
    assert workshop.do(case).state == "failed"


def test_what_a_step_reads_is_recorded(workshop: Workshop) -> None:
    """So that it reproduces after the record has changed."""
    own = made(workshop, note="then")
    workshop.publish("P", "start S -> A\nuser A | read: thing: which as found -> E\nend E")
    case = workshop.start(which=own)
    workshop.engine.write_record(SYSTEM, "thing", {"note": "now"}, own)
    assert workshop.data(case)["found"]["note"] == "then"
    assert workshop.engine.verify(SYSTEM, case.id).ok


def test_records_are_found_by_words_and_state(workshop: Workshop) -> None:
    """Every word must occur in what the register searches; ids count as well."""
    made(workshop, "Red pump", state="new", note="cellar")
    made(workshop, "Blue pump", state="old")
    labels = {
        q: [r.label for r in workshop.engine.search_records(SYSTEM, "thing", q)]
        for q in ("pump", "RED PUMP", "cellar", "THG-2", "nothing")
    }
    assert labels == {
        "pump": ["Blue pump", "Red pump"], "RED PUMP": ["Red pump"], "cellar": ["Red pump"], "THG-2": ["Blue pump"],
        "nothing": [],
    }  # fmt: skip
    assert [r.label for r in workshop.engine.records(SYSTEM, "thing", state="old").items] == ["Blue pump"]
    page = workshop.engine.records(SYSTEM, "thing", limit=1, offset=1)
    assert (len(page.items), page.total) == (1, 2)


def test_wildcards_are_plain_characters(workshop: Workshop) -> None:
    """A search for a per cent sign finds one."""
    made(workshop, "100% cotton")
    made(workshop, "cotton")
    assert [r.label for r in workshop.engine.search_records(SYSTEM, "thing", "0%")] == ["100% cotton"]
    assert workshop.engine.search_records(SYSTEM, "thing", "c_tton") == ()


def test_writing_by_hand_needs_the_right_and_is_an_event(workshop: Workshop) -> None:
    """With the reason, in a chain of the record's own."""
    with pytest.raises(NotAllowed):
        workshop.engine.write_record(workshop.actor("wanda"), "thing", {"title": "x"})
    own = workshop.engine.write_record(workshop.actor("olga"), "thing", {"title": "x"}, reason="found in the cellar").id
    (event,) = workshop.engine.history(SYSTEM, f"record/thing/{own}")
    assert (event.kind, event.actor, event.payload["reason"]) == ("record.created", "olga", "found in the cellar")


def test_an_unknown_register_or_record_is_not_found(workshop: Workshop) -> None:
    """Told, not made up."""
    with pytest.raises(NotFound):
        workshop.engine.register("nothing")
    with pytest.raises(NotFound):
        workshop.engine.records(SYSTEM, "nothing")
    with pytest.raises(NotFound):
        workshop.engine.record(SYSTEM, "thing", "THG-1")
    with pytest.raises(NotFound):
        workshop.engine.write_record(SYSTEM, "thing", {"title": "x"}, id="THG-1")
