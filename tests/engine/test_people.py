# SPDX-License-Identifier: Apache-2.0
"""People, their roles and how they are known; every change is an event, no secret is in one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import SYSTEM, Actor
from engine.errors import Invalid, KeyReused, NotAllowed, NotFound
from engine.facade.people import People
from engine.history import log
from engine.values import Person
from tests.databases import only_postgresql
from tests.engine.workshop import Workshop

#: The next two transactions that write an event of people are undone, as for another one's sake.
_UNDONE = """
CREATE SEQUENCE tries;
CREATE FUNCTION undone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('tries') < 3 THEN RAISE EXCEPTION 'undone' USING ERRCODE = '40001'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER undone BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.instance_id = 'people') EXECUTE FUNCTION undone();
"""
COMMANDS: dict[str, Callable[[People, Actor], object]] = {
    "add": lambda people, root: people.add(root, Person("grace", "Grace"), "grace"),
    "update": lambda people, root: people.update(root, Person("will", "William")),
    "set_active": lambda people, root: people.set_active(root, "will", False),
    "set_roles": lambda people, root: people.set_roles(root, "will", ["lead"]),
    "set_password": lambda people, root: people.set_password(root, "will", "hash"),
    "add_token": lambda people, root: people.add_token(root, "will", "a" * 64),
    "drop_token": lambda people, root: people.drop_token(root, "will", "none"),
    "record_sign_in": lambda people, root: people.record_sign_in("will", True, "::1"),
}


def events(workshop: Workshop) -> list[tuple[str, str, dict]]:
    return [(e.kind, e.actor, dict(e.payload)) for e in workshop.engine.history(SYSTEM, "people")]


def test_a_person_is_added_and_found(workshop: Workshop) -> None:
    """By login in any case, by words of the name, by role."""
    people, root = workshop.engine.people, workshop.actor("root")
    added = people.add(root, Person("", " Grace Hopper ", "g@example.org", frozenset({"lead"})), " Grace ", "hash")
    assert (added.name, added.roles) == ("Grace Hopper", {"lead"})
    assert people.by_login("GRACE") == (added, "hash", 0)
    assert people.by_login("nobody") is None
    assert [p.id for p in people.find("hopper")] == [added.id]
    assert [p.name for p in people.find(role="lead")] == ["Grace Hopper", "Lea"]
    assert people.find("%") == ()


@pytest.mark.parametrize(
    ("person", "login"),
    [(Person("", "  "), "x"), (Person("", "X"), " "), (Person("", "X"), "WANDA"), (Person("wanda", "X"), "x")],
)
def test_a_person_needs_a_name_and_a_login_of_their_own(workshop: Workshop, person: Person, login: str) -> None:
    """And an id nobody has."""
    with pytest.raises(Invalid):
        workshop.engine.people.add(SYSTEM, person, login)


def test_roles_count_at_once(workshop: Workshop) -> None:
    """For whoever acts from now on."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E", startable_by="lead")
    assert workshop.engine.startable(workshop.actor("nina")) == ()
    workshop.engine.people.set_roles(workshop.actor("root"), "nina", ["lead"])
    assert [d.process_id for d in workshop.engine.startable(workshop.actor("nina"))] == ["P"]
    assert events(workshop)[-1] == ("person.roles_changed", "root", {"id": "nina", "before": [], "after": ["lead"]})


def test_a_new_password_ends_the_sessions(workshop: Workshop) -> None:
    """One's own needs no right; the hash is in no event."""
    people = workshop.engine.people
    people.set_password(workshop.actor("will"), "will", "secret-hash")
    assert people.session_epoch("will") == 1
    people.rehash("will", "stronger-hash")
    assert people.session_epoch("will") == 1
    assert people.by_login("will")[1] == "stronger-hash"  # type: ignore[index]
    with pytest.raises(NotAllowed):
        people.set_password(workshop.actor("will"), "wanda", "x")
    assert "hash" not in repr(events(workshop))


def test_tokens_stand_for_a_person_until_they_are_dropped(workshop: Workshop) -> None:
    """Or until that person leaves."""
    people, will = workshop.engine.people, workshop.actor("will")
    own = people.add_token(will, "will", "a" * 64, "script")
    people.add_token(will, "will", "b" * 64)
    assert people.by_token("a" * 64).id == "will"  # type: ignore[union-attr]
    assert [t.label for t in people.tokens(will, "will")] == ["script", ""]
    people.drop_token(will, "will", own)
    assert people.by_token("a" * 64) is None
    with pytest.raises(NotAllowed):
        people.add_token(workshop.actor("wanda"), "will", "c" * 64)
    people.set_active(workshop.actor("root"), "will", False)
    assert people.by_token("b" * 64) is None


def test_a_token_is_good_for_its_purpose_alone(workshop: Workshop) -> None:
    """One that stands in the address of a calendar does not act for the person."""
    people, will = workshop.engine.people, workshop.actor("will")
    people.add_token(will, "will", "a" * 64, "my calendar", purpose="calendar")
    assert people.by_token("a" * 64) is None
    assert people.by_token("a" * 64, "calendar").id == "will"  # type: ignore[union-attr]
    assert [t.purpose for t in people.tokens(will, "will")] == ["calendar"]
    kind, _, added = events(workshop)[-1]
    assert (kind, added["purpose"]) == ("token.added", "calendar")


def test_a_deputy_works_for_the_other_and_is_named(workshop: Workshop) -> None:
    """The history says who did it and on whose behalf."""
    workshop.publish("P", 'start S -> A\nuser A | assignee: "lea" -> E\nend E')
    case = workshop.start()
    task = workshop.task(case).id
    with pytest.raises(NotAllowed):
        workshop.engine.complete(workshop.actor("will"), task, {})
    lea = workshop.engine.people.get("lea")
    workshop.engine.people.update(workshop.actor("root"), Person("lea", lea.name, lea.email, deputy_id="will"))
    assert [t.id for t in workshop.engine.tasks(workshop.actor("will")).items] == [task]
    workshop.engine.complete(workshop.actor("will"), task, {})
    last = workshop.engine.history(SYSTEM, case.id)[-1]
    assert (last.actor, last.on_behalf_of) == ("will", "lea")
    assert workshop.engine.verify(SYSTEM, case.id).ok


def test_signing_in_is_recorded_also_when_it_fails(workshop: Workshop) -> None:
    """With where it came from."""
    workshop.engine.people.record_sign_in("will", True, "192.0.2.1")
    workshop.engine.people.record_sign_in("will", False, "192.0.2.2")
    assert events(workshop)[-2:] == [
        ("person.signed_in", "will", {"address": "192.0.2.1"}),
        ("person.sign_in_refused", "will", {"address": "192.0.2.2"}),
    ]


def test_the_people_have_a_chain_of_their_own(workshop: Workshop) -> None:
    """Whole from the first person on."""
    assert log.first_break(workshop.engine.history(SYSTEM, "people")) is None


def test_nobody_is_not_found(workshop: Workshop) -> None:
    """And the system is no person."""
    with pytest.raises(NotFound):
        workshop.engine.people.actor("nobody")
    with pytest.raises((NotAllowed, NotFound)):
        workshop.engine.people.set_active(SYSTEM, "system", False)


@only_postgresql
@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_database_undid_is_done_again(workshop: Workshop, command: str) -> None:
    """For somebody else's sake, twice in a row: the third time it stands, with one event."""
    before = len(events(workshop))
    with workshop.database.past() as past:
        past.execute(_UNDONE)
    COMMANDS[command](workshop.engine.people, workshop.actor("root"))
    assert len(events(workshop)) == before + 1


def test_a_command_that_is_sent_again_is_the_same(workshop: Workshop) -> None:
    """By its key; the key is good for nothing else."""
    people, root = workshop.engine.people, workshop.actor("root")
    added = [people.add(root, Person("", "Grace"), "grace", secret, key="k1") for secret in ("hash", "salted otherwise")]
    assert added[0] == added[1]
    for _ in range(2):
        people.set_roles(root, "will", ["lead"], key="k2")
        people.set_active(root, "nina", False, key="k3")
    assert [kind for kind, _, _ in events(workshop)[-3:]] == ["person.added", "person.roles_changed", "person.changed"]
    with pytest.raises(KeyReused):
        people.set_roles(root, "will", ["worker"], key="k2")
