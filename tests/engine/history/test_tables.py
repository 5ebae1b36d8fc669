# SPDX-License-Identifier: Apache-2.0
"""Rows of definitions, people, records and cases changed past the engine: the check of the seals names each."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from engine import SYSTEM
from engine.values import Person
from tests.engine.workshop import Workshop

WRITES = """
start S -> A
user A | write: thing: title = "From a case"; state = "new" -> B
user B -> E
end E
"""


@pytest.fixture
def filled(workshop: Workshop) -> Workshop:
    """A definition in two versions, a record by hand in two versions, one from a case, people that changed."""
    workshop.publish("P", "start S -> A\nuser A -> E\nend E")
    workshop.publish("P", WRITES)
    workshop.do(workshop.start(), "A")
    made = workshop.engine.write_record(SYSTEM, "thing", {"title": "By hand"}, reason="Wanted.")
    workshop.engine.write_record(SYSTEM, "thing", {"note": "Looked at.", "title": "By hand"}, made.id, "Seen.")
    lea = workshop.engine.people.get("lea")
    workshop.engine.people.update(SYSTEM, Person("lea", "Lea L.", lea.email, deputy_id="will"))
    workshop.engine.people.set_roles(SYSTEM, "wanda", {"worker", "lead"})
    workshop.engine.people.set_active(SYSTEM, "nina", False)
    hours = {"title": "Mondays", "time_zone": "UTC", "opening_hours": {"monday": ["08:00-12:00"]}}
    workshop.engine.set_calendar(SYSTEM, "hours", hours)
    return workshop


TAMPERING = {
    "shows another name": "UPDATE definition SET name = 'Other' WHERE version = 1",
    "shows another published_by": "UPDATE definition SET published_by = 'mallory' WHERE version = 2",
    "shows another digest": "UPDATE definition SET digest = 'x' WHERE version = 1",
    "of the definition 'P' is missing": "DELETE FROM definition WHERE version = 1",
    "was never published": (
        "INSERT INTO definition (process_id, version, digest, name, file, manifest, about, published_at, published_by, comment)"
        " SELECT process_id, 7, digest, name, file, manifest, about, published_at, published_by, comment"
        " FROM definition WHERE version = 1"
    ),
    "shows another deputy_id": "UPDATE person SET deputy_id = 'wanda' WHERE id = 'lea'",
    "shows another active": "UPDATE person SET active = NOT active WHERE id = 'nina'",
    "shows another login": "UPDATE person SET login = 'root2' WHERE id = 'root'",
    "'nina' shows another roles": "INSERT INTO person_role (person_id, role) VALUES ('nina', 'administrator')",
    "'wanda' shows another roles": "DELETE FROM person_role WHERE person_id = 'wanda' AND role = 'lead'",
    "was never added": (
        "INSERT INTO person (id, login, name, email, active, session_epoch) SELECT 'm', 'm', 'M', '', active, 0"
        " FROM person WHERE id = 'lea'"
    ),
    "is not what was written by hand": "UPDATE record_version SET written_by = 'mallory' WHERE version = 1 AND reason = 'Wanted.'",
    "version 1, is missing": "DELETE FROM record_version WHERE reason = 'Wanted.'",
    "is not its newest version": "UPDATE record SET state = 'old'",
    "of the case": "UPDATE record_version SET written_by = 'mallory' WHERE instance_id IS NOT NULL",
    "lacks the version": "DELETE FROM record_version WHERE instance_id IS NOT NULL",
    "did not write": "UPDATE record_version SET instance_id = (SELECT id FROM instance) WHERE reason = 'Seen.'",
    "calendar 'hours' is not what was written": (
        "UPDATE asset SET digest = (SELECT min(digest) FROM asset WHERE kind = 'form') WHERE kind = 'calendar'"
    ),
    "knows of": "UPDATE instance SET head = ''",
}


@pytest.mark.parametrize("said", TAMPERING)
def test_a_changed_row_is_found(filled: Workshop, said: str) -> None:
    """Before, all is well; after, the fault is named."""
    assert filled.engine.verify_seals(SYSTEM).faults == ()
    with filled.engine.write() as tx:
        assert tx.connection.execute(text(TAMPERING[said])).rowcount > 0
    faults = filled.engine.verify_seals(SYSTEM).faults
    assert any(said in fault for fault in faults), faults


def test_a_case_without_a_history_is_found(filled: Workshop) -> None:
    """And one that lost its row."""
    with filled.engine.write() as tx:
        tx.connection.execute(text("DELETE FROM event WHERE kind LIKE 'case.%' OR kind LIKE 'task.%'"))
    assert any("has no history" in fault for fault in filled.engine.verify_seals(SYSTEM).faults)
