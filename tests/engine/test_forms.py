# SPDX-License-Identifier: Apache-2.0
"""What a form refuses, it refuses at the field and in plain words; what it takes goes on as it is."""

from __future__ import annotations

import time

import pytest

from engine import SYSTEM, forms
from engine.errors import FormInvalid, Invalid
from tests.engine.workshop import EVERYTHING, THING, Workshop

GOOD = {"title": "A", "count": 3}


@pytest.fixture
def asked(workshop: Workshop) -> Workshop:
    workshop.publish(
        "P", "start S -> A\nuser A | form: T/everything.json -> B\nuser B | form: T/everything.json -> E\nend E"
    )
    return workshop


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"title": None}, ("title",), "text"),
        ({"title": ""}, ("title",), "must not be empty"),
        ({"title": 5}, ("title",), "text"),
        ({"count": 0}, ("count",), "1"),
        ({"count": 11}, ("count",), "10"),
        ({"count": 1.5}, ("count",), "whole number"),
        ({"count": "3"}, ("count",), "whole number"),
        ({"count": True}, ("count",), "whole number"),
        ({"choice": "green"}, ("choice",), "one of the offered"),
        ({"day": "tomorrow"}, ("day",), "Write a day"),
        ({"day": "2026-02-30"}, ("day",), "no day 2026-02-30"),
        ({"urgent": "yes"}, ("urgent",), "yes or no"),
        ({"urgent": True}, ("reason",), "Reason is needed"),
        ({"short": "too long"}, ("short",), "at most 5"),
        ({"thing": "THG-9"}, ("thing",), "no record 'THG-9'"),
        ({"things": ["THG-9"]}, ("things",), "no record 'THG-9'"),
        ({"things": "THG-9"}, ("things",), "list"),
        ({"things": [5]}, ("things", 0), "text"),
        ({"person": "nobody"}, ("person",), "no person 'nobody'"),
        ({"extra": 1}, ("extra",), "not a field of this form"),
        ({"__proto__": 1}, ("__proto__",), "not a field of this form"),
    ],
)
def test_each_fault_is_told_at_its_field(asked: Workshop, change: dict, path: tuple, words: str) -> None:
    """In plain words; nothing is done."""
    case = asked.start()
    with pytest.raises(FormInvalid) as caught:
        asked.do(case, **{**GOOD, **change})
    (error,) = [e for e in caught.value.errors if e.path == path]
    assert words in error.message
    assert asked.kinds(case).count("task.completed") == 0


def test_what_is_missing_is_named_by_its_title(asked: Workshop) -> None:
    """All of it at once."""
    with pytest.raises(FormInvalid) as caught:
        asked.do(asked.start())
    assert {e.path: e.message for e in caught.value.errors} == {
        ("title",): "Title is needed.", ("count",): "Count is needed."
    }  # fmt: skip


def test_a_good_form_is_taken_as_it_is(asked: Workshop) -> None:
    """All kinds of fields."""
    own = asked.engine.write_record(SYSTEM, "thing", {"title": "x"}).id
    data = {**GOOD, "choice": "red", "day": "2026-02-28", "urgent": True, "reason": "now", "short": "12345",
            "thing": own, "things": [own], "person": "wanda"}  # fmt: skip
    case = asked.do(asked.start(), **data)
    assert asked.data(case) == data


def test_what_is_known_is_filled_in_unless_it_is_to_be_asked_anew(asked: Workshop) -> None:
    """Also not what no longer fits the field."""
    case = asked.do(asked.start(), **GOOD, urgent=True, reason="now")
    asked.engine.correct(SYSTEM, case.id, {"count": 77}, "for the test")
    shown = asked.engine.task_form(asked.actor("wanda"), asked.task(case).id)
    assert shown.value == {"title": "A", "reason": "now"}


def test_a_draft_comes_before_what_is_known(asked: Workshop) -> None:
    """Unchecked, and gone with the task."""
    case = asked.do(asked.start(), **GOOD)
    task = asked.task(case)
    asked.engine.save_draft(asked.actor("wanda"), task.id, {"count": "many", "title": "B"})
    shown = asked.engine.task_form(asked.actor("wanda"), task.id)
    assert shown.value == {"title": "B", "count": "many"}
    assert asked.task(case).has_draft
    asked.do(case, **GOOD)
    assert not asked.engine.task(SYSTEM, task.id).has_draft


def test_a_step_without_a_form_takes_no_data(workshop: Workshop) -> None:
    """A manual task is only confirmed."""
    workshop.publish("P", "start S -> A\nmanual A -> E\nend E")
    case = workshop.start()
    with pytest.raises(FormInvalid):
        workshop.do(case, x=1)
    assert workshop.do(case).state == "completed"


def test_the_shown_schema_is_self_contained(asked: Workshop) -> None:
    """References to a register are filled in; own words win."""
    shown = asked.engine.task_form(asked.actor("wanda"), asked.task(asked.start()).id)
    assert shown.schema["properties"]["title"] == {"type": "string", "title": "Title", "minLength": 1}
    own = {"properties": {"t": {"$ref": "register:thing#/properties/title", "title": "Mine"}}}
    assert forms.self_contained(own, {"thing": THING}, "x")["properties"]["t"]["title"] == "Mine"


def test_roles_are_offered_wherever_a_form_asks_for_one() -> None:
    """In a field, in a list of roles, and in a row of a list."""
    role = {"type": "string", "x-roles": True}
    rows = {"type": "array", "items": {"type": "object", "properties": {"role": dict(role)}}}
    schema = {"properties": {"one": dict(role), "some": {"type": "array", "items": dict(role)}, "rows": rows}}
    shown = forms.self_contained(schema, {}, "x", [{"id": "cook", "title": "Cook"}])["properties"]
    for field in (shown["one"], shown["some"]["items"], shown["rows"]["items"]["properties"]["role"]):
        assert field["oneOf"] == [{"const": "cook", "title": "Cook"}]


@pytest.mark.parametrize(
    "ref", ["register:nothing#/properties/title", "register:thing#/properties/nothing", "register:thing#/title"]
)
def test_a_reference_to_nothing_is_refused(ref: str) -> None:
    """With the file's name."""
    with pytest.raises(Invalid, match=r"x\.json"):
        forms.self_contained({"properties": {"t": {"$ref": ref}}}, {"thing": THING}, "x.json")


def test_references_in_a_circle_are_refused() -> None:
    """Rather than followed for ever."""
    circle = {"properties": {"a": {"$ref": "register:r#/properties/b"}, "b": {"$ref": "register:r#/properties/a"}}}
    with pytest.raises(Invalid, match="itself"):
        forms.self_contained({"$ref": "register:r#/properties/a"}, {"r": circle}, "x.json")


def test_a_schema_that_is_none_is_refused() -> None:
    """At publish, not when somebody opens the task."""
    with pytest.raises(Invalid):
        forms.check_schema({"type": "sting"}, "x.json")
    forms.check_schema(forms.self_contained(EVERYTHING, {"thing": THING}, "x.json"), "x.json")


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/schema", "https://example.org/s"])
def test_nothing_is_fetched_for_a_schema(address: str) -> None:
    """Neither from the machine's files nor from the network."""
    with pytest.raises(Invalid, match="not part of the schema"):
        forms.check_schema({"properties": {"x": {"$ref": address}}}, "x.json")


def doubling(levels: int, end: dict) -> dict:
    """Each definition refers twice to the next."""
    defs = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{levels}": end}}


def nested(levels: int) -> dict:
    schema: dict = {}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        (doubling(30, {"type": "string"}), "20,000 parts"),
        ({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}}, "refers to itself"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, "refers to itself"),
        ({"$ref": "https://example.org/other.json"}, "not part of the schema"),
        ({"$ref": "#/$defs/none"}, "points to nothing"),
        (nested(150), "levels deep"),
    ],
)
def test_a_schema_that_would_never_end_is_refused(schema: dict, says: str) -> None:
    """Before anybody fills it in: each submit would check against it."""
    with pytest.raises(Invalid, match=says):
        forms.check_schema(schema, "f.json")


def test_references_that_come_to_an_end_are_fine() -> None:
    """Also the same one several times."""
    forms.check_schema(doubling(8, {"type": "string"}), "f.json")
    forms.check_schema(
        {"properties": {"a": {"$ref": "#/$defs/x"}, "b": {"$ref": "#/$defs/x"}}, "$defs": {"x": {}}}, "f.json"
    )


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", r"^(a+)+\1$", "^(?=(a+)+b)a*$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    """Patterns on which others go back and forth without an end."""
    schema = {"properties": {"x": {"type": "string", "pattern": pattern}}}
    forms.check_schema(schema, "f.json")
    began = time.process_time()
    assert forms.errors(schema, {"x": "a" * 5_000 + "!"})
    assert time.process_time() - began < 5


def test_registers_do_not_multiply_without_end() -> None:
    """A field that takes two of the next register's fields, and so on."""

    def level(n: int) -> dict:
        refs = {"$ref": f"register:r{n + 1}#/properties/x"}
        return {"properties": {"x": {"properties": {"a": refs, "b": refs}}}}

    registers = {**{f"r{n}": level(n) for n in range(25)}, "r25": {"properties": {"x": {"type": "string"}}}}
    with pytest.raises(Invalid, match="20,000 parts"):
        forms.self_contained({"$ref": "register:r0#/properties/x"}, registers, "f.json")


def test_what_a_row_or_a_group_refers_to_must_exist(workshop: Workshop) -> None:
    """Each is told where it stands; what is nothing's name within a list of texts is none of its business."""
    workshop.publish("P", "start S -> A\nuser A | form: T/everything.json -> E\nend E")
    there = workshop.engine.write_record(SYSTEM, "thing", {"title": "A"}).id
    case = workshop.start()
    rows = [{"thing": there, "by": {"person": "wanda"}}, {"thing": "THG-9", "by": {"person": "nobody"}}]
    with pytest.raises(FormInvalid) as error:
        workshop.do(case, title="t", count=1, rows=rows)
    assert {one.path: one.message for one in error.value.errors} == {
        ("rows", 1, "thing"): "There is no record 'THG-9' in the register 'thing'.",
        ("rows", 1, "by", "person"): "There is no person 'nobody'.",
    }
    assert workshop.do(case, title="t", count=1, rows=rows[:1]).state == "completed"
